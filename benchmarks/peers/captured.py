"""Do server, packet capture and hayai agree? The same run seen by three, none of which knows of the others."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.accounting import run
from benchmarks.peers.against import at, errors, records
from benchmarks.peers.capture import capturing
from benchmarks.peers.machine import Machine, keep, machine, wait_while
from benchmarks.peers.pcap import Damaged, Exchange
from benchmarks.peers.tools.hayai import compare
from benchmarks.peers.truth import Served, read_log, serve
from benchmarks.peers.work import CELLS, CLIENT_CORE, SERVER_CORE, Cell

TIMEOUT_S = 120.0
STREAMS = (1, 50, 200)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    streams: int
    repetition: int
    packets: int
    dropped: int
    failed: str | None = None
    requests: int = 0
    capture_minus_server: dict[str, float] = {}
    """Chunk: packet's instant minus the stamp before its send, in ms."""
    request_minus_server: dict[str, float] = {}
    """Request: its packet's instant minus the kernel's stamp at the server, in ms."""
    hayai: dict[str, float] = {}
    """hayai's records against the capture."""


class Captured(msgspec.Struct, frozen=True, kw_only=True):
    """One session."""

    machine: Machine
    runs: list[Seen]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheWire:
    """The capture's truth for one request, in the shape in which records are held against one."""

    received_ns: int
    sent_ns: NDArray[np.int64]


def captured(*, repetitions: int, pause: Path | None) -> Captured:
    """Every number of streams so many times, and kept."""
    result = Captured(machine=machine(), runs=[])
    for repetition in range(repetitions):
        for streams in STREAMS:
            wait_while(pause)
            made = measure(CELLS[streams], repetition)
            result.runs.append(made)
            keep("capture", result)
            print(f"capture: {made}", flush=True)
    return result


def measure(cell: Cell, repetition: int) -> Seen:
    """One run with tcpdump beside it, on the server's core."""
    with tempfile.TemporaryDirectory(prefix="hayai-bench-") as name:
        folder = Path(name)
        work = folder / "work"
        work.mkdir()
        log = folder / "truth.jsonl"
        with (
            serve(log, core=SERVER_CORE) as server,
            capturing(folder / "lo.pcap", server.port, core=SERVER_CORE) as capture,
        ):
            url = f"{server.url}/v1"
            cost = run(
                compare([f"openai:{cell.model},base_url={url}"] * 2, cell, work),
                core=CLIENT_CORE,
                folder=work,
                environment={},
                timeout_s=TIMEOUT_S,
            )
        made = Seen(streams=cell.streams, repetition=repetition, packets=capture.captured, dropped=capture.dropped)
        try:
            wire = capture.exchanges(server.port)
            truths = {one.id: OnTheWire(received_ns=one.asked_ns, sent_ns=one.content_ns) for one in wire}
            own = errors(records(work / "runs"), truths).summary()
        except (Damaged, LookupError, OSError) as error:
            return msgspec.structs.replace(made, failed=f"{error}; {cost.said[-300:]}")
        chunk, request = apart(wire, read_log(log))
        return msgspec.structs.replace(
            made,
            requests=len(wire),
            capture_minus_server=spread(chunk),
            request_minus_server=spread(request),
            hayai=own,
        )


def apart(wire: Sequence[Exchange], log: Sequence[Served]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Capture minus server in ms: of every chunk, and of every request."""
    served = {one.id: one for one in log}
    chunks = np.concatenate([one.content_ns - served[one.id].sent_ns for one in wire]) / 1e6
    requests = np.array([one.asked_ns - served[one.id].received_ns for one in wire]) / 1e6
    return chunks, requests


def spread(values: NDArray[np.float64]) -> dict[str, float]:
    """Least, median, p99, most."""
    return {"min": at(values, 0), "p50": at(values, 50), "p99": at(values, 99), "max": at(values, 100)}
