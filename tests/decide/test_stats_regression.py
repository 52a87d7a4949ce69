"""Lines through pairs: scipy's where weights are equal, their own fixed point where errors are relative, none where there is no line."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from hayai.decide.stats.regression import ordinary_fit, relative_fit

points = st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 100_000)), min_size=3, max_size=40).filter(
    lambda pairs: len({x for x, _ in pairs}) > 1
)


def columns(pairs: list[tuple[int, int]]) -> tuple[list[float], list[float]]:
    """Tokens and seconds."""
    return [float(x) for x, _ in pairs], [y / 1000 for _, y in pairs]


@given(points)
def test_the_ordinary_line_is_exact(pairs: list[tuple[int, int]]) -> None:
    """Both coefficients, both errors and R squared, against fractions that round nothing."""
    x, y = columns(pairs)
    found = ordinary_fit(x, y)
    assert found is not None
    n, across, up = len(pairs), [Fraction(one) for one, _ in pairs], [Fraction(two, 1000) for _, two in pairs]
    mean_x, mean_y = sum(across) / n, sum(up) / n
    spread = sum((one - mean_x) ** 2 for one in across)
    slope = sum((one - mean_x) * (two - mean_y) for one, two in zip(across, up, strict=True)) / spread
    intercept = mean_y - slope * mean_x
    rest = sum((two - intercept - slope * one) ** 2 for one, two in zip(across, up, strict=True))
    variation = sum((two - mean_y) ** 2 for two in up)
    noise = float(rest / (n - 2))
    tiny = 1e-9 * max(y)
    assert found.intercept == pytest.approx(float(intercept), rel=1e-9, abs=1000 * tiny)
    assert found.slope == pytest.approx(float(slope), rel=1e-9, abs=tiny)
    assert found.slope_se == pytest.approx(math.sqrt(noise / float(spread)), rel=1e-7, abs=tiny)
    assert found.intercept_se == pytest.approx(
        math.sqrt(noise * float(1 / Fraction(n) + mean_x**2 / spread)), rel=1e-7, abs=1000 * tiny
    )
    assert found.df == n - 2
    if variation:
        assert found.r_squared == pytest.approx(1 - float(rest / variation), abs=1e-9)
    else:
        assert found.r_squared is None


def test_the_ordinary_line_is_scipys() -> None:
    """One sample, the same numbers."""
    rng = np.random.Generator(np.random.PCG64(2))
    x = rng.uniform(50, 2000, 30)
    y = 2 + 0.01 * x + rng.standard_normal(30)
    found, theirs = ordinary_fit(x, y), stats.linregress(x, y)
    expected = (theirs.intercept, theirs.slope, theirs.intercept_stderr, theirs.stderr, 28, theirs.rvalue**2)
    assert found == pytest.approx(expected, rel=1e-10)


@given(points)
def test_the_relative_line_weighs_by_itself(pairs: list[tuple[int, int]]) -> None:
    """Weighted least squares with the weights of its own fitted values gives the line back: that is what it is."""
    x, y = columns(pairs)
    found = relative_fit(x, y)
    assume(found is not None)
    assert found is not None
    fitted = found.intercept + found.slope * np.array(x)
    assert (fitted > 0).all()
    slope, intercept = np.polyfit(x, y, 1, w=1 / fitted)
    assert intercept + slope * np.array(x) == pytest.approx(fitted, rel=1e-7)


@given(points, st.floats(1e-3, 1e3))
def test_units_do_not_matter(pairs: list[tuple[int, int]], factor: float) -> None:
    """Milliseconds for seconds: every number scales, and refusal stays refusal where the fit is not on the edge."""
    x, y = columns(pairs)
    plain, scaled = relative_fit(x, y), relative_fit(x, [value * factor for value in y])
    assume(plain is not None and scaled is not None)
    assert plain is not None
    assert scaled is not None
    size = max(y) * factor
    assert scaled.intercept == pytest.approx(plain.intercept * factor, rel=1e-6, abs=1e-6 * size)
    assert scaled.slope_se == pytest.approx(plain.slope_se * factor, rel=1e-6, abs=1e-6 * size)


def test_a_true_line_is_found_without_error() -> None:
    """2 s and 10 ms per token: both fits see it, and see that nothing is left."""
    x = [100.0, 400.0, 900.0, 1600.0]
    y = [2 + 0.01 * n for n in x]
    for line in (ordinary_fit(x, y), relative_fit(x, y)):
        assert line is not None
        assert (line.intercept, line.slope) == pytest.approx((2.0, 0.01), rel=1e-12)
        assert (line.intercept_se, line.slope_se) == pytest.approx((0.0, 0.0), abs=1e-12)
        assert line.r_squared == pytest.approx(1.0)


def test_the_relative_line_and_its_errors_are_right_on_average() -> None:
    """With noise in proportion to the time, its intercept is unbiased and its 95 percent interval nearly keeps its word."""
    rng = np.random.Generator(np.random.PCG64(11))
    tokens = np.array([50.0, 100, 200, 400, 700, 1000, 1400, 1900, 2300, 2800])
    quantile = float(stats.t.ppf(0.975, 8))
    starts, inside = [], 0
    for _ in range(1500):
        line = relative_fit(tokens, (1.0 + 0.01 * tokens) * np.exp(0.1 * rng.standard_normal(10)))
        assert line is not None
        starts.append(line.intercept)
        inside += abs(line.intercept - 1.0) <= quantile * line.intercept_se
    assert np.mean(starts) == pytest.approx(1.0, abs=0.02)
    assert 0.93 < inside / 1500 < 0.97


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([], []),
        ([1.0], [1.0]),
        ([1.0, 2.0], [1.0, 2.0]),
        ([5.0, 5.0, 5.0], [1.0, 2.0, 3.0]),
        ([0.1] * 7, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]),
        ([0.0, 0.0, 0.0], [1.0, 2.0, 3.0]),
    ],
)
def test_no_line_without_three_points_and_two_lengths(x: list[float], y: list[float]) -> None:
    """A column of equal lengths says nothing about length."""
    assert ordinary_fit(x, y) is None
    assert relative_fit(x, y) is None


def test_equal_times_have_a_flat_line() -> None:
    """Nothing grows with length, and there is no variation to explain."""
    for line in (ordinary_fit([1.0, 2.0, 3.0], [4.0, 4.0, 4.0]), relative_fit([1.0, 2.0, 3.0], [4.0, 4.0, 4.0])):
        assert line is not None
        assert line.intercept == pytest.approx(4.0)
        assert line.slope == pytest.approx(0.0, abs=1e-15)
        assert line.r_squared is None


def test_a_line_below_zero_is_no_line_of_times() -> None:
    """Long answers that took no time at all leave relative errors without a scale."""
    x, y = [1.0, 2.0, 3.0, 4.0, 5.0], [10.0, 9.0, 0.1, 0.1, 0.1]
    assert ordinary_fit(x, y) is not None
    assert relative_fit(x, y) is None


def test_a_line_that_never_settles_is_not_guessed() -> None:
    """Four points that no line with relative errors describes: two lines take turns, and neither is the answer."""
    x, y = [2002.0, 1617.0, 1920.0, 2666.0], [1.497, 19.742, 13.051, 27.913]
    assert ordinary_fit(x, y) is not None
    assert relative_fit(x, y) is None


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_no_number_is_refused(bad: float) -> None:
    """On either side."""
    for fit in (ordinary_fit, relative_fit):
        with pytest.raises(ValueError, match="finite"):
            fit([1.0, 2.0, bad], [1.0, 2.0, 3.0])
        with pytest.raises(ValueError, match="finite"):
            fit([1.0, 2.0, 3.0], [1.0, bad, 3.0])
        with pytest.raises(ValueError, match="equal numbers"):
            fit([1.0, 2.0, 3.0], [1.0, 2.0])


def test_relative_errors_need_positive_times() -> None:
    """0 has no share of itself."""
    with pytest.raises(ValueError, match="positive"):
        relative_fit([1.0, 2.0, 3.0], [1.0, 0.0, 3.0])
