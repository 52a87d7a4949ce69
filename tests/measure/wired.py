"""A service that does exactly what a test says: both ends of a real loopback connection in the hands of one coroutine."""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, ParamSpec, cast

from hayai.measure.net.connection import Connection, Waits
from hayai.measure.net.dial import Address, dial
from hayai.measure.net.exchange import Exchange
from hayai.wire.http1 import RequestParser, encode_request

P = ParamSpec("P")
LIMIT_S = 30
SECOND = 1_000_000_000
REQUEST = encode_request("POST", "/", [("Host", "localhost")], b"{}")
WAITS = Waits(first_byte_ns=20 * SECOND, gap_ns=20 * SECOND, total_ns=20 * SECOND)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"


def looped(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Runs an asynchronous test in a loop of its own, for half a minute at most."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), LIMIT_S))

    return run


class Peer:
    """The service's end. Without a connection to watch, `send` returns as soon as the kernel has the bytes."""

    def __init__(self, sock: socket.socket, context: ssl.SSLContext | None) -> None:
        self.sock = sock
        self.client: Connection | None = None
        self.client_read = 0
        self.segments = 0
        self._loop = asyncio.get_running_loop()
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True) if context else None
        self._sent = 0

    async def greet(self) -> None:
        """The server's side of a TLS handshake."""
        while self._tls is not None:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._loop.sock_sendall(self.sock, self._outgoing.read())
                if not (data := await self._loop.sock_recv(self.sock, 65536)):
                    raise ConnectionAbortedError("the client hung up") from None
                self._incoming.write(data)
            else:
                return

    def watch(self, client: Connection) -> None:
        """From now on `send` waits until the client has read what was sent: each send is a read of its own."""
        self.client = client
        receive = client._recvmsg

        def counted(size: int, room: int, flags: int = 0) -> Any:
            got = receive(size, room, flags)
            self.client_read += len(got[0])
            return got

        client._recvmsg = cast("Any", counted)

    async def receive(self) -> bytes:
        """What the client sent next, at most 64 KiB of it; empty when it hung up."""
        data = await self._loop.sock_recv(self.sock, 65536)
        if self._tls is None or not data:
            return data
        self._incoming.write(data)
        plain = b""
        try:
            while piece := self._tls.read(65536):
                plain += piece
        except ssl.SSLWantReadError:
            pass
        return plain or await self.receive()

    async def request(self) -> bytes:
        """The next whole request's body."""
        parser = RequestParser()
        while not (requests := parser.feed(await self.receive())):
            pass
        return requests[0].body

    def sealed(self, data: bytes) -> bytes:
        """The TLS records (with anything the session has to say besides) of `data`."""
        if self._tls is not None:
            if data:
                self._tls.write(data)
            return self._outgoing.read()
        return data

    async def send(self, *parts: bytes) -> None:
        """Sends each part in one write, and waits until the client has read it or is closed."""
        for part in parts:
            await self.send_raw(self.sealed(part))

    async def send_raw(self, data: bytes) -> None:
        """As `send`, without TLS around it."""
        await self._loop.sock_sendall(self.sock, data)
        self._sent += len(data)
        while self.client is not None and self.client.alive and self.client_read < self._sent:  # noqa: ASYNC110 (no event comes)
            await asyncio.sleep(0)  # One turn of the loop that both ends share.

    async def end_session(self) -> None:
        """TLS's own goodbye (`close_notify`); the connection stays."""
        assert self._tls is not None
        with suppress(ssl.SSLWantReadError):
            self._tls.unwrap()
        await self.send_raw(self._outgoing.read())

    def close(self) -> None:
        """Hangs up."""
        self.sock.close()

    def reset(self) -> None:
        """Hangs up without a goodbye (RST)."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


@asynccontextmanager
async def listening(host: str = "127.0.0.1", **options: int) -> AsyncIterator[socket.socket]:
    """A port of this machine that accepts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        for name, value in options.items():
            listener.setsockopt(socket.SOL_SOCKET, getattr(socket, name), value)
        listener.bind((host, 0))
        listener.listen(16)
        listener.setblocking(False)
        yield listener


async def accept(listener: socket.socket, context: ssl.SSLContext | None = None) -> Peer:
    """The next client, greeted."""
    sock, _ = await asyncio.get_running_loop().sock_accept(listener)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setblocking(False)
    peer = Peer(sock, context)
    try:
        await peer.greet()
    except OSError:
        peer.close()
        raise
    return peer


def address_of(listener: socket.socket, context: ssl.SSLContext | None = None) -> Address:
    """Where to dial."""
    host, port = listener.getsockname()[:2]
    return Address(host=host, port=port, tls=context)


@asynccontextmanager
async def meeting(
    host: str = "127.0.0.1",
    client_context: ssl.SSLContext | None = None,
    server_context: ssl.SSLContext | None = None,
    **options: int,
) -> AsyncIterator[tuple[Connection, Peer]]:
    """A connection of ours, and the service at its other end."""
    async with listening(host, **options) as listener:
        accepting = asyncio.create_task(accept(listener, server_context))
        connection = Connection(1, await dial(address_of(listener, client_context), timeout_s=20))
        peer = await accepting
        peer.watch(connection)
        try:
            yield connection, peer
        finally:
            connection.close()
            peer.close()


async def answered(connection: Connection, peer: Peer, *parts: bytes, waits: Waits = WAITS) -> Exchange:
    """One exchange in which the service sends these parts, each in a read of its own."""
    exchanging = asyncio.create_task(connection.exchange(REQUEST, waits))
    await peer.request()
    await peer.send(*parts)
    return await exchanging


def body(exchange: Exchange) -> bytes:
    """The body that was read."""
    return b"".join(exchange.bodies)
