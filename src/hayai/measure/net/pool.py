"""Which open connection serves the next request?

One pool per target, so that what happens to one target's connections never touches another's. Lease and return are
one deque operation each; the pool has no size of its own: as many streams as the plan asks for, so many connections
there are. The connection used last is leased first, as it is the least likely to have been closed by the peer.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque

from hayai.measure.net.connection import Connection
from hayai.measure.net.dial import Address, dial

DIALS_AT_ONCE = 100
"""Opening thousands of connections at the same instant would overflow the peer's backlog, and then measure that."""

_numbers = itertools.count(1)


class Pool:
    """The connections of one target."""

    __slots__ = ("_address", "_connect_timeout_s", "_idle", "_leased")

    def __init__(self, address: Address, *, connect_timeout_s: float) -> None:
        self._address = address
        self._connect_timeout_s = connect_timeout_s
        self._idle: deque[Connection] = deque()
        self._leased: set[Connection] = set()

    async def open_ahead(self, count: int) -> None:
        """Opens connections until `count` are idle. Raises DialError for the first that cannot be opened."""
        slots = asyncio.Semaphore(DIALS_AT_ONCE)

        async def open_one() -> None:
            async with slots:
                self._idle.append(await self._open())

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(count - len(self._idle)):
                    group.create_task(open_one())
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None

    async def lease(self) -> Connection:
        """An idle connection that is still open, or a new one. Raises DialError."""
        while self._idle:
            connection = self._idle.pop()
            if connection.still_open():
                self._leased.add(connection)
                return connection
        return await self.lease_new()

    async def lease_new(self) -> Connection:
        """A connection opened now. Raises DialError."""
        connection = await self._open()
        self._leased.add(connection)
        return connection

    def give_back(self, connection: Connection) -> None:
        """Returns a leased connection; a closed one is forgotten."""
        self._leased.discard(connection)
        connection.forget()
        if connection.alive:
            self._idle.append(connection)

    def close(self) -> None:
        """Closes every connection of this target: idle ones, and those that were leased for requests that will not leave any more."""
        for connection in (*self._idle, *self._leased):
            connection.close()
        self._idle.clear()
        self._leased.clear()

    async def _open(self) -> Connection:
        return Connection(next(_numbers), await dial(self._address, timeout_s=self._connect_timeout_s))
