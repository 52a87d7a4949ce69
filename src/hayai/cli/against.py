"""`hayai report RUN --against OLDER`: what changed from one run to another."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from hayai.cli.options import HTML
from hayai.cli.outputs import read_findings, telling_passed_over, write_text
from hayai.cli.telling import put_out, say
from hayai.errors import Problem, UsageError
from hayai.keep.run_directory import open_run
from hayai.show.format import clean
from hayai.show.locales import Texts


def report_against(
    run: str, before: str, runs: Path, texts: Texts, *, form: str, clashes: Sequence[str], output: Path | None
) -> int:
    """What changed in `run` since `before`. UsageError for what cannot be said together with it."""
    from hayai.decide.two_runs import two_runs
    from hayai.show.two_runs import FORMS, page_of

    known = (*FORMS, HTML)
    problems = [Problem(place=name, key="cli.not_against") for name in clashes]
    if form not in known:
        values: dict[str, object] = {"known": ", ".join(known)}
        problems.append(Problem(place="--format", key="cli.no_form_against", values=values))
    if problems:
        raise UsageError(*problems)
    passed_over = telling_passed_over(texts)
    old, new = (read_findings(open_run(name, runs), answers=False, passed_over=passed_over) for name in (before, run))
    damaged = old[0].damaged + new[0].damaged
    if damaged:
        say([texts("cli.damaged", count=damaged)])
    found = two_runs(old, new)
    if form == HTML:
        from hayai.show.html.frame import sections_page

        text = sections_page(page_of(found, texts), texts, root=None)
    else:
        text = FORMS[form](found, texts, shutil.get_terminal_size((80, 24)).columns)
    if output is None:
        put_out(text)
        return 0
    write_text(output, text)
    say([texts("cli.written", path=clean(str(output)))], to_copy=True)
    return 0
