"""`hayai compare`: the same prompts to several targets, measured, kept and shown.

The whole journey of the command reads from top to bottom in `compare`: plan, endpoints, manifest, measure, show.
`run`, `demo` and `--resume` join it at the step where they differ.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import msgspec

from hayai.ask.durations import parse_duration
from hayai.ask.plan import Limits, Plan
from hayai.ask.rounds import affordable_cycles, requests_per_cycle, warmup_requests
from hayai.ask.secrets import redact_argv
from hayai.cli.agent_process import AgentProcess
from hayai.cli.asked import Asked, build_plan, limits_of
from hayai.cli.measuring import carry_out, create_run, exit_code, find_endpoints
from hayai.cli.outputs import check_writable, findings_of, render, say, write_derived
from hayai.cli.telling import sentence
from hayai.cli.verbs import Verb
from hayai.cli.watching import Watcher
from hayai.errors import InstrumentError, JournalError, Problem, UsageError
from hayai.keep.run_directory import Endpoint, RunDirectory, open_run
from hayai.measure.messages import Ended, Fault
from hayai.show.format import clean, duration_alone
from hayai.show.locales import Texts

RUNS = Path("runs")
"""Where runs are kept unless `--runs` says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the user wants done around the measuring."""

    runs: Path = RUNS
    results: Path | None = None
    json: bool = False
    dry_run: bool = False


class Duration(click.ParamType[float]):
    """`90`, `10m`, `1h30m`: seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds; UsageError names the option."""
        del ctx
        return parse_duration(str(value), place=param.opts[0] if param is not None else "duration")


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(targets: tuple[str, ...], resume: str | None, **values: Any) -> int:
        wishes = wishes_from(values)
        with AgentProcess() as agent:
            if resume is not None:
                return resume_run(resume, asked_from(values, targets), wishes, texts, agent)
            return compare(asked_from(values, targets), wishes, texts, agent)

    options: list[click.Parameter] = [
        click.Argument(["targets"], nargs=-1, metavar="TARGET..."),
        *target_options(texts),
        *plan_options(texts),
        click.Option(["--resume"], metavar="RUN", help=texts("cli.option.resume")),
        *output_options(texts),
    ]
    return Verb("compare", texts, callback, options)


def target_options(texts: Texts) -> list[click.Parameter]:
    """Options that say what is measured."""
    return [
        click.Option(["--vary"], multiple=True, metavar="OPTION=A,B", help=texts("cli.option.vary")),
        click.Option(
            ["--baseline"], type=click.IntRange(min=1), default=1, metavar="N", help=texts("cli.option.baseline")
        ),
        click.Option(["--region"], metavar="REGION", help=texts("cli.option.region")),
        click.Option(["--profile"], metavar="NAME", help=texts("cli.option.profile")),
        click.Option(["--endpoint"], metavar="URL", help=texts("cli.option.endpoint")),
        click.Option(["--suite"], metavar="NAME|FILE|-", help=texts("cli.option.suite")),
        click.Option(["--prompts"], metavar="ID,...", help=texts("cli.option.prompts")),
    ]


def plan_options(texts: Texts) -> list[click.Parameter]:
    """Options that say how it is measured."""
    seconds = Duration()
    return [
        click.Option(
            ["--max-requests"], type=click.IntRange(min=1), metavar="N", help=texts("cli.option.max_requests")
        ),
        click.Option(["--max-time"], type=seconds, metavar="TIME", help=texts("cli.option.max_time")),
        click.Option(["--cycles"], type=click.IntRange(min=1), metavar="N", help=texts("cli.option.cycles")),
        click.Option(["--max-tokens"], type=click.IntRange(min=1), metavar="N", help=texts("cli.option.max_tokens")),
        click.Option(["--seed"], type=click.IntRange(min=0), metavar="N", help=texts("cli.option.seed")),
        click.Option(["--warmup"], type=click.IntRange(min=0), metavar="N", help=texts("cli.option.warmup")),
        click.Option(
            ["--concurrency"], type=click.IntRange(min=1, max=10_000), metavar="N", help=texts("cli.option.concurrency")
        ),
        click.Option(["--together"], is_flag=True, help=texts("cli.option.together")),
        click.Option(["--cache"], type=click.Choice(["as-is", "avoid", "warm"]), help=texts("cli.option.cache")),
        click.Option(["--connections"], type=click.Choice(["warm", "cold"]), help=texts("cli.option.connections")),
        click.Option(["--retries"], type=click.IntRange(min=0, max=10), metavar="N", help=texts("cli.option.retries")),
        click.Option(["--connect-timeout"], type=seconds, metavar="TIME", help=texts("cli.option.connect_timeout")),
        click.Option(
            ["--first-byte-timeout"], type=seconds, metavar="TIME", help=texts("cli.option.first_byte_timeout")
        ),
        click.Option(["--gap-timeout"], type=seconds, metavar="TIME", help=texts("cli.option.gap_timeout")),
        click.Option(["--total-timeout"], type=seconds, metavar="TIME", help=texts("cli.option.total_timeout")),
        click.Option(["--no-texts"], is_flag=True, help=texts("cli.option.no_texts")),
    ]


def output_options(texts: Texts) -> list[click.Parameter]:
    """Options that say where things go."""
    return [
        click.Option(["--dry-run"], is_flag=True, help=texts("cli.option.dry_run")),
        click.Option(["--results"], type=click.Path(path_type=Path), metavar="DIR", help=texts("cli.option.results")),
        click.Option(
            ["--runs"], type=click.Path(path_type=Path), default=RUNS, metavar="DIR", help=texts("cli.option.runs")
        ),
        click.Option(["--json"], is_flag=True, help=texts("cli.option.json")),
    ]


TIMEOUTS = {
    "connect_timeout": "connect_s",
    "first_byte_timeout": "first_byte_s",
    "gap_timeout": "gap_s",
    "total_timeout": "total_s",
}


def asked_from(values: Mapping[str, Any], targets: tuple[str, ...]) -> Asked:
    """The command line's values as `Asked`."""
    return Asked(
        targets=targets,
        vary=tuple(values["vary"]),
        baseline=values["baseline"],
        defaults={name: values[name] for name in ("region", "profile", "endpoint") if values[name] is not None},
        suite=values["suite"],
        prompts=tuple(part.strip() for part in (values["prompts"] or "").split(",") if part.strip()),
        seed=values["seed"],
        warmup=values["warmup"],
        concurrency=values["concurrency"],
        together=values["together"],
        cache=values["cache"],
        connections=values["connections"],
        retries=values["retries"],
        max_requests=values["max_requests"],
        max_time_s=values["max_time"],
        cycles=values["cycles"],
        max_tokens=values["max_tokens"],
        timeouts={field: values[name] for name, field in TIMEOUTS.items() if values[name] is not None},
        save_texts=not values["no_texts"],
    )


