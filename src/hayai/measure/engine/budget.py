"""May one more request leave, by the dollars?

What a request may cost at the worst is set aside before it leaves; when it ends, what it did cost is counted instead. So what was spent and
what is set aside never pass the limit together, however many requests fly at once. Where an end does not tell its cost (a stream that
broke off), all that was set aside counts as spent. A request whose worst case has no bound sets nothing aside: then the run ends once the
limit is spent, and what flies may pass it. That is allowed only where nobody asked for a limit, and is said before the run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from decimal import Decimal

from hayai.ask.plan import ModePrice, Plan, Prompt, Trial
from hayai.ask.suites.warmup import warmup_prompt
from hayai.keep.charges import MILLION, Bound, bound_of, cost_of, is_free
from hayai.keep.query import SDK_RETRIES_HEADER
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import Event

NOTHING = Decimal(0)
MOST_BYTES = 4
"""Of a character in UTF-8."""


class Budget:
    """The dollars of a run, in one session of it."""

    def __init__(
        self,
        plan: Plan,
        prices: Sequence[ModePrice],
        limit_usd: Decimal,
        *,
        before: Iterable[RequestRecord] = (),
        events: Iterable[Event] = (),
        elsewhere_usd: Decimal = NOTHING,
    ) -> None:
        """`before`, `events`: what earlier sessions left; `elsewhere_usd`: what was spent for the run outside of it, on judges."""
        self._plan = plan
        self._prices = prices
        self._limit_usd = limit_usd
        self._targets = {target.name: target for target in plan.targets}
        self._prompts: dict[str, Prompt] = {one.id: one for one in (*plan.suite.prompts, warmup_prompt(plan.suite))}
        self._bounds: dict[tuple[str, str], Bound] = {}
        self._aside: dict[Trial, Decimal] = {}
        self._freed = asyncio.Event()
        self.aside_usd = NOTHING
        """What requests in flight may cost at the worst."""
        self.spent_usd = elsewhere_usd + sum((self._charged(record) for record in before), NOTHING) + self._lost(events)
        """What ended requests cost, those of earlier sessions included; the worst where it is not known."""

    def take(self, trials: Sequence[Trial]) -> bool:
        """Sets their worst cost aside, if the limit allows it; otherwise nothing."""
        worst = [self._worst_of(trial.target, trial.prompt) for trial in trials]
        if self.spent_usd + self.aside_usd + sum(worst, NOTHING) > self._limit_usd or self.spent_usd >= self._limit_usd:
            return False
        for trial, usd in zip(trials, worst, strict=True):
            self._aside[trial] = usd
            self.aside_usd += usd
        return True

    def may_fit_later(self, trials: Sequence[Trial]) -> bool:
        """Whether they could still leave when what flies has ended, should it cost nothing."""
        worst = sum((self._worst_of(trial.target, trial.prompt) for trial in trials), NOTHING)
        return bool(self._aside) and self.spent_usd + worst <= self._limit_usd

    async def freed(self) -> None:
        """Waits until a request in flight has ended."""
        self._freed.clear()
        await self._freed.wait()

    def settle(self, trial: Trial, record: RequestRecord) -> None:
        """An attempt has ended: counts what it cost."""
        self.put_back((trial,))
        self.spent_usd += self._charged(record)

    def put_back(self, trials: Iterable[Trial]) -> None:
        """What was set aside for these and not settled: they were not sent."""
        for trial in trials:
            self.aside_usd -= self._aside.pop(trial, NOTHING)
        self._freed.set()

    def _worst_of(self, target: str, prompt: str) -> Decimal:
        """Nothing where it has no bound."""
        usd = self._bound(target, prompt).usd
        return NOTHING if usd is None else usd

    def _bound(self, target: str, prompt: str) -> Bound:
        key = target, prompt
        if key not in self._bounds:
            self._bounds[key] = bound_of(self._plan, self._prices, self._targets[target], self._prompts[prompt])
        return self._bounds[key]

    def _charged(self, record: RequestRecord) -> Decimal:
        """What an attempt cost, or may have.

        Usage that came before an answer broke off may be half of it, and attempts that an SDK made by itself left none of their own: then
        the worst counts. Where that has no bound either, what was seen of the answer does, at a token per byte.
        """
        bound = self._bound(record.target, record.prompt)
        known = cost_of(record, self._prices)
        hidden = int(record.headers.get(SDK_RETRIES_HEADER, 0))
        if known is not None and not hidden and (record.outcome == "ok" or is_free(record)):
            return known
        worst = self._seen(record, bound) if bound.usd is None else bound.usd
        return worst if known is None else max(worst, known)

    def _seen(self, record: RequestRecord, bound: Bound) -> Decimal:
        """What this answer cost at the most, by what was sent and what came."""
        written = MOST_BYTES * ((record.text_chars or 0) + (record.reasoning_chars or 0))
        prices = [one for one in self._prices if one.target == record.target]
        return max(
            ((one.input_usd or 0) * bound.input_tokens + (one.output_usd or 0) * written for one in prices),
            default=NOTHING,
        ) / Decimal(MILLION)

    def _lost(self, events: Iterable[Event]) -> Decimal:
        """The worst that requests may have cost that were in flight when a session was killed: these left no record."""
        ended: dict[str, bool] = {}
        for event in events:
            if event.kind in ("began", "ended"):
                ended[event.agent] = event.kind == "ended"
        killed = list(ended.values()).count(False)
        if not killed:
            return NOTHING
        rounds = [[self._worst_of(target, prompt) for target in self._targets] for prompt in self._prompts]
        dearest = max((sum(one, NOTHING) if self._plan.together else max(one)) for one in rounds)
        return dearest * self._plan.concurrency * killed
