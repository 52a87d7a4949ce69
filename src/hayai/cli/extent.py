"""How much of a run is still to be done, under limits that may have changed since it began?

The engine's own rule, foreseen: cycles are run in order, what is missing of one is run whole, and a cycle that would pass the limit of
requests is not begun. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from hayai.ask.plan import Limits, Plan
from hayai.ask.rounds import warmup_requests
from hayai.keep.query import complete_rounds
from hayai.keep.records import RequestRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What a session would do now, unless time, a verdict or somebody stops it."""

    rounds: int
    """Rounds that it would run."""
    complete_cycles: int
    """Cycles that are complete already."""
    options: dict[str, str]
    """Options with limits that would let one more cycle run, after those of `rounds`."""


def rest_of(plan: Plan, limits: Limits, records: Sequence[RequestRecord], *, first_cycle: int = 0) -> Rest:
    """What is left of `plan` from `first_cycle` on, under `limits` after `records`."""
    done_of = _complete_rounds_of(plan, records)
    width, prompts = len(plan.targets), len(plan.suite.prompts)
    sent = sum(done_of.values()) * width + warmup_requests(plan)
    rounds, cycle = 0, first_cycle
    while True:
        missing = prompts - done_of[cycle]
        enough = limits.cycles is not None and cycle >= limits.cycles
        if missing and (enough or sent + missing * width > limits.max_requests):
            break
        sent += missing * width
        rounds += missing
        cycle += 1
    return Rest(
        rounds=rounds,
        complete_cycles=sum(done == prompts for done in done_of.values()),
        options=options_for(plan, limits, records, cycles=cycle + 1),
    )


def options_for(plan: Plan, limits: Limits, records: Sequence[RequestRecord], *, cycles: int) -> dict[str, str]:
    """Options with limits that let the run reach `cycles` complete cycles; those that `limits` allow already are left out."""
    done_of = _complete_rounds_of(plan, records)
    width, prompts = len(plan.targets), len(plan.suite.prompts)
    needed = warmup_requests(plan) + width * (
        sum(done_of.values()) + sum(prompts - done_of[cycle] for cycle in range(cycles))
    )
    options = {}
    if limits.cycles is not None and cycles > limits.cycles:
        options["--cycles"] = str(cycles)
    if needed > limits.max_requests:
        options["--max-requests"] = str(needed)
    return options


def _complete_rounds_of(plan: Plan, records: Sequence[RequestRecord]) -> Counter[int]:
    """Cycle -> how many of its rounds are complete."""
    paired = complete_rounds(records, [target.name for target in plan.targets]).paired
    return Counter(cycle for cycle, _ in {(record.cycle, record.prompt) for record in paired})


def words_for_resume(path: str, plan: Plan, limits: Limits, more: Mapping[str, str]) -> list[str]:
    """The command line, as words, that goes on with the run in `path`: under its limits of now, or those that `more` says instead."""
    options: dict[str, str] = {}
    if limits.max_requests != plan.limits.max_requests:
        options["--max-requests"] = str(limits.max_requests)
    if limits.max_time_s != plan.limits.max_time_s:
        options["--max-time"] = f"{limits.max_time_s:g}"
    if limits.cycles != plan.limits.cycles:
        options["--cycles"] = str(limits.cycles)
    if limits.max_cost_usd != plan.limits.max_cost_usd:
        options["--max-cost"] = "none" if limits.max_cost_usd is None else f"{limits.max_cost_usd.normalize():f}"
    options |= more
    return ["hayai", "compare", "--resume", path, *(word for option in options.items() for word in option)]


def session_plan(plan: Plan, limits: Limits, rounds: int) -> Plan:
    """The plan as progress should see it in a session with `rounds` rounds to run: what is told is "done of what this session will do"."""
    most = len(plan.targets) * (plan.warmup + rounds)
    return msgspec.structs.replace(plan, limits=Limits(max_requests=most, max_time_s=limits.max_time_s))
