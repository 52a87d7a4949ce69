"""How many dollars may a run cost, and can it be held to that?

Asked before anything is sent. The worst case of a request is known where its price is, and where something says how long its answer may be;
then the limit is hard. Who names a limit that cannot be held is refused, and told what is missing. Who names none gets one of a dollar
wherever real money is spent at known prices: hard where it can be, else it ends the run once that much is spent. A service on this machine
costs nothing, and is not limited.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import msgspec

from hayai.ask.dollars import NO_LIMIT
from hayai.ask.plan import Limits, ModePrice, Plan
from hayai.ask.suites.warmup import warmup_prompt
from hayai.cli.sessions import Left
from hayai.errors import Problem, UsageError
from hayai.keep.charges import Bound, bound_of, cost_at
from hayai.keep.judging import JUDGINGS
from hayai.keep.records import without_pieces
from hayai.keep.run_directory import Contents, Endpoint, RunDirectory
from hayai.measure.providers.address import is_local

DEFAULT_USD = Decimal(1)
"""The limit where nobody names one."""
SHORT_ANSWER = 200
"""Tokens of a short answer, for the low end of what a run may cost."""
BYTES_PER_TOKEN = 4
"""Roughly, of English, for the low end."""
FEW_CYCLES = 2
"""After so many cycles a clear answer may be settled."""


def with_budget(
    plan: Plan, asked_usd: Decimal | None, prices: Sequence[ModePrice], endpoints: Sequence[Endpoint]
) -> Plan:
    """The plan with its limit in dollars. UsageError with every reason why `asked_usd` cannot be held, or why nothing fits in it."""
    if asked_usd == NO_LIMIT:
        return plan
    if asked_usd is None:
        # A gateway on this machine may cost money elsewhere: whoever states its price says that it does.
        real = not all(is_local(endpoint.url) for endpoint in endpoints) or any(one.own for one in prices)
        if not real or any(bound.why == "price" for _, _, bound in _bounds(plan, prices)):
            return plan
    limited = msgspec.structs.replace(
        plan, limits=msgspec.structs.replace(plan.limits, max_cost_usd=DEFAULT_USD if asked_usd is None else asked_usd)
    )
    if asked_usd is not None:
        _must_hold(limited, prices, asked_usd)
    return limited


def _must_hold(plan: Plan, prices: Sequence[ModePrice], limit_usd: Decimal) -> None:
    unbounded: dict[str, tuple[str, dict[str, None]]] = {}
    for target, prompt, bound in _bounds(plan, prices):
        if bound.why is not None:
            unbounded.setdefault(bound.why, (prompt, {}))[1][target] = None
    if unbounded:
        raise UsageError(
            *(
                Problem(
                    place="--max-cost",
                    key=f"cost.unbounded.{why}",
                    values={"target": ", ".join(targets), "prompt": prompt},
                )
                for why, (prompt, targets) in unbounded.items()
            )
        )
    if (least := dearest_round(plan, prices)) is not None and least > limit_usd:
        values: dict[str, object] = {"limit": f"{limit_usd:f}", "needed": rounded_up(least)}
        raise UsageError(Problem(place="--max-cost", key="cost.limit_below_one_round", values=values))


def _bounds(plan: Plan, prices: Sequence[ModePrice]) -> Iterator[tuple[str, str, Bound]]:
    """Target, prompt and the most that this one at that one may cost; the warm-up's too."""
    for target in plan.targets:
        for prompt in (*plan.suite.prompts, warmup_prompt(plan.suite)):
            yield target.name, prompt.id, bound_of(plan, prices, target, prompt)


