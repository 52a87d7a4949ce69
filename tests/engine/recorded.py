"""Exchanges as a connection records them, at instants that a test chooses."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from typing import Any, Literal

from hayai.ask.plan import Target
from hayai.measure.engine.fold import Folded, fold
from hayai.measure.net.connection import Connection, Waits
from hayai.measure.net.dial import Dialled
from hayai.measure.net.exchange import Exchange
from hayai.measure.providers.registry import PROVIDERS
from tests.providers.bedrock_transcripts import NOVA

S = 1_000_000_000
MS = 1_000_000
SENT = 50 * S
BEDROCK = PROVIDERS["bedrock"]
LONG = Waits(first_byte_ns=1000 * S, gap_ns=1000 * S, total_ns=1000 * S)
Ending = Literal["none", "close", "cancel"]


def a_target(**options: Any) -> Target:
    """A target that streams by Converse, unless it says otherwise."""
    return Target(name="t", provider="bedrock", model=NOVA, options=options)


def record(*reads: bytes, ending: Ending = "none", every_ns: int = 10 * MS) -> Exchange:
    """The exchange of a request sent at `SENT` whose answer came in these reads, one each `every_ns`, seen by the user clock.

    `ending`: what happened after the last read, should the answer not have been complete by then.
    """
    exchange = asyncio.run(_record(reads, ending))
    exchange.sent_at_ns = SENT
    count = len(exchange.at_ns)
    exchange.at_ns = [SENT + number * every_ns for number in range(1, count + 1)]
    exchange.wall_ns = [None] * count
    return exchange


async def _record(reads: Sequence[bytes], ending: Ending) -> Exchange:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    dialled = Dialled(
        sock=ours, tls=None, opened_at_ns=1, dns_ns=None, tcp_ns=1, tls_ns=None, peer="a pair", stamped=False
    )
    connection = Connection(1, dialled)
    exchanging = asyncio.create_task(connection.exchange(b"?", LONG))
    await asyncio.sleep(0)
    assert theirs.recv(1) == b"?"
    for data in reads:
        theirs.sendall(data)
        connection._readable()
    theirs.close()
    if ending == "close":
        connection._readable()
    elif not (connection.partial and (connection.partial.complete or connection.partial.error)):
        exchanging.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await exchanging
    connection.close()
    assert connection.partial is not None
    return connection.partial


def folded(*reads: bytes, ending: Ending = "none", target: Target | None = None, every_ns: int = 10 * MS) -> Folded:
    """What such an exchange meant."""
    return fold(record(*reads, ending=ending, every_ns=every_ns), BEDROCK, target or a_target())
