"""How is an exchange recorded while it happens?

Record now, parse later. A read takes its instant before anybody looks at the bytes: the kernel's stamp comes with
them, ours is taken the moment `recvmsg` returns. Then the bytes are stored. The only look they get while the stream
runs is the one that tells its end. Chunked bodies: the last bytes of a read nominate, and only then llhttp is
fed what has come since, so the work stays linear; a second of silence nominates too. Other bodies are single answers
without inner times and are fed at once. Decryption, where there is TLS, happens after the stamp.

At a thousand streams this is most of what a run costs, so a read of a running stream (`_readable`) does nothing but
that: two instants and the bytes appended, four of them looked at.

A connection serves one request after another. While it is idle the loop still watches it, and `still_open` asks the
socket itself: a peer that closes it is noticed before the next request.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

import msgspec

from hayai.clock import now_ns, wall_minus_monotonic_ns, wall_ns
from hayai.errors import TheirMistake
from hayai.keep.records import ConnectionFacts
from hayai.kernel_clock import ANCILLARY_BYTES, wall_stamp_ns
from hayai.measure.net.dial import Dialled
from hayai.measure.net.exchange import Exchange
from hayai.measure.net.readiness import readers_of
from hayai.wire.http1 import ResponseParser

READ_BYTES = 65536
"""Most bytes of one read. More would not help: what queued up unread shares one stamp anyway."""

QUIET_NS = 1_000_000_000
"""Silence in which there is time to look at what has come: an answer that is broken, or over in an odd way, need not wait for a timeout."""

ANSWER_LIMIT = 128 * 1024 * 1024
"""Most that is kept of one answer, in bytes, each read counted as `READ_COST` more: several times the longest that any model writes."""

READ_COST = 256
"""What keeping a read costs besides its bytes, so that an endless drip fills no memory either."""

_LINE_END = b"\r\n"
_END = b"\r\n\r\n"


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """Longest waits of one exchange, in ns."""

    first_byte_ns: int
    gap_ns: int
    total_ns: int


class Connection:
    """One open connection. Not for two requests at once."""

    __slots__ = (
        "_chunked",
        "_done",
        "_exchange",
        "_loop",
        "_note_at",
        "_note_wall",
        "_parser",
        "_readers",
        "_recvmsg",
        "_room",
        "_runs",
        "_sock",
        "_step_ns",
        "_timer",
        "_tls",
        "_undecided",
        "_unsent",
        "_waits",
        "alive",
        "dialled",
        "id",
        "uses",
    )

    def __init__(self, number: int, dialled: Dialled) -> None:
        self.id = number
        self.dialled = dialled
        self.uses = 0
        self.alive = True
        self._loop = asyncio.get_running_loop()
        self._sock = dialled.sock
        self._recvmsg = dialled.sock.recvmsg
        self._tls = dialled.tls
        self._exchange: Exchange | None = None
        self._parser = ResponseParser()
        self._undecided: list[bytes] = []
        self._note_at: Callable[[int], None] = _nothing
        self._note_wall: Callable[[int | None], None] = _nothing
        self._chunked = self._runs = False
        self._room = ANSWER_LIMIT
        self._unsent = memoryview(b"")
        self._done: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._waits = Waits(first_byte_ns=0, gap_ns=0, total_ns=0)
        self._step_ns = QUIET_NS
        self._readers = readers_of(self._loop)
        self._readers.watch(self._sock, self._readable)

    @property
    def facts(self) -> ConnectionFacts:
        """What a record keeps of this connection, for the request it is serving now."""
        d = self.dialled
        return ConnectionFacts(
            id=self.id,
            use=self.uses,
            opened_at_ns=d.opened_at_ns,
            dns_ns=d.dns_ns,
            tcp_ns=d.tcp_ns,
            tunnel_ns=d.tunnel_ns,
            tls_ns=d.tls_ns,
            tls_version=d.tls.version if d.tls else None,
            peer=d.peer,
        )

    async def exchange(self, request: bytes, waits: Waits, *, on_sent: Callable[[int], None] | None = None) -> Exchange:
        """Sends `request` in one write and returns what came back, however it ended. Cancelling closes the connection.

        `on_sent` is called right after the write, with the instant before it. The exchange under way stays readable in `partial` for a
        caller that was cancelled.
        """
        self.uses += 1
        self._parser = ResponseParser()
        self._undecided = []
        self._chunked = False
        self._room = ANSWER_LIMIT
        self._waits = waits
        self._step_ns = min(waits.gap_ns, QUIET_NS)
        self._done = self._loop.create_future()
        distance = wall_minus_monotonic_ns()
        data = request if self._tls is None else self._tls.encrypt(request)
        exchange = Exchange(sent_at_ns=now_ns(), sent_wall_ns=wall_ns(), request_bytes=len(request))
        self._exchange = exchange
        self._note_at, self._note_wall = exchange.at_ns.append, exchange.wall_ns.append
        self._send(data)
        if on_sent is not None:
            on_sent(exchange.sent_at_ns)
        self._timer = self._loop.call_later(min(waits.first_byte_ns, waits.total_ns, self._step_ns) / 1e9, self._watch)
        try:
            await self._done
        except asyncio.CancelledError:
            self._look(exchange)
            self._fail("cancelled", "stopped by the user")
            self.close()
            raise
        finally:
            self._timer.cancel()
            exchange.distances_ns = (distance, wall_minus_monotonic_ns())
            reusable = exchange.complete and self._parser.keep_alive and not self._parser.trailing and not self._unsent
            if not reusable:
                self.close()
        return exchange

    @property
    def partial(self) -> Exchange | None:
        """The latest exchange, complete or not."""
        return self._exchange

    def forget(self) -> None:
        """Lets go of the latest exchange, so that an idle connection holds no answer in memory."""
        self._exchange = None
        self._undecided = []
        self._note_at = self._note_wall = _nothing

    def still_open(self) -> bool:
        """Whether an idle connection can serve another request. Asks the socket: the loop may not have told us yet what lies there."""
        if self.alive:
            self._readable()
        return self.alive

    def close(self) -> None:
        """Closes at once; closing twice is harmless."""
        if self.alive:
            self.alive = False
            self._readers.unwatch(self._sock)
            if self._unsent:
                self._loop.remove_writer(self._sock)
            self._sock.close()

    # Sending

    def _send(self, data: bytes) -> None:
        """Gives `data` to the kernel in one write. What it does not take follows as soon as it can, and in order."""
        if self._unsent:  # TLS has something to say while a large request is still on its way.
            self._unsent = memoryview(b"".join((self._unsent, data)))
            return
        self._unsent = memoryview(data)
        self._write()
        if self._unsent and self.alive:
            self._loop.add_writer(self._sock, self._write_on)

    def _write_on(self) -> None:
        """The kernel has room again."""
        self._write()
        if not self._unsent:
            self._loop.remove_writer(self._sock)

    def _write(self) -> None:
        try:
            sent = self._sock.send(self._unsent)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            # What the peer said before it hung up, a refusal of a large body for example, may still lie in the socket.
            self._readable()
            self._lost("connection_reset", os.strerror(error.errno or 0))
            return
        self._unsent = self._unsent[sent:]
        if not self._unsent and self._exchange is not None and self._exchange.written_at_ns is None:
            self._exchange.written_at_ns = now_ns()

    # Receiving

    def _readable(self) -> bool:
        """One read. True: the exchange has ended with it, so whoever waits for that is to be woken."""
        try:
            data, ancillary, _, _ = self._recvmsg(READ_BYTES, ANCILLARY_BYTES)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as error:
            self._lost("connection_reset", os.strerror(error.errno or 0))
            return True
        at = now_ns()
        wall = wall_stamp_ns(ancillary)
        # A copy made to measure: bytes cut down from 64 KiB lie where their body, taken out of them later, finds no room again.
        data = bytes(memoryview(data))
        tail = data[-4:]
        if self._runs and tail[2:] == _LINE_END and tail != _END and len(data) < READ_BYTES <= self._room - READ_COST:
            # A running stream: its reads end with a chunk's line end, its last one with an empty line.
            self._room -= len(data) + READ_COST
            self._note_at(at)
            self._note_wall(wall)
            self._undecided.append(data)
            return False
        return self._received(data, at, wall)

    def _received(self, data: bytes, at: int, wall: int | None) -> bool:
        """Any other read: it may be the first, or the last, or needs to be decrypted."""
        over, full = not data, len(data) == READ_BYTES
        followed = full
        if self._tls is not None and data:
            data = self._tls.decrypt(data)
            over = self._tls.closed or self._tls.mistake is not None
            followed = full or self._tls.unfinished
            if answer := self._tls.pending_output():
                self._send(answer)
        if data:
            exchange = self._exchange
            if exchange is None or self._done is None or self._done.done():
                self.close()  # Bytes that nobody asked for: what comes next on this connection could not be trusted.
                return True
            number = len(exchange.at_ns)
            if followed:
                exchange.followed.add(number)
            if full:
                exchange.full.add(number)
            exchange.at_ns.append(at)
            exchange.wall_ns.append(wall)
            self._undecided.append(data)
            # Looked at as long as it is not known to run on: fewer than four bytes may be the rest of its end, and
            # other than a line end is an odd way of writing.
            if not self._chunked or len(data) < len(_END) or data.endswith(_END) or not data.endswith(_LINE_END):
                self._look(exchange)
            self._room -= len(data) + READ_COST
            if self._room < 0:
                self._look(exchange)
                self._fail("long_answer", f"more than {ANSWER_LIMIT // 1024**2} MiB, and no end")
        if over:
            self._ended()
        return over or self._done is None or self._done.done()

    def _look(self, exchange: Exchange) -> None:
        """Feeds what has come since the last look, each read's bytes under its own read."""
        parser, undecided, self._undecided = self._parser, self._undecided, []
        for data in undecided:
            try:
                pieces = parser.feed(data)
            except TheirMistake:
                pieces = []  # `parser.mistake` tells it, and tells it also when body came before it in the same bytes.
            number = len(exchange.bodies)
            exchange.sizes.append(len(data))
            exchange.bodies.append(b"".join(pieces))
            if exchange.head_read is None and parser.head_complete:
                exchange.head_read = number
                exchange.status = parser.status
                exchange.headers = parser.headers
                self._chunked = parser.headers.get("transfer-encoding", "").lower() == "chunked"
                self._runs = self._chunked and self._tls is None
            if pieces and self._chunked and not parser.chunk_may_begin:
                last = pieces[-1]
                if not data.endswith((last, last + b"\r")):
                    exchange.followed.add(number)
        if parser.mistake is not None:
            code, _, words = str(parser.mistake).partition(" ")
            self._fail(code, words)
        elif parser.complete:
            exchange.complete = True
            self._finish()

    def _ended(self) -> None:
        """The peer closed its side."""
        if self._tls is not None and self._tls.mistake is not None:
            self._lost("tls_broken", self._tls.mistake)
            return
        exchange = self._exchange
        if exchange is not None and self._done is not None and not self._done.done():
            self._look(exchange)
            # Under TLS only a proper end of the session says that nothing was cut off.
            if not self._done.done() and (self._tls is None or self._tls.closed):
                self._end_with_connection(exchange)
        began = exchange is not None and bool(exchange.at_ns)
        self._lost(
            "connection_closed",
            f"the other side closed the connection before the answer {'was complete' if began else 'began'}",
        )

    def _end_with_connection(self, exchange: Exchange) -> None:
        try:
            self._parser.eof()
        except TheirMistake:
            return  # The answer is unfinished.
        exchange.complete = True
        self._finish()

    def _lost(self, code: str, words: str) -> None:
        """The connection is gone. An answer that was complete by then is none the worse for it."""
        if self._exchange is not None and self._done is not None and not self._done.done():
            self._look(self._exchange)
            self._fail(code, words)
        self.close()

    def _fail(self, code: str, words: str) -> None:
        """The first reason counts, and none against an answer that is complete."""
        if self._exchange is not None and self._exchange.error is None and not self._exchange.complete:
            self._exchange.error = (code, words)
            self._finish()

    def _finish(self) -> None:
        self._runs = False
        if self._done is not None and not self._done.done():
            self._done.set_result(None)

    # Waiting

    def _watch(self) -> None:
        """One timer per exchange: set for the nearest deadline, and set again when bytes have moved it."""
        exchange = self._exchange
        if exchange is None or self._done is None or self._done.done():
            return
        now, waits = now_ns(), self._waits
        if exchange.at_ns:
            deadline, code, allowed = exchange.at_ns[-1] + waits.gap_ns, "gap_timeout", waits.gap_ns
        else:
            # The service's time begins when it has the whole request: a large body on a thin line is not its fault.
            since = exchange.written_at_ns or now
            deadline, code, allowed = since + waits.first_byte_ns, "first_byte_timeout", waits.first_byte_ns
        if exchange.sent_at_ns + waits.total_ns <= deadline:
            deadline, code, allowed = exchange.sent_at_ns + waits.total_ns, "total_timeout", waits.total_ns
        quiet = bool(exchange.at_ns) and now - exchange.at_ns[-1] >= QUIET_NS
        if quiet or deadline <= now:
            self._look(exchange)
        if deadline > now:
            self._timer = self._loop.call_later(min(deadline - now, self._step_ns) / 1e9, self._watch)
            return
        seconds = f"{allowed / 1e9:g} s"
        self._fail(code, f"not complete after {seconds}" if code == "total_timeout" else f"nothing for {seconds}")


def _nothing(_instant: int | None) -> None:
    """Where no exchange is under way, no read is kept."""
