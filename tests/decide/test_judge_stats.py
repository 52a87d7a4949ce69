"""What the statistics of votes promise: golden sizes, error rates as stated, a position bias that goes out, known agreements."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hayai.decide.stats.agreement import cohen_kappa, krippendorff_alpha
from hayai.decide.stats.win_rate import (
    AtEqualLength,
    Bounds,
    at_equal_length,
    by_place,
    held_margin,
    needed_prompts,
    pair_score,
    position_bias,
    standing,
    win_rate,
)
from hayai.sim.judging import voted
from hayai.sim.profile import Judge

PLANNED = {
    (0.25, 0.03): (1718, 2379, 2379, 3007),
    (0.25, 0.05): (619, 857, 857, 1083),
    (0.25, 0.10): (155, 215, 215, 271),
    (0.125, 0.03): (859, 1190, 1190, 1504),
    (0.125, 0.05): (310, 429, 429, 542),
    (0.125, 0.10): (78, 108, 108, 136),
    (0.0833, 0.03): (573, 793, 793, 1002),
    (0.0833, 0.05): (207, 286, 286, 361),
    (0.0833, 0.10): (52, 72, 72, 91),
}
"""Variance of a score and margin -> prompts for non-inferiority at 80 and 90 %, equivalence at 80 and 90 %."""
RUNS = 800
VOTE = st.sampled_from([0.0, 0.5, 1.0])


@pytest.mark.parametrize(("variance", "margin"), PLANNED)
def test_needed_prompts_are_those_of_the_table(variance: float, margin: float) -> None:
    """Each cell of the planning table."""
    found = tuple(
        needed_prompts(variance, margin, power=power, question=question)
        for question in ("not_worse", "equivalent")
        for power in (0.8, 0.9)
    )
    assert found == PLANNED[variance, margin]


def scores(
    rng: np.random.Generator, prompts: int, rate: float, *, bias: float = 0.0, noise: float = 1.0
) -> NDArray[np.float64]:
    """Scores of both orders: a latent preference per prompt around `rate`, each order a coin of it, tilted by who stands first.

    With `noise` 1 every prompt has the same chance; the target stands second in the one order and first in the other.
    """
    chance = np.clip(rate + (1 - noise) * rng.uniform(-0.4, 0.4, prompts), 0, 1)
    second = rng.random(prompts) < np.clip(chance - bias, 0, 1)
    first = rng.random(prompts) < np.clip(chance + bias, 0, 1)
    return np.asarray((second.astype(float) + first.astype(float)) / 2)


def share_of(answers: set[str], *, rate: float, prompts: int, margin: float, bias: float = 0.0, seed: int = 1) -> float:
    """How often one of these is the answer, over many seeded runs."""
    rng = np.random.default_rng(seed)
    hits = 0
    for _ in range(RUNS):
        bounds = win_rate(scores(rng, prompts, rate, bias=bias), np.arange(prompts))
        assert bounds is not None
        hits += standing(bounds, margin) in answers
    return hits / RUNS


NOT_WORSE = {"better", "equivalent", "not_worse"}


def test_equal_quality_is_not_worse_with_the_planned_chance() -> None:
    """Two coins a prompt: 78 prompts are planned for 80 %, 108 for 90 %; the prompt more that bounds think of takes some of it."""
    assert share_of(NOT_WORSE, rate=0.5, prompts=78, margin=0.10) == pytest.approx(0.75, abs=0.035)
    assert share_of(NOT_WORSE, rate=0.5, prompts=108, margin=0.10) == pytest.approx(0.87, abs=0.03)


def test_a_target_at_the_margin_is_passed_at_the_stated_error_rate() -> None:
    """At a true rate of one half less the margin, "not worse" is wrong, and said five times out of a hundred."""
    assert share_of(NOT_WORSE, rate=0.4, prompts=78, margin=0.10) <= 0.05 + 0.015


def test_equal_quality_is_seldom_called_better_or_worse() -> None:
    """Two and a half times out of a hundred on either side."""
    assert share_of({"worse"}, rate=0.5, prompts=60, margin=0.10) <= 0.025 + 0.012
    assert share_of({"better"}, rate=0.5, prompts=60, margin=0.10) <= 0.025 + 0.012


def test_a_real_gap_is_found() -> None:
    """A target that wins three times out of ten is worse, and never not worse."""
    assert share_of({"worse"}, rate=0.3, prompts=60, margin=0.10) > 0.98
    assert share_of(NOT_WORSE, rate=0.3, prompts=60, margin=0.10) == 0


def test_votes_for_a_place_prefer_nobody_and_are_measured() -> None:
    """Whoever stands first wins far more often, and equal quality is no more often called better or worse than by an unbiased judge."""
    assert share_of({"better", "worse"}, rate=0.5, prompts=60, margin=0.10, bias=0.25) <= 0.05 + 0.015
    rng = np.random.default_rng(3)
    target_second = (rng.random(400) < 0.25).astype(float)
    target_first = (rng.random(400) < 0.75).astype(float)
    bias = position_bias((1 - target_second + target_first) / 2, np.arange(400))
    assert bias is not None
    assert bias.low < 0.25 < bias.high
    found = win_rate((target_second + target_first) / 2, np.arange(400))
    assert found is not None
    assert found.low < 0.5 < found.high


def by_the_simulators_judge(
    rng: Random, prompts: int, worse: float, same: float, bias: float
) -> tuple[list[float], list[float]]:
    """Votes for the target, it first and it second, by the judge that the simulator ships; the target is worse on so many prompts."""
    judge, won = Judge(position_bias=bias), {"tie": 0.5, "A": 1.0, "B": 0.0}
    first, second = [], []
    for _ in range(prompts):
        lot = rng.random()
        ours = 0.0 if lot < same else -1.0 if lot < same + worse else 1.0
        first.append(won[voted(ours, judge, rng)])
        second.append(1 - won[voted(-ours, judge, rng)])
    return first, second


@pytest.mark.parametrize(("bias", "same"), [(0.0, 0.0), (0.25, 0.0), (0.4, 0.0), (0.25, 0.4), (0.4, 0.4), (-0.4, 0.4)])
def test_votes_for_a_place_make_not_worse_no_easier(bias: float, same: float) -> None:
    """A target that is worse by the margin is passed five times in a hundred, whatever share of votes goes by place, ties or none."""
    rng, runs, prompts = Random(6), 300, 200
    held = plain = 0
    for _ in range(runs):
        # Preferred on 40 % of the prompts, a tie being half: worse by ten points.
        first, second = by_the_simulators_judge(rng, prompts, (1 - same) / 2 + 0.1, same, bias)
        bounds = win_rate((np.array(first) + second) / 2, np.arange(prompts))
        assert bounds is not None
        held += standing(bounds, held_margin(0.10, by_place(first, second, np.arange(prompts)))) in NOT_WORSE
        plain += standing(bounds, 0.10) in NOT_WORSE
    assert held / runs <= 0.05 + 0.03
    # What it would be if the whole margin were allowed.
    assert (plain / runs > 0.12) == (bias != 0)


@given(st.lists(st.tuples(VOTE, VOTE), min_size=1, max_size=30))
def test_the_share_by_place_is_how_far_the_two_votes_are_apart(pairs: list[tuple[float, float]]) -> None:
    """0 where they agree, 1 where each order names another winner; and the margin is left in that proportion."""
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    found = by_place(first, second, range(len(pairs)))
    assert found == pytest.approx(sum(abs(a - b) for a, b in pairs) / len(pairs))
    assert found is not None
    assert held_margin(0.1, found) == pytest.approx(0.1 * (1 - found))
    assert held_margin(0.1, None) == 0.1
    assert by_place([], [], []) is None


@pytest.mark.parametrize("prompts", [20, 30, 75])
def test_a_few_losses_among_many_ties_are_not_passed_too_often(prompts: int) -> None:
    """Four prompts of five tied, one lost: worse by the margin, and skewed. Student's bound alone passes it 7 to 12 times in 100."""
    rng = np.random.default_rng(8)
    wrong = 0
    for _ in range(RUNS):
        bounds = win_rate(np.where(rng.random(prompts) < 0.2, 0.0, 0.5), np.arange(prompts))
        assert bounds is not None
        wrong += bounds.rate != 0.5 and standing(bounds, 0.10) in NOT_WORSE
    assert wrong / RUNS <= 0.05 + 0.015


