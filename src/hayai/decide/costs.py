"""What did each target cost, and what is a saved second worth? From the paired answers, at the prices that were in force.

A run is charged request by request, by what was served. Of somebody's table only the tokens are known, and every request of a target is
charged alike; where input tokens are not in it, what was written is all that is charged, and the findings say so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from hayai.ask.plan import ModePrice
from hayai.decide.conclusions import Estimate, Verdict
from hayai.decide.judgements import CostFindings, CostOf, TargetCost
from hayai.decide.sample import Arm, Floats, Sample, means_by_prompt
from hayai.decide.verdict.estimate import Bounds, both_known, effects
from hayai.keep.charges import MILLION, cost_of, price_served
from hayai.keep.records import RequestRecord

THOUSAND = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """What the rounds of one target cost, in US dollars; NaN where it failed or is not known."""

    usd: Floats
    per_token: Floats
    """Of each token that was written."""


def cost_findings(
    sample: Sample,
    records: Iterable[RequestRecord],
    prices: Sequence[ModePrice],
    verdicts: Sequence[Verdict],
    bounds: Bounds,
) -> tuple[CostFindings | None, Mapping[str, Floats]]:
    """Costs of targets and comparisons, and dollars of each answered round by target; None and nothing where the run keeps no price at all.

    `records`: everything that was sent, warm-up included.
    """
    if not prices:
        return None, {}
    everything = tuple(records)
    costs = {record.id: cost_of(record, prices) for record in everything}
    written = {record.id: _per_token(record, prices) for record in everything}
    arms = {
        name: Charged(usd=_of_rounds(arm, costs), per_token=_of_rounds(arm, written))
        for name, arm in sample.arms.items()
    }
    found = CostFindings(
        targets=tuple(_target(arm, arms[name].usd, sample, everything, costs) for name, arm in sample.arms.items()),
        comparisons=_comparisons(verdicts, sample, arms, bounds),
        prices=tuple(prices),
    )
    return found, {name: arm.usd for name, arm in arms.items()}


def cost_of_measurements(
    sample: Sample, prices: Sequence[ModePrice], verdicts: Sequence[Verdict], bounds: Bounds
) -> tuple[CostFindings | None, Mapping[str, Floats]]:
    """The same of somebody's table: each target at its price in `prices`."""
    price_of = {price.target: price for price in prices}
    reads = all(bool(np.isfinite(arm.input_tokens[arm.answered]).all()) for arm in sample.arms.values())
    arms: dict[str, Charged] = {}
    for name, arm in sample.arms.items():
        price = price_of.get(name)
        output = math.nan if price is None or price.output_usd is None else float(price.output_usd) / MILLION
        read = math.nan if price is None or price.input_usd is None else float(price.input_usd) / MILLION
        usd = np.where(arm.answered, arm.tokens * output, math.nan)
        arms[name] = Charged(usd=usd + arm.input_tokens * read if reads else usd, per_token=np.full_like(usd, output))
    if not any(bool(np.isfinite(arm.usd).any()) for arm in arms.values()):
        return None, {}
    found = CostFindings(
        targets=tuple(_target_of_table(arm, arms[name].usd, sample) for name, arm in sample.arms.items()),
        comparisons=_comparisons(verdicts, sample, arms, bounds),
        prices=tuple(price for price in prices if price.target in sample.arms),
        output_only=not reads,
    )
    return found, {name: arm.usd for name, arm in arms.items()}


def _per_token(record: RequestRecord, prices: Sequence[ModePrice]) -> Decimal | None:
    price = price_served(record, prices)
    return None if price is None or price.output_usd is None else price.output_usd / MILLION


def _of_rounds(arm: Arm, of: Mapping[str, Decimal | None]) -> Floats:
    """A value of each answered round; NaN where it failed or is not known."""
    known = (of.get(ident) if answered else None for ident, answered in zip(arm.ids, arm.answered, strict=True))
    return np.array([math.nan if value is None else float(value) for value in known], dtype=np.float64)


