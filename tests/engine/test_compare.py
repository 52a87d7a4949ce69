"""In which order does a comparison run, and when does it end? No limit is passed, no round is split, and no money is spent on nothing."""

from __future__ import annotations

import asyncio
import errno
import itertools
import os
import random
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hayai.ask.plan import Limits, Plan
from hayai.ask.rounds import cycle_trials, warmup_trials
from hayai.ask.suites.warmup import WARMUP_ID
from hayai.errors import JournalError
from hayai.keep.records import RequestRecord
from hayai.measure.engine import compare as compare_module
from hayai.measure.engine import request as request_module
from hayai.measure.engine.compare import FAILURES_IN_A_ROW
from tests.engine.bench import (
    DENIED,
    EXPIRED,
    GOOD,
    INVALID,
    THROTTLED,
    Asked,
    Bench,
    Service,
    a_comparison,
    looped,
    measured,
)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries go out at once."""
    monkeypatch.setattr(request_module, "BACKOFF_FIRST_S", 0)


def trials_of(records: tuple[RequestRecord, ...]) -> list[tuple[int, int, int, str, str]]:
    """Which trials were carried out, in the order of their ends."""
    return [(r.cycle, r.round, r.position, r.target, r.prompt) for r in records if r.phase == "measure"]


def planned(plan: Plan, cycles: int) -> list[tuple[int, int, int, str, str]]:
    """The trials of the first cycles, in the order drawn."""
    return [
        (trial.cycle, trial.round, trial.position, trial.target, trial.prompt)
        for cycle in range(cycles)
        for trials in cycle_trials(plan, cycle)
        for trial in trials
    ]


def torn(plan: Plan, records: tuple[RequestRecord, ...]) -> list[tuple[int, str, int]]:
    """Rounds that have not every target's answer."""
    rounds = defaultdict(set)
    for record in records:
        if record.phase == "measure":
            rounds[record.cycle, record.prompt, record.round_try].add(record.target)
    return [key for key, targets in rounds.items() if len(targets) < len(plan.targets)]


# Order


@looped
async def test_requests_leave_in_the_order_drawn_one_after_another(tmp_path: Path) -> None:
    """Warm-up first; each cycle ends with a question."""
    plan = a_comparison(warmup=2, limits=Limits(cycles=2))
    outcome, service = await measured(tmp_path, plan)
    assert outcome.ended is not None
    assert (outcome.ended.reason, outcome.ended.fault) == ("cycles", None)
    warm = [(trial.target, trial.prompt) for trials in warmup_trials(plan) for trial in trials]
    assert [(r.target, r.prompt) for r in outcome.records[: len(warm)]] == warm
    assert {prompt for _, prompt in warm} == {WARMUP_ID}
    assert trials_of(outcome.records) == planned(plan, 2)
    assert [asked.target for asked in service.asked] == [record.target for record in outcome.records]
    assert service.most_at_once == 1
    assert outcome.asked_to_go_on == [0, 1]
    assert [record.id for record in outcome.records] == [f"a1-{n}" for n in range(1, len(outcome.records) + 1)]


@looped
async def test_the_parent_may_know_enough(tmp_path: Path) -> None:
    """Asked after each cycle; its no ends the run: the answer is settled."""
    plan = a_comparison()
    async with Service(lambda _: GOOD) as service:
        outcome = await Bench(tmp_path, plan, service.address).measure(go_on=lambda cycle: cycle < 2)
    assert outcome.ended is not None
    assert outcome.ended.reason == "verdict"
    assert trials_of(outcome.records) == planned(plan, 3)


