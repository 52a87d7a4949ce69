"""Sockets are read while the selector has the floor, and asyncio still gets everything that is its own."""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest

from hayai.measure.net.readiness import LoopReaders, ReadingLoop, new_loop, readers_of

pytestmark = pytest.mark.skipif(not hasattr(select, "epoll"), reason="epoll is Linux's")

T = TypeVar("T")


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """`main` in a loop that reads by itself."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        assert isinstance(runner.get_loop(), ReadingLoop)
        return runner.run(main())


@contextmanager
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a connection, the first not blocking."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        yield ours, theirs


def test_a_reader_that_ends_nothing_does_not_wake_asyncio() -> None:
    """Many arrivals, one task step: the loop turns only when a reader says that somebody waits."""

    async def main() -> tuple[int, list[bytes]]:
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        got: list[bytes] = []
        turns = 0

        with pair() as (ours, theirs):

            def read() -> bool:
                got.append(ours.recv(1))
                if len(got) < 50:
                    theirs.send(b"x")
                    return False
                done.set_result(None)
                return True

            def turn() -> None:
                nonlocal turns
                turns += 1

            readers_of(loop).watch(ours, read)
            # The loop's own turn: there is no public word for it.
            original = getattr(loop, "_run_once")  # noqa: B009  It is not in the types.

            def counted() -> None:
                turn()
                original()

            setattr(loop, "_run_once", counted)  # noqa: B010  It is not in the types.
            theirs.send(b"x")
            await asyncio.wait_for(done, 10)
            readers_of(loop).unwatch(ours)
        return turns, got

    turns, got = run(main)
    assert got == [b"x"] * 50
    assert turns < 10


def test_timers_threads_and_other_files_are_served_while_streams_never_rest() -> None:
    """A socket that is always readable starves nobody."""

    async def main() -> tuple[bool, str, bytes]:
        loop = asyncio.get_running_loop()
        reads = 0
        with pair() as (ours, theirs), pair() as (plain, other):
            theirs.send(b"never read")

            def read() -> bool:
                nonlocal reads
                reads += 1
                return False

            readers_of(loop).watch(ours, read)
            await asyncio.sleep(0.01)
            told = await asyncio.wait_for(asyncio.to_thread(lambda: "from a thread"), 10)
            other.send(b"through asyncio")
            heard = await asyncio.wait_for(loop.sock_recv(plain, 100), 10)
            readers_of(loop).unwatch(ours)
        return reads > 0, told, heard

    assert run(main) == (True, "from a thread", b"through asyncio")


def test_a_socket_that_is_not_watched_any_more_is_left_alone() -> None:
    """Also when it became readable in the same poll as the reader that let go of it."""

    async def main() -> list[str]:
        loop = asyncio.get_running_loop()
        read: list[str] = []
        with pair() as (first, to_first), pair() as (second, to_second):

            def take(name: str, other: socket.socket) -> Callable[[], bool]:
                def reader() -> bool:
                    read.append(name)
                    readers_of(loop).unwatch(first)
                    readers_of(loop).unwatch(other)
                    return True

                return reader

            readers_of(loop).watch(first, take("first", second))
            readers_of(loop).watch(second, take("second", first))
            to_first.send(b"x")
            to_second.send(b"x")
            await asyncio.sleep(0.01)
            readers_of(loop).unwatch(second)
        return read

    assert len(run(main)) == 1


def test_elsewhere_asyncio_reads() -> None:
    """A loop that is not ours: the platform has no epoll, or somebody else made the loop."""

    async def main() -> list[bytes]:
        loop = asyncio.get_running_loop()
        assert isinstance(readers_of(loop), LoopReaders)
        done = loop.create_future()
        with pair() as (ours, theirs):

            def read() -> bool:
                done.set_result(ours.recv(10))
                return True

            readers_of(loop).watch(ours, read)
            theirs.send(b"x")
            got = await asyncio.wait_for(done, 10)
            readers_of(loop).unwatch(ours)
        return [got]

    assert asyncio.run(main()) == [b"x"]
