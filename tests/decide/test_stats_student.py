"""Student, Welch, Fisher and neighbours: scipy's numbers, and none where there is no spread to speak of."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hayai.decide.stats.student import (
    f_survival,
    lag_one,
    normal_quantile,
    t_interval,
    t_quantile,
    two_sided_p,
)

values = st.integers(-1000, 1000).map(lambda n: n / 64)
samples = st.lists(values, min_size=2, max_size=30).filter(lambda sample: len(set(sample)) > 1)
shares = st.floats(0.001, 0.999)
degrees = st.floats(0.5, 10_000)


@given(shares, degrees)
def test_quantiles_are_scipys(p: float, df: float) -> None:
    """Of t and of the normal."""
    assert t_quantile(p, df) == pytest.approx(float(stats.t.ppf(p, df)), rel=1e-8, abs=1e-12)
    assert normal_quantile(p) == pytest.approx(float(stats.norm.ppf(p)), rel=1e-10, abs=1e-12)


@given(st.floats(-50, 50), degrees, st.floats(0, 100), degrees)
def test_tails_are_scipys(t: float, df: float, f: float, df2: float) -> None:
    """Both tails of t, the upper tail of F."""
    assert two_sided_p(t, df) == pytest.approx(2 * float(stats.t.sf(abs(t), df)), rel=1e-8, abs=1e-14)
    assert f_survival(f, df, df2) == pytest.approx(float(stats.f.sf(f, df, df2)), rel=1e-7, abs=1e-12)


@given(samples, st.floats(0.5, 0.999))
def test_the_interval_of_a_mean_is_scipys(sample: list[float], confidence: float) -> None:
    """Mean plus and minus t times the standard error."""
    found = t_interval(sample, confidence)
    assert found is not None
    theirs = stats.ttest_1samp(sample, 0.0).confidence_interval(confidence)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), rel=1e-8, abs=1e-9)
    assert found.df == len(sample) - 1
    assert found.mean == pytest.approx((found.low + found.high) / 2, abs=1e-9)


def test_neighbours() -> None:
    """A line's neighbours are alike, a zigzag's opposite, and no order shows in noise."""
    assert lag_one([1.0, 2.0, 3.0, 4.0]) == pytest.approx(0.25)
    zigzag = lag_one([1.0, -1.0] * 50)
    assert zigzag is not None
    assert zigzag == pytest.approx(-0.99)
    noise = lag_one(np.random.Generator(np.random.PCG64(3)).standard_normal(5000))
    assert noise is not None
    assert abs(noise) < 0.05


@given(samples.filter(lambda sample: len(sample) > 2), st.floats(1e-3, 1e3))
def test_neighbours_do_not_know_units(sample: list[float], factor: float) -> None:
    """Within -1 and 1, and the same in milliseconds."""
    found = lag_one(sample)
    assert found is not None
    assert -1 <= found <= 1
    assert lag_one([value * factor for value in sample]) == pytest.approx(found, abs=1e-9)


def test_too_few_values_have_no_interval() -> None:
    """One value has no spread, and two no neighbours to speak of."""
    assert t_interval([]) is None
    assert t_interval([1.0]) is None
    assert lag_one([1.0, 2.0]) is None


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e-9, -7.7])
def test_equal_values_have_no_spread(value: float) -> None:
    """Not even the dust of a rounded mean: an interval of no width, no neighbours."""
    found = t_interval([value] * 7)
    assert found is not None
    assert (found.mean, found.low, found.high, found.se) == (value, value, value, 0.0)
    assert lag_one([value] * 7) is None


@pytest.mark.parametrize("bad", [math.nan, math.inf, 1e300])
def test_what_nobody_measured_is_refused(bad: float) -> None:
    """No mean is made of it."""
    for refused in (
        lambda: t_interval([1.0, bad]),
        lambda: lag_one([1.0, 2.0, bad]),
    ):
        with pytest.raises(ValueError, match="finite"):
            refused()


def test_impossible_arguments_are_refused() -> None:
    """Degrees of freedom are positive, ratios of variances not negative, confidence a share; even when the sample is empty."""
    for df in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="degrees"):
            t_quantile(0.9, df)
        with pytest.raises(ValueError, match="degrees"):
            f_survival(1.0, 2.0, df)
    for f in (-1.0, math.nan):
        with pytest.raises(ValueError, match="ratio of variances"):
            f_survival(f, 1.0, 1.0)
    with pytest.raises(ValueError, match="not a number"):
        two_sided_p(math.nan, 3.0)
    for confidence in (0.0, 1.0, 95.0, math.nan):
        with pytest.raises(ValueError, match="between 0 and 1"):
            t_interval([], confidence)
        with pytest.raises(ValueError, match="between 0 and 1"):
            normal_quantile(confidence)


def test_an_infinite_t_is_certain() -> None:
    """A mean without spread is infinitely many standard errors from 0."""
    assert two_sided_p(math.inf, 3.0) == 0.0
    assert two_sided_p(0.0, 3.0) == 1.0
