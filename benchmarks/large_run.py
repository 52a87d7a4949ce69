"""How long does a report of a large run take, and how much memory?

A run of 100,000 answers of 50 pieces each is made up in a temporary folder: four targets, 25 prompts, 1,000 cycles.
`hayai report` of it is then started afresh several times: reading, computing and drawing, from launch to exit.

    .venv/bin/python benchmarks/large_run.py [--runs 5] [--cycles 1000] [--format terminal]
    .venv/bin/python benchmarks/large_run.py --cycles 100 --format html        the page of 10,000 answers
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from hayai.ask.plan import Message, Plan, Prompt, Suite, Target, TextPart
from hayai.clock import local_text, now_ns, wall_ns
from hayai.keep.records import ConnectionFacts, Pieces, RequestRecord, Usage
from hayai.keep.run_directory import SCHEMA_VERSION, Event, Manifest, PromptHash, RunDirectory, prompt_hash

RESULTS = Path(__file__).parent / "results"
TIMEOUT_S = 300
BOUND_S, BOUND_MB = 10, 700
TARGETS, PROMPTS, PIECES = 4, 25, 50
PATTERNS = 199
"""Different answers, in turn: a prime number, so that every target and prompt meets all of them."""
WALL_NS = 1_795_000_000_000_000_000


def main() -> None:
    """Runs the benchmark and prints, and keeps, its table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--cycles", type=int, default=1000)
    parser.add_argument("--format", default="terminal")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = made_run(Path(folder), asked.cycles)
        size = sum(path.stat().st_size for path in run.path.iterdir())
        command = [sys.executable, "-m", "hayai", "report", str(run.path), "--format", asked.format]
        found = [measured(command) for _ in range(asked.runs)]
    command_line = f"large_run.py --runs {asked.runs} --cycles {asked.cycles} --format {asked.format}"
    text = report(found, command_line, records=TARGETS * PROMPTS * asked.cycles, size=size)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    name = "large_run.md" if asked.format == "terminal" else f"large_run_{asked.format}.md"
    (RESULTS / name).write_text(text, encoding="utf-8")


def measured(command: Sequence[str]) -> tuple[float, float]:
    """Seconds from launch to exit, and the most memory that was resident, in MB (10^6 bytes)."""
    began = now_ns()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    took_s = (now_ns() - began) / 1e9
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.stderr is not None
    with process.stderr as stderr:
        if process.returncode:
            raise SystemExit(stderr.read().decode())
    return took_s, usage.ru_maxrss * 1024 / 1e6


def made_run(root: Path, cycles: int) -> RunDirectory:
    """A whole run as a session would have left it."""
    targets = tuple(
        Target(name=f"target-{n}", provider="bedrock", model="us.anthropic.claude-3-5-haiku-20241022-v1:0")
        for n in range(TARGETS)
    )
    prompts = tuple(
        Prompt(
            id=f"prompt-{n}", category=f"kind-{n % 5}", messages=(Message(role="user", parts=(TextPart(text="?"),)),)
        )
        for n in range(PROMPTS)
    )
    plan = Plan(targets=targets, suite=Suite(name="large", prompts=prompts, source="benchmark"), seed=7)
    manifest = Manifest(
        schema_version=SCHEMA_VERSION,
        run="2026-11-22T2136_large_k3f9",
        hayai_version="0",
        created_utc="2026-11-22T21:36:05.123Z",
        argv=("hayai", "compare"),
        plan=msgspec.structs.replace(plan, suite=msgspec.structs.replace(plan.suite, prompts=())),
        prompts=tuple(PromptHash(id=prompt.id, sha256=prompt_hash(prompt)) for prompt in prompts),
        endpoints=(),
        environment={},
    )
    run = RunDirectory.create(root, manifest, plan.suite)
    encoder = msgspec.json.Encoder()
    with (run.path / "records-a1.jsonl").open("wb") as file:
        file.writelines(encoder.encode(record) + b"\n" for record in records(plan, manifest.run, cycles))
    ended = Event(kind="ended", agent="a1", at_ns=0, wall_ns=WALL_NS, details={"reason": "cycles"})
    (run.path / "events.jsonl").write_bytes(encoder.encode(ended) + b"\n")
    return run


