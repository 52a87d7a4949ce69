"""How is a plan carried out, watched, and brought home?

The parent's side of a run: it makes the run directory, tells the agent to go, tails the journal for the progress
lines, and passes on what Ctrl-C means. The measuring itself happens in the agent; nothing in here can disturb it.
"""

from __future__ import annotations

import secrets
import signal
import string
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import msgspec

from hayai import __version__
from hayai.ask.plan import Limits, Plan, Suite
from hayai.cli.agent_process import AgentProcess
from hayai.cli.environment import environment_facts
from hayai.clock import local_text, now_ns, utc_text, wall_ns
from hayai.errors import AccessError, InstrumentError, Problem, UsageError
from hayai.keep.journal import read_lines
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import SCHEMA_VERSION, Endpoint, Manifest, PromptHash, RunDirectory, prompt_hash, run_name
from hayai.measure.messages import Began, CycleEnded, Ended, Fault, Finish, GoOn, Prepare, Run, Stop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hayai.cli.watching import Watcher

REDRAW_S = 0.125
"""At most eight redraws a second."""


def find_endpoints(agent: AgentProcess, plan: Plan) -> tuple[Endpoint, ...]:
    """Where the requests will go. Raises UsageError or AccessError with all that stands in the way."""
    prepared = agent.prepare(Prepare(targets=plan.targets))
    if not prepared.faults:
        return prepared.endpoints
    if prepared.access:
        first = prepared.faults[0]
        raise AccessError(first.key, **first.values)
    raise UsageError(*_once(prepared.faults))


def _once(faults: Sequence[Fault]) -> list[Problem]:
    """Problems of the targets; the same one at several targets is told once."""
    told: dict[str, Problem] = {}
    for fault in faults:
        place = fault.place.partition(": ")[2] or fault.place
        told.setdefault(f"{fault.key}{fault.values}", Problem(place=place, key=fault.key, values=fault.values))
    return list(told.values())


def create_run(root: Path, plan: Plan, endpoints: tuple[Endpoint, ...], argv: Sequence[str]) -> RunDirectory:
    """Makes the run directory, manifest written, before anything is sent."""
    created = wall_ns()
    stamp = local_text(created)[:16].replace(" ", "T").replace(":", "")
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
        environment=environment_facts(),
    )
    return RunDirectory.create(root, manifest, plan.suite)


@dataclass(slots=True)
class Interruptions:
    """How often the user asked to stop: once means finish what flies, twice means now."""

    count: int = 0
    passed_on: int = 0


@contextmanager
def catching_interruptions() -> Iterator[Interruptions]:
    """Counts Ctrl-C instead of raising; a SIGTERM counts as two."""
    interruptions = Interruptions()

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


def carry_out(agent: AgentProcess, directory: RunDirectory, limits: Limits, watcher: Watcher) -> Ended:
    """Runs the plan to its end, whatever that is. Raises InstrumentError only when the agent died."""
    tail = _Tail(directory)
    with catching_interruptions() as interruptions:
        agent.say(Run(path=str(directory.path), limits=limits))
        began_at_ns = now_ns()
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
                    tail.follow(name)
                case CycleEnded():
                    agent.say(GoOn(go_on=True))
                case Ended():
                    watcher.finish()
                    return message
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
    """The records of this session, as they come in."""

    def __init__(self, directory: RunDirectory) -> None:
        self._directory = directory
        self._path: Path | None = None
        self._offset = 0
        self._records: list[RequestRecord] = []

    def follow(self, agent: str) -> None:
        self._path = self._directory.path / f"records-{agent}.jsonl"

    def records(self) -> list[RequestRecord]:
        if self._path is not None:
            found = read_lines(self._path, RequestRecord, offset=self._offset)
            self._offset = found.offset
            self._records += found.entries
        return self._records


def exit_code(ended: Ended | None, records: Sequence[RequestRecord]) -> int:
    """0, or why not: 130 interrupted, 3 access, 5 too many failures. `ended` is None when the agent died."""
    if ended is None or ended.reason in ("finished_early", "stopped", "disk", "instrument"):
        return 130
    if ended.reason in ("access", "cannot_connect"):
        return 3
    if ended.reason == "failures" or too_many_failures(records):
        return 5
    return 0


def too_many_failures(records: Sequence[RequestRecord]) -> bool:
    """Whether some target failed more often than it answered: what is left says little about it.

    What counts is how a trial ended: an attempt that was retried is not a failure of its own.
    """
    retried = {record.retry_of for record in records}
    for target in {record.target for record in records}:
        own = [r for r in records if r.target == target and r.phase == "measure" and r.id not in retried]
        if own and sum(record.outcome != "ok" for record in own) * 2 > len(own):
            return True
    return False
