"""A run with a rate: never faster, whatever is in flight, and nobody waits for a slot that is not worth it."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from hayai.ask.plan import Limits, Rate
from hayai.keep.records import RequestRecord
from hayai.measure.engine import request as request_module
from tests.engine.bench import DENIED, GOOD, INVALID, THROTTLED, Asked, Bench, Service, a_comparison, looped, measured

QUICK = Rate(requests=250, per="s")
SLOW = Rate(requests=1, per="h")


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries would go out at once, if it were not for their slots."""
    monkeypatch.setattr(request_module, "BACKOFF_FIRST_S", 0)


def assert_paced(records: tuple[RequestRecord, ...], rate: Rate) -> None:
    """Each left when it was due or later, and no two closer together than the rate allows."""
    sent = sorted(record.sent_at_ns for record in records if record.sent_at_ns is not None)
    assert all(later - earlier >= rate.interval_ns for earlier, later in pairwise(sent))
    for record in records:
        assert record.due_at_ns is not None
        assert record.sent_at_ns is None or record.sent_at_ns >= record.due_at_ns


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("connections", ["warm", "cold"])
@looped
async def test_all_requests_leave_at_their_slots(
    tmp_path: Path, *, together: bool, concurrency: int, connections: str
) -> None:
    """Of all targets together, warm-up and retries included."""
    plan = a_comparison(
        targets=3,
        prompts=4,
        warmup=1,
        retries=2,
        rate=QUICK,
        together=together,
        concurrency=concurrency,
        connections=connections,
        limits=Limits(cycles=2),
    )
    outcome, service = await measured(tmp_path, plan, lambda asked: THROTTLED if asked.number in (2, 9, 10) else GOOD)
    assert outcome.ended is not None
    assert outcome.ended.reason == "cycles"
    assert len(outcome.records) == len(service.asked) == 3 + 2 * 3 * 4 + 3
    assert_paced(outcome.records, QUICK)


@looped
async def test_what_could_not_be_sent_takes_its_slot_too(tmp_path: Path) -> None:
    """A service that is not there is not asked faster either."""
    async with Service(lambda _: GOOD) as service:
        pass
    outcome = await Bench(tmp_path, a_comparison(targets=1, prompts=20, rate=QUICK), service.address).measure()
    assert outcome.ended is not None
    assert outcome.ended.reason == "failures"
    due = [record.due_at_ns or 0 for record in outcome.records]
    assert all(later - earlier >= QUICK.interval_ns for earlier, later in pairwise(due))


@looped
async def test_the_pacer_knows_how_late_they_left(tmp_path: Path) -> None:
    """What it counted is what the records say."""
    plan = a_comparison(rate=QUICK, warmup=1, limits=Limits(cycles=2))
    async with Service(lambda _: GOOD) as service:
        bench = Bench(tmp_path, plan, service.address)
        outcome = await bench.measure()
    assert bench.pacer is not None
    late = [(record.sent_at_ns or 0) - (record.due_at_ns or 0) for record in outcome.records]
    lateness = bench.pacer.lateness
    assert (lateness.sends, lateness.worst_ns, lateness.total_ns) == (len(late), max(late), sum(late))


# Nobody waits in vain: the slots below are an hour apart.


@looped
async def test_finishing_waits_for_no_slot(tmp_path: Path) -> None:
    """What flies comes home; what waits for its slot is not sent, also in a round that has begun."""
    plan = a_comparison(targets=2, rate=SLOW, concurrency=2, limits=Limits(max_time_s=1e6))

    def finish(_: Asked) -> bytes:
        asyncio.get_running_loop().call_soon(bench.comparison.finish)
        return GOOD

    async with Service(finish) as service:
        bench = Bench(tmp_path, plan, service.address)
        outcome = await bench.measure()
    assert outcome.ended is not None
    assert outcome.ended.reason == "finished_early"
    assert [record.outcome for record in outcome.records] == ["ok"]
    assert outcome.asked_to_go_on == []


