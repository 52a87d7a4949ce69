"""Are these numbers that arithmetic may touch? A NaN that slips into a mean makes every later number a lie, so it stops here.

Every file of this folder takes its samples through `finite`, and its shares through `share`. Callers who mean "unknown" leave the value
out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = Sequence[float] | NDArray[np.float64]
"""What the functions of this folder accept as a sample: floats in any order, possibly none."""
LARGEST = 1e100
"""No time, count or ratio that anyone measured comes near it; beyond, squares would overflow into infinities without a word."""


def finite(values: Numbers) -> NDArray[np.float64]:
    """The sample as an array of its own.

    ValueError if it is not a plain row of numbers, or if one of them is NaN, None or beyond LARGEST.
    """
    array = np.array(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"a sample is one row of numbers, not an array of {array.ndim} dimensions")
    if not (np.abs(array) <= LARGEST).all():
        raise ValueError("a sample holds a value that is no finite number, or none that was measured")
    return array


def finite_pairs(x: Numbers, y: Numbers) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two samples whose values belong together by place. ValueError as `finite`, and if their lengths differ."""
    first, second = finite(x), finite(y)
    if first.size != second.size:
        raise ValueError(f"values that belong together come in equal numbers, not {first.size} and {second.size}")
    return first, second


def positive(values: Numbers) -> NDArray[np.float64]:
    """A sample that has logarithms. ValueError as `finite`, and if a value is 0 or less."""
    array = finite(values)
    if (array <= 0).any():
        raise ValueError("a value of 0 or less has no logarithm")
    return array


def share(value: float) -> float:
    """A probability strictly between 0 and 1. ValueError otherwise, NaN included."""
    if not 0.0 < value < 1.0:
        raise ValueError(f"a share or confidence lies between 0 and 1, not {value}")
    return float(value)