def test_one_among_several_that_are_worse_is_picked_no_more_often_than_one_alone() -> None:
    """Five targets at the margin, each at a fifth of the 5 %."""
    rng = np.random.default_rng(9)
    picked = alone = 0
    for _ in range(400):
        found = [scores(rng, 75, 0.4) for _ in range(5)]
        bounds = [win_rate(one, np.arange(75), alpha=0.05 / 5) for one in found]
        picked += any(one is not None and standing(one, 0.10) in NOT_WORSE for one in bounds)
        whole = [win_rate(one, np.arange(75)) for one in found]
        alone += any(one is not None and standing(one, 0.10) in NOT_WORSE for one in whole)
    assert picked / 400 <= 0.05 + 0.02
    assert alone / 400 > 0.1


def test_repeats_of_a_prompt_are_no_further_prompts() -> None:
    """The same scores five times over prove what they prove once."""
    once = scores(np.random.default_rng(5), 40, 0.5)
    assert win_rate(once, np.arange(40)) == win_rate(np.repeat(once, 5), np.repeat(np.arange(40), 5))


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=2, max_size=60))
def test_swapping_the_sides_mirrors_everything(found: list[float]) -> None:
    """Whoever is called the baseline: rates and bounds are those of the other, from the other end."""
    there = win_rate(found, range(len(found)))
    back = win_rate([1 - score for score in found], range(len(found)))
    assert there is not None
    assert back is not None
    assert back.rate == pytest.approx(1 - there.rate)
    assert back.low == pytest.approx(1 - there.high)
    assert back.lower == pytest.approx(1 - there.upper)
    assert there.low <= there.rate <= there.high
    assert there.lower <= there.rate <= there.upper


