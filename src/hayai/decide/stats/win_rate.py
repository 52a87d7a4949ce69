"""Which of two is preferred, by how much, and how many prompts does it take to say so? Votes of a judge, prompts as the observations.

A pair of answers is judged in both orders. Its score is the mean of the two votes for the target, 0, 1/4, 1/2, 3/4 or 1 (a tie is 1/2).
The win rate is the mean over prompts of the prompts' mean scores; repeats of a prompt and several judges are no further prompts. Intervals
are Student's over the prompts, for a number of prompts that was fixed before anybody looked.

Non-inferiority and equivalence are one-sided and two one-sided t tests (Schuirmann 1987), at 5 % or at a share of it where one among
several is to be picked. Scores of which most are ties and few are losses are skewed, and Student's bound is too near then; one prompt more
is thought, with the worst score for the lower bound and the best for the upper one, which vanishes as prompts become many.

Who votes for a place instead of an answer votes once for each side of a pair: equality stays one half, and any other difference shrinks.
Let a share v of all votes, drawn by chance, go by place, and the others prefer the target at the rate w. Then the win rate is
1/2 + (1 - v)(w - 1/2), so w is not below 1/2 - margin where the win rate is not below 1/2 - (1 - v) margin. The two votes on a pair agree,
as 1, 1/2 or 0, unless one goes by place; their mean distance is v, whether the answers differ or are a tie to whoever reads them
(`by_place`, `held_margin`). A judge that contradicts itself by chance looks like one that leans, and is held to the smaller margin too.

The length-controlled rate is the intercept of a fractional logistic regression of the prompts' scores on the log ratio of lengths (Papke
and Wooldridge, J. Appl. Econometrics 11, 1996, 619-632), with the sandwich for its variance, since scores between 0 and 1 are no coins.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hayai.decide.stats.checked import Numbers, finite, finite_pairs, share
from hayai.decide.stats.special import special
from hayai.decide.stats.student import MeanInterval, normal_quantile, t_interval, t_quantile

EVEN = 0.5
"""The win rate of two that are equally good."""
ALPHA = 0.05
"""Of one one-sided test, where nobody picks among several."""
ONE_SIDED = 1 - ALPHA
PLANNED_VARIANCE = 1 / 12
"""Of a prompt's score, both orders averaged and some ties, where nothing has been seen yet: that of an even spread from 0 to 1."""
FEWEST_FOR_LENGTH = 10
"""Prompts below which a slope on length is not worth being looked at."""
_STEEPEST = 15.0
"""Log odds beyond which a fit runs away: the scores are split by length."""

Standing = Literal["better", "equivalent", "not_worse", "worse", "cannot_tell"]
WhyNoLength = Literal["few_prompts", "same_length", "split", "same_scores"]


class Bounds(NamedTuple):
    """A win rate, its two-sided 95 % interval, and the one-sided bounds at 1 - alpha that non-inferiority and equivalence look at."""

    rate: float
    low: float
    high: float
    lower: float
    upper: float
    prompts: int
    variance: float
    """Of the prompts' mean scores."""


class AtEqualLength(NamedTuple):
    """The win rate of a target whose answers are as long as the baseline's, with its 95 % interval."""

    rate: float
    low: float
    high: float
    per_doubling: float
    """By which factor the odds of winning grow when the answer is twice as long."""


def pair_score(first_order: float, second_order: float) -> float:
    """The score of a pair from its votes for the target (1, 1/2, 0), once per order. ValueError for another vote."""
    for vote in (first_order, second_order):
        if vote not in (0.0, 0.5, 1.0):
            raise ValueError(f"a vote is 0, 1/2 or 1, not {vote}")
    return (first_order + second_order) / 2


def prompt_means(values: Numbers, prompt: Sequence[int] | NDArray[np.intp]) -> NDArray[np.float64]:
    """The mean of each prompt's values, in the order of the prompts' numbers. ValueError for values not finite or of unequal number."""
    sample, numbers = finite(values), np.asarray(prompt, dtype=np.intp)
    if numbers.shape != sample.shape:
        raise ValueError("each value belongs to one prompt")
    _, place = np.unique(numbers, return_inverse=True)
    return np.asarray(np.bincount(place, weights=sample) / np.maximum(np.bincount(place), 1), dtype=np.float64)


def by_place(first_order: Numbers, second_order: Numbers, prompt: Sequence[int] | NDArray[np.intp]) -> float | None:
    """The share of votes that went by place, 0..1: mean over prompts of how far a pair's two votes are apart. None without any.

    Votes for the target (1, 1/2, 0), one per order, or several judges' means of them.
    """
    one, other = finite_pairs(first_order, second_order)
    means = prompt_means(np.abs(one - other), prompt)
    return float(means.mean()) if means.size else None


def held_margin(margin: float, by_place: float | None) -> float:
    """The margin that a win rate is held to when so large a share of votes goes by place and can say nothing of a difference."""
    return margin * (1 - (by_place or 0.0))


