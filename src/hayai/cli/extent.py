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
    options: dict[str, int]
    """Options with limits that would let one more cycle run, after those of `rounds`."""


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
    options = {}
    if enough:
        options["--cycles"] = cycle + 1
    if too_many:
        options["--max-requests"] = sent + missing * width
    return Rest(
        rounds=rounds,
        complete_cycles=sum(done == prompts for done in done_of.values()),
        options=options,
    )


def words_for_resume(path: str, plan: Plan, limits: Limits, rest: Rest) -> list[str]:
    """The command line, as words, that goes on with the run in `path`: under its limits of now, or wider ones where nothing is left."""
    options: dict[str, str] = {}
    if limits.max_requests != plan.limits.max_requests:
        options["--max-requests"] = str(limits.max_requests)
    if limits.max_time_s != plan.limits.max_time_s:
        options["--max-time"] = f"{limits.max_time_s:g}"
    if limits.cycles != plan.limits.cycles:
        options["--cycles"] = str(limits.cycles)
    if not rest.rounds:
        options |= {name: str(number) for name, number in rest.options.items()}
    return ["hayai", "compare", "--resume", path, *(word for option in options.items() for word in option)]


def session_plan(plan: Plan, limits: Limits, rounds: int) -> Plan:
    """The plan as progress should see it in a session with `rounds` rounds to run: what is told is "done of what this session will do"."""
    most = len(plan.targets) * (plan.warmup + rounds)
    return msgspec.structs.replace(plan, limits=Limits(max_requests=most, max_time_s=limits.max_time_s))
