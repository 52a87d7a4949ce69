"""Whose instant is it? The kernel's where it can be true, ours where not, and every read says which."""

from __future__ import annotations

import asyncio
import struct
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai import clock, kernel_clock
from hayai.clock import now_ns, wall_minus_monotonic_ns
from hayai.kernel_clock import STEP_TOLERANCE_NS, Ancillary, monotonic_stamp_ns, wall_stamp_ns
from hayai.measure.engine.fold import stamps_of
from hayai.measure.net import connection as connection_module
from tests.measure.wired import CHUNKED, END, REQUEST, SECOND, WAITS, answered, looped, meeting

STREAM = [CHUNKED, b"3\r\none\r\n", b"3\r\ntwo\r\n", END]
MS = 1_000_000
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux stamps what it receives")


def stamped(wall: int) -> Ancillary:
    """What the kernel hands over with bytes that came at `wall`."""
    return [(1, 35, struct.pack("@ll", wall // SECOND, wall % SECOND))]


@on_linux
@looped
async def test_on_linux_every_read_has_the_kernels_stamp() -> None:
    """In order, after we sent, and not after we read."""
    async with meeting() as (connection, peer):
        assert connection.dialled.stamped
        exchange = await answered(connection, peer, *STREAM)
    stamps = stamps_of(exchange)
    assert {stamp.clock for stamp in stamps} == {"k"}
    assert [stamp.at_ns for stamp in stamps] == sorted(stamp.at_ns for stamp in stamps)
    for stamp, read_at_ns in zip(stamps, exchange.at_ns, strict=True):
        assert exchange.sent_at_ns <= stamp.at_ns <= read_at_ns


@on_linux
@looped
async def test_connections_that_come_and_go_are_stamped_too() -> None:
    """The kernel stops stamping when the last socket that wants it is gone, and starts late: one of ours always stays."""
    for _ in range(100):
        async with meeting() as (connection, peer):
            exchange = await answered(connection, peer, *STREAM)
        assert {stamp.clock for stamp in stamps_of(exchange)} == {"k"}


@on_linux
@looped
async def test_the_kernels_stamp_does_not_wait_for_a_busy_process() -> None:
    """Bytes that came while this process did something else are as old as they are."""
    async with meeting() as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        await peer.send(*STREAM[:-1])
        peer.client = None
        await peer.send(END)
        sent = now_ns()
        time.sleep(0.05)  # noqa: ASYNC251 (this is the busy process)
        exchange = await exchanging
    late = exchange.at_ns[-1] - stamps_of(exchange)[-1].at_ns
    assert exchange.at_ns[-1] >= sent + 50 * MS
    assert late > 40 * MS


@looped
async def test_where_no_stamp_comes_the_user_clock_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform that knows no stamps, as macOS."""
    monkeypatch.setattr(sys, "platform", "darwin")
    async with meeting() as (connection, peer):
        assert not connection.dialled.stamped
        exchange = await answered(connection, peer, *STREAM)
    stamps = stamps_of(exchange)
    assert [(stamp.at_ns, stamp.clock) for stamp in stamps] == [(at_ns, "u") for at_ns in exchange.at_ns]


@on_linux
@looped
async def test_a_wall_clock_that_was_stepped_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody set the time between the two comparisons of the clocks: no stamp of this exchange can be moved to ours."""
    true = wall_minus_monotonic_ns()
    told = iter([true, true + 3600 * SECOND])
    monkeypatch.setattr(connection_module, "wall_minus_monotonic_ns", lambda: next(told))
    async with meeting() as (connection, peer):
        exchange = await answered(connection, peer, *STREAM)
    assert all(exchange.wall_ns)
    assert {stamp.clock for stamp in stamps_of(exchange)} == {"u"}


@on_linux
@looped
async def test_a_wall_clock_that_is_off_by_a_constant_is_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A distance that is wrong puts the stamps where they cannot be: not believed either."""
    true = wall_minus_monotonic_ns()
    monkeypatch.setattr(connection_module, "wall_minus_monotonic_ns", lambda: true - SECOND)
    async with meeting() as (connection, peer):
        exchange = await answered(connection, peer, *STREAM)
    assert {stamp.clock for stamp in stamps_of(exchange)} == {"u"}


class SteppingWall:
    """A wall clock that somebody sets: all that hayai reads of it, and the stamps of the kernel, jump together, as they really do."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.off_ns = 0
        self.true_ns: list[int] = []
        """What the stamps would have been on a clock that nobody touches, moved to the monotonic one."""
        self._distance = wall_minus_monotonic_ns()
        wall, stamp = clock.wall_ns, wall_stamp_ns

        def stepped_stamp(ancillary: Ancillary) -> int | None:
            found = stamp(ancillary)
            if found is None:
                return None
            self.true_ns.append(found - self._distance)
            return found + self.off_ns

        monkeypatch.setattr(clock, "wall_ns", lambda: wall() + self.off_ns)
        monkeypatch.setattr(connection_module, "wall_stamp_ns", stepped_stamp)


HOUR_NS = 3600 * SECOND
STEPS = [HOUR_NS, -HOUR_NS, 5 * MS, -5 * MS, MS // 5, -MS // 5]


@on_linux
@pytest.mark.parametrize("by_ns", STEPS)
@pytest.mark.parametrize("at", range(len(STREAM)))
@looped
async def test_a_wall_clock_that_steps_moves_no_arrival(at: int, by_ns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within an answer: our own clock stamps it, and says so. In the next answer the kernel's stamps are right again."""
    wall = SteppingWall(monkeypatch)
    async with meeting() as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        await peer.send(*STREAM[:at])
        wall.off_ns += by_ns
        await peer.send(*STREAM[at:])
        stepped = await exchanging
        wall.true_ns.clear()
        after = await answered(connection, peer, *STREAM)
    assert [(stamp.at_ns, stamp.clock) for stamp in stamps_of(stepped)] == [(at_ns, "u") for at_ns in stepped.at_ns]
    stamps = stamps_of(after)
    assert {stamp.clock for stamp in stamps} == {"k"}
    for stamp, true_ns in zip(stamps, wall.true_ns, strict=True):
        assert abs(stamp.at_ns - true_ns) < STEP_TOLERANCE_NS


@on_linux
@pytest.mark.parametrize("by_ns", STEPS)
@looped
async def test_a_wall_clock_that_steps_between_answers_is_no_matter(
    by_ns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The distance is taken anew for each: every stamp is the kernel's and true."""
    wall = SteppingWall(monkeypatch)
    async with meeting() as (connection, peer):
        for _ in range(3):
            wall.true_ns.clear()
            exchange = await answered(connection, peer, *STREAM)
            stamps = stamps_of(exchange)
            assert {stamp.clock for stamp in stamps} == {"k"}
            for stamp, true_ns in zip(stamps, wall.true_ns, strict=True):
                assert abs(stamp.at_ns - true_ns) < STEP_TOLERANCE_NS
            wall.off_ns += by_ns


@on_linux
@pytest.mark.parametrize("by_ns", [HOUR_NS, -HOUR_NS])
@looped
async def test_a_step_that_is_taken_back_is_noticed_by_the_stamps(by_ns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before and after agree then; the stamps in between lie where they cannot be, and those alone are not believed."""
    wall = SteppingWall(monkeypatch)
    async with meeting() as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        await peer.send(STREAM[0])
        wall.off_ns += by_ns
        await peer.send(*STREAM[1:3])
        wall.off_ns -= by_ns
        await peer.send(STREAM[3])
        exchange = await exchanging
    assert "".join(stamp.clock for stamp in stamps_of(exchange)) == "kuuk"


@given(
    sent=st.integers(0, 10**15),
    waited=st.integers(0, 10**12),
    stamp=st.integers(-(10**12), 10**12),
    distance=st.integers(-(10**18), 10**18),
    step=st.integers(-3 * STEP_TOLERANCE_NS, 3 * STEP_TOLERANCE_NS),
)
def test_a_stamp_lies_between_what_we_know_or_it_is_none(
    sent: int, waited: int, stamp: int, distance: int, step: int
) -> None:
    """Whatever the clocks say: never before the read before, never after our own stamp, and never across a step."""
    wall = sent + stamp + distance
    if wall < 0:
        return
    found = monotonic_stamp_ns(
        wall, read_at_ns=sent + waited, not_before_ns=sent, distances_ns=(distance, distance + step)
    )
    if abs(step) > STEP_TOLERANCE_NS or not -STEP_TOLERANCE_NS <= stamp <= waited + STEP_TOLERANCE_NS:
        assert found is None
    else:
        assert found == min(max(stamp, 0), waited) + sent


@pytest.mark.parametrize("ancillary", [[], [(1, 2, b"12345678" * 2)], [(0, 35, b"12345678" * 2)], [(1, 35, b"short")]])
def test_other_news_from_the_kernel_is_no_stamp(ancillary: Ancillary) -> None:
    """Nothing, another kind, another level, or cut off."""
    assert wall_stamp_ns(ancillary) is None
    assert monotonic_stamp_ns(None, read_at_ns=2, not_before_ns=1, distances_ns=(0, 0)) is None


def test_the_stamp_is_found_among_other_news() -> None:
    """In nanoseconds since 1970."""
    assert wall_stamp_ns([(1, 2, b""), *stamped(1_700_000_000_123_456_789)]) == 1_700_000_000_123_456_789


def test_a_socket_that_cannot_be_stamped_is_no_error() -> None:
    """A closed one stands for whatever the kernel may refuse."""
    import socket

    sock = socket.socket()
    sock.close()
    assert not kernel_clock.enable(sock)
