"""The round that is raced is the typical one, and a lane holds what really arrived."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.decide.races import races, typical_rounds
from hayai.keep.records import AnswerText, Pieces, RequestRecord
from tests.decide.made import MS, S, a_failure, a_record

NAMES = ("a", "b")


def took(target: str, cycle: int, seconds: float | None, **more: Any) -> RequestRecord:
    """An answer after so many seconds; None: it failed."""
    if seconds is None:
        return a_failure(target, cycle=cycle)
    return a_record(target, cycle=cycle, last_at_ns=10 * S + round(seconds * S), **more)


def rounds(*times: tuple[float | None, float | None]) -> list[RequestRecord]:
    """One round a cycle: times of a and b."""
    return [took(name, n, seconds) for n, pair in enumerate(times) for name, seconds in zip(NAMES, pair, strict=True)]


@pytest.mark.parametrize(
    ("times", "cycle"),
    [
        ([(2.0, 1.0)], 0),
        ([(2.0, 1.0), (2.0, 1.9), (2.0, 1.1)], 2),  # the ratio in the middle
        ([(2.0, 1.0), (4.0, 2.0), (2.1, 1.0)], 2),  # a slow minute for both is no difference, but it is not typical
        ([(2.0, 1.0), (2.0, 1.0)], 0),  # of equal ones the first
        ([(None, 1.0), (2.0, 1.5)], 1),  # whole rounds before those with a failure
        ([(None, 1.0), (None, None)], 0),
    ],
)
def test_the_typical_round_is_like_all_of_them(times: list[tuple[float | None, float | None]], cycle: int) -> None:
    """By how the targets differ, not by how fast all of them were."""
    assert typical_rounds(rounds(*times), NAMES) == {"p": cycle}


@given(st.lists(st.tuples(st.floats(0.1, 60), st.floats(0.1, 60)), min_size=1, max_size=12))
def test_there_is_always_one(times: list[tuple[float, float]]) -> None:
    """And it is one of those that were run."""
    assert typical_rounds(rounds(*times), NAMES)["p"] in range(len(times))


def lane_of(record: RequestRecord, answer: AnswerText | None) -> Any:
    """The lane of one record."""
    (race,) = races([record], {} if answer is None else {answer.id: answer}, ("a",), {"p": 0}, {record.id: "us-east-1"})
    (lane,) = race.lanes
    return lane


def test_a_lane_is_what_arrived() -> None:
    """Text cut where the pieces ended, each with its instant; flags for the first token and the end."""
    record = a_record()
    lane = lane_of(record, AnswerText(id=record.id, text="one two three four", piece_ends=(3, 7, 13, 18)))
    assert lane.pieces == ("one", " two", " three", " four")
    assert lane.arrived_ns == (500 * MS, 1000 * MS, 1500 * MS, 2000 * MS)
    assert (lane.ttft_ns, lane.thinking_ns, lane.end_ns) == (500 * MS, None, 2000 * MS)
    assert (lane.output_tokens, lane.visible_tokens, lane.region) == (101, 101, "us-east-1")


def test_reasoning_is_told_and_not_shown() -> None:
    """The first token is the first of reasoning; text begins later."""
    record = a_record(
        first_reasoning_at_ns=10 * S + 200 * MS,
        first_visible_at_ns=10 * S + 900 * MS,
        pieces=Pieces(
            kinds="rrt",
            arrived_ns=(200 * MS, 300 * MS, 900 * MS),
            earliest_ns=(None, 200 * MS, None),
            chars=(1, 1, 2),
            clocks="kkk",
        ),
    )
    lane = lane_of(record, AnswerText(id=record.id, text="ab", reasoning="xy", piece_ends=(2,)))
    assert (lane.ttft_ns, lane.thinking_ns, lane.pieces, lane.arrived_ns) == (200 * MS, 200 * MS, ("ab",), (900 * MS,))
    assert (lane.output_tokens, lane.visible_tokens) == (
        101,
        None,
    )  # Some of them were reasoning; nobody says how many.


def test_one_body_is_there_at_its_end() -> None:
    """Nothing before: not streamed, or a run of before piece ends were kept."""
    record = a_record(streamed=False, pieces=Pieces(), first_visible_at_ns=None)
    lane = lane_of(record, AnswerText(id=record.id, text="all of it"))
    assert (lane.arrived_ns, lane.pieces, lane.ttft_ns) == ((2000 * MS,), ("all of it",), None)


def test_held_back_answers_have_no_first_token_in_a_race_either() -> None:
    """What a proxy collected came at its end; nobody saw when it was said."""
    record = a_record(buffered=True)
    lane = lane_of(record, AnswerText(id=record.id, text="one two three four", piece_ends=(3, 7, 13, 18)))
    assert lane.ttft_ns is None


def test_failed_answers_do_not_finish() -> None:
    """They show what they said until then."""
    record = msgspec.structs.replace(a_record(), outcome="cut_off")
    lane = lane_of(record, AnswerText(id=record.id, text="one two three four", piece_ends=(3, 7, 13, 18)))
    assert (lane.outcome, lane.end_ns, len(lane.pieces)) == ("cut_off", None, 4)
    nothing = lane_of(a_failure("a"), None)
    assert (nothing.pieces, nothing.arrived_ns, nothing.end_ns, nothing.ttft_ns) == ((), (), None, None)


def test_without_texts_there_are_times() -> None:
    """The flags need no words."""
    lane = lane_of(a_record(), None)
    assert (lane.pieces, lane.ttft_ns, lane.end_ns) == ((), 500 * MS, 2000 * MS)
