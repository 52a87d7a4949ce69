"""How long does a user wait before anything happens?

Two waits: `hayai --help` from launch to exit, and `hayai compare` from launch to the instant at which the local
Bedrock has read the first request (the warm-up's), both processes' imports, credentials, the manifest and the opened
connections included. Same machine, same monotonic clock.

    .venv/bin/python benchmarks/startup.py [--runs 15]
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hayai.clock import local_text, now_ns, wall_ns
from hayai.sim.process import serve_in_process
from hayai.sim.truth import read_truth

TIMEOUT_S = 30
RESULT = Path(__file__).parent / "results" / "startup.md"
BOUNDS_MS = {"hayai --help": 150, "compare, command to first request": 700}


def main() -> None:
    """Runs the benchmark and prints, and keeps, its table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    found = {
        "bare python -c pass": [timed([sys.executable, "-c", "pass"]) for _ in range(runs)],
        "hayai --help": [timed([sys.executable, "-m", "hayai", "--help"]) for _ in range(runs)],
        "compare, command to first request": first_requests(runs),
    }
    text = report(found, runs)
    print(text)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(text, encoding="utf-8")


def timed(command: Sequence[str]) -> float:
    """Milliseconds from launch to exit."""
    began = now_ns()
    subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT_S)
    return (now_ns() - began) / 1e6


def first_requests(runs: int) -> list[float]:
    """Milliseconds from the launch of a compare to its first request at the server; once for each run."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        log = place / "truth.jsonl"
        with serve_in_process("steady", options=["--truth-log", str(log), "--speed", "100"]) as sim:
            command = [
                sys.executable, "-m", "hayai", "compare", "bedrock:us.amazon.nova-pro-v1:0", "--vary", "latency=standard,optimized",
                "--endpoint", sim.url, "--region", "us-east-1", "--cycles", "1", "--runs", str(place / "runs"),
            ]  # fmt: skip
            environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
            waits = []
            for _ in range(runs):
                seen = set(read_truth(log)) if log.exists() else set()
                began = now_ns()
                subprocess.run(command, env=environment, check=True, capture_output=True, timeout=TIMEOUT_S)
                new = [truth for name, truth in read_truth(log).items() if name not in seen]
                waits.append((min(truth.received_at_ns for truth in new) - began) / 1e6)
        return waits


def report(found: dict[str, list[float]], runs: int) -> str:
    """The table, with the command, the machine and the spread."""
    lines = [
        "# Start-up",
        "",
        f"`.venv/bin/python benchmarks/startup.py --runs {runs}`",
        "",
        (
            f"{local_text(wall_ns())}, Python {platform.python_version()}, {platform.system()} {platform.release()}, "
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}. Milliseconds."
        ),
        "",
        "| what | median | least | most | bound |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {statistics.median(ms):.0f} | {min(ms):.0f} | {max(ms):.0f} | {BOUNDS_MS.get(name, '')} |"
        for name, ms in found.items()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
