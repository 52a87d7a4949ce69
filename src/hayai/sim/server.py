"""Who listens, and how is it started and stopped? One server: one profile, one port, one event loop."""

from __future__ import annotations

import asyncio
import gc
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from hayai.clock import now_ns
from hayai.errors import Problem, UsageError
from hayai.sim.account import Account
from hayai.sim.answer import warm_up
from hayai.sim.certificate import TlsFiles, make_tls_files, server_context
from hayai.sim.connection import Connection, House
from hayai.sim.front import Front
from hayai.sim.line import Port, listen
from hayai.sim.profile import Profile, read_profile
from hayai.sim.schedule import Schedule
from hayai.sim.truth import TruthLog

_BACKLOG = 4096
"""Connections that may wait to be accepted: thousands of streams are often opened at once."""


class Server:
    """A running simulator. Use as `async with await serve("steady") as server:`, or call `stop`."""

    def __init__(self, house: House, log: TruthLog | None) -> None:
        self._house, self._log = house, log
        self.url = ""
        """Where it listens: `http://127.0.0.1:PORT`, or `https://`."""
        self.authority: Path | None = None
        """PEM file that clients must trust; None over plain HTTP or with a certificate of yours."""
        self._port: Port | None = None
        self._certificates: tempfile.TemporaryDirectory[str] | None = None

    async def listen(self, host: str, port: int, tls: TlsFiles | Literal[True] | None) -> None:
        """Open the port (0: any free one). Raises OSError when that fails."""
        if tls is True:
            self._certificates = tempfile.TemporaryDirectory(prefix="hayai-sim-")
            tls = make_tls_files(Path(self._certificates.name))
        context = server_context(tls) if tls is not None else None
        self._port = await listen(host, port, context, partial(Connection, self._house), backlog=_BACKLOG)
        name, number = self._port.address()
        shown = f"[{name}]" if ":" in name else name
        self.url = f"{'http' if tls is None else 'https'}://{shown}:{number}"
        self.authority = tls.authority if tls is not None else None

    @property
    def account(self) -> Account:
        """Whose services these are."""
        return self._house.front.account

    def collect_garbage_when_idle(self) -> None:
        """Switch this process's garbage collector off, and run it when no client is connected: its pauses make streams late."""
        gc.disable()
        gc.freeze()
        self._house.when_empty = gc.collect

    async def stop(self, *, grace_s: float = 0.0) -> None:
        """Take no more connections, wait up to `grace_s` for responses on their way, then hang up and close the log."""
        if self._port is None:
            return
        self._port.close()
        until_ns = now_ns() + round(grace_s * 1e9)
        while any(connection.busy for connection in self._house.connections) and now_ns() < until_ns:  # noqa: ASYNC110 (rare; an event would cost every response)
            await asyncio.sleep(0.01)
        self._house.schedule.close()
        for connection in tuple(self._house.connections):
            connection.abandon()
        await asyncio.sleep(0)
        self._port = None
        if self._log is not None:
            self._log.close()
        if self._certificates is not None:
            self._certificates.cleanup()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


async def serve(
    profile: Profile | str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: TlsFiles | Literal[True] | None = None,
    truth: Path | None = None,
    check_signatures: Mapping[str, str] | None = None,
    seed: int | None = None,
    speed: float | None = None,
) -> Server:
    """A simulator that listens.

    `profile` is a name, a path, or a profile. `tls=True` makes a certificate for loopback. `truth` is the log that is appended to.
    `check_signatures` maps access key ids to secrets (`bearer`: a Bedrock API key, `openai`: one of the OpenAI-compatible service);
    without it nobody is asked who they are. `seed` and `speed` override the profile's. Raises UsageError for profile and speed, OSError
    for port and files.
    """
    read = profile if isinstance(profile, Profile) else read_profile(profile)
    if speed is not None and not 0 < speed < float("inf"):
        raise UsageError(Problem(place="speed", key="sim.bad_speed", values={"speed": speed}))
    warm_up()  # Reading the texts of a topic in the middle of a run would hold up every stream.
    account = Account(
        read,
        seed=read.seed if seed is None else seed,
        speed=read.speed if speed is None else speed,
        keys=check_signatures,
        started_ns=now_ns(),
    )
    log = TruthLog(truth) if truth is not None else None
    house = House(Front(account), Schedule(asyncio.get_running_loop()), log.append if log is not None else None)
    server = Server(house, log)
    try:
        await server.listen(host, port, tls)
    except OSError:
        house.schedule.close()
        if log is not None:
            log.close()
        raise
    return server
