"""How is hayai itself started and read? A whole `hayai compare` of the model with itself, as typed, records journalled and judged.

Two targets, one cycle, no warm-up (the peers get none either). Half of the streams belong to each target and run
`--together`; with one stream, the two take turns, so the smallest cell has six requests where the peers have five.
"""

from __future__ import annotations

import compileall
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

import hayai
from benchmarks.peers.against import errors, figures, records
from benchmarks.peers.tools.contract import Reported
from benchmarks.peers.truth import Served
from benchmarks.peers.work import Cell
from hayai.measure.providers.registry import PROVIDERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Hayai:
    """The tool under test."""

    name: str = "hayai"
    besides: str = (
        "a journal of every request with each chunk's instant, the answers' texts, a verdict with its interval"
    )
    notes: str = (
        "hayai compare of the model with itself; per request is its time per output token, per chunk its chunk gap."
    )

    fine: frozenset[int] = frozenset({0, 4})
    """4: measured to its limits, and the answer still open."""

    def version(self) -> str:
        """Of this tree."""
        return hayai.__version__

    def prepare(self) -> str | None:
        """It is what runs this; compiled to bytecode like everybody else."""
        compileall.compile_dir(str(Path(hayai.__file__).parent), quiet=2)
        return None if "openai" in PROVIDERS else "this version has no OpenAI provider yet"

    def environment(self) -> dict[str, str]:
        """Nothing beyond what everybody has."""
        return {}

    def command(self, cell: Cell, url: str, folder: Path) -> list[str]:
        """Half of the requests for each target."""
        return compare([f"openai:{cell.model},base_url={url}/v1"] * 2, cell, folder)

    def reported(self, cell: Cell, folder: Path) -> Reported:
        """From its records, both targets together."""
        return figures(records(folder / "runs"))

    def own(self, log: Sequence[Served], folder: Path) -> dict[str, float]:
        """Each of its instants against the truth."""
        return errors(records(folder / "runs"), {one.id: one for one in log}).summary()


def compare(targets: Sequence[str], cell: Cell, folder: Path, *options: str) -> list[str]:
    """The command for two targets that share the work of a cell."""
    rounds = -(-cell.requests // 2)
    suite = folder / "suite.jsonl"
    prompt = "the quick brown fox jumps over the lazy dog"
    suite.write_bytes(
        b"".join(msgspec.json.encode({"id": f"p{n}", "text": f"{prompt} {n}"}) + b"\n" for n in range(rounds))
    )
    together = [] if cell.streams == 1 else ["--together"]
    return [
        str(Path(sys.executable).with_name("hayai")), "compare", *targets, "--suite", str(suite), "--cycles", "1", "--warmup", "0",
        "--concurrency", str(max(1, cell.streams // 2)), *together, "--stopping", "limits", "--max-requests", str(2 * rounds),
        "--max-tokens", "400", "--seed", "1", "--runs", str(folder / "runs"), "--json", *options,
    ]  # fmt: skip
