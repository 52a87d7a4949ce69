"""Where does the end-to-end difference come from: an earlier start, a shorter answer, or faster writing?

For streams the difference splits exactly, pair by pair, into start, amount and time per unit (`stats/decomposition`), and both sides can be
computed for the same length. Answers that were not streamed show their whole time only: then it splits into amount and time per unit of the
whole, the equal-length estimate comes from regression, and a time to first token is told only if regression pins it down, which it seldom
does.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hayai.decide.conclusions import EqualLength, Estimate, Interval, Parts, StartGuess, Unit
from hayai.decide.sample import Arm, Sample
from hayai.decide.stats.decomposition import split
from hayai.decide.stats.regression import ordinary_fit, relative_fit
from hayai.decide.stats.student import around
from hayai.decide.verdict.estimate import CONFIDENCE, Bounds, Flags, both_known, effects_of_logs

Floats = NDArray[np.float64]


def unit_of(target: Arm, baseline: Arm) -> Unit:
    """Tokens where both count them alike and report them; characters otherwise."""
    known = bool(both_known(target.tokens, baseline.tokens).any())
    return "tokens" if known and tokens_alike(target, baseline) else "characters"


def tokens_alike(target: Arm, baseline: Arm) -> bool:
    """Whether both count tokens alike, as far as their names tell. Where both are silent, nothing speaks against it."""
    return target.tokenizer == baseline.tokenizer


def amount(arm: Arm, unit: Unit) -> Floats:
    """How much each answer holds."""
    return arm.tokens if unit == "tokens" else arm.characters


def per_unit(arm: Arm, unit: Unit) -> Floats:
    """Time per token after the first, or per character, of the part of a stream that follows its first piece (ns). NaN where not known."""
    after = arm.e2e - arm.ttft
    count = _after_first(arm, unit)
    known = both_known(after, count)
    return np.divide(after, count, out=np.full_like(after, np.nan), where=known)


def _after_first(arm: Arm, unit: Unit) -> Floats:
    return arm.tokens - 1 if unit == "tokens" else arm.characters


def parts(target: Arm, baseline: Arm, sample: Sample, bounds: Bounds, unit: Unit) -> Parts | None:
    """Start, amount and per-unit factors over the pairs of streams for which all of them are known; None without any."""
    of_target, of_baseline = per_unit(target, unit), per_unit(baseline, unit)
    known = both_known(of_target, of_baseline) & both_known(target.ttft, baseline.ttft)
    if not known.any():
        return None
    amounts = _after_first(target, unit)[known], _after_first(baseline, unit)[known]
    shares = split(
        start_a=baseline.ttft[known],
        amount_a=amounts[1],
        per_unit_a=of_baseline[known],
        start_b=target.ttft[known],
        amount_b=amounts[0],
        per_unit_b=of_target[known],
    )
    whole = np.log(target.e2e[known] / baseline.e2e[known])
    found = [effects_of_logs(logs, known, sample, bounds) for logs in (*shares, whole)]
    start, much, each, all_of_it = (effect.estimate for effect in found if effect is not None)
    return Parts(unit=unit, start=start, amount=much, per_unit=each, whole=all_of_it)


def equal_length(target: Arm, baseline: Arm, sample: Sample, bounds: Bounds, unit: Unit) -> EqualLength | None:
    """End to end as if both had written the same amount: the prompt's geometric-mean amount over both targets and all repeats."""
    of_target, of_baseline = per_unit(target, unit), per_unit(baseline, unit)
    known = both_known(of_target, of_baseline) & both_known(target.ttft, baseline.ttft)
    if not known.any():
        return _by_regression(target, baseline, sample, unit)
    logs = (np.log(amount(target, unit)[known]) + np.log(amount(baseline, unit)[known])) / 2
    middle = _by_prompt(logs, sample.prompt[known], len(sample.prompts))[sample.prompt[known]]
    steps = np.exp(middle) - (1 if unit == "tokens" else 0)
    ratio = (target.ttft[known] + steps * of_target[known]) / (baseline.ttft[known] + steps * of_baseline[known])
    found = effects_of_logs(np.log(ratio), known, sample, bounds)
    return None if found is None else EqualLength(unit=unit, method="streams", estimate=found.estimate)


def _by_prompt(values: Floats, prompt: NDArray[np.intp], prompts: int) -> Floats:
    """Mean per prompt; NaN for a prompt without values."""
    counts = np.bincount(prompt, minlength=prompts)
    sums = np.bincount(prompt, weights=values, minlength=prompts)
    return np.asarray(np.divide(sums, counts, out=np.full(prompts, np.nan), where=counts > 0))


def _by_regression(target: Arm, baseline: Arm, sample: Sample, unit: Unit) -> EqualLength | None:
    """Intercept of the prompts' log time ratios on their log length ratios."""
    lengths = amount(target, unit), amount(baseline, unit)
    known = both_known(target.e2e, baseline.e2e) & both_known(*lengths)
    if not known.any():
        return None
    prompts = len(sample.prompts)
    times = _by_prompt(np.log(target.e2e[known] / baseline.e2e[known]), sample.prompt[known], prompts)
    ratios = _by_prompt(np.log(lengths[0][known] / lengths[1][known]), sample.prompt[known], prompts)
    there = np.isfinite(times)
    line = ordinary_fit(ratios[there], times[there])
    if line is None:
        return None
    low, high = around(line.intercept, line.intercept_se, line.df, CONFIDENCE)
    slope = around(line.slope, line.slope_se, line.df, CONFIDENCE)
    return EqualLength(
        unit=unit,
        method="regression",
        estimate=Estimate(
            ratio=math.exp(line.intercept),
            anytime=None,
            such_prompts=Interval(low=math.exp(low), high=math.exp(high)),
            pairs=int(known.sum()),
            prompts=int(there.sum()),
        ),
        slope=line.slope,
        slope_interval=Interval(low=slope[0], high=slope[1]),
    )


def start_guess(arm: Arm, sample: Sample, where: Flags, unit: Unit) -> StartGuess | None:
    """Time before the first token by regression of whole times on lengths, prompt by prompt, errors taken as relative.

    None where no line fits.
    """
    lengths = amount(arm, unit)
    known = where & both_known(arm.e2e, lengths)
    if not known.any():
        return None
    prompts = len(sample.prompts)
    x = _by_prompt(lengths[known], sample.prompt[known], prompts)
    y = _by_prompt(arm.e2e[known] / 1e9, sample.prompt[known], prompts)
    there = np.isfinite(x)
    line = relative_fit(x[there], y[there])
    if line is None:
        return None
    low, high = around(line.intercept, line.intercept_se, line.df, CONFIDENCE)
    return StartGuess(
        target=arm.name,
        start_ns=line.intercept * 1e9,
        low_ns=low * 1e9,
        high_ns=high * 1e9,
        per_unit_ns=line.slope * 1e9,
        identified=low > 0 and high - low <= line.intercept,
    )
