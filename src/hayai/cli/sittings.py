"""How is a plan carried out, in one go or in sessions hours apart?

Each session is carried out by an agent of its own, so credentials are as fresh as the session. In between nothing runs but this process,
which looks at the wall clock in short steps: a laptop may sleep meanwhile. Nothing here needs to survive: what has been done and when the
next session begins is read from the run, so after a kill `--resume` goes on as if nothing had happened.
"""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import dataclass, replace
from typing import TextIO

import msgspec

from hayai.ask.plan import Limits
from hayai.cli.agent_process import AgentProcess
from hayai.cli.announcing import span
from hayai.cli.extent import rest_of, session_plan
from hayai.cli.looking import Looker
from hayai.cli.measuring import Interruptions, carry_out, catching_interruptions, find_endpoints
from hayai.cli.sessions import Appointment, limits_of_session, next_appointment
from hayai.cli.spending import spent_on_judges
from hayai.cli.telling import say, sentence, tell_error
from hayai.cli.watching import Watcher
from hayai.clock import now_ns, wall_ns, zoned_text
from hayai.decide.instrument import instrument_of
from hayai.errors import HayaiError, InstrumentError
from hayai.keep.journal import Segment
from hayai.keep.records import without_pieces
from hayai.keep.run_directory import Contents, Event, RunDirectory
from hayai.measure.messages import Ended, Run
from hayai.show.format import clock_span
from hayai.show.locales import Texts

