"""On which prompts does the difference lie? By category and by length of the answer, with intervals.

"most for long answers" must be shown.
"""

from __future__ import annotations

import math

import numpy as np

from hayai.decide.conclusions import Effect, Estimate, GroupEffect, Interval, LengthEffect, Unit
from hayai.decide.sample import Arm, Sample
from hayai.decide.stats.confidence_sequence import NOTHING, half_width
from hayai.decide.stats.ranks import spearman
from hayai.decide.stats.regression import ordinary_fit
from hayai.decide.stats.student import around, t_interval
from hayai.decide.verdict.estimate import CONFIDENCE, NOISIER, Effects, both_known, interval_around
from hayai.decide.verdict.parts import amount

FEWEST_PROMPTS = 4
"""Below this a slope over prompts has no degrees of freedom to speak of."""


def groups(effects: Effects, sample: Sample) -> tuple[GroupEffect, ...]:
    """The effect in each category, in order of appearance; empty when there are not at least two."""
    category = dict(zip(sample.prompts, sample.categories, strict=True))
    of = [category[name] for name in effects.prompt_names]
    names = list(dict.fromkeys(of))
    if len(names) < 2:
        return ()
    return tuple(
        GroupEffect(name=name, estimate=_group(effects, np.array([at for at, found in enumerate(of) if found == name])))
        for name in names
    )


def _group(effects: Effects, places: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> Estimate:
    """The mean over some prompts; noise is that within all prompts, so that two prompts of a category can already have bounds."""
    means, pairs = effects.prompt_means[places], effects.prompt_pairs[places]
    centre, mean = float(means.mean()), effects.mean
    half = math.inf
    if mean is not None and effects.bounds.form == "stratified" and mean.sd > NOTHING:
        n = places.size**2 / float((1.0 / pairs).sum())
        own = mean.prompt_sds[places]
        noise = max(mean.sd, math.sqrt(float(np.nanmean(own**2)))) if np.isfinite(own).any() else mean.sd
        df = mean.df if noise <= NOISIER * mean.sd else int(max(1, (pairs - 1).sum()))
        half = half_width(noise * math.sqrt(max(1.0, mean.factor) / n), n, df, effects.bounds.alpha)
    such = t_interval(means, CONFIDENCE) if np.ptp(means) > NOTHING else None
    return Estimate(
        ratio=math.exp(centre),
        anytime=interval_around(centre, half),
        such_prompts=None if such is None else Interval(low=math.exp(such.low), high=math.exp(such.high)),
        pairs=int(pairs.sum()),
        prompts=int(places.size),
    )


def length_effect(effects: Effects, baseline: Arm, target: Arm, sample: Sample, unit: Unit) -> LengthEffect | None:
    """How the prompts' ratios change with the length of the baseline's answers; None for too few prompts or lengths that hardly differ."""
    lengths = amount(baseline, unit)
    known = both_known(baseline.e2e, target.e2e) & both_known(lengths, lengths)
    if not known.any():
        return None
    prompt = sample.prompt[known]
    counts = np.bincount(prompt, minlength=len(sample.prompts))
    sums = np.bincount(prompt, weights=np.log2(lengths[known]), minlength=len(sample.prompts))
    place = {name: at for at, name in enumerate(sample.prompts)}
    at = np.array([place[name] for name in effects.prompt_names])
    there = counts[at] > 0
    if there.sum() < FEWEST_PROMPTS:
        return None
    x, y = sums[at][there] / counts[at][there], effects.prompt_means[there]
    line = ordinary_fit(x, y)
    if line is None or line.slope_se == 0:
        return None
    low, high = around(line.slope, line.slope_se, line.df, CONFIDENCE)
    ranked = spearman(x, -y)
    return LengthEffect(
        unit=unit,
        per_doubling=Effect(
            ratio=math.exp(line.slope),
            interval=Interval(low=math.exp(low), high=math.exp(high)),
            count=int(there.sum()),
        ),
        rank_correlation=None if ranked is None else ranked[0],
        rank_p=None if ranked is None else ranked[1],
    )
