"""Is this target faster than that one? The verdict of one sample, pair by pair of targets.

The headline is end to end, as asked for: what one gets when one asks for this target, fallbacks included. Failures have no time and are an
estimand of their own. The error rate is shared out over the judged comparisons. A verdict is withheld, with its reason, where the data
cannot carry one: nothing to pair, no repeat, no variation, answers cut on one side only, a mode that was mostly not given, or a difference
that the instrument could have made itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import msgspec
import numpy as np

from hayai.ask.plan import Rules
from hayai.decide.conclusions import BEYOND_HELP, Answer, Forecast, Verdict, WhyNone
from hayai.decide.judgements import ClaimFinding, Judgement
from hayai.decide.sample import Arm, Sample
from hayai.decide.stats.confidence_sequence import NOTHING
from hayai.decide.verdict import honest
from hayai.decide.verdict.answer import CERTAIN_AND_SAME, classify, settled
from hayai.decide.verdict.claims import examine
from hayai.decide.verdict.estimate import Bounds, Effects, Floats, both_known, effects
from hayai.decide.verdict.forecast import rounds_needed
from hayai.decide.verdict.groups import groups, length_effect
from hayai.decide.verdict.parts import equal_length, parts, per_unit, start_guess, tokens_alike, unit_of
from hayai.decide.verdict.percentiles import percentile_differences, percentiles
from hayai.decide.verdict.sessions import sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Which two targets are compared, and how."""

    target: str
    baseline: str
    judged: bool
    bounds: Bounds


def pairings(
    names: Sequence[str], rules: Rules, bounds: Bounds, *, only: Collection[str] | None = None
) -> tuple[Pairing, ...]:
    """Every pair of targets: the judged ones share the error rate, the others are described at the whole rate.

    `names[0]` is the baseline; `bounds` holds the whole error rate. `only` names the targets that are judged against it (None: all). The
    self-test counts as described: it is there to find nothing.
    """
    against = [(name, names[0]) for name in names[1:]]
    others = [(second, first) for first, second in combinations(names[1:], 2)]
    tests = {pair for pair in [*against, *others] if rules.self_test in pair}
    asked = against if only is None else [pair for pair in against if pair[0] in only]
    judged = [pair for pair in (against + others if rules.all_pairs else asked) if pair not in tests]
    described = [pair for pair in [*against, *others] if pair not in judged]
    share = replace(bounds, alpha=bounds.alpha / max(1, len(judged)))
    return tuple(
        Pairing(target=target, baseline=baseline, judged=judged_too, bounds=share if judged_too else bounds)
        for judged_too, pairs in ((True, judged), (False, described))
        for target, baseline in pairs
    )


def headline(sample: Sample, pairing: Pairing, rules: Rules) -> tuple[Verdict, Effects | None]:
    """The verdict without its surroundings: what is needed after each cycle."""
    target, baseline = sample.arms[pairing.target], sample.arms[pairing.baseline]
    found = effects(target.e2e, baseline.e2e, sample, pairing.bounds)
    margin, precision = math.log1p(rules.margin_ratio), _log(rules.precision_ratio)
    answer, why = _answer(found, target, baseline, sample, margin)
    half = math.inf if found is None else found.half_width
    verdict = Verdict(
        target=pairing.target,
        baseline=pairing.baseline,
        judged=pairing.judged,
        answer=answer,
        why_none=why,
        settled=settled(answer, half, precision),
        margin_ratio=rules.margin_ratio,
        precision_ratio=rules.precision_ratio,
        alpha=pairing.bounds.alpha,
        form=pairing.bounds.form,
        anytime=pairing.bounds.planned_cycles is None or pairing.bounds.form == "pairs",
        looks=sample.cycles,
        asked_prompts=int(np.unique(sample.prompt).size),
        headline=None if found is None else found.estimate,
        within_sd=None if found is None or found.mean is None else found.mean.sd,
        between_sd=None if found is None else found.between_sd,
        streamed=bool(both_known(target.ttft, baseline.ttft).any()),
        same_tokens=tokens_alike(target, baseline),
        drift=None if found is None else honest.drift(found),
        instrument_ns=None if sample.instrument is None else sample.instrument.error_ns,
    )
    return verdict, found


def _log(ratio: float | None) -> float | None:
    return None if ratio is None else math.log1p(ratio)


