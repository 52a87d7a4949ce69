"""How can an exchange end early, and what of it is kept? Hang-ups, resets, waits that were too long, our own wish to stop."""

from __future__ import annotations

import asyncio
import socket

import pytest

from hayai.clock import now_ns
from hayai.measure.net import connection as connection_module
from hayai.measure.net.connection import READ_COST, Waits
from hayai.measure.net.exchange import Exchange
from hayai.wire.http1 import encode_request
from tests.measure.wired import CHUNKED, REQUEST, SECOND, WAITS, Peer, answered, body, looped, meeting

MS = 1_000_000
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
BEGUN = [b"HTTP/1.1 2", HALF, CHUNKED + b"4\r\nhalf\r\n", CHUNKED + b"4\r\nhalf", CHUNKED + b"4\r\nhalf\r\n0\r\n"]


def code_of(exchange: Exchange) -> str:
    """The code word of what ended an exchange early; it has words, and the answer does not count as complete."""
    assert not exchange.complete
    assert exchange.error is not None
    assert exchange.error[1]
    return exchange.error[0]


# The other side goes


@pytest.mark.parametrize("begun", [b"", *BEGUN])
@pytest.mark.parametrize("how", ["close", "reset"])
@looped
async def test_a_hang_up_within_the_answer_keeps_what_came(begun: bytes, how: str) -> None:
    """Noticed at once; closed or reset, before the answer or within it."""
    async with meeting() as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        await peer.send(begun)
        getattr(peer, how)()
        exchange = await exchanging
        assert code_of(exchange) == {"close": "connection_closed", "reset": "connection_reset"}[how]
        assert body(exchange) == (b"half" if b"half" in begun else b"")
        assert exchange.status == (200 if b"\r\n\r\n" in begun else None)
        assert not connection.alive


@looped
async def test_words_tell_whether_the_answer_had_begun() -> None:
    """A service that never spoke has another trouble than one that stopped."""
    told = []
    for begun in (b"", HALF):
        async with meeting() as (connection, peer):
            exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
            await peer.request()
            await peer.send(begun)
            peer.close()
            told.append((await exchanging).error)
    assert [words.rsplit(" ", 1)[-1] for _, words in filter(None, told)] == ["began", "complete"]


@looped
async def test_an_answer_and_a_reset_behind_it_is_an_answer() -> None:
    """What was complete when the connection broke is none the worse for it."""
    async with meeting() as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        peer.client = None
        await peer.send(OK)
        peer.close()
        exchange = await exchanging
        assert (exchange.complete, exchange.error, body(exchange)) == (True, None, b"ok")


@looped
async def test_a_refusal_of_a_request_that_is_still_leaving_is_read() -> None:
    """A service that refuses a large body answers, and hangs up without having read all of it."""
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"
    async with meeting(SO_RCVBUF=4096) as (connection, peer):
        exchanging = asyncio.create_task(
            connection.exchange(encode_request("POST", "/", [("Host", "x")], bytes(8_000_000)), WAITS)
        )
        assert await peer.receive()
        await peer.send(refusal)
        exchange = await exchanging
        assert (exchange.complete, exchange.status, body(exchange)) == (True, 413, b"no")
        assert exchange.written_at_ns is None
        assert not connection.alive


@looped
async def test_an_early_answer_does_not_leave_half_a_request_on_a_reused_connection() -> None:
    """Were it reused, the next request would begin in the middle of this one's body."""
    async with meeting(SO_RCVBUF=4096) as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST + bytes(8_000_000), WAITS))
        assert await peer.receive()
        await peer.send(OK)
        exchange = await exchanging
        assert exchange.complete
        assert not connection.alive


@looped
async def test_a_closed_connection_answers_with_an_error_not_an_exception() -> None:
    """Whatever became of the connection in the meantime, an exchange ends as an exchange."""
    async with meeting() as (connection, peer):
        peer.close()
        connection.close()
        connection.close()
        exchange = await connection.exchange(REQUEST, WAITS)
        assert code_of(exchange) == "connection_reset"


# Idle connections


