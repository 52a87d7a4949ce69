"""By how much do the pairs of two targets differ in one quantity, and within which bounds?

Everything is a mean of log ratios. `Bounds` says how intervals come about; it is chosen before the run and the same for every look.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hayai.ask.plan import Plan
from hayai.ask.rounds import is_single_pass
from hayai.decide.conclusions import Estimate, Form, Interval, PromptEffect
from hayai.decide.sample import Sample
from hayai.decide.stats.confidence_sequence import NOTHING, MeanEstimate, half_width, pooled, stratified
from hayai.decide.stats.group_sequential import critical_value
from hayai.decide.stats.student import t_interval, t_quantile

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEWEST_REPEATS = 5
"""Of a prompt that is to have bounds of its own: with fewer, how noisy it is cannot be seen."""
NOISIER = 2.0
"""A prompt this much noisier than all together is not given the common noise."""
CONFIDENCE = 0.95
"""Of every interval that is only descriptive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How intervals come about: fixed before the run."""

    form: Form
    alpha: float
    planned_cycles: int | None = None
    """None: anytime-valid. Otherwise group-sequential, with a look after every cycle from the second to this one."""

    def half_width(self, mean: MeanEstimate, cycles: int, *, alpha: float | None = None) -> float:
        """Half-width of the interval of `mean` after so many complete cycles, in log units; infinite where nothing can be said yet."""
        rate = self.alpha if alpha is None else alpha
        if self.planned_cycles is None or self.form == "pairs":
            return half_width(mean.se, mean.n, mean.df, rate)
        if cycles < 2:
            return math.inf
        tail = critical_value(min(cycles, self.planned_cycles), self.planned_cycles, rate)
        return mean.se * t_quantile(1.0 - tail, mean.df)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """One quantity over all pairs and prompt by prompt."""

    mean: MeanEstimate | None
    """None: only one pass so far, nothing is known of the noise."""
    estimate: Estimate
    half_width: float
    """In log units; infinite: no bound."""
    prompt_means: Floats
    """Mean log ratio of each prompt that has pairs."""
    prompt_pairs: NDArray[np.intp]
    prompt_names: tuple[str, ...]
    bounds: Bounds
    cycles: int

    @property
    def single(self) -> bool:
        """Each prompt has one pair."""
        return bool((self.prompt_pairs == 1).all())

    @property
    def between_sd(self) -> float | None:
        """Standard deviation of the prompts' true log ratios, the noise of their means taken off; None where there is no repeat."""
        if self.mean is None or self.mean.df < 1 or self.bounds.form == "pairs" or self.prompt_means.size < 2:
            return None
        noise = self.mean.sd**2 * float((1.0 / self.prompt_pairs).mean())
        return math.sqrt(max(0.0, float(self.prompt_means.var(ddof=1)) - noise))

    def prompt_half_width(self, place: int, alpha: float) -> float:
        """Half-width of one prompt's interval at error rate `alpha`; infinite where it was not repeated often enough.

        Noise is that of all prompts, unless this one is clearly noisier: then it stands for itself, with few degrees of freedom.
        """
        if self.mean is None or self.bounds.form == "pairs" or self.mean.sd <= NOTHING:
            return math.inf
        own, count = float(self.mean.prompt_sds[place]), int(self.prompt_pairs[place])
        if count < FEWEST_REPEATS:
            return math.inf
        df = count - 1 if own > NOISIER * self.mean.sd else self.mean.df
        se = max(own, self.mean.sd) * math.sqrt(max(1.0, self.mean.factor) / count)
        return half_width(se, count, df, alpha)

    def prompts(self) -> tuple[PromptEffect, ...]:
        """Each prompt's ratio with its interval, the error rate shared by all of them."""
        share = self.bounds.alpha / max(1, len(self.prompt_names))
        return tuple(
            PromptEffect(
                prompt=name,
                ratio=math.exp(self.prompt_means[place]),
                interval=interval_around(float(self.prompt_means[place]), self.prompt_half_width(place, share)),
                pairs=int(self.prompt_pairs[place]),
            )
            for place, name in enumerate(self.prompt_names)
        )


def form_of(plan: Plan) -> Form:
    """Which form a plan's estimate has: decided by what the plan can pay for, before anything is measured."""
    return "pairs" if is_single_pass(plan) else "stratified"


def both_known(first: Floats, second: Floats) -> Flags:
    """Where two arrays both hold a positive number: only those have a log ratio."""
    with np.errstate(invalid="ignore"):
        return np.isfinite(first) & np.isfinite(second) & (first > 0) & (second > 0)


def effects(target: Floats, baseline: Floats, sample: Sample, bounds: Bounds) -> Effects | None:
    """The ratio target / baseline over the rounds in which both are known; None when there is no such round."""
    known = both_known(target, baseline)
    if not known.any():
        return None
    return effects_of_logs(np.log(target[known] / baseline[known]), known, sample, bounds)


def effects_of_logs(logs: Floats, where: Flags, sample: Sample, bounds: Bounds) -> Effects | None:
    """The same from log ratios (or parts of them) of the rounds `where`; None when there is none."""
    if not logs.size:
        return None
    prompt = sample.prompt[where]
    counts = np.bincount(prompt, minlength=len(sample.prompts))
    present = counts > 0
    means = np.bincount(prompt, weights=logs, minlength=len(sample.prompts))[present] / counts[present]
    # Where a single pass was begun once more, a prompt is still one observation: its mean.
    mean = pooled(means) if bounds.form == "pairs" else stratified(logs, prompt, sample.cycle[where])
    centre = mean.mean if mean is not None else float(means.mean())
    half = math.inf if mean is None or mean.sd <= NOTHING else bounds.half_width(mean, sample.cycles)
    such = t_interval(means, CONFIDENCE) if np.ptp(means) > NOTHING else None
    return Effects(
        mean=mean,
        estimate=Estimate(
            ratio=math.exp(centre),
            anytime=interval_around(centre, half),
            such_prompts=None if such is None else Interval(low=math.exp(such.low), high=math.exp(such.high)),
            pairs=int(logs.size),
            prompts=int(present.sum()),
        ),
        half_width=half,
        prompt_means=means,
        prompt_pairs=counts[present].astype(np.intp),
        prompt_names=tuple(name for name, there in zip(sample.prompts, present, strict=True) if there),
        bounds=bounds,
        cycles=sample.cycles,
    )


def interval_around(centre: float, half: float) -> Interval | None:
    """`centre` plus and minus `half` in log units, as ratios; None for an infinite or absurd width."""
    if not half < 50:
        return None
    return Interval(low=math.exp(centre - half), high=math.exp(centre + half))