def wishes_from(values: Mapping[str, Any]) -> Wishes:
    """The command line's values as `Wishes`."""
    return Wishes(runs=values["runs"], results=values["results"], json=values["json"], dry_run=values["dry_run"])


def compare(asked: Asked, wishes: Wishes, texts: Texts, agent: AgentProcess) -> int:
    """A new run, from what was asked to the exit code."""
    plan = build_plan(asked, language=texts.language, stdin=sys.stdin)
    endpoints = find_endpoints(agent, plan)
    if wishes.dry_run:
        say(announcement(plan, endpoints, texts))
        say([texts("cli.dry_run")])
        return 0
    if wishes.results is not None:
        check_writable(wishes.results)
    directory = create_run(wishes.runs, plan, endpoints, redact_argv(sys.argv))
    say(announcement(plan, endpoints, texts))
    return measure_and_show(directory, plan.limits, wishes, texts, agent)


def resume_run(name: str, asked: Asked, wishes: Wishes, texts: Texts, agent: AgentProcess) -> int:
    """Goes on with an earlier run: what is missing, or more of the same under new limits."""
    if asked.targets or asked.vary or asked.suite or asked.prompts or asked.seed is not None:
        raise UsageError(Problem(place="--resume", key="cli.resume_has_a_plan"))
    directory = open_run(name, wishes.runs)
    plan = directory.plan()
    limits = limits_of(asked, plan.limits)
    endpoints = find_endpoints(agent, plan)
    kept = directory.manifest().endpoints
    if {e.target: e.url for e in endpoints} != {e.target: e.url for e in kept}:
        say([texts("cli.other_endpoint")])
    if wishes.results is not None:
        check_writable(wishes.results)
    say([texts("cli.resuming", path=clean(str(directory.path)), records=len(directory.read().records))])
    return measure_and_show(directory, limits, wishes, texts, agent)


