"""How late do paced requests leave, and what does the kernel's timer gain over asyncio's?

Two things, in one run. The alarm alone, in the agent's loop with nothing else to do: set 5 ms ahead again and again. And `hayai compare
--rate` against the local Bedrock, everything a real run does included: lateness is sent − due of every record. The same run is made
with asyncio's own timer in the place of the kernel's, which is what hayai uses where there is no timerfd.

    .venv/bin/python -m benchmarks.pacing [--seconds 6] [--runs 3]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import msgspec

from hayai.alarm import Alarm, KernelAlarm, LoopAlarm
from hayai.clock import local_text, now_ns, wall_ns
from hayai.decide.stats.quantile import quantile
from hayai.keep.run_directory import RunDirectory
from hayai.measure.net.readiness import new_loop
from hayai.sim.process import Running, serve_in_process

RATES = (20, 200, 1000)
TIMEOUT_S = 120
ALONE = 400
AHEAD_NS = 5_000_000
ANSWER_S = 0.05
"""More than an answer takes: so many requests are in flight at a rate."""
PROFILE = Path(__file__).with_suffix(".toml")
RESULT = Path(__file__).parent / "results" / "pacing.md"
TIMERS: dict[str, type[Alarm]] = {"timerfd": KernelAlarm, "asyncio": LoopAlarm}
INSTEAD = "import hayai.alarm\nhayai.alarm.make_alarm = hayai.alarm.LoopAlarm\n"
"""What Python reads at its start (`sitecustomize`) in the runs with asyncio's timer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paced:
    """One run: how late its requests were, in µs, and how far apart."""

    rate: int
    timer: str
    late_us: list[float]
    least_gap_us: float
    reached_per_s: float
    """While nothing but the pace held requests back: the middle gap, as a rate."""


def main() -> None:
    """Runs the benchmark and prints, and keeps, its tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    rung = {name: alone(make) for name, make in TIMERS.items()}
    with serve_in_process(PROFILE) as sim:
        os.sched_setaffinity(sim.pid, {0})  # hayai's two processes go where there is room.
        paced = [
            measure(sim, rate, timer, options.seconds)
            for rate in RATES
            for timer in TIMERS
            for _ in range(options.runs)
        ]
    text = report(rung, paced, options, load)
    print(text)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(text, encoding="utf-8")


def alone(make: Callable[[asyncio.AbstractEventLoop, Callable[[], None]], Alarm]) -> list[float]:
    """How late an alarm rings in a loop that has nothing else to do, in µs."""

    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        late_us: list[float] = []
        done = loop.create_future()
        at_ns = 0

        def ring() -> None:
            nonlocal at_ns
            now = now_ns()
            if at_ns:
                late_us.append((now - at_ns) / 1e3)
            if len(late_us) == ALONE:
                done.set_result(None)
                return
            at_ns = now_ns() + AHEAD_NS
            alarm.set(at_ns)

        alarm = make(loop, ring)
        ring()
        await done
        alarm.close()
        return late_us

    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(main())


def measure(sim: Running, rate: int, timer: str, seconds: int) -> Paced:
    """One run of `hayai compare`: two cycles that take so many seconds together."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        prompts = rate * seconds // 2
        suite = place / "suite.jsonl"
        suite.write_bytes(
            b"".join(msgspec.json.encode({"id": f"p{n}", "text": f"No. {n}"}) + b"\n" for n in range(prompts))
        )
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        if timer == "asyncio":
            (place / "sitecustomize.py").write_text(INSTEAD)
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, (folder, environment.get("PYTHONPATH"))))
        command = [
            sys.executable, "-m", "hayai", "compare", "bedrock:us.amazon.nova-pro-v1:0", "--endpoint", sim.url, "--region", "us-east-1",
            "--suite", str(suite), "--runs", str(place / "runs"), "--rate", f"{rate}/s", "--cycles", "2",
            "--concurrency", str(2 + int(rate * ANSWER_S)), "--max-requests", str(2 * prompts + 1), "--seed", "1", "--json",
        ]  # fmt: skip
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=TIMEOUT_S)
        (run,) = (place / "runs").glob("2*")
        records = [record for record in RunDirectory(run).read().records if record.phase == "measure"]
    assert all(record.outcome == "ok" for record in records)
    sent = sorted((record.sent_at_ns or 0, record.due_at_ns or 0) for record in records)
    gaps_us = [(later - earlier) / 1e3 for (earlier, _), (later, _) in pairwise(sent)]
    return Paced(
        rate=rate,
        timer=timer,
        late_us=[(sent_ns - due_ns) / 1e3 for sent_ns, due_ns in sent],
        least_gap_us=min(gaps_us),
        reached_per_s=1e6 / statistics.median(gaps_us),
    )


def report(rung: dict[str, list[float]], paced: Sequence[Paced], options: argparse.Namespace, load: float) -> str:
    """The tables, with the command, the machine and the load it had."""
    lines = [
        "# Pacing",
        "",
        f"`.venv/bin/python -m benchmarks.pacing --seconds {options.seconds} --runs {options.runs}`",
        "",
        (
            f"{local_text(wall_ns())}, Python {platform.python_version()}, {platform.system()} {platform.release()}, "
            f"{os.cpu_count()} cores, load {load:.1f} before it began, "
            f"{os.getloadavg()[0]:.1f} at its end. Simulator on core 0, hayai where it likes. µs: p50 / p99 / max."
        ),
        "",
        f"The alarm alone, set 5 ms ahead {ALONE} times, in the agent's loop: how late it rang.",
        "",
        "| timer | late |",
        "|---|---|",
        *(f"| {name} | {_three(late_us)} |" for name, late_us in rung.items()),
        "",
        (
            "Requests of `hayai compare --rate`: sent − due. Early: how many left before they were due. Least gap: between two neighbours, "
            "in parts of the interval; below 1 the rate would have been passed. Reached: the rate of the middle gap. One line a run."
        ),
        "",
        "| rate | timer | requests | late | early | least gap | reached |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {p.rate}/s | {p.timer} | {len(p.late_us)} | {_three(p.late_us)} | {sum(late < 0 for late in p.late_us)} "
        f"| {p.least_gap_us * p.rate / 1e6:.3f} | {p.reached_per_s / p.rate:.1%} |"
        for p in paced
    ]
    return "\n".join(lines) + "\n"


def _three(values: list[float]) -> str:
    p50, p99 = quantile(values, 0.5), quantile(values, 0.99)
    return f"{p50:.0f} / {p99:.0f} / {max(values):.0f}"


if __name__ == "__main__":
    main()