@pytest.mark.parametrize("how", ["close", "reset"])
@looped
async def test_a_peer_that_goes_while_we_are_idle_is_noticed_before_the_next_request(how: str) -> None:
    """Even when the loop had no turn since."""
    async with meeting() as (connection, peer):
        assert (await answered(connection, peer, OK)).complete
        assert connection.still_open()
        getattr(peer, how)()
        assert not connection.still_open()
        assert not connection.alive


@looped
async def test_a_peer_that_goes_while_we_are_idle_is_noticed_by_itself() -> None:
    """The loop watches idle connections."""
    async with meeting() as (connection, peer):
        peer.close()
        while connection.alive:  # noqa: ASYNC110 (bounded by `looped`)
            await asyncio.sleep(0)


@looped
async def test_bytes_that_nobody_asked_for_end_an_idle_connection() -> None:
    """They would be taken for the next answer."""
    async with meeting() as (connection, peer):
        assert (await answered(connection, peer, OK)).complete
        await peer.send(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
        assert not connection.alive


# Waits


def waits(**limits: int) -> Waits:
    """Waits in ms where given, else so long that they never end."""
    return Waits(**(dict.fromkeys(Waits.__struct_fields__, 100 * SECOND) | {n: v * MS for n, v in limits.items()}))


@pytest.mark.parametrize(
    ("code", "limit", "sent"),
    [
        ("first_byte_timeout", {"first_byte_ns": 30}, []),
        ("gap_timeout", {"gap_ns": 30}, [CHUNKED, b"4\r\nhalf\r\n"]),
        ("gap_timeout", {"gap_ns": 30}, [b"HTTP/1.1 200"]),
        ("total_timeout", {"total_ns": 30}, []),
        ("total_timeout", {"total_ns": 30}, [HALF]),
        ("total_timeout", {"total_ns": 30, "first_byte_ns": 30, "gap_ns": 30}, []),
    ],
)
@looped
async def test_the_wait_that_ends_first_ends_the_exchange(code: str, limit: dict[str, int], sent: list[bytes]) -> None:
    """Soon after it is over, never before it is; what came is kept and the connection is closed."""
    async with meeting() as (connection, peer):
        exchange = await asyncio.wait_for(answered(connection, peer, *sent, waits=waits(**limit)), 10)
        assert code_of(exchange) == code
        assert "0.03 s" in (exchange.error or ("", ""))[1]
        assert body(exchange) == (b"half" if sent and b"half" in sent[-1] else b"")
        assert not connection.alive


@pytest.mark.parametrize(
    "part", [b"400\r\n" + b"x" * 1024 + b"\r\n", b"1\r\nx\r\n", b"x"], ids=["chunk", "drip", "odd"]
)
@looped
async def test_an_answer_without_end_is_ended(part: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what it would take to keep it, however it comes; what came is kept."""
    monkeypatch.setattr(connection_module, "ANSWER_LIMIT", 64 * 1024)
    async with meeting() as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        await peer.send(CHUNKED if part != b"x" else b"HTTP/1.1 200 OK\r\n\r\n")
        while not exchanging.done():
            await peer.send(part)
        exchange = await exchanging
    assert code_of(exchange) == "long_answer"
    assert not connection.alive
    kept = sum(size + READ_COST for size in exchange.sizes)
    assert 64 * 1024 < kept <= 64 * 1024 + len(part) + READ_COST
    assert set(body(exchange)) == {ord("x")}


@looped
async def test_the_read_that_passes_the_limit_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when it is nearly as long as a read can be, and what it costs to keep is what passes it."""
    monkeypatch.setattr(connection_module, "READ_BYTES", 2048)
    monkeypatch.setattr(connection_module, "ANSWER_LIMIT", len(CHUNKED) + READ_COST + 2048 + 100)
    part = b"7ca\r\n" + b"x" * 1994 + b"\r\n"
    assert len(part) < 2048 < len(part) + READ_COST - 100
    async with meeting() as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        await peer.send(CHUNKED, part)
        peer.client = None
        await peer.send(b"0\r\n\r\n")
        exchange = await exchanging
    assert code_of(exchange) == "long_answer"
    assert len(body(exchange)) == 1994


@looped
async def test_bytes_move_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream may take far longer than its longest gap, and the first byte's wait is over with the first byte."""
    now = [now_ns()]
    monkeypatch.setattr(connection_module, "now_ns", lambda: now[0])
    async with meeting() as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, waits(gap_ns=400, first_byte_ns=400)))
        await peer.request()
        await peer.send(CHUNKED)
        for _ in range(10):
            now[0] += 399 * MS
            connection._watch()
            assert not exchanging.done()
            await peer.send(b"1\r\nx\r\n")
        now[0] += 401 * MS
        connection._watch()
        exchange = await exchanging
        assert code_of(exchange) == "gap_timeout"
        assert body(exchange) == b"x" * 10


