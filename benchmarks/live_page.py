"""Does a page that follows the run disturb the measuring? And does the page itself run smoothly?

Pairs of runs of `hayai compare` against the local Bedrock, 100 streams: one with nobody looking, one with the page open in a browser and
ten more readers of its events, in an order that alternates. Simulator on core 0, hayai on core 1; server, browser and readers go wherever
the machine has room, as they would. Error as in `instrument_error.py`: recorded minus true.

    .venv/bin/python -m benchmarks.live_page [--pairs 5] [--requests 600] [--seconds 10]

Smooth: a race of three lanes with 200 pieces a second each, played in the same browser; the times between its frames.
"""

from __future__ import annotations

import argparse
import http.client
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from benchmarks.instrument_error import PROFILE, RESULTS, Errors, errors, prompt_lines
from hayai.cli.live_process import LiveProcess
from hayai.clock import local_text, wall_ns
from hayai.decide.stats.quantile import quantile
from hayai.keep.run_directory import RunDirectory
from hayai.show.html.frame import framed
from hayai.show.html.page import asset
from hayai.show.html.race_data import in_script, player
from hayai.show.locales import texts_in
from hayai.sim.process import serve_in_process
from hayai.sim.truth import read_truth

STREAMS, READERS = 100, 10
LANES, PIECES_PER_S = 3, 200
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TIMEOUT_S = 120
FRAMES = """
(seconds) => new Promise((done) => {
  const race = document.querySelector("hayai-race"), gaps = []; let last = null; const begin = performance.now();
  race.play();
  const tick = (at) => {
    if (last !== null) gaps.push(at - last);
    last = at;
    if (at - begin < 1000 * seconds) requestAnimationFrame(tick); else done(gaps);
  };
  requestAnimationFrame(tick);
})
"""


def main() -> None:
    """Runs both parts, prints and keeps their table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--seconds", type=int, default=10, help="of the race")
    options = parser.parse_args()
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        found: dict[bool, list[Errors]] = {False: [], True: []}
        told: list[int] = []
        for number in range(options.pairs):
            for watched in (False, True) if number % 2 == 0 else (True, False):
                found[watched].append(measure(options.requests, browser if watched else None, told))
        gaps = frames(browser, options.seconds)
        browser.close()
    text = report(found, told, gaps, options)
    print(text)
    (RESULTS / "live_page.md").write_text(text, encoding="utf-8")


def measure(requests: int, browser: Browser | None, told: list[int]) -> Errors:
    """One run. With a browser, it is watched from its first second to its last; `told` gets how many events each reader was told."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        place = Path(folder)
        runs, log, suite = place / "runs", place / "truth.jsonl", place / "suite.jsonl"
        runs.mkdir()
        suite.write_bytes(b"".join(prompt_lines(requests)))
        sim = stack.enter_context(serve_in_process(PROFILE, options=["--truth-log", str(log)]))
        os.sched_setaffinity(sim.pid, {0})
        command = [
            "taskset", "-c", "1", sys.executable, "-m", "hayai", "compare", "bedrock:us.amazon.nova-pro-v1:0",
            "--endpoint", sim.url, "--region", "us-east-1", "--suite", str(suite), "--runs", str(runs),
            "--concurrency", str(STREAMS), "--max-requests", str(requests + 1), "--seed", "1", "--json",
        ]  # fmt: skip
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        live = stack.enter_context(LiveProcess(runs, "en")) if browser is not None else None
        with subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            if browser is not None and live is not None:
                with looking(live.address, runs, browser, told):
                    process.wait(TIMEOUT_S)
            assert process.wait(TIMEOUT_S) in (0, 4)
        (run,) = runs.glob("2*")
        records = [record for record in RunDirectory(run).read().records if record.phase == "measure"]
        return errors(records, read_truth(log), "plain")


