"""On which machine, when, by which command? Written into every result."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from hayai import __version__
from hayai.clock import local_text, wall_ns

RESULTS = Path(__file__).parent.parent / "results" / "peers"
PAUSE_LOOK_S = 2.0
PAUSE_MAX_S = 600.0


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when."""

    date: str
    cpu: str
    cores: int
    memory_gb: float
    system: str
    python: str
    hayai: str
    command: str


def machine() -> Machine:
    """Facts on where this runs, now."""
    models = [
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return Machine(
        date=local_text(wall_ns()),
        cpu=models[0] if models else platform.machine(),
        cores=os.cpu_count() or 0,
        memory_gb=round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        hayai=f"{__version__} {commit()}".strip(),
        command=" ".join(["python", "-m", "benchmarks.peers", *sys.argv[1:]]),
    )


def commit() -> str:
    """The commit that is measured, and whether the tree differs from it; empty outside of a repository."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip()


def keep(name: str, result: Any) -> Path:
    """Writes one result beside the others."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    return path


def wait_while(pause: Path | None) -> None:
    """Waits while somebody else needs a quiet machine: while that file exists, but not for ever."""
    until = time.monotonic() + PAUSE_MAX_S
    while pause is not None and pause.exists() and time.monotonic() < until:
        time.sleep(PAUSE_LOOK_S)
