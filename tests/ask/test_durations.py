"""Durations as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.durations import parse_duration
from hayai.errors import UsageError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90.0),
        ("1.5", 1.5),
        ("90s", 90.0),
        ("10m", 600.0),
        ("1h30m", 5400.0),
        ("1h 30m 5s", 5405.0),
        ("1.5h", 5400.0),
        (".5s", 0.5),
        ("250ms", 0.25),
        ("2s500ms", 2.5),
        ("1d", 86400.0),
        (" 10M ", 600.0),
    ],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    """Units from large to small, or seconds."""
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    ["", " ", "abc", "10x", "10 m x", "30m1h", "1h1h", "m", "1e3", "nan", "inf", "１０m", "10分", "--1", "1..5s"],
)
def test_what_is_no_duration_is_told_with_its_place(text: str) -> None:
    """One problem, at the option that was given."""
    with pytest.raises(UsageError) as caught:
        parse_duration(text, place="--max-time")
    (problem,) = caught.value.problems
    assert (problem.place, problem.key) == ("--max-time", "duration.not_a_duration")


@pytest.mark.parametrize("text", ["0", "0s", "-5", "0h0m", "1" * 400])
def test_a_duration_is_longer_than_nothing_and_finite(text: str) -> None:
    """No wait of zero, of less, or for ever."""
    with pytest.raises(UsageError) as caught:
        parse_duration(text)
    assert caught.value.problems[0].key == "duration.not_positive"


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59), st.integers(0, 999))
def test_parts_add_up(hours: int, minutes: int, seconds: int, milliseconds: int) -> None:
    """Hours, minutes, seconds and milliseconds put together are their sum."""
    total = hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
    text = f"{hours}h{minutes}m{seconds}s{milliseconds}ms"
    if total:
        assert parse_duration(text) == pytest.approx(total)
