"""The published pages hold the first complete round of each prompt, and progress tells what is done and what is left."""

from __future__ import annotations

import msgspec
import pytest

from hayai.ask.plan import Limits, Rate
from hayai.decide.findings import PublishedDifference
from hayai.decide.first_cycle import published_prompts
from hayai.decide.metrics import METRICS
from hayai.decide.metrics.metric import values
from hayai.decide.progress import Tally, progress
from hayai.decide.stats.averages import median
from hayai.keep.query import simulation_of
from hayai.keep.records import AnswerText
from tests.decide.made import MS, S, a_failure, a_plan, a_prompt, a_record, a_target, lively, published

PLAN = a_plan(
    (a_target("a"), a_target("b")), (a_prompt("p", text="Why?"), a_prompt("q")), limits=Limits(max_requests=22)
)


def test_the_first_complete_round_fills_the_cells() -> None:
    """Cycle 0 is torn here, so cycle 1 counts; a later cycle does not."""
    records = [a_record("a", cycle=0, id="torn")]
    for cycle in (2, 1):
        records += [
            a_record("a", cycle=cycle, id=f"a{cycle}", last_at_ns=10 * S + cycle * 1000 * MS),
            a_record("b", cycle=cycle, id=f"b{cycle}", last_at_ns=10 * S + cycle * 1500 * MS),
        ]
    pages = published_prompts(PLAN, records, {"a1": AnswerText(id="a1", text="Because.")})
    assert list(pages) == ["p"]
    page = pages["p"]
    assert page.prompt == "Why?"
    assert [(x.name, x.time_s, x.output_tokens, x.text) for x in page.answers] == [
        ("a", 1.0, 101, "Because."),
        ("b", 1.5, 101, ""),
    ]
    assert page.differences == (PublishedDifference(first="a", second="b", difference_s=-0.5),)


def test_a_failed_request_has_no_time_and_no_difference() -> None:
    """Unknown, not 0.00 seconds."""
    page = published_prompts(PLAN, [a_record("a"), a_failure("b")], {})["p"]
    assert (page.answers[1].time_s, page.answers[1].output_tokens) == (None, None)
    assert page.differences[0].difference_s is None


def test_progress_before_the_first_request() -> None:
    """Planned is what the limits allow, warm-up taken off; nothing else is known."""
    state = progress(PLAN, Tally(), began_at_ns=S, now_at_ns=3 * S)
    assert (state.planned, state.done, state.left_ns, state.elapsed_ns, state.cycle) == (20, 0, None, 2 * S, 1)
    assert [(t.planned, t.tokens_per_s, t.ttft_median_ns) for t in state.targets] == [(10, None, None)] * 2


def test_progress_on_the_way() -> None:
    """Half done after ten seconds: ten more; failures are counted and have no speed."""
    records = [a_record("a", cycle=n, id=f"a{n}") for n in range(5)]
    records += [a_failure("b", cycle=n, id=f"b{n}") for n in range(5)]
    state = progress(PLAN, Tally(records), began_at_ns=0, now_at_ns=10 * S)
    assert (state.done, state.failed, state.left_ns, state.cycle) == (10, 5, 10 * S, 5)
    one, other = state.targets
    assert (one.done, one.failed, one.ttft_median_ns) == (5, 0, 500 * MS)
    assert one.tokens_per_s == pytest.approx(50.5)
    assert (other.done, other.failed, other.tokens_per_s, other.ttft_median_ns) == (5, 5, None, None)


def test_counting_as_they_come_tells_what_all_of_them_tell() -> None:
    """After every record, whichever came before: counts, the median of all first tokens, the speed of the last five answers."""
    plan, records = lively()
    records = (a_record(records[0].target, phase="warmup", cycle=9, headers={}), *reversed(records))
    tally = Tally()
    for number, record in enumerate(records, 1):
        tally.take([record])
        state = progress(plan, tally, began_at_ns=0, now_at_ns=S)
        sample = [r for r in records[:number] if r.phase == "measure"]
        assert (state.done, state.failed) == (len(sample), sum(r.outcome != "ok" for r in sample))
        assert state.cycle == max((r.cycle for r in sample), default=0) + 1
        assert state.simulations == simulation_of(records[:number])
        for told in state.targets:
            own = [r for r in sample if r.target == told.name]
            last = [r for r in own if r.outcome == "ok"][-5:]
            amounts, times_ns = values(METRICS["output_tokens"], last), values(METRICS["e2e"], last)
            assert (told.done, told.failed) == (len(own), sum(r.outcome != "ok" for r in own))
            assert told.ttft_median_ns == median(values(METRICS["ttft"], own))
            assert told.tokens_per_s == (pytest.approx(sum(amounts) / sum(times_ns) * 1e9) if last else None)


def test_what_is_left_ends_with_the_limit_of_time() -> None:
    """The pace says an hour, the limit says a minute."""
    plan, records = published()
    state = progress(plan, Tally(records[:3]), began_at_ns=0, now_at_ns=540 * S)
    assert state.left_ns == 60 * S


def test_cycles_limit_what_is_planned() -> None:
    """Two prompts, three cycles: six per target."""
    plan = a_plan(PLAN.targets, PLAN.suite.prompts, limits=Limits(cycles=3))
    assert progress(plan, Tally(), began_at_ns=0, now_at_ns=0).planned == 12


def test_what_is_left_takes_as_long_as_its_slots_at_the_least() -> None:
    """Three answers came at once, but all that are still to come have slots six seconds apart."""
    plan, records = published()
    plan = msgspec.structs.replace(plan, rate=Rate(requests=10, per="m"), limits=Limits(max_requests=33))
    state = progress(plan, Tally(records[:3]), began_at_ns=0, now_at_ns=S)
    assert (state.planned, state.left_ns) == (30, 27 * 6 * S)
