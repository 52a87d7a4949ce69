"""How far is the run, and what does it look like so far?

Lines are redrawn several times a second, however many records there are: each record is counted once, and a redraw reads what was counted.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Iterable, Sequence
from decimal import Decimal

from hayai.ask.plan import ModePrice, Plan
from hayai.decide.findings import Progress, TargetProgress
from hayai.decide.metrics.metric import value
from hayai.decide.metrics.times import E2E, TTFT
from hayai.decide.stats.averages import ratio_of_totals
from hayai.decide.stats.quantile import quantile_of_ordered
from hayai.keep.charges import cost_of
from hayai.keep.query import SIMULATION_HEADER, Simulation, simulation_of
from hayai.keep.records import RequestRecord

NOW = 5
"""Answers of a target that count as "now"."""


class _Counted:
    """What has come of the sample for one target."""

    __slots__ = ("done", "failed", "first_waits_ns", "last")

    def __init__(self) -> None:
        self.done = 0
        self.failed = 0
        self.first_waits_ns: list[float] = []
        """Times to first token in ascending order."""
        self.last: deque[tuple[int | None, float | None]] = deque(maxlen=NOW)
        """Output tokens and response time of the last answers."""

    def take(self, record: RequestRecord) -> None:
        self.done += 1
        if record.outcome != "ok":
            self.failed += 1
            return
        self.last.append((record.usage.output_tokens, value(E2E, record)))
        first_wait_ns = value(TTFT, record)
        if first_wait_ns is not None:
            insort(self.first_waits_ns, first_wait_ns)


class Tally:
    """The records of a run, counted as they come in."""

    __slots__ = ("_prices", "_simulated", "cycle", "done", "failed", "of", "spent_usd")

    def __init__(self, records: Iterable[RequestRecord] = (), *, prices: Sequence[ModePrice] = ()) -> None:
        self._prices = prices
        self.spent_usd = Decimal(0) if prices else None
        self.of: dict[str, _Counted] = {}
        """By target; measured requests only, as are the counts below."""
        self.done = 0
        self.failed = 0
        self.cycle = 0
        """The highest so far."""
        self._simulated: dict[str, RequestRecord] = {}
        self.take(records)

    def take(self, records: Iterable[RequestRecord]) -> None:
        """Counts these, each given once."""
        for record in records:
            if self.spent_usd is not None:
                self.spent_usd += cost_of(record, self._prices) or 0
            simulator = record.headers.get(SIMULATION_HEADER)
            if simulator is not None:
                self._simulated.setdefault(simulator, record)
            if record.phase == "measure":
                self.done += 1
                self.failed += record.outcome != "ok"
                self.cycle = max(self.cycle, record.cycle)
                self.of.setdefault(record.target, _Counted()).take(record)

    def simulations(self) -> tuple[Simulation, ...]:
        """The simulators that answered, warm-up included."""
        return simulation_of(self._simulated.values())


def progress(plan: Plan, tally: Tally, *, began_at_ns: int, now_at_ns: int) -> Progress:
    """The state of a run at `now_at_ns`; both instants are of the machine that measures. `began_at_ns`: when the sample began."""
    per_target = _planned_per_target(plan)
    done = tally.done
    planned = per_target * len(plan.targets)
    elapsed_ns = max(0, now_at_ns - began_at_ns)
    return Progress(
        simulations=tally.simulations(),
        targets=tuple(
            _target(number, target.name, tally.of.get(target.name, _Counted()), per_target)
            for number, target in enumerate(plan.targets, start=1)
        ),
        done=done,
        failed=tally.failed,
        planned=planned,
        cycle=tally.cycle + 1,
        elapsed_ns=elapsed_ns,
        left_ns=_left_ns(plan, done, planned, elapsed_ns),
        spent_usd=tally.spent_usd,
    )


def _planned_per_target(plan: Plan) -> int:
    """Measured requests per target when nothing but the limits of requests and cycles ends the run."""
    room = max(0, plan.limits.max_requests // len(plan.targets) - plan.warmup)
    if plan.limits.cycles is None:
        return room
    return min(room, plan.limits.cycles * len(plan.suite.prompts))


def _left_ns(plan: Plan, done: int, planned: int, elapsed_ns: int) -> int | None:
    if done == 0:
        return None
    at_this_pace = elapsed_ns * max(0, planned - done) // done
    if plan.rate is not None:
        at_this_pace = max(at_this_pace, (planned - done) * plan.rate.interval_ns)
    until_limit = max(0, round(plan.limits.max_time_s * 1e9) - elapsed_ns)
    return min(at_this_pace, until_limit)


def _target(number: int, name: str, counted: _Counted, planned: int) -> TargetProgress:
    pairs = [
        (float(tokens), time_ns / 1e9) for tokens, time_ns in counted.last if tokens is not None and time_ns is not None
    ]
    return TargetProgress(
        number=number,
        name=name,
        done=counted.done,
        failed=counted.failed,
        planned=planned,
        tokens_per_s=ratio_of_totals(pairs),
        ttft_median_ns=quantile_of_ordered(counted.first_waits_ns, 0.5),
    )
