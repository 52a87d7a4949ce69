"""The engine on a bench: real connections, a real journal, and a service that answers as a test says."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, Self

from hayai.ask.plan import Limits, Plan
from hayai.ask.suites.warmup import warmup_prompt
from hayai.clock import now_ns
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import RunDirectory
from hayai.keep.session import Session
from hayai.measure.engine.compare import Comparison
from hayai.measure.engine.pacer import Pacer
from hayai.measure.engine.request import Lane, Requests
from hayai.measure.messages import Ended
from hayai.measure.net.dial import Address
from hayai.measure.net.pool import Pool
from hayai.measure.providers.contract import HttpRequest
from hayai.measure.providers.registry import PROVIDERS
from hayai.wire.http1 import LAST_CHUNK, RequestParser, encode_chunk, encode_request
from tests.decide.made import a_plan, a_prompt, a_target
from tests.keep.made import a_run
from tests.providers.bedrock_transcripts import event, refusal, stream

P = ParamSpec("P")
LIMIT_S = 60
GOOD = stream(
    event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Hello"}}),
    event("messageStop", {"stopReason": "end_turn"}),
    event("metadata", {"usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}}),
    headers=(("X-Hayai-Sim", "steady;speed=1"), ("Set-Cookie", "secret=1")),
)
HALF = GOOD[: -len(LAST_CHUNK) - len(encode_chunk(b"x"))]
THROTTLED = refusal(429, "ThrottlingException", "Too many requests")
DENIED = refusal(403, "AccessDeniedException", "You don't have access to the model with the specified model ID.")
EXPIRED = refusal(403, "ExpiredTokenException", "The security token included in the request is expired")
INVALID = refusal(400, "ValidationException", "Malformed input request")
Answer = bytes | None
Answering = Callable[["Asked"], Answer | Awaitable[Answer]]


def looped(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Runs an asynchronous test in a loop of its own, for a minute at most."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), LIMIT_S))

    return run


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that came: whom it was for, and which one it is (from 0, all targets together)."""

    target: str
    number: int
    body: bytes


class Service:
    """Answers each request with what `answering` says; None: hangs up."""

    def __init__(self, answering: Answering) -> None:
        self.asked: list[Asked] = []
        self.in_flight: dict[str, int] = {}
        self.most_in_flight: dict[str, int] = {}
        self.most_at_once = 0
        self._answering = answering
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.address = Address(host="127.0.0.1", port=0)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = Address(host="127.0.0.1", port=self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.hang_up()
        await asyncio.sleep(0)

    def hang_up(self) -> None:
        """Closes every connection, idle ones too."""
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        parser = RequestParser()
        try:
            while data := await reader.read(65536):
                for request in parser.feed(data):
                    await self._reply(dict(request.headers)["To"], request.body, writer)
        except ConnectionError:
            pass
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _reply(self, target: str, body: bytes, writer: asyncio.StreamWriter) -> None:
        asked = Asked(target=target, number=len(self.asked), body=body)
        self.asked.append(asked)
        self.in_flight[target] = flying = self.in_flight.get(target, 0) + 1
        self.most_in_flight[target] = max(flying, self.most_in_flight.get(target, 0))
        self.most_at_once = max(self.most_at_once, sum(self.in_flight.values()))
        answer = self._answering(asked)
        if isinstance(answer, Awaitable):
            answer = await answer
        self.in_flight[target] -= 1
        if answer is None:
            writer.transport.abort()
        else:
            writer.write(answer)


def a_comparison(targets: int = 2, prompts: int = 3, **more: Any) -> Plan:
    """A plan without warm-up."""
    return a_plan(
        tuple(a_target(f"t{number}", region="us-east-1") for number in range(targets)),
        tuple(a_prompt(f"p{number}") for number in range(prompts)),
        **({"warmup": 0} | more),
    )


@dataclass(slots=True)
class Outcome:
    """What a run left."""

    ended: Ended | None
    records: tuple[RequestRecord, ...]
    run: RunDirectory
    asked_to_go_on: list[int] = field(default_factory=list)


class Bench:
    """One session of a plan, ready to run."""

    def __init__(
        self,
        folder: Path,
        plan: Plan,
        address: Address,
        *,
        agent: str = "a1",
        limits: Limits | None = None,
        complete: frozenset[tuple[int, str]] = frozenset(),
        tries: Mapping[tuple[int, str], int] | None = None,
        first_cycle: int = 0,
    ) -> None:
        self.run = a_run(folder, plan=plan)
        self.session = Session(self.run, agent, save_texts=plan.save_texts)
        self.lanes = {target.name: lane(plan, target.name, address) for target in plan.targets}
        prompts = {prompt.id: prompt for prompt in (*plan.suite.prompts, warmup_prompt(plan.suite))}
        self.pacer = None if plan.rate is None else Pacer(plan.rate.interval_ns, first_at_ns=now_ns())
        self.requests = Requests(plan, self.session, self.lanes, prompts, pacer=self.pacer)
        self.comparison = Comparison(
            plan,
            limits or plan.limits,
            self.requests,
            self.lanes,
            complete=complete,
            tries=tries or {},
            first_cycle=first_cycle,
        )

    async def measure(self, *, go_on: Callable[[int], bool] = lambda _: True) -> Outcome:
        """Runs it to its end. What is raised is raised after everything is closed."""
        asked: list[int] = []

        async def ask(cycle: int) -> bool:
            asked.append(cycle)
            return go_on(cycle)

        ended = None
        try:
            ended = await self.comparison.run(ask)
        finally:
            if self.pacer is not None:
                self.pacer.close()
            for one in self.lanes.values():
                one.pool.close()
            self.session.close()
        return Outcome(ended, self.run.read().records, self.run, asked)


def lane(plan: Plan, name: str, address: Address) -> Lane:
    """A target whose requests go to `address`; a `Service` learns from the header `To` whom they were for."""

    def encode(request: HttpRequest) -> bytes:
        return encode_request(request.method, request.path, [("Host", "localhost"), ("To", name)], request.body)

    target = next(target for target in plan.targets if target.name == name)
    pool = Pool(address, connect_timeout_s=10)
    return Lane(target=target, provider=PROVIDERS["bedrock"], encode=encode, pool=pool)


async def measured(
    folder: Path, plan: Plan, answering: Answering = lambda _: GOOD, **more: Any
) -> tuple[Outcome, Service]:
    """One session of `plan`, against a service that answers so."""
    async with Service(answering) as service:
        outcome = await Bench(folder, plan, service.address, **more).measure()
    return outcome, service