def win_rate(scores: Numbers, prompt: Sequence[int] | NDArray[np.intp], *, alpha: float = ALPHA) -> Bounds | None:
    """The win rate over prompts; None below two of them. ValueError for a score outside 0..1, or unless 0 < alpha < 1.

    `alpha`: of each of the bounds `lower` and `upper`.
    """
    share(alpha)
    means = prompt_means(scores, prompt)
    if means.size and (means.min() < 0 or means.max() > 1):
        raise ValueError("a score lies between 0 and 1")
    found = t_interval(means)
    if found is None:
        return None
    if found.se == 0:
        # All alike. Whatever else a prompt may score, it does so too seldom to have been missed so often: at least `same` of all prompts
        # score like these (exact, 95 % for both bounds together), and the others may score anything.
        same, at_alpha = (level ** (1 / means.size) for level in (1 - ONE_SIDED, alpha))
        return Bounds(
            rate=found.mean,
            low=found.mean * same,
            high=1 - (1 - found.mean) * same,
            lower=found.mean * at_alpha,
            upper=1 - (1 - found.mean) * at_alpha,
            prompts=int(means.size),
            variance=0.0,
        )
    return Bounds(
        rate=found.mean,
        low=max(0.0, found.low),
        high=min(1.0, found.high),
        lower=max(0.0, _one_prompt_more(means, 0.0, alpha)[0]),
        upper=min(1.0, _one_prompt_more(means, 1.0, alpha)[1]),
        prompts=int(means.size),
        variance=found.se**2 * means.size,
    )


def _one_prompt_more(means: NDArray[np.float64], score: float, alpha: float) -> tuple[float, float]:
    """Bounds, each at 1 - alpha, of these prompts and one with this score."""
    found = t_interval(np.append(means, score), 1 - 2 * alpha)
    assert found is not None  # noqa: S101  Two prompts at the least, and one more.
    return found.low, found.high


def standing(bounds: Bounds, margin: float) -> Standing:
    """What the bounds prove at this margin, the strongest first. ValueError unless 0 < margin < 1/2.

    Equivalent: within the margin on both sides, however sure it is that a small difference is there. Better, worse: the two-sided interval
    leaves one half out. Not worse: the lower one-sided bound lies above one half less the margin.
    """
    if not 0 < margin < EVEN:
        raise ValueError(f"a margin lies between 0 and 1/2, not {margin}")
    not_worse = bounds.lower > EVEN - margin
    if not_worse and bounds.upper < EVEN + margin:
        return "equivalent"
    if bounds.low > EVEN:
        return "better"
    if not_worse:
        return "not_worse"
    return "worse" if bounds.high < EVEN else "cannot_tell"


def needed_prompts(
    variance: float,
    margin: float,
    *,
    power: float = 0.8,
    question: Literal["not_worse", "equivalent"] = "not_worse",
    alpha: float = ALPHA,
) -> int:
    """Prompts with which two that are equally good are found not worse, or equivalent, with about this chance. At least 2.

    As one plans, by a normal score: the prompt more that the bounds of `win_rate` think of leaves 75 % of 80 % at 78 prompts.

    `variance` of a prompt's score. ValueError for a variance below 0, a margin not above 0, a power not between 0 and 1.
    """
    if not variance >= 0 or not margin > 0:
        raise ValueError("a variance is not below 0, a margin above it")
    missed = 1 - share(power)
    beyond = normal_quantile(1 - missed if question == "not_worse" else 1 - missed / 2)
    return max(2, math.ceil((normal_quantile(1 - share(alpha)) + beyond) ** 2 * variance / margin**2))


def at_equal_length(
    scores: Numbers, log_length_ratios: Numbers, prompt: Sequence[int] | NDArray[np.intp]
) -> AtEqualLength | WhyNoLength:
    """The length-controlled win rate, or why there is none.

    `log_length_ratios`: log of the target's length over the baseline's, one per score. There is none for fewer than ten prompts, for
    lengths or scores that do not vary, and where length alone splits wins from losses (then the line is a step and has no slope).
    """
    won, longer = finite_pairs(scores, log_length_ratios)
    y, x = prompt_means(won, prompt), prompt_means(longer, prompt)
    if y.size < FEWEST_FOR_LENGTH:
        return "few_prompts"
    if np.ptp(x) < 1e-9:
        return "same_length"
    if np.ptp(y) < 1e-9:
        return "same_scores"
    design = np.column_stack([np.ones_like(x), x])
    beta = _fractional_logit(design, y)
    if beta is None:
        return "split"
    fitted = special.expit(design @ beta)
    bread = np.linalg.inv((design * (fitted * (1 - fitted))[:, None]).T @ design)
    filling = (design * ((y - fitted) ** 2)[:, None]).T @ design
    df = int(y.size) - 2
    variance = bread @ filling @ bread * (y.size / df)
    half = t_quantile(0.975, df) * math.sqrt(max(0.0, float(variance[0, 0])))
    middle = float(beta[0])
    rate, low, high = (float(special.expit(value)) for value in (middle, middle - half, middle + half))
    return AtEqualLength(rate=rate, low=low, high=high, per_doubling=math.exp(float(beta[1]) * math.log(2)))


def _fractional_logit(design: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Newton's steps to the quasi-likelihood's top; None where there is no top to be reached."""
    beta = np.zeros(design.shape[1])
    for _ in range(100):
        fitted = special.expit(design @ beta)
        weights = fitted * (1 - fitted)
        hessian = (design * weights[:, None]).T @ design
        if float(np.linalg.cond(hessian)) > 1e12:
            return None
        step = np.linalg.solve(hessian, design.T @ (y - fitted))
        # A long step from a flat place may leap over the top: no odds move by more than e**2 at once.
        beta = beta + step * min(1.0, 2.0 / max(2.0, float(np.abs(design @ step).max())))
        if float(np.abs(design @ beta).max()) > _STEEPEST:
            return None
        if float(np.abs(step).max()) < 1e-10:
            return np.asarray(beta, dtype=np.float64)
    return None


def position_bias(first_wins: Numbers, prompt: Sequence[int] | NDArray[np.intp]) -> MeanInterval | None:
    """How much more often than half whoever stands first wins, with its 95 % interval over prompts; None below two prompts.

    `first_wins`: 1, 1/2 or 0 for each vote, or the mean of a pair's two. A judge that sees the answers alone has 0.
    """
    return t_interval(prompt_means(first_wins, prompt) - EVEN)
