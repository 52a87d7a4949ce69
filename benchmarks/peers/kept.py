"""What has been measured and kept? The results in `benchmarks/results/peers/`, and the figures that the page derives from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from benchmarks.peers.bedrock import Bedrock
from benchmarks.peers.captured import Captured
from benchmarks.peers.exactness import Exactness, Outcome
from benchmarks.peers.race import Race
from benchmarks.peers.recording import Recording
from benchmarks.peers.running import Run
from benchmarks.peers.tables import median
from benchmarks.peers.work import CELLS, FEW

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything there is; None for what has not been measured."""

    race: Race | None
    ramp: Exactness | None
    stall: Exactness | None
    capture: Captured | None
    recording: Recording | None
    boto3: Bedrock | None


def read(folder: Path) -> Results:
    """From the files of a folder."""
    return Results(
        race=_read(folder / "race.json", Race),
        ramp=_read(folder / "ramp.json", Exactness),
        stall=_read(folder / "stall.json", Exactness),
        capture=_read(folder / "capture.json", Captured),
        recording=_read(folder / "recording.json", Recording),
        boto3=_read(folder / "boto3.json", Bedrock),
    )


def _read(path: Path, kind: type[Kept]) -> Kept | None:
    return msgspec.json.decode(path.read_bytes(), type=kind) if path.exists() else None


def runs(race: Race, tool: str, streams: int) -> list[Run]:
    """Those that have figures."""
    return [run for run in race.runs if run.tool == tool and run.streams == streams and run.failed is None]


def cpu_per_request_ms(run: Run) -> float | None:
    """Start-up, teardown and reports included."""
    return run.cost.cpu_s / run.true.requests * 1e3 if run.cost and run.true else None


def cpu_per_million_s(run: Run) -> float | None:
    """CPU seconds per million chunks, everything included."""
    return run.cost.cpu_s / (run.true.requests * CELLS[run.streams].chunks) * 1e6 if run.cost and run.true else None


def cpu_without_startup_ms(race: Race, tool: str, streams: int) -> float | None:
    """Median CPU of the cell minus median CPU of the smallest cell, by the requests between them. None where that says nothing."""
    if streams == FEW.streams:
        return None
    many, few = runs(race, tool, streams), runs(race, tool, FEW.streams)
    cpu, base = (
        median([run.cost.cpu_s for run in many if run.cost]),
        median([run.cost.cpu_s for run in few if run.cost]),
    )
    count, less = (
        median([run.true.requests for run in many if run.true]),
        median([run.true.requests for run in few if run.true]),
    )
    if cpu is None or base is None or count is None or less is None or count <= less:
        return None
    return (cpu - base) / (count - less) * 1e3


def good(outcomes: Exactness | None, *, name: str | None = None, tls: bool | None = None) -> list[Outcome]:
    """Those that have figures, of one case or of one transport."""
    found = outcomes.outcomes if outcomes else []
    return [
        one
        for one in found
        if one.failed is None and (name is None or one.name == name) and (tls is None or one.tls == tls)
    ]
