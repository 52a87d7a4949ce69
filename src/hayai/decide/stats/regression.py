"""How does a time grow with the length of the answer? A straight line through pairs, with what it does not know about itself.

`ordinary_fit` is least squares. Of log-ratios of times on log-ratios of lengths it is the analysis of covariance: the intercept is the
log-ratio at equal length, the slope the share of the time that scales with length. `relative_fit` is for `seconds = start + tokens *
per_token`, where noise grows with the time itself. Errors follow the t distribution with n - 2 degrees of freedom. The intercept of a
short, scattered line is hardly known: state a start only when its interval excludes 0 and is narrower than the estimate. Fewer than three
points, or one x for all, give None.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hayai.decide.stats.checked import Numbers, finite_pairs

_MOST_PASSES = 200
_SETTLED = 1e-13
_NO_SPREAD = 1e-12


class Line(NamedTuple):
    """`y = intercept + slope * x`: intercept in units of y, slope in y per x, their standard errors, and the degrees of freedom.

    `r_squared` is the share of the plain (unweighted) variation of y that the line explains; None when y does not vary.
    """

    intercept: float
    slope: float
    intercept_se: float
    slope_se: float
    df: int
    r_squared: float | None


def ordinary_fit(x: Numbers, y: Numbers) -> Line | None:
    """The least-squares line; None for fewer than three points or no spread in x. ValueError for values not finite or of unequal number."""
    across, up = finite_pairs(x, y)
    return _fit(across, up, np.ones_like(across)) if _can_carry_a_line(across) else None


def relative_fit(x: Numbers, y: Numbers) -> Line | None:
    """The line with equal *relative* errors: least squares with weights `1 / fitted**2`, the fitted values being its own.

    Found by repetition: the first weights are `1 / y**2`, each pass takes the fitted values of the one before, until none moves by more
    than 1e-13 of itself. None as in `ordinary_fit`, and also when the line falls to 0 or below at one of the points (no time does) or
    does not settle in 200 passes. ValueError also for a y of 0 or less.
    """
    across, up = finite_pairs(x, y)
    if (up <= 0).any():
        raise ValueError("relative errors need positive values")
    if not _can_carry_a_line(across):
        return None
    fitted = up
    for _ in range(_MOST_PASSES):
        # Relative to the smallest, so that tiny values do not overflow; a common factor of the weights changes nothing.
        line = _fit(across, up, (fitted.min() / fitted) ** 2)
        refitted = line.intercept + line.slope * across
        if (refitted <= 0).any():
            return None
        if np.allclose(refitted, fitted, rtol=_SETTLED, atol=0.0):
            return line
        fitted = refitted
    return None


class Slope(NamedTuple):
    """Change in y per x, its standard error, and the degrees of freedom."""

    slope: float
    slope_se: float
    df: int


def fit_within(x: Numbers, y: Numbers, group: NDArray[np.intp]) -> Slope | None:
    """Least squares with a level of its own for each group (numbers from 0): what differs within groups alone counts.

    None where x varies within no group, where nothing is left to see the noise by, or where there is no noise.
    """
    across, up = finite_pairs(x, y)
    counts = np.maximum(np.bincount(group), 1) if across.size else np.ones(1)

    def off(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(values - (np.bincount(group, weights=values) / counts)[group])

    df = across.size - int(np.unique(group).size) - 1
    if df < 1:
        return None
    off_x, off_y = off(across), off(up)
    spread = float(off_x @ off_x)
    if spread <= _NO_SPREAD:
        return None
    slope = float(off_x @ off_y) / spread
    rest = off_y - slope * off_x
    se = float(np.sqrt(rest @ rest / df / spread))
    return None if se <= _NO_SPREAD else Slope(slope=slope, slope_se=se, df=df)


def _can_carry_a_line(x: NDArray[np.float64]) -> bool:
    """At least three points, and an x that varies by more than rounding does."""
    return x.size >= 3 and bool(np.ptp(x) > _NO_SPREAD * np.abs(x).max())


def _fit(x: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64]) -> Line:
    total = weights.sum()
    middle_x, middle_y = weights @ x / total, weights @ y / total
    off_x, off_y = x - middle_x, y - middle_y
    spread = weights @ off_x**2
    slope = weights @ (off_x * off_y) / spread
    rest = off_y - slope * off_x
    df = x.size - 2
    noise = weights @ rest**2 / df
    variation = ((y - y.mean()) ** 2).sum() if y.min() < y.max() else 0.0
    return Line(
        intercept=float(middle_y - slope * middle_x),
        slope=float(slope),
        intercept_se=float(np.sqrt(noise * (1.0 / total + middle_x**2 / spread))),
        slope_se=float(np.sqrt(noise / spread)),
        df=df,
        r_squared=float(1.0 - (rest**2).sum() / variation) if variation > 0 else None,
    )