@pytest.mark.parametrize("together", [True, False])
@looped
async def test_a_stop_waits_for_no_slot(tmp_path: Path, *, together: bool) -> None:
    """What flies is recorded as cancelled; what waits has never been sent, and has no record."""
    plan = a_comparison(targets=2, rate=SLOW, together=together, concurrency=2, limits=Limits(max_time_s=1e6))
    flying = asyncio.Event()

    async def never(_: Asked) -> bytes:
        flying.set()
        await asyncio.Event().wait()
        return GOOD

    async with Service(never) as service:
        bench = Bench(tmp_path, plan, service.address)
        running = asyncio.create_task(bench.measure())
        await flying.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert [record.outcome for record in bench.run.read().records] == ["cancelled"]


@pytest.mark.parametrize("together", [True, False])
@looped
async def test_a_round_begins_only_if_all_its_slots_come_in_time(tmp_path: Path, *, together: bool) -> None:
    """In a second and a half there are slots for three rounds of two; the fourth is not waited for. In an hour there is one slot."""
    quick = Rate(requests=4, per="s")
    plan = a_comparison(targets=2, rate=quick, together=together, limits=Limits(max_time_s=1.5))
    outcome, _ = await measured(tmp_path / "some", plan)
    assert outcome.ended is not None
    assert outcome.ended.reason == "max_time"
    assert len(outcome.records) in (2, 4, 6)
    plan = a_comparison(targets=2, rate=SLOW, together=together, limits=Limits(max_time_s=3600))
    outcome, service = await measured(tmp_path / "none", plan)
    assert outcome.ended is not None
    assert (outcome.ended.reason, service.asked, outcome.asked_to_go_on) == ("max_time", [], [])


@looped
async def test_without_access_nobody_waits_for_more(tmp_path: Path) -> None:
    """The first answer tells; those that wait for their slots hear of it at once."""
    plan = a_comparison(targets=2, rate=SLOW, concurrency=3, limits=Limits(max_time_s=1e6))
    outcome, service = await measured(tmp_path, plan, lambda _: DENIED)
    assert outcome.ended is not None
    assert (outcome.ended.reason, len(service.asked)) == ("access", 1)


@looped
async def test_a_target_that_only_fails_ends_the_wait_of_all(tmp_path: Path) -> None:
    """As without a rate: after ten failures in a row."""
    plan = a_comparison(targets=1, prompts=40, rate=QUICK, concurrency=2)
    outcome, _ = await measured(tmp_path, plan, lambda _: INVALID)
    assert outcome.ended is not None
    assert outcome.ended.reason == "failures"
    assert len(outcome.records) in (10, 11)


@looped
async def test_a_retry_waits_for_no_slot_beyond_the_limit_of_time(tmp_path: Path) -> None:
    """The attempt that was throttled is the last one."""
    plan = a_comparison(targets=1, rate=SLOW, retries=3, limits=Limits(max_time_s=600))
    outcome, service = await measured(tmp_path, plan, lambda _: THROTTLED)
    assert outcome.ended is not None
    assert (outcome.ended.reason, len(service.asked)) == ("max_time", 1)


# Connections


@looped
async def test_a_connection_closed_while_it_waits_is_replaced(tmp_path: Path) -> None:
    """The service hangs up on all connections with each answer; whoever waits for a slot has another one by then."""
    plan = a_comparison(targets=1, prompts=6, rate=Rate(requests=20, per="s"), concurrency=3, limits=Limits(cycles=1))

    def answer_and_hang_up(_: Asked) -> bytes:
        loop = asyncio.get_running_loop()
        loop.call_later(0.005, service.hang_up)
        return GOOD

    async with Service(answer_and_hang_up) as service:
        outcome = await Bench(tmp_path, plan, service.address).measure()
    assert [record.outcome for record in outcome.records] == ["ok"] * 6
    assert_paced(outcome.records, Rate(requests=20, per="s"))
