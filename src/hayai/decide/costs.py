"""What did each target cost, and what is a saved second worth? From the paired answers, at the prices that the run keeps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import numpy as np

from hayai.ask.plan import ModePrice
from hayai.decide.conclusions import Verdict
from hayai.decide.judgements import CostFindings, CostOf, TargetCost
from hayai.decide.sample import Arm, Floats, Sample
from hayai.decide.verdict.estimate import Bounds, both_known, effects
from hayai.keep.charges import cost_of
from hayai.keep.records import RequestRecord

THOUSAND = 1000


def cost_findings(
    sample: Sample,
    records: Iterable[RequestRecord],
    prices: Sequence[ModePrice],
    verdicts: Sequence[Verdict],
    bounds: Bounds,
) -> CostFindings | None:
    """Costs of targets and comparisons; None where the run keeps no price at all. `records`: everything that was sent, warm-up included."""
    if not prices:
        return None
    everything = tuple(records)
    costs = {record.id: cost_of(record, prices) for record in everything}
    arms = {name: _usd(arm, costs) for name, arm in sample.arms.items()}
    return CostFindings(
        targets=tuple(_target(arm, arms[name], sample, everything, costs) for name, arm in sample.arms.items()),
        comparisons=tuple(found for one in verdicts if (found := _comparison(one, sample, arms, bounds)) is not None),
        prices=tuple(prices),
    )


def _usd(arm: Arm, costs: Mapping[str, Decimal | None]) -> Floats:
    """Dollars of each answered round; NaN where it failed or is not known."""
    known = (costs.get(ident) if answered else None for ident, answered in zip(arm.ids, arm.answered, strict=True))
    return np.array([math.nan if cost is None else float(cost) for cost in known], dtype=np.float64)


def _target(
    arm: Arm,
    usd: Floats,
    sample: Sample,
    everything: Sequence[RequestRecord],
    costs: Mapping[str, Decimal | None],
) -> TargetCost:
    own = [costs[record.id] for record in everything if record.target == arm.name]
    known = [cost for cost in own if cost is not None]
    # Those whose cost is not known were served otherwise than the rest: a mean without them would be another target's.
    mean = _mean_of_prompts(usd, sample) if bool(np.isfinite(usd[arm.answered]).all()) else None
    return TargetCost(
        target=arm.name,
        requests=len(own),
        unknown=len(own) - len(known),
        total_usd=sum(known, Decimal(0)),
        per_thousand_usd=None if mean is None else mean * THOUSAND,
    )


def _comparison(verdict: Verdict, sample: Sample, arms: Mapping[str, Floats], bounds: Bounds) -> CostOf | None:
    target, baseline = sample.arms[verdict.target], sample.arms[verdict.baseline]
    usd, base_usd = arms[verdict.target], arms[verdict.baseline]
    both = both_known(target.e2e, baseline.e2e)
    if not both.any() or not both_known(usd, base_usd)[both].all():
        return None
    found = effects(np.where(both, usd, math.nan), base_usd, sample, bounds)
    extra = _mean_of_prompts(np.where(both, usd - base_usd, math.nan), sample)
    saved = _mean_of_prompts(np.where(both, baseline.e2e - target.e2e, math.nan), sample)
    each = None if extra is None or saved is None or saved <= 0 or extra <= 0 else extra / (saved / 1e9)
    per_token = None
    if verdict.same_tokens:
        told = effects(_share(usd, target.tokens), _share(base_usd, baseline.tokens), sample, bounds)
        per_token = None if told is None else told.estimate
    return CostOf(
        target=verdict.target,
        baseline=verdict.baseline,
        ratio=None if found is None else found.estimate,
        per_output_token=per_token,
        extra_per_thousand_usd=None if extra is None else extra * THOUSAND,
        saved_ns=saved,
        usd_per_saved_second=each,
    )


def _mean_of_prompts(values: Floats, sample: Sample) -> float | None:
    """The mean of the prompts' means, every prompt weighing the same; None where nothing is known."""
    known = np.isfinite(values)
    if not known.any():
        return None
    counts = np.bincount(sample.prompt[known], minlength=len(sample.prompts))
    sums = np.bincount(sample.prompt[known], weights=values[known], minlength=len(sample.prompts))
    there = counts > 0
    return float((sums[there] / counts[there]).mean())


def _share(usd: Floats, tokens: Floats) -> Floats:
    return np.divide(usd, tokens, out=np.full_like(usd, np.nan), where=tokens > 0)
