"""The most that a run may cost, said before it: no course of it is dearer, and what cannot be bounded is not."""

from __future__ import annotations

from decimal import Decimal
from itertools import chain, count, islice
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.plan import Plan, Tool
from hayai.ask.rounds import cycle_trials
from hayai.cli.sessions import Left
from hayai.cli.spending import prospect
from hayai.decide.prices.snapshot import prices_for
from hayai.keep.charges import bound_of
from tests.decide.made import a_plan, a_prompt, a_target

NOVA = "us.amazon.nova-pro-v1:0"


def planned(*, targets: int = 2, **options: Any) -> Plan:
    """Prompts of very different lengths."""
    prompts = tuple(a_prompt(f"p{number}", text="w" * 10**number) for number in range(5))
    return a_plan(tuple(a_target(f"t{one}", NOVA, max_tokens=50, **options) for one in range(targets)), prompts)


def most_of(plan: Plan, left: Left) -> Decimal | None:
    """What the announcement says."""
    return prospect(plan, left, prices_for(plan.targets)).most_usd


def left(rounds: int, warmup: int = 0) -> Left:
    """So much to do."""
    return Left(rounds=rounds, warmup=warmup, sessions=1, next_wall_ns=None)


@given(st.integers(0, 30), st.integers(0, 999))
def test_no_course_of_a_run_is_dearer(rounds: int, seed: int) -> None:
    """Whichever prompts the last, incomplete cycle asks."""
    plan = msgspec.structs.replace(planned(), seed=seed)
    prices = prices_for(plan.targets)
    targets = {target.name: target for target in plan.targets}
    prompts = {prompt.id: prompt for prompt in plan.suite.prompts}
    order = (trials for cycle in count() for trials in cycle_trials(plan, cycle))
    paid = Decimal(0)
    for trial in chain.from_iterable(islice(order, rounds)):
        target, prompt = targets[trial.target], prompts[trial.prompt]
        bound = bound_of(plan, prices, target, prompt)
        assert bound.usd is not None
        paid += bound.usd
    most = most_of(plan, left(rounds))
    assert most is not None
    assert paid <= most
    if rounds % len(prompts) == 0:
        assert paid == most


def test_the_warm_up_counts() -> None:
    """Even where nothing else is left."""
    most = most_of(planned(), left(0, warmup=2))
    assert most is not None
    assert most > 0


@pytest.mark.parametrize("options", [{"extra": {"inferenceConfig": {"maxTokens": 9000}}}, {"latency": "optimized"}])
def test_what_cannot_be_bounded_is_not(options: dict[str, Any]) -> None:
    """Fields of one's own may change anything; half a price is none."""
    assert most_of(planned(**options), left(5)) is None


def test_tools_are_not_bounded() -> None:
    """A service adds words of its own to them."""
    plan = planned()
    tool = Tool(name="clock", description="The time.", schema={})
    first, *others = plan.suite.prompts
    suite = msgspec.structs.replace(plan.suite, prompts=(msgspec.structs.replace(first, tools=(tool,)), *others))
    assert most_of(msgspec.structs.replace(plan, suite=suite), left(5)) is None
