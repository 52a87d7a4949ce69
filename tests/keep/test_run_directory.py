"""A run is a directory that can be read by anybody who has it, at any time, and that one session at a time appends to."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hayai.errors import JournalError
from hayai.keep.journal import Segment
from hayai.keep.records import Pieces, without_pieces
from hayai.keep.run_directory import (
    SCHEMA_VERSION,
    Done,
    Event,
    Manifest,
    Region,
    RunDirectory,
    open_run,
    run_name,
)
from tests.decide.made import a_failure, a_record
from tests.keep.made import PLAN, a_manifest, a_run

V1 = Path(__file__).parents[1] / "data" / "runs" / "v1"


def add(path: Path, *entries: msgspec.Struct) -> None:
    """Append to a segment."""
    segment = Segment(path)
    for entry in entries:
        segment.append(entry)
    segment.close()


def says(read: Any, told: Any) -> bool:
    """Whether `read` says all that `told` says; it may say more."""
    if isinstance(told, dict):
        return all(name in read and says(read[name], value) for name, value in told.items())
    return bool(read == told)


# Made and read back


def test_a_run_reads_back_as_it_was_made(tmp_path: Path) -> None:
    """Plan, prompts, manifest; nothing measured yet, not sealed."""
    made = a_run(tmp_path)
    contents = RunDirectory(made.path).read()
    assert contents.plan == PLAN
    assert contents.manifest == a_manifest()
    assert (contents.records, contents.events, contents.regions, contents.damaged, contents.done) == (
        (),
        (),
        {},
        0,
        False,
    )


def test_the_prompts_are_in_no_file_but_the_suite(tmp_path: Path) -> None:
    """A copy for others is made by leaving suite.json and the texts out."""
    path = a_run(tmp_path).path
    assert "犬 and cats?" in (path / "suite.json").read_text("utf-8")
    others = [file for file in path.iterdir() if file.name != "suite.json"]
    assert others
    assert not any("cats" in file.read_text("utf-8") for file in others)


def test_runs_are_private_to_their_owner_and_to_git(tmp_path: Path) -> None:
    """Prompts and answers may be private."""
    path = a_run(tmp_path / "runs").path
    assert path.stat().st_mode & 0o077 == 0
    assert "*" in (tmp_path / "runs" / ".gitignore").read_text("utf-8").splitlines()


def test_a_gitignore_of_the_users_own_stays(tmp_path: Path) -> None:
    """What the user wrote is not ours to change."""
    (tmp_path / ".gitignore").write_text("mine\n", encoding="utf-8")
    a_run(tmp_path)
    assert (tmp_path / ".gitignore").read_text("utf-8") == "mine\n"


def test_sessions_are_read_in_their_order(tmp_path: Path) -> None:
    """The tenth session comes after the ninth; damaged lines of all files are counted, and torn ends too."""
    run = a_run(tmp_path)
    agents = []
    for number in range(11):
        agents.append(run.next_agent())
        add(run.path / f"records-{agents[-1]}.jsonl", a_record(id=f"{agents[-1]}-1", cycle=number))
    assert agents == [f"a{number}" for number in range(1, 12)]
    for name, rest in (("records-a2.jsonl", b'{"id":'), ("events.jsonl", b"{"), ("regions.jsonl", b"broken\n{")):
        with (run.path / name).open("ab") as file:
            file.write(rest)
    contents = run.read()
    assert [record.id for record in contents.records] == [f"{agent}-1" for agent in agents]
    assert contents.damaged == 4


def test_every_record_comes_back_as_it_was(tmp_path: Path) -> None:
    """Whole ones and failed ones, with text that looks like line ends."""
    run = a_run(tmp_path)
    records = (
        a_record(stop_reason="a\nb\u2028c\x00d"),
        a_failure("b"),
        a_record(pieces=a_failure().pieces, sent_at_ns=0),
    )
    add(run.path / "records-a1.jsonl", *records)
    assert run.read().records == records


def test_records_without_their_pieces_are_else_the_same(tmp_path: Path) -> None:
    """Pieces are looked at before they are let go: a line whose pieces do not belong together is damaged all the same."""
    run = a_run(tmp_path)
    records = (a_record(), a_failure("b"), a_record("b", cycle=1))
    torn_pieces = msgspec.json.encode(a_record(cycle=2)).replace(b'"kinds":"tttt"', b'"kinds":"ttt"')
    for number, record in enumerate(records, 1):
        add(run.path / f"records-a{number}.jsonl", record)
    with (run.path / "records-a2.jsonl").open("ab") as file:
        file.write(torn_pieces + b"\n" + torn_pieces)
    whole, bare = run.read(), run.read(without_pieces)
    assert whole.records == records
    assert bare.records == tuple(msgspec.structs.replace(record, pieces=Pieces()) for record in records)
    assert (whole.damaged, bare.damaged) == (2, 2)


def test_what_is_learned_later_wins_over_what_was_known(tmp_path: Path) -> None:
    """The last line about a request counts."""
    run = a_run(tmp_path)
    regions = [Region(request_id="1", region=region, source="log") for region in ("us-east-1", "us-west-2")]
    add(run.path / "regions.jsonl", *regions)
    add(run.path / "events.jsonl", Event(kind="began", agent="a1", at_ns=1, wall_ns=2, details={"pid": 3}))
    contents = run.read()
    assert contents.regions == {"1": "us-west-2"}
    assert contents.events[0].details == {"pid": 3}


def test_the_seal_names_what_it_seals(tmp_path: Path) -> None:
    """DONE holds the count and the hash of every segment; the next session takes it off."""
    run = a_run(tmp_path)
    add(run.path / "records-a1.jsonl", a_record())
    run.seal(1)
    done = msgspec.json.decode((run.path / "DONE").read_bytes(), type=Done)
    digest = hashlib.sha256((run.path / "records-a1.jsonl").read_bytes()).hexdigest()
    assert done == Done(records=1, sha256={"records-a1.jsonl": digest})
    assert run.read().done
    run.unseal()
    run.unseal()
    assert not run.read().done


# What cannot be


def test_a_run_of_a_newer_hayai_is_left_alone(tmp_path: Path) -> None:
    """Also when everything else about it is unknown to us."""
    run = a_run(tmp_path)
    (run.path / "manifest.json").write_text(f'{{"schema_version": {SCHEMA_VERSION + 1}, "plan": "new"}}', "utf-8")
    with pytest.raises(JournalError) as raised:
        run.read()
    assert raised.value.key == "journal.newer_version"
    assert raised.value.values == {"path": str(run.path), "version": SCHEMA_VERSION + 1, "known": SCHEMA_VERSION}


@pytest.mark.parametrize("name", ["manifest.json", "suite.json"])
@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"schema_version":1}'])
def test_a_damaged_file_is_named(tmp_path: Path, name: str, data: bytes) -> None:
    """The error says which file, and why."""
    run = a_run(tmp_path)
    (run.path / name).write_bytes(data)
    with pytest.raises(JournalError) as raised:
        run.read()
    assert raised.value.key == "journal.damaged"
    assert raised.value.values["path"] == str(run.path / name)
    assert raised.value.values["reason"]


@pytest.mark.parametrize("name", ["manifest.json", "suite.json"])
def test_a_directory_that_is_no_run_says_what_is_missing(tmp_path: Path, name: str) -> None:
    """So does one whose prompts were left out on purpose."""
    run = a_run(tmp_path)
    (run.path / name).unlink()
    with pytest.raises(JournalError) as raised:
        run.read()
    assert raised.value.key == "journal.not_a_run"
    assert raised.value.values["missing"] == name


def test_another_suite_is_noticed(tmp_path: Path) -> None:
    """Records would be shown beside words that were never sent."""
    run = a_run(tmp_path)
    data = (run.path / "suite.json").read_text("utf-8")
    (run.path / "suite.json").write_text(data.replace("cats", "dogs"), "utf-8")
    with pytest.raises(JournalError) as raised:
        run.read()
    assert raised.value.key == "journal.other_suite"


def test_a_place_that_cannot_hold_runs_is_told(tmp_path: Path) -> None:
    """A file where the folder should be; a run that is there already."""
    (tmp_path / "file").write_text("", "utf-8")
    a_run(tmp_path)
    for root in (tmp_path / "file", tmp_path / "file" / "below", tmp_path):
        with pytest.raises(JournalError) as raised:
            a_run(root)
        assert raised.value.key == "journal.cannot_write"


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a half manifest nor a half seal: a file is whole or not there, and what was there stays."""
    run = a_run(tmp_path)
    run.seal(0)
    before = (run.path / "DONE").read_bytes()

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(JournalError) as raised:
        run.seal(7)
    assert raised.value.key == "journal.cannot_write"
    assert (run.path / "DONE").read_bytes() == before
    with pytest.raises(JournalError):
        a_run(tmp_path / "other")
    assert not list(tmp_path.rglob("*.part"))
    assert not list((tmp_path / "other").rglob("manifest.json"))


