"""After a cycle: does the sample already answer the question? And before the first: what could this plan tell at all?

The same functions as for the final verdict, without what only a report needs. It runs in the parent while the agent waits, in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hayai.ask.plan import Limits, Plan
from hayai.ask.rounds import affordable_cycles, rounds_per_look, warmup_requests
from hayai.decide.conclusions import Forecast, Verdict, WhyNone
from hayai.decide.instrument import Instrument
from hayai.decide.judgements import Detectable, Look
from hayai.decide.sample import Sample, sample_of_run
from hayai.decide.verdict.estimate import Bounds, Effects, form_of
from hayai.decide.verdict.forecast import NOISES, Noise, noise_of, smallest_difference
from hayai.decide.verdict.judge import examined, forecast_of, headline, pairings
from hayai.keep.query import complete_rounds
from hayai.keep.records import RequestRecord

LOST: tuple[WhyNone, ...] = ("cut", "below_instrument")
"""Reasons for which there will never be a verdict: a cut answer stays in the sample, a true difference below our own error stays there."""


def bounds_of(plan: Plan, cycles: int = 0) -> Bounds:
    """How intervals come about in a run of `plan` after so many complete cycles: fixed before its first request.

    With one exception: a single pass that was extended to two cycles or more asks another question, about these prompts instead of prompts
    like these, and noise within prompts is known from then on.
    """
    fixed = plan.rules.stopping == "fixed"
    return Bounds(
        form="stratified" if cycles > 1 else form_of(plan),
        alpha=plan.rules.alpha,
        planned_cycles=affordable_cycles(plan) if fixed else None,
    )


def look(
    plan: Plan,
    limits: Limits,
    records: Sequence[RequestRecord],
    *,
    pace_ns: int | None,
    instrument: Instrument | None = None,
) -> Look:
    """The provisional answer from everything measured so far.

    `limits` are the session's; `pace_ns` is the time a round takes, None: not known; `instrument` what a check of this machine says.
    """
    names = [target.name for target in plan.targets]
    rounds = complete_rounds(records, names)
    sample = sample_of_run(plan, rounds.paired, rounds.retried, instrument=instrument)
    found = [
        headline(sample, pairing, plan.rules)
        for pairing in pairings(names, plan.rules, bounds_of(plan, sample.cycles))
        if pairing.judged
    ]
    verdicts = tuple(verdict for verdict, _ in found)
    claims = examined(sample, plan.rules, bounds_of(plan, sample.cycles), len(verdicts))
    open_claims = sum(claim.status == "undecided" and claim.withheld not in LOST for claim in claims)
    return Look(
        cycles=sample.cycles,
        rounds=len(sample),
        requests=len(sample) * len(names),
        verdicts=verdicts,
        open_claims=open_claims,
        enough=bool(verdicts) and _enough(verdicts, open_claims),
        forecast=_forecast(plan, limits, sample, found, pace_ns),
    )


def _enough(verdicts: Sequence[Verdict], open_claims: int) -> bool:
    """Whether going on could change nothing: what is not settled never will be."""
    return open_claims == 0 and all(verdict.settled or verdict.why_none in LOST for verdict in verdicts)


def _forecast(
    plan: Plan, limits: Limits, sample: Sample, found: Sequence[tuple[Verdict, Effects | None]], pace_ns: int | None
) -> Forecast | None:
    """What all judged comparisons together still need: the longest of them; None when one of them cannot be told."""
    targets, prompts = len(plan.targets), len(plan.suite.prompts)
    if plan.sessions is not None:
        return None  # How many cycles there will be is planned.
    needed: list[Forecast] = []
    for verdict, effects in found:
        if verdict.settled:
            continue
        per_look = rounds_per_look(plan, sample.cycles)
        one = None if effects is None else forecast_of(effects, verdict, targets, prompts, pace_ns, per_look=per_look)
        if one is None:
            return None
        needed.append(one)
    if not needed:
        return None
    longest = max(needed, key=lambda forecast: forecast.requests)
    sent = warmup_requests(plan) + len(sample) * targets
    fits = sent + longest.requests <= limits.max_requests
    if limits.cycles is not None:
        fits = fits and sample.cycles + longest.cycles <= limits.cycles
    return msgspec.structs.replace(longest, within_limits=fits)


def _beyond_margin(ratio: float | None, margin_ratio: float) -> float | None:
    """Smaller differences end a run as "practically the same" before they can be told from none."""
    return None if ratio is None else max(ratio, 1 + margin_ratio)


def detectable(plan: Plan, limits: Limits, records: Sequence[RequestRecord] = ()) -> tuple[Detectable, ...]:
    """What `plan` can tell from nothing under `limits`, for noise as it is seen in `records`, or else for three kinds of noise."""
    names = [target.name for target in plan.targets]
    cycles = affordable_cycles(msgspec.structs.replace(plan, limits=limits))
    bounds = bounds_of(plan, cycles)
    judged = [pairing for pairing in pairings(names, plan.rules, bounds) if pairing.judged]
    if not judged:
        return ()
    noises: dict[Noise, float] = {noise: noise_of(bounds, noise) for noise in NOISES}
    if records:
        sample = sample_of_run(plan, complete_rounds(records, names).paired)
        seen = [
            effects.mean.sd
            for _, effects in (headline(sample, p, plan.rules) for p in judged)
            if effects and effects.mean
        ]
        noises = {"seen": max(seen)} if seen and max(seen) > 0 else noises
    prompts = len(plan.suite.prompts)
    return tuple(
        Detectable(
            noise=noise,
            sd=sd,
            times_as_fast=_beyond_margin(
                smallest_difference(judged[0].bounds, prompts=prompts, cycles=cycles, sd=sd), plan.rules.margin_ratio
            ),
            requests=cycles * prompts * len(names),
        )
        for noise, sd in noises.items()
    )