def _answer(
    found: Effects | None, target: Arm, baseline: Arm, sample: Sample, margin: float
) -> tuple[Answer, WhyNone | None]:
    """What may be said, or "none" and why not.

    A typical difference below the instrument's own error is none, however many pairs average it.
    """
    if found is None:
        failed = len(sample) > 0 and not (target.answered.any() and baseline.answered.any())
        return "none", "failed" if failed else "no_pairs"
    if _cut_on_one_side(target, baseline):
        return "none", "cut"
    if mostly_fell_back(target) or mostly_fell_back(baseline):
        return "none", "fell_back"
    if found.mean is None:
        return "none", "few_pairs"
    if found.mean.sd <= NOTHING:
        return "none", "no_variation"
    if not math.isfinite(found.half_width):
        return "none", "few_pairs"
    centre, half = found.mean.mean, found.half_width
    answer = classify(centre - half, centre + half, margin)
    typical = math.exp(float(np.log(baseline.e2e[both_known(target.e2e, baseline.e2e)]).mean()))
    error = 0.0 if sample.instrument is None else sample.instrument.error_ns / typical
    if answer in CERTAIN_AND_SAME and math.log1p(error) > margin:
        return "none", "below_instrument"
    if answer in ("undecided", "same") or abs(found.estimate.ratio - 1) >= error:
        return answer, None
    return ("same", None) if answer in CERTAIN_AND_SAME else ("none", "below_instrument")


def mostly_fell_back(arm: Arm) -> bool:
    """Whether more than half of the answers that tell were served in another mode than asked for.

    The comparison would carry the name of a mode that it is not about.
    """
    asked = arm.asked & arm.answered & arm.told
    return bool(2 * int((asked & arm.otherwise).sum()) > int(asked.sum()))


def _cut_on_one_side(target: Arm, baseline: Arm) -> bool:
    """Whether in some round the token limit cut one answer and not the other.

    Cut is not fast, and how long it would have been nobody knows.
    """
    both = target.answered & baseline.answered
    return bool((both & (target.cut != baseline.cut)).any())


def verdict_of(sample: Sample, pairing: Pairing, rules: Rules, *, seed: int, open_ended: bool = True) -> Verdict:
    """The whole verdict with everything that stands beside it."""
    verdict, found = headline(sample, pairing, rules)
    target, baseline = sample.arms[pairing.target], sample.arms[pairing.baseline]
    if found is None:
        return msgspec.structs.replace(verdict, failing=honest.failing(target, baseline, sample))
    unit, bounds = unit_of(target, baseline), pairing.bounds
    quantities = _quantities(target, baseline, sample, bounds) | {"e2e": found}
    known = both_known(target.e2e, baseline.e2e)
    guesses = () if verdict.streamed else tuple(start_guess(arm, sample, known, unit) for arm in (baseline, target))
    return msgspec.structs.replace(
        verdict,
        estimates={name: quantity.estimate for name, quantity in quantities.items()},
        parts=parts(target, baseline, sample, bounds, unit),
        equal_length=equal_length(target, baseline, sample, bounds, unit),
        starts=tuple(guess for guess in guesses if guess is not None),
        position=honest.position_effect(target, baseline, sample),
        warm_up=honest.warm_up_effect(target, baseline, sample),
        without_slowest=honest.without_slowest(target, baseline, sample, bounds),
        failing=honest.failing(target, baseline, sample),
        with_waits=honest.with_waits(target, baseline, sample, bounds),
        as_served=honest.as_served(target, baseline, sample, bounds),
        groups=groups(found, sample),
        length=length_effect(found, baseline, target, sample, unit),
        prompts=found.prompts(),
        percentiles=percentile_differences(target, baseline, sample, seed=seed),
        sessions=sessions(target, baseline, sample),
        cross_checks=(honest.cross_checks(found.prompt_means) if bounds.form == "pairs" and found.single else None),
        forecast=forecast_of(found, verdict, len(sample.arms), len(sample.prompts)) if open_ended else None,
    )


