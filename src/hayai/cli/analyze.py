"""`hayai analyze`: the verdict on numbers that were measured elsewhere (`analyzing.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from hayai.cli.options import Ratio, output_file
from hayai.cli.verbs import Option, Verb
from hayai.errors import Problem
from hayai.show.locales import Texts

FORMS = ("terminal", "markdown", "json")


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(**values: Any) -> int:
        from hayai.cli.analyzing import analyze

        return analyze(values, texts)

    def check(**values: Any) -> Sequence[Problem]:
        from hayai.cli.analyzing import problems_of

        return problems_of(values)

    options: list[click.Parameter] = [
        click.Argument(["files"], nargs=-1, metavar="FILE..."),
        Option(["--published"], is_flag=True, help=texts("analysis.option.published")),
        Option(["--baseline"], metavar="NAME", help=texts("analysis.option.baseline")),
        Option(["--target", "targets"], multiple=True, metavar="NAME", help=texts("analysis.option.target")),
        Option(["--margin"], type=Ratio(), metavar="10%", help=texts("cli.option.margin")),
        Option(["--claim", "claims"], multiple=True, metavar="TEXT", help=texts("cli.option.claim")),
        Option(["--goal", "goals"], multiple=True, metavar="TEXT", help=texts("cli.option.goal")),
        Option(["--price", "prices"], multiple=True, metavar="NAME=IN/OUT", help=texts("cli.option.price")),
        Option(["--all-pairs"], is_flag=True, help=texts("cli.option.all_pairs")),
        Option(["--allow-wide"], is_flag=True, help=texts("analysis.option.allow_wide")),
        Option(["--format", "form"], type=click.Choice(FORMS), default="terminal", help=texts("cli.option.format")),
        Option(["--json"], is_flag=True, help=texts("cli.option.json")),
        output_file(texts),
    ]
    return Verb("analyze", texts, callback, options, check=check)