@pytest.mark.parametrize(
    ("rate", "half", "expected"),
    [
        (0.50, 0.05, "equivalent"),
        (0.47, 0.02, "equivalent"),
        (0.55, 0.09, "not_worse"),
        (0.70, 0.10, "better"),
        (0.30, 0.10, "worse"),
        (0.45, 0.12, "cannot_tell"),
        (0.50, 0.30, "cannot_tell"),
    ],
)
def test_what_bounds_prove(rate: float, half: float, expected: str) -> None:
    """The strongest statement that holds; a small loss within the margin is equivalence."""
    one_sided = half * 0.84
    bounds = Bounds(rate, rate - half, rate + half, rate - one_sided, rate + one_sided, 60, 0.08)
    assert standing(bounds, 0.10) == expected


def test_length_that_wins_is_told_from_quality() -> None:
    """Equal quality, longer answers preferred: the plain rate is high, at equal length it is one half."""
    rng = np.random.default_rng(11)
    longer = rng.normal(math.log(1.5), 0.4, 2000)
    won = (rng.random((2, 2000)) < 1 / (1 + np.exp(-2 * longer))).mean(axis=0)
    plain, found = win_rate(won, np.arange(2000)), at_equal_length(won, longer, np.arange(2000))
    assert plain is not None
    assert plain.low > 0.6
    assert isinstance(found, AtEqualLength)
    assert found.low < 0.5 < found.high
    assert found.per_doubling == pytest.approx(4, rel=0.35)


def test_quality_that_wins_is_not_taken_for_length() -> None:
    """A better target of other lengths stays better at equal length; its interval covers the truth as often as it says."""
    rng = np.random.default_rng(12)
    covered = 0
    for _ in range(200):
        longer = rng.normal(0.2, 0.3, 80)
        won = (rng.random((2, 80)) < 1 / (1 + np.exp(-(0.8 + longer)))).mean(axis=0)
        found = at_equal_length(won, longer, np.arange(80))
        assert isinstance(found, AtEqualLength)
        covered += found.low < 1 / (1 + math.exp(-0.8)) < found.high
    assert covered / 200 > 0.91


@pytest.mark.parametrize(
    ("won", "longer", "why"),
    [
        ([0.5] * 5, [0.1, 0.2, 0.3, 0.4, 0.5], "few_prompts"),
        ([0, 1] * 10, [0.3] * 20, "same_length"),
        ([0.5] * 20, list(np.linspace(-1, 1, 20)), "same_scores"),
        ([0] * 10 + [1] * 10, [-0.5] * 10 + [0.5] * 10, "split"),
    ],
)
def test_why_there_is_no_rate_at_equal_length(won: list[float], longer: list[float], why: str) -> None:
    """Each reason by its name, and no number in its place."""
    assert at_equal_length(won, longer, range(len(won))) == why


def test_alpha_is_krippendorffs() -> None:
    """His own example of four observers and twelve units, with gaps."""
    rows = ("1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 .")
    units = list(zip(*[[None if cell == "." else float(cell) for cell in row.split()] for row in rows], strict=True))
    assert krippendorff_alpha(units, "nominal") == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(units, "ordinal") == pytest.approx(0.815, abs=5e-4)
    assert krippendorff_alpha([[1.0, 1.0], [1.0, None]]) is None


def test_kappa_is_cohens() -> None:
    """Agreement beyond chance, by hand; nothing to agree about gives none."""
    pairs = [("A", "A")] * 20 + [("A", "B")] * 5 + [("B", "A")] * 10 + [("B", "B")] * 15
    assert cohen_kappa(pairs) == pytest.approx(0.4)
    assert cohen_kappa([("A", "A")] * 4) is None
    assert cohen_kappa([]) is None


def test_what_is_no_vote_or_score_is_refused() -> None:
    """A number that cannot have been voted is a mistake of ours and never averaged in."""
    with pytest.raises(ValueError, match="vote"):
        pair_score(0.3, 1.0)
    with pytest.raises(ValueError, match="score"):
        win_rate([0.5, 1.2], [0, 1])
    assert pair_score(0.5, 1.0) == 0.75
    assert win_rate([1.0], [0]) is None


@pytest.mark.parametrize(("value", "expected"), [(0.0, "worse"), (1.0, "better"), (0.25, "worse"), (0.75, "better")])
def test_scores_that_are_all_alike_have_exact_bounds(value: float, expected: str) -> None:
    """One side wins on every prompt: that is a clear answer, and how clear is known without any spread."""
    found = win_rate([value] * 20, list(range(20)))
    assert found is not None
    assert (found.rate, found.variance) == (value, 0.0)
    assert 0 <= found.low < 0.5 or found.low > 0.5
    assert found.low <= value <= found.high
    assert standing(found, 0.1) == expected
    # 0.05 ** (1/20) of all prompts are like these at the least.
    assert found.high - found.low == pytest.approx(1 - 0.05 ** (1 / 20))
    more = win_rate([value] * 200, list(range(200)))
    assert more is not None
    assert more.high - more.low < found.high - found.low