def forecast_of(
    found: Effects,
    verdict: Verdict,
    targets: int,
    prompts: int,
    pace_ns: int | None = None,
    *,
    per_look: int | None = None,
) -> Forecast | None:
    """What it would take to settle this verdict; None: nothing, or it cannot be told.

    `pace_ns`: time of a round, where it is known; `per_look`: rounds between two looks, by default a cycle.
    """
    if verdict.settled or verdict.why_none in BEYOND_HELP:
        return None
    planned = found.bounds.planned_cycles
    rounds = rounds_needed(
        found,
        per_look=per_look or prompts,
        margin=math.log1p(verdict.margin_ratio),
        precision=_log(verdict.precision_ratio),
    )
    if not rounds:
        return None
    if planned is not None and found.cycles + math.ceil(rounds / prompts) > planned:
        return None
    if verdict.form == "pairs" and rounds > prompts - found.estimate.prompts:
        return None  # Asking the same prompts again gives no further observation of prompts like these.
    return Forecast(
        cycles=math.ceil(rounds / prompts),
        requests=rounds * targets,
        time_ns=None if pace_ns is None else rounds * pace_ns,
        within_limits=None,
    )


def _quantities(target: Arm, baseline: Arm, sample: Sample, bounds: Bounds) -> dict[str, Effects]:
    """Effects by quantity; those that are not known are left out. Tokens only where both count them alike."""
    of: dict[str, Callable[[Arm], Floats]] = {
        "ttft": lambda arm: arm.ttft,
        "output_characters": lambda arm: arm.characters,
        "e2e_per_character": lambda arm: _share(arm.e2e, arm.characters),
    }
    if tokens_alike(target, baseline):
        of |= {
            "tpot": lambda arm: per_unit(arm, "tokens"),
            "output_tokens": lambda arm: arm.tokens,
            "e2e_per_token": lambda arm: _share(arm.e2e, arm.tokens),
        }
    found = {name: effects(amount(target), amount(baseline), sample, bounds) for name, amount in of.items()}
    return {name: quantity for name, quantity in found.items() if quantity is not None}


def _share(time: Floats, amount: Floats) -> Floats:
    """Time per unit of the whole; NaN where nothing was written."""
    return np.divide(time, amount, out=np.full_like(time, np.nan), where=amount > 0)


def _withheld(finding: ClaimFinding, why: WhyNone | None) -> ClaimFinding:
    """A claim about times that no verdict can rest on is undecided in every reading."""
    readings = tuple(msgspec.structs.replace(reading, status="undecided") for reading in finding.readings)
    return msgspec.structs.replace(finding, readings=readings, status="undecided", withheld=why)


def examined(sample: Sample, rules: Rules, bounds: Bounds, judged: int) -> tuple[ClaimFinding, ...]:
    """Every claim, tested on its own two targets; each takes the error rate of one comparison."""
    share = replace(bounds, alpha=bounds.alpha / max(1, judged))
    found: list[ClaimFinding] = []
    for claim in rules.claims:
        target, baseline = sample.arms[claim.target], sample.arms[claim.baseline]
        quantities = _quantities(target, baseline, sample, share)
        whole = effects(target.e2e, baseline.e2e, sample, share)
        finding = examine(claim, quantities if whole is None else quantities | {"e2e": whole}, share.alpha)
        why = _answer(whole, target, baseline, sample, math.log1p(rules.margin_ratio))[1]
        found.append(_withheld(finding, why) if why in BEYOND_HELP else finding)
    return tuple(found)


def judge(
    sample: Sample,
    names: Sequence[str],
    rules: Rules,
    bounds: Bounds,
    *,
    seed: int = 0,
    only: Collection[str] | None = None,
    open_ended: bool = True,
) -> Judgement:
    """Everything that the sample says about the targets `names`, the first being the baseline. `bounds` holds the whole error rate.

    `only` names the targets that are judged against it; the others are described (None: all are judged). `open_ended`: more of the same
    could still be measured, so it is told how much.
    """
    verdicts = tuple(
        verdict_of(sample, pairing, rules, seed=seed, open_ended=open_ended)
        for pairing in pairings(names, rules, bounds, only=only)
    )
    return Judgement(
        verdicts=verdicts,
        percentiles=percentiles(sample),
        fallbacks=honest.fallbacks(sample),
        slowest=honest.slowest(sample),
        claims=examined(sample, rules, bounds, sum(verdict.judged for verdict in verdicts)),
        baseline=names[0],
        self_test=rules.self_test,
    )
