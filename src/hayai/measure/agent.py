"""Who measures? One process that does nothing else.

`python -m hayai.measure.agent`, started and spoken to by its parent (`hayai.measure.messages`). It finds credentials
and endpoints, opens the connections, carries out the plan that lies in the run directory, and appends every record
itself. It draws nothing and decides nothing; the garbage collector is frozen while it measures. When its parent
disappears, it records what flies as cancelled and ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from hayai.ask.plan import Plan, Target
from hayai.ask.suites.warmup import warmup_prompt
from hayai.clock import now_ns, wall_minus_monotonic_ns, wall_ns
from hayai.errors import AccessError, HayaiError, JournalError, UsageError
from hayai.keep.query import complete_rounds, measured
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import Contents, Endpoint, RunDirectory
from hayai.keep.session import Session
from hayai.measure.engine.budget import Budget
from hayai.measure.engine.compare import Comparison
from hayai.measure.engine.pacer import Pacer
from hayai.measure.engine.request import Requests
from hayai.measure.engine.self_watch import SelfWatch
from hayai.measure.lanes import lanes_of
from hayai.measure.messages import (
    Began,
    CycleEnded,
    Ended,
    Fault,
    Finish,
    FromAgent,
    GoOn,
    Prepare,
    Prepared,
    Run,
    Stop,
    ToAgent,
)
from hayai.measure.net.access import DEPENDS_ON, OPENERS, Access
from hayai.measure.net.credentials import answer_mfa_with
from hayai.measure.net.dial import DialError
from hayai.measure.net.proxy import proxy_for
from hayai.measure.net.readiness import new_loop
from hayai.measure.providers.registry import PROVIDERS
from hayai.open_files import allow_open_files

SYNC_EVERY_S = 1.0
REFRESH_EVERY_S = 30.0
CHANNEL = 1
"""File descriptor of the pipe to the parent."""
SPARE_FILES = 64
"""Open files besides connections: segments, pipes, the interpreter's own."""


