"""The interval that stays true however often one looks: golden numbers, symmetries, and whether it keeps its word."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.noise import CALM, REALISTIC, ROUGH, Noise, trials
from hayai.decide.stats.confidence_sequence import UNEQUAL, MeanEstimate, half_width, pooled, stratified
from hayai.decide.stats.student import t_quantile
from hayai.decide.verdict.answer import classify
from hayai.decide.verdict.estimate import Bounds

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

HAIKU_3 = [7.07, 10.41, 9.99, 8.82, 7.35, 8.35, 4.69, 7.09, 12.56, 9.30]
STANDARD = [25.38, 35.68, 19.89, 18.23, 8.34, 7.09, 13.00, 7.45, 20.17, 22.73]
OPTIMIZED = [15.43, 27.80, 13.86, 11.45, 5.62, 6.66, 7.48, 5.47, 13.05, 13.23]
"""Seconds of the published comparison, prompt by prompt."""


@st.composite
def samples(draw: st.DrawFn, *, balanced: bool = False) -> tuple[Floats, Ints, Ints]:
    """Log ratios of a few prompts over a few cycles, in rows; some rounds missing unless balanced."""
    prompts, cycles = draw(st.integers(1, 6)), draw(st.integers(2, 6))
    where = [(prompt, cycle) for cycle in range(cycles) for prompt in range(prompts)]
    if not balanced:
        where = [place for place in where if draw(st.integers(0, 4))]
    logs = st.floats(-3, 3, allow_subnormal=False)
    values = np.array(draw(st.lists(logs, min_size=len(where), max_size=len(where))), dtype=np.float64)
    return values, np.array([p for p, _ in where], dtype=np.intp), np.array([c for _, c in where], dtype=np.intp)


def certain(values: Floats, prompts: Ints, cycles: Ints) -> MeanEstimate:
    """The stratified estimate of a sample that has one with some noise in it; hypothesis draws again otherwise."""
    found = stratified(values, prompts, cycles) if values.size else None
    assume(found is not None and found.sd > 1e-6)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("target", "baseline", "mean", "half"),
    [
        (OPTIMIZED, STANDARD, -0.386905, 0.297742),
        (STANDARD, HAIKU_3, 0.632379, 0.993913),
        (OPTIMIZED, HAIKU_3, 0.245474, 0.856963),
    ],
)
def test_the_published_table(target: list[float], baseline: list[float], mean: float, half: float) -> None:
    """Ten prompts asked once each: mean and half-width to six digits."""
    found = pooled(np.log(np.array(target) / np.array(baseline)))
    assert found is not None
    assert (found.n, found.df) == (10, 9)
    assert found.mean == pytest.approx(mean, abs=6e-7)
    assert half_width(found.se, found.n, found.df, 0.05) == pytest.approx(half, abs=6e-7)


@pytest.mark.parametrize(
    ("n", "df", "times"),
    [
        *((10, 9, 6.27), (20, 19, 3.61), (50, 49, 3.17), (100, 99, 3.12), (200, 199, 3.16), (1000, 999, 3.35)),
        *((20, 10, 4.26), (30, 20, 3.45), (50, 40, 3.20)),
    ],
)
def test_multiples_of_the_standard_error(n: int, df: int, times: float) -> None:
    """How much wider than one standard error: the price of looking at will, with one observation a pair and with ten prompts."""
    assert half_width(1.0, n, df, 0.05) == pytest.approx(times, abs=0.005)


@given(samples(), st.floats(-2, 2), st.floats(0.1, 10))
def test_mirror_shift_and_scale(sample: tuple[Floats, Ints, Ints], shift: float, scale: float) -> None:
    """Swapping the targets mirrors the estimate; adding to all logs moves only the mean; multiplying stretches mean and noise alike."""
    values, prompts, cycles = sample
    plain = certain(*sample)
    for factor, moved in ((-1.0, 0.0), (1.0, shift), (scale, 0.0)):
        other = stratified(factor * values + moved, prompts, cycles)
        assert other is not None
        assert other.mean == pytest.approx(factor * plain.mean + moved, abs=1e-9)
        assert other.se == pytest.approx(abs(factor) * plain.se, rel=1e-6)
        assert other.n == pytest.approx(plain.n, rel=1e-6)
        assert other.df == plain.df


def test_a_noise_whose_square_is_nothing() -> None:
    """Prompts repeated unequally often, and a noise of 1e-87: its size says nothing about degrees of freedom. It divided by 0."""
    prompts, cycles = np.array([1, 0, 1], dtype=np.intp), np.array([0, 1, 1], dtype=np.intp)
    tiny = stratified(np.array([0.0, 0.0, 1e-87]), prompts, cycles)
    plain = stratified(np.array([0.0, 0.0, 1.0]), prompts, cycles)
    assert tiny is not None
    assert plain is not None
    assert tiny.n == pytest.approx(plain.n)
    assert tiny.df == plain.df


@given(samples(), st.randoms(use_true_random=False))
def test_order_of_rows_says_nothing(sample: tuple[Floats, Ints, Ints], random: Random) -> None:
    """The same pairs in another order, and prompts under other numbers, are the same sample."""
    values, prompts, cycles = sample
    plain = certain(*sample)
    order = list(range(values.size))
    random.shuffle(order)
    other = stratified(values[order], (prompts.max() - prompts)[order], cycles[order])
    assert other is not None
    assert (other.mean, other.se, other.factor) == pytest.approx(
        (plain.mean, plain.se, plain.factor), rel=1e-6, abs=1e-12
    )


@given(samples())
def test_unbalanced_counts(sample: tuple[Floats, Ints, Ints]) -> None:
    """Every prompt weighs the same however often it was asked, and n is what makes sd^2 / n the variance of that mean.

    Asked unequally often, each prompt has the noise that it showed, if that is the larger sum.
    """
    values, prompts, _ = sample
    found = certain(*sample)
    groups = [values[prompts == prompt] for prompt in np.unique(prompts)]
    assert found.mean == pytest.approx(np.mean([group.mean() for group in groups]), abs=1e-12)
    common = len(groups) ** 2 / sum(1 / group.size for group in groups)
    df = values.size - len(groups)
    assert found.sd**2 * df == pytest.approx(sum(((group - group.mean()) ** 2).sum() for group in groups))
    if max(group.size for group in groups) < UNEQUAL * min(group.size for group in groups):
        assert found.n == pytest.approx(common)
        assert found.df == df
    elif all(group.size > 1 for group in groups):
        own = sum(group.var(ddof=1) / group.size for group in groups) / len(groups) ** 2
        assert found.sd**2 / found.n == pytest.approx(max(own, found.sd**2 / common))
        assert 1 <= found.df <= df
    else:
        assert found.n <= common * (1 + 1e-9)
        assert 1 <= found.df <= df
    assert found.pairs == values.size
    assert found.prompt_pairs.tolist() == [group.size for group in groups]


@given(samples(balanced=True))
def test_drift_factor(sample: tuple[Floats, Ints, Ints]) -> None:
    """With every round complete it is K times the variance of the cycles' means over the variance within prompts, and only ever widens."""
    values, prompts, cycles = sample
    found = certain(*sample)
    table = values.reshape(int(cycles.max()) + 1, int(prompts.max()) + 1)
    wanted = table.shape[1] * table.mean(axis=1).var(ddof=1) / found.sd**2
    assert found.factor == pytest.approx(wanted, rel=1e-6, abs=1e-9)
    assert found.se == pytest.approx(found.sd * math.sqrt(max(1.0, wanted) / found.n))


