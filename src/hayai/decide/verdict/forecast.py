"""How much more would it take? And, before anything is spent: which difference could this plan tell from nothing?

Both look ahead with the same formula that bounds the verdict, for a noise that stays as it is (or as it is supposed).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

import numpy as np

from hayai.decide.stats.confidence_sequence import NOTHING, MeanEstimate
from hayai.decide.stats.special import special
from hayai.decide.verdict.answer import classify, settled
from hayai.decide.verdict.estimate import Bounds, Effects

Noise = Literal["calm", "realistic", "rough", "seen"]

MOST_LOOKS = 2000
"""Nobody waits longer: beyond this the answer is "not at this rate"."""
QUANTILES = 64
"""Points at which the distribution of the drift factor is taken."""
CHANCE = 0.8
"""With which a difference must be found to count as detectable."""
NOISES: dict[Noise, tuple[float, float]] = {"calm": (0.15, 0.05), "realistic": (0.28, 0.10), "rough": (0.55, 0.15)}
"""Standard deviations of a pair's log ratio in the three noises of `benchmarks/noise.py`: within a prompt (medians, 20 cycles), and of the
prompts' true effects."""


def rounds_needed(effects: Effects, *, per_look: int, margin: float, precision: float | None) -> int | None:
    """Further rounds until the answer would be settled, if centre and noise stay; 0: it is. None: nothing known of the noise, or never.

    There is a look after every `per_look` rounds. `margin` and `precision` are log ratios.
    """
    mean = effects.mean
    if mean is None or mean.sd <= NOTHING:
        return None
    for looks in range(MOST_LOOKS):
        half = effects.bounds.half_width(_later(mean, per_look * looks), effects.cycles + looks)
        if math.isfinite(half) and settled(classify(mean.mean - half, mean.mean + half, margin), half, precision):
            return per_look * looks
    return None


def _later(mean: MeanEstimate, more: int) -> MeanEstimate:
    """The estimate as it would stand after `more` pairs, as many of each prompt."""
    return replace(mean, n=mean.n + more, df=mean.df + more, pairs=mean.pairs + more)


def noise_of(bounds: Bounds, noise: Noise) -> float:
    """Standard deviation of one observation in this noise: where each prompt is asked once, its own effect is part of it."""
    within, between = NOISES[noise]
    return math.hypot(within, between) if bounds.form == "pairs" else within


def smallest_difference(bounds: Bounds, *, prompts: int, cycles: int, sd: float) -> float | None:
    """The smallest speed-up (times as fast, above 1) found with a chance of 80 % by the last of `cycles` cycles; None: none at all."""
    pairs = prompts * cycles
    df = pairs - 1 if bounds.form == "pairs" else pairs - prompts
    if df < 1:
        return None
    mean = _supposed(sd, pairs, df)
    half = bounds.half_width(mean, cycles)
    if not math.isfinite(half):
        return None
    return math.exp(_found_with(CHANCE, half, mean.se, cycles, df))


def _found_with(chance: float, half: float, se: float, cycles: int, df: int) -> float:
    """The true difference that lies beyond its own interval with this chance.

    The interval is `half` times sqrt(max(1, F)), and F varies by chance even without drift: it is averaged over its distribution.
    """
    wider = np.ones(1)
    if cycles > 1:
        shares = (np.arange(QUANTILES) + 0.5) / QUANTILES
        wider = np.sqrt(np.maximum(1.0, special.fdtri(cycles - 1, df, shares)))
    low, high = 0.0, half * float(wider.max()) + 10 * se
    while high - low > 1e-6 * high:
        middle = (low + high) / 2
        found = float(special.ndtr((middle - half * wider) / se).mean())
        low, high = (middle, high) if found < chance else (low, middle)
    return high


def _supposed(sd: float, pairs: int, df: int) -> MeanEstimate:
    nothing = np.empty(0)
    return MeanEstimate(
        mean=0.0,
        sd=sd,
        n=float(pairs),
        df=df,
        factor=1.0,
        pairs=pairs,
        prompt_means=nothing,
        prompt_pairs=nothing.astype(np.intp),
        prompt_sds=nothing,
        cycle_means=nothing,
    )
