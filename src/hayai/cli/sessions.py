"""Which session of the plan is next, and when does it begin?

A plan with sessions is measured in several sittings, hours apart, each with the same cycles. What has happened is read from the run itself,
so that after a kill or on another day the answer is the same. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from hayai.ask.plan import Limits, Plan
from hayai.ask.rounds import affordable_cycles, cycles_per_session, warmup_requests
from hayai.cli.extent import rest_of
from hayai.keep.query import complete_rounds
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import Contents, Event

ENDS = ("cycles", "max_requests", "max_time")
"""Reasons for which a session is over; for any other it was interrupted, and goes on when the run is resumed."""
CLOSEST = 0.9
"""Two sessions begin at least this part of their planned distance apart, also when the first was late: otherwise they say the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A session that is still to be measured, or to be gone on with."""

    number: int
    """From 0."""
    count: int
    """Sessions of the plan."""
    first_cycle: int
    cycles: int
    """The session has the cycles from `first_cycle` on, this many."""
    begins_wall_ns: int | None
    """None: at once."""

    @property
    def past_cycles(self) -> int:
        """Number of the cycle after its last."""
        return self.first_cycle + self.cycles


def next_appointment(contents: Contents) -> Appointment | None:
    """The session to measure next; None where all are over, or the plan has only one."""
    plan = contents.plan
    share = cycles_per_session(plan)
    if plan.sessions is None or share is None:
        return None
    if any(event.kind == "ended" and event.details.get("reason") == "max_requests" for event in contents.events):
        return None  # What all sessions together may send is sent.
    begun = _begins(contents.events)
    number = max(begun, default=0)
    if begun and _is_over(number, share, contents):
        number += 1
    if number >= plan.sessions.count:
        return None
    begins = None
    if number not in begun and begun:
        every_ns = round(plan.sessions.every_s * 1e9)
        planned = min(begun[min(begun)]) + (number - min(begun)) * every_ns
        begins = max(planned, max(begun[max(begun)]) + round(every_ns * CLOSEST))
    return Appointment(
        number=number, count=plan.sessions.count, first_cycle=number * share, cycles=share, begins_wall_ns=begins
    )


def _begins(events: Sequence[Event]) -> dict[int, list[int]]:
    """Session of the plan -> the wall-clock instants at which agents began to work on it."""
    begun: dict[int, list[int]] = {}
    for event in events:
        session = event.details.get("session")
        if event.kind == "began" and isinstance(session, int):
            begun.setdefault(session, []).append(event.wall_ns)
    return begun


def _is_over(number: int, share: int, contents: Contents) -> bool:
    """Whether nothing more is to be measured in this session: it ended by itself, or all its rounds are complete."""
    agents = [e.agent for e in contents.events if e.kind == "began" and e.details.get("session") == number]
    if any(e.kind == "ended" and e.agent in agents and e.details.get("reason") in ENDS for e in contents.events):
        return True
    plan = contents.plan
    paired = complete_rounds(contents.records, [target.name for target in plan.targets]).paired
    mine = {(record.cycle, record.prompt) for record in paired if record.cycle // share == number}
    return len(mine) == share * len(plan.suite.prompts)


def limits_of_session(plan: Plan, limits: Limits, appointment: Appointment, records: Sequence[RequestRecord]) -> Limits:
    """The limits of one session: its own cycles, and what all sessions together may still send.

    The engine counts complete rounds of earlier sessions; their warm-ups, retries and torn rounds are taken off here.
    """
    paired = complete_rounds(records, [target.name for target in plan.targets]).paired
    return msgspec.structs.replace(
        limits,
        cycles=appointment.past_cycles,
        max_requests=limits.max_requests - (len(records) - len(paired)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is still to be done of a run, all its sessions together, unless time, a verdict or somebody stops it."""

    rounds: int
    warmup: int
    """Requests before the samples of all sessions that are left."""
    sessions: int
    """Sessions of the plan that are not over; 1 for a plan without."""
    next_wall_ns: int | None
    """When the next one begins; None: at once."""


def whole(plan: Plan) -> Left:
    """All of a run that has not begun."""
    sessions = 1 if plan.sessions is None else plan.sessions.count
    return Left(
        rounds=affordable_cycles(plan) * len(plan.suite.prompts),
        warmup=warmup_requests(plan) * sessions,
        sessions=sessions,
        next_wall_ns=None,
    )


def left_of(contents: Contents, limits: Limits) -> Left:
    """What is left of a run under `limits`."""
    plan, records = contents.plan, contents.records
    warmup = warmup_requests(plan)
    if plan.sessions is None:
        rounds = rest_of(plan, limits, records).rounds
        return Left(rounds=rounds, warmup=warmup, sessions=1, next_wall_ns=None)
    appointment = next_appointment(contents)
    if appointment is None:
        return Left(rounds=0, warmup=0, sessions=0, next_wall_ns=None)
    of_session = limits_of_session(plan, limits, appointment, records)
    later = appointment.count - appointment.number - 1
    return Left(
        rounds=rest_of(plan, of_session, records, first_cycle=appointment.first_cycle).rounds
        + later * appointment.cycles * len(plan.suite.prompts),
        warmup=warmup * (1 + later),
        sessions=1 + later,
        next_wall_ns=appointment.begins_wall_ns,
    )
