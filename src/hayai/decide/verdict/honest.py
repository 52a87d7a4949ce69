"""What else could have made the difference, and what did the sample lose? Order, warm-up, drift, the slowest answers, failures, fallbacks.

Nothing is dropped from the headline. These questions stand beside it, each with an interval of its own; those are ordinary 95 % intervals,
descriptive when the run was ended by its data.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hayai.decide.conclusions import CrossChecks, Drift, Effect, Estimate, Failing, Interval
from hayai.decide.judgements import Fallback, SlowAnswer
from hayai.decide.sample import Arm, Sample
from hayai.decide.stats.confidence_sequence import NOTHING
from hayai.decide.stats.proportions import paired_difference, wilson
from hayai.decide.stats.quantile import quantile_of_ordered
from hayai.decide.stats.ranks import hodges_lehmann, sign_flip_p, wilcoxon_p
from hayai.decide.stats.regression import fit_within
from hayai.decide.stats.student import around, f_survival, lag_one, t_interval, two_sided_p
from hayai.decide.verdict.estimate import CONFIDENCE, Bounds, Effects, Flags, both_known, effects

Floats = NDArray[np.float64]

ALARM_CONFIDENCE = 0.99
"""Of effects that should be none and are tested in every run: at 95 % one clean run in ten would raise an alarm."""
SLOWEST, MOST_SLOWEST = 3, 10
"""Slowest answers that are listed at least, and at most if they stand out."""
STANDS_OUT = 5.0
"""Robust z beyond which an answer stands out."""
MAD_TO_SD = 1.4826
"""A normal distribution's standard deviation in units of its median absolute deviation."""
FEWEST_CYCLES = 4
"""Neighbouring cycles can be correlated only if there are some."""


def drift(effects: Effects) -> Drift | None:
    """Whether cycles differ by more than independent pairs would; None below two cycles, for one prompt, or without noise."""
    mean = effects.mean
    if mean is None or mean.cycle_means.size < 2 or mean.sd <= NOTHING:
        return None
    cycles, prompts = int(mean.cycle_means.size), effects.prompt_means.size
    if prompts < 2:
        return None  # With one prompt a cycle's mean is the pair itself.
    variance, rest = mean.sd**2, mean.pairs - prompts - (cycles - 1)
    left = (variance * (mean.pairs - prompts) - mean.factor * variance * (cycles - 1)) / rest if rest > 0 else 0.0
    return Drift(
        cycles=cycles,
        factor=mean.factor,
        p=f_survival(mean.factor * variance / left, cycles - 1, rest) if left > 0 else None,
        lag1=lag_one(mean.cycle_means) if cycles >= FEWEST_CYCLES else None,
    )


def position_effect(target: Arm, baseline: Arm, sample: Sample) -> Effect | None:
    """Time of whoever came second over whoever came first, from rounds in both orders; None when one order is missing or not known."""
    known = both_known(target.e2e, baseline.e2e) & (target.position >= 0) & (baseline.position >= 0)
    # Target second instead of first holds the place's effect twice, once for each side.
    return _within_prompts(target, baseline, sample, known, target.position > baseline.position, halves=2)


def warm_up_effect(target: Arm, baseline: Arm, sample: Sample) -> Effect | None:
    """The first cycle's ratio over that of the later ones; None below two cycles."""
    known = both_known(target.e2e, baseline.e2e)
    return _within_prompts(target, baseline, sample, known, sample.cycle == sample.cycle.min(initial=0), halves=1)


def _within_prompts(
    target: Arm, baseline: Arm, sample: Sample, known: Flags, mark: Flags, *, halves: int
) -> Effect | None:
    """How much the ratio differs in marked rounds from the others, prompts compared with themselves: least squares with a level per prompt.

    None where no prompt has rounds of both kinds, or too few of them. The log effect is divided by `halves`.
    """
    marked = mark[known].astype(np.float64)
    line = fit_within(marked, np.log(target.e2e[known] / baseline.e2e[known]), sample.prompt[known])
    if line is None:
        return None
    slope = line.slope
    low, high = around(slope, line.slope_se, line.df, ALARM_CONFIDENCE)
    return Effect(
        ratio=math.exp(slope / halves),
        interval=Interval(low=math.exp(low / halves), high=math.exp(high / halves)),
        count=int(marked.sum()),
    )