@looped
async def test_a_single_pass_over_many_prompts_is_asked_about_every_ten_rounds(tmp_path: Path) -> None:
    """Twenty of forty-five prompts are enough: the rest is neither sent nor paid for, and a resumed session goes on with the others."""
    plan = a_comparison(prompts=45, limits=Limits(cycles=1))
    answers = iter((True, False))
    async with Service(lambda _: GOOD) as service:
        bench = Bench(tmp_path, plan, service.address)
        outcome = await bench.measure(go_on=lambda _: next(answers))
        assert outcome.ended is not None
        assert outcome.ended.reason == "verdict"
        assert trials_of(outcome.records) == planned(plan, 1)[:40]
        assert outcome.asked_to_go_on == [0, 0]
        whole, _ = await measured(tmp_path / "whole", plan)
    assert whole.ended is not None
    assert whole.ended.reason == "cycles"
    assert whole.asked_to_go_on == [0] * 5
    assert trials_of(whole.records) == planned(plan, 1)


@looped
async def test_a_question_settled_with_the_last_request_ends_by_the_verdict(tmp_path: Path) -> None:
    """The parent is asked before the limits are looked at."""
    plan = a_comparison(limits=Limits(cycles=3))
    async with Service(lambda _: GOOD) as service:
        outcome = await Bench(tmp_path, plan, service.address).measure(go_on=lambda cycle: cycle < 2)
    assert outcome.ended is not None
    assert outcome.ended.reason == "verdict"
    assert trials_of(outcome.records) == planned(plan, 3)


@looped
async def test_a_later_session_begins_with_its_own_cycle(tmp_path: Path) -> None:
    """What an earlier session left undone stays undone: it belongs to another time."""
    plan = a_comparison(limits=Limits(cycles=5))
    async with Service(lambda _: GOOD) as service:
        outcome = await Bench(tmp_path, plan, service.address, first_cycle=3).measure()
    assert trials_of(outcome.records) == planned(plan, 5)[len(planned(plan, 3)) :]
    assert outcome.asked_to_go_on == [3, 4]


@looped
async def test_as_many_streams_as_asked_for_and_no_more(tmp_path: Path) -> None:
    """One target, concurrency 4: four are in flight, and never five."""
    plan = a_comparison(targets=1, prompts=12, concurrency=4, limits=Limits(cycles=2))
    barrier = asyncio.Barrier(4)

    async def when_four_are_here(_: Asked) -> bytes:
        await barrier.wait()
        return GOOD

    outcome, service = await measured(tmp_path, plan, when_four_are_here)
    assert sorted(trials_of(outcome.records)) == sorted(planned(plan, 2))
    assert service.most_in_flight == {"t0": 4}


@looped
async def test_several_targets_share_the_rounds_in_flight(tmp_path: Path) -> None:
    """Never more streams to a target than asked for; each round still goes through its targets one after another."""
    plan = a_comparison(targets=3, prompts=6, concurrency=2, limits=Limits(cycles=2))
    outcome, service = await measured(tmp_path, plan)
    assert sorted(trials_of(outcome.records)) == sorted(planned(plan, 2))
    assert max(service.most_in_flight.values()) <= 2
    assert service.most_at_once <= 2
    for _, group in itertools.groupby(
        sorted(outcome.records, key=lambda r: (r.cycle, r.round, r.position)), lambda r: (r.cycle, r.round)
    ):
        for earlier, later in itertools.pairwise(group):
            assert (earlier.ended_at_ns or 0) <= (later.sent_at_ns or 0)


@looped
async def test_together_a_round_leaves_as_one(tmp_path: Path) -> None:
    """Every target of a round is asked before any has answered."""
    plan = a_comparison(targets=3, prompts=4, together=True, limits=Limits(cycles=1))
    barrier = asyncio.Barrier(3)

    async def when_all_are_here(_: Asked) -> bytes:
        await barrier.wait()
        return GOOD

    outcome, service = await measured(tmp_path, plan, when_all_are_here)
    assert sorted(trials_of(outcome.records)) == sorted(planned(plan, 1))
    assert service.most_at_once == 3
    for number in range(4):
        together = [record for record in outcome.records if record.round == number]
        assert max(r.sent_at_ns or 0 for r in together) <= min(r.first_byte_at_ns or 0 for r in together)


