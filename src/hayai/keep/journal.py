"""How is a line kept so that even `kill -9` cannot lose it?

A segment is a file of JSON lines that one process appends to. A line goes out in one unbuffered write: from then on
the kernel owns it, and the death of the process costs nothing (only a power cut needs `sync`, which the agent calls
each second). If a write fails half-way, as on a full disk, the half line is cut off again. A reader drops lines that
do not decode, counts them, and never stops because of them.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from hayai.errors import JournalError

T = TypeVar("T")

_ENCODER = msgspec.json.Encoder()


class Segment:
    """One append-only file of JSON lines, for one writing process."""

    __slots__ = ("_descriptor", "_size", "path")

    def __init__(self, path: Path) -> None:
        """Opens `path` for appending, making it if needed. A torn line left by a killed writer is ended first, so ours stays whole."""
        self.path = path
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._size = os.fstat(self._descriptor).st_size
            if self._size and os.pread(self._descriptor, 1, self._size - 1) != b"\n":
                self._write(b"\n")
        except OSError as error:
            raise JournalError("journal.cannot_write", path=str(path), reason=os.strerror(error.errno or 0)) from error

    def append(self, entry: msgspec.Struct) -> None:
        """Writes one entry as one line. Raises JournalError when the disk does not take it; nothing half-written stays."""
        self._write(_ENCODER.encode(entry) + b"\n")

    def _write(self, line: bytes) -> None:
        try:
            written = os.write(self._descriptor, line)
            while written < len(line):
                written += os.write(self._descriptor, line[written:])
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            raise JournalError(
                "journal.cannot_write", path=str(self.path), reason=os.strerror(error.errno or 0)
            ) from error
        self._size += len(line)

    def sync(self) -> None:
        """Asks the disk to have it. Slow (milliseconds): called from a thread while measuring."""
        with contextlib.suppress(OSError):
            os.fsync(self._descriptor)

    def close(self) -> None:
        """Syncs and closes; closing twice is harmless."""
        if self._descriptor >= 0:
            self.sync()
            os.close(self._descriptor)
            self._descriptor = -1


@dataclass(slots=True)
class Lines(Generic[T]):
    """What a reader found: the entries in order, how many lines were torn or damaged, and where reading ended."""

    entries: list[T] = field(default_factory=list)
    damaged: int = 0
    offset: int = 0


def read_lines(path: Path, kind: type[T], *, offset: int = 0) -> Lines[T]:
    """Reads every whole line from `offset` on. A last line without its newline is left for later (`offset` stands before it)."""
    found: Lines[T] = Lines(offset=offset)
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return found
    except OSError as error:
        raise JournalError("journal.cannot_read", path=str(path), reason=os.strerror(error.errno or 0)) from error
    end = data.rfind(b"\n") + 1
    found.offset = offset + end
    decoder = msgspec.json.Decoder(kind)
    for line in data[:end].split(b"\n"):
        if not line:
            continue
        try:
            found.entries.append(decoder.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError):
            found.damaged += 1
    return found


def torn_tail(path: Path, offset: int) -> bool:
    """Whether bytes without a newline follow `offset`: the line that a killed writer did not finish."""
    try:
        return path.stat().st_size > offset
    except OSError:
        return False
