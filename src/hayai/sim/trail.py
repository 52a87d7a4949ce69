"""Which calls were made, and where did each run? The account's own book, which CloudTrail and the invocation logs are read from.

Nothing in a response tells the Region that served it. The book does, and is as slow, as incomplete and as discreet as the profile says.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from hayai.sim.profile import Profile
from hayai.sim.refusals import Refusal
from hayai.sim.reply import Facts

MOST_EVENTS = 200_000
"""Older ones are forgotten."""

EVENT_NAMES = {
    "invoke": "InvokeModel",
    "invoke-with-response-stream": "InvokeModelWithResponseStream",
    "converse": "Converse",
    "converse-stream": "ConverseStream",
}


class Noted(NamedTuple):
    """One call as the books have it."""

    wall_ns: int
    request_id: str
    event_name: str
    model: str
    region: str | None
    """Where it ran; None: it did not, or the book does not say."""
    latency: str | None
    input_tokens: int | None
    output_tokens: int | None
    error: str | None
    message: str | None


class Trail:
    """The book of one account in one Region."""

    def __init__(self, profile: Profile, *, seed: int, speed: float) -> None:
        self._account, self._home = profile.account, profile.region
        self.delay_ns = round(profile.account.trail_delay_s * 1e9 / speed)
        self._random = Random(f"{seed}|trail")
        self._noted: deque[Noted] = deque(maxlen=MOST_EVENTS)

    def note(self, facts: Facts, *, request_id: str, wall_ns: int, refusal: Refusal | None) -> None:
        """Write down a call that has been understood as one."""
        if self._random.random() < self._account.trail_loses:
            return
        region = None if refusal is not None else facts.region
        if region == self._home and not self._account.trail_tells_home:
            region = None
        self._noted.append(
            Noted(
                wall_ns=wall_ns,
                request_id=request_id,
                event_name=EVENT_NAMES[facts.operation],
                model=facts.model,
                region=region,
                latency=facts.served_latency if facts.requested_latency is not None else None,
                input_tokens=facts.input_tokens,
                output_tokens=facts.output_tokens,
                error=None if refusal is None else refusal.name,
                message=None if refusal is None else refusal.message,
            )
        )

    def newest_first(self, *, wall_ns: int, delayed: bool) -> Iterator[Noted]:
        """What can be read at `wall_ns`. `delayed`: as CloudTrail shows it; the logs are there at once."""
        latest = wall_ns - (self.delay_ns if delayed else 0)
        return (noted for noted in reversed(self._noted) if noted.wall_ns <= latest)
