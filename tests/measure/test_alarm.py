"""The alarm that both sides use: in every loop, and however it is set, it rings once, and never before its instant."""

from __future__ import annotations

import asyncio
import select
import socket
import sys
from collections.abc import Callable

import pytest

from hayai.alarm import Alarm, KernelAlarm, LoopAlarm, make_alarm
from hayai.clock import now_ns
from hayai.measure.net.readiness import ReadingLoop, readers_of

MS = 1_000_000
MakeAlarm = Callable[[asyncio.AbstractEventLoop, Callable[[], None]], Alarm]
MakeLoop = Callable[[], asyncio.AbstractEventLoop]

LOOPS: list[MakeLoop] = [asyncio.new_event_loop, *([ReadingLoop] if hasattr(select, "epoll") else [])]
ALARMS: list[MakeAlarm] = [LoopAlarm, *([KernelAlarm] if sys.platform == "linux" else [])]


@pytest.fixture(params=LOOPS, ids=lambda make: make.__name__)
def make_loop(request: pytest.FixtureRequest) -> MakeLoop:
    """asyncio's own loop, and the agent's, which reads sockets by itself."""
    made: MakeLoop = request.param
    return made


@pytest.fixture(params=ALARMS, ids=lambda make: make.__name__)
def make(request: pytest.FixtureRequest) -> MakeAlarm:
    """The kernel's alarm and asyncio's."""
    made: MakeAlarm = request.param
    return made


class Rings:
    """Sets an alarm again and again, and keeps when it was to ring and when it rang."""

    def __init__(self, make: MakeAlarm, ahead_ns: list[int]) -> None:
        loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = loop.create_future()
        self.set_ns: list[int] = []
        self.rang_ns: list[int] = []
        self._ahead_ns = ahead_ns
        self.alarm = make(loop, self._ring)
        self._next()

    def _next(self) -> None:
        self.set_ns.append(now_ns() + self._ahead_ns[len(self.set_ns)])
        self.alarm.set(self.set_ns[-1])

    def _ring(self) -> None:
        self.rang_ns.append(now_ns())
        if len(self.set_ns) < len(self._ahead_ns):
            self._next()
        elif not self.done.done():
            self.done.set_result(None)


def test_it_rings_once_for_each_time_it_is_set_and_never_early(make: MakeAlarm, make_loop: MakeLoop) -> None:
    """From microseconds to milliseconds ahead, and for an instant that has passed."""
    ahead = [microseconds * 1_000 for microseconds in (1, 7, 50, 333, 999, 1_001, 4_321, 20_000, 0, -5, -1_000_000)] * 3

    async def main() -> Rings:
        rings = Rings(make, ahead)
        await asyncio.wait_for(rings.done, 30)
        rings.alarm.close()
        return rings

    with asyncio.Runner(loop_factory=make_loop) as runner:
        rings = runner.run(main())
    assert len(rings.rang_ns) == len(ahead)
    assert all(rang >= wanted for rang, wanted in zip(rings.rang_ns, rings.set_ns, strict=True))


def test_the_instant_set_last_is_the_one_that_counts(make: MakeAlarm, make_loop: MakeLoop) -> None:
    """Also where the one before has come meanwhile, but was not heard: the loop was busy."""

    async def main() -> tuple[list[int], int]:
        loop = asyncio.get_running_loop()
        rang: list[int] = []
        done: asyncio.Future[None] = loop.create_future()

        def ring() -> None:
            rang.append(now_ns())
            done.set_result(None)

        alarm = make(loop, ring)
        alarm.set(now_ns() + 1 * MS)
        past = now_ns() + 3 * MS
        while now_ns() < past:
            pass
        wanted = now_ns() + 30 * MS
        alarm.set(wanted)
        await asyncio.wait_for(done, 30)
        alarm.close()
        return rang, wanted

    with asyncio.Runner(loop_factory=make_loop) as runner:
        rang, wanted = runner.run(main())
    assert len(rang) == 1
    assert rang[0] >= wanted


def test_a_closed_alarm_keeps_quiet(make: MakeAlarm, make_loop: MakeLoop) -> None:
    """Also when its instant had come before it was closed."""

    async def main() -> list[int]:
        rang: list[int] = []
        alarm = make(asyncio.get_running_loop(), lambda: rang.append(now_ns()))
        alarm.set(now_ns())
        alarm.close()
        await asyncio.sleep(0.01)
        return rang

    with asyncio.Runner(loop_factory=make_loop) as runner:
        assert runner.run(main()) == []


@pytest.mark.skipif(not hasattr(select, "epoll"), reason="epoll is Linux's")
def test_it_rings_while_streams_never_rest(make: MakeAlarm) -> None:
    """A socket that is always readable keeps the agent's selector busy; the alarm is heard all the same."""

    async def main() -> Rings:
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with ours, theirs:
            theirs.send(b"never read")
            readers_of(loop).watch(ours, lambda: False)
            rings = Rings(make, [2 * MS] * 10)
            await asyncio.wait_for(rings.done, 30)
            rings.alarm.close()
            readers_of(loop).unwatch(ours)
        return rings

    with asyncio.Runner(loop_factory=ReadingLoop) as runner:
        rings = runner.run(main())
    assert all(rang >= wanted for rang, wanted in zip(rings.rang_ns, rings.set_ns, strict=True))


def test_the_best_alarm_of_the_platform_is_taken() -> None:
    """The kernel's where there is one; asyncio's in its place where a loop cannot watch files."""

    class Deaf(asyncio.SelectorEventLoop):
        def add_reader(self, *_: object) -> None:
            raise NotImplementedError

    async def main() -> Alarm:
        return make_alarm(asyncio.get_running_loop(), lambda: None)

    best = KernelAlarm if sys.platform == "linux" else LoopAlarm
    for make_loop in LOOPS:
        with asyncio.Runner(loop_factory=make_loop) as runner:
            alarm = runner.run(main())
            assert isinstance(alarm, best)
            alarm.close()
    with asyncio.Runner(loop_factory=Deaf) as runner:
        assert isinstance(make_alarm(runner.get_loop(), lambda: None), LoopAlarm)
