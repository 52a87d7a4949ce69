"""How much is `10%`? Percent, parts and times mean the same; anything else is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.ratios import parse_ratio
from hayai.errors import UsageError


@pytest.mark.parametrize("text", ["10%", "10 %", " 10.0% ", "0.1", ".1", "0.10", "1.1x", "1.1X", "1.1×", "10％"])
def test_three_ways_to_say_ten_percent(text: str) -> None:
    """Exactly the same number."""
    assert parse_ratio(text) == 0.1


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "not_a_ratio"),
        ("ten", "not_a_ratio"),
        ("-10%", "not_a_ratio"),
        ("1e-1", "not_a_ratio"),
        ("nan", "not_a_ratio"),
        ("１０%", "not_a_ratio"),
        ("10%%", "not_a_ratio"),
        ("0%", "out_of_bounds"),
        ("0", "out_of_bounds"),
        ("100%", "out_of_bounds"),
        ("10", "out_of_bounds"),
        ("1.1", "out_of_bounds"),
        ("1x", "out_of_bounds"),
        ("0.9x", "out_of_bounds"),
        ("2x", "out_of_bounds"),
        ("9" * 400, "out_of_bounds"),
    ],
)
def test_what_is_no_ratio_is_told(text: str, key: str) -> None:
    """One problem, at the place given."""
    with pytest.raises(UsageError) as caught:
        parse_ratio(text, place="--margin")
    (problem,) = caught.value.problems
    assert (problem.place, problem.key) == ("--margin", f"ratio.{key}")


@given(st.integers(1, 9999))
def test_every_ratio_can_be_said_in_three_ways(hundredths: int) -> None:
    """From 0.01 % to 99.99 %, without noise of binary fractions."""
    said = hundredths / 10_000
    texts = (f"{hundredths / 100:.2f}%", f"{said:.4f}", f"{1 + said:.4f}x")
    assert {parse_ratio(text) for text in texts} == {said}
