"""What does the benchmark need to know of a tool? How to start it for a cell, and how to read what it reported."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from benchmarks.peers.truth import Served
from benchmarks.peers.work import Cell


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """What a tool says it saw, from the files it wrote itself. Milliseconds; None where it says nothing."""

    requests: int | None
    ttft_p50: float | None
    ttft_p99: float | None
    per_request_p50: float | None = None
    """Time per output token of a request, after the first: whatever the tool calls it."""
    per_request_p99: float | None = None
    per_chunk_p50: float | None = None
    """Gap between two chunks."""
    per_chunk_p99: float | None = None


class Tool(Protocol):
    """One tool."""

    @property
    def name(self) -> str:
        """As people call it."""

    @property
    def besides(self) -> str:
        """What else it does in the same run, in a few words: its CPU pays for that too."""

    @property
    def notes(self) -> str:
        """How it had to be set up, and what it calls what."""

    @property
    def fine(self) -> frozenset[int]:
        """Exit codes of a run that went well."""

    def version(self) -> str:
        """As installed."""

    def prepare(self) -> str | None:
        """Makes it ready, outside of any measurement. None when it is, otherwise why not."""

    def command(self, cell: Cell, url: str, folder: Path) -> list[str]:
        """The command for a cell, against the server at `url`; it may write into `folder`, its working directory."""

    def environment(self) -> dict[str, str]:
        """Variables it needs."""

    def reported(self, cell: Cell, folder: Path) -> Reported:
        """What it wrote. LookupError, ValueError or OSError when that cannot be read."""

    def own(self, log: Sequence[Served], folder: Path) -> dict[str, float]:
        """Further figures against the truth, request by request, where its records allow that; otherwise empty."""


def one_file(folder: Path, pattern: str) -> Path:
    """The one file of that name below the folder. LookupError when there is not exactly one."""
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise LookupError(f"{len(found)} files {pattern}")
    return found[0]


def read_json(folder: Path, pattern: str) -> Any:
    """What is in it."""
    return json.loads(one_file(folder, pattern).read_text("utf-8"))
