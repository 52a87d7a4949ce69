"""Was this process on time, or was it the limit itself?

While requests fly, the agent wakes up twenty times a second for no other reason than to see how late it was: what held
it up then held up every send and every read. It also counts what it used of its core, and whether the garbage collector
ran although it is switched off. Where requests are paced, it counts how late they left. The lag between the kernel's stamp and our own is
kept with each record.
"""

from __future__ import annotations

import asyncio
import gc

from hayai.clock import cpu_ns, now_ns
from hayai.keep.run_directory import Watched

EVERY_NS = 50_000_000
LATE_NS = 5_000_000
"""A wake-up this late is counted: asyncio's own timers are up to a millisecond late."""


class Lateness:
    """How late paced requests left: sent − due."""

    __slots__ = ("late", "sends", "total_ns", "worst_ns")

    def __init__(self) -> None:
        self.sends = self.late = self.total_ns = 0
        self.worst_ns: int | None = None

    def take(self, late_ns: int) -> None:
        """One more has left, so much after it was due."""
        self.sends += 1
        self.late += late_ns >= LATE_NS
        self.total_ns += late_ns
        self.worst_ns = max(late_ns, self.worst_ns or 0)


class SelfWatch:
    """Watches from its making until it is asked."""

    __slots__ = ("_began_at_ns", "_collections", "_cpu_ns", "_late", "_wakes", "_worst_ns")

    def __init__(self) -> None:
        self._began_at_ns = now_ns()
        self._cpu_ns = cpu_ns()
        self._collections = _collections()
        self._wakes = self._late = self._worst_ns = 0

    async def run(self) -> None:
        """Wakes up again and again, until cancelled."""
        while True:
            due_ns = now_ns() + EVERY_NS
            await asyncio.sleep(EVERY_NS / 1e9)
            lag_ns = now_ns() - due_ns
            self._wakes += 1
            self._late += lag_ns >= LATE_NS
            self._worst_ns = max(self._worst_ns, lag_ns)

    def seen(self, lateness: Lateness | None = None) -> Watched:
        """What was seen so far; `lateness` of the sends where they are paced.

        Looking for it between two cycles does not count as measuring, and is said by `ended` instead.
        """
        return Watched(
            span_ns=now_ns() - self._began_at_ns,
            cpu_ns=cpu_ns() - self._cpu_ns,
            wakes=self._wakes,
            late_wakes=self._late,
            worst_wake_ns=self._worst_ns if self._wakes else None,
            collections=_collections() - self._collections,
            paced_sends=None if lateness is None else lateness.sends,
            late_sends=None if lateness is None else lateness.late,
            worst_send_ns=None if lateness is None else lateness.worst_ns,
            sends_late_ns=None if lateness is None else lateness.total_ns,
        )


def _collections() -> int:
    """How often the garbage collector has run in this process."""
    return sum(generation["collections"] for generation in gc.get_stats())