@contextmanager
def looking(address: str, runs: Path, browser: Browser, told: list[int]) -> Iterator[None]:
    """The page of the run that begins, open in the browser, and ten readers more."""
    waiting = threading.Event()
    while not (found := list(runs.glob("2*/manifest.json"))):
        waiting.wait(0.02)
    name = found[0].parent.name
    page = browser.new_page()
    page.goto(f"{address}run/{name}/")
    readers = [threading.Thread(target=read, args=(address, name, told), daemon=True) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        yield
    finally:
        page.close()
    for reader in readers:
        reader.join(30)


def read(address: str, name: str, told: list[int]) -> None:
    """Reads the events of a run to its end."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    connection.request("GET", f"{parts.path}run/{name}/events")
    count = 0
    for line in connection.getresponse():
        count += line.startswith(b"event: ")
        if line == b"event: over\n":
            break
    connection.close()
    told.append(count)


def frames(browser: Browser, seconds: int) -> list[float]:
    """Times between frames, in ms, while a race of three lanes with 200 pieces a second plays."""
    count = PIECES_PER_S * (seconds + 2)
    lane: dict[str, Any] = {
        "at": [1000 * number / PIECES_PER_S for number in range(count)],
        "text": [f"word{number} " for number in range(count)],
        "ttft": 0,
        "thinks": None,
        "end": 1000 * count / PIECES_PER_S,
        "tokens": count,
    }
    races = [
        {"prompt": "p", "round": 1, "chosen": True, "lanes": [{**lane, "target": place} for place in range(LANES)]}
    ]
    texts = texts_in("en")
    scripts = {"race.js": asset("race.js")}
    data = in_script({**player([f"[{place}]" for place in range(1, LANES + 1)], texts), "races": races})
    state = {"measuring": True, "state": "", "line": "", "rows": [], "told": [], "cautions": []}
    page = browser.new_page()
    page.set_content(
        framed(
            "live.html",
            texts,
            scripts=scripts,
            title="race",
            run="",
            state=state,
            columns=[],
            data=data,
            address="",
            root="",
        )
    )
    gaps: list[float] = page.evaluate(FRAMES, seconds)
    shown = page.evaluate("document.querySelector('hayai-race').shadowRoot.querySelector('.text').textContent.length")
    assert shown > seconds * PIECES_PER_S * 5, shown
    page.close()
    return gaps


def report(found: dict[bool, list[Errors]], told: Sequence[int], gaps: list[float], options: argparse.Namespace) -> str:
    """The tables, with the command, the machine and the spread."""
    lines = [
        "# The live page",
        "",
        f"`.venv/bin/python -m benchmarks.live_page --pairs {options.pairs} --requests {options.requests} --seconds {options.seconds}`",
        "",
        (
            f"{local_text(wall_ns())}, Python {platform.python_version()}, {platform.system()} {platform.release()}, "
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}. Simulator on core 0, hayai on core 1, {STREAMS} streams."
        ),
        "",
        f"Errors in ms, recorded minus true: p50 / p99 / max. One line a run; watched: the page in a browser and {READERS} readers more.",
        "",
        "| pair | watched | TTFT | end to end | chunk arrival (uncoalesced) | coalesced | outside interval |",
        "|---|---|---|---|---|---|---|",
    ]
    for number in range(options.pairs):
        lines += [
            f"| {number + 1} | {'yes' if watched else 'no'} | {_three(one.ttft)} | {_three(one.end_to_end)} | {_three(one.chunks)} "
            f"| {one.coalesced / one.pieces:.2%} | {one.outside} |"
            for watched, one in ((False, found[False][number]), (True, found[True][number]))
        ]
    lines.append("")
    for name, of in (("TTFT", "ttft"), ("chunk arrival", "chunks")):
        pairs = list(zip(found[False], found[True], strict=True))
        apart = [_at(getattr(b, of), 0.5) - _at(getattr(a, of), 0.5) for a, b in pairs]
        ratio = [_at(getattr(b, of), 0.99) / _at(getattr(a, of), 0.99) for a, b in pairs]
        lines.append(
            f"{name}, watched against not, medians over pairs: "
            f"p50 {statistics.median(apart):+.4f} ms ({min(apart):+.4f} to {max(apart):+.4f}), "
            f"p99 {statistics.median(ratio):.2f} times ({min(ratio):.2f} to {max(ratio):.2f})."
        )
        lines.append("")
    lines += [
        f"Each reader was told {min(told)} to {max(told)} events a run.",
        "",
        (
            f"Smoothness, {LANES} lanes of {PIECES_PER_S} pieces a second for {options.seconds} s, headless, without a graphics card: "
            f"{len(gaps)} frames, {1000 * len(gaps) / sum(gaps):.0f} a second; between two of them {_at(gaps, 0.5):.1f} ms (median), "
            f"{_at(gaps, 0.99):.1f} (p99), {max(gaps):.1f} (longest)."
        ),
    ]
    return "\n".join(lines) + "\n"


def _at(values: list[float], p: float) -> float:
    found = quantile(values, p)
    assert found is not None
    return found


def _three(values: list[float]) -> str:
    return f"{_at(values, 0.5):.3f} / {_at(values, 0.99):.3f} / {max(values):.3f}"


if __name__ == "__main__":
    main()
