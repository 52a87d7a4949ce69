"""How far is the run, and what does it look like so far? Computed afresh from the records at each redraw."""

from __future__ import annotations

from collections.abc import Sequence

from hayai.ask.plan import Plan
from hayai.decide.findings import Progress, TargetProgress
from hayai.decide.metrics.metric import value, values
from hayai.decide.metrics.times import E2E, TTFT
from hayai.decide.stats.averages import median, ratio_of_totals
from hayai.keep.query import measured, simulation_of
from hayai.keep.records import RequestRecord

NOW = 5
"""Answers of a target that count as "now"."""


def progress(plan: Plan, records: Sequence[RequestRecord], *, began_at_ns: int, now_at_ns: int) -> Progress:
    """The state of a run at `now_at_ns`; both instants are of the machine that measures. `began_at_ns`: when the sample began."""
    sample = measured(records)
    per_target = _planned_per_target(plan)
    done = len(sample)
    planned = per_target * len(plan.targets)
    elapsed_ns = max(0, now_at_ns - began_at_ns)
    return Progress(
        simulations=simulation_of(records),
        targets=tuple(
            _target(number, target.name, [r for r in sample if r.target == target.name], per_target)
            for number, target in enumerate(plan.targets, start=1)
        ),
        done=done,
        failed=sum(record.outcome != "ok" for record in sample),
        planned=planned,
        cycle=max((record.cycle for record in sample), default=0) + 1,
        elapsed_ns=elapsed_ns,
        left_ns=_left_ns(plan, done, planned, elapsed_ns),
    )


def _planned_per_target(plan: Plan) -> int:
    """Measured requests per target when nothing but the limits of requests and cycles ends the run."""
    room = max(0, plan.limits.max_requests // len(plan.targets) - plan.warmup)
    if plan.limits.cycles is None:
        return room
    return min(room, plan.limits.cycles * len(plan.suite.prompts))


def _left_ns(plan: Plan, done: int, planned: int, elapsed_ns: int) -> int | None:
    if done == 0:
        return None
    at_this_pace = elapsed_ns * max(0, planned - done) // done
    until_limit = max(0, round(plan.limits.max_time_s * 1e9) - elapsed_ns)
    return min(at_this_pace, until_limit)


def _target(number: int, name: str, records: Sequence[RequestRecord], planned: int) -> TargetProgress:
    last = [record for record in records if record.outcome == "ok"][-NOW:]
    pairs = [
        (float(tokens), time_ns / 1e9)
        for tokens, time_ns in ((r.usage.output_tokens, value(E2E, r)) for r in last)
        if tokens is not None and time_ns is not None
    ]
    return TargetProgress(
        number=number,
        name=name,
        done=len(records),
        failed=sum(record.outcome != "ok" for record in records),
        planned=planned,
        tokens_per_s=ratio_of_totals(pairs),
        ttft_median_ns=median(values(TTFT, records)),
    )
