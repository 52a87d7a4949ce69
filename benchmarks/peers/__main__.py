"""`python -m benchmarks.peers`: measures hayai beside its peers, and then writes the page from what was kept.

python -m benchmarks.peers [--only race,ramp,stall,capture,recording,boto3] [--runs 3] [--seed 1]
                           [--tools llmeter,hayai] [--streams 1,50,200,1000] [--name race] [--pause-while FILE]
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers import exactness, page
from benchmarks.peers.bedrock import bedrock
from benchmarks.peers.captured import captured
from benchmarks.peers.race import race
from benchmarks.peers.recording import recording
from benchmarks.peers.tools.contract import Tool
from benchmarks.peers.tools.hayai import Hayai
from benchmarks.peers.tools.peers import PEERS
from benchmarks.peers.work import CELLS

PARTS = ("race", "ramp", "stall", "capture", "recording", "boto3")
TOOLS: Sequence[Tool] = (Hayai(), *PEERS)


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    parser.add_argument("--runs", type=int, default=3, help="repetitions")
    parser.add_argument("--seed", type=int, default=1, help="of the order of the tools")
    parser.add_argument("--tools", default="", help="who races, with commas between; all when empty")
    parser.add_argument("--streams", default=",".join(map(str, CELLS)), help="of the race")
    parser.add_argument("--name", default="race", help="under which the race is kept")
    parser.add_argument("--pause-while", type=Path, metavar="FILE", help="start nothing new while this file exists")
    options = parser.parse_args()
    parts = options.only.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    wanted = [name for name in options.tools.split(",") if name]
    tools = [tool for tool in TOOLS if not wanted or tool.name in wanted]
    runs, pause = options.runs, options.pause_while
    if "race" in parts:
        streams = [int(word) for word in options.streams.split(",")]
        race(tools, streams, repetitions=runs, seed=options.seed, pause=pause, name=options.name)
    for part, cases in (("ramp", exactness.ramp), ("stall", exactness.stall)):
        if part in parts:
            exactness.measure_all(part, cases(), repetitions=runs, pause=pause)
    if "capture" in parts:
        captured(repetitions=runs, pause=pause)
    if "recording" in parts:
        recording(repetitions=runs, pause=pause)
    if "boto3" in parts:
        bedrock(repetitions=runs, pause=pause)
    page.main()


main()
