"""Does the answer change when only the order of the differences counts? Tests and an estimate that no single wild value can bend.

For differences `d` that are symmetric around 0 when nothing differs, as paired log-ratios in random order are. Wilcoxon's signed-rank
test (Biometrics Bulletin 1, 1945, 80-83) and the interval and centre that come with it (Hodges and Lehmann, Ann. Math. Stat. 34, 1963,
598-611); Fisher's sign-flip test of the mean; Spearman's rank correlation. Exact where a computer can count all cases; where it counts no
longer the docstring says what happens. For a number of pairs fixed beforehand, not under peeking.
"""

from __future__ import annotations

import math
from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hayai.decide.stats.checked import Numbers, finite, finite_pairs, share
from hayai.decide.stats.special import special
from hayai.decide.stats.student import two_sided_p

MOST_COUNTED = 200
"""Differences up to which the signed-rank distribution is counted out.

Beyond, the normal approximation is within 1 percent of a p near 0.05.
"""
MOST_FLIPPED = 20
"""Differences up to which all 2**n signs are tried."""
MOST_AVERAGED = 2000
"""Differences up to which all n(n+1)/2 pairwise averages are formed (16 MB)."""
_MOST_ORDERED = 8
_ROUNDING = 1e-12


class Centre(NamedTuple):
    """Hodges and Lehmann's estimate in the unit of the differences; its interval, None where so few values give none."""

    estimate: float
    low: float | None
    high: float | None


class Correlation(NamedTuple):
    """Spearman's rho in -1..1 and its two-sided p."""

    rho: float
    p: float


def wilcoxon_p(differences: Numbers) -> float | None:
    """Two-sided p of the signed-rank test against a centre of 0; None without differences, 1 when all are 0.

    ValueError for values not finite. Zeros are left out, as Wilcoxon did; ties share their middle rank, and the distribution is the exact
    one of those very ranks. Beyond `MOST_COUNTED` differences the normal approximation with a correction for continuity.
    """
    sample = finite(differences)
    if sample.size == 0:
        return None
    sample = sample[sample != 0]
    if sample.size == 0:
        return 1.0
    # Twice the middle ranks are whole numbers, so the distribution can be counted.
    doubled = np.rint(2.0 * _middle_ranks(np.abs(sample))).astype(np.int64)
    positive, negative = int(doubled[sample > 0].sum()), int(doubled[sample < 0].sum())
    smaller = min(positive, negative)
    if sample.size > MOST_COUNTED:
        spread = math.sqrt(float((doubled.astype(np.float64) ** 2).sum()))
        gap = max(0.0, abs(positive - negative) - 2.0)
        return min(1.0, 2.0 * float(special.ndtr(-gap / spread)))
    return min(1.0, 2.0 * float(_chances(doubled)[: smaller + 1].sum()))


def sign_flip_p(differences: Numbers) -> float | None:
    """Two-sided p of the mean under all 2**n choices of signs; None without differences and for more than 20.

    ValueError for values not finite.
    """
    sample = finite(differences)
    if not 0 < sample.size <= MOST_FLIPPED:
        return None
    reach = float(np.abs(sample).max())
    if reach == 0:
        return 1.0
    sample = sample / reach
    # Flipping all signs changes no absolute value, so the first may keep its own.
    sums = sample[:1]
    for value in sample[1:]:
        sums = np.concatenate((sums + value, sums - value))
    observed = abs(float(sample.sum()))
    return float(np.count_nonzero(np.abs(sums) >= observed - _ROUNDING * sample.size)) / sums.size


def hodges_lehmann(differences: Numbers, confidence: float = 0.95) -> Centre | None:
    """Median of all pairwise averages (each value with itself too), with the interval that inverts the signed-rank test.

    None without differences or for more than 2,000. No interval where even the outermost averages are not sure enough: five values or
    fewer, at 95 percent. ValueError for values not finite.
    """
    sample = finite(differences)
    tail = (1.0 - share(confidence)) / 2.0
    if not 0 < sample.size <= MOST_AVERAGED:
        return None
    first, second = np.triu_indices(sample.size)
    # Halved first: the sum of two very large values would not fit.
    averages = np.sort(sample[first] / 2.0 + sample[second] / 2.0)
    rank = _outer_rank(sample.size, tail)
    if rank < 1:
        return Centre(float(np.median(averages)), None, None)
    return Centre(float(np.median(averages)), float(averages[rank - 1]), float(averages[-rank]))


def spearman(x: Numbers, y: Numbers) -> Correlation | None:
    """Correlation of the ranks, ties in the middle; None for fewer than three pairs or when one side does not vary.

    p by all orders up to 8 pairs; beyond, by the t approximation, and never below 2 / n!, the rarest any order can be. ValueError for
    values not finite or of unequal number.
    """
    across, up = finite_pairs(x, y)
    n = across.size
    if n < 3 or across.min() == across.max() or up.min() == up.max():
        return None
    one, two = _centred(_middle_ranks(across)), _centred(_middle_ranks(up))
    rho = min(1.0, max(-1.0, float(one @ two)))
    if n <= _MOST_ORDERED:
        all_rhos = np.abs(two[np.array(list(permutations(range(n))))] @ one)
        return Correlation(rho, float(np.mean(all_rhos >= abs(rho) - _ROUNDING)))
    rest = 1.0 - rho * rho
    p = two_sided_p(rho * math.sqrt((n - 2) / rest), n - 2) if rest > 0 else 0.0
    return Correlation(rho, max(p, 2.0 * math.exp(-math.lgamma(n + 1))))


def _middle_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1; equal values share the middle of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2.0)[place])


def _centred(ranks: NDArray[np.float64]) -> NDArray[np.float64]:
    off = ranks - ranks.mean()
    return np.asarray(off / np.sqrt(off @ off))


def _chances(whole_ranks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Probability of each rank sum when every rank counts with probability one half."""
    chances = np.zeros(int(whole_ranks.sum()) + 1)
    chances[0] = 1.0
    for rank in whole_ranks:
        moved = np.zeros_like(chances)
        moved[rank:] = chances[: chances.size - rank]
        chances = (chances + moved) / 2.0
    return chances


def _outer_rank(n: int, tail: float) -> int:
    """The largest r with P(rank sum < r) <= tail: the r-th average from either end bounds the centre; 0 if there is none."""
    if n > MOST_COUNTED:
        spread = math.sqrt(n * (n + 1) * (2 * n + 1) / 24.0)
        return max(0, math.floor(n * (n + 1) / 4.0 + float(special.ndtri(tail)) * spread + 0.5))
    below = np.cumsum(_chances(np.arange(1, n + 1, dtype=np.int64)))
    return int(np.searchsorted(below, tail, side="right"))
