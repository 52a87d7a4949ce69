"""What does the user see while it runs?

Progress on stderr, redrawn in place on a terminal, one line now and then elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from hayai.ask.plan import Plan
from hayai.cli.telling import fitted, put, sentence, size_of
from hayai.decide.progress import progress
from hayai.keep.records import RequestRecord
from hayai.show.locales import Texts
from hayai.show.progress import progress_line, progress_lines

PLAIN_EVERY_NS = 10_000_000_000
"""Where lines cannot be redrawn (a log, a CI server), one line in ten seconds is enough."""


class Watcher:
    """Draws the progress of one run."""

    def __init__(self, plan: Plan, texts: Texts, environment: Mapping[str, str], stream: TextIO | None = None) -> None:
        self._plan = plan
        self._texts = texts
        self._stream = sys.stderr if stream is None else stream
        self._redraws = self._stream.isatty() and environment.get("TERM") != "dumb"
        self._drawn: list[str] = []
        self._last_plain_ns = 0

    def draw(self, records: Sequence[RequestRecord], *, began_at_ns: int, now_at_ns: int) -> None:
        """Shows where the run stands. Cheap to call too often."""
        if not records:
            return
        if self._redraws:
            state = progress(self._plan, records, began_at_ns=began_at_ns, now_at_ns=now_at_ns)
            columns, rows = size_of(self._stream)
            # One cell and one row stay free: a full last column or a full screen would scroll, and leave debris.
            self._replace(progress_lines(state, self._texts, width=columns - 1)[-(rows - 1) :])
        elif now_at_ns - self._last_plain_ns >= PLAIN_EVERY_NS:
            if self._last_plain_ns:
                state = progress(self._plan, records, began_at_ns=began_at_ns, now_at_ns=now_at_ns)
                put(self._stream, progress_line(state, self._texts) + "\n")
            self._last_plain_ns = now_at_ns

    def note(self, key: str, **values: object) -> None:
        """Says something once, above the progress lines."""
        drawn = self._drawn
        self._replace([])
        put(self._stream, fitted(sentence(key, values, self._texts), self._stream) + "\n")
        self._replace(drawn)

    def finish(self) -> None:
        """The run is over: the progress lines have done their work."""
        self._replace([])

    def _replace(self, lines: list[str]) -> None:
        if not self._redraws or lines == self._drawn:
            return
        up = f"\x1b[{len(self._drawn)}F" if self._drawn else ""
        body = "".join(f"\x1b[2K{line}\n" for line in lines)
        put(self._stream, f"{up}\x1b[J{body}")
        self._drawn = lines
