"""How far is what hayai records from what really happened?

The local Bedrock runs on one core and writes down when it really sent each frame; `hayai compare` runs on the other
and measures it, everything a real run does included (records and answers journalled, parent watching). Both read the
same monotonic clock, so the difference is the error. It contains the floor of a send() and of loopback itself, a few
microseconds.

What this cannot show: both sides take their receive instants from the same kernel stamps, read by the same module
(`kernel_clock.py`), so a mistake they share would cancel out in TTFT; and loopback is no network card.

    .venv/bin/python benchmarks/instrument_error.py [--streams 100] [--requests 600] [--runs 3] [--burst]

TTFT error: recorded (first piece − sent) minus true (first piece sent − request received). Chunk error: recorded
arrival minus true send instant, pieces whose read held nothing else; coalesced ones are counted, and their interval
checked.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from hayai.ask.suites.read import read_suite
from hayai.clock import local_text, wall_ns
from hayai.decide.selfcheck import TrueAnswer, errors_of
from hayai.decide.stats.quantile import quantile
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import RunDirectory
from hayai.sim.process import serve_in_process
from hayai.sim.truth import Truth, read_truth

TIMEOUT_S = 120
PROFILE = Path(__file__).with_suffix(".toml")
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """Errors of one run in ms, and how many pieces were coalesced."""

    transport: str
    clock: str
    requests: int
    ttft: list[float]
    end_to_end: list[float]
    chunks: list[float]
    coalesced: int
    pieces: int
    outside: int
    """Coalesced pieces whose true instant lies outside the interval they carry."""


def main() -> None:
    """Runs the benchmark and prints, and keeps, its table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--streams", type=int, default=100)
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--burst", action="store_true", help="no noise, and every cycle begins with all streams at once"
    )
    options = parser.parse_args()
    found = [measure(options, tls=tls) for tls in (False, True) for _ in range(options.runs)]
    text = report(found, options)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    name = "instrument_error_burst.md" if options.burst else "instrument_error.md"
    (RESULTS / name).write_text(text, encoding="utf-8")


def measure(options: argparse.Namespace, *, tls: bool) -> Errors:
    """One run of `hayai compare` against the simulator, each on a core of its own."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        suite = place / "suite.jsonl"
        suite.write_bytes(b"".join(prompt_lines(options.streams if options.burst else options.requests)))
        log = place / "truth.jsonl"
        words = ["--truth-log", str(log), *(["--tls"] if tls else [])]
        with serve_in_process("steady" if options.burst else PROFILE, options=words) as sim:
            os.sched_setaffinity(sim.pid, {0})
            environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
            if sim.authority is not None:
                environment["AWS_CA_BUNDLE"] = str(sim.authority)
                environment |= {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "benchmark"}
            command = [
                sys.executable, "-m", "hayai", "compare", "bedrock:us.amazon.nova-pro-v1:0",
                "--endpoint", sim.url, "--region", "us-east-1", "--suite", str(suite), "--runs", str(place / "runs"),
                "--concurrency", str(options.streams), "--max-requests", str(options.requests + 1), "--seed", "1", "--json",
            ]  # fmt: skip
            subprocess.run(
                command,
                env=environment,
                check=True,
                capture_output=True,
                timeout=TIMEOUT_S,
                preexec_fn=_on_the_other_core,
            )
        (run,) = (place / "runs").glob("2*")
        records = [r for r in RunDirectory(run).read().records if r.phase == "measure"]
        return errors(records, read_truth(log), "TLS" if tls else "plain")


def prompt_lines(count: int) -> Iterator[bytes]:
    """One cycle of as many prompts as there are requests: a barrier between cycles would let all streams start at the same instant."""
    topics = read_suite("published-en").prompts
    for number in range(count):
        text = f"{topics[number % len(topics)].text} (No. {number})"
        yield msgspec.json.encode({"id": f"p{number}", "text": text}) + b"\n"


def command_words(options: argparse.Namespace) -> str:
    """The options as they are typed."""
    words = [f"--{name} {value}" for name, value in vars(options).items() if name != "burst"]
    return " ".join([*words, *(["--burst"] if options.burst else [])])


def _on_the_other_core() -> None:
    os.sched_setaffinity(0, {1})


def errors(records: Sequence[RequestRecord], truths: dict[str, Truth], transport: str) -> Errors:
    """Recorded minus true, for every answer; all must have come."""
    found = errors_of(
        records,
        {
            name: TrueAnswer(received_at_ns=truth.received_at_ns, pieces_at_ns=truth.pieces_at_ns())
            for name, truth in truths.items()
        },
    )
    assert found.answers == len(records), [record.failure for record in records if record.failure]
    return Errors(
        transport=transport,
        clock="/".join(sorted({str(record.clock) for record in records})),
        requests=found.answers,
        ttft=[error / 1e6 for error in found.ttft],
        end_to_end=[error / 1e6 for error in found.e2e],
        chunks=[error / 1e6 for error in found.chunk],
        coalesced=found.coalesced,
        pieces=found.pieces,
        outside=found.outside,
    )


def report(found: Sequence[Errors], options: argparse.Namespace) -> str:
    """The table, with the command, the machine and the spread over runs."""
    lines = [
        "# Instrument error",
        "",
        f"`.venv/bin/python benchmarks/instrument_error.py {command_words(options)}`",
        "",
        (
            f"{local_text(wall_ns())}, Python {platform.python_version()}, {platform.system()} {platform.release()}, "
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}. Simulator on core 0, hayai on core 1."
        ),
        "",
        "Errors in ms, recorded minus true: p50 / p99 / max. One line a run.",
        "",
        "| transport | clock | answers | TTFT | end to end | chunk arrival (uncoalesced) | coalesced | outside interval |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {e.transport} | {e.clock} | {e.requests} | {_three(e.ttft)} | {_three(e.end_to_end)} | {_three(e.chunks)} "
        f"| {e.coalesced / e.pieces:.2%} | {e.outside} |"
        for e in found
    ]
    for transport in ("plain", "TLS"):
        own = [e for e in found if e.transport == transport]
        medians = [statistics.median(e.ttft) for e in own]
        p99s = [quantile(e.chunks, 0.99) or 0.0 for e in own]
        lines += [
            "",
            (
                f"{transport}: median over runs of TTFT error p50 {statistics.median(medians):.3f} ms "
                f"({min(medians):.3f} to {max(medians):.3f}), of chunk error p99 {statistics.median(p99s):.3f} ms "
                f"({min(p99s):.3f} to {max(p99s):.3f})."
            ),
        ]
    return "\n".join(lines) + "\n"


def _three(values: list[float]) -> str:
    p50, p99 = quantile(values, 0.5), quantile(values, 0.99)
    return f"{p50:.3f} / {p99:.3f} / {max(values):.3f}"


if __name__ == "__main__":
    main()
