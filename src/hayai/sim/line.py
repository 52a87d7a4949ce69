"""How do bytes get in and out of the simulator, with the true instant at which they came?

The truth about a request begins when it has arrived, not when a busy server gets round to reading it. So the simulator reads its
sockets itself, as the measuring agent does: `recvmsg` brings the kernel's receive stamp along with the bytes, and decryption, where there
is TLS, comes after it. Writing is one `send`, right after the caller has taken its own stamp. What does not fit waits in a buffer.

A `Line` has the few methods of an asyncio transport that the rest of the simulator uses.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import Callable
from typing import Protocol

from hayai import kernel_clock
from hayai.clock import now_ns, wall_minus_monotonic_ns

_READ_BYTES = 65536
_ACCEPTS_AT_ONCE = 64
"""Connections taken in a row before streams get their turn again."""
_RESET = struct.pack("ii", 1, 0)
"""Linger for no time: closing sends a RST."""


class Listener(Protocol):
    """Whoever talks over a line."""

    def received(self, data: bytes, at_ns: int) -> None:
        """Plain bytes came; their last one reached this machine at `at_ns` (monotonic)."""

    def lost(self) -> None:
        """The line is gone. Called once."""


class Line:
    """One accepted connection."""

    __slots__ = (
        "_closing",
        "_handshaken",
        "_incoming",
        "_listener",
        "_loop",
        "_outgoing",
        "_socket",
        "_tls",
        "_unsent",
    )

    def __init__(self, sock: socket.socket, context: ssl.SSLContext | None) -> None:
        sock.setblocking(False)  # noqa: FBT003 (Python's signature)
        # No Nagle: an event is one packet, at its instant.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        kernel_clock.enable(sock)
        self._loop = asyncio.get_running_loop()
        self._socket = sock
        self._closing = False
        self._unsent = bytearray()
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = None if context is None else context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._handshaken = context is None
        self._listener: Listener | None = None

    def talk(self, listener: Listener) -> None:
        """Begin to read."""
        self._listener = listener
        self._loop.add_reader(self._socket, self._readable)

    # Out

    def write(self, data: bytes) -> None:
        """Send now; what the kernel does not take at once waits. A line that is gone takes nothing."""
        if self._closing:
            return
        if self._tls is not None:
            self._tls.write(data)
            data = self._outgoing.read()
        self._send(data)

    def _send(self, data: bytes) -> None:
        if self._unsent:
            self._unsent += data
            return
        try:
            sent = self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            self._gone()
            return
        if sent < len(data):
            self._unsent += data[sent:]
            self._loop.add_writer(self._socket, self._writable)

    def _writable(self) -> None:
        try:
            sent = self._socket.send(self._unsent)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._gone()
            return
        del self._unsent[:sent]
        if not self._unsent:
            self._loop.remove_writer(self._socket)
            if self._closing:
                self._gone()

    @property
    def waiting(self) -> int:
        """Bytes that the kernel has not taken yet."""
        return len(self._unsent)

    @property
    def closing(self) -> bool:
        """Nothing can be written any more."""
        return self._closing

    # In

    def _readable(self) -> None:
        try:
            data, ancillary, _, _ = self._socket.recvmsg(_READ_BYTES, kernel_clock.ANCILLARY_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._gone()
            return
        read_at_ns = now_ns()
        if not data:
            self._gone()
            return
        if self._tls is not None:
            try:
                data = self._decrypt(self._tls, data)
            except ssl.SSLError:
                self._gone()
                return
        if data and self._listener is not None:
            distance = wall_minus_monotonic_ns()
            stamp = kernel_clock.monotonic_stamp_ns(
                kernel_clock.wall_stamp_ns(ancillary),
                read_at_ns=read_at_ns,
                not_before_ns=0,
                distances_ns=(distance, distance),
            )
            self._listener.received(data, read_at_ns if stamp is None else stamp)

    def _decrypt(self, tls: ssl.SSLObject, data: bytes) -> bytes:
        self._incoming.write(data)
        plain: list[bytes] = []
        try:
            if not self._handshaken:
                tls.do_handshake()
                self._handshaken = True
            while piece := tls.read(_READ_BYTES):
                plain.append(piece)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self._loop.call_soon(self._gone)
        finally:
            if answer := self._outgoing.read():
                self._send(answer)
        return b"".join(plain)

    # The end

    def close(self) -> None:
        """Hang up after what has been written."""
        if self._closing:
            return
        if self._tls is not None:
            with contextlib.suppress(ssl.SSLError):
                self._tls.unwrap()
            self._send(self._outgoing.read())
        self._closing = True
        if not self._unsent:
            self._gone()

    def abort(self) -> None:
        """Hang up at once."""
        self._gone()

    def reset(self) -> None:
        """Hang up at once with a RST."""
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._gone()

    def _gone(self) -> None:
        self._closing = True
        if self._socket.fileno() < 0:
            return
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._socket.close()
        listener, self._listener = self._listener, None
        if listener is not None:
            self._loop.call_soon(listener.lost)


class Port:
    """An open port; each connection accepted becomes a `Line` for `welcome`."""

    def __init__(
        self, sock: socket.socket, context: ssl.SSLContext | None, welcome: Callable[[Line], Listener]
    ) -> None:
        self._socket, self._context, self._welcome = sock, context, welcome
        self._loop = asyncio.get_running_loop()
        sock.setblocking(False)  # noqa: FBT003 (Python's signature)
        self._loop.add_reader(sock, self._accept)

    def _accept(self) -> None:
        for _ in range(_ACCEPTS_AT_ONCE):
            try:
                accepted, _address = self._socket.accept()
            except OSError:
                return
            line = Line(accepted, self._context)
            line.talk(self._welcome(line))

    def address(self) -> tuple[str, int]:
        """Host and port it listens on."""
        host, number = self._socket.getsockname()[:2]
        return str(host), int(number)

    def close(self) -> None:
        """Take no more connections."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._socket.close()


async def listen(
    host: str, port: int, context: ssl.SSLContext | None, welcome: Callable[[Line], Listener], *, backlog: int
) -> Port:
    """Open a port (0: any free one). Raises OSError when that fails."""
    infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = infos[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(backlog)
    except BaseException:
        sock.close()
        raise
    return Port(sock, context, welcome)
