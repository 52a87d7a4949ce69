"""A single pass over many prompts: each pair is one observation, and it need not be paid for to its end."""

from __future__ import annotations

import msgspec
import numpy as np

from hayai.ask.plan import Limits
from hayai.ask.rounds import is_single_pass, rounds_per_look
from hayai.decide.describe import describe
from hayai.decide.verdict.look import detectable, look
from tests.decide.made import S
from tests.decide.rounds import noisy, streams


def test_only_a_single_pass_over_many_prompts_is_looked_at_within() -> None:
    """Whole cycles otherwise: prompts weigh alike in these only."""
    many, _ = streams(noisy(1.0, cycles=1, prompts=40))
    few, _ = streams(noisy(1.0, cycles=1, prompts=19))
    once = Limits(cycles=1)
    assert rounds_per_look(msgspec.structs.replace(many, limits=once), 0) == 10
    assert rounds_per_look(msgspec.structs.replace(few, limits=once), 0) == 19
    assert rounds_per_look(many, 0) == 40
    assert rounds_per_look(msgspec.structs.replace(many, limits=once), 1) == 40
    assert is_single_pass(msgspec.structs.replace(many, limits=once))
    assert not is_single_pass(many)


def test_a_part_of_the_pass_may_settle_it() -> None:
    """Twenty of forty prompts, in the order in which they were drawn: settled, with a word on which prompts that is about."""
    plan, records = streams(noisy(1.6, cycles=1, prompts=40, sd=0.08))
    plan = msgspec.structs.replace(plan, limits=Limits(cycles=1))
    asked = np.random.default_rng(1).permutation(40)[:20]
    part = [record for record in records if int(record.prompt[1:]) in asked]
    found = look(plan, plan.limits, part, pace_ns=S)
    assert (found.cycles, found.rounds, found.enough) == (0, 20, True)
    assert found.verdicts[0].form == "pairs"
    assert found.verdicts[0].asked_prompts == 20
    findings = describe(plan, part, regions={}, interrupted=False, ended_reason="verdict")
    assert not {"W110", "W210"} & {caution.code for caution in findings.cautions}


def test_a_part_forecasts_rounds_and_not_cycles() -> None:
    """What is missing is told in tens of rounds: fewer requests than another pass."""
    plan, records = streams(noisy(1.3, cycles=1, prompts=60, sd=0.3))
    plan = msgspec.structs.replace(plan, limits=Limits(cycles=1))
    found = look(plan, plan.limits, [r for r in records if int(r.prompt[1:]) < 20], pace_ns=S)
    assert not found.enough
    assert found.forecast is not None
    assert found.forecast.requests % 20 == 0
    assert found.forecast.time_ns == found.forecast.requests // 2 * S


def test_what_a_single_pass_can_tell_counts_the_prompts_own_effects_as_noise() -> None:
    """Each prompt is asked once, so how much prompts differ is part of what one sees."""
    plan, _ = streams(noisy(1.0, cycles=1, prompts=40))
    once = detectable(plan, Limits(cycles=1))
    single = msgspec.structs.replace(plan, limits=Limits(cycles=1))
    assert [one.sd for one in detectable(single, single.limits)] > [one.sd for one in once]


def test_a_finished_pass_forecasts_nothing_from_asking_the_same_prompts_again() -> None:
    """Undecided after all prompts: how many more prompts it would take is known, how many repeats of these is not."""
    plan, records = streams(noisy(1.05, cycles=1, prompts=20, sd=0.3))
    plan = msgspec.structs.replace(plan, limits=Limits(cycles=1))
    found = look(plan, plan.limits, records, pace_ns=S)
    assert found.verdicts[0].answer == "undecided"
    assert found.forecast is None
    assert (
        describe(plan, records, regions={}, interrupted=False, ended_reason="cycles").judgement.verdicts[0].forecast
        is None
    )


def test_what_an_extended_pass_can_tell_counts_repeats() -> None:
    """With limits for four cycles, four cycles of noise within prompts, not four times as many prompts."""
    plan, _ = streams(noisy(1.0, cycles=1, prompts=10))
    single = msgspec.structs.replace(plan, limits=Limits(cycles=1))
    four = Limits(cycles=4)
    assert detectable(single, four) == detectable(msgspec.structs.replace(plan, limits=four), four)
