"""What does this machine say about itself that bears on exact timing? Linux tells it in files; elsewhere most of it stays unknown."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from hayai.decide.selfcheck import Surroundings
from hayai.open_files import most_open_files

_GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
_CLOCK_SOURCE = Path("/sys/devices/system/clocksource/clocksource0/current_clocksource")
_CPU_STAT = Path("/sys/fs/cgroup/cpu.stat")
_STAT = Path("/proc/stat")
_STEAL = 7
"""Place of the stolen time in a line of /proc/stat (proc(5))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What counts up while a machine runs; None: it does not say."""

    ticks: int | None
    stolen: int | None
    throttled: int | None

    @classmethod
    def now(cls) -> Self:
        """As they stand."""
        ticks = stolen = None
        fields = _first_line(_STAT).split()[1:]
        if len(fields) > _STEAL and all(field.isdecimal() for field in fields):
            # The two after it are counted in user time already.
            ticks, stolen = sum(map(int, fields[: _STEAL + 1])), int(fields[_STEAL])
        return cls(ticks=ticks, stolen=stolen, throttled=_throttled())


def surroundings(before: Counters, load_per_core: float | None) -> Surroundings:
    """What is known now; `before` and `load_per_core` are from the beginning of what was measured."""
    after = Counters.now()
    passed, stolen = _since(before.ticks, after.ticks), _since(before.stolen, after.stolen)
    return Surroundings(
        cores=len(cores()),
        load_per_core=load_per_core,
        steal_ratio=stolen / passed if passed and stolen is not None else None,
        governor=_first_line(_GOVERNOR) or None,
        clock_source=_first_line(_CLOCK_SOURCE) or None,
        throttled=_since(before.throttled, after.throttled),
        files=most_open_files(),
    )


def cores() -> tuple[int, ...]:
    """The cores that this process may use, by number; where the platform does not number them, as many as there are."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def load_per_core() -> float | None:
    """Of the last minute, over all cores of the machine; None where the platform does not tell it."""
    with contextlib.suppress(OSError):
        return os.getloadavg()[0] / (os.cpu_count() or 1)
    return None


def _since(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before


def _throttled() -> int | None:
    with contextlib.suppress(OSError, ValueError):
        for line in _CPU_STAT.read_text("ascii").splitlines():
            name, _, value = line.partition(" ")
            if name == "nr_throttled":
                return int(value)
    return None


def _first_line(path: Path) -> str:
    with contextlib.suppress(OSError, ValueError):
        return path.read_text("ascii").partition("\n")[0].strip()
    return ""