def without_slowest(target: Arm, baseline: Arm, sample: Sample, bounds: Bounds) -> float | None:
    """The headline ratio without the round of each side's slowest answer, by its distance from the prompt's others.

    None if nothing is left.
    """
    kept = both_known(target.e2e, baseline.e2e)
    if np.bincount(sample.prompt[kept], minlength=1).max() < 2:
        return None  # Nothing was repeated, so nothing is slow for its prompt.
    for arm in (target, baseline):
        off = np.where(kept, _off_prompt(arm, sample), -np.inf)
        if kept.any():
            kept[int(np.argmax(off))] = False
    found = effects(np.where(kept, target.e2e, np.nan), baseline.e2e, sample, bounds)
    return None if found is None else found.estimate.ratio


def middle(values: Floats) -> float:
    """The median of at least one value."""
    return quantile_of_ordered(np.sort(values), 0.5) or 0.0


def _off_prompt(arm: Arm, sample: Sample) -> Floats:
    """Log time of each answer less the median of its prompt at this target; NaN for failures."""
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(np.where(arm.e2e > 0, arm.e2e, np.nan))
    off = np.full_like(logs, np.nan)
    for prompt in range(len(sample.prompts)):
        here = (sample.prompt == prompt) & np.isfinite(logs)
        if here.any():
            off[here] = logs[here] - middle(logs[here])
    return off


def slowest(sample: Sample) -> tuple[SlowAnswer, ...]:
    """The answers that took longest compared with the same prompt at the same target, slowest first; empty where no prompt was repeated.

    Three at least, and up to ten as long as they stand out.
    """
    found: list[tuple[float, SlowAnswer]] = []
    for arm in sample.arms.values():
        off = _off_prompt(arm, sample)
        known = np.isfinite(off)
        if known.sum() <= len(sample.prompts):
            continue
        spread = MAD_TO_SD * middle(np.abs(off[known]))
        worst = np.argsort(np.where(known, -off, np.inf), kind="stable")[:MOST_SLOWEST]
        found += [
            (float(off[at]), _slow(arm, sample, int(at), float(off[at]), spread))
            for at in worst
            if known[at] and off[at] > 0
        ]
    found.sort(key=lambda item: -item[0])
    return tuple(
        answer for place, (_, answer) in enumerate(found[:MOST_SLOWEST]) if place < SLOWEST or answer.stands_out
    )


def _slow(arm: Arm, sample: Sample, at: int, off: float, spread: float) -> SlowAnswer:
    return SlowAnswer(
        target=arm.name,
        prompt=sample.prompts[sample.prompt[at]],
        cycle=int(sample.cycle[at]),
        record=arm.ids[at],
        request_id=arm.request_ids[at],
        e2e_ns=float(arm.e2e[at]),
        robust_z=off / spread if spread > NOTHING else None,
        stands_out=spread > NOTHING and off / spread > STANDS_OUT,
    )


def failing(target: Arm, baseline: Arm, sample: Sample) -> Failing | None:
    """Failures of both sides and who came first, over the rounds in which both were asked; None without any."""
    there = target.there & baseline.there
    rounds = int(there.sum())
    if rounds == 0:
        return None
    bad, base_bad = ~target.answered[there], ~baseline.answered[there]
    difference = paired_difference(
        both=int((bad & base_bad).sum()),
        only_a=int((~bad & base_bad).sum()),
        only_b=int((bad & ~base_bad).sum()),
        neither=int((~bad & ~base_bad).sum()),
    )
    wins, interval = _wins(target, baseline, sample, there)
    return Failing(
        rounds=rounds,
        target_failed=int(bad.sum()),
        baseline_failed=int(base_bad.sum()),
        difference=None if difference is None else Interval(low=difference.low, high=difference.high),
        target_throttled=int(target.throttled[there].sum()),
        baseline_throttled=int(baseline.throttled[there].sum()),
        win_ratio=wins,
        win_interval=interval,
    )