RENEWABLE = (
    "providers.credentials.sso_expired",
    "providers.credentials.login_expired",
    "providers.credentials.process_failed",
    "providers.access.expired",
)
"""Ends of a session that a new login can cure."""
LOGIN_LOOK_S = 3.0
"""How often it is looked whether there is one."""
LEAST_S = 30.0
"""Time that is left at least to a run that was paused."""
STEP_S = 0.25
"""How often the wall clock is looked at, and Ctrl-C is heard, between sessions."""
PAUSES_S = (1, 5, 15, 30, 60, 60, 60, 60)
"""Pauses between the attempts to reach the services again when a later session begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sittings:
    """A run on its way: everything that is left of it under `limits`."""

    directory: RunDirectory
    limits: Limits
    texts: Texts
    may_end: bool
    """Whether a settled answer ends it before its limits."""
    stream: TextIO | None = None
    """Where progress is shown; None: stderr."""

    def measure(self, agent: AgentProcess, interruptions: Interruptions | None = None) -> Ended | None:
        """Carries it out to its end, whatever that is; `agent` begins. None when an agent died; a message has told so.

        `interruptions`: counted by whoever calls; None: Ctrl-C is counted here.
        """
        with catching_interruptions(interruptions) as counted:
            contents = self.directory.read(without_pieces)
            if contents.plan.sessions is None:
                return self._until_over(agent, contents, counted)
            return self._sessions(agent, contents, counted)

    def _until_over(self, agent: AgentProcess, contents: Contents, interruptions: Interruptions) -> Ended | None:
        """One session; where a login ends in its middle and somebody sits at the terminal, it pauses until there is a new one."""
        began_ns = now_ns()
        ended = self._sit(agent, contents, None, interruptions)
        while ended is not None and ended.fault is not None and ended.fault.key in RENEWABLE and sys.stderr.isatty():
            say([f"hayai: {sentence(ended.fault.key, ended.fault.values, self.texts)}", self.texts("cli.paused")])
            agent.close()
            paused_ns = now_ns()
            if not self._renewed(agent, contents, interruptions):
                return ended
            began_ns += now_ns() - paused_ns
            contents = self.directory.read(without_pieces)
            left_s = max(LEAST_S, self.limits.max_time_s - (now_ns() - began_ns) / 1e9)
            rest = replace(self, limits=msgspec.structs.replace(self.limits, max_time_s=left_s))
            with agent.fresh() as another:
                find_endpoints(another, contents.plan, is_unwanted=lambda: interruptions.count > 0)
                say([self.texts("cli.goes_on")])
                ended = rest._sit(another, contents, None, interruptions)  # noqa: SLF001  (it is this one, with less time)
        return ended

    def _renewed(self, agent: AgentProcess, contents: Contents, interruptions: Interruptions) -> bool:
        """Whether the credentials came back before somebody had enough."""
        while _rest(LOGIN_LOOK_S, interruptions):
            with agent.fresh() as another:
                try:
                    find_endpoints(another, contents.plan, is_unwanted=lambda: interruptions.count > 0)
                except HayaiError:
                    continue
                except KeyboardInterrupt:
                    return False
                return True
        return False

    def _sessions(self, agent: AgentProcess, contents: Contents, interruptions: Interruptions) -> Ended | None:
        ended: Ended | None = None
        first: AgentProcess | None = agent
        while (appointment := next_appointment(contents)) is not None:
            if appointment.begins_wall_ns is not None and appointment.begins_wall_ns > wall_ns():
                agent.close()
                first = None
                if not self._wait(contents, appointment, appointment.begins_wall_ns, interruptions):
                    return Ended(reason="finished_early")
            if first is not None:
                ended = self._sit(first, contents, appointment, interruptions)
                agent.close()
                first = None
            else:
                ended = self._sit_later(agent, contents, appointment, interruptions)
            if ended is None or ended.reason not in ("cycles", "max_time"):
                return ended
            contents = self.directory.read(without_pieces)
        return ended

    def _sit_later(
        self, agent: AgentProcess, contents: Contents, appointment: Appointment, interruptions: Interruptions
    ) -> Ended | None:
        """A session with an agent of its own. A machine that has just woken up may still be without a network: that gets some patience."""
        pauses_s = iter(PAUSES_S)
        while True:
            with agent.fresh() as another:
                try:
                    find_endpoints(another, contents.plan, is_unwanted=lambda: interruptions.count > 0)
                except KeyboardInterrupt:
                    return Ended(reason="finished_early")
                except HayaiError as error:
                    say([tell_error(error, self.texts)])
                    return None if isinstance(error, InstrumentError) else Ended(reason="access")
                ended = self._sit(another, contents, appointment, interruptions)
            pause_s = next(pauses_s, None)
            if ended is None or ended.reason != "cannot_connect" or pause_s is None:
                return ended
            say([self.texts("cli.no_connection_yet", time=span(pause_s, self.texts))])
            if not _rest(pause_s, interruptions):
                return Ended(reason="finished_early")

    def _sit(
        self, agent: AgentProcess, contents: Contents, appointment: Appointment | None, interruptions: Interruptions
    ) -> Ended | None:
        """One session."""
        plan, records, limits = contents.plan, contents.records, self.limits
        first_cycle = 0
        if appointment is not None:
            limits = limits_of_session(plan, limits, appointment, records)
            first_cycle = appointment.first_cycle
        rounds = rest_of(plan, limits, records, first_cycle=first_cycle).rounds
        prices = contents.manifest.prices
        watcher = Watcher(session_plan(plan, limits, rounds), self.texts, os.environ, self.stream, prices)
        looker = Looker(
            plan,
            self.limits,
            records,
            may_end=self.may_end and appointment is None,
            instrument=instrument_of(contents.manifest),
        )
        run = Run(
            path=str(self.directory.path),
            limits=limits,
            session=None if appointment is None else appointment.number,
            first_cycle=first_cycle,
            elsewhere_usd=spent_on_judges(self.directory, limits),
        )
        try:
            return carry_out(agent, run, watcher, looker, interruptions)
        except InstrumentError as error:
            say([f"hayai: {sentence(error.key, error.values, self.texts)}"])
            return None

    def _wait(
        self, contents: Contents, appointment: Appointment, begins_wall_ns: int, interruptions: Interruptions
    ) -> bool:
        """Waits for the next session's time. False: somebody has had enough. JournalError when another hayai has taken the run over."""
        self._note_pause(contents, appointment, begins_wall_ns)
        watcher = Watcher(contents.plan, self.texts, os.environ, self.stream)
        self.directory.lock()
        try:
            while (left_ns := begins_wall_ns - wall_ns()) > 0:
                if interruptions.count:
                    return False
                watcher.wait(
                    self.texts(
                        "cli.waiting",
                        number=appointment.number + 1,
                        count=appointment.count,
                        time=zoned_text(begins_wall_ns),
                        left=clock_span(left_ns, self.texts),
                    ),
                    now_at_ns=now_ns(),
                )
                threading.Event().wait(min(STEP_S, left_ns / 1e9))
        finally:
            watcher.finish()
            self.directory.unlock()
        return True

    def _note_pause(self, contents: Contents, appointment: Appointment, begins_wall_ns: int) -> None:
        """Keeps in the run what it waits for."""
        agent = contents.events[-1].agent
        details = {"session": appointment.number, "begins_wall_ns": begins_wall_ns}
        segment = Segment(self.directory.path / "events.jsonl")
        try:
            segment.append(Event(kind="waiting", agent=agent, at_ns=now_ns(), wall_ns=wall_ns(), details=details))
        finally:
            segment.close()


def _rest(seconds: float, interruptions: Interruptions) -> bool:
    """Waits. False: somebody has had enough."""
    until_ns = now_ns() + round(seconds * 1e9)
    while now_ns() < until_ns:
        if interruptions.count:
            return False
        threading.Event().wait(STEP_S)
    return True
