"""Points and lines say what the records say: no value invented, none left out unsaid."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from hayai.decide.pictures import CURVE_POINTS, MOST_DOTS, MOST_LOOKS, Pictures, pictures
from hayai.decide.sample import first_rounds, sample_of_run
from hayai.decide.verdict.judge import headline, pairings
from hayai.decide.verdict.look import bounds_of
from hayai.keep.query import complete_rounds
from hayai.keep.records import Usage
from tests.decide.made import lively, published
from tests.decide.rounds import noisy, streams


def drawn(plan: object, records: object) -> Pictures:
    """What is drawn of a run."""
    from hayai.ask.plan import Plan

    assert isinstance(plan, Plan)
    rounds = complete_rounds(records, [target.name for target in plan.targets])  # type: ignore[arg-type]  # Records, of whatever maker.
    return pictures(plan, rounds.paired, sample_of_run(plan, rounds.paired, rounds.retried))


def test_a_curve_is_the_empirical_distribution() -> None:
    """Each value with the share at or below it; the last is all of them."""
    plan, records = lively(cycles=3)
    found = drawn(plan, records)
    for curve in found.curves:
        own = [r for r in records if r.target == curve.target and r.outcome == "ok"]
        assert curve.count == len(own)
        assert curve.shares[-1] == 1.0
        assert list(curve.values_ns) == sorted(curve.values_ns)
        times = np.array([(r.last_at_ns or 0) - (r.sent_at_ns or 0) for r in own])
        if curve.metric == "e2e":
            for value, share in zip(curve.values_ns, curve.shares, strict=True):
                assert share <= (times <= value).mean()


def test_many_answers_are_drawn_by_some_of_them() -> None:
    """Curves keep their ends; of the dots every odd one stays; the same ones every time."""
    plan, records = streams(noisy(1.3, cycles=120, prompts=10))
    records[5] = msgspec.structs.replace(records[5], outcome="timed_out")
    records[8] = msgspec.structs.replace(records[8], requested_tier="priority", served_tier="default")
    found = drawn(plan, records)
    assert (len(found.dots), found.all_dots) == (MOST_DOTS, len(records))
    assert sum(dot.outcome != "ok" for dot in found.dots) == 1
    assert sum(dot.otherwise for dot in found.dots) == 1
    assert drawn(plan, records).dots == found.dots
    assert max(len(curve.values_ns) for curve in found.curves) <= CURVE_POINTS + 1
    assert len(found.settling) <= MOST_LOOKS
    assert found.settling[-1].rounds == 1200


def test_the_interval_settles_as_it_was_looked_at() -> None:
    """After each cycle from the second on: exactly what the verdict would have said then."""
    plan, records = streams(noisy(1.5, cycles=5, prompts=4))
    found = drawn(plan, records)
    assert [one.rounds for one in found.settling] == [8, 12, 16, 20]
    for one in found.settling:
        early = [record for record in records if record.cycle < one.rounds // 4]
        sample = sample_of_run(plan, early)
        (pairing,) = pairings(("a", "b"), plan.rules, bounds_of(plan, sample.cycles))
        estimate = headline(sample, pairing, plan.rules)[0].headline
        assert estimate is not None
        bounds = estimate.anytime
        assert one.ratio == estimate.ratio
        assert (one.low, one.high) == ((None, None) if bounds is None else (bounds.low, bounds.high))
    assert found.settling[-1].low is not None


def test_the_first_rounds_are_the_sample_of_then() -> None:
    """Arrays, ids and complete cycles."""
    plan, records = streams(noisy(1.5, cycles=3, prompts=4))
    whole = sample_of_run(plan, records)
    part, wanted = first_rounds(whole, 8), sample_of_run(plan, [r for r in records if r.cycle < 2])
    assert (len(part), part.cycles) == (len(wanted), wanted.cycles) == (8, 2)
    for name in ("a", "b"):
        assert part.arms[name].ids == wanted.arms[name].ids
        assert np.array_equal(part.arms[name].e2e, wanted.arms[name].e2e)


def test_length_is_tokens_or_else_characters() -> None:
    """Where no usage was reported."""
    plan, records = lively()
    assert drawn(plan, records).unit == "tokens"
    silent = [msgspec.structs.replace(record, usage=Usage()) for record in records]
    found = drawn(plan, silent)
    assert found.unit == "characters"
    assert any(dot.length for dot in found.dots)


@pytest.mark.parametrize("cycles", [0, 1])
def test_little_is_drawn_of_little(cycles: int) -> None:
    """No round: nothing. One cycle: no interval that could have settled, but all answers."""
    plan, records = published()
    found = drawn(plan, records if cycles else ())
    assert len(found.dots) == cycles * len(records)
    assert bool(found.curves) == bool(cycles)
    assert not [curve for curve in found.curves if curve.metric == "ttft"]
