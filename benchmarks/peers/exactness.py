"""How exact is hayai where it is hard? Ever more chunks a second, thousands of streams, TLS, and stopped again and again.

Every case is a whole `hayai compare` of a model with itself on one core, records journalled, the truth server on the other.
"""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.accounting import Cost, Group, run
from benchmarks.peers.against import errors, figures, records
from benchmarks.peers.machine import Machine, keep, machine, wait_while
from benchmarks.peers.running import Truth, truth
from benchmarks.peers.tools.contract import Reported
from benchmarks.peers.tools.hayai import compare
from benchmarks.peers.truth import certificate, read_log, serve
from benchmarks.peers.work import CLIENT_CORE, SERVER_CORE, Cell

TIMEOUT_S = 240.0
AGENT = b"hayai.measure.agent"
STALL_S, EVERY_S = 0.05, 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing to be measured."""

    part: str
    name: str
    streams: int
    requests: int
    model: str
    tls: bool = False
    stalled: bool = False

    @property
    def cell(self) -> Cell:
        """As the driver of the race wants it; the timing is in the model's name."""
        return Cell(streams=self.streams, requests=self.requests, ttft_ms=0, itl_ms=0)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one case."""

    part: str
    name: str
    repetition: int
    streams: int
    requests: int
    model: str
    tls: bool
    load_before: float
    cost: Cost
    failed: str | None = None
    reported: Reported | None = None
    true: Truth | None = None
    load_s: float | None = None
    chunks_per_s: float | None = None
    """Chunks that the server sent in its busiest second."""
    own: dict[str, float] = {}


class Exactness(msgspec.Struct, frozen=True, kw_only=True):
    """One session."""

    machine: Machine
    outcomes: list[Outcome]


def ramp() -> list[Case]:
    """1,000 streams, each twice, at rising rates, plain and TLS; then 4,000 streams."""
    cases = []
    for tls in (False, True):
        for rate in (10_000, 25_000, 50_000, 65_000):
            itl = 1_000_000 / rate
            chunks = min(300, max(100, int(4000 / itl)))
            cases.append(
                Case(
                    part="ramp",
                    name=f"{rate:,} chunks/s{' TLS' if tls else ''}",
                    streams=1000,
                    requests=2000,
                    model=f"sim-ttft500-itl{itl:g}-n{chunks}-spread",
                    tls=tls,
                )
            )
        cases.append(
            Case(
                part="ramp",
                name=f"4,000 streams{' TLS' if tls else ''}",
                streams=4000,
                requests=4000,
                model="sim-ttft1000-itl200-n50-spread",
                tls=tls,
            )
        )
    return cases


def stall() -> list[Case]:
    """The agent stopped for 50 ms in every 200: chunks further apart than that, and closer together."""
    return [
        Case(part="stall", name="chunks 120 ms apart", streams=20, requests=60, model="sim-ttft200-itl120-n40", stalled=True),
        Case(part="stall", name="chunks 10 ms apart", streams=20, requests=60, model="sim-ttft200-itl10-n400", stalled=True),
        Case(
            part="stall", name="chunks 120 ms apart TLS", streams=20, requests=60, model="sim-ttft200-itl120-n40", stalled=True, tls=True
        ),
    ]  # fmt: skip


def measure_all(part: str, cases: Sequence[Case], *, repetitions: int, pause: Path | None) -> Exactness:
    """Runs every case so many times, in turn, and keeps the result."""
    result = Exactness(machine=machine(), outcomes=[])
    for repetition in range(repetitions):
        for case in cases:
            wait_while(pause)
            made = measure(case, repetition)
            result.outcomes.append(made)
            keep(part, result)
            print(told(made), flush=True)
    return result


def measure(case: Case, repetition: int) -> Outcome:
    """One run."""
    with tempfile.TemporaryDirectory(prefix="hayai-bench-") as name:
        folder = Path(name)
        work = folder / "work"
        work.mkdir()
        cert, key, authority = certificate() if case.tls else (None, None, None)
        # Both names: a bundle that this machine's environment already names would win over the other.
        environment = {"AWS_CA_BUNDLE": str(authority), "SSL_CERT_FILE": str(authority)} if authority else {}
        load = os.getloadavg()[0]
        pair = (cert, key) if cert and key else None
        with serve(folder / "truth.jsonl", core=SERVER_CORE, tls=pair) as server:
            url = f"{'https' if case.tls else 'http'}://127.0.0.1:{server.port}/v1"
            beside: Callable[[Group, threading.Event], None] | None = stopping if case.stalled else None
            cost = run(
                compare([f"openai:{case.model},base_url={url}"] * 2, case.cell, work),
                core=CLIENT_CORE,
                folder=work,
                environment=environment,
                timeout_s=TIMEOUT_S,
                beside=beside,
            )
        log = [one for one in read_log(folder / "truth.jsonl") if one.finished]
        made = Outcome(
            part=case.part,
            name=case.name,
            repetition=repetition,
            streams=case.streams,
            requests=case.requests,
            model=case.model,
            tls=case.tls,
            load_before=load,
            cost=cost,
        )
        try:
            found = records(work / "runs")
            own = errors(found, {one.id: one for one in log}).summary()
            if len(found) < case.requests:
                raise LookupError(f"{len(found)} of {case.requests} requests were measured")
        except (LookupError, OSError) as error:
            return msgspec.structs.replace(made, failed=f"{error}; {cost.said[-300:]}")
        return msgspec.structs.replace(
            made,
            reported=figures(found),
            true=truth(log),
            load_s=(max(one.ended_ns for one in log) - min(one.received_ns for one in log)) / 1e9,
            chunks_per_s=busiest_second(np.concatenate([one.sent_ns for one in log])),
            own=own,
        )


def busiest_second(sent_ns: NDArray[np.int64]) -> float:
    """The most instants within any one second."""
    ordered = np.sort(sent_ns)
    return float((np.searchsorted(ordered, ordered + 1_000_000_000) - np.arange(ordered.size)).max())


def stopping(group: Group, done: threading.Event) -> None:
    """Stops the measuring process for 50 ms in every 200, as a busy machine might."""
    while not done.is_set():
        agents = [pid for pid in group.pids() if AGENT in _command(pid)]
        for kind, wait in ((signal.SIGSTOP, STALL_S), (signal.SIGCONT, EVERY_S - STALL_S)):
            for pid in agents:
                with suppress(ProcessLookupError):
                    os.kill(pid, kind)
            time.sleep(wait)


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    return b""


def told(made: Outcome) -> str:
    """One run in a line, for who watches."""
    what = f"{made.part}: {made.name} #{made.repetition + 1}"
    if made.failed or made.true is None:
        return f"{what}: {made.failed}"
    kept = {name: round(value, 4) for name, value in made.own.items()}
    return (
        f"{what}: {made.chunks_per_s:,.0f} chunks/s, CPU {made.cost.cpu_s:.1f} s, RSS {made.cost.rss_mb:.0f} MB, "
        f"server late {made.true.latest:.1f} ms, {kept}"
    )
