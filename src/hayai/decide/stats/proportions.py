"""How often does it happen, and how sure is that? Shares in 0..1 with intervals that hold for few cases and for none.

Wilson's interval (J. Am. Stat. Assoc. 22, 1927, 209-212) for rates that are shown; Clopper and Pearson's exact one (Biometrika 26, 1934,
404-413) where the promised confidence must never be missed; Newcombe's for the difference of two rates seen on the same prompts
(Statistics in Medicine 17, 1998, 2635-2650, method 10), which needs the pairs: two targets that fail on the same prompts differ less than
their rates alone say. No cases give None, never a rate of 0. All for a fixed number of cases: descriptive when the run was stopped by its
data.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from hayai.decide.stats.checked import share
from hayai.decide.stats.special import special


class Difference(NamedTuple):
    """A difference of two shares, between -1 and 1, with its interval."""

    estimate: float
    low: float
    high: float


def _counted(k: float, n: float) -> None:
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share")


def wilson(k: float, n: float, confidence: float = 0.95) -> tuple[float, float] | None:
    """Interval of the share behind `k` of `n`, by inverting the score test; None for n = 0. ValueError unless 0 <= k <= n.

    They need not be whole: a tie may count as half a case.
    """
    _counted(k, n)
    z = float(special.ndtri((1.0 + share(confidence)) / 2.0))
    if n == 0:
        return None
    rate, square = k / n, z * z / n
    middle = (rate + square / 2.0) / (1.0 + square)
    half = z * math.sqrt(rate * (1.0 - rate) / n + square / (4.0 * n)) / (1.0 + square)
    # Exactly 0 and 1 at the ends, where rounding would leave a dust of either sign.
    return (0.0 if k == 0 else middle - half), (1.0 if k == n else middle + half)


def clopper_pearson(k: int, n: int, confidence: float = 0.95) -> tuple[float, float] | None:
    """Interval of the share behind `k` of `n` that misses no more often than promised; None for n = 0. ValueError unless 0 <= k <= n."""
    _counted(k, n)
    tail = (1.0 - share(confidence)) / 2.0
    if n == 0:
        return None
    low = 0.0 if k == 0 else float(special.betaincinv(k, n - k + 1, tail))
    high = 1.0 if k == n else float(special.betaincinv(k + 1, n - k, 1.0 - tail))
    return low, high


def paired_difference(
    both: float, only_a: float, only_b: float, neither: float, confidence: float = 0.95
) -> Difference | None:
    """B's share minus A's, from how many pairs had it on both sides, on A's only, on B's only, on neither; None for no pairs.

    The sign is that of the house: above 0 means more often with B. Counts need not be whole: a pair that was seen several times may be
    spread over the cells, and is still one pair. ValueError for a negative count.
    """
    counts = (both, only_a, only_b, neither)
    n = sum(counts)
    for count in counts:
        _counted(count, n)
    of_a, of_b = wilson(both + only_a, n, confidence), wilson(both + only_b, n, confidence)
    if of_a is None or of_b is None:
        return None
    rate_a, rate_b = (both + only_a) / n, (both + only_b) / n
    phi = _correlation(both, only_a, only_b, neither)
    estimate = (only_b - only_a) / n
    down = _joined(rate_b - of_b[0], of_a[1] - rate_a, phi)
    up = _joined(of_b[1] - rate_b, rate_a - of_a[0], phi)
    return Difference(estimate, max(-1.0, estimate - down), min(1.0, estimate + up))


def _correlation(both: float, only_a: float, only_b: float, neither: float) -> float:
    """Correlation of the two outcomes, a positive one drawn towards 0 by Newcombe's continuity correction; 0 where a side never varies."""
    margins = (both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    if margins == 0:
        return 0.0
    excess = float(both * neither - only_a * only_b)
    if excess > 0:
        excess = max(0.0, excess - (both + only_a + only_b + neither) / 2.0)
    return excess / math.sqrt(margins)


def _joined(one: float, other: float, phi: float) -> float:
    """Length of the third side when two half-widths meet at the angle whose cosine is phi."""
    return math.sqrt(max(0.0, one * one - 2.0 * phi * one * other + other * other))
