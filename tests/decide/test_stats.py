"""One percentile, equal to numpy's linear method, and averages that are what their names say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.decide.stats.averages import (
    geometric_mean,
    geometric_mean_of_ratios,
    mean,
    mean_of_ratios,
    median,
    ratio_of_totals,
)
from hayai.decide.stats.quantile import quantile

numbers = st.floats(-1e12, 1e12)
positive = st.floats(1e-3, 1e6)


@given(st.lists(numbers, min_size=1, max_size=50), st.floats(0, 1))
def test_the_quantile_is_numpys_linear_one(values: list[float], p: float) -> None:
    """Same definition, same number, for any sample and any share."""
    mine = quantile(values, p)
    assert mine is not None
    assert math.isclose(mine, float(np.quantile(values, p, method="linear")), rel_tol=1e-12, abs_tol=1e-6)
    assert min(values) <= mine <= max(values)


def test_the_99th_percentile_of_ten_does_not_pass_the_largest() -> None:
    """A peer tool says 10.89 here."""
    assert quantile([float(n) for n in range(1, 11)], 0.99) == pytest.approx(9.91)


def test_nothing_has_no_average() -> None:
    """An empty sample is unknown, never 0."""
    assert [quantile([], 0.5), median([]), mean([]), geometric_mean([])] == [None] * 4
    assert [mean_of_ratios([]), ratio_of_totals([]), geometric_mean_of_ratios([])] == [None] * 3


def test_a_share_outside_zero_to_one_is_refused() -> None:
    """99 is not 0.99."""
    with pytest.raises(ValueError, match="must lie in"):
        quantile([1.0], 99)


def test_a_geometric_mean_needs_positive_values() -> None:
    """Zero has no logarithm and is not dropped in silence."""
    with pytest.raises(ValueError, match="positive"):
        geometric_mean([1.0, 0.0])


@given(st.lists(st.tuples(positive, positive), min_size=1, max_size=30))
def test_only_the_geometric_mean_survives_swapping(pairs: list[tuple[float, float]]) -> None:
    """Swapping both sides gives the reciprocal; the mean of ratios is never below it."""
    swapped = [(b, a) for a, b in pairs]
    one, other = geometric_mean_of_ratios(pairs), geometric_mean_of_ratios(swapped)
    assert one is not None
    assert other is not None
    assert one * other == pytest.approx(1)
    arithmetic = mean_of_ratios(pairs)
    assert arithmetic is not None
    assert arithmetic >= one * (1 - 1e-9)


def test_ratio_of_totals_weighs_by_size() -> None:
    """(1 + 90) / (2 + 100), not the mean of 0.5 and 0.9."""
    assert ratio_of_totals([(1, 2), (90, 100)]) == pytest.approx(91 / 102)
    assert mean_of_ratios([(1, 2), (90, 100)]) == pytest.approx(0.7)
