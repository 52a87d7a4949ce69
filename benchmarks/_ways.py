"""How may one decide between two targets? hayai's way, through the functions it decides with, and the ways it wants to replace.

Every way takes made-up runs (`noise.py`) and gives, for each of them, an answer, how many requests that took, and, where it has one, its
final interval. Not a benchmark by itself, so its name keeps it out of `make bench`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from benchmarks.noise import Floats, Trials
from hayai.decide.stats.confidence_sequence import MeanEstimate, half_width, pooled, stratified
from hayai.decide.stats.student import f_survival
from hayai.decide.verdict.answer import classify, settled
from hayai.decide.verdict.estimate import Bounds

Seen = Sequence[Sequence[MeanEstimate]]
"""Of each run, the estimate at each look."""
Width = Callable[[MeanEstimate, int], float]
"""Half-width of the interval of an estimate after so many cycles."""

FASTER = ("faster", "much_faster")
SLOWER = ("slower", "much_slower")
APART = ("same_but_faster", "same_but_slower")
SAME = ("same", *APART)
FIRST_PEEK = 5
"""Pairs before the first peek at an ordinary interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How each run ended under one way of deciding."""

    answers: NDArray[np.str_]
    requests: Floats
    looks: NDArray[np.intp]
    """Which look was the last, from 0."""
    centre: Floats
    half: Floats
    """NaN where the way has no interval."""

    def share(self, *answers: str) -> float:
        """Share of the runs that ended in one of these."""
        return float(np.isin(self.answers, answers).mean())

    def covers(self, truth: float | Floats) -> float:
        """Share of final intervals that hold the truth."""
        return float((np.abs(self.centre - truth) <= self.half).mean())

    def within(self, share: float) -> int:
        """Requests that sufficed for this share of the runs."""
        return int(np.quantile(self.requests, share, method="inverted_cdf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When hayai stops: margin and precision as ratios (precision None: certainty is enough)."""

    name: str
    margin: float = 1.10
    precision: float | None = None


def seen(made: Trials) -> Seen:
    """The product's estimate of every run after each cycle from the second."""
    count, cycles, prompts = made.ratios.shape
    prompt = np.tile(np.arange(prompts), cycles)
    cycle = np.repeat(np.arange(cycles), prompts)
    flat = made.ratios.reshape(count, -1)
    found = []
    for values in flat:
        of_run = [stratified(values[:n], prompt[:n], cycle[:n]) for n in range(2 * prompts, values.size + 1, prompts)]
        found.append([estimate for estimate in of_run if estimate is not None])
    return found


def seen_lossy(made: Trials, *, noisier: float, lost: float, seed: Sequence[int]) -> Seen:
    """The same when one prompt, of no true effect, is `noisier` times as noisy as the others and a share `lost` of its pairs fails."""
    _, cycles, prompts = made.ratios.shape
    random = np.random.default_rng(list(seed))
    cycle, prompt = (place.ravel() for place in np.mgrid[:cycles, :prompts])
    found = []
    for values in made.ratios:
        known = np.ones((cycles, prompts), dtype=bool)
        known[:, 0] = random.random(cycles) >= lost
        logs, keep = (values * np.where(np.arange(prompts) == 0, noisier, 1.0)).ravel(), known.ravel()
        of_run = []
        for last in range(2, cycles + 1):
            here = keep & (cycle < last)
            of_run.append(stratified(logs[here], prompt[here], cycle[here]))
        found.append([estimate for estimate in of_run if estimate is not None])
    return found


def seen_pairs(made: Trials, step: int) -> Seen:
    """The same for one pass over many prompts, looked at after every `step` pairs."""
    sequence = made.in_sequence
    looks = range(step, sequence.shape[1] + 1, step)
    return [[estimate for n in looks if (estimate := pooled(values[:n])) is not None] for values in sequence]


def stopped(found: Seen, width: Width, rule: Rule, *, first: int = 2) -> Ended:
    """Stops each run at the first look at which the product calls it settled. The look at place 0 comes after cycle `first`."""
    margin = math.log(rule.margin)
    precision = None if rule.precision is None else math.log(rule.precision)
    rows = []
    for run in found:
        for place, mean in enumerate(run):
            half = width(mean, first + place)
            answer = classify(mean.mean - half, mean.mean + half, margin)
            if settled(answer, half, precision):
                break
        rows.append((answer, 2 * mean.pairs, place, mean.mean, half))
    answers, requests, looks, centre, half_widths = zip(*rows, strict=True)
    return Ended(
        answers=np.array(answers),
        requests=np.array(requests, dtype=np.float64),
        looks=np.array(looks),
        centre=np.array(centre),
        half=np.array(half_widths),
    )


def ever_missed(found: Seen, width: Width, truth: Floats, *, first: int = 2) -> float:
    """Share of runs in which the interval of at least one look does not hold the truth, which is given by run and look."""
    missed = (
        any(abs(mean.mean - truth[run, place]) > width(mean, first + place) for place, mean in enumerate(means))
        for run, means in enumerate(found)
    )
    return sum(missed) / len(found)


def sequence_width(*, alpha: float = 0.05) -> Width:
    """hayai's own: the confidence sequence, widened for drift."""
    return Bounds(form="stratified", alpha=alpha).half_width