@looped
async def test_the_wait_for_the_first_byte_begins_when_the_request_is_written() -> None:
    """A large request on a thin line is not the service's fault."""
    async with meeting(SO_RCVBUF=4096) as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST + bytes(8_000_000), waits(first_byte_ns=50)))
        done, _ = await asyncio.wait([exchanging], timeout=0.2)
        assert not done
        partial = connection.partial
        assert partial is not None
        assert partial.written_at_ns is None
        while partial.written_at_ns is None:
            await peer.receive()
        exchange = await exchanging
        assert code_of(exchange) == "first_byte_timeout"


# Our own wish


@pytest.mark.parametrize(
    ("sent", "kept"), [([], b""), ([CHUNKED, b"3\r\none\r\n", b"3\r\ntwo\r\n"], b"onetwo"), ([HALF], b"half")]
)
@looped
async def test_a_cancelled_exchange_keeps_what_had_come(sent: list[bytes], kept: bytes) -> None:
    """Parsed as far as it goes, with its clocks compared, and the connection is closed."""
    async with meeting() as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        await peer.send(*sent)
        exchanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await exchanging
        partial = connection.partial
        assert partial is not None
        assert code_of(partial) == "cancelled"
        assert body(partial) == kept
        assert partial.distances_ns != (0, 0)
        assert not connection.alive
        assert await peer.receive() == b""


@looped
async def test_an_answer_that_completes_as_we_stop_is_complete() -> None:
    """It was measured; it is not thrown away."""
    async with meeting() as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        peer.client = None
        await peer.send(OK)
        while not (connection.partial and connection.partial.complete):
            connection._readable()
        exchanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await exchanging
        partial = connection.partial
        assert (partial.complete, partial.error, body(partial)) == (True, None, b"ok")


# Sending


@looped
async def test_a_small_request_is_one_write_and_nothing_waits_for_it() -> None:
    """One segment, no Nagle: two writes on a used connection would cost a delayed acknowledgement."""
    async with meeting() as (connection, peer):
        assert connection.dialled.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        for _ in range(3):
            exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
            assert await peer.receive() == REQUEST
            assert segments_in(peer) == 1
            await peer.send(OK)
            assert (await exchanging).complete
        assert connection.uses == 3


def segments_in(peer: Peer) -> int:
    """Segments with data that came since this was asked last, as the kernel counts them (`tcpi_data_segs_in` of TCP_INFO)."""
    info = peer.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    counted = int.from_bytes(info[152:156], "little")
    before, peer.segments = peer.segments, counted
    return counted - before


@looped
async def test_a_large_request_arrives_whole_and_in_time_that_grows_with_it() -> None:
    """What the kernel does not take at once follows in order; the instant of the last byte is noted, and the answer is read."""
    payload = bytes(range(256)) * 40_000
    request = encode_request("POST", "/", [("Host", "x")], payload)
    async with meeting(SO_RCVBUF=65536) as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(request, WAITS))
        assert await peer.request() == payload
        await peer.send(OK)
        exchange = await exchanging
        assert exchange.complete
        assert exchange.request_bytes == len(request)
        assert exchange.written_at_ns is not None
        assert exchange.sent_at_ns < exchange.written_at_ns <= exchange.at_ns[0]
        assert connection.alive
        assert (await answered(connection, peer, OK)).complete
