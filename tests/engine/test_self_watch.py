"""The measuring process notices when it is itself too late."""

from __future__ import annotations

import asyncio
import gc

from hayai.clock import now_ns
from hayai.measure.engine.self_watch import EVERY_NS, LATE_NS, SelfWatch


def busy(ns: int) -> None:
    """Holds up everything for a while."""
    until = now_ns() + ns
    while now_ns() < until:
        pass


def test_a_loop_that_was_held_up_is_noticed() -> None:
    """Once, with at least the time by which the wake-up came late, and with the CPU that was burnt meanwhile."""

    async def main() -> SelfWatch:
        watch = SelfWatch()
        chore = asyncio.create_task(watch.run())
        await asyncio.sleep(0)
        busy(EVERY_NS + 4 * LATE_NS)
        for _ in range(10_000):
            await asyncio.sleep(0)
            if watch.seen().wakes:
                break
        chore.cancel()
        return watch

    seen = asyncio.run(main()).seen()
    assert seen.wakes >= seen.late_wakes >= 1
    assert seen.worst_wake_ns is not None
    assert 4 * LATE_NS <= seen.worst_wake_ns <= seen.span_ns
    assert seen.cpu_ns > 0


def test_nothing_seen_is_unknown_and_not_zero() -> None:
    """A session too short for one look; a collection is counted."""
    watch = SelfWatch()
    gc.collect()
    seen = watch.seen()
    assert (seen.wakes, seen.worst_wake_ns) == (0, None)
    assert seen.collections >= 1
