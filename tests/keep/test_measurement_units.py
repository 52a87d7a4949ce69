"""No number is a thousand times off: units that are named, units that are mixed, and units that only show in the sizes of the values."""

from __future__ import annotations

import pytest

from hayai.keep.measurement_numbers import apart
from tests.keep.tables import column, problems, read, seconds, told


def test_some_values_with_a_unit_are_refused() -> None:
    """With the lines of those without."""
    (problem,) = problems(column("latency", "1.2s", "850", "850ms", "3"))
    assert problem.place == "t.csv line 3"
    assert problem.key == "measurements.mixed_units"
    assert problem.values == {"bare": 2, "united": 2, "example": "1.2s", "lines": "3, 5", "column": "latency"}


def test_two_units_show_in_a_column_in_a_prompt_and_in_a_cell() -> None:
    """Each where the others look harmless; `allow_wide` takes them as they are."""
    whole_column = column("seconds", "1.2", "1.4", "1300", "1100", "1.1", "1.6")
    (problem,) = problems(whole_column)
    assert problem.place == "t.csv line 4"
    assert problem.values == {
        "column": "seconds", "all": 6, "fewer": 2, "lines": "4, 5", "low": "1.6", "low_line": 7, "high": "1100", "high_line": 5,
    }  # fmt: skip
    assert [row.seconds for row in read(whole_column, allow_wide=True).rows] == [1.2, 1.4, 1300, 1100, 1.1, 1.6]
    bridged = ["1", "2", "5", "9", "20", "30", "60", "90", "200", "300", "500", "700", "1", "1000", "2", "2000"]
    assert told(column("seconds", *bridged)) == [("line 15", "two_units"), ("line 17", "two_units")]
    cells = "".join(f"q,{target},{n + 1}\n" for n in range(200) for target in "AB")
    one_cell = f"prompt,target,seconds\n{cells}p,B,30\np,A,1\np,B,40\np,A,1000\np,B,50\np,B,60\n"
    assert told(one_cell) == [("line 405", "two_units")]


def test_one_wrong_row_is_seen_in_its_prompt() -> None:
    """However long the table is."""
    good = [f"{1 + n % 7}.5" for n in range(400)]
    assert told(column("seconds", *good, "1.5", "1500")) == [("line 403", "two_units")]


def test_honest_spread_is_not_refused() -> None:
    """Short and long prompts, one slow request among many, a factor that is no factor of units."""
    assert len(seconds(column("seconds", "0.2", "0.3", "30", "45", "100", "60"))) == 6
    many = "".join(f"p,{target},1.{n}\n" for n in range(10, 30) for target in "AB")
    assert len(seconds(f"prompt,target,seconds\n{many}p,A,900\n")) == 41


@pytest.mark.parametrize(
    ("values", "lower"),
    [
        ([], None),
        ([1], None),
        ([1, 2, 3], None),
        ([1, 99, 9900], None),
        ([1, 1000], 1),
        ([1, 1.1, 1000, 1100], 2),
        ([1, 2, 250, 500], None),
        ([1, 1, 299, 299], None),
        ([1, 1, 301, 301], 2),
        ([1e-3, 1, 2, 3], 1),
        ([*[1.0] * 10, 1000], None),
        ([*[1.0] * 9, 1000], 9),
        ([*[1.0] * 1000, 1000, 1000], 1000),
        ([1, 1, 1e6, 1e6], 2),
    ],
)
def test_when_two_groups_are_two_units(values: list[float], lower: int | None) -> None:
    """A gap of more than 100, centres 300 apart, two values or a tenth on both sides."""
    assert apart(values) == lower


def test_milliseconds_without_a_unit_are_not_taken_for_seconds() -> None:
    """The way out is to name the unit."""
    (problem,) = problems(column("latency", "1234", "2345"))
    assert (problem.key, problem.values) == ("measurements.no_unit", {"column": "latency", "cell": "2345"})
    assert seconds(column("latency_ms", "1234", "2345")) == [1.234, 2.345]
    assert seconds(column("latency_s", "1234", "2345")) == [1234, 2345]


def test_values_in_another_unit_than_the_name_says_are_told() -> None:
    """Seconds in a column of nanoseconds, nanoseconds in one of seconds."""
    assert told(column("duration_ns", "1.5", "2")) == [("line 2", "not_a_request"), ("line 3", "not_a_request")]
    assert told(column("seconds", "1500000000", "2e9")) == [("line 2", "not_a_request"), ("line 3", "not_a_request")]