# Limits


@settings(max_examples=30)
@given(
    targets=st.integers(1, 3),
    prompts=st.integers(1, 4),
    warmup=st.integers(0, 1),
    concurrency=st.integers(1, 3),
    together=st.booleans(),
    retries=st.integers(0, 2),
    budget=st.integers(1, 40),
    throttled=st.frozensets(st.integers(0, 60), max_size=12),
)
def test_no_more_requests_than_allowed_and_no_torn_round(
    *,
    targets: int,
    prompts: int,
    warmup: int,
    concurrency: int,
    together: bool,
    retries: int,
    budget: int,
    throttled: frozenset[int],
) -> None:
    """Warm-up and retries included, whatever is throttled: the service never sees one more, and the limit splits no round."""
    plan = a_comparison(
        targets,
        prompts,
        warmup=warmup,
        concurrency=concurrency,
        together=together,
        retries=retries,
        limits=Limits(max_requests=budget, cycles=5),
    )

    async def run() -> None:
        with TemporaryDirectory() as folder:
            outcome, service = await measured(
                Path(folder), plan, lambda asked: THROTTLED if asked.number in throttled else GOOD
            )
        assert len(service.asked) == len(outcome.records) <= budget
        assert torn(plan, outcome.records) == []
        assert outcome.ended is not None
        assert outcome.ended.reason in ("cycles", "max_requests", "failures")
        if outcome.ended.reason == "max_requests":
            assert len(outcome.records) + targets * prompts > budget
        elif outcome.ended.reason == "cycles":
            assert {(r.cycle, r.prompt) for r in outcome.records if r.phase == "measure"} == {
                (cycle, f"p{number}") for cycle in range(5) for number in range(prompts)
            }

    asyncio.run(asyncio.wait_for(run(), 60))


@looped
async def test_time_ends_the_run_between_rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer takes a second; after the fifth there is no new round, and the one that had begun is whole."""
    now = [0]
    monkeypatch.setattr(compare_module, "now_ns", lambda: now[0])

    def a_second_later(_: Asked) -> bytes:
        now[0] += 1_000_000_000
        return GOOD

    plan = a_comparison(targets=3, prompts=4, limits=Limits(max_time_s=5))
    outcome, _ = await measured(tmp_path, plan, a_second_later)
    assert outcome.ended is not None
    assert outcome.ended.reason == "max_time"
    assert trials_of(outcome.records) == planned(plan, 1)[:6]


@looped
async def test_finishing_lets_what_flies_come_home(tmp_path: Path) -> None:
    """The round that has begun is completed, nothing new leaves, and nobody is asked whether to go on."""
    plan = a_comparison(targets=2, prompts=4)

    def finish_at_the_third(asked: Asked) -> bytes:
        if asked.number == 2:
            bench.comparison.finish()
        return GOOD

    async with Service(finish_at_the_third) as service:
        bench = Bench(tmp_path, plan, service.address)
        outcome = await bench.measure()
    assert outcome.ended is not None
    assert outcome.ended.reason == "finished_early"
    assert trials_of(outcome.records) == planned(plan, 1)[:4]
    assert outcome.asked_to_go_on == []


@looped
async def test_finishing_sends_no_retry_that_was_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody asked to finish while it waited: the throttled attempt is the trial's last."""
    plan = a_comparison(targets=1, prompts=3, retries=5)
    uniform = random.Random.uniform

    def finish_while_waiting(rng: random.Random, low: float, high: float) -> float:
        bench.comparison.finish()
        return uniform(rng, low, high)

    monkeypatch.setattr(random.Random, "uniform", finish_while_waiting)
    async with Service(lambda _: THROTTLED) as service:
        bench = Bench(tmp_path, plan, service.address)
        outcome = await bench.measure()
    assert outcome.ended is not None
    assert (outcome.ended.reason, len(service.asked)) == ("finished_early", 1)