def _wins(target: Arm, baseline: Arm, sample: Sample, there: Flags) -> tuple[float | None, Interval | None]:
    """Share of rounds in which the target's answer was complete first. A failure loses; two failures or equal times are half a win each.

    Rounds of one prompt resemble each other, so Wilson's interval is taken for as many independent rounds as the spread between prompts
    allows, never for fewer than there are prompts.
    """
    won = np.full(len(sample), 0.5)
    with np.errstate(invalid="ignore"):
        both = target.answered & baseline.answered
        won[both] = np.where(
            target.e2e[both] == baseline.e2e[both], 0.5, (target.e2e[both] < baseline.e2e[both]).astype(float)
        )
    won[target.answered & ~baseline.answered] = 1.0
    won[~target.answered & baseline.answered] = 0.0
    known = there & (~both | (np.isfinite(target.e2e) & np.isfinite(baseline.e2e)))
    if not known.any():
        return None, None
    counts = np.bincount(sample.prompt[known], minlength=len(sample.prompts))
    present = counts > 0
    sums = np.bincount(sample.prompt[known], weights=won[known], minlength=len(sample.prompts))
    of_prompt = sums[present] / counts[present]
    share = float(of_prompt.mean())
    prompts, rounds = of_prompt.size, int(known.sum())
    variance = float(of_prompt.var(ddof=1)) / prompts if prompts > 1 else 0.0
    effective = rounds if variance == 0 and 0 < share < 1 else prompts
    if variance > 0:
        effective = round(min(rounds, max(prompts, share * (1 - share) / variance)))
    bounds = wilson(share * effective, effective, CONFIDENCE)
    return share, None if bounds is None else Interval(low=bounds[0], high=bounds[1])


def fallbacks(sample: Sample) -> tuple[Fallback, ...]:
    """For each target that asked for a mode: how often another one was served. Only answered requests tell."""
    found = []
    for arm in sample.arms.values():
        asked = arm.asked & arm.answered
        if not asked.any():
            continue
        told, otherwise = int((asked & arm.told).sum()), int((asked & arm.otherwise).sum())
        bounds = wilson(otherwise, told, CONFIDENCE) if told else None
        found.append(
            Fallback(
                target=arm.name,
                asked=int(asked.sum()),
                otherwise=otherwise,
                untold=int(asked.sum()) - told,
                interval=None if bounds is None else Interval(low=bounds[0], high=bounds[1]),
            )
        )
    return tuple(found)


def with_waits(target: Arm, baseline: Arm, sample: Sample, bounds: Bounds) -> Estimate | None:
    """End to end from the first attempt on, as a user of retries waits for it; None where nothing was retried."""
    arms = target, baseline
    if not any((arm.with_waits > arm.e2e).any() for arm in arms):
        return None
    found = effects(target.with_waits, baseline.with_waits, sample, bounds)
    return None if found is None else found.estimate


def as_served(target: Arm, baseline: Arm, sample: Sample, bounds: Bounds) -> Estimate | None:
    """End to end over the pairs in which both sides were served as asked; None unless this leaves some out and some in."""
    other = (target.asked & (target.otherwise | ~target.told)) | (
        baseline.asked & (baseline.otherwise | ~baseline.told)
    )
    known = both_known(target.e2e, baseline.e2e)
    if not (other & known).any():
        return None
    found = effects(np.where(other, np.nan, target.e2e), baseline.e2e, sample, bounds)
    return None if found is None else found.estimate


def cross_checks(logs: Floats) -> CrossChecks | None:
    """The usual tests on pairs that are one observation each; None below two pairs or without spread."""
    found = t_interval(logs, CONFIDENCE)
    if found is None or found.se == 0:
        return None
    centre = hodges_lehmann(logs)
    bounds = (None, None) if centre is None else (centre.low, centre.high)
    low, high = (None if bound is None else math.exp(bound) for bound in bounds)
    return CrossChecks(
        t_p=two_sided_p(found.mean / found.se, found.df),
        wilcoxon_p=wilcoxon_p(logs),
        sign_flip_p=sign_flip_p(logs),
        middle=None
        if centre is None
        else Effect(ratio=math.exp(centre.estimate), interval=Interval(low=low, high=high), count=logs.size),
    )
