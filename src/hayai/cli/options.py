"""Which options do the measuring verbs have, and what do their values ask for?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import click

from hayai.ask.dollars import parse_dollars
from hayai.ask.durations import parse_duration
from hayai.ask.plan import Rate, Stopping
from hayai.ask.presets import read_preset
from hayai.ask.rates import parse_rate
from hayai.ask.ratios import parse_ratio
from hayai.ask.suites.formats import FORMATS
from hayai.cli.asked import Asked
from hayai.cli.verbs import Option
from hayai.errors import Problem, UsageError
from hayai.show.locales import Texts

HTML = "html"
"""The form of a report that is a page."""

RUNS = Path("runs")
"""Where runs are kept unless `--runs` says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the user wants done around the measuring."""

    runs: Path = RUNS
    results: Path | None = None
    json: bool = False
    dry_run: bool = False
    live: bool = False
    """A page in the browser that follows the run."""
    doctor: bool = True
    """A short look at models and quotas before real accounts are asked."""
    checks: tuple[str, ...] = ()
    """The user's own checks, `module:function`, to be made at the end."""
    folder: Path = Path()
    """Where these are looked for, besides the folder in which hayai was started."""
    judges: tuple[str, ...] = ()
    """Who judges the answers afterwards, as written."""
    judges_reach: Mapping[str, str] = field(default_factory=dict)
    """Options for every judge that does not set them itself."""
    judges_prices: Path | None = None
    """A file of prices that counts before all others."""
    judges_limit_usd: Decimal | None = None
    """The limit of the run, judges included, where one was named; infinity: no limit is wanted."""
    resumable: bool = True
    """Whether there will be anything to go on with: what a demo measured is gone when the demo ends."""


class Duration(click.ParamType[float]):
    """`90`, `10m`, `1h30m`: seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds; UsageError names the option."""
        del ctx
        return parse_duration(str(value), place=param.opts[0] if param is not None else "duration")


