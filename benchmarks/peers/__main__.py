"""`python -m benchmarks.peers`: measures hayai beside its peers, and then writes the page from what was kept.

python -m benchmarks.peers [--only race,capture,...] [--tools llmeter,hayai] [--streams 1,50,200,1000] [--runs 3] [--seed 1]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.peers.race import race
from benchmarks.peers.tools.peers import PEERS
from benchmarks.peers.work import CELLS


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("--only", default="race", help="parts, with commas between")
    parser.add_argument("--tools", default="", help="names, with commas between; all when empty")
    parser.add_argument("--streams", default=",".join(map(str, CELLS)))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--name", default="race", help="the result's file")
    parser.add_argument("--pause-while", type=Path, help="start nothing new while this file exists")
    options = parser.parse_args()
    wanted = [name for name in options.tools.split(",") if name]
    tools = [tool for tool in PEERS if not wanted or tool.name in wanted]
    streams = [int(word) for word in options.streams.split(",")]
    race(tools, streams, repetitions=options.runs, seed=options.seed, pause=options.pause_while, name=options.name)


main()
