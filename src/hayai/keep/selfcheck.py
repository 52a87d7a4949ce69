"""How exact is hayai on this machine? What `hayai selfcheck` found, where every later run of this user finds it.

One file, `$XDG_STATE_HOME/hayai/selfcheck.json` (`~/.local/state/…` where that is not set). It holds for the machine, the Python and the
hayai that it was made with; each run copies it into its manifest, so that a report tells the error of the instrument that measured.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from hayai.keep.journal import cannot_write

VERSION = 1
"""Raised with every change that an old reader would misread."""
FACTS = ("host", "system", "release", "architecture", "cpus", "python")
"""What must be the same for a check to hold: facts about the machine as a manifest keeps them (`environment`)."""

Transport = Literal["plain", "tls"]
TRANSPORTS: tuple[Transport, ...] = ("plain", "tls")
Limit = Literal["client", "service"]


class ErrorSpread(msgspec.Struct, frozen=True, kw_only=True):
    """How large errors were, in ns, whatever their sign."""

    count: int
    p50_ns: int
    p99_ns: int
    max_ns: int


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What one number of streams over one transport brought."""

    transport: Transport
    streams: int
    answers: int
    """That ended well."""
    failed: int
    pieces: int
    coalesced: int
    """Pieces that carry an interval, because a read held more than one."""
    outside: int
    """Of those, the ones whose true instant lies outside the interval: none, if hayai is right."""
    chunks_per_s: float
    """Pieces that the service sent in its busiest second."""
    clock: str
    """Clocks that stamped: `kernel`, `user`, or both."""
    ttft: ErrorSpread | None
    """Time to first token, recorded minus true."""
    chunk: ErrorSpread | None
    """Arrival of each piece that carries no interval, recorded minus sent."""
    e2e: ErrorSpread | None
    """End to end, from the write to the last piece."""
    lag: ErrorSpread | None
    """Longest time in each answer for which bytes lay in the kernel before this process read them."""
    service_late_p99_ns: int | None
    """How late the local service itself was: sent minus due. The truth is when it sent, so this is no error of ours."""
    cpu_ratio: float | None
    """Share of a core that the measuring process used."""
    tries: int = 1
    """2: the first try was beyond the bound, and this is the second."""
    held: bool = True
    """All answers came, and p99 of every error kept within the bound."""
    limit: Limit | None = None
    """Not held: who was at its end?"""


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How far one transport went within the bound."""

    transport: Transport
    streams: int
    """0: not even the smallest number of streams was held."""
    chunks_per_s: float
    at_least: bool
    """Nothing said that this machine was at its end: the check ended here, or the local service did."""


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """Something that would make this machine more exact, as a key of the catalogues with its values."""

    key: str
    values: dict[str, Any] = {}


class SelfCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A whole check."""

    version: int = VERSION
    hayai_version: str
    created_utc: str
    machine: dict[str, Any]
    """`FACTS`, as they were."""
    bound_ns: int
    """Beyond this error (p99) a number of streams does not count as held."""
    apart: bool
    """Whether the local service had a core of its own."""
    steps: tuple[Step, ...]
    reach: tuple[Reach, ...] = ()
    advice: tuple[Advice, ...] = ()

    def holds_on(self, environment: Mapping[str, Any], hayai_version: str) -> bool:
        """Whether it was made on this machine, with this Python and this hayai."""
        same = all(self.machine.get(fact) == environment.get(fact) for fact in FACTS)
        return same and self.hayai_version == hayai_version


def place_of(environ: Mapping[str, str]) -> Path:
    """Where the check of this user lies. A relative XDG_STATE_HOME is to be ignored (XDG Base Directory Specification)."""
    state = environ.get("XDG_STATE_HOME", "")
    root = Path(state) if state.startswith("/") else Path(environ.get("HOME") or "~").expanduser() / ".local" / "state"
    return root / "hayai" / "selfcheck.json"


def read_selfcheck(path: Path) -> SelfCheck | None:
    """The check at `path`; None when there is none that can be read, or it was written by a newer hayai."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=SelfCheck)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return found if found.version <= VERSION else None


def write_selfcheck(path: Path, check: SelfCheck) -> None:
    """Keeps a check, all of it or nothing. JournalError when it cannot be written."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(check), indent=1) + b"\n")
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise cannot_write(path, error) from error