class Ratio(click.ParamType[float]):
    """`10%`, `0.1`, `1.1x`: the ratio 0.1."""

    name = "ratio"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The ratio; UsageError names the option."""
        del ctx
        return parse_ratio(str(value), place=param.opts[0] if param is not None else "ratio")


class Dollars(click.ParamType[Decimal]):
    """`1`, `$0.50`, `none`: US dollars."""

    name = "dollars"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """The dollars; UsageError names the option."""
        del ctx
        return parse_dollars(str(value), place=param.opts[0] if param is not None else "dollars")


class RateText(click.ParamType[Rate]):
    """`20/m`, `5/s`, `100/h`: so many requests in a minute, a second, an hour."""

    name = "rate"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Rate:
        """The rate; UsageError names the option."""
        del ctx
        return parse_rate(str(value), place=param.opts[0] if param is not None else "rate")


def target_options(texts: Texts) -> list[click.Parameter]:
    """Options that say what is measured."""
    return [
        Option(["--vary"], multiple=True, metavar="OPTION=A,B", help=texts("cli.option.vary")),
        Option(["--preset"], is_flag=False, flag_value=LIST, metavar="[NAME]", help=texts("cli.option.preset")),
        Option(["--baseline"], type=click.IntRange(min=1), default=1, metavar="N", help=texts("cli.option.baseline")),
        Option(["--region"], metavar="REGION", help=texts("cli.option.region")),
        Option(["--profile"], metavar="NAME", help=texts("cli.option.profile")),
        Option(["--endpoint"], metavar="URL", help=texts("cli.option.endpoint")),
        Option(["--suite"], metavar="NAME|FILE|-", help=texts("cli.option.suite")),
        Option(
            ["--suite-format"],
            type=click.Choice(list(dict.fromkeys(FORMATS.values()))),
            help=texts("cli.option.suite_format"),
        ),
        Option(["--prompts"], metavar="ID,...", help=texts("cli.option.prompts")),
    ]


def plan_options(texts: Texts) -> list[click.Parameter]:
    """Options that say how it is measured."""
    seconds = Duration()
    return [
        Option(["--max-requests"], type=click.IntRange(min=1), metavar="N", help=texts("cli.option.max_requests")),
        Option(["--max-time"], type=seconds, metavar="TIME", help=texts("cli.option.max_time")),
        Option(["--max-cost"], type=Dollars(), metavar="USD|none", help=texts("cli.option.max_cost")),
        Option(["--cycles"], type=click.IntRange(min=1), metavar="N", help=texts("cli.option.cycles")),
        Option(["--max-tokens"], type=click.IntRange(min=1), metavar="N", help=texts("cli.option.max_tokens")),
        Option(["--seed"], type=click.IntRange(min=0), metavar="N", help=texts("cli.option.seed")),
        Option(["--warmup"], type=click.IntRange(min=0), metavar="N", help=texts("cli.option.warmup")),
        Option(
            ["--concurrency"], type=click.IntRange(min=1, max=10_000), metavar="N", help=texts("cli.option.concurrency")
        ),
        Option(["--rate"], type=RateText(), metavar="N/s|N/m|N/h", help=texts("cli.option.rate")),
        Option(["--together"], is_flag=True, help=texts("cli.option.together")),
        Option(["--cache"], type=click.Choice(["as-is", "avoid", "warm"]), help=texts("cli.option.cache")),
        Option(["--connections"], type=click.Choice(["warm", "cold"]), help=texts("cli.option.connections")),
        Option(["--retries"], type=click.IntRange(min=0, max=10), metavar="N", help=texts("cli.option.retries")),
        Option(["--connect-timeout"], type=seconds, metavar="TIME", help=texts("cli.option.connect_timeout")),
        Option(["--first-byte-timeout"], type=seconds, metavar="TIME", help=texts("cli.option.first_byte_timeout")),
        Option(["--gap-timeout"], type=seconds, metavar="TIME", help=texts("cli.option.gap_timeout")),
        Option(["--total-timeout"], type=seconds, metavar="TIME", help=texts("cli.option.total_timeout")),
        Option(["--no-texts"], is_flag=True, help=texts("cli.option.no_texts")),
        prices_option(texts),
    ]


def rule_options(texts: Texts) -> list[click.Parameter]:
    """Options that say what counts as an answer, and when the run may end."""
    ratio = Ratio()
    return [
        Option(["--margin"], type=ratio, metavar="10%", help=texts("cli.option.margin")),
        Option(["--precision"], type=ratio, metavar="10%", help=texts("cli.option.precision")),
        Option(["--verdict-only"], is_flag=True, help=texts("cli.option.verdict_only")),
        Option(["--stopping"], type=click.Choice(get_args(Stopping)), help=texts("cli.option.stopping")),
        Option(["--claim"], multiple=True, metavar="TEXT", help=texts("cli.option.claim")),
        Option(["--goal"], multiple=True, metavar="TEXT", help=texts("cli.option.goal")),
        Option(["--all-pairs"], is_flag=True, help=texts("cli.option.all_pairs")),
        Option(["--aa"], is_flag=True, help=texts("cli.option.aa")),
        Option(["--sessions"], type=click.IntRange(min=2), metavar="N", help=texts("cli.option.sessions")),
        Option(["--every"], type=Duration(), metavar="TIME", help=texts("cli.option.every")),
    ]


def quality_options(texts: Texts) -> list[click.Parameter]:
    """Options that say what is expected of answers."""
    return [
        Option(["--expect"], multiple=True, metavar="KEY=VALUE", help=texts("cli.option.expect")),
        check_option(texts),
    ]


def check_option(texts: Texts) -> click.Parameter:
    """The user's own checks: only the command line, and a configuration file, can name code."""
    return Option(["--check"], multiple=True, metavar="MODULE:FUNCTION", help=texts("cli.option.check"))


def output_options(texts: Texts) -> list[click.Parameter]:
    """Options that say where things go."""
    return [
        Option(["--dry-run"], is_flag=True, help=texts("cli.option.dry_run")),
        Option(["--results"], type=click.Path(path_type=Path), metavar="DIR", help=texts("cli.option.results")),
        Option(["--runs"], type=click.Path(path_type=Path), default=RUNS, metavar="DIR", help=texts("cli.option.runs")),
        Option(["--json"], is_flag=True, help=texts("cli.option.json")),
        Option(["--live"], is_flag=True, help=texts("cli.option.live")),
    ]


