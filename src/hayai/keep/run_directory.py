"""Where does a run live, and what is in its directory?

    manifest.json          the plan, endpoints, environment and versions; written before the first request
    suite.json             the prompts, apart, so that a copy for others can leave them out
    records-<agent>.jsonl  the truth: one line per finished request        texts-<agent>.jsonl   what the models said
    events.jsonl           phases, clock anchors, interruptions            regions.jsonl         what is learned later
    DONE                   counts and hashes, when a session has ended     derived/              may be deleted

Each session of a run (the first, and every resume) is an agent of its own, `a1`, `a2`, …, and writes its own
segments: what an earlier one left behind is never touched. The directory is the database: a run can be read by
anybody who has it, at any time, also while it grows.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hayai.ask.plan import ModePrice, Plan, Prompt, Suite
from hayai.errors import JournalError
from hayai.keep.journal import Lines, cannot_read, cannot_write, each_line, read_lines, torn_tail
from hayai.keep.records import AnswerText, RequestRecord, SaidText
from hayai.keep.selfcheck import SelfCheck

SCHEMA_VERSION = 1
"""Version of everything in a run directory. Raised with every change that an old reader would misread."""

T = TypeVar("T")

_NAME_SAFE = re.compile(r"[^A-Za-z0-9.-]+")


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where a target's requests go and who signs them. Never a secret."""

    target: str
    url: str
    region: str | None = None
    credentials_source: str | None = None
    proxy: str | None = None
    """Host and port of the proxy on the way, without its login; None: reached directly."""


class PromptHash(msgspec.Struct, frozen=True, kw_only=True):
    """Which prompt was meant, without its words: SHA-256 over its JSON."""

    id: str
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is. `plan.suite.prompts` is empty in here: the words lie in suite.json."""

    schema_version: int
    run: str
    hayai_version: str
    created_utc: str
    argv: tuple[str, ...]
    """The command line, secrets left out."""
    plan: Plan
    prompts: tuple[PromptHash, ...]
    endpoints: tuple[Endpoint, ...]
    environment: dict[str, Any]
    selfcheck: SelfCheck | None = None
    """How exact this machine was found to be before; None: not checked, or for another machine or version."""
    prices: tuple[ModePrice, ...] = ()
    """What each target was charged when the run began, as far as it was known."""


class _Version(msgspec.Struct):
    schema_version: int


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to the run as a whole. `at_ns` monotonic, `wall_ns` since 1970."""

    kind: str
    agent: str
    at_ns: int
    wall_ns: int
    details: dict[str, Any] = {}


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """How one session's agent fared while it measured: the details of an event `watched`."""

    span_ns: int
    """Time watched, from the opened connections to the end."""
    cpu_ns: int
    """CPU time of the agent in that time, of all its threads."""
    wakes: int
    """How often it woke up only to see how late it was."""
    late_wakes: int
    """How often that was 5 ms late or more."""
    worst_wake_ns: int | None
    collections: int
    """Runs of the garbage collector: those between two cycles are its own; it is off otherwise."""
    paced_sends: int | None = None
    """Requests that left at their slots; None, as what follows, where the run has no rate."""
    late_sends: int | None = None
    """How many of them left 5 ms after they were due, or later."""
    worst_send_ns: int | None = None
    """The most by which one of them was late; None also where none has left."""
    sends_late_ns: int | None = None
    """By how much all of them were late together: the time by which the pace fell behind the rate."""


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """Which region served a request, as learned after the run."""

    request_id: str
    region: str
    source: str


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """Seal of the session that ended last: how many records lie in the run, and the hash of every segment."""

    records: int
    sha256: dict[str, str]


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """A run, read back. `damaged` counts lines that could not be read (torn by a kill or a full disk)."""

    manifest: Manifest
    plan: Plan
    records: tuple[RequestRecord, ...]
    regions: dict[str, str]
    events: tuple[Event, ...]
    damaged: int
    done: bool


def prompt_hash(prompt: Prompt) -> str:
    """SHA-256 of the prompt's canonical JSON, in hex. Expectations are left out: they are never sent, and may be mended later."""
    asked = prompt if prompt.expect is None else msgspec.structs.replace(prompt, expect=None)
    return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()


