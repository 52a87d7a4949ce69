"""Of the difference between two times, how much is the start, how much the amount, and how much the speed?

A time is `E = start + amount * per_unit`: for an answer, time to first token + (tokens - 1) * time per token. The log-ratio of two such
times is split exactly, without a rest and without preferring either side, by the logarithmic-mean weights known as LMDI-I (Ang, Energy
Policy 33, 2005, 867-871). With `L` the logarithmic mean and `G = amount * per_unit`:

    log(E_B/E_A) = w_F log(F_B/F_A) + w_G log(amount_B/amount_A) + w_G log(per_unit_B/per_unit_A)
    w_F = L(F_B, F_A) / L(E_B, E_A)        w_G = L(G_B, G_A) / L(E_B, E_A)

because `L(b, a) log(b/a) = b - a` for each addend. Exact for each pair, so averages over pairs add up too. A start, amount or time per
unit of 0 has no logarithm: such pairs are the caller's to leave out (and to count).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hayai.decide.stats.checked import Numbers, positive

Array = NDArray[np.float64]


def logarithmic_mean(a: Numbers, b: Numbers) -> Array:
    """`(a - b) / log(a / b)`, and `a` where the two are equal; between geometric and arithmetic mean. ValueError unless all are positive.

    Close values are taken as `sqrt(ab) * sinh(h) / h` with `h = log(a/b) / 2`, which loses no digits where the plain form divides two
    nearly vanished differences.
    """
    first, second = positive(a), positive(b)
    if first.size != second.size:
        raise ValueError(f"values that belong together come in equal numbers, not {first.size} and {second.size}")
    half = (np.log(first) - np.log(second)) / 2.0
    near = np.abs(half) < 1.0
    small = np.where(near & (half != 0.0), half, 1.0)
    stretch = np.where(half == 0.0, 1.0, np.sinh(small) / small)
    apart = np.where(near, 1.0, 2.0 * half)
    mean = np.where(near, np.sqrt(first) * np.sqrt(second) * stretch, (first - second) / apart)
    return np.asarray(np.where(first == second, first, mean))


def split(
    *,
    start_a: Numbers,
    amount_a: Numbers,
    per_unit_a: Numbers,
    start_b: Numbers,
    amount_b: Numbers,
    per_unit_b: Numbers,
) -> tuple[Array, Array, Array]:
    """Per pair, the parts (start, amount, per unit) of `log(E_B / E_A)`; below 0 where that part makes B faster.

    Starts and times per unit in one unit of time (any), amounts as counts (tokens - 1). ValueError if a value is not positive and finite,
    or if the lengths differ.
    """
    columns = [positive(column) for column in (start_a, amount_a, per_unit_a, start_b, amount_b, per_unit_b)]
    if len({column.size for column in columns}) != 1:
        raise ValueError("the six columns of a decomposition have one length")
    first_a, many_a, each_a, first_b, many_b, each_b = columns
    rest_a, rest_b = many_a * each_a, many_b * each_b
    whole = logarithmic_mean(first_b + rest_b, first_a + rest_a)
    weight_first = logarithmic_mean(first_b, first_a) / whole
    weight_rest = logarithmic_mean(rest_b, rest_a) / whole
    return (
        weight_first * np.log(first_b / first_a),
        weight_rest * np.log(many_b / many_a),
        weight_rest * np.log(each_b / each_a),
    )
