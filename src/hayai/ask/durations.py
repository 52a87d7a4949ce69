"""How long is `1h30m`?

Durations are typed as hours, minutes, seconds and milliseconds put together (`10m`, `90s`, `1h30m`, `1.5h`, `500ms`), or as a plain number
of seconds.
"""

from __future__ import annotations

import math
import re

from hayai.ask.suggest import echo
from hayai.errors import Problem, UsageError

_SECONDS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)"
_PART = re.compile(rf"({_NUMBER})\s*(d|h|ms|m|s)\s*", re.ASCII)


def parse_duration(text: str, *, place: str = "duration") -> float:
    """Seconds, more than zero. Units go from large to small, each at most once.

    Raises `UsageError` with one problem at `place`.
    """
    seconds = _read(text.strip().lower())
    if seconds is None:
        raise UsageError(Problem(place=place, key="duration.not_a_duration", values={"word": echo(text)}))
    if not 0 < seconds < math.inf:
        raise UsageError(Problem(place=place, key="duration.not_positive", values={"word": echo(text)}))
    return seconds


def _read(text: str) -> float | None:
    if re.fullmatch(rf"-?{_NUMBER}", text, re.ASCII):
        return float(text)
    seconds, at, smallest = 0.0, 0, math.inf
    while at < len(text):
        part = _PART.match(text, at)
        if part is None or _SECONDS[part[2]] >= smallest:
            return None
        smallest = _SECONDS[part[2]]
        seconds += float(part[1]) * smallest
        at = part.end()
    return seconds if at else None
