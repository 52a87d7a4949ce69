"""Between which two values of the sample does a percentile lie, and how many values does that take?

Exact and free of any assumption about the shape of the distribution (Conover, Practical Nonparametric Statistics, section 3.2): the
number of values at or below the true p-quantile is binomial(n, p). So the l-th and u-th smallest values enclose it with at least the
confidence asked for, with `l` the binomial quantile of the lower tail and `u` one more than that of the upper. A rank that falls outside
the sample means "no bound on this side": ten values say nothing about how high a 99th percentile may lie, and no number is made up for
it.

Values are taken as independent. Requests of one run are not quite that (prompts repeat, times drift), so these intervals are descriptive:
said for these prompts, at this n, and not valid under peeking.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from hayai.decide.stats.checked import Numbers, finite, share
from hayai.decide.stats.special import special

Gate = Literal["hidden", "at_least", "wide", "shown"]


def binomial_quantile(q: float, n: int, p: float) -> int:
    """The smallest k with `P(X <= k) >= q` for X binomial(n, p)."""
    guess = special.bdtrik(q, n, p)
    k = min(n, max(0, math.ceil(guess))) if math.isfinite(guess) else 0
    while k > 0 and special.bdtr(k - 1, n, p) >= q:
        k -= 1
    while k < n and special.bdtr(k, n, p) < q:
        k += 1
    return k


def ranks(n: int, p: float, confidence: float = 0.95) -> tuple[int | None, int | None]:
    """Ranks (1 = smallest) of the two values that enclose the `p`-quantile of n values; None where the sample gives no bound."""
    p, tail = share(p), (1.0 - share(confidence)) / 2.0
    if n < 0:
        raise ValueError(f"a sample cannot have {n} values")
    low = binomial_quantile(tail, n, p)
    high = binomial_quantile(1.0 - tail, n, p) + 1
    return (low if low >= 1 else None), (high if high <= n else None)


def percentile_interval(values: Numbers, p: float, confidence: float = 0.95) -> tuple[float | None, float | None]:
    """The two values of the sample (any order) that enclose its distribution's `p`-quantile, in the sample's unit; None where none does.

    ValueError for a value that is not finite, or p or confidence outside 0..1.
    """
    ordered = np.sort(finite(values))
    low, high = ranks(ordered.size, p, confidence)
    return (None if low is None else float(ordered[low - 1])), (None if high is None else float(ordered[high - 1]))


def fewest_for_bound(p: float, confidence: float = 0.95) -> int:
    """How many values until the outermost one bounds the `p`-quantile on its far side with this (one-sided) confidence.

    All n lie short of it with probability `max(p, 1-p) ** n`: 59 for the 95th percentile, 299 for the 99th.
    """
    side = max(share(p), 1.0 - p)
    return max(1, math.ceil(math.log1p(-share(confidence)) / math.log(side) - 1e-9))


def gate(n: int, p: float) -> Gate:
    """How much of the `p`-quantile of n values may be shown, by the number of values expected beyond it, `n * min(p, 1-p)`.

    Below 1 "hidden"; below 5 "at_least" (the outermost value, as a bound of the sample); below 10 "wide" (with its interval, marked);
    else "shown".
    """
    share(p)
    # Rounded, because 10 * (1 - 0.9) is a little less than 1 in floating point.
    beyond = round(n * min(p, 1.0 - p), 9)
    if beyond < 1:
        return "hidden"
    if beyond < 5:
        return "at_least"
    return "wide" if beyond < 10 else "shown"