@looped
async def test_a_stop_records_what_flies_as_cancelled(tmp_path: Path) -> None:
    """All of it, and what was measured before."""
    plan = a_comparison(targets=2, prompts=4, concurrency=2, together=True)
    flying = asyncio.Event()

    async def four_never_come(asked: Asked) -> bytes:
        if asked.number == 7:
            flying.set()
        if asked.number >= 4:
            await asyncio.Event().wait()
        return GOOD

    async with Service(four_never_come) as service:
        bench = Bench(tmp_path, plan, service.address)
        running = asyncio.create_task(bench.measure())
        await flying.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    records = bench.run.read().records
    assert Counter(record.outcome for record in records) == {"ok": 4, "cancelled": 4}


# When to give up


@looped
async def test_without_access_the_run_ends_at_the_first_answer(tmp_path: Path) -> None:
    """It is said what would help; nobody is asked again."""
    plan = a_comparison(warmup=1, retries=3)
    outcome, service = await measured(tmp_path, plan, lambda _: DENIED)
    assert outcome.ended is not None
    assert outcome.ended.reason == "access"
    assert outcome.ended.fault is not None
    assert outcome.ended.fault.key == "providers.access.model_access"
    assert outcome.ended.fault.values["model"] == plan.targets[0].model
    assert "access to the model" in outcome.ended.fault.values["words"]
    assert outcome.ended.fault.values["target"] == service.asked[0].target
    assert len(service.asked) == len(outcome.records) == 1


@looped
async def test_a_target_that_has_answered_has_access(tmp_path: Path) -> None:
    """A refusal in the middle is a failure like any other."""
    plan = a_comparison(limits=Limits(cycles=2))
    outcome, _ = await measured(tmp_path, plan, lambda asked: DENIED if asked.number == 5 else GOOD)
    assert outcome.ended is not None
    assert outcome.ended.reason == "cycles"
    assert Counter(record.outcome for record in outcome.records) == {"ok": 11, "refused": 1}


@looped
async def test_credentials_that_ended_are_tried_three_times(tmp_path: Path) -> None:
    """In a row: other failures before them do not count, and an answer between them begins anew."""
    plan = a_comparison(targets=1, prompts=20)
    course = {0: GOOD, 1: THROTTLED, 2: THROTTLED, 3: EXPIRED, 4: EXPIRED, 5: GOOD, 6: EXPIRED, 7: THROTTLED}
    outcome, service = await measured(tmp_path, plan, lambda asked: course.get(asked.number, EXPIRED))
    assert outcome.ended is not None
    assert outcome.ended.reason == "access"
    assert outcome.ended.fault is not None
    assert outcome.ended.fault.key == "providers.access.expired"
    assert len(service.asked) == len(course) + 3


@looped
async def test_a_target_that_only_fails_ends_the_run(tmp_path: Path) -> None:
    """After ten in a row; the last failure is told. The other target did well."""
    plan = a_comparison(prompts=20)
    outcome, service = await measured(tmp_path, plan, lambda asked: INVALID if asked.target == "t1" else GOOD)
    assert outcome.ended is not None
    assert outcome.ended.reason == "failures"
    assert outcome.ended.fault is not None
    assert outcome.ended.fault.key == "measure.only_failures"
    assert outcome.ended.fault.values == {
        "target": "t1",
        "model": plan.targets[1].model,
        "code": "ValidationException",
        "words": "Malformed input request",
        "count": FAILURES_IN_A_ROW,
    }
    assert Counter(asked.target for asked in service.asked)["t1"] == FAILURES_IN_A_ROW


