"""What does the user see while it runs?

The provisional answer and the progress on stderr: redrawn in place on a terminal. Elsewhere (a log, a CI server) lines stay, so progress is
told now and then, and the answer after every cycle, unless cycles take less than a second.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from hayai.ask.plan import ModePrice, Plan
from hayai.cli.telling import fitted, put, sentence, size_of
from hayai.decide.judgements import Detectable, Look
from hayai.decide.progress import Tally, progress
from hayai.keep.records import RequestRecord
from hayai.show.format import cut
from hayai.show.locales import Texts
from hayai.show.progress import progress_line, progress_lines
from hayai.show.sections.look import detectable_line, look_lines

REDRAW_EVERY_NS = 125_000_000
"""At most eight redraws a second, however often something happens."""
PLAIN_EVERY_NS = 10_000_000_000
"""Where lines cannot be redrawn, one line of progress in ten seconds is enough."""
PLAIN_WAIT_EVERY_NS = 600_000_000_000
"""The same while the next session is waited for."""
ANSWER_EVERY_NS = 1_000_000_000
"""There, an answer is told a second after the one before at the earliest; of those in between, the last. The first interval and the first
forecast do not wait."""


class Watcher:
    """Draws the progress of one session."""

    def __init__(
        self,
        plan: Plan,
        texts: Texts,
        environment: Mapping[str, str],
        stream: TextIO | None = None,
        prices: Sequence[ModePrice] = (),
    ) -> None:
        self._plan = plan
        self._texts = texts
        self._stream = sys.stderr if stream is None else stream
        self._redraws = self._stream.isatty() and environment.get("TERM") != "dumb"
        self._drawn: list[str] = []
        self._drawn_at_ns: int | None = None
        self._tally = Tally(prices=prices)
        self._counted = 0
        self._last_plain_ns = 0
        self._seen: Look | None = None
        self._answer: tuple[str, ...] = ()
        self._answer_told_ns: int | None = None
        self._answer_is_told = True
        self._ever_told: set[str] = set()

    def draw(self, records: Sequence[RequestRecord], *, began_at_ns: int, now_at_ns: int) -> None:
        """Shows where the run stands. `records`: all of the session, in order. Cheap to call too often."""
        if not records:
            return
        self._tally.take(records[self._counted :])
        self._counted = len(records)
        if self._redraws:
            if self._drawn_at_ns is not None and now_at_ns - self._drawn_at_ns < REDRAW_EVERY_NS:
                return
            self._drawn_at_ns = now_at_ns
            state = progress(self._plan, self._tally, began_at_ns=began_at_ns, now_at_ns=now_at_ns)
            columns, rows = size_of(self._stream)
            # One cell and one row stay free: a full last column or a full screen would scroll, and leave debris.
            answer = [cut(line, columns - 1) for line in self._answer]
            self._replace([*answer, *progress_lines(state, self._texts, width=columns - 1)][-(rows - 1) :])
            return
        self._tell_answer(now_at_ns)
        if now_at_ns - self._last_plain_ns >= PLAIN_EVERY_NS:
            if self._last_plain_ns:
                state = progress(self._plan, self._tally, began_at_ns=began_at_ns, now_at_ns=now_at_ns)
                put(self._stream, progress_line(state, self._texts) + "\n")
            self._last_plain_ns = now_at_ns

    def answer(self, look: Look | None, *, now_at_ns: int) -> None:
        """What can be said so far: it stays above the progress lines; elsewhere it is told, though not in a flood."""
        if look is None or look is self._seen:
            return
        self._seen = look
        self._answer = look_lines(look, [target.name for target in self._plan.targets], self._texts)
        self._answer_is_told = False
        news = _what_is_in(look) - self._ever_told
        self._ever_told |= news
        self._tell_answer(now_at_ns, at_once=bool(news))

    def wait(self, line: str, *, now_at_ns: int) -> None:
        """A line that says what is waited for, and how long still."""
        if self._redraws:
            self._replace([cut(line, size_of(self._stream)[0] - 1)])
        elif not self._last_plain_ns or now_at_ns - self._last_plain_ns >= PLAIN_WAIT_EVERY_NS:
            self._last_plain_ns = now_at_ns
            put(self._stream, line + "\n")

    def note(self, key: str, **values: object) -> None:
        """Says something once, above the progress lines."""
        self._say(sentence(key, values, self._texts))

    def tell_detectable(self, found: Sequence[Detectable]) -> None:
        """Which differences the plan can tell: known only when what computes it is loaded, and the first requests did not wait for that."""
        self._say(detectable_line(found, self._texts))

    def _say(self, line: str) -> None:
        drawn = self._drawn
        self._replace([])
        put(self._stream, fitted(line, self._stream) + "\n")
        self._replace(drawn)

    def finish(self) -> None:
        """The session is over: the progress lines have done their work, and the last answer must not be missing in a log."""
        self._tell_answer(None)
        self._replace([])

    def _tell_answer(self, now_at_ns: int | None, *, at_once: bool = False) -> None:
        """Tells the last answer where lines stay, if it has not been told and it is time; None: the session is over."""
        last = self._answer_told_ns
        early = now_at_ns is not None and last is not None and now_at_ns - last < ANSWER_EVERY_NS
        if self._redraws or self._answer_is_told or (early and not at_once):
            return
        self._answer_is_told = True
        self._answer_told_ns = now_at_ns
        put(self._stream, "".join(f"{fitted(line, self._stream)}\n" for line in self._answer))

    def _replace(self, lines: list[str]) -> None:
        if not self._redraws or lines == self._drawn:
            return
        up = f"\x1b[{len(self._drawn)}F" if self._drawn else ""
        body = "".join(f"\x1b[2K{line}\n" for line in lines)
        put(self._stream, f"{up}\x1b[J{body}")
        self._drawn = lines


def _what_is_in(look: Look) -> set[str]:
    """The targets that have an interval, and "" for a forecast: what is worth telling as soon as it is there for the first time."""
    found = {
        verdict.target
        for verdict in look.verdicts
        if verdict.headline is not None and verdict.headline.anytime is not None
    }
    return found if look.forecast is None else {*found, ""}
