"""`hayai judge RUN --with TARGET`: is the answer as good? Asks a model to compare the very answers that were timed (`judging.py`).

`hayai judge calibrate FILE --with TARGET` asks the same of pairs that people have labelled (`calibrating.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hayai.cli.agent_process import AgentProcess
from hayai.cli.options import RUNS, Dollars, Duration, RateText, Ratio, prices_option
from hayai.cli.verbs import Option, Verb
from hayai.errors import Problem, UsageError
from hayai.show.locales import Texts

CALIBRATE = "calibrate"


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(run: str, file: Path | None, **values: Any) -> int:
        if (run == CALIBRATE) != (file is not None):
            key = "judge.no_file" if file is None else "judge.file_alone"
            raise UsageError(Problem(place=CALIBRATE if file is None else str(file), key=key))
        with AgentProcess() as agent:
            # The agent loads meanwhile, on another core.
            from hayai.cli.calibrating import calibrate
            from hayai.cli.judge_planning import JudgeAsked
            from hayai.cli.judging import judge_run

            asked = JudgeAsked(**{"judges": tuple(values.pop("judges")), **values})
            return judge_run(run, asked, texts, agent) if file is None else calibrate(file, asked, texts, agent)

    return Verb("judge", texts, callback, [*arguments(), *options(texts)])


def arguments() -> list[click.Parameter]:
    """A run; or `calibrate` and a file."""
    return [
        click.Argument(["run"], default="last", metavar="[RUN]"),
        click.Argument(["file"], type=click.Path(path_type=Path), required=False, metavar="[FILE]"),
    ]


def options(texts: Texts) -> list[click.Parameter]:
    """Who judges, what, and how much it may take."""
    count = click.IntRange(min=1)
    return [
        Option(["--with", "judges"], multiple=True, metavar="TARGET", help=texts("judge.option.with")),
        Option(["--rubric"], metavar="NAME|FILE", help=texts("judge.option.rubric")),
        Option(["--repeats"], type=count, metavar="N", help=texts("judge.option.repeats")),
        Option(["--all-pairs"], is_flag=True, help=texts("judge.option.all_pairs")),
        Option(["--margin"], type=Ratio(), metavar="RATIO", help=texts("judge.option.margin")),
        Option(["--max-requests"], type=count, metavar="N", help=texts("judge.option.max_requests")),
        Option(["--max-cost", "max_cost_usd"], type=Dollars(), metavar="USD|none", help=texts("judge.option.max_cost")),
        prices_option(texts),
        Option(
            ["--max-time", "max_time_s"],
            type=Duration(),
            default="1h",
            metavar="TIME",
            help=texts("judge.option.max_time"),
        ),
        Option(["--max-tokens"], type=count, default=1024, metavar="N", help=texts("judge.option.max_tokens")),
        Option(
            ["--concurrency"],
            type=click.IntRange(1, 1000),
            default=4,
            metavar="N",
            help=texts("judge.option.concurrency"),
        ),
        Option(["--rate"], type=RateText(), metavar="N/s|N/m|N/h", help=texts("judge.option.rate")),
        Option(["--retries"], type=click.IntRange(0, 10), default=3, metavar="N", help=texts("judge.option.retries")),
        Option(["--seed"], type=click.IntRange(min=0), metavar="N", help=texts("judge.option.seed")),
        Option(["--region"], metavar="REGION", help=texts("cli.option.region")),
        Option(["--profile"], metavar="NAME", help=texts("cli.option.profile")),
        Option(["--endpoint"], metavar="URL", help=texts("cli.option.endpoint")),
        Option(["--dry-run"], is_flag=True, help=texts("cli.option.dry_run")),
        Option(["--json"], is_flag=True, help=texts("cli.option.json")),
        Option(["--runs"], type=click.Path(path_type=Path), default=RUNS, metavar="DIR", help=texts("cli.option.runs")),
    ]