class Agent:
    """One agent's life: prepare, run, end."""

    def __init__(self) -> None:
        self._access: dict[str, Access] = {}
        self._targets: tuple[Target, ...] = ()
        self._answers: asyncio.Queue[bool] = asyncio.Queue()
        self._running: asyncio.Task[Ended] | None = None
        self._comparison: Comparison | None = None
        self._stopped = False
        self._waits_ns: list[int] = []
        """How long the parent took for each of its answers: while it thinks, nothing is measured."""

    async def serve(self) -> None:
        """Obeys the parent until it has said everything and the run has ended."""
        reader = asyncio.StreamReader(limit=1 << 24)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
        decoder = msgspec.json.Decoder(ToAgent)
        while line := await reader.readline():
            match decoder.decode(line):
                case Prepare() as prepare:
                    try:
                        say(await asyncio.to_thread(self._prepare, prepare))
                    except Exception as error:  # noqa: BLE001  The edge of the agent: whatever broke is told in words.
                        say(_ended_by(error))
                case Run() as run:
                    self._running = asyncio.create_task(self._run(run))
                    self._running.add_done_callback(_tell_end)
                case GoOn(go_on=go_on):
                    self._answers.put_nowait(go_on)
                case Finish():
                    self._finish()
                case Stop():
                    self._stop()
        # The parent is gone, or has closed the pipe because it heard the end.
        self._stop()
        if self._running is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._running

    def _finish(self) -> None:
        if self._comparison is None:
            self._stop()  # Connections are still being opened: nothing flies that could come home.
            return
        self._comparison.finish()
        self._answers.put_nowait(False)  # noqa: FBT003  The answer to a question.

    def _stop(self) -> None:
        self._stopped = True
        if self._running is not None and not self._running.done():
            self._running.cancel()

    def _prepare(self, prepare: Prepare) -> Prepared:
        """Credentials, region and endpoint of every target; all problems at once. Runs in a thread: logins may use the network."""
        self._targets = prepare.targets
        answer_mfa_with(prepare.mfa_code)
        endpoints: list[Endpoint] = []
        usage: list[Fault] = []
        access: list[Fault] = []
        opened: dict[tuple[object, ...], Access] = {}
        for target in prepare.targets:
            auth = PROVIDERS[target.provider].AUTH
            wanted = (auth, *map(target.options.get, DEPENDS_ON[auth]))
            try:
                found = opened[wanted] = opened.get(wanted) or OPENERS[auth](target)
                proxy = proxy_for(found.endpoint_url)
            except UsageError as error:
                usage += [
                    Fault(key=p.key, values=_plain(p.values), place=f"{target.name}: {p.place}") for p in error.problems
                ]
                continue
            except AccessError as error:
                access.append(Fault(key=error.key, values=_plain(error.values), place=target.name))
                continue
            self._access[target.name] = found
            endpoints.append(
                Endpoint(
                    target=target.name,
                    url=found.endpoint_url,
                    region=found.region,
                    credentials_source=found.credentials_source,
                    proxy=None if proxy is None else proxy.shown,
                )
            )
        return Prepared(endpoints=tuple(endpoints), faults=tuple(usage or access), access=not usage and bool(access))

    async def _run(self, run: Run) -> Ended:
        directory = RunDirectory(Path(run.path))
        session: Session | None = None
        loop = asyncio.get_running_loop()
        # Whoever ends all processes of a machine or container ends us too: then what flies is recorded first.
        loop.add_signal_handler(signal.SIGTERM, self._stop)
        try:
            directory.lock()
            plan = directory.plan()
            contents = directory.read()
            directory.unseal()
            session = Session(directory, directory.next_agent(), save_texts=plan.save_texts)
            ended = await self._measure(plan, run, session, contents)
            session.event(
                "ended",
                reason=ended.reason,
                questions=len(self._waits_ns),
                longest_wait_ns=max(self._waits_ns, default=None),
            )
            return ended
        except asyncio.CancelledError:
            if session is not None:
                with contextlib.suppress(JournalError):
                    session.event("ended", reason="stopped")
            return Ended(reason="stopped")
        except Exception as error:  # noqa: BLE001  The edge of the agent: whatever broke, what was measured is kept and the end is told.
            ended = _ended_by(error)
            if session is not None:
                with contextlib.suppress(JournalError):
                    session.event("ended", reason=ended.reason)
            return ended
        finally:
            if session is not None:
                session.close()
            directory.unlock()
            loop.remove_signal_handler(signal.SIGTERM)

    async def _measure(self, plan: Plan, run: Run, session: Session, contents: Contents) -> Ended:
        before = contents.records
        prompts = {prompt.id: prompt for prompt in (*plan.suite.prompts, warmup_prompt(plan.suite))}
        rounds = complete_rounds(before, [target.name for target in plan.targets])
        tries: dict[tuple[int, str], int] = {}
        for record in measured(before):
            key = (record.cycle, record.prompt)
            tries[key] = max(tries.get(key, 0), record.round_try + 1)
        with lanes_of(plan, self._access) as lanes:
            allow_open_files(len(lanes) * plan.concurrency + SPARE_FILES)
            if plan.connections == "warm":
                async with asyncio.TaskGroup() as group:
                    for lane in lanes.values():
                        group.create_task(lane.pool.open_ahead(plan.concurrency))
            pacer = _pacer(plan, before)
            self._comparison = Comparison(
                plan,
                run.limits,
                Requests(plan, session, lanes, prompts, pacer=pacer),
                lanes,
                complete=frozenset((record.cycle, record.prompt) for record in rounds.paired),
                tries=tries,
                first_cycle=run.first_cycle,
                budget=_budget(plan, run, contents),
            )
            session.event(
                "began",
                pid=os.getpid(),
                limits=run.limits,
                wall_minus_monotonic_ns=wall_minus_monotonic_ns(),
                resumed=bool(before),
                **({} if run.session is None else {"session": run.session}),
            )
            say(Began(agent=session.agent))
            gc.freeze()  # What was loaded stays: nobody needs to look through it, now or between cycles.
            watch = SelfWatch()
            chores = [asyncio.create_task(chore) for chore in (self._sync(session), self._refresh(), watch.run())]
            try:
                return await self._comparison.run(self._ask)
            finally:
                for chore in chores:
                    chore.cancel()
                with contextlib.suppress(JournalError):
                    seen = watch.seen(None if pacer is None else pacer.lateness)
                    session.event("watched", **msgspec.structs.asdict(seen))
                if pacer is not None:
                    pacer.close()

    async def _ask(self, cycle: int) -> bool:
        asked_at_ns = now_ns()
        say(CycleEnded(cycle=cycle))
        answer = await self._answers.get()
        self._waits_ns.append(now_ns() - asked_at_ns)
        # Who was told to finish while asking ends for that reason, not because the parent knew enough.
        return answer or (self._comparison is not None and self._comparison.course.finishing)

    async def _sync(self, session: Session) -> None:
        while True:
            await asyncio.sleep(SYNC_EVERY_S)
            await asyncio.to_thread(session.sync)

    async def _refresh(self) -> None:
        """Renews credentials ahead of time. When they cannot be renewed, nothing new is sent, and the reason is told."""
        while True:
            await asyncio.sleep(REFRESH_EVERY_S)
            try:
                for access in self._access.values():
                    await asyncio.to_thread(access.signer.refresh)
            except AccessError as error:
                if self._comparison is not None:
                    self._comparison.give_up("access", Fault(key=error.key, values=_plain(error.values)))


