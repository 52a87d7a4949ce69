"""Slots are never closer together than the rate allows, go to whoever is ready, and keep the requests of a round together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from hayai.alarm import Alarm
from hayai.measure.engine import pacer as pacer_module
from hayai.measure.engine.pacer import NEAR_NS, Pacer
from hayai.measure.engine.self_watch import Lateness

MS = 1_000_000
BEGAN = 1_000 * MS


class Clock:
    """A clock that stands still while anybody has something to do, with sleepers and an alarm on it."""

    def __init__(self) -> None:
        self.now = BEGAN
        self.rings_at: int | None = None
        self._ring: Callable[[], None] = lambda: None
        self._sleepers: list[tuple[int, asyncio.Future[None]]] = []

    def make_alarm(self, _: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> Alarm:
        """The pacer's."""
        self._ring = ring
        clock = self

        class Fake(Alarm):
            def set(self, at_ns: int) -> None:
                assert at_ns > clock.now
                clock.rings_at = at_ns

            def close(self) -> None:
                clock.rings_at = None

        return Fake()

    async def until(self, at_ns: int) -> None:
        """Sleeps."""
        if at_ns > self.now:
            self._sleepers.append((at_ns, asyncio.get_running_loop().create_future()))
            await self._sleepers[-1][1]

    async def run(self, tasks: Collection[asyncio.Task[None]]) -> None:
        """Moves on from instant to instant until all these are done."""
        while True:
            for _ in range(10):
                await asyncio.sleep(0)
            if all(task.done() for task in tasks):
                return
            self.now = min([at_ns for at_ns, _ in self._sleepers] + ([self.rings_at] if self.rings_at else []))
            for sleeper in [sleeper for sleeper in self._sleepers if sleeper[0] <= self.now]:
                self._sleepers.remove(sleeper)
                sleeper[1].set_result(None)
            if self.rings_at is not None and self.rings_at <= self.now:
                self.ring()

    def ring(self) -> None:
        """Now."""
        self.rings_at = None
        self._ring()


@contextmanager
def pacing(interval_ns: int, *, first_at_ns: int = BEGAN) -> Iterator[tuple[Pacer, Clock]]:
    """A pacer on a clock of ours."""
    clock = Clock()
    with (
        patch.object(pacer_module, "now_ns", lambda: clock.now),
        patch.object(pacer_module, "make_alarm", clock.make_alarm),
    ):
        pacer = Pacer(interval_ns, first_at_ns=first_at_ns)
        yield pacer, clock
        pacer.close()


@dataclass(slots=True, eq=False)
class Asking:
    """One request: when it joins, how long it takes to be made ready, how late it leaves; and what became of it."""

    joins_ns: int
    begins: bool
    ready_after_ns: int
    late_ns: int
    near_ns: int = 0
    ready_ns: int = 0
    due_ns: int = 0
    left_ns: int = 0


@dataclass(slots=True)
class Simulated:
    """All requests, in the order in which they left, and who else was ready at each slot."""

    lateness: Lateness
    left: list[Asking] = field(default_factory=list)
    passed_over: list[tuple[Asking, Asking]] = field(default_factory=list)
    """Who was given a slot, and who had been ready before."""


def simulate(interval_ns: int, asking: Collection[Asking], *, first_at_ns: int = BEGAN) -> Simulated:
    """Plays it through."""

    async def play() -> Simulated:
        with pacing(interval_ns, first_at_ns=first_at_ns) as (pacer, clock):
            done = Simulated(pacer.lateness)
            ready: list[Asking] = []

            async def leave(one: Asking) -> None:
                await clock.until(one.joins_ns)
                turn = pacer.turn(begins=one.begins)
                assert await turn.near()
                one.near_ns = clock.now
                await clock.until(one.near_ns + one.ready_after_ns)
                one.ready_ns = clock.now
                ready.append(one)
                due_ns = await turn.due()
                assert due_ns is not None
                one.due_ns = due_ns
                ready.remove(one)
                done.passed_over += [(one, other) for other in ready if other.ready_ns < due_ns]
                await clock.until(due_ns + one.late_ns)
                one.left_ns = clock.now
                done.left.append(one)
                turn.left(one.left_ns)

            await clock.run([asyncio.create_task(leave(one)) for one in asking])
            return done

    return asyncio.run(play())


ASKING = st.builds(
    Asking,
    joins_ns=st.integers(0, 3_000).map(lambda ms: BEGAN + ms * MS),
    begins=st.booleans(),
    ready_after_ns=st.sampled_from([0, 1, 5, 200, 900]).map(lambda ms: ms * MS),
    late_ns=st.sampled_from([1, 30_000, 4 * MS, 70 * MS]),
)
INTERVALS = st.sampled_from([1, 10, 100, 500, 501, 3_000]).map(lambda ms: ms * MS)


@given(INTERVALS, st.lists(ASKING, min_size=1, max_size=12), st.integers(0, 2_000).map(lambda ms: BEGAN + ms * MS))
def test_whatever_comes_is_spaced_and_served(interval_ns: int, asking: list[Asking], first_at_ns: int) -> None:
    """However they come, get ready and leave: all are served, never faster than the rate; due when slot and request are there."""
    done = simulate(interval_ns, asking, first_at_ns=first_at_ns)
    assert len(done.left) == len(asking)
    slot_ns = first_at_ns
    for one in done.left:
        assert one.left_ns >= one.due_ns == max(slot_ns, one.ready_ns)
        slot_ns = one.left_ns + interval_ns