def dearest_round(plan: Plan, prices: Sequence[ModePrice]) -> Decimal | None:
    """The most that any one round may cost; None: not bounded."""
    rounds: dict[str, Decimal] = {}
    for _, prompt, bound in _bounds(plan, prices):
        if bound.usd is None:
            return None
        rounds[prompt] = rounds.get(prompt, Decimal(0)) + bound.usd
    return max(rounds.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What is left of a run may take so much. None: not known beforehand."""

    low_usd: Decimal | None
    """Roughly, if few cycles settle it and answers are short."""
    most_usd: Decimal | None
    """If every answer is as long as it may be and all rounds run; retries apart."""
    most_input_tokens: int
    most_output_tokens: int | None
    hard: bool
    """Whether the worst case of every request is known: a limit in dollars then holds whatever happens."""


def prospect(plan: Plan, left: Left, prices: Sequence[ModePrice]) -> Prospect:
    """What `left` may cost and take."""
    bounds: dict[str, dict[str, Bound]] = {}
    for target, prompt, bound in _bounds(plan, prices):
        bounds.setdefault(target, {})[prompt] = bound
    warmup_id = warmup_prompt(plan.suite).id
    cycles, rest = divmod(left.rounds, len(plan.suite.prompts))
    first = -(-left.warmup // len(plan.targets))
    known = all(bound.usd is not None for of in bounds.values() for bound in of.values())
    usd, read, written = Decimal(0), 0, 0
    endless = False
    for of in bounds.values():
        warmup = of[warmup_id]
        measured = [bound for prompt, bound in of.items() if prompt != warmup_id]
        usd += _most([bound.usd or Decimal(0) for bound in measured], warmup.usd or Decimal(0), cycles, rest, first)
        read += int(_most([bound.input_tokens for bound in measured], warmup.input_tokens, cycles, rest, first))
        written += int(
            _most([bound.output_tokens or 0 for bound in measured], warmup.output_tokens or 0, cycles, rest, first)
        )
        endless = endless or any(bound.output_tokens is None for bound in measured)
    return Prospect(
        low_usd=_low(plan, left, prices, bounds),
        most_usd=usd if known else None,
        most_input_tokens=read,
        most_output_tokens=None if endless else written,
        hard=known,
    )


def _most(
    each: Sequence[Decimal] | Sequence[int], warmup: Decimal | int, cycles: int, rest: int, first: int
) -> Decimal:
    """Whole cycles, the dearest prompts of an incomplete one, and the warm-up, whose prompts may be those of the suite."""
    dearest_first = sorted(map(Decimal, each), reverse=True)
    return (
        sum(dearest_first, Decimal(0)) * cycles
        + sum(dearest_first[:rest], Decimal(0))
        + max(Decimal(warmup), dearest_first[0]) * first
    )


def _low(plan: Plan, left: Left, prices: Sequence[ModePrice], bounds: dict[str, dict[str, Bound]]) -> Decimal | None:
    """Roughly what a short run costs: few cycles, each answer short, at the cheapest mode that a target may be served in."""
    all_cycles = plan.rules.stopping == "limits" or plan.sessions is not None
    rounds = left.rounds if all_cycles else min(left.rounds, FEW_CYCLES * len(plan.suite.prompts))
    whole = Decimal(0)
    for name, of in bounds.items():
        one_of_each = Decimal(0)
        for bound in of.values():
            costs = [
                cost_at(
                    price,
                    input_tokens=bound.input_tokens // BYTES_PER_TOKEN,
                    output_tokens=min(SHORT_ANSWER, bound.output_tokens or SHORT_ANSWER),
                )
                for price in prices
                if price.target == name
            ]
            known = [cost for cost in costs if cost is not None]
            if not known:
                return None
            one_of_each += min(known)
        whole += one_of_each / len(of) * rounds
    return whole


def spent(contents: Contents) -> Decimal | None:
    """What a run has cost, at its worst where that is not known: as the engine counts it. None: no price is known."""
    prices = contents.manifest.prices
    if not prices:
        return None
    from hayai.measure.engine.budget import Budget  # Brings the engine's loop, which a parent rarely needs.

    return Budget(contents.plan, prices, NO_LIMIT, before=contents.records, events=contents.events).spent_usd


def spent_on_judges(directory: RunDirectory, limits: Limits) -> Decimal:
    """What judges of a run have cost, where they share its limit: one that somebody named; the default is a dollar for each."""
    if limits.max_cost_usd in (None, DEFAULT_USD):
        return Decimal(0)
    found = (RunDirectory(path.parent) for path in (directory.path / JUDGINGS).glob("*/manifest.json"))
    return sum((spent(one.read(without_pieces)) or Decimal(0) for one in found), Decimal(0))


def more_dollars(limit_usd: Decimal, needed_usd: Decimal) -> str:
    """A limit worth going on with: at least twice as much, and what is needed; in whole cents."""
    return f"{max(2 * limit_usd, needed_usd).quantize(Decimal('0.01'), ROUND_CEILING):f}"


def rounded_down(usd: Decimal) -> str:
    """A limit as people read it, never more than it is."""
    few = usd.quantize(Decimal("0.0001"), ROUND_FLOOR)
    return f"{(usd if few == usd or not few else few).normalize():f}"


def rounded_up(usd: Decimal) -> str:
    """Dollars as people read them, never less than they are."""
    return f"{usd.quantize(Decimal('0.01' if usd >= 1 else '0.0001'), ROUND_CEILING):f}"
