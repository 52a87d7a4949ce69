"""The split of a time's log-ratio into start, amount and speed is exact and takes no side."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.decide.stats.decomposition import logarithmic_mean, split

times = st.floats(1e-6, 1e6)
counts = st.integers(1, 1_000_000).map(float)
answers = st.tuples(times, counts, times)
pairs = st.lists(st.tuples(answers, answers), min_size=1, max_size=20)

Answer = tuple[float, float, float]
COLUMNS = ("start_a", "amount_a", "per_unit_a", "start_b", "amount_b", "per_unit_b")


def parts(given: list[tuple[Answer, Answer]]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The three parts, one row each."""
    a, b = np.array([pair[0] for pair in given]), np.array([pair[1] for pair in given])
    return np.stack(
        split(
            start_a=a[:, 0], amount_a=a[:, 1], per_unit_a=a[:, 2], start_b=b[:, 0], amount_b=b[:, 1], per_unit_b=b[:, 2]
        )
    )


def test_a_known_pair() -> None:
    """0.8 s + 499 tokens at 15 ms, against 0.5 s + 549 at 10 ms; reference computed in decimals of 40 digits."""
    found = parts([((0.8, 499.0, 0.015), (0.5, 549.0, 0.010))])[:, 0]
    assert found == pytest.approx([-0.04239937761, 0.086861266054, -0.36881712719], rel=1e-9)
    assert float(found.sum()) == pytest.approx(-0.32435523875, rel=1e-9)


@given(pairs)
def test_nothing_is_left_over(given: list[tuple[Answer, Answer]]) -> None:
    """The parts of every pair add up to the log-ratio of its times."""
    whole = [math.log((b[0] + b[1] * b[2]) / (a[0] + a[1] * a[2])) for a, b in given]
    assert parts(given).sum(axis=0) == pytest.approx(whole, rel=1e-9, abs=1e-9)


@given(pairs)
def test_swapping_the_two_negates_every_part(given: list[tuple[Answer, Answer]]) -> None:
    """Neither side is the reference."""
    assert parts([(b, a) for a, b in given]) == pytest.approx(-parts(given), rel=1e-9, abs=1e-12)


@given(pairs, st.floats(1e-3, 1e3))
def test_the_unit_of_time_does_not_matter(given: list[tuple[Answer, Answer]], factor: float) -> None:
    """Seconds or nanoseconds: the same parts."""
    scaled = [tuple((start * factor, amount, each * factor) for start, amount, each in pair) for pair in given]
    assert parts([(a, b) for a, b in scaled]) == pytest.approx(parts(given), rel=1e-9, abs=1e-9)


@given(pairs)
def test_what_does_not_differ_has_no_part(given: list[tuple[Answer, Answer]]) -> None:
    """Equal starts take nothing of the difference, whatever the rest does."""
    same = [(a, (a[0], b[1], b[2])) for a, b in given]
    assert not parts(same)[0].any()


@given(times, times)
def test_the_mean_lies_between_geometric_and_arithmetic(a: float, b: float) -> None:
    """As the logarithmic mean must, and the same either way round."""
    found = float(logarithmic_mean([a], [b])[0])
    assert math.sqrt(a) * math.sqrt(b) * (1 - 1e-12) <= found <= (a + b) / 2 * (1 + 1e-12)
    assert found == pytest.approx(float(logarithmic_mean([b], [a])[0]), rel=1e-14)


@given(times, st.floats(1e-16, 1e-3))
def test_the_mean_of_close_values_keeps_its_digits(a: float, apart: float) -> None:
    """Where numerator and denominator nearly vanish, the series a * (1 + e/2 - e**2/12 + e**3/24) is the truth."""
    b = a * (1 + apart)
    e = (b - a) / a
    assert float(logarithmic_mean([a], [b])[0]) == pytest.approx(a * (1 + e / 2 - e**2 / 12 + e**3 / 24), rel=1e-13)


def test_the_mean_of_values_far_apart() -> None:
    """The plain definition holds over many orders of magnitude; equal values are their own mean."""
    assert float(logarithmic_mean([1e-90], [1e90])[0]) == pytest.approx(1e90 / (180 * math.log(10)), rel=1e-14)
    assert logarithmic_mean([0.1, 3.0], [0.1, 3.0]).tolist() == [0.1, 3.0]


def test_no_pairs_have_no_parts() -> None:
    """Empty in, empty out."""
    empty: list[float] = []
    found = split(start_a=empty, amount_a=empty, per_unit_a=empty, start_b=empty, amount_b=empty, per_unit_b=empty)
    assert [part.size for part in found] == [0, 0, 0]


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize("column", COLUMNS)
def test_what_has_no_logarithm_is_refused(column: str, bad: float) -> None:
    """A start of 0 or an answer of one token is the caller's to leave out, never a number here."""
    columns = {name: [1.0, 1.0] for name in COLUMNS}
    columns[column] = [1.0, bad]
    with pytest.raises(ValueError, match=r"logarithm|finite"):
        split(**columns)


def test_columns_of_unequal_length_are_refused() -> None:
    """Nothing is stretched to fit."""
    with pytest.raises(ValueError, match="one length"):
        split(start_a=[1.0], amount_a=[1.0, 2.0], per_unit_a=[1.0], start_b=[1.0], amount_b=[1.0], per_unit_b=[1.0])
    with pytest.raises(ValueError, match="equal numbers"):
        logarithmic_mean([1.0], [1.0, 2.0])
