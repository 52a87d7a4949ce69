"""A limit in dollars is never passed by the worst case, with however many requests in flight; and what it allows is used."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hayai.ask.plan import Limits, ModePrice, Plan, Trial
from hayai.ask.suites.warmup import warmup_prompt
from hayai.keep.charges import bound_of, cost_of
from hayai.keep.records import Outcome, RequestRecord, Usage
from hayai.keep.run_directory import Event
from hayai.measure.engine.budget import Budget
from hayai.measure.engine.compare import Comparison
from hayai.measure.engine.request import RETRYABLE, Allowance, Requests
from hayai.measure.messages import Ended
from tests.decide.made import a_plan, a_prompt, a_target

OUTCOMES: tuple[Outcome, ...] = ("ok", "ok", "ok", "cut_off", "throttled", "server_error", "timed_out")


def priced(plan: Plan, per_million: str = "1000") -> tuple[ModePrice, ...]:
    """A price for each target, dear enough for round numbers."""
    usd = Decimal(per_million)
    return tuple(
        ModePrice(target=one.name, input_usd=usd, output_usd=usd, source="s", as_of=date(2026, 1, 1))
        for one in plan.targets
    )


def planned(targets: int = 2, prompts: int = 3, **more: Any) -> Plan:
    """Prompts of different lengths; answers of at most ten tokens."""
    texts = tuple(a_prompt(f"p{number}", text="w" * (1 + 40 * number)) for number in range(prompts))
    return a_plan(tuple(a_target(f"t{one}", max_tokens=10) for one in range(targets)), texts, **more)


class Service:
    """What stands for requests: takes a while, ends in any way, and charges anything up to the worst case."""

    pacer = None

    def __init__(self, plan: Plan, prices: Sequence[ModePrice], seed: int) -> None:
        self._plan, self._prices = plan, prices
        self._rng = random.Random(seed)
        self._bounds = {
            (target.name, prompt.id): bound_of(plan, prices, target, prompt)
            for target in plan.targets
            for prompt in (*plan.suite.prompts, warmup_prompt(plan.suite))
        }
        self.charged_usd = Decimal(0)
        """What the service really took."""
        self.most_usd = Decimal(0)
        """The most that it might have taken at any instant: what it took, and the worst of what flies."""
        self.flying: dict[Trial, Decimal] = {}
        self.sent = 0

    async def prepare(self, trial: Trial) -> Trial:
        """Nothing to be done."""
        return trial

    async def send(self, trial: Trial, allowance: Allowance, turn: None = None) -> RequestRecord:
        """As the engine does it."""
        del turn
        record = await self._attempt(trial)
        allowance.settle(trial, record)
        for _ in range(self._plan.retries):
            if record.outcome not in RETRYABLE or not allowance.left() or not allowance.take(trial):
                break
            record = await self._attempt(trial)
            allowance.settle(trial, record)
        return record

    async def _attempt(self, trial: Trial) -> RequestRecord:
        self.sent += 1
        bound = self._bounds[trial.target, trial.prompt]
        assert bound.usd is not None
        assert bound.output_tokens is not None
        self.flying[trial] = bound.usd
        self.most_usd = max(self.most_usd, self.charged_usd + sum(self.flying.values()))
        for _ in range(self._rng.randrange(4)):
            await asyncio.sleep(0)
        outcome = self._rng.choice(OUTCOMES)
        read, written = self._rng.randint(1, bound.input_tokens), self._rng.randint(1, bound.output_tokens)
        told = outcome == "ok" or self._rng.random() < 0.2
        record = _record(trial, outcome, read if told else None, written)
        # What breaks off without a word may have cost anything.
        taken = cost_of(record, self._prices)
        self.charged_usd += bound.usd if taken is None else taken
        del self.flying[trial]
        return record


def _record(trial: Trial, outcome: Outcome, read: int | None, written: int) -> RequestRecord:
    usage = Usage() if read is None else Usage(input_tokens=read, output_tokens=written)
    return RequestRecord(
        id="a1-1", run="r", machine="m1", phase=trial.phase, cycle=trial.cycle, round=trial.round,
        position=trial.position, target=trial.target, prompt=trial.prompt, outcome=outcome, usage=usage,
    )  # fmt: skip


def carried_out(plan: Plan, limit: Decimal, seed: int) -> tuple[Ended, Service, Budget]:
    """The engine itself, with this service."""
    prices = priced(plan)
    service = Service(plan, prices, seed)

    async def run() -> tuple[Ended, Budget]:
        budget = Budget(plan, prices, limit)
        requests = cast("Requests", service)
        comparison = Comparison(plan, plan.limits, requests, {}, complete=frozenset(), tries={}, budget=budget)

        async def on(_cycle: int) -> bool:
            return True

        return await asyncio.wait_for(comparison.run(on), 30), budget

    ended, budget = asyncio.run(run())
    return ended, service, budget


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any shape, and any limit from nothing to more than is ever needed."""
    plan = planned(
        draw(st.integers(1, 4)),
        draw(st.integers(1, 4)),
        concurrency=draw(st.integers(1, 6)),
        together=draw(st.booleans()),
        retries=draw(st.integers(0, 2)),
        warmup=draw(st.integers(0, 2)),
        limits=Limits(cycles=2, max_cost_usd=Decimal(draw(st.integers(0, 200))) / 100),
    )
    return msgspec.structs.replace(plan, seed=draw(st.integers(0, 9999)))


