"""A line of the journal is there whole, or it was never written; and a reader takes every whole line, whatever lies around it."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.errors import JournalError
from hayai.keep.journal import Segment, read_lines, torn_tail


class Entry(msgspec.Struct, frozen=True):
    """A line of a journal, small enough to be looked at."""

    number: int
    text: str = ""


ENTRIES = [Entry(1, "one"), Entry(2, "二\n\u2028🦊"), Entry(3, ""), Entry(4, "x" * 300)]


def written(path: Path, *entries: Entry) -> bytes:
    """A segment with these entries, and its bytes."""
    segment = Segment(path)
    for entry in entries:
        segment.append(entry)
    segment.close()
    return path.read_bytes()


@pytest.fixture
def segment(tmp_path: Path) -> Iterator[Segment]:
    """A segment with one entry."""
    opened = Segment(tmp_path / "records-a1.jsonl")
    opened.append(ENTRIES[0])
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A segment with all entries."""
    path = tmp_path_factory.mktemp("journal") / "whole.jsonl"
    written(path, *ENTRIES)
    return path


@given(share=st.floats(0, 1))
def test_every_beginning_of_a_segment_reads_as_its_whole_lines(whole: Path, share: float) -> None:
    """Wherever a kill cut the file, all lines before the cut are read, and the torn one is noticed."""
    data = whole.read_bytes()
    at = round(len(data) * share)
    cut = whole.with_name("cut.jsonl")
    cut.write_bytes(data[:at])
    found = read_lines(cut, Entry)
    lines = data[:at].count(b"\n")
    assert found.entries == ENTRIES[:lines]
    assert found.damaged == 0
    assert found.offset == data[:at].rfind(b"\n") + 1
    assert torn_tail(cut, found.offset) == (not data[:at].endswith(b"\n") and at > 0)


@given(share=st.floats(0, 1))
def test_a_session_that_appends_after_a_torn_line_loses_nothing(whole: Path, share: float) -> None:
    """The torn line is ended first: it counts as damaged, and the new entry is read."""
    data = whole.read_bytes()
    at = round(len(data) * share)
    cut = whole.with_name("continued.jsonl")
    cut.write_bytes(data[:at])
    written(cut, Entry(9))
    found = read_lines(cut, Entry)
    lines = data[:at].count(b"\n")
    # A line that lacked nothing but its end is whole once it has one.
    assert found.entries in ([*ENTRIES[:lines], Entry(9)], [*ENTRIES[: lines + 1], Entry(9)])
    assert found.damaged + len(found.entries) == lines + 1 + (at > 0 and not data[:at].endswith(b"\n"))
    assert not torn_tail(cut, found.offset)


@pytest.mark.parametrize(
    "line", [b"{", b'{"number":"no"}', b"\xff\xfe", b"null", b'{"number":2}{"number":3}', b'{"number":' + b"[" * 5000]
)
def test_a_damaged_line_is_skipped_and_counted(tmp_path: Path, line: bytes) -> None:
    """What lies before and behind a damaged line is read."""
    path = tmp_path / "s.jsonl"
    path.write_bytes(b'{"number":1}\n' + line + b'\n{"number":4}\n')
    found = read_lines(path, Entry)
    assert found.entries == [Entry(1), Entry(4)]
    assert found.damaged == 1


def test_what_is_kept_of_an_entry_is_the_readers_choice(tmp_path: Path) -> None:
    """Every whole entry is shown to it, in order; damaged and torn lines are neither shown nor kept, and counted as ever."""
    path = tmp_path / "s.jsonl"
    path.write_bytes(b'{"number":1,"text":"one"}\n{"number":\n\n{"number":3,"text":"three"}\n{"number":4,"te')
    shown: list[Entry] = []

    def keep(entry: Entry) -> Entry:
        shown.append(entry)
        return Entry(entry.number)

    found, whole = read_lines(path, Entry, keep=keep), read_lines(path, Entry)
    assert shown == whole.entries == [Entry(1, "one"), Entry(3, "three")]
    assert found.entries == [Entry(1), Entry(3)]
    assert (found.damaged, found.offset) == (whole.damaged, whole.offset) == (1, path.read_bytes().rfind(b"\n") + 1)
    assert torn_tail(path, found.offset)


