"""Differences of percentiles by cycles drawn again: repeatable, mirrored, right about as often as said, and silent in the far tail."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from numpy.typing import NDArray

from hayai.decide.stats.bootstrap import LogRatio, quantile_log_ratio
from hayai.decide.stats.quantile import quantile

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def run_of(
    seed: int, *, cycles: int = 20, prompts: int = 10, effect: float = -0.3, drift: float = 0.1
) -> tuple[Floats, Ints, Floats, Ints]:
    """Two targets' times over cycles that drift together; B's are exp(effect) of A's in distribution."""
    rng = np.random.Generator(np.random.PCG64(seed))
    cycle = np.repeat(np.arange(cycles), prompts)
    shared = drift * rng.standard_normal(cycles)[cycle]
    a = np.exp(shared + 0.2 * rng.standard_normal(cycle.size))
    b = np.exp(shared + effect + 0.2 * rng.standard_normal(cycle.size))
    return a, cycle, b, cycle


def found(result: LogRatio | None) -> LogRatio:
    """A result that must be there."""
    assert result is not None
    return result


def test_the_estimate_is_of_the_one_percentile() -> None:
    """log of the quotient of the two quantiles that the tables show."""
    a, cycle, b, _ = run_of(1)
    for p in (0.1, 0.5, 0.9, 0.95):
        q_a, q_b = quantile(a.tolist(), p), quantile(b.tolist(), p)
        assert q_a is not None
        assert q_b is not None
        result = found(quantile_log_ratio(a, cycle, b, cycle, p, seed=1))
        assert result.estimate == pytest.approx(math.log(q_b / q_a), abs=1e-12)
        assert result.low <= result.estimate <= result.high


def test_each_resample_is_the_quantile_of_its_cycles() -> None:
    """Counting gives what copying the drawn cycles' values side by side and taking their quantile gives."""
    a, cycle, b, _ = run_of(2, cycles=6, prompts=7)
    a, cycle_a = a[3:], cycle[3:]
    draws = np.random.Generator(np.random.PCG64(9)).integers(6, size=(400, 6))
    slow = [
        math.log(float(np.quantile(np.concatenate([b[cycle == c] for c in row]), 0.6)))
        - math.log(float(np.quantile(np.concatenate([a[cycle_a == c] for c in row]), 0.6)))
        for row in draws
    ]
    result = found(quantile_log_ratio(a, cycle_a, b, cycle, 0.6, seed=9, replicates=400))
    assert (result.low, result.high) == pytest.approx(tuple(np.quantile(slow, [0.025, 0.975])), abs=1e-12)


def test_same_seed_same_interval() -> None:
    """To the last digit, in whatever order the values come; another seed gives a neighbour."""
    a, cycle, b, _ = run_of(3)
    first = found(quantile_log_ratio(a, cycle, b, cycle, 0.9, seed=4))
    order = np.random.Generator(np.random.PCG64(0)).permutation(a.size)
    assert quantile_log_ratio(a[order], cycle[order], b, cycle, 0.9, seed=4) == first
    other = found(quantile_log_ratio(a, cycle, b, cycle, 0.9, seed=5))
    assert other != first
    assert other.low == pytest.approx(first.low, abs=0.05)


def test_swapping_the_targets_mirrors_the_interval() -> None:
    """And scaling all times moves nothing; cycles may be numbered as they like."""
    a, cycle, b, _ = run_of(6)
    result = found(quantile_log_ratio(a, cycle, b, cycle, 0.8, seed=1))
    swapped = found(quantile_log_ratio(b, cycle, a, cycle, 0.8, seed=1))
    assert (-swapped.estimate, -swapped.high, -swapped.low) == pytest.approx(tuple(result), abs=1e-12)
    scaled = found(quantile_log_ratio(a * 1e9, cycle + 100, b * 1e9, cycle + 100, 0.8, seed=1))
    assert tuple(scaled) == pytest.approx(tuple(result), abs=1e-9)


def test_drift_that_both_share_cancels() -> None:
    """The same cycles are drawn for both, so a common drift of 40 percent widens the median's interval far less than its own size."""
    quiet, drifting = run_of(7, drift=0.0), run_of(7, drift=0.4)
    narrow = found(quantile_log_ratio(*quiet, 0.5, seed=1))
    wide = found(quantile_log_ratio(*drifting, 0.5, seed=1))
    assert wide.high - wide.low < 3 * (narrow.high - narrow.low)


def test_the_truth_is_inside_about_as_often_as_said() -> None:
    """A known ratio of medians and of 90th percentiles, over 20 cycles that drift."""
    for p in (0.5, 0.9):
        inside = 0
        for seed in range(200):
            result = found(quantile_log_ratio(*run_of(1000 + seed), p, seed=seed, replicates=400))
            inside += result.low <= -0.3 <= result.high
        assert inside / 200 > 0.87


@pytest.mark.parametrize(
    ("p", "enough"), [(0.95, True), (0.96, False), (0.99, False), (0.05, True), (0.04, False), (0.5, True)]
)
def test_the_far_tail_is_silent(p: float, enough: bool) -> None:
    """200 values have ten beyond the 95th percentile and fewer beyond any later one."""
    assert (quantile_log_ratio(*run_of(8), p, seed=1, replicates=50) is not None) == enough


def test_few_cycles_are_silent() -> None:
    """However many values they hold."""
    assert quantile_log_ratio(*run_of(9, cycles=4, prompts=100), 0.5, seed=1) is None
    assert quantile_log_ratio(*run_of(9, cycles=5, prompts=100), 0.5, seed=1) is not None


def test_nothing_on_one_side_is_silent() -> None:
    """No values at all, and values in so few cycles that a resample can miss them."""
    a, cycle, b, _ = run_of(10)
    none, nowhere = np.array([]), np.array([], dtype=np.int64)
    assert quantile_log_ratio(none, nowhere, b, cycle, 0.5, seed=1) is None
    assert quantile_log_ratio(none, nowhere, none, nowhere, 0.5, seed=1) is None
    few = cycle < 3
    assert quantile_log_ratio(a[few], cycle[few], b, cycle, 0.5, seed=1) is None


def test_equal_values_have_no_difference() -> None:
    """And no width."""
    ones, cycle = np.ones(200), np.repeat(np.arange(20), 10)
    assert quantile_log_ratio(ones, cycle, ones, cycle, 0.9, seed=1) == LogRatio(0.0, 0.0, 0.0)


@pytest.mark.parametrize("bad", [math.nan, math.inf, 0.0, -1.0])
def test_what_has_no_logarithm_is_refused(bad: float) -> None:
    """Before anything is drawn."""
    a, cycle, b, _ = run_of(11)
    a[5] = bad
    with pytest.raises(ValueError, match=r"logarithm|finite"):
        quantile_log_ratio(a, cycle, b, cycle, 0.5, seed=1)


def test_every_value_has_its_cycle() -> None:
    """Nothing is stretched to fit."""
    a, cycle, b, _ = run_of(12)
    with pytest.raises(ValueError, match="has its cycle"):
        quantile_log_ratio(a, cycle[1:], b, cycle, 0.5, seed=1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile_log_ratio(a, cycle, b, cycle, 95.0, seed=1)


def test_two_thousand_resamples_keep_nobody_waiting() -> None:
    """20 cycles of 10 prompts in under half a second of processor time, whatever else the machine does."""
    run = run_of(13)
    started = time.process_time()
    assert quantile_log_ratio(*run, 0.9, seed=1) is not None
    assert time.process_time() - started < 0.5