def prices_option(texts: Texts) -> click.Parameter:
    """Prices of one's own, before all others."""
    return Option(["--prices"], type=click.Path(path_type=Path), metavar="FILE", help=texts("cli.option.prices"))


def doctor_option(texts: Texts) -> click.Parameter:
    """Whether a real account is looked at before the run."""
    return Option(["--skip-doctor"], is_flag=True, help=texts("cli.option.skip_doctor"))


def judge_option(texts: Texts) -> click.Parameter:
    """Who judges the answers when they are measured."""
    return Option(["--judge", "judges"], multiple=True, metavar="TARGET", help=texts("cli.option.judge"))


def output_file(texts: Texts) -> click.Parameter:
    """Where the report goes instead of stdout."""
    return Option(["--output", "-o"], type=click.Path(path_type=Path), metavar="PATH", help=texts("cli.option.output"))


LIST = "?"
"""What `--preset` alone means."""

TIMEOUTS = {
    "connect_timeout": "connect_s",
    "first_byte_timeout": "first_byte_s",
    "gap_timeout": "gap_s",
    "total_timeout": "total_s",
}


def asked_from(values: Mapping[str, Any], targets: tuple[str, ...]) -> Asked:
    """The command line's values as `Asked`. Raises UsageError for a preset that is not there, or that comes with targets of one's own."""
    preset = None if values["preset"] in (None, LIST) else read_preset(values["preset"])
    if preset is not None and (targets or values["vary"]):
        raise UsageError(Problem(place="--preset", key="cli.preset_alone", values={"words": preset.words}))
    by_preset = {} if preset is None or preset.region is None else {"region": preset.region}
    said = {name: values[name] for name in ("region", "profile", "endpoint") if values[name] is not None}
    return Asked(
        targets=targets if preset is None else preset.targets,
        vary=tuple(values["vary"]) if preset is None else preset.vary,
        vary_place="--vary" if preset is None else "--preset",
        baseline=values["baseline"] or 1,
        defaults=by_preset | said,
        suite=values["suite"],
        suite_format=values["suite_format"],
        prompts=tuple(part.strip() for part in (values["prompts"] or "").split(",") if part.strip()),
        seed=values["seed"],
        warmup=values["warmup"],
        concurrency=values["concurrency"],
        rate=values["rate"],
        together=values["together"],
        cache=values["cache"],
        connections=values["connections"],
        retries=values["retries"],
        max_requests=values["max_requests"],
        max_time_s=values["max_time"],
        max_cost_usd=values["max_cost"],
        cycles=values["cycles"],
        max_tokens=values["max_tokens"],
        timeouts={field: values[name] for name, field in TIMEOUTS.items() if values[name] is not None},
        save_texts=not values["no_texts"],
        margin_ratio=values["margin"],
        precision_ratio=values["precision"],
        verdict_only=values["verdict_only"],
        stopping=values["stopping"],
        claims=tuple(values["claim"]),
        goals=tuple(values["goal"]),
        all_pairs=values["all_pairs"],
        self_test=values["aa"],
        sessions=values["sessions"],
        every_s=values["every"],
        price_file=values["prices"],
        expect_options=tuple(values.get("expect") or ()),
        checks=own_checks_of(values),
    )


def own_checks_of(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of checks that the command line gives, each once."""
    return tuple(dict.fromkeys(values.get("check") or ()))


def wishes_from(values: Mapping[str, Any]) -> Wishes:
    """The command line's values as `Wishes`."""
    named = {name: values[name] for name in ("runs", "results", "json", "dry_run", "live")}
    reach = {name: said for name in ("region", "profile", "endpoint") if (said := values.get(name)) is not None}
    return Wishes(
        **named,
        doctor=not values.get("skip_doctor", False),
        checks=own_checks_of(values),
        judges=tuple(values.get("judges") or ()),
        judges_reach=reach,
        judges_prices=values.get("prices"),
    )
