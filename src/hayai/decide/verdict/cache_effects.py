"""What did the prompt cache do? Hit rate, tokens read and written, and how much sooner an answer begins when its prefix was read.

Prompts are compared with themselves: answers that read their prefix against those of the same prompt and target that did not. The first
asking writes and the others read, so what else differs between a first asking and later ones is in it as well.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import numpy as np

from hayai.decide.conclusions import Effect, Interval
from hayai.decide.judgements import CacheUse
from hayai.decide.sample import Arm, Floats, Sample
from hayai.decide.stats.regression import fit_within
from hayai.decide.stats.student import around
from hayai.decide.verdict.estimate import CONFIDENCE, Flags, both_known
from hayai.keep.records import Usage


def cache_uses(sample: Sample, usages: Mapping[str, Usage], asked: Collection[str]) -> tuple[CacheUse, ...]:
    """The use of each target's cache, of those in `asked` (they set a cache point) and of those whose answers tell of one."""
    found = (_use(arm, sample, usages, asked=name in asked) for name, arm in sample.arms.items())
    return tuple(use for use in found if use.asked or use.hits or use.written_tokens)


def _use(arm: Arm, sample: Sample, usages: Mapping[str, Usage], *, asked: bool) -> CacheUse:
    of = [usages.get(ident, Usage()) for ident in arm.ids]
    read = np.array([usage.cache_read_tokens or 0 for usage in of], dtype=np.float64)
    written = np.array([usage.cache_write_tokens or 0 for usage in of], dtype=np.float64)
    fresh = np.array([usage.input_tokens or 0 for usage in of], dtype=np.float64)
    there = arm.answered
    all_tokens = float((read + written + fresh)[there].sum())
    hit = there & (read > 0)
    return CacheUse(
        target=arm.name,
        asked=asked,
        answers=int(there.sum()),
        hits=int(hit.sum()),
        read_tokens=int(read[there].sum()),
        written_tokens=int(written[there].sum()),
        read_share=float(read[there].sum()) / all_tokens if all_tokens else None,
        ttft=_effect(arm.ttft, hit, there, sample),
        e2e=_effect(arm.e2e, hit, there, sample),
    )


def _effect(times: Floats, hit: Flags, there: Flags, sample: Sample) -> Effect | None:
    """Time of a hit over that of a miss of the same prompt; None where no prompt has both, or too few."""
    known = there & both_known(times, times)
    line = fit_within(hit[known].astype(np.float64), np.log(times[known]), sample.prompt[known])
    if line is None:
        return None
    low, high = around(line.slope, line.slope_se, line.df, CONFIDENCE)
    return Effect(
        ratio=math.exp(line.slope),
        interval=Interval(low=math.exp(low), high=math.exp(high)),
        count=int((hit & known).sum()),
    )
