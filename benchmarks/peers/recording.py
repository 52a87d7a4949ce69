"""How much dearer is hayai's recording than the least a program in C can do? The same streams, one after the other, on the same core.

hayai's side is its connections alone (`record_only`): reads, stamps, bytes kept, and the HTTP framing at the end of each stream, which C
does not pay for. Events, pieces and records are parsing, and left out on both sides.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from benchmarks.peers.machine import Machine, keep, machine, wait_while
from benchmarks.peers.truth import build, pinned, read_log, serve
from benchmarks.peers.work import CLIENT_CORE, SERVER_CORE

TIMEOUT_S = 120
LOADS = (
    (50, 250, "sim-ttft100-itl20-n100-spread"),
    (1000, 2000, "sim-ttft200-itl50-n100-spread"),
    (1000, 2000, "sim-ttft500-itl20-n200-spread"),
)


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """One client, once."""

    client: str
    streams: int
    requests: int
    model: str
    repetition: int
    cpu_s: float
    wall_s: float
    reads: int
    """Fewer than chunks when several came at once: that is cheaper, and later."""
    chunks: int

    @property
    def per_million(self) -> float:
        """CPU seconds per million chunks."""
        return self.cpu_s / self.chunks * 1e6


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """One session."""

    machine: Machine
    runs: list[Recorded]


def recording(*, repetitions: int, pause: Path | None) -> Recording:
    """Both clients in turn, and kept."""
    result = Recording(machine=machine(), runs=[])
    clients = {"C": [str(build("client"))], "hayai": [sys.executable, "-m", "benchmarks.peers.record_only"]}
    for repetition in range(repetitions):
        for streams, requests, model in LOADS:
            for name, command in clients.items():
                wait_while(pause)
                with tempfile.TemporaryDirectory(prefix="hayai-bench-") as folder:
                    log = Path(folder) / "truth.jsonl"
                    with serve(log, core=SERVER_CORE) as server:
                        words = [*command, str(server.port), model, str(streams), str(requests)]
                        done = subprocess.run(
                            pinned(words, CLIENT_CORE), capture_output=True, text=True, check=True, timeout=TIMEOUT_S
                        )
                    chunks = sum(one.sent_ns.size for one in read_log(log))
                said = json.loads(done.stdout)
                made = Recorded(
                    client=name,
                    streams=streams,
                    requests=requests,
                    model=model,
                    repetition=repetition,
                    cpu_s=said["cpu_s"],
                    wall_s=said["wall_s"],
                    reads=said["reads"],
                    chunks=chunks,
                )
                result.runs.append(made)
                keep("recording", result)
                print(
                    f"recording: {name} {streams} {model}: {made.per_million:.2f} s/1M, {made.reads} reads of {chunks}",
                    flush=True,
                )
    return result
