"""The race: every tool, every number of streams, several times, in one session.

The order of the tools is drawn anew for each repetition and number of streams, so that a noisy minute does not always
hit the same one. Each run is kept as soon as it has ended.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.peers.machine import Machine, keep, machine, wait_while
from benchmarks.peers.running import Run, measure
from benchmarks.peers.tools.contract import Tool
from benchmarks.peers.work import CELLS


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A tool that was to take part."""

    name: str
    version: str
    besides: str
    notes: str
    absent: str | None = None
    """Why it did not run at all."""


class Race(msgspec.Struct, frozen=True, kw_only=True):
    """One session."""

    machine: Machine
    seed: int
    entries: list[Entry]
    runs: list[Run]


def race(
    tools: Sequence[Tool], streams: Sequence[int], *, repetitions: int, seed: int, pause: Path | None, name: str
) -> Race:
    """Runs them all and keeps the result."""
    where = machine()
    ready: list[Tool] = []
    entries = []
    for tool in tools:
        absent = tool.prepare()
        version = "" if absent else tool.version()
        entries.append(Entry(name=tool.name, version=version, besides=tool.besides, notes=tool.notes, absent=absent))
        if absent is None:
            ready.append(tool)
        else:
            print(f"{tool.name}: {absent}", flush=True)
    drawn = random.Random(seed)
    result = Race(machine=where, seed=seed, entries=entries, runs=[])
    for repetition in range(repetitions):
        for count in streams:
            order = list(ready)
            drawn.shuffle(order)
            for tool in order:
                wait_while(pause)
                made = measure(tool, CELLS[count], repetition)
                result.runs.append(made)
                keep(name, result)
                print(told(made), flush=True)
    return result


def told(made: Run) -> str:
    """One run in a line, for who watches."""
    what = f"{made.tool} x{made.streams} #{made.repetition + 1}"
    if made.failed or made.reported is None or made.true is None or made.cost is None:
        return f"{what}: {made.failed}"
    said, true = made.reported, made.true
    return (
        f"{what}: TTFT {said.ttft_p50:.2f}/{said.ttft_p99:.2f} (true {true.ttft_p50:.2f}/{true.ttft_p99:.2f}) ms, "
        f"CPU {made.cost.cpu_s:.2f} s, start {made.startup_s:.2f} s, load {made.load_s:.2f} s, wall {made.cost.wall_s:.1f} s, "
        f"RSS {made.cost.rss_mb:.0f} MB, {true.requests} requests, machine load {made.load_before:.1f}"
    )
