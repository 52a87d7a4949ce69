"""Where does an answer end? Told by its framing alone, at once, however it was cut into reads, and nothing of it is lost."""

from __future__ import annotations

import asyncio
import sys

import pytest

from hayai.measure.net.connection import READ_BYTES
from hayai.measure.net.exchange import Exchange
from hayai.wire.http1 import ResponseParser
from tests.measure.wired import CHUNKED, END, REQUEST, SECOND, WAITS, answered, body, looped, meeting

LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello"
TRAILERS = CHUNKED + b"5\r\nHello\r\n0\r\nX-Checksum: 1\r\nX-More: 2\r\n\r\n"
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
FALSE_ENDS = CHUNKED + b"9\r\n0\r\n\r\n\r\n\r\n\r\n" + b"4\r\n\r\n\r\n\r\n" + b"5\r\nHello\r\n" + END
"""Two chunks whose payload looks like the end."""
ANSWERS = {
    "length": (LENGTH, b"Hello"),
    "empty": (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    "chunked": (CHUNKED + b"5\r\nHello\r\n6\r\n world\r\n" + END, b"Hello world"),
    "no chunks": (CHUNKED + END, b""),
    "extension": (CHUNKED + b"5;name=value\r\nHello\r\n" + END, b"Hello"),
    "trailers": (TRAILERS, b"Hello"),
    "interim": (INTERIM + TRAILERS, b"Hello"),
    "false ends": (FALSE_ENDS, b"0\r\n\r\n\r\n\r\n" + b"\r\n\r\n" + b"Hello"),
}

each = pytest.mark.parametrize("name", ANSWERS)


def whole(exchange: Exchange, expected: bytes) -> None:
    """An answer that came whole and well, on a connection that may be used again."""
    assert (exchange.complete, exchange.error) == (True, None)
    assert body(exchange) == expected
    assert exchange.head_read is not None
    assert exchange.status in (200, 204)


@each
@looped
async def test_an_answer_ends_in_the_read_that_ends_it_wherever_it_was_cut(name: str) -> None:
    """In one read, in two cut at every byte, and byte by byte: the same body, complete, and the connection serves the next request."""
    data, expected = ANSWERS[name]
    cuts = [
        [data],
        *([data[:at], data[at:]] for at in range(1, len(data))),
        [data[i : i + 1] for i in range(len(data))],
    ]
    async with meeting() as (connection, peer):
        for use, parts in enumerate(cuts, 1):
            exchange = await answered(connection, peer, *parts)
            whole(exchange, expected)
            assert len(exchange.at_ns) == len(parts)
            assert sum(exchange.sizes) == len(data)
            assert connection.alive
            assert (connection.facts.use, connection.uses) == (use, use)


@looped
async def test_each_read_keeps_the_body_that_it_brought() -> None:
    """A piece is to be found in the read that completed it."""
    async with meeting() as (connection, peer):
        exchange = await answered(connection, peer, CHUNKED, b"3\r\none\r\n", b"3\r\nt", b"wo\r\n5\r\nthree\r\n", END)
    assert exchange.bodies == [b"", b"one", b"t", b"wothree", b""]
    assert exchange.head_read == 0
    assert exchange.at_ns == sorted(exchange.at_ns)
    assert exchange.sent_at_ns <= (exchange.written_at_ns or 0) <= exchange.at_ns[0]


@looped
async def test_a_running_stream_is_not_looked_at() -> None:
    """Between head and end the bytes are stored and nothing else: what is read is parsed when the stream is over."""
    async with meeting() as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        await peer.send(CHUNKED, b"3\r\none\r\n", b"3\r\ntwo\r\n")
        partial = connection.partial
        assert partial is not None
        assert (len(partial.at_ns), partial.bodies) == (3, [b""])
        await peer.send(END)
        assert body(await exchanging) == b"onetwo"


@pytest.mark.parametrize("head", [CHUNKED, b"HTTP/1.1 200 OK\r\nContent-Length: 18000\r\n\r\n"])
@looped
async def test_every_byte_is_parsed_once(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many reads and looks there were: the work grows with the bytes, not with their square."""
    fed: list[int] = []
    feed = ResponseParser.feed

    def counted(parser: ResponseParser, data: bytes) -> list[bytes]:
        fed.append(len(data))
        return feed(parser, data)

    monkeypatch.setattr(ResponseParser, "feed", counted)
    like_an_end = b"4\r\n\r\n\r\n\r\n"
    parts = [like_an_end] * 2000 + [END] if head is CHUNKED else [bytes(9)] * 2000
    async with meeting() as (connection, peer):
        exchange = await answered(connection, peer, head, *parts)
    assert exchange.complete
    assert len(fed) == len(exchange.at_ns)
    assert sum(fed) == sum(exchange.sizes)


@looped
async def test_a_body_without_framing_ends_with_the_connection() -> None:
    """The oldest way to end an answer. The connection is used up by it."""
    async with meeting() as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\n\r\n", b"Hello", b" world")
        peer.close()
        exchange = await exchanging
        whole(exchange, b"Hello world")
        assert not connection.alive


@pytest.mark.parametrize(
    "answer",
    [
        LENGTH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
        LENGTH.replace(b"HTTP/1.1", b"HTTP/1.0"),
        LENGTH + b"HTTP/1.1 200 OK\r\n",
        CHUNKED + END + b"junk\r\n",
        CHUNKED + END + b"junk\r\n\r\n",
    ],
)
@looped
async def test_a_connection_that_cannot_be_trusted_again_is_closed(answer: bytes) -> None:
    """The peer said so, or more came than was asked for. The answer itself is whole all the same."""
    async with meeting() as (connection, peer):
        exchange = await answered(connection, peer, answer)
        assert (exchange.complete, exchange.error) == (True, None)
        assert not connection.alive


BROKEN = {
    "no http": (b"SSH-2.0-OpenSSH_9.6\r\n", b"", "bad_http"),
    "chunk size": (CHUNKED + b"5\r\nHello\r\nzz\r\nworld\r\n", b"Hello", "bad_http"),
    "body before mistake": (CHUNKED + b"5\r\nHelloXX", b"Hello", "bad_http"),
    "http/2": (b"HTTP/2.0 200 OK\r\n\r\n", b"", "bad_version"),
    "upgrade": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", b"", "bad_status"),
    "endless head": (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 400_000, b"", "long_head"),
}


@pytest.mark.parametrize("name", BROKEN)
@looped
async def test_broken_http_is_noticed_at_once_and_what_came_before_it_is_kept(name: str) -> None:
    """Long before any timeout, and though the peer says nothing more."""
    data, kept, code = BROKEN[name]
    async with meeting() as (connection, peer):
        exchange = await asyncio.wait_for(answered(connection, peer, data), 10)
        assert exchange.error is not None
        assert exchange.error[0] == code
        assert exchange.error[1]
        assert not exchange.complete
        assert body(exchange) == kept
        assert not connection.alive


@looped
async def test_a_mistake_that_looks_like_a_running_stream_is_noticed_in_the_next_silence() -> None:
    """Its bytes end as a chunk does, so nobody looks at them at once; a second later somebody does. The status is known."""
    async with meeting() as (connection, peer):
        exchange = await asyncio.wait_for(answered(connection, peer, CHUNKED, b"5\r\nHello\r\n", b"zz\r\n"), 10)
        assert exchange.error is not None
        assert exchange.error[0] == "bad_http"
        assert (exchange.status, body(exchange)) == (200, b"Hello")
        assert exchange.at_ns[-1] - exchange.sent_at_ns < 5 * SECOND


@looped
async def test_a_head_and_a_mistake_in_one_read_leave_the_status_known() -> None:
    """What the service said before it broke off is kept."""
    async with meeting() as (connection, peer):
        exchange = await answered(connection, peer, CHUNKED + b"zz\r\n")
        assert exchange.status == 200
        assert exchange.error is not None


@looped
async def test_a_read_that_took_all_it_could_says_so() -> None:
    """More may lie behind it, under the stamp that it brought."""
    size = READ_BYTES - len(CHUNKED) - len(b"ffff\r\n\r\n")
    data = CHUNKED + b"%x\r\n%b\r\n" % (size, b"x" * size)
    assert len(data) == READ_BYTES
    async with meeting() as (connection, peer):
        exchanging = asyncio.create_task(connection.exchange(REQUEST, WAITS))
        await peer.request()
        peer.sock.setblocking(True)
        peer.sock.sendall(
            data + END
        )  # The loop that both ends share stands still: all of it lies there before the first read.
        exchange = await exchanging
        assert exchange.complete
        assert sum(exchange.sizes) == len(data + END)
        assert exchange.full == {read for read, size in enumerate(exchange.sizes) if size == READ_BYTES}
        assert 0 in exchange.followed
        assert len(exchange.sizes) - 1 not in exchange.full


@looped
async def test_an_idle_connection_holds_nothing_of_its_last_answer() -> None:
    """Neither its bytes nor the columns of its reads: thousands of connections may be idle."""
    async with meeting() as (connection, peer):
        exchange = await answered(connection, peer, CHUNKED, b"5\r\nHello\r\n", END)
        connection.forget()
        fresh = Exchange(sent_at_ns=0, sent_wall_ns=0)
        for column in ("at_ns", "wall_ns", "sizes", "bodies"):
            assert sys.getrefcount(getattr(exchange, column)) == sys.getrefcount(getattr(fresh, column))
        assert body(await answered(connection, peer, LENGTH)) == b"Hello"
