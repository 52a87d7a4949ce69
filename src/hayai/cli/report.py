"""`hayai report`: what a run holds, shown again, in any form. Measuring and showing are joined by the run directory alone."""

from __future__ import annotations

from pathlib import Path

import click

from hayai.cli.options import RUNS, output_file
from hayai.cli.outputs import read_findings, render, write_published, write_text
from hayai.cli.telling import put_out, say
from hayai.cli.verbs import Option, Verb
from hayai.keep.run_directory import open_run
from hayai.show.format import clean
from hayai.show.locales import Texts
from hayai.show.reports import REPORTS

PUBLISHED = "published"


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(run: str, form: str, json: bool, output: Path | None, runs: Path) -> int:  # noqa: FBT001  click's way.
        directory = open_run(run, runs)
        contents, findings = read_findings(directory)
        if contents.damaged:
            say([texts("cli.damaged", count=contents.damaged)])
        if form == PUBLISHED:
            folder = write_published(directory, contents, findings, texts, output or directory.derived / "results")
            say([texts("cli.written", path=clean(str(folder)))], to_copy=True)
            return 0
        text = render(findings, texts, "json" if json else form, str(directory.path))
        if output is not None:
            write_text(output, text)
            say([texts("cli.written", path=clean(str(output)))], to_copy=True)
        else:
            put_out(text)
        return 0

    options: list[click.Parameter] = [
        click.Argument(["run"], default="last", metavar="[RUN]"),
        Option(
            ["--format", "form"],
            type=click.Choice([*REPORTS, PUBLISHED]),
            default="terminal",
            help=texts("cli.option.format"),
        ),
        Option(["--json"], is_flag=True, help=texts("cli.option.json")),
        output_file(texts),
        Option(["--runs"], type=click.Path(path_type=Path), default=RUNS, metavar="DIR", help=texts("cli.option.runs")),
    ]
    return Verb("report", texts, callback, options)
