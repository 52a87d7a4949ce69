"""What do a measuring agent and its parent say to each other?

JSON lines over the agent's stdin and stdout. What was measured never travels this way: it lies in the journal, which
the parent tails. The agent asks one question, after each cycle: go on? When its stdin ends, the parent is gone, and
the agent stops.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import msgspec

from hayai.ask.plan import Limits, Target
from hayai.keep.run_directory import Endpoint


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A `Problem`, or an error's key and values, on its way to the user."""

    key: str
    values: dict[str, Any] = {}
    place: str = ""


# Parent to agent


class Prepare(msgspec.Struct, frozen=True, kw_only=True, tag="prepare"):
    """Find credentials and endpoints of these targets."""

    targets: tuple[Target, ...]
    mfa_code: str | None = None
    """What the user typed when asked; good for a minute, and kept nowhere."""


class Run(msgspec.Struct, frozen=True, kw_only=True, tag="run"):
    """Carry out the plan in the manifest of `path`. `limits` may differ from the manifest's when a run is extended."""

    path: str
    limits: Limits
    session: int | None = None
    """Number of the plan's session, from 0, where the plan has several."""
    first_cycle: int = 0
    elsewhere_usd: Decimal = Decimal(0)
    """What counts against the limit in dollars, and is in no record of the run: its judges."""
    """Cycles before this one are not run, complete or not: they belong to an earlier session of the plan."""


class GoOn(msgspec.Struct, frozen=True, kw_only=True, tag="go_on"):
    """Answer to `CycleEnded`. False: the answer is settled."""

    go_on: bool


class Finish(msgspec.Struct, frozen=True, kw_only=True, tag="finish"):
    """Send nothing more; let what flies come home."""


class Stop(msgspec.Struct, frozen=True, kw_only=True, tag="stop"):
    """Stop now; what flies is recorded as cancelled."""


ToAgent = Prepare | Run | GoOn | Finish | Stop

# Agent to parent


class Prepared(msgspec.Struct, frozen=True, kw_only=True, tag="prepared"):
    """Where each target's requests will go, or why they cannot (`faults`)."""

    endpoints: tuple[Endpoint, ...]
    faults: tuple[Fault, ...] = ()
    access: bool = False
    """The faults are about credentials (exit 3), not about what was typed (exit 2)."""


class Began(msgspec.Struct, frozen=True, kw_only=True, tag="began"):
    """Connections are open; the first request leaves now. `agent` names the session's segments."""

    agent: str


class CycleEnded(msgspec.Struct, frozen=True, kw_only=True, tag="cycle_ended"):
    """A cycle is complete, or ten rounds of a single pass over many prompts. Go on?"""

    cycle: int


EndReason = Literal[
    "max_requests",
    "max_time",
    "max_cost",
    "cycles",
    "verdict",
    "finished_early",
    "stopped",
    "access",
    "failures",
    "cannot_connect",
    "disk",
    "instrument",
]


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag="ended"):
    """The session is over; everything it will ever write is written. `fault` says more where the reason alone does not."""

    reason: EndReason
    fault: Fault | None = None


FromAgent = Prepared | Began | CycleEnded | Ended