# One session at a time


def test_two_sessions_at_once_are_refused(tmp_path: Path) -> None:
    """The second is told; when the first has ended, the next may begin."""
    run = a_run(tmp_path)
    first, second = RunDirectory(run.path), RunDirectory(run.path)
    first.lock()
    with pytest.raises(JournalError) as raised:
        second.lock()
    assert raised.value.key == "journal.busy"
    second.unlock()
    with pytest.raises(JournalError):
        second.lock()
    first.unlock()
    first.unlock()
    second.lock()
    second.unlock()
    assert not (run.path / "LOCK").exists()


def test_a_killed_session_locks_nobody_out(tmp_path: Path) -> None:
    """Its LOCK file stays behind, its lock does not."""
    run = a_run(tmp_path)
    program = (
        "import os, pathlib, signal, sys; from hayai.keep.run_directory import RunDirectory\n"
        "RunDirectory(pathlib.Path(sys.argv[1])).lock(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, run.path], timeout=60, check=False)
    assert (run.path / "LOCK").exists()
    run.lock()
    run.unlock()


def test_a_lock_that_was_just_given_up_is_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that opens LOCK, while another one ends and takes the file away, must not hold a lock that nobody else can see."""
    run = a_run(tmp_path)
    first, second, third = (RunDirectory(run.path) for _ in range(3))
    first.lock()
    opened = os.open

    def open_then_the_first_ends(path: Path, flags: int, mode: int = 0o777) -> int:
        descriptor = opened(path, flags, mode)
        first.unlock()
        return descriptor

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", open_then_the_first_ends)
        second.lock()
    with pytest.raises(JournalError) as raised:
        third.lock()
    assert raised.value.key == "journal.busy"
    second.unlock()


def test_a_directory_that_is_gone_cannot_be_locked(tmp_path: Path) -> None:
    """Told as every other place that cannot be written to."""
    with pytest.raises(JournalError) as raised:
        RunDirectory(tmp_path / "gone").lock()
    assert raised.value.key == "journal.cannot_write"


# Finding a run


def test_a_run_is_found_by_path_name_and_part(tmp_path: Path) -> None:
    """By its path from anywhere; below the root by its name, or by any part that no other run has."""
    one = a_run(tmp_path, "2026-11-22T2136_fast_aaaa").path
    two = a_run(tmp_path, "2026-11-22T2136_fast_aaaa_2").path
    assert open_run(str(two), tmp_path / "elsewhere").path == two
    assert open_run("aaaa_2", tmp_path).path == two
    assert open_run(one.name, tmp_path).path == one
    for part, key, count in (("fast", "journal.several_runs", 2), ("slow", "journal.no_such_run", 0)):
        with pytest.raises(JournalError) as raised:
            open_run(part, tmp_path)
        assert raised.value.key == key
        assert raised.value.values["count"] == count


def test_last_is_the_run_begun_last(tmp_path: Path) -> None:
    """A report written into an older run does not make it the last one."""
    first = a_run(tmp_path, "2026-11-22T2136_z_1")
    last = a_run(tmp_path, "2026-11-22T2136_a_2")
    os.utime(first.path / "manifest.json", ns=(1, 1))
    first.derived.mkdir()
    os.utime(first.path)
    assert open_run("last", tmp_path).path == last.path


def test_a_run_that_measured_nothing_does_not_hide_the_last_one(tmp_path: Path) -> None:
    """A closed port or a missing access leaves a run without a sample; `last` is the run before it, as long as there is one."""
    good = a_run(tmp_path, "2026-11-22T2136_good_1")
    records = Segment(good.path / "records-a1.jsonl")
    records.append(a_record(phase="measure"))
    records.close()
    bad = a_run(tmp_path, "2026-11-22T2137_bad_2")
    records = Segment(bad.path / "records-a1.jsonl")
    records.append(a_record(phase="warmup"))
    records.close()
    os.utime(good.path / "manifest.json", ns=(1, 1))
    assert open_run("last", tmp_path).path == good.path
    shutil.rmtree(good.path)
    assert open_run("last", tmp_path).path == bad.path


def test_no_runs_and_no_folder_are_told(tmp_path: Path) -> None:
    """Half a directory is no run."""
    (tmp_path / "half").mkdir()
    for root in (tmp_path, tmp_path / "none"):
        with pytest.raises(JournalError) as raised:
            open_run("last", root)
        assert raised.value.key == "journal.no_runs"


def test_names_of_targets_make_safe_names_of_directories() -> None:
    """Whatever a target is called, the directory has a short name that no shell and no file system minds."""
    assert (
        run_name("2026-11-22T2136", ["optimized", "standard"], "k3f9") == "2026-11-22T2136_optimized-vs-standard_k3f9"
    )
    odd = run_name("2026-11-22T2136", ["../../etc", "日本", "a b$(c)", "", "x" * 300], "k3f9")
    assert set(odd) <= set("abcdefghijklmnopqrstuvwxyzT0123456789-_.")
    assert "/" not in odd
    assert len(odd) < 100


# Old versions


def test_a_run_of_version_1_stays_readable(tmp_path: Path) -> None:
    """Two sessions that hayai 0.1 measured: each line still says all it said then, the seal fits, and the run can be gone on with."""
    run = RunDirectory(V1)
    contents = run.read()
    assert contents.manifest.schema_version == 1
    assert [prompt.id for prompt in contents.plan.suite.prompts] == ["fox", "fuji"]
    assert (contents.damaged, contents.done, len(contents.records)) == (0, True, 12)
    assert [event.kind for event in contents.events] == ["began", "ended"] * 2
    lines = [line for name in ("records-a1", "records-a2") for line in (V1 / f"{name}.jsonl").read_bytes().splitlines()]
    for record, line in zip(contents.records, lines, strict=True):
        assert says(json.loads(msgspec.json.encode(record)), json.loads(line))
    done = msgspec.json.decode((V1 / "DONE").read_bytes(), type=Done)
    assert done.records == 12
    assert done.sha256 == {name: hashlib.sha256((V1 / name).read_bytes()).hexdigest() for name in done.sha256}
    answers = run.answers()
    assert {answers[record.id].text != "" for record in contents.records} == {True}
    assert [answers[r.id].piece_ends[-1] for r in contents.records if r.streamed] == [
        r.text_chars for r in contents.records if r.streamed
    ]
    copy = RunDirectory(shutil.copytree(V1, tmp_path / "copy"))
    assert copy.next_agent() == "a3"


def test_the_manifest_knows_its_version_first(tmp_path: Path) -> None:
    """`schema_version` is there to be read before anything else is understood."""
    assert msgspec.json.decode(msgspec.json.encode(a_manifest(schema_version=0)), type=Manifest).schema_version == 0