def records(plan: Plan, run: str, cycles: int) -> Iterator[RequestRecord]:
    """One answer per cycle, prompt and target, one after the other."""
    drawn = random.Random(7)
    patterns = [pieces(drawn) for _ in range(PATTERNS)]
    now, number = 1_000_000_000_000, 0
    for cycle in range(cycles):
        for place, prompt in enumerate(plan.suite.prompts):
            for position, target in enumerate(plan.targets):
                number += 1
                answer = patterns[number % PATTERNS]
                first, last = answer.arrived_ns[0], answer.arrived_ns[-1]
                now += last + drawn.randrange(1_000_000, 9_000_000)
                request_id = f"{drawn.getrandbits(128):032x}"
                yield RequestRecord(
                    id=f"a1-{number}",
                    run=run,
                    machine="m1",
                    phase="measure",
                    cycle=cycle,
                    round=cycle * PROMPTS + place,
                    position=position,
                    target=target.name,
                    prompt=prompt.id,
                    outcome="ok",
                    due_at_ns=now - 24_171,
                    sent_at_ns=now,
                    headers_at_ns=now + first - 1_000_000,
                    first_byte_at_ns=now + first - 1_000_000,
                    first_visible_at_ns=now + first,
                    last_at_ns=now + last,
                    ended_at_ns=now + last + 200_000,
                    sent_wall_ns=WALL_NS + now,
                    clock="kernel",
                    pieces=answer,
                    connection=ConnectionFacts(
                        id=position + 1,
                        use=number,
                        opened_at_ns=999_000_000_000,
                        dns_ns=2_345_678,
                        tcp_ns=1_234_567,
                        tls_ns=3_456_789,
                        tls_version="TLSv1.3",
                        peer="203.0.113.7:443",
                    ),
                    status=200,
                    request_id=request_id,
                    headers={
                        "date": "Tue, 24 Nov 2026 14:00:48 GMT",
                        "content-type": "application/vnd.amazon.eventstream",
                        "x-amzn-requestid": request_id,
                    },
                    usage=Usage(input_tokens=40, output_tokens=140 + number % 23, source="stream"),
                    stop_reason="end_turn",
                    service_ns=last - 2_000_000,
                    text_chars=sum(answer.chars),
                    reasoning_chars=0,
                    request_bytes=270,
                    response_bytes=7_246,
                    reads=PIECES,
                )


def pieces(drawn: random.Random) -> Pieces:
    """An answer that begins after half a second and takes about two more; a few pieces share a read."""
    arrived: list[int] = [drawn.randrange(400_000_000, 600_000_000)]
    for _ in range(PIECES - 1):
        arrived.append(arrived[-1] + drawn.randrange(20_000_000, 60_000_000))
    return Pieces(
        kinds="t" * PIECES,
        arrived_ns=tuple(arrived),
        earliest_ns=tuple(at - 1_000_000 if drawn.random() < 0.02 else None for at in arrived),
        chars=tuple(drawn.randrange(1, 30) for _ in arrived),
        clocks="k" * PIECES,
    )


def report(found: Sequence[tuple[float, float]], command: str, *, records: int, size: int) -> str:
    """The table, with the command, the machine and the spread."""
    rows = (
        ("wall time (s)", [s for s, _ in found], BOUND_S, 1),
        ("peak memory (MB)", [mb for _, mb in found], BOUND_MB, 0),
    )
    lines = [
        "# Report of a large run",
        "",
        f"`.venv/bin/python benchmarks/{command}`",
        "",
        (
            f"`hayai report`, launch to exit, of {records:,} records with {PIECES} pieces each, {TARGETS} targets, {PROMPTS} prompts, "
            f"{size / 1e6:.0f} MB on disk."
        ),
        (
            f"{local_text(wall_ns())}, Python {platform.python_version()}, {platform.system()} {platform.release()}, "
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}. Memory is resident memory at its highest, in 10^6 bytes."
        ),
        "",
        "| what | median | least | most | bound |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {statistics.median(of):.{places}f} | {min(of):.{places}f} | {max(of):.{places}f} | {bound} |"
        for name, of, bound, places in rows
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
