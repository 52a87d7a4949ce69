"""How does one client connection live? Requests in, one response at a time, every write stamped right before it is made."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from hayai.clock import now_ns, wall_ns
from hayai.errors import TheirMistake
from hayai.sim.bedrock import Bedrock
from hayai.sim.reply import Reply
from hayai.sim.schedule import Schedule, Send
from hayai.sim.truth import Ended, Truth
from hayai.wire.http1 import Request, RequestParser, encode_head


class House(Protocol):
    """What connections share: the service, the schedule, the log, and who is connected."""

    bedrock: Bedrock
    schedule: Schedule
    connections: set[Connection]
    record: Callable[[Truth], None] | None

    def next_request_number(self) -> int: ...
    def next_connection_number(self) -> int: ...


def new_request_id() -> str:
    """A random id in the form the service uses."""
    digits = os.urandom(16).hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class Connection(asyncio.Protocol):
    """One connection."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._number = house.next_connection_number()
        self._parser = RequestParser()
        self._waiting: deque[tuple[Request, int]] = deque()
        self._current: Response | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        plain: socket.socket | None = transport.get_extra_info("socket")
        if plain is not None:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._house.connections.add(self)

    def data_received(self, data: bytes) -> None:
        received_ns = now_ns()
        try:
            requests = self._parser.feed(data)
        except TheirMistake:
            self._write_now(encode_head(400, [("Content-Length", "0"), ("Connection", "close")]))
            self.close()
            return
        self._waiting.extend((request, received_ns) for request in requests)
        if self._parser.expect_continue:
            self._parser.expect_continue = False
            self._write_now(encode_head(100, []))
        self._start_next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._house.connections.discard(self)
        self._transport = None
        self._waiting.clear()

    def _write_now(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def _start_next(self) -> None:
        if self._current is not None or not self._waiting or self._transport is None:
            return
        request, received_ns = self._waiting.popleft()
        request_id = new_request_id()
        number = self._house.next_request_number()
        reply = self._house.bedrock.respond(
            request, number=number, request_id=request_id, now_ns=received_ns, wall_ns=wall_ns()
        )
        self._current = Response(
            self, self._transport, reply, request_id, number, received_ns, keep_alive=request.keep_alive
        )
        self._house.schedule.start(self._current)

    def response_finished(self, response: Response, ended: Ended, keep_alive: bool) -> None:
        """Log it, then take the next request or hang up."""
        self._current = None
        if self._house.record is not None:
            self._house.record(response.truth(self._number, ended))
        if not keep_alive:
            self.close()
        else:
            self._start_next()

    def close(self) -> None:
        """Hang up after what has been written."""
        if self._transport is not None:
            self._transport.close()

    def abandon(self) -> None:
        """Hang up at once; a response on its way is logged as stopped."""
        response, self._current = self._current, None
        if response is not None and self._house.record is not None:
            self._house.record(response.truth(self._number, "stopped"))
        if self._transport is not None:
            self._transport.abort()

    @property
    def busy(self) -> bool:
        """A response is on its way."""
        return self._current is not None


class Response:
    """One response on its way out; what the schedule calls a stream."""

    def __init__(
        self,
        connection: Connection,
        transport: asyncio.Transport,
        reply: Reply,
        request_id: str,
        number: int,
        received_ns: int,
        *,
        keep_alive: bool,
    ) -> None:
        self.sends: Iterator[Send] = reply.sends
        self.start_ns = received_ns
        self._connection, self._transport, self._reply = connection, transport, reply
        self._request_id, self._number, self._keep_alive = request_id, number, keep_alive
        self._ended: Ended = "complete"
        self._head_ns: int | None = None
        self._last_ns: int | None = None
        self._blocked = 0
        self._log: list[tuple[Send, int, int]] = []

    def write(self, send: Send, due_ns: int) -> bool:
        transport = self._transport
        if transport.is_closing():
            self._ended = "client_gone"
            return False
        if transport.get_write_buffer_size():
            self._blocked += 1
        if send.data:
            sent_ns = now_ns()
            transport.write(send.data)
            self._last_ns = sent_ns
            if send.kind == "h":
                self._head_ns = sent_ns
            elif send.kind != "z":
                self._log.append((send, due_ns, sent_ns))
                if send.kind == "b":
                    self._head_ns = sent_ns
        if send.then:
            self._ended = send.then
            self._hang_up(reset=send.then == "reset")
            return False
        return True

    def _hang_up(self, *, reset: bool) -> None:
        """End the connection here: with a FIN after what was written, or with a RST."""
        if not reset:
            self._transport.close()
            return
        plain: socket.socket | None = self._transport.get_extra_info("socket")
        if plain is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def finished(self) -> None:
        keep_alive = self._keep_alive and self._ended == "complete"
        self._connection.response_finished(self, self._ended, keep_alive)

    def truth(self, connection: int, ended: Ended) -> Truth:
        """All that is known of this response."""
        facts, start = self._reply.facts, self.start_ns
        sends = [send for send, _, _ in self._log]
        return Truth(
            request_id=self._request_id,
            number=self._number,
            operation=facts.operation,
            model=facts.model,
            status=self._reply.status,
            connection=connection,
            received_at_ns=start,
            head_at_ns=self._head_ns,
            last_at_ns=self._last_ns,
            kinds="".join([send.kind for send in sends]),
            due_ns=tuple([due - start for _, due, _ in self._log]),
            sent_ns=tuple([sent - start for _, _, sent in self._log]),
            chars=tuple([send.chars for send in sends]),
            tokens=tuple([send.tokens for send in sends]),
            ended=ended,
            blocked=self._blocked,
            prompt_topic=facts.prompt_topic,
            region=facts.region,
            requested_latency=facts.requested_latency,
            served_latency=facts.served_latency,
            tier=facts.tier,
            input_tokens=facts.input_tokens,
            output_tokens=facts.output_tokens,
            ttft_ns=facts.ttft_ns,
            itl_ns=facts.itl_ns,
            fault=facts.fault,
            error=facts.error,
            attempt=facts.attempt,
        )
