"""In which order does a comparison run, and when does it end?

Warm-up, then cycle after cycle, round after round. Nothing of a new round leaves when a limit would be passed, when
somebody asked to finish, or when the parent, asked after each cycle, says that the answer is settled. It is asked
before limits are looked at: a run that settles its question with its last request ends by the verdict. A round is
never split by a limit: its pairs must be close in time. Where the run has a rate, a request that waits for its slot has
not left: whoever asks to finish need not wait for it.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

import msgspec

from hayai.ask.plan import Limits, Plan, Trial
from hayai.ask.rounds import cycle_trials, rounds_per_look, warmup_trials
from hayai.clock import now_ns
from hayai.keep.records import RequestRecord
from hayai.measure.engine.budget import Budget
from hayai.measure.engine.pacer import Pacer, Turn
from hayai.measure.engine.request import Lane, Prepared, Requests
from hayai.measure.messages import Ended, EndReason, Fault

FAILURES_IN_A_ROW = 10
"""A target that failed this often without one success in between will not recover by being asked more; the money is the user's."""

EXPIRED = "providers.access.expired"
EXPIRED_IN_A_ROW = 3
"""Refusals of credentials that have worked before, after which nothing new is sent: what renews them ahead of time has failed."""

Round = Sequence[Trial]


class Course(msgspec.Struct):
    """Where a session stands."""

    sent: int = 0
    """Requests of this session, warm-up and retries and those that wait for a slot included, plus those of complete rounds that earlier
    sessions left."""
    started_at_ns: int = 0
    finishing: bool = False
    fault: Fault | None = None
    reason: EndReason | None = None
    failures: dict[str, int] = msgspec.field(default_factory=dict)
    """Failures in a row, by target."""
    expired: dict[str, int] = msgspec.field(default_factory=dict)
    """Refusals of expired credentials in a row, by target."""
    seen: set[str] = msgspec.field(default_factory=set)
    """Targets that have answered at least once in this session."""


