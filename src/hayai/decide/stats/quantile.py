"""Which value has a share `p` of the sample below it? The one percentile of the house.

Linear interpolation between the two nearest order statistics at rank `p * (n - 1)` (type 7 of Hyndman and Fan, numpy's default method).
It never leaves the range of the sample: a 99th percentile of ten values is not beyond the largest of them. An array that is sorted already
is not sorted again. Pure Python, so that nobody waits for numpy to load before the first number is on the screen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def quantile(values: Sequence[float], p: float) -> float | None:
    """The `p`-quantile of `values` (any order, left alone); None for an empty sample. ValueError unless 0 <= p <= 1."""
    return quantile_of_ordered(sorted(values), p)


def quantile_of_ordered(ordered: Sequence[float] | NDArray[np.float64], p: float) -> float | None:
    """The same of values that are in ascending order already; an array must hold no NaN."""
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"p must lie in 0..1, not {p}")
    if not len(ordered):
        return None
    rank = p * (len(ordered) - 1)
    below = math.floor(rank)
    above = min(below + 1, len(ordered) - 1)
    share = rank - below
    low, high = float(ordered[below]), float(ordered[above])
    # From the nearer end, as numpy does: the result is then exact at both ends and never passes one of them.
    return low + (high - low) * share if share < 0.5 else high - (high - low) * (1.0 - share)