@given(st.floats(1e-3, 1), st.floats(1, 500), st.integers(1, 500), st.floats(1e-4, 0.4))
def test_half_width_and_its_limits(se: float, n: float, df: int, alpha: float) -> None:
    """Infinite exactly while the likelihood cannot reach 1 / alpha; otherwise wider than the ordinary interval, and the wider the surer."""
    half = half_width(se, n, df, alpha)
    spread = 1 + 0.16 * n
    bounded = (math.sqrt(spread) / alpha) ** (2 / (df + 1)) < spread
    assert math.isfinite(half) == bounded
    if bounded:
        assert half_width(2 * se, n, df, alpha) == pytest.approx(2 * half)
        assert half_width(se, n, df, alpha / 2) > half
        assert half > se * t_quantile(1 - alpha / 2, df) * 0.999


@pytest.mark.parametrize("alpha", [0.0, 1.0, -1.0, math.nan])
def test_alpha_is_a_probability(alpha: float) -> None:
    """An error rate of nothing or everything is refused."""
    with pytest.raises(ValueError, match="alpha"):
        half_width(1.0, 10, 9, alpha)


def test_too_little_for_any_bound() -> None:
    """No repeats, no noise known: no estimate; five prompts need three cycles, one prompt nine rounds."""
    nothing = np.empty(0), np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    assert stratified(*nothing) is None
    assert stratified(np.array([0.1, 0.2]), np.array([0, 1]), np.array([0, 0])) is None
    assert pooled(np.array([0.1])) is None
    assert half_width(1.0, 10, 5, 0.05) == math.inf
    assert half_width(1.0, 15, 10, 0.05) < math.inf
    assert half_width(1.0, 8, 7, 0.05) == math.inf
    assert half_width(1.0, 9, 8, 0.05) < math.inf
    assert half_width(1.0, 10, 0, 0.05) == math.inf