class Comparison:
    """One session of a comparison."""

    def __init__(
        self,
        plan: Plan,
        limits: Limits,
        requests: Requests,
        lanes: Mapping[str, Lane],
        *,
        complete: frozenset[tuple[int, str]],
        tries: Mapping[tuple[int, str], int],
        first_cycle: int = 0,
        budget: Budget | None = None,
    ) -> None:
        """`complete`: rounds (cycle, prompt) that are finished already. `tries`: how often any round was begun before.

        `budget`: where the run has a limit in dollars.
        """
        self._plan = plan
        self._limits = limits
        self._requests = requests
        self._lanes = lanes
        self._complete = complete
        self._tries = tries
        self._first_cycle = first_cycle
        self._budget = budget
        self.course = Course(sent=len(complete) * len(plan.targets))

    async def run(self, ask: Callable[[int], Awaitable[bool]]) -> Ended:
        """Runs until a limit, a stop, or until `ask` says no. It is called after each cycle, or part of one, with the cycle's number."""
        course = self.course
        course.started_at_ns = now_ns()
        await self._run_rounds(warmup_trials(self._plan))
        cycle = self._first_cycle
        while course.reason is None:
            rounds = self._missing(cycle)
            if course.finishing:
                course.reason = "finished_early"
            elif self._limits.cycles is not None and cycle >= self._limits.cycles:
                course.reason = "cycles"
            elif course.sent + sum(map(len, rounds)) > self._limits.max_requests:
                course.reason = "max_requests"
            elif self._out_of_time():
                course.reason = "max_time"
            else:
                for part in _parts(rounds, rounds_per_look(self._plan, cycle)):
                    await self._run_rounds(part)
                    if course.reason is not None or course.finishing:
                        break
                    gc.collect()
                    if not await ask(cycle):
                        course.reason = "verdict"
                        break
                cycle += 1
        return Ended(reason=course.reason, fault=course.fault)

    def finish(self) -> None:
        """Sends nothing new; what flies comes home. May be called at any time."""
        self.course.finishing = True
        self._stop_pacing()

    def give_up(self, reason: EndReason, fault: Fault) -> None:
        """Sends nothing new, for this reason; the first one counts. May be called at any time."""
        if self.course.reason is None:
            self.course.reason, self.course.fault = reason, fault
            self._stop_pacing()

    def _stop_pacing(self) -> None:
        if self._requests.pacer is not None:
            self._requests.pacer.stop()

    def _missing(self, cycle: int) -> list[Round]:
        rounds = cycle_trials(self._plan, cycle, round_tries=self._tries)
        return [trials for trials in rounds if (cycle, trials[0].prompt) not in self._complete]

    def _out_of_time(self) -> bool:
        return now_ns() >= self.ends_at_ns()

    async def _run_rounds(self, rounds: Sequence[Round]) -> None:
        """Runs rounds in order, `concurrency` of them at once."""
        waiting = iter(rounds)

        async def worker() -> None:
            for trials in waiting:
                if not await self._may_begin(trials):
                    return
                try:
                    await self._run_round(trials)
                finally:
                    if self._budget is not None:
                        self._budget.put_back(trials)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._plan.concurrency, len(rounds))):
                group.create_task(worker())

    async def _may_begin(self, trials: Round) -> bool:
        """Whether a round may leave. Where its dollars are set aside for what flies, it waits until that has ended."""
        while not self._must_not_begin(trials):
            if self._budget is None or self._budget.take(trials):
                return True
            if not self._budget.may_fit_later(trials):
                self.course.reason = "max_cost"
            else:
                await self._budget.freed()
        return False

    def _must_not_begin(self, trials: Round) -> bool:
        course = self.course
        if course.finishing or course.reason is not None:
            return True
        if course.sent + len(trials) > self._limits.max_requests:
            course.reason = "max_requests"
        elif self._out_of_time():
            course.reason = "max_time"
        return course.reason is not None

    async def _run_round(self, trials: Round) -> None:
        self.course.sent += len(trials)
        pacer = self._requests.pacer
        if pacer is not None:
            await self._run_paced(trials, pacer)
        elif self._plan.together:
            ready = [await self._requests.prepare(trial) for trial in trials]
            async with asyncio.TaskGroup() as group:
                for one in ready:
                    group.create_task(self._send(one))
        else:
            for trial in trials:
                await self._send(await self._requests.prepare(trial))
                if self._is_hopeless():
                    return

    async def _run_paced(self, trials: Round, pacer: Pacer) -> None:
        """The round at its slots, begun only if all of them come in time. One after another, or each at the next slot with `together`."""
        until_ns = self.ends_at_ns() - (len(trials) - 1) * pacer.interval_ns
        first = pacer.turn(begins=True, until_ns=until_ns)
        if not await first.near():
            if not self.course.finishing and self.course.reason is None:
                self.course.reason = "max_time"
            return
        if self._plan.together:
            turns = [first, *(pacer.turn(begins=False) for _ in trials[1:])]
            async with asyncio.TaskGroup() as group:
                for trial, turn in zip(trials, turns, strict=True):
                    group.create_task(self._send_at_slot(trial, turn))
            return
        await self._send_at_slot(trials[0], first)
        for trial in trials[1:]:
            if self._is_hopeless():
                return
            await self._send_at_slot(trial, pacer.turn(begins=False))

    async def _send_at_slot(self, trial: Trial, turn: Turn) -> None:
        """Sends it at its slot, unless that will not come."""
        if await turn.near():
            await self._send(await self._requests.prepare(trial), turn)

    async def _send(self, prepared: Prepared, turn: Turn | None = None) -> None:
        record = await self._requests.send(prepared, self, turn)
        if record is not None:
            self._learn(record)

    def _is_hopeless(self) -> bool:
        """Whether not even the rest of a round is worth its money."""
        return self.course.reason in ("access", "failures")

    def left(self) -> bool:
        """Whether a retry may be sent: nobody asked to finish, and no limit is reached."""
        course = self.course
        return not course.finishing and course.sent < self._limits.max_requests and not self._out_of_time()

    def take(self, trial: Trial) -> bool:
        """Counts a retry, if it may be sent."""
        if not self.left() or not (self._budget is None or self._budget.take((trial,))):
            return False
        self.course.sent += 1
        return True

    def settle(self, trial: Trial, record: RequestRecord) -> None:
        """Counts what an attempt cost."""
        if self._budget is not None:
            self._budget.settle(trial, record)

    def ends_at_ns(self) -> int:
        """When the limit of time is reached."""
        return self.course.started_at_ns + round(self._limits.max_time_s * 1e9)

    def _learn(self, record: RequestRecord) -> None:
        """Stops the run when going on could only cost money: no access, or a target that only fails."""
        course, failure = self.course, record.failure
        if record.outcome == "ok":
            course.failures[record.target] = course.expired[record.target] = 0
        elif failure is not None:
            failed = course.failures[record.target] = course.failures.get(record.target, 0) + 1
            advice = self._lanes[record.target].provider.access_advice(failure)
            values = {
                "target": record.target,
                "model": self._lanes[record.target].target.model,
                "code": failure.code,
                "words": failure.message,
                "count": failed,
            }
            expired = course.expired.get(record.target, 0) + 1 if advice == EXPIRED else 0
            course.expired[record.target] = expired
            if expired >= EXPIRED_IN_A_ROW or (advice is not None and record.target not in course.seen):
                self.give_up("access", Fault(key=str(advice), values=values))
            elif failed >= FAILURES_IN_A_ROW:
                self.give_up("failures", Fault(key="measure.only_failures", values=values))
        if record.outcome == "ok":
            course.seen.add(record.target)


def _parts(rounds: Sequence[Round], size: int) -> Iterator[Sequence[Round]]:
    """`rounds` in parts of at most `size`."""
    return (rounds[at : at + size] for at in range(0, len(rounds), size))