@looped
async def test_one_success_is_enough_to_go_on(tmp_path: Path) -> None:
    """Nine failures, one answer, nine failures."""
    plan = a_comparison(targets=1, prompts=10, limits=Limits(cycles=3))
    outcome, _ = await measured(tmp_path, plan, lambda asked: GOOD if asked.number % 10 == 9 else THROTTLED)
    assert outcome.ended is not None
    assert outcome.ended.reason == "cycles"
    assert len(outcome.records) == 30


@looped
async def test_a_service_that_is_not_there_ends_the_run_too(tmp_path: Path) -> None:
    """Each request that could not leave is a record."""
    async with Service(lambda _: GOOD) as service:
        pass
    outcome = await Bench(tmp_path, a_comparison(targets=1, prompts=20), service.address).measure()
    assert outcome.ended is not None
    assert outcome.ended.reason == "failures"
    assert [record.outcome for record in outcome.records] == ["no_connection"] * FAILURES_IN_A_ROW


@pytest.mark.parametrize("together", [True, False])
@looped
async def test_a_full_disk_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, together: bool) -> None:
    """Nothing more is sent, and what was kept before is whole."""
    plan = a_comparison(together=together)
    write = os.write
    kept = 3

    def full_after_three(file: int, data: bytes) -> int:
        nonlocal kept
        if b'"machine"' in data:
            if not kept:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            kept -= 1
        return write(file, data)

    async with Service(lambda _: GOOD) as service:
        bench = Bench(tmp_path, plan, service.address)
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full_after_three)
            with pytest.raises(ExceptionGroup) as raised:
                await bench.measure()
    assert raised.group_contains(JournalError)
    contents = bench.run.read()
    assert (len(contents.records), contents.damaged) == (3, 0)
    assert len(service.asked) == 4


# Going on


@looped
async def test_a_resumed_run_asks_for_what_is_missing(tmp_path: Path) -> None:
    """Complete rounds are not sent again; torn ones run whole, as one more try; complete ones count towards the limit."""
    plan = a_comparison(targets=2, prompts=4, warmup=1)
    limits = Limits(max_requests=3 * 8 + 2, cycles=3)
    complete = frozenset({(0, f"p{number}") for number in range(4)} | {(1, "p2")})
    outcome, service = await measured(tmp_path, plan, limits=limits, complete=complete, tries={(1, "p0"): 2})
    assert outcome.ended is not None
    assert outcome.ended.reason == "cycles"
    expected = [trial for trial in planned(plan, 3) if (trial[0], trial[4]) not in complete]
    assert trials_of(outcome.records) == expected
    tries = {(r.cycle, r.prompt): r.round_try for r in outcome.records if r.phase == "measure"}
    assert tries == {(cycle, prompt): 2 if (cycle, prompt) == (1, "p0") else 0 for cycle, _, _, _, prompt in expected}
    assert len(service.asked) == len(expected) + 2
    assert outcome.asked_to_go_on == [1, 2]


@looped
async def test_a_run_with_nothing_left_asks_for_nothing(tmp_path: Path) -> None:
    """Not even whether to go on."""
    plan = a_comparison(prompts=2, limits=Limits(cycles=1))
    outcome, service = await measured(tmp_path, plan, complete=frozenset({(0, "p0"), (0, "p1")}))
    assert outcome.ended is not None
    assert (outcome.ended.reason, service.asked, outcome.asked_to_go_on) == ("cycles", [], [])


@looped
async def test_what_a_killed_session_had_in_flight_is_sent_again_with_another_nonce(tmp_path: Path) -> None:
    """It left no record, so that the resumed run believes that it asks for the first time. A cache of the service knows better."""
    plan = a_comparison(prompts=2, warmup=1, cache="avoid", limits=Limits(cycles=1))
    _, first = await measured(tmp_path / "killed", plan, agent="a1")
    _, second = await measured(tmp_path / "resumed", plan, agent="a2")
    bodies = [asked.body for asked in (*first.asked, *second.asked)]
    assert len(set(bodies)) == len(bodies) == 2 * (2 * 2 + 2)
