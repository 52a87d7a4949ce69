"""`hayai regions RUN`: which Region served each request, asked of the account's own books after the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hayai.cli.options import RUNS, Duration
from hayai.cli.verbs import Option, Verb
from hayai.show.locales import Texts


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(run: str, **values: Any) -> int:
        from hayai.cli.placing import Placing, place

        return place(run, Placing(**values), texts)

    options: list[click.Parameter] = [
        click.Argument(["run"], default="last", metavar="[RUN]"),
        Option(["--wait", "wait_s"], type=Duration(), metavar="TIME", help=texts("regions.option.wait")),
        Option(
            ["--from", "source"],
            type=click.Choice(["auto", "cloudtrail", "logs"]),
            default="auto",
            help=texts("regions.option.from"),
        ),
        Option(["--profile"], metavar="NAME", help=texts("regions.option.profile")),
        Option(["--json", "as_json"], is_flag=True, help=texts("cli.option.json")),
        Option(["--runs"], type=click.Path(path_type=Path), default=RUNS, metavar="DIR", help=texts("cli.option.runs")),
    ]
    return Verb("regions", texts, callback, options)
