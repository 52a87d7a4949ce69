"""What did a tool report, what was true, and what did it cost? One tool, one cell, one fresh truth server."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.accounting import Cost, run
from benchmarks.peers.tools.contract import Reported, Tool
from benchmarks.peers.truth import Served, read_log, serve
from benchmarks.peers.work import CLIENT_CORE, SERVER_CORE, Cell

TIMEOUT_S = 240.0


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """The truth of one run, from the server's log. Milliseconds."""

    requests: int
    """Answered to the end."""
    connections: int
    ttft_p50: float
    ttft_p99: float
    per_request_p50: float
    per_request_p99: float
    per_chunk_p50: float
    per_chunk_p99: float
    latest: float
    """The server's latest send, against what it had promised."""
    blocked: int


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one tool in one cell."""

    tool: str
    streams: int
    repetition: int
    load_before: float
    """The machine's load average right before; 1 would be one busy core."""
    failed: str | None = None
    """Why there are no figures; then the rest is None."""
    cost: Cost | None = None
    reported: Reported | None = None
    true: Truth | None = None
    startup_s: float | None = None
    """Launch to the first request's arrival at the server."""
    load_s: float | None = None
    """First request's arrival to the last answer's end."""
    own: dict[str, float] = {}
    """Further figures of a tool whose records can be read one by one."""


def measure(tool: Tool, cell: Cell, repetition: int) -> Run:
    """One run. It never raises for what a tool does: that is a result too."""
    with tempfile.TemporaryDirectory(prefix="hayai-bench-") as name:
        folder = Path(name)
        work = folder / "work"
        work.mkdir()
        load = os.getloadavg()[0]
        with serve(folder / "truth.jsonl", core=SERVER_CORE) as server:
            cost = run(
                tool.command(cell, server.url, work),
                core=CLIENT_CORE,
                folder=work,
                environment=tool.environment(),
                timeout_s=TIMEOUT_S,
            )
        log = [one for one in read_log(folder / "truth.jsonl") if one.finished]
        made = Run(tool=tool.name, streams=cell.streams, repetition=repetition, load_before=load, cost=cost)
        if cost.timed_out or cost.exit not in tool.fine:
            why = f"did not end within {TIMEOUT_S:.0f} s" if cost.timed_out else f"ended with exit code {cost.exit}"
            return msgspec.structs.replace(made, failed=f"{why}: {cost.said[-300:]}")
        if not log:
            return msgspec.structs.replace(made, failed=f"sent no request: {cost.said[-300:]}")
        try:
            reported = tool.reported(cell, work)
        except (LookupError, ValueError, OSError, TypeError) as error:
            return msgspec.structs.replace(made, failed=f"its report could not be read: {error}")
        first = min(one.received_ns for one in log)
        return msgspec.structs.replace(
            made,
            reported=reported,
            true=truth(log),
            startup_s=(first - cost.launched_ns) / 1e9,
            load_s=(max(one.ended_ns for one in log) - first) / 1e9,
            own=tool.own(log, work),
        )


def truth(log: Sequence[Served]) -> Truth:
    """What a tool that makes no mistake would have reported."""
    ttft = np.array([one.ttft_ms for one in log])
    means = np.array([(one.sent_ns[-1] - one.sent_ns[0]) / max(1, one.sent_ns.size - 1) for one in log]) / 1e6
    gaps = np.concatenate([np.diff(one.sent_ns) for one in log]) / 1e6
    return Truth(
        requests=len(log),
        connections=len({one.connection for one in log}),
        ttft_p50=_at(ttft, 50),
        ttft_p99=_at(ttft, 99),
        per_request_p50=_at(means, 50),
        per_request_p99=_at(means, 99),
        per_chunk_p50=_at(gaps, 50),
        per_chunk_p99=_at(gaps, 99),
        latest=max(one.latest_ns for one in log) / 1e6,
        blocked=sum(one.blocked for one in log),
    )


def _at(values: NDArray[np.float64], percent: float) -> float:
    return float(np.percentile(values, percent))
