"""One word about quality, from everybody who looked."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from hayai.ask.expectations import Expectations
from hayai.decide.conclusions import Interval
from hayai.decide.quality.findings import CheckFindings, NotWorse, PassDifference
from hayai.decide.quality.weighing import is_telling, qualities_of
from hayai.decide.recommendations import Quality
from tests.decide.made import a_plan, a_prompt, a_target

BARE = a_plan((a_target("a"), a_target("b")), (a_prompt("p"), a_prompt("q")))
EXACT = msgspec.structs.replace(BARE, expect=Expectations(exact=("42",)))
PAIR = ("b", "a")


def checked(answer: NotWorse) -> CheckFindings:
    """Checks that found this of b against a."""
    pair = PassDifference(
        target="b", baseline="a", prompts=2, pairs=2, left_out=0, unmade=(), target_share=1.0, baseline_share=1.0, difference=0.0,
        interval=Interval(low=-0.1, high=0.1), confidence=0.95, more_often=0, less_often=0, p=1.0, margin=0.05, answer=answer,
        why_open=None, fewest_prompts=59, needed_prompts=59,
    )  # fmt: skip
    return CheckFindings(
        checks=(),
        targets=(),
        pairs=(pair,),
        missed=(),
        missed_count=0,
        failed_requests=0,
        texts_kept=True,
        prompts=2,
        form_only=0,
    )


@pytest.mark.parametrize(
    ("judged", "answer", "telling", "expected"),
    [
        (None, "worse", False, "worse"),
        (None, "not_worse", False, None),
        (None, "not_worse", True, "not_worse"),
        (None, "open", False, None),
        (None, "open", True, "open"),
        ("not_worse", None, False, "not_worse"),
        ("not_worse", "not_worse", False, "not_worse"),
        ("not_worse", "open", False, "not_worse"),
        ("not_worse", "open", True, "open"),
        ("not_worse", "worse", False, "worse"),
        ("worse", "not_worse", True, "worse"),
        ("open", "not_worse", True, "open"),
    ],
)
def test_worse_is_believed_and_not_worse_takes_all(
    judged: Quality | None, answer: NotWorse | None, telling: bool, expected: Quality | None
) -> None:
    """Checks of form alone refute, and prove nothing."""
    found = qualities_of(
        EXACT if telling else BARE,
        None if answer is None else checked(answer),
        {} if judged is None else {PAIR: judged},
    )
    assert found.get(PAIR) == expected


def test_what_tells_something_of_an_answer() -> None:
    """Each kind of expectation is on one side or the other."""
    form = {"min_chars": 5, "max_chars": 5, "languages": ("ja",), "skip": ("finished",)}
    content = {"code": ("json",), "json_schema": {}, "contains": ("x",), "regex": ("x",), "exact": ("x",)}
    assert not is_telling(Expectations())
    assert not any(is_telling(Expectations(**{name: value})) for name, value in form.items())  # type: ignore[arg-type]  # as named
    assert all(is_telling(Expectations(**{name: value})) for name, value in content.items())  # type: ignore[arg-type]  # as named
    assert {*form, *content, "number"} == set(Expectations.__struct_fields__)
    assert set(get_args(NotWorse)) <= set(get_args(Quality))
