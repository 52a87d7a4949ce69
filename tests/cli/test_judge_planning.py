"""What a judging's plan promises: what was said once stands, nothing is asked twice, and whole pairs are asked one after the other."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from hayai.ask.rounds import cycle_trials
from hayai.cli.judge_planning import JudgeAsked, settle, tasks_of
from hayai.errors import UsageError
from hayai.keep.judging import judge_identity
from tests.decide.judgings import JUDGE, a_judging, a_pair, preferring

SONNET = "bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0"
LARGE = "bedrock:mistral.mistral-large-2407-v1:0"
PAIRS = [a_pair(f"p{number}") for number in range(12)]


def test_both_orders_of_a_pair_are_sent_one_after_the_other() -> None:
    """So what an interruption leaves are whole pairs; every ballot is sent once."""
    asked = JudgeAsked(judges=(SONNET,), seed=5)
    (task,) = tasks_of(settle(asked, (), "en"), PAIRS, (), asked, subject="r")
    sent = [trials[0].prompt for trials in cycle_trials(task.plan, 0)]
    assert sorted(sent) == sorted(ballot.id for ballot in task.judging.ballots)
    assert all(one[:-3] == other[:-3] for one, other in zip(sent[::2], sent[1::2], strict=True))
    assert [sent[0][-2:], sent[1][-2:]] == ["ab", "ba"]


def test_a_limit_of_requests_is_shared_by_judges_in_whole_pairs() -> None:
    """And what it leaves is told."""
    asked = JudgeAsked(judges=(SONNET, LARGE), max_requests=11, seed=5)
    tasks = tasks_of(settle(asked, (), "en"), PAIRS, (), asked, subject="r")
    assert [(len(task.judging.ballots), task.left) for task in tasks] == [(4, 20), (4, 20)]
    assert all(task.plan.limits.max_requests <= 11 for task in tasks)


def test_what_was_said_stands_until_something_else_is_said(tmp_path: Path) -> None:
    """Rubric, repeats, margin and judges of the last judging; a new rubric is a new question, with a margin of its own."""
    earlier = [a_judging(PAIRS, preferring(1.0), margin=0.05)]
    earlier[0] = msgspec.structs.replace(earlier[0], judging=msgspec.structs.replace(earlier[0].judging, repeats=3))
    again = settle(JudgeAsked(), earlier, "ja")
    assert (again.rubric.name, again.repeats, again.margin) == ("general-en", 3, 0.05)
    assert [judge_identity(judge) for judge in again.judges] == [judge_identity(JUDGE)]
    own = tmp_path / "own.txt"
    own.write_text("overall, correctness, detail", encoding="utf-8")
    other = settle(JudgeAsked(rubric=str(own), margin=0.2), earlier, "en")
    assert (other.rubric.name, other.margin) == ("own.txt", 0.2)
    with pytest.raises(UsageError) as told:
        settle(JudgeAsked(margin=0.2), earlier, "en")
    assert [problem.key for problem in told.value.problems] == ["judge.margin_stands"]


def test_only_the_judges_of_the_last_rubric_go_on_and_only_those_who_answered() -> None:
    """A judge that was refused, or asked by another rubric, is not paid without being named."""
    failed = a_judging(PAIRS, lambda _ballot: None, judge=msgspec.structs.replace(JUDGE, model="gone"))
    earlier = [failed, a_judging(PAIRS, preferring(1.0))]
    assert [judge.model for judge in settle(JudgeAsked(), earlier, "en").judges] == [JUDGE.model]
    assert [judge.model for judge in settle(JudgeAsked(), [failed], "en").judges] == ["gone"]


def test_a_judge_is_the_same_however_it_is_reached() -> None:
    """Another endpoint or profile buys no votes again; another temperature is another judge."""
    asked = JudgeAsked(judges=(SONNET,), endpoint="http://127.0.0.1:9", seed=1)
    settled = settle(asked, (), "en")
    earlier = [a_judging(PAIRS[:5], preferring(1.0), judge=settled.judges[0])]
    elsewhere = JudgeAsked(judges=(f"{SONNET},profile=other",), seed=2)
    (task,) = tasks_of(settle(elsewhere, earlier, "en"), PAIRS, earlier, elsewhere, subject="r")
    assert (task.known, len(task.judging.ballots)) == (10, 14)
    warmer = JudgeAsked(judges=(f"{SONNET},temperature=1",), seed=2)
    (task,) = tasks_of(settle(warmer, earlier, "en"), PAIRS, earlier, warmer, subject="r")
    assert (task.known, len(task.judging.ballots)) == (0, 24)
