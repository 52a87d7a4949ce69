"""By how much do the percentiles of two targets differ? Whole cycles are drawn again, because what was measured together belongs together.

The estimate is `log(q_B / q_A)` for the same percentile of both (type 7, `quantile.py`). For the interval, cycles are drawn with
replacement, the same ones for both targets, each bringing all its values (Efron and Tibshirani, An Introduction to the Bootstrap, section
8.5: resample the independent unit); the interval is that of the percentiles of the differences so found. It is descriptive: right for a
run whose length was fixed beforehand, *not* anytime-valid, and said so wherever it is shown.

Far out in the tail a resample can only repeat what was seen: by simulation the bootstrap interval of a 99th percentile covers 64 percent
at n = 100. So fewer than ten values expected beyond the percentile, on either side, give None; so do fewer than five cycles, whose few
distinct resamples leave a tail of 2.5 percent to one of them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hayai.decide.stats.checked import Numbers, positive, share

FEWEST_BEYOND = 10
FEWEST_CYCLES = 5

Places = NDArray[np.int64]


class LogRatio(NamedTuple):
    """A difference of logarithms, below 0 where B is the smaller (faster), with its interval."""

    estimate: float
    low: float
    high: float


def quantile_log_ratio(
    values_a: Numbers,
    cycles_a: Places,
    values_b: Numbers,
    cycles_b: Places,
    p: float,
    *,
    seed: int,
    confidence: float = 0.95,
    replicates: int = 2000,
) -> LogRatio | None:
    """`log` of B's `p`-quantile over A's, by resampling whole cycles.

    `cycles_*` says of each value which cycle (any whole number) it is from. The same seed gives the same interval, and swapping the
    targets its mirror. None below the limits named above, or if a resample left a target without any value. ValueError for values not
    positive and finite, or cycles of unequal number.
    """
    tail = (1.0 - share(confidence)) / 2.0
    share(p)
    sides = [_side(values_a, cycles_a), _side(values_b, cycles_b)]
    if any(round(values.size * min(p, 1.0 - p), 9) < FEWEST_BEYOND for values, _ in sides):
        return None
    known = np.unique(np.concatenate([cycles for _, cycles in sides]))
    if known.size < FEWEST_CYCLES:
        return None
    draws = np.random.Generator(np.random.PCG64(seed)).integers(known.size, size=(replicates, known.size))
    cells = draws + known.size * np.arange(replicates)[:, None]
    times = np.bincount(cells.ravel(), minlength=replicates * known.size).reshape(replicates, known.size)
    # Every cycle once is the sample itself: the first row is the estimate.
    times = np.concatenate((np.ones((1, known.size), dtype=np.int64), times))
    logs: list[NDArray[np.float64]] = []
    for values, cycles in sides:
        found = _resampled(values, np.searchsorted(known, cycles), times, p)
        if found is None:
            return None
        logs.append(np.log(found))
    differences = logs[1] - logs[0]
    low, high = np.quantile(differences[1:], [tail, 1.0 - tail])
    return LogRatio(float(differences[0]), float(low), float(high))


def _side(values: Numbers, cycles: Places) -> tuple[NDArray[np.float64], Places]:
    """One target's values from the smallest up, and the cycle of each."""
    sample, of = positive(values), np.asarray(cycles, dtype=np.int64)
    if sample.shape != of.shape:
        raise ValueError(f"every value has its cycle: {sample.size} values, {of.size} cycles")
    order = np.argsort(sample, kind="stable")
    return sample[order], of[order]


def _resampled(ordered: NDArray[np.float64], cycle: Places, times: Places, p: float) -> NDArray[np.float64] | None:
    """The `p`-quantile of each resample, where `times[replicate, cycle]` says how often a cycle was drawn; None if one came out empty.

    Values are sorted once: a resample only changes how often each stands in the row, so its quantile is found by counting. A row is
    counted in blocks: how many values of each cycle a block holds is the same for all resamples, so that a product of matrices counts them.
    """
    block = np.arange(ordered.size) // math.isqrt(ordered.size)
    blocks = int(block[-1]) + 1
    held = np.bincount(cycle * blocks + block, minlength=times.shape[1] * blocks).reshape(-1, blocks)
    # Whole numbers below 2^53: floats count them exactly, and many times as fast.
    sums = (times.astype(np.float64) @ held.astype(np.float64)).astype(np.int64)
    upto = np.cumsum(sums, axis=1)
    last = upto[:, -1] - 1
    if (last < 0).any():
        return None
    rank = p * last
    below = np.floor(rank).astype(np.int64)
    low = ordered[_places(times, cycle, sums, upto, below)]
    high = ordered[_places(times, cycle, sums, upto, np.minimum(below + 1, last))]
    found: NDArray[np.float64] = low + (high - low) * (rank - below)
    return found


def _places(times: Places, cycle: Places, sums: Places, upto: Places, wanted: Places) -> Places:
    """Where in the sorted row the value with rank `wanted` (from 0) stands, one per replicate, each value standing there as often as drawn.

    First the block of values that holds it, then the place within: a look at every value would cost seconds for a long run.
    """
    every = np.arange(len(times))
    found = np.count_nonzero(upto <= wanted[:, None], axis=1)
    left = wanted - (upto[every, found] - sums[every, found])
    block = math.isqrt(cycle.size)
    inside = np.minimum(found[:, None] * block + np.arange(block), cycle.size - 1)
    often = times[every[:, None], cycle[inside]]
    within = np.count_nonzero(np.cumsum(often, axis=1) <= left[:, None], axis=1)
    return np.asarray(found * block + within)
