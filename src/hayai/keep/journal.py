"""How is a line kept so that even `kill -9` cannot lose it?

A segment is a file of JSON lines that one process appends to. A line goes out in one unbuffered write: from then on
the kernel owns it, and the death of the process costs nothing (only a power cut needs `sync`, which the agent calls
each second). If a write fails half-way, as on a full disk, the half line is cut off again. A reader drops lines that
do not decode, counts them, and never stops because of them.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from hayai.errors import JournalError

T = TypeVar("T")

_ENCODER = msgspec.json.Encoder()

_LOST = frozenset({errno.EIO, errno.ENOSPC, errno.EDQUOT})
"""Errors of `fsync` that mean that the disk did not take what the kernel had taken. Others mean that this file cannot be synced."""


class Segment:
    """One append-only file of JSON lines, for one writing process."""

    __slots__ = ("_descriptor", "_loss", "_size", "path")

    def __init__(self, path: Path) -> None:
        """Opens `path` for appending, making it if needed. A torn line left by a killed writer is ended first, so ours stays whole."""
        self.path = path
        self._loss: JournalError | None = None
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise cannot_write(path, error) from error
        try:
            self._size = os.fstat(self._descriptor).st_size
            torn = self._size > 0 and os.pread(self._descriptor, 1, self._size - 1) != b"\n"
            if torn:
                self._write(b"\n")
        except OSError as error:
            os.close(self._descriptor)
            raise cannot_write(path, error) from error
        except JournalError:
            os.close(self._descriptor)
            raise

    def append(self, entry: msgspec.Struct) -> None:
        """Writes one entry as one line. Raises JournalError when the disk does not take it; nothing half-written stays."""
        self._raise_loss()
        self._write(_ENCODER.encode(entry) + b"\n")

    def _write(self, line: bytes) -> None:
        try:
            written = os.write(self._descriptor, line)
            while written < len(line):
                written += os.write(self._descriptor, line[written:])
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            raise cannot_write(self.path, error) from error
        self._size += len(line)

    def sync(self) -> None:
        """Asks the disk to have it. Slow, hence called from a thread while measuring; a loss is told by the next append or close."""
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            if error.errno in _LOST:
                self._loss = cannot_write(self.path, error)

    def close(self) -> None:
        """Syncs and closes; closing twice is harmless. Raises JournalError when the disk lost something, closed all the same."""
        if self._descriptor >= 0:
            self.sync()
            os.close(self._descriptor)
            self._descriptor = -1
            self._raise_loss()

    def _raise_loss(self) -> None:
        if self._loss is not None:
            raise self._loss


@dataclass(slots=True)
class Lines(Generic[T]):
    """What a reader found: the entries in order, how many lines were torn or damaged, and where reading ended."""

    entries: list[T] = field(default_factory=list)
    damaged: int = 0
    offset: int = 0


def read_lines(path: Path, kind: type[T], *, offset: int = 0, keep: Callable[[T], T] | None = None) -> Lines[T]:
    """Reads every whole line from `offset` on. A last line without its newline is left for later (`offset` stands before it).

    Only one line is in memory at a time, beside what is kept. `keep` is called with each entry, in order, and returns what is kept of it;
    without it, all is.
    """
    found: Lines[T] = Lines(offset=offset)
    decoder = msgspec.json.Decoder(kind)
    for line in _whole_lines(path, offset):
        found.offset += len(line)
        if line == b"\n":
            continue
        try:
            entry = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found.damaged += 1
        else:
            found.entries.append(entry if keep is None else keep(entry))
    return found


def each_line(path: Path, kind: type[T]) -> Iterator[T]:
    """Every whole line, one in memory at a time; damaged ones are left out. A file that is not there has none."""
    decoder = msgspec.json.Decoder(kind)
    for line in _whole_lines(path, 0):
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            yield decoder.decode(line)


def _whole_lines(path: Path, offset: int) -> Iterator[bytes]:
    """The lines from `offset` on that end, each with its newline. A file that is not there has none."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            yield from itertools.takewhile(lambda line: line.endswith(b"\n"), file)
    except FileNotFoundError:
        return
    except OSError as error:
        raise cannot_read(path, error) from error


def torn_tail(path: Path, offset: int) -> bool:
    """Whether bytes without a newline follow `offset`: the line that a killed writer did not finish."""
    try:
        return path.stat().st_size > offset
    except OSError:
        return False


def cannot_write(path: Path, error: OSError) -> JournalError:
    """The disk, or the rights on it, did not allow it."""
    return JournalError("journal.cannot_write", path=str(path), reason=error.strerror or str(error))


def cannot_read(path: Path, error: OSError) -> JournalError:
    """It is there, but not for us."""
    return JournalError("journal.cannot_read", path=str(path), reason=error.strerror or str(error))