def run_name(stamp: str, targets: Iterable[str], suffix: str) -> str:
    """`2026-11-22T2136_optimized-vs-standard_k3f9`: when, what, and four characters that make it unique."""
    what = "-vs-".join(_NAME_SAFE.sub("-", target).strip("-.") or "target" for target in targets)
    return f"{stamp}_{what[:60].rstrip('-.')}_{suffix}"


class RunDirectory:
    """A run's directory: made once, then read, or appended to by one session at a time."""

    __slots__ = ("_lock", "path")

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    @classmethod
    def create(cls, root: Path, manifest: Manifest, suite: Suite) -> RunDirectory:
        """Makes `root/<run>` with manifest and suite. JournalError when the disk or the rights do not allow it."""
        path = root / manifest.run
        try:
            root.mkdir(parents=True, exist_ok=True)
            ignore = root / ".gitignore"
            if not ignore.exists():
                ignore.write_text("# Prompts and answers may be private.\n*\n", encoding="utf-8")
            path.mkdir(mode=0o700)
            write_whole(path / "suite.json", msgspec.json.format(msgspec.json.encode(suite), indent=1))
            write_whole(path / "manifest.json", msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        except OSError as error:
            raise cannot_write(path, error) from error
        return cls(path)

    def lock(self) -> None:
        """Makes this process the one session that appends. JournalError when another one is measuring, or when nothing can be written."""
        path = self.path / "LOCK"
        while self._lock is None:
            try:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise cannot_write(path, error) from error
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                os.close(descriptor)
                if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                    raise JournalError("journal.busy", path=str(self.path)) from error
                return  # A file system without locks: nothing to hold on to.
            if _is_at(path, descriptor):
                self._lock = descriptor
            else:
                os.close(descriptor)  # A session that ended just now took the file away between our two steps.

    def unlock(self) -> None:
        """Lets the next session in."""
        if self._lock is not None:
            with contextlib.suppress(OSError):
                (self.path / "LOCK").unlink()
            os.close(self._lock)
            self._lock = None

    def next_agent(self) -> str:
        """`a1` for the first session, then one more for each."""
        numbers = [
            int(p.stem.removeprefix("records-a")) for p in self.path.glob("records-a*.jsonl") if p.stem[9:].isdigit()
        ]
        return f"a{max(numbers, default=0) + 1}"

    @property
    def derived(self) -> Path:
        """Folder for everything that can be made again."""
        return self.path / "derived"

    def manifest(self) -> Manifest:
        """The manifest. JournalError when it is missing, damaged, or of a newer version."""
        data = self._read("manifest.json")
        try:
            version = msgspec.json.decode(data, type=_Version).schema_version
            if version > SCHEMA_VERSION:
                raise JournalError("journal.newer_version", path=str(self.path), version=version, known=SCHEMA_VERSION)
            return msgspec.json.decode(data, type=Manifest)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise JournalError("journal.damaged", path=str(self.path / "manifest.json"), reason=str(error)) from error

    def plan(self) -> Plan:
        """The plan with its prompts. JournalError when suite.json is not the one the manifest names."""
        manifest = self.manifest()
        try:
            suite = msgspec.json.decode(self._read("suite.json"), type=Suite)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise JournalError("journal.damaged", path=str(self.path / "suite.json"), reason=str(error)) from error
        if tuple(PromptHash(id=p.id, sha256=prompt_hash(p)) for p in suite.prompts) != manifest.prompts:
            raise JournalError("journal.other_suite", path=str(self.path / "suite.json"))
        return msgspec.structs.replace(manifest.plan, suite=suite)

    def segments(self, kind: str) -> list[Path]:
        """The files `records-*.jsonl` or `texts-*.jsonl`, oldest session first."""
        return sorted(self.path.glob(f"{kind}-*.jsonl"), key=lambda p: (len(p.name), p.name))

    def read(self, keep: Callable[[RequestRecord], RequestRecord] | None = None) -> Contents:
        """Everything about the run except the answers.

        `keep` is called with each record, in order, and returns what is kept of it: a large run need not have all its pieces in memory.
        """
        plan = self.plan()
        records = [self._lines(path, RequestRecord, keep) for path in self.segments("records")]
        regions = self._lines(self.path / "regions.jsonl", Region)
        events = self._lines(self.path / "events.jsonl", Event)
        return Contents(
            manifest=self.manifest(),
            plan=plan,
            records=tuple(record for found in records for record in found.entries),
            regions={region.request_id: region.region for region in regions.entries},
            events=tuple(events.entries),
            damaged=sum(found.damaged for found in records) + regions.damaged + events.damaged,
            done=(self.path / "DONE").exists(),
        )

    def answers(self) -> dict[str, AnswerText]:
        """What was said, by record id; empty for a run that kept no texts."""
        return {answer.id: answer for path in self.segments("texts") for answer in read_lines(path, AnswerText).entries}

    def each_answer(self) -> Iterator[SaidText]:
        """What was said, one answer in memory at a time; nothing for a run that kept no texts."""
        for path in self.segments("texts"):
            yield from each_line(path, SaidText)

    def seal(self, records: int) -> None:
        """Writes DONE: the session ended, this is what it left. JournalError when the disk does not take it."""
        try:
            hashes = {path.name: _sha256(path) for kind in ("records", "texts") for path in self.segments(kind)}
            write_whole(self.path / "DONE", msgspec.json.encode(Done(records=records, sha256=hashes)) + b"\n")
        except OSError as error:
            raise cannot_write(self.path / "DONE", error) from error

    def unseal(self) -> None:
        """A session begins to append: the seal no longer holds. JournalError when it cannot be taken off."""
        try:
            (self.path / "DONE").unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(self.path / "DONE", error) from error

    def _lines(self, path: Path, kind: type[T], keep: Callable[[T], T] | None = None) -> Lines[T]:
        """The lines of a segment; one that was not finished counts as damaged."""
        found = read_lines(path, kind, keep=keep)
        found.damaged += torn_tail(path, found.offset)
        return found

    def _read(self, name: str) -> bytes:
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError as error:
            raise JournalError("journal.not_a_run", path=str(self.path), missing=name) from error
        except OSError as error:
            raise cannot_read(self.path / name, error) from error


def open_run(name: str, root: Path) -> RunDirectory:
    """A run by its path, by its name under `root`, by a part of the name that only one run has, or `last`.

    `last` is the run begun last that measured anything: one that found no service or no access must not hide the run before it. Where none
    measured anything, it is the one begun last.
    """
    with contextlib.suppress(OSError):  # A name that is too long for the file system is the path of nothing.
        if Path(name).is_dir() and name != "last":
            return RunDirectory(Path(name))
    # The manifest is written once, before the first request; the directory itself changes with every report.
    begun = {p.parent: (p.stat().st_mtime_ns, p.parent.name) for p in root.glob("*/manifest.json")}
    if name == "last":
        if not begun:
            raise JournalError("journal.no_runs", path=str(root))
        newest_first = sorted(begun, key=begun.__getitem__, reverse=True)
        return RunDirectory(next(filter(_measured_anything, newest_first), newest_first[0]))
    matches = [path for path in begun if name in path.name]
    exact = [path for path in matches if name == path.name]
    if len(exact or matches) != 1:
        raise JournalError(
            "journal.several_runs" if matches else "journal.no_such_run",
            name=name,
            path=str(root),
            count=len(matches),
        )
    return RunDirectory((exact or matches)[0])


def _measured_anything(run: Path) -> bool:
    """Whether a run holds a record of its sample; the warm-up alone does not count."""
    for segment in run.glob("records-*.jsonl"):
        with segment.open("rb") as lines:
            if any(b'"phase":"measure"' in line for line in lines):
                return True
    return False


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether this open file is still the one at `path`."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, data: bytes) -> None:
    """All of it or nothing: written beside, synced, then renamed. Raises OSError, and leaves nothing beside."""
    beside = path.with_name(path.name + ".part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
