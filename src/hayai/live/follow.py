"""What has happened in this run since somebody looked last?

Reads the journal on from where it stopped, as the command's own progress lines do: nothing is asked of the measuring process. What a
browser gets is made here once, for all readers together: counts, and the race of every round that has become complete.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from hayai.ask.plan import Plan
from hayai.decide.findings import Progress
from hayai.decide.progress import Tally, progress
from hayai.decide.races import Race, Round, races
from hayai.keep.journal import read_lines
from hayai.keep.query import regions_of
from hayai.keep.records import AnswerText, RequestRecord, without_pieces
from hayai.keep.run_directory import Event, Manifest, RunDirectory

T = TypeVar("T")

MOST_RACES = 60
"""Races kept for whoever comes late: the newest of each prompt, of the prompts that ran last."""


class Follower:
    """One run, followed from its first line on. `races` are the newest complete rounds, one for each prompt."""

    def __init__(self, path: Path) -> None:
        """JournalError when there is no run at `path`, or none that this version can read."""
        self.directory = RunDirectory(path)
        self.manifest: Manifest = self.directory.manifest()
        self.plan: Plan = self.directory.plan()
        self.names = [target.name for target in self.plan.targets]
        self.races: dict[str, Race] = {}
        self.rounds = 0
        self._tally = Tally()
        self._offsets: dict[Path, int] = {}
        self._open: dict[Round, dict[str, RequestRecord]] = {}
        self._told: dict[Round, dict[str, RequestRecord]] = {}
        self._answers: dict[str, AnswerText] = {}
        self._began: Event | None = None
        self._ended: Event | None = None
        self._agents: set[str] = set()

    def look(self) -> list[Race]:
        """Reads what is new. Returns the races of the rounds that have become complete with it."""
        for event in self._new(self.directory.path / "events.jsonl", Event):
            if event.kind == "began":
                self._began, self._ended = event, None
                self._agents.add(event.agent)
            elif event.kind == "ended":
                self._ended = event
        found = [record for path in self.directory.segments("records") for record in self._new(path, RequestRecord)]
        for path in self.directory.segments("texts"):
            self._answers.update((answer.id, answer) for answer in self._new(path, AnswerText))
        self._tally.take(map(without_pieces, found))
        new = [race for record in found if record.phase == "measure" for race in self._place(record)]
        self.rounds += len(new)
        for race in new:
            self.races.pop(race.prompt, None)
            self.races[race.prompt] = race
        while len(self.races) > MOST_RACES:
            del self.races[next(iter(self.races))]
        return new

    def progress(self, now_at_ns: int) -> Progress | None:
        """Where the run stands; None before it began to measure. How much time is left is told of a run's first session only."""
        if self._began is None:
            return None
        until = now_at_ns if self._ended is None else self._ended.at_ns
        return progress(self.plan, self._tally, began_at_ns=self._began.at_ns, now_at_ns=until)

    @property
    def is_later_session(self) -> bool:
        """Whether earlier sessions have measured a part: the pace of this one says nothing about all of it."""
        return len(self._agents) > 1

    @property
    def ended(self) -> str | None:
        """Why the last session ended; None while it goes on, and when nobody was left to say so."""
        return None if self._ended is None else str(self._ended.details.get("reason"))

    @property
    def measuring(self) -> bool:
        """Whether somebody is measuring: the session has begun, has not ended, and its process is there."""
        return is_measuring([event for event in (self._began, self._ended) if event is not None], self.manifest)

    def _new(self, path: Path, kind: type[T]) -> list[T]:
        found = read_lines(path, kind, offset=self._offsets.get(path, 0))
        self._offsets[path] = found.offset
        return found.entries

    def _place(self, record: RequestRecord) -> list[Race]:
        """Puts a record into its round. The last attempt counts, of the last time that the round was tried."""
        key = (record.prompt, record.cycle)
        # What was told already is told again when a retry changes it.
        sides = self._open.setdefault(key, self._told.pop(key, {}))
        if any(other.round_try < record.round_try for other in sides.values()):
            sides.clear()
        sides[record.target] = record
        if len(sides) < len(self.names):
            return []
        made = races(sides.values(), self._answers, self.names, {}, regions_of(list(sides.values()), {}))
        self._told[key] = self._open.pop(key)
        while len(self._told) > MOST_RACES:
            for side in self._told.pop(next(iter(self._told))).values():
                self._answers.pop(side.id, None)
        return list(made)


def is_measuring(events: Sequence[Event], manifest: Manifest) -> bool:
    """Whether the last session of these events goes on: it has not told its end, and its process lives on this machine."""
    last = next((event for event in reversed(events) if event.kind in ("began", "ended")), None)
    if last is None or last.kind == "ended" or manifest.environment.get("host") != platform.node():
        return False
    pid = last.details.get("pid")
    return isinstance(pid, int) and _lives(pid)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
