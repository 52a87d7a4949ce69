"""How do tests, the demo and benchmarks get a simulator beside them? In a thread for convenience, in a process for clean timing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from hayai.errors import HayaiError, Problem, UsageError
from hayai.sim.certificate import TlsFiles
from hayai.sim.profile import Profile
from hayai.sim.server import Server, serve

_STOP_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A simulator that serves. `authority`: the PEM file that clients must trust, None where there is nothing to trust."""

    url: str
    authority: Path | None
    profile: str
    region: str
    speed: float
    pid: int


@contextmanager
def serve_in_thread(
    profile: Profile | str | Path,
    *,
    tls: TlsFiles | Literal[True] | None = None,
    truth: Path | None = None,
    check_signatures: Mapping[str, str] | None = None,
    seed: int | None = None,
    speed: float | None = None,
) -> Iterator[Server]:
    """A simulator on a free loopback port in a thread of this process, for blocking clients in tests.

    On leaving it is stopped and its log is closed. Arguments and errors as `serve`.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        starting = serve(profile, tls=tls, truth=truth, check_signatures=check_signatures, seed=seed, speed=speed)
        server = asyncio.run_coroutine_threadsafe(starting, loop).result(_STOP_S)
        try:
            yield server
        finally:
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result(_STOP_S)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_STOP_S)
        loop.close()


@contextmanager
def serve_in_process(
    profile: str | Path,
    *,
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """A simulator in a process of its own, with further `python -m hayai.sim` options. It ends on leaving, and if this process dies.

    Raises UsageError with the process's own problems when it cannot start.
    """
    command = [sys.executable, "-m", "hayai.sim", "--profile", str(profile), "--with-parent", *options]
    with subprocess.Popen(  # noqa: S603 (our own interpreter, arguments as a list)
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        start_new_session=True,  # Ctrl-C in a terminal is for who started us: what flies still wants its answer.
    ) as process:
        try:
            yield _read_ready(process.stdout.readline() if process.stdout else b"")
        finally:
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _read_ready(line: bytes) -> Running:
    if not line:
        raise HayaiError("sim.died")
    said: dict[str, Any] = msgspec.json.decode(line)
    if "problems" in said:
        raise UsageError(*(Problem(**problem) for problem in said["problems"]))
    authority = said["authority"]
    return Running(
        url=said["url"],
        authority=Path(authority) if authority else None,
        profile=said["profile"],
        region=said["region"],
        speed=said["speed"],
        pid=said["pid"],
    )