def test_no_variation() -> None:
    """Pairs that are all equal have no noise, no drift and a standard error of 0."""
    same = stratified(np.full(6, 0.25), np.array([0, 1, 2, 0, 1, 2]), np.array([0, 0, 0, 1, 1, 1]))
    once = pooled(np.full(6, 0.25))
    for found in (same, once):
        assert found is not None
        assert (found.mean, found.se, found.factor) == (0.25, 0.0, 1.0)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_only_numbers(bad: float) -> None:
    """An unknown value never becomes part of a mean."""
    values = np.array([0.1, bad, 0.2])
    with pytest.raises(ValueError, match="finite"):
        pooled(values)
    with pytest.raises(ValueError, match="finite"):
        stratified(values, np.zeros(3, dtype=np.intp), np.arange(3))


def test_looking_after_every_pair() -> None:
    """2,000 runs of 1,000 normal pairs: about as many as allowed, and no more, ever see an interval without the truth in it."""
    pairs = np.random.default_rng(7).normal(0.3, 0.2, (2000, 1000))
    n = np.arange(1, 1001)
    means = pairs.cumsum(axis=1) / n
    with np.errstate(divide="ignore", invalid="ignore"):
        sds = np.sqrt(np.maximum(0.0, (pairs**2).cumsum(axis=1) - n * means**2) / (n - 1))
    times = np.array([half_width(1.0, count, count - 1, 0.05) for count in range(1, 1001)])
    far = np.abs(means - 0.3)[:, 1:] > (times * sds / np.sqrt(n))[:, 1:]
    assert 0.02 < far.any(axis=1).mean() <= 0.05


@pytest.mark.parametrize("noise", [CALM, REALISTIC, ROUGH], ids=lambda noise: noise.name)
def test_no_winner_when_nothing_differs(noise: Noise) -> None:
    """300 comparisons of a target with itself, looked at after every cycle up to 400 requests: at most 5 percent ever name a winner.

    The ordinary 95 percent interval at the same looks names far more, so the runs are such that one can go wrong.
    """
    made = trials(noise, 300, [3]).ratios
    prompt, cycle = np.tile(np.arange(10), 20), np.repeat(np.arange(20), 10)
    bounds = Bounds(form="stratified", alpha=0.05)
    false = naive = 0
    for values in made.reshape(300, -1):
        winner = misled = False
        for cycles in range(2, 21):
            rows = slice(0, 10 * cycles)
            mean = stratified(values[rows], prompt[rows], cycle[rows])
            assert mean is not None
            for half, sequence in (
                (bounds.half_width(mean, cycles), True),
                (1.96 * mean.sd / math.sqrt(mean.n), False),
            ):
                answer = classify(mean.mean - half, mean.mean + half, math.log(1.1))
                wrong = answer not in ("undecided", "same")
                winner, misled = winner or (wrong and sequence), misled or (wrong and not sequence)
        false, naive = false + winner, naive + misled
    assert false / 300 <= 0.05
    assert naive / 300 > 0.15
