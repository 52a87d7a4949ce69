"""What a follower tells of a journal that grows: each thing once, whatever the lines were cut into."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from hayai.errors import JournalError
from hayai.live.follow import MOST_RACES, Follower
from tests.decide.made import a_failure, a_plan, a_prompt, a_record, a_target, lively
from tests.live.made import add, begin, end, finished, say


def test_every_round_is_told_once_and_when_it_is_complete(tmp_path: Path) -> None:
    """However the records come: one by one, or all of them."""
    plan, records = lively(cycles=2)
    run = begin(tmp_path, plan)
    follower = Follower(run.path)
    assert follower.look() == []
    told = []
    for record in records:
        say(run, [record])
        told += follower.look()
    late = Follower(run.path)
    at_once = late.look()
    assert told == at_once
    assert {(race.prompt, race.cycle) for race in told} == {(record.prompt, record.cycle) for record in records}
    assert all(len(race.lanes) == len(plan.targets) for race in told)
    assert late.look() == []
    assert late.rounds == len(told)


def test_whoever_comes_late_gets_the_newest_round_of_each_prompt(tmp_path: Path) -> None:
    """With the very answers."""
    run = finished(tmp_path, cycles=2)
    follower = Follower(run.path)
    follower.look()
    assert len(follower.races) == 10
    assert {race.cycle for race in follower.races.values()} == {1}
    race = follower.races["blockchain"]
    assert "".join(race.lanes[0].pieces).startswith("blockchain word 0 of")


def test_a_line_that_is_being_written_is_waited_for(tmp_path: Path) -> None:
    """Half a record is no record, and its other half makes it one."""
    plan = a_plan((a_target("a"),), (a_prompt("p"),))
    run = begin(tmp_path, plan)
    line = msgspec.json.encode(a_record()) + b"\n"
    follower = Follower(run.path)
    path = run.path / "records-a1.jsonl"
    path.write_bytes(line[:100])
    assert follower.look() == []
    with path.open("ab") as rest:
        rest.write(line[100:])
    assert [race.prompt for race in follower.look()] == ["p"]


def test_a_round_that_is_tried_again_counts_once(tmp_path: Path) -> None:
    """The sides of a torn round do not mix with those of the next try, and a retry takes the place of what failed."""
    plan = a_plan((a_target("a"), a_target("b")), (a_prompt("p"),))
    run = begin(tmp_path, plan)
    follower = Follower(run.path)
    say(run, [a_record("a", round_try=0)])
    assert follower.look() == []
    say(
        run,
        [a_record("b", round_try=1), a_failure("a", round_try=1), a_record("a", round_try=1, attempt=2, id="a1-again")],
    )
    found = follower.look()
    assert [lane.outcome for lane in found[-1].lanes] == ["ok", "ok"]


def test_a_later_session_goes_on_in_a_file_of_its_own(tmp_path: Path) -> None:
    """A resumed run is followed into its next segment."""
    plan = a_plan((a_target("a"),), (a_prompt("p"), a_prompt("q")))
    run = begin(tmp_path, plan)
    say(run, [a_record(prompt="p")])
    end(run)
    follower = Follower(run.path)
    follower.look()
    assert follower.ended == "cycles"
    add(run, "records-a2.jsonl", [a_record(prompt="q", id="a2-1")])
    assert [race.prompt for race in follower.look()] == ["q"]


def test_only_so_many_races_are_kept(tmp_path: Path) -> None:
    """A run of very many prompts does not fill the memory: the newest stay."""
    prompts = tuple(a_prompt(f"p{n}", text=str(n)) for n in range(MOST_RACES + 5))
    run = begin(tmp_path, a_plan((a_target("a"),), prompts))
    say(run, [a_record(prompt=prompt.id) for prompt in prompts])
    follower = Follower(run.path)
    assert len(follower.look()) == MOST_RACES + 5
    assert list(follower.races)[-1] == f"p{MOST_RACES + 4}"
    assert len(follower.races) == MOST_RACES


def test_a_run_is_measured_while_its_process_lives(tmp_path: Path) -> None:
    """An agent that was killed has told no end; it measures nothing all the same."""
    run = begin(tmp_path, a_plan((a_target("a"),), (a_prompt("p"),)), pid=os.getpid())
    follower = Follower(run.path)
    follower.look()
    assert follower.measuring
    end(run)
    follower.look()
    assert not follower.measuring
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        gone = process.pid
    killed = Follower(begin(tmp_path, a_plan((a_target("a"),), (a_prompt("p"),)), "killed", pid=gone).path)
    killed.look()
    assert not killed.measuring
    assert killed.ended is None


def test_what_is_no_run_cannot_be_followed(tmp_path: Path) -> None:
    """It is said at once."""
    with pytest.raises(JournalError):
        Follower(tmp_path)
