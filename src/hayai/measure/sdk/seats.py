"""How does the engine send through an SDK, and take what came for an exchange like any other?

A seat is a place in the SDK's thread pool and stands where a connection stands. What the SDK handed out, with its instants, is put back
into the frames of the wire, so that the same readers give the same pieces. Such instants are the application's: a clock of our own in
another process, never the kernel's.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys
from collections import deque
from collections.abc import Callable

import msgspec

from hayai.clock import now_ns, wall_ns
from hayai.errors import AccessError
from hayai.keep.query import SDK_RETRIES_HEADER
from hayai.keep.records import ConnectionFacts
from hayai.measure.net.connection import Waits
from hayai.measure.net.exchange import Exchange
from hayai.measure.sdk.calls import Call, Came, FromSdk, Ready, Said, Setup
from hayai.wire.eventstream import encode_message

PROCESS = "hayai.measure.sdk.boto3_process"
LINE_LIMIT = 256 * 1024 * 1024


class Sdk:
    """One process with an SDK, for one target."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Came]] = {}
        self._numbers = itertools.count(1)
        self.version = ""

    async def start(self) -> None:
        """Starts it and waits until its client is made. Raises AccessError when it cannot be."""
        if self._process is not None:
            return
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            PROCESS,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_LIMIT,
            start_new_session=True,
        )
        self._write(self._setup)
        ready = await self._read()
        if not isinstance(ready, Ready) or ready.trouble is not None:
            words = ready.trouble if isinstance(ready, Ready) else None
            raise AccessError("measure.sdk_failed", words=words or "boto3")
        self.version = ready.version
        self._reader = asyncio.create_task(self._listen())

    async def call(self, call: Call) -> Came:
        """Makes a call and waits for what it comes to."""
        future: asyncio.Future[Came] = asyncio.get_running_loop().create_future()
        self._waiting[call.id] = future
        try:
            self._write(call)
            return await future
        finally:
            self._waiting.pop(call.id, None)

    def number(self) -> int:
        """The next call's."""
        return next(self._numbers)

    def close(self) -> None:
        """Ends it at once, whatever it is at."""
        if self._reader is not None:
            self._reader.cancel()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    def _write(self, message: Setup | Call) -> None:
        assert self._process is not None  # noqa: S101  Started before.
        assert self._process.stdin is not None  # noqa: S101  Asked for.
        with contextlib.suppress(OSError):
            self._process.stdin.write(msgspec.json.encode(message) + b"\n")

    async def _read(self) -> FromSdk | None:
        assert self._process is not None  # noqa: S101  Started before.
        assert self._process.stdout is not None  # noqa: S101  Asked for.
        line = await self._process.stdout.readline()
        return msgspec.json.decode(line, type=FromSdk) if line else None

    async def _listen(self) -> None:
        while (message := await self._read()) is not None:
            if (
                isinstance(message, Came)
                and (future := self._waiting.get(message.id)) is not None
                and not future.done()
            ):
                future.set_result(message)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(AccessError("measure.sdk_failed", words="the process has ended"))


class Seat:
    """A place for one call at a time."""

    def __init__(self, sdk: Sdk, number: int) -> None:
        self.id, self.uses, self.alive = number, 0, True
        self._sdk = sdk
        self._exchange: Exchange | None = None

    @property
    def facts(self) -> ConnectionFacts | None:
        """Nothing: whose connection it was is the SDK's secret."""
        return None

    def still_open(self) -> bool:
        """Always: what the SDK keeps open is its own affair."""
        return self.alive

    async def exchange(self, request: bytes, waits: Waits, *, on_sent: Callable[[int], None] | None = None) -> Exchange:
        """Hands the call to the SDK; what it handed out, as an exchange."""
        self.uses += 1
        call = msgspec.structs.replace(msgspec.json.decode(request, type=Call), id=self._sdk.number())
        self._exchange = Exchange(sent_at_ns=now_ns(), sent_wall_ns=wall_ns(), request_bytes=len(call.body))
        if on_sent is not None:
            on_sent(self._exchange.sent_at_ns)
        try:
            async with asyncio.timeout(waits.total_ns / 1e9):
                came = await self._sdk.call(call)
        except TimeoutError:
            self._exchange.error = ("total_timeout", f"no end within {waits.total_ns / 1e9:g} s")
            return self._exchange
        except asyncio.CancelledError:
            self._exchange.error = ("cancelled", "stopped by the user")
            raise
        self._exchange = exchange_of(came, streamed=call.api.endswith("stream"), request_bytes=len(call.body))
        return self._exchange

    @property
    def partial(self) -> Exchange | None:
        """The latest exchange, complete or not."""
        return self._exchange

    def forget(self) -> None:
        """Lets go of the latest exchange."""
        self._exchange = None

    def close(self) -> None:
        """Never to be used again."""
        self.alive = False


class Seats:
    """The seats of one target: as many as the plan has streams."""

    def __init__(self, setup: Setup) -> None:
        self._sdk = Sdk(setup)
        self._idle: deque[Seat] = deque()
        self._numbers = itertools.count(1)

    async def open_ahead(self, count: int) -> None:
        """Starts the process, so that no request waits for it."""
        await self._sdk.start()
        self._idle.extend(Seat(self._sdk, next(self._numbers)) for _ in range(count - len(self._idle)))

    async def lease(self) -> Seat:
        """An idle seat, or a new one."""
        return self._idle.pop() if self._idle else await self.lease_new()

    async def lease_new(self) -> Seat:
        """A new seat."""
        await self._sdk.start()
        return Seat(self._sdk, next(self._numbers))

    def give_back(self, seat: Seat) -> None:
        """Takes a seat back."""
        seat.forget()
        if seat.alive:
            self._idle.append(seat)

    def close(self) -> None:
        """Ends the process."""
        self._sdk.close()


def exchange_of(came: Came, *, streamed: bool, request_bytes: int) -> Exchange:
    """What the SDK handed out, as bytes of the wire, each with its instant."""
    good = came.status is not None and 200 <= came.status < 300
    bodies = [_frame(said) if streamed and good else said.payload.encode() for said in came.events]
    at_ns = [said.at_ns for said in came.events]
    if came.answered_at_ns is not None:
        bodies.insert(0, b"")
        at_ns.insert(0, came.answered_at_ns)
    return Exchange(
        sent_at_ns=came.sent_at_ns,
        sent_wall_ns=came.sent_wall_ns,
        at_ns=at_ns,
        wall_ns=[None] * len(at_ns),
        sizes=list(map(len, bodies)),
        bodies=bodies,
        head_read=0 if at_ns and came.status is not None else None,
        status=came.status,
        headers={**came.headers, SDK_RETRIES_HEADER: str(came.retries)},
        complete=came.error is None and came.status is not None,
        error=came.error,
        request_bytes=request_bytes,
    )


def _frame(said: Said) -> bytes:
    kind = ":exception-type" if said.exception else ":event-type"
    shape = "exception" if said.exception else "event"
    headers = [(kind, said.name), (":content-type", "application/json"), (":message-type", shape)]
    return encode_message(headers, said.payload.encode())
