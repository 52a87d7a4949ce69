"""Did a target get slower between two runs? The same prompts, then and now.

The two runs were not interleaved: between them lie hours, a network and a service that change. So this describes, with an interval, and
concludes nothing; a verdict needs both sides in one run. For each prompt that both runs sent (the same words, by their hash) the ratio of
geometric means is taken, new to old; the mean of its logarithm over prompts is the change, with Student's interval over prompts
(`statistics.student`). Noise within a prompt is in the spread between prompts, so the interval needs no second term. What moved all prompts
of a run alike (the hour, the machine) is in the change itself, and no interval can tell it apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from hayai.ask.plan import Target
from hayai.decide.conclusions import Interval
from hayai.decide.findings import Findings
from hayai.decide.metrics.metric import value
from hayai.decide.metrics.speeds import E2E_TOKENS_PER_S
from hayai.decide.metrics.times import E2E, TTFT
from hayai.decide.stats.student import t_interval
from hayai.keep.query import complete_rounds
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import Contents

COMPARED = (E2E, TTFT, E2E_TOKENS_PER_S)
"""What is compared of each target."""
CONFIDENCE = 0.95
FEW_CYCLES = 3
"""Fewer cycles in either run leave little to average over."""
CALM = 1e-9
"""Logs that differ by no more than this are equal: prompts without any spread say nothing about how sure one may be."""

Kind = Literal[
    "prompts", "options", "version", "machine", "simulated", "clock", "regions", "cycles", "instrument", "load"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One metric of one target: new ÷ old."""

    metric: str
    ratio: float
    interval: Interval | None
    """None: fewer than two common prompts, or no spread between them."""
    prompts: int
    """That tell it in both runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetChange:
    """One target that is in both runs."""

    name: str
    changes: tuple[Change, ...]
    by_prompt: dict[str, float]
    """Prompt (by its name in the new run) -> ratio of response times."""
    answered: tuple[int, int]
    """Old and new, of the requests in complete rounds that both runs' common prompts have."""
    sent: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differs:
    """Something else that was not the same in both runs."""

    kind: Kind
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two runs, with what it found by itself."""

    run: str
    created_utc: str
    findings: Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoRuns:
    """What changed from the old run to the new one."""

    old: Side
    new: Side
    prompts: int
    """Common ones."""
    targets: tuple[TargetChange, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    differs: tuple[Differs, ...]


def two_runs(old: tuple[Contents, Findings], new: tuple[Contents, Findings]) -> TwoRuns:
    """The comparison of two runs, in this order: what is in the second, measured against the first."""
    common = _common_prompts(old[0], new[0])
    pairs = _pairs(old[0].plan.targets, new[0].plan.targets)
    sides = tuple(Side(run=c.manifest.run, created_utc=c.manifest.created_utc, findings=f) for c, f in (old, new))
    before, after = (_by_target(contents) for contents, _ in (old, new))
    return TwoRuns(
        old=sides[0],
        new=sides[1],
        prompts=len(common),
        targets=tuple(_change(then, now, before.get(then, []), after.get(now, []), common) for then, now in pairs),
        only_old=tuple(t.name for t in old[0].plan.targets if t.name not in {then for then, _ in pairs}),
        only_new=tuple(t.name for t in new[0].plan.targets if t.name not in {now for _, now in pairs}),
        differs=tuple(_differs(old, new, pairs, len(common))),
    )


def _common_prompts(old: Contents, new: Contents) -> dict[str, str]:
    """Old id -> new id of prompts whose words are the same."""
    there = {prompt.sha256: prompt.id for prompt in new.manifest.prompts}
    return {prompt.id: there[prompt.sha256] for prompt in old.manifest.prompts if prompt.sha256 in there}


def _pairs(old: Iterable[Target], new: Iterable[Target]) -> list[tuple[str, str]]:
    """Old name and new name of the targets that are in both: of the same name, or else of the same service, model and options."""
    left = {target.name: target for target in new}
    found: list[tuple[str, str]] = []
    rest = []
    for target in old:
        if target.name in left:
            found.append((target.name, target.name))
            del left[target.name]
        else:
            rest.append(target)
    for target in rest:
        same = next((name for name, other in left.items() if _what(other) == _what(target)), None)
        if same is not None:
            found.append((target.name, same))
            del left[same]
    return found


def _what(target: Target) -> tuple[object, ...]:
    return target.provider, target.model, sorted((name, str(value)) for name, value in target.options.items())


def _by_target(contents: Contents) -> dict[str, list[RequestRecord]]:
    found: dict[str, list[RequestRecord]] = {}
    for record in complete_rounds(contents.records, [target.name for target in contents.plan.targets]).paired:
        found.setdefault(record.target, []).append(record)
    return found


def _change(
    then: str, now: str, old: Iterable[RequestRecord], new: Iterable[RequestRecord], common: Mapping[str, str]
) -> TargetChange:
    before = [record for record in old if record.prompt in common]
    kept = set(common.values())
    after = [record for record in new if record.prompt in kept]
    changes, by_prompt = [], {}
    for metric in COMPARED:
        first = _means(before, lambda record, metric=metric: value(metric, record))  # type: ignore[misc]  # A lambda's default.
        second = _means(after, lambda record, metric=metric: value(metric, record))  # type: ignore[misc]  # A lambda's default.
        logs = {
            there: second[there] - first[here] for here, there in common.items() if here in first and there in second
        }
        if metric is E2E:
            by_prompt = {prompt: math.exp(log) for prompt, log in logs.items()}
        if logs:
            changes.append(_changed(metric.name, list(logs.values())))
    return TargetChange(
        name=now if now == then else f"{then} → {now}",
        changes=tuple(changes),
        by_prompt=by_prompt,
        answered=(_answered(before), _answered(after)),
        sent=(len(before), len(after)),
    )


def _changed(name: str, logs: list[float]) -> Change:
    found = t_interval(logs, CONFIDENCE) if max(logs) - min(logs) > CALM else None
    return Change(
        metric=name,
        ratio=math.exp(math.fsum(logs) / len(logs)),
        interval=None if found is None else Interval(low=math.exp(found.low), high=math.exp(found.high)),
        prompts=len(logs),
    )


def _means(records: Iterable[RequestRecord], of: Callable[[RequestRecord], float | None]) -> dict[str, float]:
    """Prompt -> mean of the logs of what is known and more than nothing."""
    logs: dict[str, list[float]] = {}
    for record in records:
        number = of(record)
        if number is not None and number > 0:
            logs.setdefault(record.prompt, []).append(math.log(number))
    return {prompt: math.fsum(found) / len(found) for prompt, found in logs.items()}


def _answered(records: Iterable[RequestRecord]) -> int:
    return sum(record.outcome == "ok" for record in records)


def _differs(
    old: tuple[Contents, Findings], new: tuple[Contents, Findings], pairs: list[tuple[str, str]], common: int
) -> Iterable[Differs]:
    """What else was not the same, from what may matter most to what matters least."""
    (before, found_before), (after, found_after) = old, new
    sides: dict[Kind, tuple[str, str]] = {
        "simulated": (_simulated(found_before), _simulated(found_after)),
        "options": (_options(before, [then for then, _ in pairs]), _options(after, [now for _, now in pairs])),
        "load": (_load(before), _load(after)),
        "machine": (_machine(before), _machine(after)),
        "clock": (_clocks(found_before), _clocks(found_after)),
        "regions": (_regions(found_before), _regions(found_after)),
        "version": (before.manifest.hayai_version, after.manifest.hayai_version),
    }
    if common < max(len(before.manifest.prompts), len(after.manifest.prompts)):
        yield Differs(kind="prompts", old=str(len(before.manifest.prompts)), new=str(len(after.manifest.prompts)))
    yield from (Differs(kind=kind, old=then, new=now) for kind, (then, now) in sides.items() if then != now)
    cycles = found_before.run.cycles, found_after.run.cycles
    if min(cycles) < FEW_CYCLES:
        yield Differs(kind="cycles", old=str(cycles[0]), new=str(cycles[1]))


def _simulated(findings: Findings) -> str:
    return ", ".join(sorted(f"{one.profile} ×{one.speed or 1:g}" for one in findings.simulations))


def _options(contents: Contents, names: list[str]) -> str:
    of = {target.name: target for target in contents.plan.targets}
    told = (f"{of[name].provider}:{of[name].model} {_told(of[name])}".strip() for name in names)
    return "; ".join(told)


def _told(target: Target) -> str:
    """Options that change what is asked; where it is asked is told by the region and the endpoint, and a simulator's port is nobody's."""
    return ",".join(
        f"{name}={value}"
        for name, value in sorted(target.options.items())
        if name not in ("endpoint", "base_url", "name")
    )


def _load(contents: Contents) -> str:
    plan = contents.plan
    rate = "" if plan.rate is None else f" {plan.rate.requests:g}/{plan.rate.per}"
    return f"{plan.concurrency}{' together' if plan.together else ''}{rate} {plan.connections} {plan.cache}"


def _machine(contents: Contents) -> str:
    known = contents.manifest.environment
    return " ".join(str(known.get(name)) for name in ("host", "cpus", "system", "release", "architecture"))


def _clocks(findings: Findings) -> str:
    return ", ".join(sorted({clock for target in findings.targets for clock in target.clocks}))


def _regions(findings: Findings) -> str:
    return ", ".join(sorted({region.region or "?" for target in findings.targets for region in target.regions}))
