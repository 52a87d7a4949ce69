"""How do many readers follow one run? One follower reads the journal for all of them; each reader has a short queue.

A reader who falls behind is not waited for, and costs no memory: his queue is emptied, and he gets everything anew. While nobody looks,
nothing is read.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from hayai.clock import now_ns
from hayai.errors import HayaiError
from hayai.live.follow import Follower
from hayai.live.runs import Work
from hayai.show.html.live import told_state
from hayai.show.html.race_data import player, raced
from hayai.show.locales import Texts

EVERY_S = 0.25
"""Four looks a second: as fast as numbers can be read, and nothing to the machine."""
REST = 10
"""After an answer was worked out there is none for this many times as long as that took."""
ANSWER_EVERY_NS = 1_000_000_000
QUEUED = 32
MOST_READERS = 64
HEARTBEAT_S = 15.0
"""A comment now and then, so that whoever stands in between keeps the connection, and we learn of readers who are gone."""
RETRY_MS = 1000


class Hub:
    """One run and its readers."""

    def __init__(self, path: Path, texts: Texts, work: Work) -> None:
        """JournalError when there is no such run."""
        self._follower = Follower(path)
        self._texts = texts
        self._work = work
        self._readers: set[asyncio.Queue[bytes]] = set()
        self._task: asyncio.Task[None] | None = None
        self._reading = asyncio.Lock()
        self._told: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self._answering: asyncio.Task[None] | None = None
        self._answered_at = 0
        self._next_answer_ns = 0
        self._state: dict[str, Any] = {}
        self._places = {name: place for place, name in enumerate(self._follower.names)}

    @property
    def names(self) -> list[str]:
        """The targets, in the plan's order."""
        return self._follower.names

    @property
    def has_readers(self) -> bool:
        """Whether somebody follows it now."""
        return bool(self._readers)

    @property
    def over(self) -> bool:
        """Nobody is measuring, and something was measured: there is a report to be shown."""
        return not self._follower.measuring and self._follower.rounds > 0

    async def everything(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """How things stand, and the player with all races, as of now."""
        await self._look()
        names = [f"[{number}] {name}" for number, name in enumerate(self.names, 1)]
        return self._state, {**player(names, self._texts), "races": self._all_races()}

    async def read(self) -> AsyncGenerator[bytes, None]:
        """Server-sent events for one reader, until he goes away. RuntimeError when there are too many already."""
        if len(self._readers) >= MOST_READERS:
            raise RuntimeError("too many readers")
        # Counted before anything is waited for: many may come at once.
        queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUED)
        self._readers.add(queue)
        try:
            await self._look()
            _empty(queue)
            yield f"retry: {RETRY_MS}\n\n".encode() + self._all()
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._follow())
            while True:
                try:
                    yield await asyncio.wait_for(queue.get(), HEARTBEAT_S)
                except TimeoutError:
                    yield b": still here\n\n"
        finally:
            self._readers.discard(queue)

    async def _follow(self) -> None:
        """Tells all readers what is new, for as long as there are any."""
        while self._readers:
            await asyncio.sleep(EVERY_S)
            try:
                await self._look()
            except HayaiError:
                continue  # The folder may be on its way somewhere else; whoever looks will be told so.

    async def _look(self) -> None:
        async with self._reading:
            new = await asyncio.to_thread(self._follower.look)
            if new:
                self._send("races", [raced(race, self._places, self._texts) for race in new])
            state = self._state_now()
            if state != self._state:
                self._state = state
                self._send("state", state)
            self._answer()
            if self.over and self._answered_at == self._follower.rounds:
                self._send("over", {})

    def _state_now(self) -> dict[str, Any]:
        follower = self._follower
        told, cautions = self._told
        return told_state(
            follower.progress(now_ns()),
            self._texts,
            measuring=follower.measuring,
            told=told,
            cautions=cautions,
            untimed=follower.is_later_session or not follower.measuring,
        )

    def _answer(self) -> None:
        """Has the provisional answer worked out, where rounds have come since the last one, and it is time."""
        rounds = self._follower.rounds
        if rounds == self._answered_at or now_ns() < self._next_answer_ns:
            return
        if self._answering is None or self._answering.done():
            self._answering = asyncio.create_task(self._work_out(rounds))

    async def _work_out(self, rounds: int) -> None:
        from hayai.live.work import CannotShow, so_far

        began = now_ns()
        try:
            self._told = await self._work(so_far, str(self._follower.directory.path), self._texts.language)
        except CannotShow as error:
            self._told = ((), (str(error),))
        finally:
            self._next_answer_ns = now_ns() + max(ANSWER_EVERY_NS, REST * (now_ns() - began))
        self._answered_at = rounds

    def _all_races(self) -> list[dict[str, Any]]:
        return [raced(race, self._places, self._texts) for race in self._follower.races.values()]

    def _all(self) -> bytes:
        return event("all", {"state": self._state, "races": self._all_races()})

    def _send(self, kind: str, told: object) -> None:
        message = event(kind, told)
        for queue in self._readers:
            if queue.full():
                _empty(queue)
                queue.put_nowait(self._all())
            queue.put_nowait(message)


def _empty(queue: asyncio.Queue[bytes]) -> None:
    while not queue.empty():
        queue.get_nowait()


def event(kind: str, told: object) -> bytes:
    """One server-sent event. JSON has no line feeds of its own, so it is one line of data."""
    return f"event: {kind}\ndata: {json.dumps(told, ensure_ascii=False, allow_nan=False)}\n\n".encode(
        "utf-8", "replace"
    )
