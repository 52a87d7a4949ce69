"""Which socket has something to read, and how soon is it read?

asyncio hands a readable socket to its reader by way of a handle and a queue: more work than the read itself, and done
after everything else that became ready at the same time. Here a connection's socket is read while the selector still
has the floor: `select` calls its reader at once, and comes back to asyncio only when something else is to be done. So a
stream costs one poll and one read per arrival, and asyncio stays what it is for everything else: timers, tasks, TLS
handshakes, pipes.

It rests on what both sides promise in public: an event loop takes any selector, and an epoll instance can itself be
watched by another. Where there is no epoll (macOS), `LoopReaders` asks asyncio's own `add_reader`.
"""

from __future__ import annotations

import asyncio
import select
import selectors
import socket
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from hayai.clock import now_ns

Reader = Callable[[], bool]
"""Reads what is there. True: it has given asyncio something to do (a result, a callback), so asyncio must have its turn."""


class Readers(Protocol):
    """Who calls a socket's reader when there is something to read."""

    def watch(self, sock: socket.socket, read: Reader) -> None:
        """Call `read` whenever `sock` has something to read."""

    def unwatch(self, sock: socket.socket) -> None:
        """Never again. To be called before the socket is closed."""


class LoopReaders:
    """asyncio's own way, on any platform."""

    __slots__ = ("_loop",)

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def watch(self, sock: socket.socket, read: Reader) -> None:
        """See `Readers`."""
        self._loop.add_reader(sock, read)

    def unwatch(self, sock: socket.socket) -> None:
        """See `Readers`."""
        self._loop.remove_reader(sock)


class ReadingSelector(selectors.BaseSelector):
    """A selector for asyncio that reads watched sockets itself."""

    def __init__(self) -> None:
        self._others = selectors.EpollSelector()
        self._epoll = select.epoll()
        self._epoll.register(self._others.fileno(), select.EPOLLIN)
        self._reads: dict[int, Reader] = {}

    # What connections ask for

    def watch(self, sock: socket.socket, read: Reader) -> None:
        """See `Readers`."""
        number = sock.fileno()
        self._reads[number] = read
        self._epoll.register(number, select.EPOLLIN)

    def unwatch(self, sock: socket.socket) -> None:
        """See `Readers`."""
        number = sock.fileno()
        if self._reads.pop(number, None) is not None:
            self._epoll.unregister(number)

    # What asyncio asks for

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Reads watched sockets until something is ready for asyncio, a reader says so, or `timeout` seconds are over."""
        until_ns = None if timeout is None else now_ns() + int(max(timeout, 0.0) * 1e9)
        poll, read_by = self._epoll.poll, self._reads.get
        left: float | None = timeout
        while True:
            events = poll(left if left is None or left > 0 else 0)
            asyncio_next = others = False
            for number, _ in events:
                read = read_by(number)
                if read is not None:
                    asyncio_next |= read()
                else:
                    others = True
            if others:
                return self._others.select(0)
            if asyncio_next or not events:
                return []
            if until_ns is not None:
                left = (until_ns - now_ns()) / 1e9
                if left <= 0:
                    return []

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """See `selectors.BaseSelector`."""
        return self._others.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """See `selectors.BaseSelector`."""
        return self._others.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """See `selectors.BaseSelector`."""
        return self._others.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """See `selectors.BaseSelector`."""
        return self._others.get_map()

    def close(self) -> None:
        """See `selectors.BaseSelector`."""
        self._reads.clear()
        self._epoll.close()
        self._others.close()


class ReadingLoop(asyncio.SelectorEventLoop):
    """asyncio's event loop over a `ReadingSelector`."""

    def __init__(self) -> None:
        self.readers = ReadingSelector()
        super().__init__(self.readers)


def new_loop() -> asyncio.AbstractEventLoop:
    """The best loop of this platform for recording streams."""
    return ReadingLoop() if hasattr(select, "epoll") else asyncio.new_event_loop()


def readers_of(loop: asyncio.AbstractEventLoop) -> Readers:
    """Who calls the readers in this loop."""
    return loop.readers if isinstance(loop, ReadingLoop) else LoopReaders(loop)