def _target_of_table(arm: Arm, usd: Floats, sample: Sample) -> TargetCost:
    known = np.isfinite(usd)
    mean = _mean_of_prompts(usd, sample) if bool(known[arm.answered].all()) else None
    return TargetCost(
        target=arm.name,
        requests=int(arm.there.sum()),
        unknown=int((arm.answered & ~known).sum()),
        total_usd=Decimal(repr(float(usd[known].sum()))),
        per_thousand_usd=None if mean is None else mean * THOUSAND,
    )


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


def _comparisons(
    verdicts: Sequence[Verdict], sample: Sample, arms: Mapping[str, Charged], bounds: Bounds
) -> tuple[CostOf, ...]:
    return tuple(found for one in verdicts if (found := _comparison(one, sample, arms, bounds)) is not None)


def _comparison(verdict: Verdict, sample: Sample, arms: Mapping[str, Charged], bounds: Bounds) -> CostOf | None:
    target, baseline = sample.arms[verdict.target], sample.arms[verdict.baseline]
    ours, theirs = arms[verdict.target], arms[verdict.baseline]
    usd, base_usd = ours.usd, theirs.usd
    both = both_known(target.e2e, baseline.e2e)
    if not both.any() or not both_known(usd, base_usd)[both].all():
        return None
    found = effects(np.where(both, usd, math.nan), base_usd, sample, bounds)
    extra = _mean_of_prompts(np.where(both, usd - base_usd, math.nan), sample)
    saved = _mean_of_prompts(np.where(both, baseline.e2e - target.e2e, math.nan), sample)
    each = None if extra is None or saved is None or saved <= 0 or extra <= 0 else extra / (saved / 1e9)
    per_token: Estimate | None = None
    equal: Estimate | None = None
    longer: float | None = None
    if verdict.same_tokens:
        told = effects(_share(usd, target.tokens), _share(base_usd, baseline.tokens), sample, bounds)
        per_token = None if told is None else told.estimate
        length = _common_length(target.tokens, baseline.tokens, sample)
        # What was read costs what it did; what was written is charged as if both had written the same.
        at_length = usd + ours.per_token * (length - target.tokens)
        base_at_length = base_usd + theirs.per_token * (length - baseline.tokens)
        level = effects(np.where(both, at_length, math.nan), base_at_length, sample, bounds)
        equal = None if level is None else level.estimate
        mean = _mean_of_prompts(np.where(both, (usd - base_usd) - (at_length - base_at_length), math.nan), sample)
        longer = None if mean is None else mean * THOUSAND
    return CostOf(
        target=verdict.target,
        baseline=verdict.baseline,
        ratio=None if found is None else found.estimate,
        per_output_token=per_token,
        at_equal_length=equal,
        longer_per_thousand_usd=longer,
        extra_per_thousand_usd=None if extra is None else extra * THOUSAND,
        saved_ns=saved,
        usd_per_saved_second=each,
    )


def _common_length(tokens: Floats, base_tokens: Floats, sample: Sample) -> Floats:
    """Of each round: the geometric mean of how much both write for its prompt, in tokens."""
    known = both_known(tokens, base_tokens)
    logs = (np.log(tokens[known]) + np.log(base_tokens[known])) / 2
    sums = np.bincount(sample.prompt[known], weights=logs, minlength=len(sample.prompts))
    counts = np.bincount(sample.prompt[known], minlength=len(sample.prompts))
    means = np.divide(sums, counts, out=np.full(len(sample.prompts), np.nan), where=counts > 0)
    length: Floats = np.exp(means)[sample.prompt]
    return length


def _mean_of_prompts(values: Floats, sample: Sample) -> float | None:
    """The mean of the prompts' means, every prompt weighing the same; None where nothing is known."""
    means = means_by_prompt(values, sample)
    return float(means.mean()) if means.size else None


def _share(usd: Floats, tokens: Floats) -> Floats:
    return np.divide(usd, tokens, out=np.full_like(usd, np.nan), where=tokens > 0)
