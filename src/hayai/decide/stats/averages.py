"""Which average? Five of them, each called by its name wherever it is shown.

For comparing two targets the geometric mean is the fair one: swapping the two gives exactly the reciprocal. The mean of ratios favours
whichever lies below, and the ratio of totals is dominated by the longest prompts (it is right for "the whole workload took"). All return
None for an empty sample: nothing is not zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from hayai.decide.stats.quantile import quantile


def median(values: Sequence[float]) -> float | None:
    """The middle value; between the two middle ones when their number is even."""
    return quantile(values, 0.5)


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean, summed without rounding drift."""
    return math.fsum(values) / len(values) if values else None


def geometric_mean(values: Sequence[float]) -> float | None:
    """exp of the mean logarithm. ValueError if a value is not positive: it has no logarithm, and dropping it would be a lie."""
    if any(value <= 0 for value in values):
        raise ValueError("a geometric mean needs positive values")
    average = mean([math.log(value) for value in values])
    return None if average is None else math.exp(average)


def mean_of_ratios(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Mean of `numerator / denominator` over pairs: every pair weighs the same, large ratios pull. Denominators must not be 0."""
    return mean([numerator / denominator for numerator, denominator in pairs])


def ratio_of_totals(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Sum of numerators over sum of denominators: long pairs weigh more. None if the denominators sum to 0."""
    total = math.fsum(denominator for _, denominator in pairs)
    return math.fsum(numerator for numerator, _ in pairs) / total if pairs and total else None


def geometric_mean_of_ratios(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Geometric mean of `numerator / denominator`; the reciprocal of itself when all pairs are swapped. All values must be positive."""
    return geometric_mean([numerator / denominator for numerator, denominator in pairs])
