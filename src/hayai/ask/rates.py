"""How fast is `20/m`, and how far does it reach?

Rates are typed as a number of requests in a second, a minute or an hour (`5/s`, `20/m`, `2.5/m`, `100/h`): what a quota says. A run that
has one sends a request at a slot, and slots are evenly spaced, so what it can do in its time is known before it begins.
"""

from __future__ import annotations

import re
from typing import Literal, cast

from hayai.ask.plan import Plan, Rate
from hayai.ask.rounds import requests_per_cycle, warmup_requests
from hayai.ask.suggest import echo
from hayai.errors import Problem, UsageError

_RATE = re.compile(r"(-?(?:\d+(?:\.\d*)?|\.\d+))\s*/\s*(s|m|h)", re.ASCII | re.IGNORECASE)

FASTEST_NS = 100_000
"""Least interval: ten thousand requests in a second. Beyond, no client would leave at its slots."""
SLOWEST_NS = 3_600_000_000_000
"""Longest interval: one request in an hour."""


def parse_rate(text: str, *, place: str = "rate") -> Rate:
    """The rate, between one request in an hour and ten thousand in a second. Raises `UsageError` with one problem at `place`."""
    read = _RATE.fullmatch(text.strip())
    if read is None:
        raise UsageError(Problem(place=place, key="rate.not_a_rate", values={"word": echo(text)}))
    requests = float(read[1])
    if requests <= 0:
        raise UsageError(Problem(place=place, key="rate.not_positive", values={"word": echo(text)}))
    # Out of bounds may be as far out as a float goes, where an interval has no number any more.
    if not 1e-9 < requests < 1e9:
        raise UsageError(Problem(place=place, key=_beyond(fast=requests > 1), values={"word": echo(text)}))
    rate = Rate(requests=requests, per=cast("Literal['s', 'm', 'h']", read[2].lower()))
    if not FASTEST_NS <= rate.interval_ns <= SLOWEST_NS:
        raise UsageError(
            Problem(place=place, key=_beyond(fast=rate.interval_ns < FASTEST_NS), values={"word": echo(text)})
        )
    return rate


def _beyond(*, fast: bool) -> str:
    return "rate.too_fast" if fast else "rate.too_slow"


def least_time_s(rate: Rate, requests: int) -> float:
    """Seconds from the first of so many requests to the last at the least; 0 for one request or none."""
    return max(0, requests - 1) * rate.interval_ns / 1e9


def most_requests(rate: Rate, seconds: float) -> int:
    """How many requests have their slots within so many seconds."""
    return -(-int(seconds * 1e9) // rate.interval_ns)


def too_slow_for_one_cycle(plan: Plan) -> list[Problem]:
    """A problem where the time is over before the warm-up and one cycle have left; none where they fit, or without a rate."""
    if plan.rate is None:
        return []
    needed = warmup_requests(plan) + requests_per_cycle(plan)
    if needed <= most_requests(plan.rate, plan.limits.max_time_s):
        return []
    minutes = -(-(needed * plan.rate.interval_ns) // 60_000_000_000)
    values: dict[str, object] = {"rate": str(plan.rate), "needed": needed, "minutes": f"{minutes}m"}
    return [Problem(place="--rate", key="rate.below_one_cycle", values=values)]
