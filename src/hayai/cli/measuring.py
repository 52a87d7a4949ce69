"""How is a plan carried out, watched, and brought home?

The parent's side of a session: it makes the run directory, tells the agent to go, tails the journal for the progress
lines, answers after each cycle whether to go on, and passes on what Ctrl-C means. The measuring itself happens in the
agent; nothing in here can disturb it.
"""

from __future__ import annotations

import os
import secrets
import signal
import string
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import msgspec

from hayai import __version__
from hayai.ask.plan import ModePrice, Plan, Suite
from hayai.cli.agent_process import AgentProcess
from hayai.cli.environment import environment_facts
from hayai.clock import local_text, now_ns, utc_text, wall_ns
from hayai.decide.prices.snapshot import prices_for
from hayai.errors import AccessError, InstrumentError, Problem, UsageError
from hayai.keep.journal import read_lines
from hayai.keep.records import RequestRecord, without_pieces
from hayai.keep.run_directory import SCHEMA_VERSION, Endpoint, Manifest, PromptHash, RunDirectory, prompt_hash, run_name
from hayai.keep.selfcheck import place_of, read_selfcheck
from hayai.measure.messages import Began, CycleEnded, Ended, Fault, Finish, GoOn, Prepare, Run, Stop
from hayai.measure.net.credentials import MFA_WANTED

if TYPE_CHECKING:
    from hayai.cli.looking import Looker
    from hayai.cli.watching import Watcher

REDRAW_S = 0.125
"""At most eight redraws a second."""


def find_endpoints(
    agent: AgentProcess, plan: Plan, *, is_unwanted: Callable[[], bool] = lambda: False
) -> tuple[Endpoint, ...]:
    """Where the requests will go. Raises UsageError or AccessError with all that stands in the way, KeyboardInterrupt when unwanted."""
    prepared = agent.prepare(Prepare(targets=plan.targets), is_unwanted=is_unwanted)
    if any(fault.key == MFA_WANTED for fault in prepared.faults) and (code := ask_for_code()):
        prepared = agent.prepare(Prepare(targets=plan.targets, mfa_code=code), is_unwanted=is_unwanted)
    if not prepared.faults:
        return prepared.endpoints
    if prepared.access:
        first = prepared.faults[0]
        raise AccessError(first.key, **first.values)
    raise UsageError(*_once(prepared.faults))


def ask_for_code() -> str | None:
    """The MFA code that somebody at the terminal types; None where nobody sits there."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    from getpass import getpass

    try:
        return getpass("MFA: ", sys.stderr).strip()
    except EOFError:
        return None


def _once(faults: Sequence[Fault]) -> list[Problem]:
    """Problems of the targets; the same one at several targets is told once."""
    told: dict[str, Problem] = {}
    for fault in faults:
        place = fault.place.partition(": ")[2] or fault.place
        told.setdefault(f"{fault.key}{fault.values}", Problem(place=place, key=fault.key, values=fault.values))
    return list(told.values())


def create_run(
    root: Path,
    plan: Plan,
    endpoints: tuple[Endpoint, ...],
    argv: Sequence[str],
    prices: Sequence[ModePrice] | None = None,
) -> RunDirectory:
    """Makes the run directory, manifest written, before anything is sent. `prices`: what it is charged; None: what hayai knows."""
    created = wall_ns()
    stamp = local_text(created)[:16].replace(" ", "T").replace(":", "")
    environment = environment_facts()
    check = read_selfcheck(place_of(os.environ))
    suffix = "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(4))
    manifest = Manifest(
        schema_version=SCHEMA_VERSION,
        run=run_name(stamp, (target.name for target in plan.targets), suffix),
        hayai_version=__version__,
        created_utc=utc_text(created),
        argv=tuple(argv),
        plan=msgspec.structs.replace(plan, suite=Suite(name=plan.suite.name, prompts=(), source=plan.suite.source)),
        prompts=tuple(PromptHash(id=prompt.id, sha256=prompt_hash(prompt)) for prompt in plan.suite.prompts),
        endpoints=endpoints,
        environment=environment,
        prices=prices_for(plan.targets) if prices is None else tuple(prices),
        selfcheck=check if check is not None and check.holds_on(environment, __version__) else None,
    )
    return RunDirectory.create(root, manifest, plan.suite)


@dataclass(slots=True)
class Interruptions:
    """How often the user asked to stop: once means finish what flies, twice means now."""

    count: int = 0
    passed_on: int = 0


@contextmanager
def catching_interruptions(given: Interruptions | None = None) -> Iterator[Interruptions]:
    """Counts Ctrl-C instead of raising; a SIGTERM counts as two.

    `given`: counted elsewhere, and signals are left alone. They are too where Python has none to give: outside of its main thread.
    """
    interruptions = Interruptions() if given is None else given
    if given is not None or threading.current_thread() is not threading.main_thread():
        yield interruptions
        return

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        interruptions.count += 1

    def on_terminate(_number: int, _frame: FrameType | None) -> None:
        interruptions.count += 2

    before = signal.signal(signal.SIGINT, on_interrupt), signal.signal(signal.SIGTERM, on_terminate)
    try:
        yield interruptions
    finally:
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGTERM, before[1])


def carry_out(agent: AgentProcess, run: Run, watcher: Watcher, looker: Looker, interruptions: Interruptions) -> Ended:
    """Runs one session to its end, whatever that is. Raises InstrumentError only when the agent died."""
    tail = _Tail(Path(run.path))
    told_trouble = told_detectable = False
    agent.say(run)
    began_at_ns = now_ns()
    at_work = False
    while True:
        _pass_on(interruptions, agent, watcher)
        try:
            message = agent.hear(REDRAW_S)
        except InstrumentError:
            watcher.finish()
            raise
        match message:
            case Began(agent=name):
                began_at_ns = now_ns()
                at_work = True
                tail.follow(name)
            case None if at_work:
                # Not before the first requests have left: on a single core they would have to wait for it.
                looker.load()
            case CycleEnded():
                # The agent waits: the answer first, the drawing after it.
                agent.say(GoOn(go_on=looker.go_on(tail.records())))
                watcher.answer(looker.answer, now_at_ns=now_ns())
            case Ended():
                watcher.finish()
                return message
        if looker.detectable and not told_detectable:
            told_detectable = True
            watcher.tell_detectable(looker.detectable)
        if looker.trouble is not None and not told_trouble:
            told_trouble = True
            watcher.note("cli.look_failed", kind=type(looker.trouble).__name__, words=str(looker.trouble)[:200])
        watcher.draw(tail.records(), began_at_ns=began_at_ns, now_at_ns=now_ns())


def _pass_on(interruptions: Interruptions, agent: AgentProcess, watcher: Watcher) -> None:
    if interruptions.passed_on == 0 and interruptions.count == 1:
        interruptions.passed_on = 1
        agent.say(Finish())
        watcher.note("cli.finishing")
    elif interruptions.passed_on < 2 and interruptions.count >= 2:
        interruptions.passed_on = 2
        agent.say(Stop())
        watcher.note("cli.stopping")
    elif interruptions.count >= 4:
        agent.kill()


class _Tail:
    """The records of this session, as they come in, without their pieces."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._path: Path | None = None
        self._offset = 0
        self._records: list[RequestRecord] = []

    def follow(self, agent: str) -> None:
        self._path = self._directory / f"records-{agent}.jsonl"

    def records(self) -> list[RequestRecord]:
        if self._path is not None:
            found = read_lines(self._path, RequestRecord, offset=self._offset, keep=without_pieces)
            self._offset = found.offset
            self._records += found.entries
        return self._records
