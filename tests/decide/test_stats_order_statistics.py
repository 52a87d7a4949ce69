"""Percentile intervals by ranks: exact, and silent where the sample cannot say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hayai.decide.stats.order_statistics import (
    binomial_quantile,
    fewest_for_bound,
    gate,
    percentile_interval,
    ranks,
)

shares = st.floats(0.001, 0.999)


@pytest.mark.parametrize(
    ("n", "p", "expected"),
    [
        (100, 0.5, (40, 61)),
        (100, 0.9, (84, 96)),
        (100, 0.95, (90, 100)),
        (100, 0.99, (97, None)),
        (300, 0.95, (277, 293)),
        (300, 0.99, (293, None)),
        (1000, 0.99, (983, 997)),
        (10, 0.05, (None, 3)),
        (1, 0.5, (None, None)),
        (0, 0.5, (None, None)),
    ],
)
def test_known_ranks(n: int, p: float, expected: tuple[int | None, int | None]) -> None:
    """The ranks of the binomial tables."""
    assert ranks(n, p) == expected


@given(st.floats(0.001, 0.999), st.integers(0, 3000), shares)
def test_the_binomial_quantile_is_scipys(q: float, n: int, p: float) -> None:
    """The same whole number, unless q falls on a step itself to the last digits, where one of two neighbours is right."""
    mine, theirs = binomial_quantile(q, n, p), int(stats.binom.ppf(q, n, p))
    on_a_step = any(math.isclose(float(stats.binom.cdf(k, n, p)), q, rel_tol=1e-9) for k in (mine, theirs))
    assert mine == theirs or (on_a_step and abs(mine - theirs) == 1)


@pytest.mark.parametrize("p", [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999])
def test_ranks_are_scipys_at_the_usual_percentiles(p: float) -> None:
    """Exactly, for every n up to 400 and some beyond."""
    for n in [*range(1, 401), 1000, 3688, 10_000, 100_000]:
        low, high = int(stats.binom.ppf((1 - 0.95) / 2, n, p)), int(stats.binom.ppf(1 - (1 - 0.95) / 2, n, p)) + 1
        assert ranks(n, p) == (low if low >= 1 else None, high if high <= n else None)


@given(st.integers(1, 500), shares, st.floats(0.5, 0.999))
def test_the_promise_is_kept(n: int, p: float, confidence: float) -> None:
    """The chance that the true quantile lies below `low` or above `high` is at most what confidence leaves, on each side."""
    low, high = ranks(n, p, confidence)
    tail = (1 - confidence) / 2 + 1e-12
    assert low is None or stats.binom.cdf(low - 1, n, p) <= tail
    assert high is None or stats.binom.sf(high - 1, n, p) <= tail


@pytest.mark.parametrize(
    ("p", "one_sided", "two_sided"),
    [
        (0.5, 5, 6),
        (0.9, 29, 36),
        (0.95, 59, 72),
        (0.99, 299, 368),
        (0.999, 2995, 3688),
        (0.1, 29, 36),
        (0.01, 299, 368),
    ],
)
def test_known_fewest(p: float, one_sided: int, two_sided: int) -> None:
    """How many requests a percentile takes, and the same from below."""
    assert fewest_for_bound(p) == one_sided
    assert None not in ranks(two_sided, p)
    assert None in ranks(two_sided - 1, p)


@given(st.floats(0.02, 0.98), st.floats(0.5, 0.99))
def test_fewest_is_the_fewest(p: float, confidence: float) -> None:
    """One value less, and the bound is gone."""
    n = fewest_for_bound(p, confidence)
    side = max(p, 1 - p)
    assert side**n <= (1 - confidence) * (1 + 1e-6)
    assert n == 1 or side ** (n - 1) > (1 - confidence) * (1 - 1e-6)


@pytest.mark.parametrize(
    ("n", "p", "expected"),
    [
        (0, 0.5, "hidden"),
        (9, 0.9, "hidden"),
        (10, 0.9, "at_least"),
        (49, 0.9, "at_least"),
        (50, 0.9, "wide"),
        (99, 0.9, "wide"),
        (100, 0.9, "shown"),
        (99, 0.99, "hidden"),
        (100, 0.99, "at_least"),
        (499, 0.99, "at_least"),
        (500, 0.99, "wide"),
        (1000, 0.99, "shown"),
        (20, 0.5, "shown"),
        (100, 0.01, "at_least"),
        (10_000, 0.999, "shown"),
        (9999, 0.999, "wide"),
    ],
)
def test_the_gate_opens_where_it_says(n: int, p: float, expected: str) -> None:
    """At exactly 1, 5 and 10 values expected beyond, whatever floating point makes of 1 - p."""
    assert gate(n, p) == expected


@given(st.lists(st.floats(-1e9, 1e9), max_size=120), shares)
def test_the_interval_is_made_of_the_sample(values: list[float], p: float) -> None:
    """Each end is one of the values or None; order does not matter; low is never above high."""
    low, high = percentile_interval(values, p)
    assert low is None or low in values
    assert high is None or high in values
    assert low is None or high is None or low <= high
    assert percentile_interval(values[::-1], p) == (low, high)


def test_coverage_on_a_heavy_tail() -> None:
    """The true 90th percentile of a skewed distribution is inside at least 95 percent of the time, less sampling noise."""
    rng = np.random.Generator(np.random.PCG64(7))
    truth = math.exp(float(stats.norm.ppf(0.9)))
    inside = 0
    for _ in range(2000):
        low, high = percentile_interval(np.exp(rng.standard_normal(60)), 0.9)
        assert low is not None
        assert high is not None
        inside += low <= truth <= high
    assert inside / 2000 > 0.94


def test_equal_values_have_an_interval_of_one_value() -> None:
    """Nothing else was seen."""
    assert percentile_interval([2.5] * 100, 0.5) == (2.5, 2.5)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_no_number_is_refused(bad: float) -> None:
    """Never sorted to some end."""
    with pytest.raises(ValueError, match="finite"):
        percentile_interval([1.0, bad], 0.5)


@pytest.mark.parametrize("p", [0.0, 1.0, -0.1, 95.0, math.nan])
def test_what_is_no_share_is_refused(p: float) -> None:
    """95 is not 0.95, and the ends have no interval."""
    for refused in (lambda: ranks(10, p), lambda: ranks(10, 0.5, p), lambda: gate(10, p), lambda: fewest_for_bound(p)):
        with pytest.raises(ValueError, match="between 0 and 1"):
            refused()


def test_a_negative_count_is_refused() -> None:
    """A sample cannot be smaller than empty."""
    with pytest.raises(ValueError, match="-1"):
        ranks(-1, 0.5)
