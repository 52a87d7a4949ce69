"""What does a Bedrock stream cost with boto3 in threads, and with hayai? Against the local Bedrock, 200 chunks a stream.

CPU of all processes for many streams minus CPU for few, divided by the difference: start-up, imports and the first client
are the same in both and drop out. What stays on hayai's side includes journal, texts and the verdict.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.peers.accounting import run
from benchmarks.peers.against import records
from benchmarks.peers.machine import Machine, keep, machine, wait_while
from benchmarks.peers.tools.hayai import compare
from benchmarks.peers.work import CLIENT_CORE, SERVER_CORE, Cell

MODEL = "us.anthropic.claude-3-5-haiku-20241022-v1:0"
PROFILE = """
about = "200 tokens, one a chunk: first after 100 ms, then one each 10 ms. No noise."
seed = 1

[[models]]
id = "*"

[models.arms.standard]
ttft_ms = 100
itl_ms = 10
tokens = 200
"""
STREAMS, FEW, MANY = 40, 40, 240
TIMEOUT_S = 120.0
CALLS = {"converse": "converse-stream", "invoke": "invoke-stream"}
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "benchmark", "AWS_EC2_METADATA_DISABLED": "true"}


class Streamed(msgspec.Struct, frozen=True, kw_only=True):
    """One client, one call, once."""

    client: str
    call: str
    repetition: int
    few_cpu_s: float
    many_cpu_s: float
    chunks: int
    """Of the many."""
    failed: str | None = None

    @property
    def per_stream_ms(self) -> float:
        """CPU of one stream of 200 chunks."""
        return (self.many_cpu_s - self.few_cpu_s) / (MANY - FEW) * 1e3


class Bedrock(msgspec.Struct, frozen=True, kw_only=True):
    """One session."""

    machine: Machine
    runs: list[Streamed]


def bedrock(*, repetitions: int, pause: Path | None) -> Bedrock:
    """Both clients and both calls in turn, and kept."""
    result = Bedrock(machine=machine(), runs=[])
    for repetition in range(repetitions):
        for call in CALLS:
            for client in ("boto3", "hayai"):
                wait_while(pause)
                made = measure(client, call, repetition)
                result.runs.append(made)
                keep("boto3", result)
                print(
                    f"boto3: {client} {call}: {made.failed or f'{made.per_stream_ms:.2f} ms CPU a stream'}", flush=True
                )
    return result


def measure(client: str, call: str, repetition: int) -> Streamed:
    """Few, then many."""
    from hayai.sim.process import serve_in_process

    cpu, chunks = [], 0
    for requests in (FEW, MANY):
        with tempfile.TemporaryDirectory(prefix="hayai-bench-") as name:
            folder = Path(name)
            profile = folder / "profile.toml"
            profile.write_text(PROFILE)
            with serve_in_process(profile) as sim:
                os.sched_setaffinity(sim.pid, {SERVER_CORE})
                cost = run(
                    command(client, call, sim.url, requests, folder),
                    core=CLIENT_CORE,
                    folder=folder,
                    environment=KEYS,
                    timeout_s=TIMEOUT_S,
                )
            cpu.append(cost.cpu_s)
            try:
                chunks = counted(client, folder)
            except (LookupError, OSError, ValueError) as error:
                why = f"{error}; {cost.said[-300:]}"
                return Streamed(
                    client=client, call=call, repetition=repetition, few_cpu_s=0, many_cpu_s=0, chunks=0, failed=why
                )
    return Streamed(client=client, call=call, repetition=repetition, few_cpu_s=cpu[0], many_cpu_s=cpu[1], chunks=chunks)


def command(client: str, call: str, url: str, requests: int, folder: Path) -> Sequence[str]:
    """As many streams at once for both."""
    if client == "boto3":
        return [
            sys.executable,
            str(Path(__file__).with_name("boto3_threads.py")),
            url,
            call,
            MODEL,
            str(STREAMS),
            str(requests),
        ]
    cell = Cell(streams=STREAMS, requests=requests, ttft_ms=0, itl_ms=0)
    options = ["--endpoint", url, "--region", "us-east-1"]
    return compare([f"bedrock:{MODEL},api={CALLS[call]}"] * 2, cell, folder, *options)


def counted(client: str, folder: Path) -> int:
    """How many chunks it saw."""
    if client == "boto3":
        return int(json.loads((folder / "said.txt").read_text().splitlines()[-1])["chunks"])
    return sum(len(record.pieces.kinds) for record in records(folder / "runs"))
