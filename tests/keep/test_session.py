"""One session writes its records and answers; what is committed is there, and nothing of it stands where it must not."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from hayai.errors import JournalError
from hayai.keep.records import AnswerText
from hayai.keep.session import Session
from tests.decide.made import a_record
from tests.keep.made import a_run

ANSWER = AnswerText(id="a1-1", text="The fox 🦊", piece_ends=(3, 9))


def test_records_and_answers_are_kept(tmp_path: Path) -> None:
    """Ids count up within the session, and name the answer too."""
    run = a_run(tmp_path)
    session = Session(run, "a1", save_texts=True)
    assert [session.next_id(), session.next_id()] == ["a1-1", "a1-2"]
    session.append(a_record(id="a1-1"), ANSWER)
    session.append(a_record(id="a1-2"), None)
    session.event("began", pid=1)
    session.sync()
    session.close()
    session.close()
    contents = run.read()
    assert [record.id for record in contents.records] == ["a1-1", "a1-2"]
    assert [(event.kind, event.agent, event.details) for event in contents.events] == [("began", "a1", {"pid": 1})]
    assert run.answers() == {"a1-1": ANSWER}


def test_without_texts_no_answer_touches_the_disk(tmp_path: Path) -> None:
    """`--no-texts` is a promise."""
    run = a_run(tmp_path)
    session = Session(run, "a1", save_texts=False)
    session.append(a_record(id="a1-1"), ANSWER)
    session.close()
    assert not any("fox" in path.read_text("utf-8") for path in run.path.iterdir())
    assert run.answers() == {}


def test_the_answer_goes_before_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record is the commit: when the disk fills up at the answer, there is no record that promises one."""
    run = a_run(tmp_path)
    session = Session(run, "a1", save_texts=True)

    def full(_file: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(JournalError):
            session.append(a_record(id="a1-1"), ANSWER)
    assert run.read().records == ()
    write = os.write

    def full_at_the_record(file: int, data: bytes) -> int:
        return full(file, data) if b"machine" in data else write(file, data)

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full_at_the_record)
        with pytest.raises(JournalError):
            session.append(a_record(id="a1-1"), ANSWER)
    session.close()
    contents = run.read()
    assert (contents.records, contents.damaged) == ((), 0)


def test_a_session_never_touches_what_another_left(tmp_path: Path) -> None:
    """A second session has segments of its own; a torn line of the shared events is ended, not overwritten."""
    run = a_run(tmp_path)
    first = Session(run, run.next_agent(), save_texts=True)
    first.append(a_record(id="a1-1"), ANSWER)
    first.close()
    with (run.path / "events.jsonl").open("ab") as file:
        file.write(b'{"kind":"beg')
    before = (run.path / "records-a1.jsonl").read_bytes()
    second = Session(run, run.next_agent(), save_texts=True)
    second.append(a_record(id="a2-1"), None)
    second.event("began")
    second.close()
    contents = run.read()
    assert second.agent == "a2"
    assert (run.path / "records-a1.jsonl").read_bytes() == before
    assert [record.id for record in contents.records] == ["a1-1", "a2-1"]
    assert [event.agent for event in contents.events] == ["a2"]
    assert contents.damaged == 1


def test_all_segments_are_closed_whatever_one_of_them_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that lost something is told, and no file stays open."""
    session = Session(a_run(tmp_path), "a1", save_texts=True)
    open_files = len(list(Path("/proc/self/fd").iterdir()))

    def lost(_file: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", lost)
        with pytest.raises(JournalError):
            session.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == open_files - 3
