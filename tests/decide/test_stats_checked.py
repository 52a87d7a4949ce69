"""What may enter the arithmetic, and what is turned away at the door."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hayai.decide.stats.checked import LARGEST, finite, finite_pairs, positive, share


def test_a_sample_is_copied() -> None:
    """What is done to it is not done to the caller's."""
    mine = np.array([1.0, 2.0])
    finite(mine)[0] = 9.0
    assert mine.tolist() == [1.0, 2.0]
    assert finite([]).size == 0


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, LARGEST * 10, None])
def test_unknown_values_are_refused(bad: float) -> None:
    """None becomes NaN in an array, and neither is a number."""
    with pytest.raises(ValueError, match="finite"):
        finite([1.0, bad])
    with pytest.raises(ValueError, match="finite"):
        finite_pairs([1.0, 2.0], [1.0, bad])


def test_a_table_is_no_sample() -> None:
    """One row of numbers."""
    with pytest.raises(ValueError, match="2 dimensions"):
        finite(np.ones((2, 2)))
    with pytest.raises(ValueError, match="0 dimensions"):
        finite(np.array(1.0))


@pytest.mark.parametrize("bad", [0.0, -0.0, -1.0])
def test_positive_means_above_zero(bad: float) -> None:
    """What has a logarithm."""
    with pytest.raises(ValueError, match="logarithm"):
        positive([1.0, bad])


def test_a_share_lies_strictly_between() -> None:
    """0, 1, 95 and NaN do not."""
    assert share(0.95) == 0.95
    for bad in (0.0, 1.0, 95.0, -0.5, math.nan):
        with pytest.raises(ValueError, match="between 0 and 1"):
            share(bad)