@settings(max_examples=200, deadline=None)
@given(plans(), st.integers(0, 9999))
def test_no_plan_spends_more_than_its_limit(plan: Plan, seed: int) -> None:
    """Whatever fails, whatever is retried, and however many fly: what was taken and what may still be never pass the limit."""
    limit = plan.limits.max_cost_usd
    assert limit is not None
    ended, service, budget = carried_out(plan, limit, seed)
    assert service.most_usd <= limit
    assert budget.spent_usd <= limit
    assert budget.aside_usd == 0
    assert ended.reason in ("cycles", "max_cost")
    if ended.reason == "max_cost":
        rounds = [
            sum((bound_of(plan, priced(plan), target, prompt).usd or Decimal(0) for target in plan.targets), Decimal(0))
            for prompt in (*plan.suite.prompts, warmup_prompt(plan.suite))
        ]
        assert budget.spent_usd + max(rounds) > limit  # It ended because a round no longer fitted.


def cost_of_all(plan: Plan) -> Decimal:
    """Every round of one cycle, at the worst."""
    bounds = [bound_of(plan, priced(plan), target, one).usd for target in plan.targets for one in plan.suite.prompts]
    return sum((usd for usd in bounds if usd is not None), Decimal(0))


@pytest.mark.parametrize("concurrency", [1, 3])
@pytest.mark.parametrize(("short", "reason", "sent"), [(0, "cycles", 6), (1, "max_cost", None)])
def test_a_limit_that_is_met_exactly_pays_for_everything(
    concurrency: int, short: int, reason: str, sent: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last round fits to the cent; a millionth of a dollar less, and it does not leave."""
    monkeypatch.setattr(Service, "_attempt", at_the_worst)
    plan = planned(concurrency=concurrency, warmup=0, limits=Limits(cycles=1))
    whole = cost_of_all(plan)
    ended, service, budget = carried_out(plan, whole - Decimal(short) / 1_000_000, 1)
    assert ended.reason == reason
    assert sent is None or service.sent == sent
    assert service.sent in ((4, 6) if short == 0 else (4,))
    assert budget.spent_usd == service.charged_usd
    if short == 0:
        assert budget.spent_usd == whole


async def at_the_worst(self: Service, trial: Trial) -> RequestRecord:
    """An attempt that costs all it may."""
    bound = self._bounds[trial.target, trial.prompt]
    assert bound.usd is not None
    assert bound.output_tokens is not None
    self.sent += 1
    await asyncio.sleep(0)
    self.charged_usd += bound.usd
    return _record(trial, "ok", bound.input_tokens, bound.output_tokens)


def test_what_earlier_sessions_spent_counts() -> None:
    """Known costs as they are; an answer that broke off at its worst; a killed session at the worst of what it may have had in flight."""
    plan = planned(concurrency=3)
    prices = priced(plan)
    known = msgspec.structs.replace(_record(_trial("p0"), "ok", 100, 10), id="a1-1")
    broken = msgspec.structs.replace(_record(_trial("p1"), "cut_off", None, 0), id="a1-2")
    worst = bound_of(plan, prices, plan.targets[0], plan.suite.prompts[1]).usd
    assert worst is not None
    whole = Budget(plan, prices, Decimal(9), before=(known, broken))
    assert whole.spent_usd == Decimal("0.11") + worst
    began = Event(kind="began", agent="a1", at_ns=0, wall_ns=0)
    ended = Event(kind="ended", agent="a1", at_ns=1, wall_ns=1)
    clean = Budget(plan, prices, Decimal(9), before=(known,), events=(began, ended))
    assert clean.spent_usd == Decimal("0.11")
    dearest = bound_of(plan, prices, plan.targets[0], plan.suite.prompts[2]).usd
    assert dearest is not None
    killed = Budget(plan, prices, Decimal(9), before=(known,), events=(began,))
    assert killed.spent_usd == Decimal("0.11") + 3 * dearest
    both = Budget(msgspec.structs.replace(plan, together=True), prices, Decimal(9), events=(began,))
    assert both.spent_usd == 3 * 2 * dearest


def test_attempts_that_an_sdk_hid_count_at_the_worst() -> None:
    """They left no usage of their own."""
    plan = planned(1)
    plan = msgspec.structs.replace(
        plan,
        targets=(
            msgspec.structs.replace(
                plan.targets[0], provider="bedrock-boto3", options={"max_tokens": 10, "max_attempts": 3}
            ),
        ),
    )
    prices = priced(plan)
    record = msgspec.structs.replace(_record(_trial("p0"), "ok", 1, 1), headers={"x-hayai-sdk-retries": "2"})
    worst = bound_of(plan, prices, plan.targets[0], plan.suite.prompts[0]).usd
    assert Budget(plan, prices, Decimal(9), before=(record,)).spent_usd == worst


def test_without_a_bound_the_run_ends_once_the_limit_is_spent() -> None:
    """Nothing is set aside then, and what is spent is all that counts."""
    plan = planned(1, 1)
    plan = msgspec.structs.replace(
        plan, targets=tuple(msgspec.structs.replace(one, options={}) for one in plan.targets)
    )
    budget = Budget(plan, priced(plan), Decimal(1))
    trial = _trial("p0")
    assert budget.take((trial,))
    budget.settle(trial, _record(trial, "ok", 999, 0))
    assert budget.spent_usd == Decimal("0.999")
    assert budget.take((trial,))
    budget.settle(trial, _record(trial, "ok", 1, 0))
    assert not budget.take((trial,))
    assert not budget.may_fit_later((trial,))


def _trial(prompt: str, target: str = "t0") -> Trial:
    return Trial(phase="measure", cycle=0, round=0, position=0, target=target, prompt=prompt)


def test_half_of_an_answer_counts_as_a_whole_one() -> None:
    """Usage that was told before a stream broke off may be half of what is charged."""
    plan = planned()
    worst = bound_of(plan, priced(plan), plan.targets[0], plan.suite.prompts[0]).usd
    broken = _record(_trial("p0"), "cut_off", 1, 1)
    assert Budget(plan, priced(plan), Decimal(9), before=(broken,)).spent_usd == worst


def test_without_bound_and_usage_what_was_seen_counts() -> None:
    """A service that tells no usage does not make a run endless."""
    plan = planned(1, 1)
    plan = msgspec.structs.replace(plan, targets=(msgspec.structs.replace(plan.targets[0], options={}),))
    silent = msgspec.structs.replace(_record(_trial("p0"), "ok", None, 0), text_chars=100)
    read = bound_of(plan, priced(plan), plan.targets[0], plan.suite.prompts[0]).input_tokens
    counted = Budget(plan, priced(plan), Decimal(1), before=(silent,)).spent_usd
    assert counted == Decimal(read + 4 * 100) / 1000


def test_judges_count_against_a_limit_that_they_share() -> None:
    """What was spent elsewhere is spent."""
    plan = planned()
    budget = Budget(plan, priced(plan), Decimal("0.5"), elsewhere_usd=Decimal("0.5"))
    assert not budget.take((_trial("p0"),))


def test_only_what_no_model_saw_is_free() -> None:
    """Not what broke off and told no tokens, and not what an SDK had tried before."""
    plan = planned()
    worst = bound_of(plan, priced(plan), plan.targets[0], plan.suite.prompts[0]).usd
    throttled = _record(_trial("p0"), "throttled", None, 0)
    assert Budget(plan, priced(plan), Decimal(9), before=(throttled,)).spent_usd == 0
    for record in (
        msgspec.structs.replace(throttled, headers={"x-hayai-sdk-retries": "1"}),
        _record(_trial("p0"), "cut_off", 0, 0),
    ):
        assert Budget(plan, priced(plan), Decimal(9), before=(record,)).spent_usd == worst
