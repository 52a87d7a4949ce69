"""What does a handful of values say about their mean? Student's t, Fisher's F, and the likeness of neighbours.

The textbook intervals for a number of values that was fixed before anyone looked. On log-ratios they answer "prompts like these" (a value
per prompt) or "at other times of day" (a value per session). They are not valid under peeking; the headline uses the confidence sequence.
Fewer than two values have no spread: None. Equal values have spread 0 and an interval of no width:
true of the sample, and for the caller to mistrust.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hayai.decide.stats.checked import Numbers, finite, share
from hayai.decide.stats.special import special


class MeanInterval(NamedTuple):
    """An estimate in the unit of the values, its interval, its standard error and the degrees of freedom behind that."""

    mean: float
    low: float
    high: float
    se: float
    df: float


def normal_quantile(p: float) -> float:
    """The value below which a standard normal falls with probability `p`. ValueError unless 0 < p < 1."""
    return float(special.ndtri(share(p)))


def t_quantile(p: float, df: float) -> float:
    """The value below which Student's t falls with probability `p`. ValueError unless 0 < p < 1 and df > 0."""
    return float(special.stdtrit(_degrees(df), share(p)))


def two_sided_p(t: float, df: float) -> float:
    """Probability of a t at least this far from 0 on either side. ValueError for NaN or df <= 0."""
    if math.isnan(t):
        raise ValueError("t is not a number")
    return min(1.0, 2.0 * float(special.stdtr(_degrees(df), -abs(t))))


def f_survival(f: float, df1: float, df2: float) -> float:
    """Probability of an F ratio of at least `f`. ValueError for NaN, f < 0 or degrees of freedom <= 0."""
    if not f >= 0:
        raise ValueError(f"a ratio of variances cannot be {f}")
    return float(special.fdtrc(_degrees(df1), _degrees(df2), f))


def around(estimate: float, se: float, df: float, confidence: float = 0.95) -> tuple[float, float]:
    """`estimate` plus and minus the t quantile times its standard error."""
    half = t_quantile((1.0 + share(confidence)) / 2.0, df) * se
    return estimate - half, estimate + half


def t_interval(values: Numbers, confidence: float = 0.95) -> MeanInterval | None:
    """Mean of the values with Student's interval; None for fewer than two. ValueError for a value that is not finite."""
    sample = finite(values)
    share(confidence)
    if sample.size < 2:
        return None
    mean, variance = _moments(sample)
    se, df = math.sqrt(variance / sample.size), sample.size - 1
    return MeanInterval(mean, *around(mean, se, df, confidence), se, df)


def lag_one(values: Numbers) -> float | None:
    """Autocorrelation of neighbours, in the order given, around the common mean; None for fewer than three values or equal ones."""
    sample = finite(values)
    if sample.size < 3 or sample.min() == sample.max():
        return None
    off = sample - sample.mean()
    off /= np.abs(off).max()
    return float((off[:-1] @ off[1:]) / (off @ off))


def _moments(sample: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and variance (n - 1); equal values have exactly variance 0, which a rounded mean would spoil."""
    if sample.min() == sample.max():
        return float(sample[0]), 0.0
    return float(sample.mean()), float(sample.var(ddof=1))


def _degrees(df: float) -> float:
    if not 0 < df < math.inf:
        raise ValueError(f"degrees of freedom are a positive number, not {df}")
    return df
