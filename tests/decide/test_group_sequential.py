"""The boundaries of a run that is looked at a planned number of times."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from hayai.clock import now_ns
from hayai.decide.stats.group_sequential import boundaries, critical_value, spent


def still_going(bounds: tuple[float, ...], fractions: list[float]) -> float:
    """Probability that a Brownian motion is inside every bound, by integrating the joint normal distribution instead of step by step."""
    together = np.array([[math.sqrt(min(s, t) / max(s, t)) for t in fractions] for s in fractions])
    edges = np.array(bounds)
    inside = stats.multivariate_normal.cdf(
        edges, cov=together, allow_singular=True, maxpts=4_000_000, abseps=5e-7, releps=0.0,
        lower_limit=-edges, rng=np.random.default_rng(1),
    )  # fmt: skip
    return float(inside)


@pytest.mark.parametrize(
    ("fractions", "alpha"),
    [([1.0], 0.05), ([0.2, 0.4, 0.6, 0.8, 1.0], 0.05), ([0.05, 0.5, 0.9], 0.01), ([0.1, 0.11, 0.3, 1.0], 0.2)],
)
def test_every_look_spends_what_is_due(fractions: list[float], alpha: float) -> None:
    """The chance of having left by each look is the spending function's, to what moves z by less than 1e-4."""
    bounds = boundaries(fractions, alpha)
    for place, fraction in enumerate(fractions, start=1):
        assert 1.0 - still_going(bounds[:place], fractions[:place]) == pytest.approx(spent(fraction, alpha), abs=3e-6)


def test_known_boundaries() -> None:
    """Five equal looks, Pocock-type spending, two-sided 0.05: the values of the tables."""
    assert boundaries([0.2, 0.4, 0.6, 0.8, 1.0], 0.05) == pytest.approx(
        (2.4380, 2.4268, 2.4102, 2.3966, 2.3860), abs=1e-4
    )


def test_forty_looks_keep_the_error_rate() -> None:
    """Random walks with 39 looks leave at the promised rate: 5 percent of 200,000, give or take four standard errors."""
    walks = np.random.default_rng(5).standard_normal((200_000, 40)).cumsum(axis=1) / np.sqrt(np.arange(1, 41))
    bounds = [-special.ndtri(critical_value(cycle, 40, 0.05)) for cycle in range(2, 41)]
    left = (np.abs(walks[:, 1:]) > np.array(bounds)).any(axis=1).mean()
    assert left == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / 200_000))


def test_one_look_is_the_ordinary_test() -> None:
    """A run of two cycles has one look: half of alpha in each tail."""
    assert critical_value(2, 2, 0.05) == pytest.approx(0.025, abs=1e-9)


@given(looks=st.integers(2, 60), alpha=st.floats(1e-4, 0.3))
@settings(max_examples=25, deadline=None)
def test_tails_lie_between_their_limits(looks: int, alpha: float) -> None:
    """No look may take more than half of alpha, nor the first anything but half of what is spent by then; a smaller alpha is stricter."""
    tails = [critical_value(look, looks, alpha) for look in range(2, looks + 1)]
    assert all(0 < tail <= alpha / 2 + 1e-9 for tail in tails)
    assert tails[0] == pytest.approx(spent(2 / looks, alpha) / 2, rel=1e-6)
    assert all(critical_value(look, looks, alpha / 2) < tail for look, tail in enumerate(tails, start=2))


def test_fast_enough_to_ask_after_every_cycle() -> None:
    """Forty looks never seen before take well under a second, and the same ones again nothing."""
    began = now_ns()
    critical_value(40, 40, 0.04321)
    assert now_ns() - began < 1_000_000_000
    began = now_ns()
    for look in range(2, 41):
        critical_value(look, 40, 0.04321)
    assert now_ns() - began < 10_000_000


@pytest.mark.parametrize(("look", "looks"), [(1, 5), (0, 5), (6, 5), (1, 1), (-1, 2)])
def test_no_look_that_was_not_planned(look: int, looks: int) -> None:
    """A look before the second cycle or after the last is refused."""
    with pytest.raises(ValueError, match="looks happen after cycles"):
        critical_value(look, looks, 0.05)


@pytest.mark.parametrize("fractions", [[0.0, 1.0], [0.5, 0.5], [0.5, 0.4], [0.5, 1.1], [math.nan]])
def test_fractions_that_make_no_sense(fractions: list[float]) -> None:
    """Shares of the information rise, and end at the whole."""
    with pytest.raises(ValueError, match="rising shares"):
        boundaries(fractions, 0.05)


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1, math.nan])
def test_alpha_is_a_probability(alpha: float) -> None:
    """An error rate of nothing or everything is refused."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        critical_value(2, 5, alpha)