def planned_width(cycles: int, *, alpha: float = 0.05) -> Width:
    """hayai's `--stopping fixed`: group-sequential, widened for drift."""
    return Bounds(form="stratified", alpha=alpha, planned_cycles=cycles).half_width


def grown_width(growth: float, *, alpha: float = 0.05) -> Width:
    """The confidence sequence with another prior variance."""
    return lambda mean, _: half_width(mean.se, mean.n, mean.df, alpha, growth)


def without_factor(width: Width) -> Width:
    """The same without the drift factor."""
    return lambda mean, cycles: width(replace(mean, factor=1.0), cycles)


def factor_if_certain(width: Width, p: float = 0.05) -> Width:
    """The same with the drift factor only where Fisher's F calls it more than chance."""

    def half(mean: MeanEstimate, cycles: int) -> float:
        chance = f_survival(mean.factor, cycles - 1, mean.df - cycles + 1) > p if mean.df >= cycles else True
        return width(replace(mean, factor=1.0) if chance else mean, cycles)

    return half


def cautious_factor(width: Width) -> Width:
    """The same with the drift factor made larger for how few cycles it is known from."""

    def half(mean: MeanEstimate, cycles: int) -> float:
        more = (cycles - 1) / (cycles - 3) if cycles >= 4 and mean.factor > 1 else 1.0
        return width(replace(mean, factor=mean.factor * more), cycles)

    return half


def by_cycle_means(*, alpha: float = 0.05) -> Width:
    """The confidence sequence over whole cycles: each cycle's mean is one observation."""

    def half(mean: MeanEstimate, cycles: int) -> float:
        return half_width(float(mean.cycle_means.std(ddof=1)) / math.sqrt(cycles), cycles, cycles - 1, alpha)

    return half


# The naive ways.


def by_eye(made: Trials) -> Ended:
    """One pass, all of A and then all of B; the mean percentage of time saved is believed when it is more than 5."""
    saved = (1.0 - made.seconds[:, 0, :, 1] / made.seconds[:, 0, :, 0]).mean(axis=1)
    return _fixed(np.where(saved > 0.05, "faster", np.where(saved < -0.05, "slower", "undecided")), made)


def welch_on_seconds(made: Trials) -> Ended:
    """Welch's t on the raw seconds of one pass, as if no prompt had been asked of both."""
    a, b = made.seconds[:, 0, :, 0], made.seconds[:, 0, :, 1]
    p = stats.ttest_ind(b, a, axis=1, equal_var=False).pvalue
    return _significant(np.asarray(p), b.mean(axis=1) - a.mean(axis=1), made)


def mann_whitney(made: Trials) -> Ended:
    """Mann-Whitney on all raw seconds of each target."""
    a, b = (made.seconds[..., side].reshape(len(made.seconds), -1) for side in (0, 1))
    p = stats.mannwhitneyu(b, a, axis=1, method="asymptotic").pvalue
    return _significant(p, np.median(b, axis=1) - np.median(a, axis=1), made)


def paired_t(made: Trials) -> Ended:
    """Student's t on all log ratios, once, at a number fixed beforehand."""
    pairs = made.in_sequence
    n = pairs.shape[1]
    centre = pairs.mean(axis=1)
    half = special.stdtrit(n - 1, 0.975) * pairs.std(axis=1, ddof=1) / math.sqrt(n)
    return replace(_fixed(_beyond(centre, half), made), centre=centre, half=half)


def peeking(made: Trials, rule: Rule) -> Ended:
    """Student's 95 percent interval on log ratios, looked at after every pair from the fifth, and stopped when it looks certain."""
    pairs = made.in_sequence
    n = np.arange(1, pairs.shape[1] + 1)
    centres = pairs.cumsum(axis=1) / n
    squares = np.maximum(0.0, (pairs**2).cumsum(axis=1) - n * centres**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        halves = special.stdtrit(n - 1, 0.975) * np.sqrt(squares / (n - 1) / n)
    halves[:, : FIRST_PEEK - 1] = math.inf
    margin = math.log(rule.margin)
    certain = (np.abs(centres) > halves) | (np.abs(centres) + halves < margin)
    last = np.where(certain.any(axis=1), certain.argmax(axis=1), pairs.shape[1] - 1)
    runs = np.arange(len(pairs))
    centre, half = centres[runs, last], halves[runs, last]
    answers = [classify(middle - wide, middle + wide, margin) for middle, wide in zip(centre, half, strict=True)]
    return Ended(answers=np.array(answers), requests=2.0 * (last + 1), looks=last, centre=centre, half=half)


def _significant(p: Floats, sign: Floats, made: Trials) -> Ended:
    return _fixed(np.where(p >= 0.05, "undecided", np.where(sign < 0, "faster", "slower")), made)


def _beyond(centre: Floats, half: Floats) -> NDArray[np.str_]:
    return np.where(centre + half < 0, "faster", np.where(centre - half > 0, "slower", "undecided"))


def _fixed(answers: NDArray[np.str_], made: Trials) -> Ended:
    """A way without looks: all that was measured was used."""
    count, cycles, prompts, _ = made.seconds.shape
    unknown = np.full(count, np.nan)
    requests = np.full(count, 2.0 * cycles * prompts)
    return Ended(answers=answers, requests=requests, looks=np.zeros(count, np.intp), centre=unknown, half=unknown)
