"""How does one client connection live? Requests in, one response at a time out."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable
from itertools import count

from hayai.clock import wall_ns
from hayai.errors import TheirMistake
from hayai.sim.front import Front
from hayai.sim.line import Line
from hayai.sim.response import Arrival, Response
from hayai.sim.schedule import Schedule
from hayai.sim.truth import Ended, Truth
from hayai.wire.http1 import Request, RequestParser, encode_head


class House:
    """What the connections of a server share: front, schedule, log (None: none is kept), and the count of everything."""

    def __init__(self, front: Front, schedule: Schedule, record: Callable[[Truth], None] | None) -> None:
        self.front, self.schedule, self.record = front, schedule, record
        self.connections: set[Connection] = set()
        self.request_numbers, self.connection_numbers = count(1), count(1)
        self.when_empty: Callable[[], object] | None = None
        """Called when the last connection has gone: the moment for what would make streams late."""
        self._to_answer: deque[Connection] = deque()

    def answer_later(self, connection: Connection) -> None:
        """Have `connection` take its next request when the loop has looked at its sockets again.

        Working out an answer takes a few tenths of a millisecond. When many requests come at once, each must get its instant first: so
        there is one answer per turn of the loop, and all that has come meanwhile is read and stamped in between.
        """
        self._to_answer.append(connection)
        if len(self._to_answer) == 1:
            asyncio.get_running_loop().call_soon(self._answer_one)

    def _answer_one(self) -> None:
        try:
            self._to_answer[0].start_next()
        finally:
            self._to_answer.popleft()
            if self._to_answer:
                asyncio.get_running_loop().call_soon(self._answer_one)

    def leave(self, connection: Connection) -> None:
        """A connection has gone."""
        self.connections.discard(connection)
        if not self.connections and self.when_empty is not None:
            self.when_empty()


def new_request_id() -> str:
    """A random id in the form the service uses."""
    digits = os.urandom(16).hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class Connection:
    """One connection. Requests that come before their turn wait."""

    def __init__(self, house: House, line: Line) -> None:
        self._house = house
        self._number = next(house.connection_numbers)
        self._parser = RequestParser()
        self._waiting: deque[tuple[Request, int]] = deque()
        self._current: Response | None = None
        self._line = line
        house.connections.add(self)

    def received(self, data: bytes, at_ns: int) -> None:
        """What was said, and the instant at which it had come."""
        try:
            requests = self._parser.feed(data)
        except TheirMistake:
            self._line.write(encode_head(400, [("Content-Length", "0"), ("Connection", "close")]))
            self._line.close()
            return
        self._waiting.extend((request, at_ns) for request in requests)
        if self._parser.expect_continue:
            self._parser.expect_continue = False
            self._line.write(encode_head(100, []))
        self._house.answer_later(self)

    def lost(self) -> None:
        """What is on its way notices at its next write."""
        self._waiting.clear()
        self._house.leave(self)

    def start_next(self) -> None:
        """Answer the request that has waited longest, unless an answer is on its way."""
        if self._current is not None or not self._waiting or self._line.closing:
            return
        request, received_ns = self._waiting.popleft()
        arrival = Arrival(
            request_id=new_request_id(),
            number=next(self._house.request_numbers),
            connection=self._number,
            received_at_ns=received_ns,
            keep_alive=request.keep_alive,
        )
        try:
            reply = self._house.front.respond(
                request, number=arrival.number, request_id=arrival.request_id, now_ns=received_ns, wall_ns=wall_ns()
            )
        except BaseException:  # a mistake of ours: the client must not wait for ever
            self.abandon()
            raise
        self._current = Response(self._line, reply, arrival, self._over)
        self._house.schedule.start(self._current)

    def _over(self, response: Response, ended: Ended) -> None:
        """Log it, then take the next request or hang up."""
        self._current = None
        self._record(response, ended)
        if ended == "complete" and response.arrival.keep_alive:
            self._house.answer_later(self)
        else:
            self._line.close()

    def abandon(self) -> None:
        """Hang up at once; a response on its way is logged as stopped."""
        response, self._current = self._current, None
        if response is not None:
            self._record(response, "stopped")
        self._line.abort()

    @property
    def busy(self) -> bool:
        """A response is on its way."""
        return self._current is not None

    def _record(self, response: Response, ended: Ended) -> None:
        if self._house.record is not None:
            self._house.record(response.truth(ended))