def test_a_tailing_reader_sees_each_line_once(segment: Segment) -> None:
    """Reading on from where reading ended gives what has come since, and never half a line."""
    first = read_lines(segment.path, Entry)
    with segment.path.open("ab") as file:
        file.write(b'{"number":2')
    half = read_lines(segment.path, Entry, offset=first.offset)
    with segment.path.open("ab") as file:
        file.write(b"}\n")
    rest = read_lines(segment.path, Entry, offset=half.offset)
    assert (first.entries, half.entries, rest.entries) == ([ENTRIES[0]], [], [Entry(2)])


def test_a_missing_segment_is_empty(tmp_path: Path) -> None:
    """A session that was killed before its first record left no file, which is no error."""
    assert read_lines(tmp_path / "none.jsonl", Entry).entries == []
    assert not torn_tail(tmp_path / "none.jsonl", 0)


def test_a_line_is_one_write(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the moment the write returns, the kernel owns the whole line."""
    writes: list[bytes] = []
    write = os.write

    def watched(file: int, data: bytes) -> int:
        writes.append(data)
        return write(file, data)

    monkeypatch.setattr(os, "write", watched)
    segment.append(Entry(2, "two"))
    assert writes == [b'{"number":2,"text":"two"}\n']


def test_a_short_write_is_gone_on_with(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that takes a few bytes at a time gets them all."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:3]))
    segment.append(ENTRIES[1])
    assert read_lines(segment.path, Entry).entries == ENTRIES[:2]


def test_a_full_disk_leaves_no_half_line(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    """The half that went out is cut off again, the error says why, and the next entry is whole."""
    write = os.write
    room = [5]

    def full(file: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = write(file, data[: room[0]])
        room[0] -= taken
        return taken

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(JournalError) as raised:
            segment.append(ENTRIES[1])
    assert raised.value.key == "journal.cannot_write"
    assert raised.value.values == {"path": str(segment.path), "reason": os.strerror(errno.ENOSPC)}
    assert segment.path.read_bytes() == b'{"number":1,"text":"one"}\n'
    segment.append(Entry(3))
    assert read_lines(segment.path, Entry).entries == [ENTRIES[0], Entry(3)]


def test_a_real_limit_leaves_no_half_line(tmp_path: Path) -> None:
    """With the kernel's own limit of a file's size, met in the middle of a line, only whole lines stay."""
    path = tmp_path / "s.jsonl"
    program = (
        "import sys, pathlib, msgspec\n"
        "from hayai.errors import JournalError\n"
        "from hayai.keep.journal import Segment\n"
        "class Entry(msgspec.Struct):\n    number: int\n    text: str\n"
        "segment, kept = Segment(pathlib.Path(sys.argv[1])), 0\n"
        "try:\n"
        "    while True:\n        segment.append(Entry(kept, 'y' * 50))\n        kept += 1\n"
        "except JournalError as error:\n    print(kept, error.key)\n"
    )

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    done = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, timeout=60, check=True, preexec_fn=limit
    )
    kept, key = done.stdout.split()
    assert key == "journal.cannot_write"
    assert path.read_bytes().endswith(b"\n")
    found = read_lines(path, Entry)
    assert [entry.number for entry in found.entries] == list(range(int(kept)))
    assert found.damaged == 0
    assert int(kept) > 3


def test_a_disk_that_lost_what_it_took_is_told(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some disks say only at `fsync` that they are full. The next append tells it, and so does closing."""

    def lost(_file: int) -> None:
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", lost)
        segment.sync()
    with pytest.raises(JournalError):
        segment.append(ENTRIES[1])
    with pytest.raises(JournalError):
        segment.close()
    segment.close()


def test_a_file_that_cannot_be_synced_is_good_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems know no `fsync`; nothing is lost by it unless the power fails."""

    def unknown(_file: int) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", unknown)
    written(tmp_path / "s.jsonl", *ENTRIES)
    assert read_lines(tmp_path / "s.jsonl", Entry).entries == ENTRIES


def test_an_unwritable_place_is_told(tmp_path: Path) -> None:
    """A folder that is missing, and a path that is a folder."""
    for path in (tmp_path / "nowhere" / "s.jsonl", tmp_path):
        with pytest.raises(JournalError) as raised:
            Segment(path)
        assert raised.value.key == "journal.cannot_write"
        assert raised.value.values["path"] == str(path)


def test_an_unreadable_segment_is_told(tmp_path: Path) -> None:
    """What cannot be read is an error, not an empty run."""
    with pytest.raises(JournalError) as raised:
        read_lines(tmp_path, Entry)
    assert raised.value.key == "journal.cannot_read"


def test_only_the_owner_may_read_a_segment(segment: Segment) -> None:
    """Answers may be private."""
    assert segment.path.stat().st_mode & 0o077 == 0
