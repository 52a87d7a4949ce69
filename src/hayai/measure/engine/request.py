"""How is one trial carried out?

Everything that can be done before a request is due is done before: built, signed, a connection leased. Where the run has
a rate, it then waits for its slot. It leaves in one write, the connection records what comes back, and after the end the
exchange is folded into one record per attempt and appended. Expected failures become outcomes here; anything else is a
broken instrument and stops the run.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from hayai.ask.plan import Plan, Prompt, Target, Timeouts, Trial
from hayai.ask.rounds import nonce, resolve_max_tokens
from hayai.clock import now_ns
from hayai.keep.records import AnswerText, ConnectionFacts, Failure, Outcome, RequestRecord
from hayai.keep.session import Session
from hayai.measure.engine.fold import Folded, fold, longest_lag_ns
from hayai.measure.engine.pacer import Pacer, Turn
from hayai.measure.net.connection import Waits
from hayai.measure.net.dial import DialError
from hayai.measure.net.exchange import Exchange
from hayai.measure.providers.contract import HttpRequest, Provider

MACHINE = "m1"
"""Name of this machine in records; its host name stands in the manifest only."""

SIMULATED = "x-hayai-sim"
"""Prefix of the headers by which our simulator says that it is one. Always kept: no simulated answer may pass for a real one."""

RETRYABLE: frozenset[Outcome] = frozenset({"throttled", "server_error", "cut_off", "no_connection"})
BACKOFF_FIRST_S, BACKOFF_MOST_S = 0.5, 20.0

Encode = Callable[[HttpRequest], bytes]
"""Signs a request and puts it into the bytes of one write."""


class Carrier(Protocol):
    """What takes one request at a time to the service and brings the answer: a connection, or a place in an SDK."""

    @property
    def facts(self) -> ConnectionFacts | None:
        """What a record keeps of it."""

    @property
    def partial(self) -> Exchange | None:
        """The latest exchange, complete or not."""

    async def exchange(self, request: bytes, waits: Waits, *, on_sent: Callable[[int], None] | None = None) -> Exchange:
        """Sends it; what came back, however it ended."""

    def still_open(self) -> bool:
        """Whether it can take another one."""

    def close(self) -> None:
        """Never to be used again."""


class Carriers(Protocol):
    """Those of one target."""

    async def open_ahead(self, count: int) -> None:
        """Makes so many ready, so that no request waits for that."""

    async def lease(self) -> Any:
        """One that is idle, or a new one."""

    async def lease_new(self) -> Any:
        """A new one."""

    def give_back(self, carrier: Any, /) -> None:
        """Takes it back."""

    def close(self) -> None:
        """Closes all of them."""


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """One target, ready to be asked."""

    target: Target
    provider: Provider
    encode: Encode
    pool: Carriers


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt, ready to leave. `connection` is None when none could be had; `refusal` says why."""

    trial: Trial
    lane: Lane
    wire: bytes
    connection: Carrier | None
    refusal: DialError | None = None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt on its way: what names it in the record."""

    id: str
    prepared: Prepared
    number: int
    retry_of: str | None
    due_at_ns: int


class Allowance(Protocol):
    """Who says whether one more request may be sent. Much can happen while a retry waits, so it is asked before and after."""

    def left(self) -> bool:
        """Whether waiting for one more request makes sense now."""

    def take(self, trial: Trial) -> bool:
        """Takes one more request of `trial` from the limits; False: it may not be sent."""

    def settle(self, trial: Trial, record: RequestRecord) -> None:
        """An attempt of `trial` has ended, however it did."""

    def ends_at_ns(self) -> int:
        """When the time is over: no request that waits for a slot leaves then or later."""


class Requests:
    """Carries out trials of one plan within one session."""

    __slots__ = ("_fold_turn", "_lanes", "_plan", "_prompts", "_rng", "_session", "_waits", "pacer")

    def __init__(
        self,
        plan: Plan,
        session: Session,
        lanes: Mapping[str, Lane],
        prompts: Mapping[str, Prompt],
        *,
        pacer: Pacer | None = None,
    ) -> None:
        """`pacer`: gives requests their slots; None: each leaves as soon as it is its turn."""
        self._plan = plan
        self._session = session
        self._lanes = lanes
        self._prompts = prompts
        self._waits = waits_of(plan.timeouts)
        self._rng = random.Random(f"{plan.seed}/backoff")
        self._fold_turn = asyncio.Lock()
        self.pacer = pacer

    async def prepare(self, trial: Trial, *, attempt: int = 1) -> Prepared:
        """Builds, signs and leases: all that may take time, before the request is due."""
        lane, plan = self._lanes[trial.target], self._plan
        prompt = self._prompts[trial.prompt]
        request = lane.provider.build_request(
            lane.target,
            prompt,
            max_tokens=resolve_max_tokens(plan, lane.target, prompt),
            nonce=nonce(plan, trial, attempt, self._session.agent),
        )
        # Signed before a connection is leased: should signing fail, no connection is lost with it.
        wire = lane.encode(request)
        return await self._with_connection(Prepared(trial=trial, lane=lane, wire=wire, connection=None))

    async def _with_connection(self, prepared: Prepared) -> Prepared:
        """The same with a connection, or with the reason why there is none."""
        pool = prepared.lane.pool
        try:
            connection = await (pool.lease_new() if self._plan.connections == "cold" else pool.lease())
        except DialError as error:
            return msgspec.structs.replace(prepared, connection=None, refusal=error)
        return msgspec.structs.replace(prepared, connection=connection)

    async def send(self, prepared: Prepared, allowance: Allowance, turn: Turn | None = None) -> RequestRecord | None:
        """Sends a prepared trial now, or at the slot of its `turn`, and again where the plan allows retries.

        Returns the record of the last attempt; all are kept. None where no attempt was sent, because its slot will not come.
        """
        trial = prepared.trial
        record = await self._attempt(prepared, number=1, retry_of=None, turn=turn)
        if record is not None:
            allowance.settle(trial, record)
        for number in range(2, self._plan.retries + 2):
            if record is None or record.outcome not in RETRYABLE or not allowance.left():
                break
            # Full jitter: clients that were throttled together must not come back together.
            most = min(BACKOFF_MOST_S, BACKOFF_FIRST_S * 2 ** (number - 2))
            await asyncio.sleep(self._rng.uniform(0, most))
            if not allowance.take(trial):
                break
            again_turn = None
            if self.pacer is not None:
                again_turn = self.pacer.turn(begins=False, until_ns=allowance.ends_at_ns())
                if not await again_turn.near():
                    break
            again = await self.prepare(trial, attempt=number)
            following = await self._attempt(again, number=number, retry_of=record.id, turn=again_turn)
            if following is None:
                break
            record = following
            allowance.settle(trial, record)
        return record

    async def _attempt(
        self, prepared: Prepared, *, number: int, retry_of: str | None, turn: Turn | None
    ) -> RequestRecord | None:
        if turn is None:
            due_at_ns = now_ns()
        else:
            slot_ns = await turn.due()
            if slot_ns is None:
                if prepared.connection is not None:
                    prepared.lane.pool.give_back(prepared.connection)
                return None
            due_at_ns = slot_ns
            prepared = await self._still_connected(prepared)
        attempt = Attempt(
            id=self._session.next_id(), prepared=prepared, number=number, retry_of=retry_of, due_at_ns=due_at_ns
        )
        connection, lane = prepared.connection, prepared.lane
        if connection is None:
            if turn is not None:
                turn.left(None)
            record = self._record(attempt, None, _no_connection(prepared.refusal))
            self._session.append(record, None)
            return record
        try:
            on_sent = None if turn is None else turn.left
            exchange = await connection.exchange(prepared.wire, self._waits, on_sent=on_sent)
            # Answers that end together are folded one by one, and the loop reads every socket in between: a fold may take as long as the
            # pause between two pieces of another stream.
            async with self._fold_turn:
                await asyncio.sleep(0)
                record = self._keep(attempt, exchange)
        except asyncio.CancelledError:
            if (partial := connection.partial) is not None:
                self._keep(attempt, partial)
            raise
        if self._plan.connections == "cold":
            connection.close()
        lane.pool.give_back(connection)
        return record

    async def _still_connected(self, prepared: Prepared) -> Prepared:
        """The same, with another connection where its own was closed while it waited for its slot."""
        connection = prepared.connection
        if connection is None or connection.still_open():
            return prepared
        prepared.lane.pool.give_back(connection)
        return await self._with_connection(prepared)

    def _keep(self, attempt: Attempt, exchange: Exchange) -> RequestRecord:
        """Folds what came back and appends it."""
        lane = attempt.prepared.lane
        folded = fold(exchange, lane.provider, lane.target)
        record = self._record(attempt, exchange, folded)
        answer = None
        if folded.text or folded.reasoning:
            answer = AnswerText(
                id=attempt.id,
                text="".join(folded.text),
                reasoning="".join(folded.reasoning),
                piece_ends=tuple(folded.piece_ends),
            )
        self._session.append(record, answer)
        return record

    def _record(self, attempt: Attempt, exchange: Exchange | None, folded: Folded) -> RequestRecord:
        trial, lane, connection = attempt.prepared.trial, attempt.prepared.lane, attempt.prepared.connection
        requested = lane.provider.requested(lane.target)
        stamps = folded.stamps
        headers = exchange.headers if exchange else {}
        understood = folded.outcome == "ok" or bool(folded.text) or bool(folded.reasoning)
        return RequestRecord(
            id=attempt.id,
            run=self._session.directory.path.name,
            machine=MACHINE,
            phase=trial.phase,
            cycle=trial.cycle,
            round=trial.round,
            position=trial.position,
            round_try=trial.round_try,
            target=trial.target,
            prompt=trial.prompt,
            attempt=attempt.number,
            retry_of=attempt.retry_of,
            outcome=folded.outcome,
            failure=folded.failure,
            due_at_ns=attempt.due_at_ns,
            sent_at_ns=exchange.sent_at_ns if exchange else None,
            sent_wall_ns=exchange.sent_wall_ns if exchange else None,
            headers_at_ns=stamps[exchange.head_read].at_ns if exchange and exchange.head_read is not None else None,
            first_byte_at_ns=stamps[0].at_ns if stamps else None,
            first_reasoning_at_ns=folded.first_reasoning_at_ns,
            first_visible_at_ns=folded.first_visible_at_ns,
            last_at_ns=folded.last_at_ns,
            ended_at_ns=stamps[-1].at_ns if stamps and exchange and exchange.complete else None,
            streamed=(folded.framing or lane.provider.framing(lane.target)) != "body",
            buffered=folded.buffered,
            clock=folded.clock,
            pieces=folded.pieces,
            connection=connection.facts if connection else None,
            status=exchange.status if exchange else None,
            request_id=headers.get(lane.provider.REQUEST_ID_HEADER),
            headers={n: v for n, v in headers.items() if n in lane.provider.HEADERS_KEPT or n.startswith(SIMULATED)},
            usage=folded.usage,
            stop_reason=folded.stop_reason,
            requested_latency=requested.latency,
            served_latency=folded.served.latency,
            requested_tier=requested.tier,
            served_tier=folded.served.tier,
            service_ns=folded.service.total_ns,
            service_first_byte_ns=folded.service.first_byte_ns,
            text_chars=sum(map(len, folded.text)) if understood else None,
            reasoning_chars=sum(map(len, folded.reasoning)) if understood else None,
            request_bytes=exchange.request_bytes if exchange else None,
            response_bytes=sum(exchange.sizes) if exchange and exchange.sizes else None,
            reads=len(exchange.at_ns) if exchange and exchange.at_ns else None,
            lag_ns=longest_lag_ns(exchange, stamps) if exchange else None,
        )


def waits_of(timeouts: Timeouts) -> Waits:
    """The plan's seconds as the connection wants them."""
    return Waits(
        first_byte_ns=int(timeouts.first_byte_s * 1e9),
        gap_ns=int(timeouts.gap_s * 1e9),
        total_ns=int(timeouts.total_s * 1e9),
    )


def _no_connection(error: DialError | None) -> Folded:
    folded = Folded(outcome="no_connection")
    if error is not None:
        folded.failure = Failure(code=error.code, message=error.reason)
    return folded