def _budget(plan: Plan, run: Run, contents: Contents) -> Budget | None:
    """What is left of the dollars, where there is a limit."""
    if run.limits.max_cost_usd is None:
        return None
    return Budget(
        plan,
        contents.manifest.prices,
        run.limits.max_cost_usd,
        before=contents.records,
        events=contents.events,
        elsewhere_usd=run.elsewhere_usd,
    )


def _pacer(plan: Plan, before: Sequence[RequestRecord]) -> Pacer | None:
    """Who gives requests their slots; None where the plan has no rate.

    The first slot comes one interval after the last request of an earlier session, which the service may remember: by the wall clock, as
    the other one may have begun anew, and never later than one interval from now.
    """
    if plan.rate is None:
        return None
    interval_ns = plan.rate.interval_ns
    last_wall_ns = max((record.sent_wall_ns for record in before if record.sent_wall_ns is not None), default=0)
    pause_ns = min(max(0, last_wall_ns + interval_ns - wall_ns()), interval_ns)
    return Pacer(interval_ns, first_at_ns=now_ns() + pause_ns)


def say(message: FromAgent) -> None:
    """One line to the parent. A parent that is gone hears nothing, and that ends us elsewhere."""
    with contextlib.suppress(OSError):
        os.write(CHANNEL, msgspec.json.encode(message) + b"\n")


def _tell_end(task: asyncio.Task[Ended]) -> None:
    if task.cancelled():
        say(Ended(reason="stopped"))
    elif (error := task.exception()) is not None:
        say(_ended_by(error))
    else:
        say(task.result())


def _ended_by(error: BaseException) -> Ended:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    match error:
        case DialError():
            return Ended(
                reason="cannot_connect", fault=Fault(key=f"measure.dial.{error.code}", values={"reason": error.reason})
            )
        case JournalError():
            return Ended(reason="disk", fault=Fault(key=error.key, values=_plain(error.values)))
        case AccessError():
            return Ended(reason="access", fault=Fault(key=error.key, values=_plain(error.values)))
        case HayaiError():
            return Ended(reason="instrument", fault=Fault(key=error.key, values=_plain(error.values)))
    if os.environ.get("HAYAI_DEBUG"):
        traceback.print_exception(error)
    return Ended(
        reason="instrument",
        fault=Fault(key="measure.broken", values={"kind": type(error).__name__, "words": str(error)[:500]}),
    )


def _plain(values: Mapping[str, object]) -> dict[str, Any]:
    """Values as JSON knows them."""
    return {
        name: value if isinstance(value, str | int | float | None) else str(value) for name, value in values.items()
    }


def main() -> NoReturn:
    """Runs the agent. Ctrl-C belongs to the parent, which tells us what it means."""
    gc.disable()  # For good: what is loaded now stays, and garbage is collected between cycles alone.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdout = sys.stderr  # What a library may print must not stand between our messages.
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(Agent().serve())
    sys.exit(0)


if __name__ == "__main__":
    main()