def measure_and_show(directory: RunDirectory, limits: Limits, wishes: Wishes, texts: Texts, agent: AgentProcess) -> int:
    """Measures, then shows what there is, however it ended."""
    ended: Ended | None
    try:
        ended = carry_out(
            agent, directory, limits, Watcher(msgspec.structs.replace(directory.plan(), limits=limits), texts)
        )
    except InstrumentError as error:
        ended = None
        say([f"hayai: {sentence(error.key, error.values, texts)}"])
    if ended is not None and ended.fault is not None:
        say([told(ended.fault, texts)])
    code = show(directory, wishes, texts, ended)
    if code == 130 and ended is not None and ended.reason != "instrument":
        say([texts("cli.resume_with", command=f"hayai compare --resume {directory.path}")])
    return code


def show(directory: RunDirectory, wishes: Wishes, texts: Texts, ended: Ended | None) -> int:
    """Report on stdout, files under `derived/`, seal. Returns the exit code."""
    contents = directory.read()
    session = [record for record in contents.records if record.phase == "measure"]
    if not session and ended is not None and ended.reason in ("access", "cannot_connect"):
        return exit_code(ended, session)
    findings = findings_of(contents)
    sys.stdout.write(render(findings, texts, "json" if wishes.json else "terminal", str(directory.path)))
    sys.stdout.flush()
    code = exit_code(ended, session)
    try:
        folder = write_derived(directory, contents, findings, texts, wishes.results)
        directory.seal(len(contents.records))
    except (JournalError, OSError) as error:
        if not isinstance(error, JournalError):
            error = JournalError("journal.cannot_write", path=str(directory.path), reason=error.strerror or str(error))
        say([f"hayai: {sentence(error.key, error.values, texts)}"])
        return code or error.exit_code
    if not wishes.json:
        say([texts("cli.files", results=clean(str(folder)), derived=clean(str(directory.derived)))])
    return code


def told(fault: Fault, texts: Texts) -> str:
    """What the agent reported, in words."""
    place = f"{clean(fault.values['target'])}: " if "target" in fault.values else ""
    return f"hayai: {place}{sentence(fault.key, fault.values, texts)}"


def announcement(plan: Plan, endpoints: Sequence[Endpoint], texts: Texts) -> list[str]:
    """What is about to be done and what it may take, said before the first request."""
    cycles, per_cycle, warmup = affordable_cycles(plan), requests_per_cycle(plan), warmup_requests(plan)
    lines = [
        texts(
            "cli.plan",
            targets=len(plan.targets),
            prompts=len(plan.suite.prompts),
            suite=clean(plan.suite.name),
            per_cycle=per_cycle,
        )
    ]
    for target in plan.targets:
        endpoint = next(e for e in endpoints if e.target == target.name)
        lines.append(
            texts(
                "cli.plan.target",
                name=clean(target.name),
                url=clean(endpoint.url),
                region=endpoint.region or texts("report.unknown"),
                source=clean(endpoint.credentials_source or texts("report.unknown")),
            )
        )
    lines.append(
        texts(
            "cli.plan.limits",
            requests=warmup + cycles * per_cycle,
            max_requests=plan.limits.max_requests,
            cycles=cycles,
            warmup=warmup,
            time=duration_alone(plan.limits.max_time_s * 1e9),
        )
    )
    lines.append(texts("cli.plan.cost"))
    return lines
