"""How much of a run is still to be done, under limits that may have changed since it began?

The engine's own rule, foreseen: cycles are run in order, what is missing of one is run whole, and a cycle that would pass the limit of
requests is not begun. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from hayai.ask.plan import Limits, Plan
from hayai.ask.rounds import warmup_requests
from hayai.keep.query import complete_rounds
from hayai.keep.records import RequestRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What a session would do now, unless time or somebody stops it."""

    rounds: int
    """Rounds that it would run."""
    complete_cycles: int
    """Cycles that are complete already."""
    options: tuple[str, ...]
    """Limits to be given, on the command line, so that one more cycle would be run; empty only where none of them stops it."""


def rest_of(plan: Plan, limits: Limits, records: Sequence[RequestRecord]) -> Rest:
    """What is left of `plan` under `limits` after `records`."""
    complete = {(r.cycle, r.prompt) for r in complete_rounds(records, [target.name for target in plan.targets]).paired}
    done_of = Counter(cycle for cycle, _ in complete)
    width, prompts = len(plan.targets), len(plan.suite.prompts)
    sent = len(complete) * width + warmup_requests(plan)
    rounds = cycle = 0
    while True:
        missing = prompts - done_of[cycle]
        enough = limits.cycles is not None and cycle >= limits.cycles
        too_many = sent + missing * width > limits.max_requests
        if missing and (enough or too_many):
            break
        sent += missing * width
        rounds += missing
        cycle += 1
    options = []
    if enough:
        options.append(f"--cycles {cycle + 1}")
    if too_many:
        options.append(f"--max-requests {sent + missing * width}")
    return Rest(
        rounds=rounds,
        complete_cycles=sum(done == prompts for done in done_of.values()),
        options=tuple(options),
    )


def session_plan(plan: Plan, limits: Limits, rounds: int) -> Plan:
    """The plan as progress should see it in a session with `rounds` rounds to run: what is told is "done of what this session will do"."""
    most = len(plan.targets) * (plan.warmup + rounds)
    return msgspec.structs.replace(plan, limits=Limits(max_requests=most, max_time_s=limits.max_time_s))
