"""Which write is due next? One heap for all streams, one alarm for the heap.

A stream is an iterator of `Send`s. Only its next one lies in the heap; the one after is built right after the write, in time that nobody
waits for, so that a long answer costs its request no pause and the others no delay. The instant is stamped right before each write.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Literal, Protocol

import msgspec

from hayai.alarm import make_alarm
from hayai.clock import now_ns

_AT_ONCE = 32
"""Writes in a row before the loop may read requests again."""

Kind = Literal["h", "e", "t", "r", "u", "b", "x", "z"]
"""What a write holds: response head, event without text, text, reasoning, tool input, whole body, what a fault makes of it, end of body."""


class Send(msgspec.Struct, frozen=True, gc=False):
    """One write: when (ns after the request was complete), which bytes, and what they hold.

    Not tracked by the garbage collector: it holds nothing that could lead back to it, and there are many.
    """

    offset_ns: int
    data: bytes
    kind: Kind
    chars: int = 0
    tokens: int = 0
    then: Literal["", "close", "reset"] = ""
    """What happens to the connection after this write."""


class Stream(Protocol):
    """Where the writes of one response go."""

    sends: Iterator[Send]
    start_ns: int

    def write(self, send: Send, due_ns: int) -> bool:
        """Write now. False: the client is gone, or the connection ends here."""

    def finished(self) -> None:
        """The last write is done, or nothing can be written any more."""


class Schedule:
    """Writes every stream's bytes when they are due."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._heap: list[tuple[int, int, Stream, Send]] = []
        self._count = 0
        self._alarm = make_alarm(loop, self._ring)
        self._armed_ns: int | None = None

    def start(self, stream: Stream) -> None:
        """Take a stream on."""
        self._push_next(stream)
        self._arm()

    def close(self) -> None:
        """Write nothing any more."""
        self._alarm.close()
        self._heap.clear()

    def _push_next(self, stream: Stream) -> None:
        send = next(stream.sends, None)
        if send is None:
            stream.finished()
            return
        self._count += 1
        heappush(self._heap, (stream.start_ns + send.offset_ns, self._count, stream, send))

    def _arm(self) -> None:
        if self._heap and (self._armed_ns is None or self._heap[0][0] < self._armed_ns):
            self._armed_ns = self._heap[0][0]
            self._alarm.set(self._armed_ns)

    def _ring(self) -> None:
        heap = self._heap
        self._armed_ns = None
        try:
            for _ in range(_AT_ONCE):
                if not heap or heap[0][0] > now_ns():
                    break
                due_ns, _number, stream, send = heappop(heap)
                if stream.write(send, due_ns):
                    self._push_next(stream)
                else:
                    stream.finished()
        finally:  # one stream's trouble is not the others'
            self._arm()
