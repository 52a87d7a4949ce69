"""How does one session write into its run?

A session (the first of a run, or a resume) owns its segments: nobody else writes there. The answer goes out first and
the record after it: the record is the commit, and an answer without a record is as if it had never been.
"""

from __future__ import annotations

import contextlib

import msgspec

from hayai.clock import now_ns, wall_ns
from hayai.keep.journal import Segment
from hayai.keep.records import AnswerText, RequestRecord
from hayai.keep.run_directory import Event, RunDirectory


class Session:
    """The open segments of one agent in one run."""

    __slots__ = ("_events", "_records", "_texts", "agent", "count", "directory")

    def __init__(self, directory: RunDirectory, agent: str, *, save_texts: bool) -> None:
        self.directory = directory
        self.agent = agent
        self.count = 0
        self._events = Segment(directory.path / "events.jsonl")
        self._texts = Segment(directory.path / f"texts-{agent}.jsonl") if save_texts else None
        self._records = Segment(directory.path / f"records-{agent}.jsonl")

    def next_id(self) -> str:
        """The id of the next record: `a1-17`."""
        self.count += 1
        return f"{self.agent}-{self.count}"

    def append(self, record: RequestRecord, answer: AnswerText | None) -> None:
        """Keeps one finished attempt. Raises JournalError when the disk does not take it."""
        if self._texts is not None and answer is not None:
            self._texts.append(answer)
        self._records.append(record)

    def event(self, kind: str, **details: object) -> None:
        """Keeps something that happened to the run as a whole, anchored on both clocks."""
        self._events.append(
            Event(kind=kind, agent=self.agent, at_ns=now_ns(), wall_ns=wall_ns(), details=msgspec.to_builtins(details))
        )

    def sync(self) -> None:
        """Asks the disk to have everything."""
        for segment in self._segments():
            segment.sync()

    def close(self) -> None:
        """Syncs and closes all segments. Raises JournalError when the disk lost something, with all of them closed."""
        with contextlib.ExitStack() as closing:
            for segment in self._segments():
                closing.callback(segment.close)

    def _segments(self) -> list[Segment]:
        return [segment for segment in (self._texts, self._records, self._events) if segment is not None]
