"""`hayai report`: what a run holds, shown again, in any form. Measuring and showing are joined by the run directory alone."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from hayai.ask.plan import Goal
from hayai.cli.charging import prices_today
from hayai.cli.options import HTML, RUNS, output_file, prices_option
from hayai.cli.outputs import read_findings, render, telling_passed_over, write_published, write_text
from hayai.cli.own_checks import NONE, Patience, load_own_checks
from hayai.cli.ruling import goals_of
from hayai.cli.telling import put_out, say
from hayai.cli.verbs import Option, Verb
from hayai.errors import Problem, UsageError
from hayai.keep.run_directory import RunDirectory, open_run
from hayai.show.format import clean
from hayai.show.locales import Texts
from hayai.show.reports import REPORTS

SHORT = {"md": "markdown"}
"""What a form may be called as well."""
PUBLISHED, PNG = "published", "png"


class Form(click.Choice[str]):
    """A form of the report, by its name or a shorter one."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The form's name."""
        return super().convert(SHORT.get(value, value), param, ctx)


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(*, json: bool, form: str, **values: Any) -> int:
        if values["prices"] is not None and not values["reprice"]:
            raise UsageError(Problem(place="--prices", key="cli.prices_needs_reprice"))
        return report(texts, form="json" if json else form, **values)

    options: list[click.Parameter] = [
        click.Argument(["run"], default="last", metavar="[RUN]"),
        Option(["--against"], metavar="RUN", help=texts("cli.option.against")),
        Option(
            ["--format", "form"],
            type=Form([*REPORTS, HTML, PNG, PUBLISHED]),
            default="terminal",
            help=texts("cli.option.format"),
        ),
        Option(["--json"], is_flag=True, help=texts("cli.option.json")),
        Option(["--goal", "goals"], multiple=True, metavar="TEXT", help=texts("cli.option.goal")),
        Option(["--races"], type=click.Choice(["typical", "all"]), default="typical", help=texts("cli.option.races")),
        Option(["--reprice"], is_flag=True, help=texts("cli.option.reprice")),
        prices_option(texts),
        Option(["--check"], multiple=True, metavar="MODULE:FUNCTION|none", help=texts("cli.option.check_again")),
        Option(["--share"], is_flag=True, help=texts("cli.option.share")),
        output_file(texts),
        Option(["--runs"], type=click.Path(path_type=Path), default=RUNS, metavar="DIR", help=texts("cli.option.runs")),
    ]
    return Verb("report", texts, callback, options)


def _goals(directory: RunDirectory, texts: Sequence[str]) -> tuple[Goal, ...]:
    """Goals named now, about the targets of this run; UsageError with all that is wrong with them."""
    problems: list[Problem] = []
    found = goals_of(texts, [target.name for target in directory.manifest().plan.targets], problems)
    if problems:
        raise UsageError(*problems)
    return found


def report(
    texts: Texts,
    *,
    run: str,
    against: str | None,
    form: str,
    races: str,
    reprice: bool,
    goals: Sequence[str],
    prices: Path | None,
    check: tuple[str, ...],
    share: bool,
    output: Path | None,
    runs: Path,
) -> int:
    """Shows it, or writes it to a file. JournalError without a run, UsageError for what does not go together."""
    if against is not None:
        from hayai.cli.against import report_against

        clashes = [
            name
            for name, said in (
                ("--share", share),
                ("--races", races == "all"),
                ("--reprice", reprice),
                ("--goal", bool(goals)),
                ("--check", bool(check)),
            )
            if said
        ]
        return report_against(run, against, runs, texts, form=form, clashes=clashes, output=output)
    patience = Patience()
    own = load_own_checks([name for name in dict.fromkeys(check) if name != NONE], patience=patience)
    directory = open_run(run, runs)
    with patience.told(texts):
        contents, findings = read_findings(
            directory,
            prices=prices_today(directory.manifest(), prices) if reprice else None,
            goals=_goals(directory, goals),
            own=own,
            forget_checks=NONE in check,
            passed_over=telling_passed_over(texts),
        )
    if contents.damaged:
        say([texts("cli.damaged", count=contents.damaged)])
    # Not at the top: what it draws on is heavy, and `--help` must not wait for it.
    from hayai.cli.paging import CARD, PAGE, SHARED, page, scrub_of, write_card

    scrub = None
    if share:
        from hayai.decide.sharing import share_findings

        if form == PUBLISHED:
            raise UsageError(Problem(place="--share", key="cli.share_published"))
        scrub = scrub_of(directory, contents)
    shown = findings if scrub is None else share_findings(findings, scrub)
    if form == PUBLISHED:
        place = write_published(directory, contents, findings, texts, output or directory.derived / "results")
    elif form == PNG:
        place = write_card(output or directory.derived / (SHARED[CARD] if share else CARD), shown, texts)
    elif form == HTML and (output is not None or sys.stdout.isatty()):
        # A page on a terminal is of no use to anybody.
        place = output or directory.derived / (SHARED[PAGE] if share else PAGE)
        write_text(place, page(directory, contents, findings, texts, all_races=races == "all", scrub=scrub))
    elif output is not None:
        place = output
        write_text(place, render(shown, texts, form, None if share else str(directory.path)))
    elif form == HTML:
        put_out(page(directory, contents, findings, texts, all_races=races == "all", scrub=scrub))
        return patience.code(0)
    else:
        put_out(render(shown, texts, form, None if share else str(directory.path)))
        return patience.code(0)
    say([texts("cli.written", path=clean(str(place)))], to_copy=True)
    return patience.code(0)
