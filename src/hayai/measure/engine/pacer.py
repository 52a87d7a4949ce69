"""When may the next request leave, where the run has a rate?

At slots, of which each takes one request, for whichever target. A slot comes one interval after the request before it has really left: a
late one pushes the others back, and nothing catches up. So no two requests are ever closer together than the rate allows, which is what a
quota asks for. A slot that nobody is ready for waits for the first who is, and the next one counts from there.

Requests come near their slot in two steps. Half a second before it one is let near: then it is built, signed and given a connection, so
that neither a signature nor a connection grows old in the queue. Of those that are ready the first takes the slot. Whoever goes on with a
round (its next target, a retry) goes before whoever begins one, so that the requests of a round stay close together.
"""

from __future__ import annotations

import asyncio
from heapq import heappop, heappush

from hayai.alarm import make_alarm
from hayai.clock import now_ns
from hayai.measure.engine.self_watch import Lateness

NEAR_NS = 500_000_000
"""How long before its slot a request is made ready: enough to open a connection, and less than any service keeps one idle."""


class Turn:
    """One request's place in the queue. First `near`, then, when it is ready, `due`, and `left` when it has left or never will."""

    __slots__ = ("_key", "_near", "_pacer", "_slot", "due_at_ns", "ready_at_ns", "until_ns")

    def __init__(self, pacer: Pacer, key: tuple[bool, int], until_ns: int | None) -> None:
        loop = asyncio.get_running_loop()
        self._pacer = pacer
        self._key = key
        self._near: asyncio.Future[bool] = loop.create_future()
        self._slot: asyncio.Future[int | None] = loop.create_future()
        self.until_ns = until_ns
        self.ready_at_ns = 0
        self.due_at_ns = 0

    def __lt__(self, other: Turn) -> bool:
        return self._key < other._key

    async def near(self) -> bool:
        """True when it is time to make the request ready; False when its slot will not come any more."""
        return await self._near

    async def due(self) -> int | None:
        """The request is ready. Returns at its slot, with the instant at which it was due; None when that will not come any more."""
        self.ready_at_ns = now_ns()
        self._pacer.queue(self)
        return await self._slot

    def left(self, sent_at_ns: int | None) -> None:
        """The request has left, sent at this instant (None: it could not be sent). The next slot counts from now."""
        self._pacer.left(self, sent_at_ns)

    def let_near(self) -> None:
        """For the pacer: answers `near` with yes."""
        if not self._near.done():
            self._near.set_result(True)

    def let_go(self, slot_ns: int) -> None:
        """For the pacer: answers `due`. Due is the later of the two: its slot has come, and it is ready."""
        self.due_at_ns = max(slot_ns, self.ready_at_ns)
        if not self._slot.done():
            self._slot.set_result(self.due_at_ns)

    def refuse(self) -> None:
        """For the pacer: answers both with no."""
        if not self._near.done():
            self._near.set_result(False)
        if not self._slot.done():
            self._slot.set_result(None)


class Pacer:
    """Gives requests their slots, in one session. To be closed."""

    def __init__(self, interval_ns: int, *, first_at_ns: int) -> None:
        """`first_at_ns`: no slot comes before."""
        self.interval_ns = interval_ns
        self._slot_ns = first_at_ns
        """When the next slot comes, or since when it has been waiting for somebody."""
        self._count = 0
        self._waiting: list[Turn] = []
        self._ready: list[Turn] = []
        self._near = 0
        """Turns that were let near and have not left."""
        self._leaving: Turn | None = None
        self._stopped = False
        self._alarm = make_alarm(asyncio.get_running_loop(), self._move)
        self.lateness = Lateness()

    def turn(self, *, begins: bool, until_ns: int | None = None) -> Turn:
        """A place in the queue: behind all others, but for those that begin a round when this one goes on with one.

        `until_ns`: it is refused when its slot would come at this instant or later.
        """
        self._count += 1
        turn = Turn(self, (begins, self._count), until_ns)
        if self._stopped:
            turn.refuse()
        else:
            heappush(self._waiting, turn)
            self._move()
        return turn

    def queue(self, turn: Turn) -> None:
        """Takes a turn that is ready to leave."""
        if self._stopped:
            turn.refuse()
        else:
            heappush(self._ready, turn)
            self._move()

    def left(self, turn: Turn, sent_at_ns: int | None) -> None:
        """Takes note of a turn that has left, or could not: either way its slot is used."""
        self._slot_ns = now_ns() + self.interval_ns
        self._near -= 1
        self._leaving = None
        if sent_at_ns is not None:
            self.lateness.take(sent_at_ns - turn.due_at_ns)
        self._move()

    def stop(self) -> None:
        """Gives no slot any more: whoever waits is refused, and whoever comes."""
        self._stopped = True
        for turn in (*self._waiting, *self._ready):
            turn.refuse()
        self._waiting.clear()
        self._ready.clear()

    def close(self) -> None:
        """Never rings again."""
        self.stop()
        self._alarm.close()

    def _move(self) -> None:
        """Does whatever it is time for."""
        now = now_ns()
        # A slot for each of those that are near already; the next in the queue has the one after them.
        while self._waiting:
            slot_ns = max(self._slot_ns, now) + self._near * self.interval_ns
            until_ns = self._waiting[0].until_ns
            if until_ns is not None and slot_ns >= until_ns:
                heappop(self._waiting).refuse()
            elif slot_ns - now <= NEAR_NS:
                self._near += 1
                heappop(self._waiting).let_near()
            else:
                break
        if self._ready and self._leaving is None and now >= self._slot_ns:
            self._leaving = heappop(self._ready)
            self._leaving.let_go(self._slot_ns)
        self._arm(now)

    def _arm(self, now: int) -> None:
        """Sets the alarm for what comes next by itself; all else comes when somebody gets ready or leaves."""
        if self._leaving is not None or now >= self._slot_ns:
            return
        at_ns = self._slot_ns if self._ready else None
        if self._waiting:
            near_ns = self._slot_ns + self._near * self.interval_ns - NEAR_NS
            at_ns = near_ns if at_ns is None else min(at_ns, near_ns)
        if at_ns is not None:
            self._alarm.set(at_ns)
