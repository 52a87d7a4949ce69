"""A stream is a connection: as many as were asked for, open ahead, the one used last first, and none that has died."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator
from typing import Self

import pytest

from hayai.measure.net.connection import Connection
from hayai.measure.net.dial import Address, DialError
from hayai.measure.net.pool import Pool
from hayai.open_files import allow_open_files
from tests.measure.wired import REQUEST, WAITS, listening, looped

MANY = 2000
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Service:
    """Answers every request at once."""

    def __init__(self) -> None:
        self.opened = 0
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None
        self.address = Address(host="127.0.0.1", port=0)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=4096)
        self.address = Address(host="127.0.0.1", port=self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.hang_up()
        await asyncio.sleep(0)

    def hang_up(self) -> None:
        """Drops everybody."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        self._writers.append(writer)
        try:
            while await reader.readuntil(b"{}"):
                writer.write(OK)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@pytest.fixture
def many_files() -> Iterator[None]:
    """The limit of open files as this process found it is put back."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    allow_open_files(2 * MANY + 200)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@looped
async def test_connections_are_open_before_they_are_leased() -> None:
    """Leasing dials nothing; the one that came back last goes out first; one more than there are is dialled."""
    async with Service() as service:
        pool = Pool(service.address, connect_timeout_s=10)
        await pool.open_ahead(3)
        await pool.open_ahead(3)
        leased = [await pool.lease() for _ in range(3)]
        assert len({connection.id for connection in leased}) == 3
        for connection in leased:
            pool.give_back(connection)
        assert [await pool.lease() for _ in range(3)] == leased[::-1]
        one_more = await pool.lease()
        assert one_more not in leased
        await one_more.exchange(REQUEST, WAITS)
        assert service.opened == 4
        for connection in (*leased, one_more):
            connection.close()


@looped
async def test_a_connection_comes_back_without_its_answer() -> None:
    """Idle connections hold no answers in memory."""
    async with Service() as service:
        pool = Pool(service.address, connect_timeout_s=10)
        connection = await pool.lease()
        assert (await connection.exchange(REQUEST, WAITS)).complete
        pool.give_back(connection)
        assert connection.partial is None
        assert await pool.lease() is connection
        connection.close()


@looped
async def test_no_dead_connection_is_leased() -> None:
    """Neither one that we closed nor one that the peer left, even if the loop has had no turn to notice."""
    async with Service() as service:
        pool = Pool(service.address, connect_timeout_s=10)
        ours = await pool.lease_new()
        ours.close()
        pool.give_back(ours)
        await pool.open_ahead(2)
        first = await pool.lease()
        await first.exchange(REQUEST, WAITS)
        pool.give_back(first)
        service.hang_up()
        await asyncio.sleep(0)
        leased = await pool.lease()
        assert leased.alive
        assert leased.uses == 0
        assert (await leased.exchange(REQUEST, WAITS)).complete
        leased.close()
        pool.close()


@looped
async def test_closing_the_pool_closes_all_of_it() -> None:
    """What is idle, and what was leased for a request that will not leave any more. Nothing twice."""
    async with Service() as service:
        pool = Pool(service.address, connect_timeout_s=10)
        await pool.open_ahead(2)
        leased = [await pool.lease() for _ in range(3)]
        pool.give_back(leased[0])
        pool.close()
        pool.close()
        assert not any(connection.alive for connection in leased)


@looped
async def test_a_service_that_is_not_there_is_told_by_one_error() -> None:
    """However many connections were asked for."""
    async with listening() as listener:
        port = listener.getsockname()[1]
    pool = Pool(Address(host="127.0.0.1", port=port), connect_timeout_s=10)
    with pytest.raises(DialError) as raised:
        await pool.open_ahead(50)
    assert raised.value.code == "connection_refused"
    with pytest.raises(DialError):
        await pool.lease()


@pytest.mark.usefixtures("many_files")
@looped
async def test_there_is_no_hidden_limit() -> None:
    """2,000 streams are 2,000 connections, all of them at work at the same time."""
    async with Service() as service:
        pool = Pool(service.address, connect_timeout_s=20)
        await pool.open_ahead(MANY)
        leased: list[Connection] = [await pool.lease() for _ in range(MANY)]
        exchanges = await asyncio.gather(*(connection.exchange(REQUEST, WAITS) for connection in leased))
        assert all(exchange.complete for exchange in exchanges)
        assert service.opened == MANY
        assert len({connection.id for connection in leased}) == MANY
        for connection in leased:
            pool.give_back(connection)
        pool.close()
        assert not any(connection.alive for connection in leased)