@given(INTERVALS, st.lists(ASKING, min_size=2, max_size=12))
def test_who_goes_on_with_a_round_goes_first_then_who_came_first(interval_ns: int, asking: list[Asking]) -> None:
    """Of those that are ready for a slot, none that begins a round is preferred to one that goes on with one."""
    for one, other in simulate(interval_ns, asking).passed_over:
        assert one.begins <= other.begins


@given(st.lists(ASKING, min_size=1, max_size=12))
def test_nothing_is_made_ready_long_before_its_slot(asking: list[Asking]) -> None:
    """Where slots lie seconds apart, one is let near half a second before its own, however many wait."""
    for one in (left := simulate(3_000 * MS, asking).left):
        if one.ready_after_ns < NEAR_NS:
            # The slot may move back by what the request before it was late.
            assert one.due_ns - one.near_ns <= NEAR_NS + sum(other.late_ns for other in left)


def test_lateness_is_counted_and_pushes_the_next_slot_back() -> None:
    """Two requests, the first 7 ms late: the second is due one interval after the first has left, and counts as on time."""
    first = Asking(BEGAN, begins=True, ready_after_ns=0, late_ns=7 * MS)
    second = Asking(BEGAN, begins=True, ready_after_ns=0, late_ns=10)
    lateness = simulate(100 * MS, [first, second]).lateness
    assert (first.due_ns, first.left_ns) == (BEGAN, BEGAN + 7 * MS)
    assert second.due_ns == BEGAN + 107 * MS
    assert (lateness.sends, lateness.late, lateness.worst_ns, lateness.total_ns) == (2, 1, 7 * MS, 7 * MS + 10)


def test_slots_that_nobody_was_ready_for_are_lost() -> None:
    """After a pause of ten intervals two requests come at once: the second waits a whole interval. Nothing catches up."""
    asking = [
        Asking(at, begins=True, ready_after_ns=0, late_ns=1) for at in (BEGAN, BEGAN + 1_000 * MS, BEGAN + 1_000 * MS)
    ]
    simulate(100 * MS, asking)
    assert [one.due_ns for one in asking] == [BEGAN, BEGAN + 1_000 * MS, BEGAN + 1_100 * MS + 1]


def test_a_request_that_takes_long_to_be_made_ready_holds_up_nobody() -> None:
    """Its connection takes 900 ms; the one behind it takes the slot, and the slow one is due when it is ready."""
    slow = Asking(BEGAN, begins=True, ready_after_ns=900 * MS, late_ns=1)
    quick = Asking(BEGAN, begins=True, ready_after_ns=1 * MS, late_ns=1)
    done = simulate(100 * MS, [slow, quick])
    assert done.left == [quick, slow]
    assert (quick.due_ns, slow.due_ns) == (BEGAN + 1 * MS, BEGAN + 900 * MS)


# Refused


def refused(interval_ns: int, until_ns: list[int | None]) -> list[bool]:
    """Which of several requests, asking at once, are refused at once."""

    async def play() -> list[bool]:
        with pacing(interval_ns) as (pacer, _):
            turns = [pacer.turn(begins=True, until_ns=until) for until in until_ns]
            return [getattr(turn, "_near").done() and not await turn.near() for turn in turns]  # noqa: B009  It is not in the types.

    return asyncio.run(play())


def test_who_would_be_too_late_is_refused_at_once() -> None:
    """The next slot is half an hour away, the time is over before: nobody waits for it. A slot at the very instant is too late, too."""
    hour = 3_600_000 * MS
    assert refused(hour, [None, BEGAN + hour // 2]) == [False, True]
    assert refused(hour, [None, BEGAN + hour]) == [False, True]
    assert refused(hour, [None, BEGAN + hour + 1]) == [False, False]
    assert refused(hour, [BEGAN]) == [True]


def test_when_it_is_stopped_everybody_is_refused_whatever_they_wait_for() -> None:
    """One waits to be let near, one is being made ready, one is ready, one comes later. Who has the slot already leaves."""

    async def play() -> None:
        with pacing(200 * MS) as (pacer, clock):
            leaving, ready, near, waiting = (pacer.turn(begins=True) for _ in range(4))
            assert await leaving.near()
            assert await leaving.due() == BEGAN
            assert await ready.near()
            waits = asyncio.create_task(ready.due())
            assert await near.near()
            await asyncio.sleep(0)
            pacer.stop()
            leaving.left(clock.now)
            assert await waits is None
            assert await near.due() is None
            assert not await waiting.near()
            assert not await pacer.turn(begins=False).near()

    asyncio.run(asyncio.wait_for(play(), 30))


def test_a_task_that_was_cancelled_while_it_waited_disturbs_nobody() -> None:
    """Its futures are gone; the pacer goes on with the next."""

    async def play() -> None:
        with pacing(100 * MS) as (pacer, clock):
            first, second = pacer.turn(begins=True), pacer.turn(begins=True)
            assert await first.near()
            assert await second.near()
            await first.due()
            wait = asyncio.create_task(second.due())
            await asyncio.sleep(0)
            wait.cancel()
            first.left(clock.now)
            clock.now += 100 * MS
            clock.ring()
            await asyncio.gather(wait, return_exceptions=True)
            assert wait.cancelled()

    asyncio.run(asyncio.wait_for(play(), 30))
