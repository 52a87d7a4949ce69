"""After each cycle: enough, or what is missing. Before the first: what the plan can tell."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
import pytest

from hayai.ask.claims import parse_claim
from hayai.ask.plan import Limits, Rules, Sessions
from hayai.decide.sample import sample_of_run
from hayai.decide.verdict.estimate import Bounds, form_of
from hayai.decide.verdict.forecast import NOISES, smallest_difference
from hayai.decide.verdict.judge import headline, judge, pairings
from hayai.decide.verdict.look import bounds_of, detectable, look
from tests.decide.made import S
from tests.decide.rounds import ends, noisy, smaller, streams


def looked(ratios: Any, limits: Limits | None = None, *, pace_ns: int | None = 2 * S, **rules: Any) -> Any:
    """The look after all cycles of `streams(ratios)`."""
    plan, records = streams(ratios)
    plan = msgspec.structs.replace(plan, rules=Rules(**rules))
    return look(plan, limits or Limits(), records, pace_ns=pace_ns)


def test_a_clear_difference_is_enough() -> None:
    """Certain and within 10 %: the run may end; nothing is forecast."""
    found = looked(noisy(1.5, cycles=8))
    assert found.enough
    assert found.forecast is None
    assert (found.cycles, found.requests) == (8, 160)


def test_certain_is_enough_for_verdict_only_and_not_for_a_precise_answer() -> None:
    """Two cycles of a large difference: certain already, not yet exact."""
    ratios = noisy(1.6, cycles=2, sd=0.15)
    assert looked(ratios, precision_ratio=None).enough
    found = looked(ratios, precision_ratio=0.05)
    assert not found.enough
    assert found.verdicts[0].answer == "much_faster"
    assert found.forecast is not None
    assert found.forecast.requests == found.forecast.cycles * 20
    assert found.forecast.time_ns == found.forecast.cycles * 10 * 2 * S
    assert found.forecast.within_limits is True


def test_what_is_forecast_is_what_it_takes() -> None:
    """If the further cycles look like those so far, the forecast is right to the cycle."""
    base = noisy(1.6, cycles=3, sd=0.15)
    within = base / np.exp(np.log(base).mean(axis=0)) * np.exp(np.log(base).mean())
    found = looked(within, precision_ratio=0.05)
    assert found.forecast is not None
    more = found.forecast.cycles
    assert looked(np.tile(within, (1 + math.ceil((more + 3) / 3), 1))[: 3 + more + 3], precision_ratio=0.05).enough


def test_a_forecast_beyond_the_limits_says_so() -> None:
    """The limit of requests and that of cycles both count."""
    ratios = noisy(1.6, cycles=2, sd=0.15)
    assert looked(ratios, Limits(max_requests=45), precision_ratio=0.05).forecast.within_limits is False
    assert looked(ratios, Limits(cycles=2), precision_ratio=0.05).forecast.within_limits is False


def test_after_one_cycle_nothing_is_known() -> None:
    """No repeat, no noise: not enough, and no forecast out of nothing."""
    found = looked(noisy(3.0, cycles=1), pace_ns=None)
    assert not found.enough
    assert found.forecast is None


def test_nothing_measured_yet() -> None:
    """A look before the first record does no harm."""
    plan, _ = streams(noisy(1.0, cycles=1))
    found = look(plan, Limits(), [], pace_ns=None)
    assert not found.enough
    assert found.verdicts[0].why_none == "no_pairs"


def test_one_target_alone_is_never_enough() -> None:
    """Nothing to compare: the limits end the run."""
    plan, records = streams(noisy(1.0, cycles=2))
    alone = msgspec.structs.replace(plan, targets=plan.targets[:1])
    found = look(alone, Limits(), [r for r in records if r.target == "a"], pace_ns=None)
    assert found.verdicts == ()
    assert not found.enough


def test_the_self_test_does_not_keep_a_run_from_ending() -> None:
    """Only the question that was asked must be settled."""
    plan, records = streams(noisy(1.5, cycles=8))
    twin = msgspec.structs.replace(plan.targets[0], name="a#2")
    plan = msgspec.structs.replace(plan, targets=(*plan.targets, twin), rules=Rules(self_test="a#2"))
    again = [
        msgspec.structs.replace(r, id=r.id + "x", target="a#2", last_at_ns=(r.last_at_ns or 0) + 1000 * r.cycle)
        for r in records
        if r.target == "a"
    ]
    found = look(plan, Limits(max_requests=1000), [*records, *again], pace_ns=None)
    assert [verdict.target for verdict in found.verdicts] == ["b"]
    assert found.enough


@pytest.mark.parametrize(
    ("limits", "form"),
    [
        (Limits(), "stratified"),
        (Limits(cycles=1), "pairs"),
        (Limits(max_requests=41), "pairs"),
        (Limits(max_requests=42), "stratified"),
    ],
)
def test_the_form_follows_from_what_the_plan_can_pay_for(limits: Limits, form: str) -> None:
    """Decided before the run: one pass makes each pair an observation; two warm-up requests, then cycles of 20."""
    plan, _ = streams(noisy(1.0, cycles=1))
    assert form_of(msgspec.structs.replace(plan, limits=limits)) == form


def test_a_single_pass_that_is_extended_asks_about_these_prompts() -> None:
    """One cycle: each prompt is one observation, about prompts like these. From the second on, noise within prompts is known."""
    plan, records = streams(noisy(1.5, cycles=3))
    plan = msgspec.structs.replace(plan, limits=Limits(cycles=1))
    for cycles, form in ((1, "pairs"), (2, "stratified"), (3, "stratified")):
        part = [record for record in records if record.cycle < cycles]
        assert look(plan, Limits(cycles=3), part, pace_ns=None).verdicts[0].form == form


def test_repeats_of_a_prompt_are_no_further_observations_of_a_single_pass() -> None:
    """A pass begun once more: a prompt that was asked twice counts once, with its mean."""
    plan, records = streams(noisy(1.5, cycles=2))
    plan = msgspec.structs.replace(plan, limits=Limits(cycles=1))
    part = [record for record in records if record.cycle == 0 or record.prompt in ("p0", "p1")]
    found = look(plan, Limits(cycles=2), part, pace_ns=None).verdicts[0]
    assert found.form == "pairs"
    assert found.headline is not None
    assert (found.headline.pairs, found.headline.prompts) == (12, 10)
    once = headline(sample_of_run(plan, part), pairings(("a", "b"), plan.rules, bounds_of(plan))[0], plan.rules)[1]
    assert once is not None
    assert once.mean is not None
    assert (once.mean.n, once.mean.df) == (10, 9)


def test_answers_cut_on_one_side_end_a_run_that_could_only_cost_money() -> None:
    """No further request can lead to a verdict."""
    plan, records = streams(
        noisy(1.2, cycles=1),
        change=lambda r, _c, p: {"stop_reason": "max_tokens"} if r.target == "a" and p == 3 else {},
    )
    found = look(plan, plan.limits, records, pace_ns=None)
    assert found.verdicts[0].why_none == "cut"
    assert found.enough
    assert found.forecast is None


def test_planned_looks_have_bounds_of_their_own() -> None:
    """--stopping fixed: not anytime-valid, narrower at the planned end, and no bound after one cycle."""
    plan, records = streams(noisy(1.2, cycles=6))
    plan = msgspec.structs.replace(plan, limits=Limits(cycles=6), rules=Rules(stopping="fixed"))
    bounds = bounds_of(plan)
    assert bounds.planned_cycles == 6
    sample = sample_of_run(plan, records)
    fixed = headline(sample, pairings(("a", "b"), plan.rules, bounds)[0], plan.rules)
    anytime = headline(sample, pairings(("a", "b"), plan.rules, Bounds(form="stratified", alpha=0.05))[0], plan.rules)
    assert not fixed[0].anytime
    assert anytime[0].anytime
    assert fixed[1] is not None
    assert anytime[1] is not None
    assert fixed[1].half_width < anytime[1].half_width


def test_more_cycles_can_tell_smaller_differences() -> None:
    """The detectable difference shrinks with cycles and grows with noise and with the number of comparisons."""
    bounds = Bounds(form="stratified", alpha=0.05)
    found = [smallest_difference(bounds, prompts=10, cycles=cycles, sd=0.2) for cycles in (2, 5, 20)]
    assert smaller(found[2], found[1])
    assert smaller(found[1], found[0])
    assert smaller(1.0, found[2])
    assert smaller(found[1], smallest_difference(bounds, prompts=10, cycles=5, sd=0.4))
    assert smaller(found[1], smallest_difference(Bounds(form="stratified", alpha=0.01), prompts=10, cycles=5, sd=0.2))
    assert smallest_difference(bounds, prompts=10, cycles=1, sd=0.2) is None


def test_a_detectable_difference_is_detected_as_often_as_said() -> None:
    """80 % of simulated runs whose true difference is the detectable one end certain at the last cycle (or before)."""
    bounds = Bounds(form="stratified", alpha=0.05)
    times = smallest_difference(bounds, prompts=10, cycles=5, sd=0.2)
    assert times is not None
    hits = 0
    for seed in range(200):
        plan, records = streams(noisy(times, cycles=5, sd=0.2, seed=seed))
        found = headline(sample_of_run(plan, records), pairings(("a", "b"), Rules(), bounds)[0], Rules())[0]
        hits += "faster" in found.answer
    assert 0.70 <= hits / 200 <= 0.90


def test_a_plan_says_what_it_can_tell_for_three_noises_and_for_the_noise_it_saw() -> None:
    """Before a run the noise is supposed; with records it is theirs."""
    plan, records = streams(noisy(1.0, cycles=4, sd=0.12))
    found = detectable(plan, plan.limits)
    assert {one.noise: one.sd for one in found} == {noise: within for noise, (within, _) in NOISES.items()}
    assert all(one.requests == 380 for one in found)
    (seen,) = detectable(plan, plan.limits, records)
    assert seen.noise == "seen"
    assert seen.sd == pytest.approx(0.12, rel=0.3)


def test_sessions_are_told_apart_and_answer_for_other_hours() -> None:
    """Three sessions of two cycles whose truth differs: each has its ratio, and the interval over them is wide."""
    ratios = np.concatenate([noisy(true, cycles=2, sd=0.02, seed=at) for at, true in enumerate((1.2, 1.5, 1.8))])
    plan, records = streams(ratios)
    plan = msgspec.structs.replace(plan, sessions=Sessions(count=3, every_s=60), limits=Limits(cycles=2))
    found = judge(sample_of_run(plan, records), ("a", "b"), plan.rules, bounds_of(plan)).verdicts[0].sessions
    assert found is not None
    assert [1 / ratio for ratio in found.ratios] == pytest.approx([1.2, 1.5, 1.8], rel=0.05)
    assert found.interval is not None
    assert ends(found.interval)[0] < 1 / 1.8


def test_drift_between_cycles_widens_the_interval() -> None:
    """The same noise, once spread evenly and once moving whole cycles: the second interval is wider, and the drift is told."""
    rng = np.random.default_rng(5)
    steady = noisy(1.3, cycles=10, sd=0.05)
    moved = steady * np.exp(0.2 * rng.standard_normal((10, 1)))
    verdicts = []
    for ratios in (steady, moved):
        plan, records = streams(ratios)
        verdicts.append(judge(sample_of_run(plan, records), ("a", "b"), Rules(), bounds_of(plan)).verdicts[0])
    calm, drifting = verdicts
    assert calm.drift is not None
    assert drifting.drift is not None
    assert drifting.drift.factor > 5 > calm.drift.factor
    assert drifting.drift.p is not None
    assert drifting.drift.p < 1e-6


def test_a_claim_about_other_targets_keeps_a_run_going_though_one_pair_is_lost() -> None:
    """b was cut: no verdict ever. What was claimed of c can still be decided, so the run goes on; what was claimed of b cannot."""
    plan, records = streams(
        noisy(1.2, cycles=3), change=lambda r, _c, _p: {"stop_reason": "max_tokens"} if r.target == "b" else {}
    )
    third = msgspec.structs.replace(plan.targets[0], name="c")
    again = [
        msgspec.structs.replace(
            r, id=f"{r.id}c", target="c", last_at_ns=(r.last_at_ns or 0) + 3_000_000 * (r.cycle + 1)
        )
        for r in records
        if r.target == "a"
    ]
    for text, enough in (("c at least 0.5x as fast as a", False), ("b typically 3x as fast as a", True)):
        claim = parse_claim(text, ("a", "b", "c"), place="--claim")
        rules = Rules(claims=(claim,), precision_ratio=None, margin_ratio=0.2)
        asked = msgspec.structs.replace(plan, targets=(*plan.targets, third), rules=rules)
        found = look(asked, asked.limits, [*records, *again], pace_ns=None)
        assert [verdict.why_none for verdict in found.verdicts] == ["cut", None]
        assert found.verdicts[1].settled
        assert (found.open_claims == 0) == enough
        assert found.enough == enough


def test_cycles_keep_their_numbers() -> None:
    """A session that was cut short leaves a hole in the numbers: the slowest answer is named by the cycle in the journal."""
    plan, records = streams(noisy(1.5, cycles=6))
    kept = [record for record in records if record.cycle not in (2, 3)]
    sample = sample_of_run(plan, kept)
    assert sorted(set(sample.cycle.tolist())) == [0, 1, 4, 5]
    assert sample.cycles == 4
    found = judge(sample, ("a", "b"), Rules(), bounds_of(plan))
    assert {answer.cycle for answer in found.slowest} <= {0, 1, 4, 5}
    assert found.verdicts[0].drift is not None
    assert found.verdicts[0].drift.cycles == 4
