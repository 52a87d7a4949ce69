"""What pydantic finds becomes our problems, also where we did not foresee it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from hayai.ask.validation import Fields, join_place, known_keys, problems_of


class Inner(Fields):
    """Within a list."""

    price: Decimal


class Outer(Fields):
    """Around it."""

    inner: list[Inner] | None = None
    other: int = 0


def test_an_error_of_a_kind_never_seen_is_still_told_with_its_place() -> None:
    """In pydantic's own words, because a problem without a text would be worse."""
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate({"inner": [{"price": "cheap"}]})
    (problem,) = problems_of(caught.value, Outer, place="a.toml")
    assert (problem.place, problem.key) == ("a.toml: inner[1].price", "field.invalid")
    assert "cheap" not in str(problem.values)


def test_the_known_keys_are_those_of_the_place() -> None:
    """Through lists and optional fields."""
    assert known_keys(Outer, ()) == ("inner", "other")
    assert known_keys(Outer, ("inner", 3)) == ("price",)
    assert known_keys(Outer, ("other", "deeper")) == ()


@pytest.mark.parametrize(
    ("place", "path", "joined"),
    [
        ("a.csv line 7", (), "a.csv line 7"),
        ("a.csv line 7", ("text",), "a.csv line 7: text"),
        ("a.toml prompts[3]", ("messages", 0, "role"), "a.toml prompts[3].messages[1].role"),
        ("a.toml", ("run", "timeouts", "total"), "a.toml: run.timeouts.total"),
    ],
)
def test_places_are_written_as_people_count(place: str, path: tuple[str | int, ...], joined: str) -> None:
    """From 1."""
    assert join_place(place, path) == joined
