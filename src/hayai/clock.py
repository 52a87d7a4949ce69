"""What time is it, and which clock says so?

The only module that calls `time.*`. Two clocks exist: the monotonic one, in integer nanoseconds, for everything that
is compared; and the wall clock, which only names things. The kernel stamps received packets with its wall clock
(SO_TIMESTAMPNS), so the distance between the two is sampled here as well: both are slewed alike by NTP, hence the
distance changes only when somebody steps the wall clock.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

now_ns = time.monotonic_ns
"""Monotonic instant in nanoseconds, comparable across the processes of one machine (Linux: CLOCK_MONOTONIC)."""

wall_ns = time.time_ns
"""Wall clock in nanoseconds since 1970 (UTC). Metadata only; may step."""

cpu_ns = time.process_time_ns
"""CPU time of this process, user and system, in nanoseconds."""


def wall_minus_monotonic_ns() -> int:
    """Distance from the monotonic to the wall clock, in ns; the tightest of three brackets, so a preemption does not spoil it."""
    best_width, best = 1 << 62, 0
    for _ in range(3):
        before = now_ns()
        wall = wall_ns()
        after = now_ns()
        if after - before < best_width:
            best_width, best = after - before, wall - (before + after) // 2
    return best


def utc_text(wall: int) -> str:
    """`2026-11-22T21:36:05.123Z` for a wall-clock instant in ns."""
    return datetime.fromtimestamp(wall / 1e9, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def utc_today() -> date:
    """The day it is, in UTC: so are the dates that services give."""
    return datetime.fromtimestamp(wall_ns() / 1e9, tz=UTC).date()


def local_text(wall: int) -> str:
    """`2026-11-22 21:36:05` in the zone of this machine, for people."""
    return datetime.fromtimestamp(wall / 1e9).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def zoned_text(wall: int) -> str:
    """The same with its zone: `2026-11-22 21:36:05 UTC+9`."""
    return f"{local_text(wall)} {utc_offset(wall)}"


def utc_offset(wall: int) -> str:
    """How far that zone was from UTC at that instant: `UTC`, `UTC+9`, `UTC-3:30`."""
    offset = datetime.fromtimestamp(wall / 1e9).astimezone().utcoffset() or timedelta()
    minutes = round(abs(offset.total_seconds()) / 60)
    if minutes == 0:
        return "UTC"
    sign = "-" if offset < timedelta() else "+"
    rest = f":{minutes % 60:02d}" if minutes % 60 else ""
    return f"UTC{sign}{minutes // 60}{rest}"
