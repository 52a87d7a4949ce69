"""Is the answer settled? What the parent computes each time its agent asks whether to go on.

The agent waits for the answer, so nothing is measured meanwhile: what a look needs is loaded while the first cycle is being measured,
and where a look has become slow (a very long run) not every cycle is looked at. That is allowed: the answer holds whenever one looks.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from importlib import import_module

from hayai.ask.plan import Limits, Plan
from hayai.clock import now_ns
from hayai.decide.instrument import Instrument
from hayai.decide.judgements import Detectable, Look
from hayai.keep.records import RequestRecord

SLOW_NS = 20_000_000
"""A look that takes longer than this is slow."""
REST = 10
"""After a slow look there is none for this many times as long."""
NEVER_LEFT_OUT = 2
"""The first looks bring the first answer and the forecast: they are taken however slow they are."""


class Looker:
    """Looks after each cycle of one session. `before`: what earlier sessions measured; `instrument`: what a check of this machine says."""

    def __init__(
        self,
        plan: Plan,
        limits: Limits,
        before: Sequence[RequestRecord],
        *,
        may_end: bool,
        instrument: Instrument | None = None,
    ) -> None:
        self._plan = plan
        self._limits = limits
        self._before = tuple(before)
        self._instrument = instrument
        self._may_end = may_end and plan.rules.stopping != "limits"
        self._has_question = len(plan.targets) - (plan.rules.self_test is not None) > 1
        self._loading = False
        self._looks = 0
        self._took_ns = 0
        self._looked_at_ns = 0
        self.detectable: tuple[Detectable, ...] = ()
        """Which differences the plan can tell from nothing, as soon as that is known; of a run that goes on it was said before."""
        self.answer: Look | None = None
        """What was seen last."""
        self.trouble: Exception | None = None
        """Why the first look that failed did; a run goes on without an answer."""

    def load(self) -> None:
        """Begins to load what a look needs, beside everything else; to be called while the agent is at work. Takes half a second, once."""
        if self._has_question and not self._loading:
            self._loading = True
            threading.Thread(target=self._load).start()

    def _load(self) -> None:
        try:
            look = import_module("hayai.decide.verdict.look")
            if not self._before and self._plan.rules.stopping != "limits":
                self.detectable = look.detectable(self._plan, self._limits)
        except Exception as error:  # noqa: BLE001  Whatever is broken, what was paid for goes on.
            self.trouble = error

    def go_on(self, session: Sequence[RequestRecord]) -> bool:
        """Whether the run must go on, from everything before and what this session has measured. Raises nothing."""
        if not self._has_question or self._rests():
            return True
        try:
            from hayai.decide.verdict.look import look

            began_ns = now_ns()
            pace_ns = pace_of(session, len(self._plan.targets))
            self.answer = look(
                self._plan,
                self._limits,
                (*self._before, *session),
                pace_ns=pace_ns,
                instrument=self._instrument,
            )
            self._looks += 1
            self._looked_at_ns = now_ns()
            self._took_ns = self._looked_at_ns - began_ns
        except Exception as error:  # noqa: BLE001  Whatever is broken, what was paid for goes on.
            self.trouble = self.trouble or error
            return True
        return not (self._may_end and self.answer.enough)

    def _rests(self) -> bool:
        """Whether looking now would cost too much of the time. Looks that were planned beforehand are all taken."""
        if self._looks < NEVER_LEFT_OUT:
            return False
        slow = self._took_ns > SLOW_NS and self._plan.rules.stopping != "fixed"
        return slow and now_ns() - self._looked_at_ns < REST * self._took_ns


def pace_of(session: Sequence[RequestRecord], targets: int) -> int | None:
    """Time per round in ns, as one session went so far; None before its first round."""
    sample = [record for record in session if record.phase == "measure"]
    begun = [record.due_at_ns for record in sample if record.due_at_ns is not None]
    ended = [record.ended_at_ns for record in sample if record.ended_at_ns is not None]
    rounds = len(sample) // targets
    return (max(ended) - min(begun)) // rounds if rounds and begun and ended else None
