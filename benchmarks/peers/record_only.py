"""What does hayai's own connection cost when it only records? Run as a process of its own, beside `benchmarks/truth/client.c`.

The same loop, connections, reads and stamps as the measuring agent uses, the HTTP framing at the end of each stream included;
no events, no pieces, no record, no journal. Prints what client.c prints: CPU seconds between first send and last byte.

    python -m benchmarks.peers.record_only PORT MODEL STREAMS REQUESTS
"""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import sys
import time
from itertools import count

from hayai.measure.net.connection import Connection, Waits
from hayai.measure.net.dial import Address
from hayai.measure.net.exchange import Exchange
from hayai.measure.net.pool import Pool
from hayai.measure.net.readiness import new_loop

LONG_NS = 120_000_000_000
WAITS = Waits(first_byte_ns=LONG_NS, gap_ns=LONG_NS, total_ns=LONG_NS)


def request(model: str) -> bytes:
    """As client.c sends it."""
    asked = {
        "model": model,
        "messages": [{"role": "user", "content": "Tell me."}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    body = json.dumps(asked).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def record(port: int, model: str, streams: int, requests: int) -> dict[str, float]:
    """Runs it; what it cost."""
    pool = Pool(Address(host="127.0.0.1", port=port), connect_timeout_s=30)
    await pool.open_ahead(streams)
    connections = [await pool.lease() for _ in range(streams)]
    wire, kept, numbers = request(model), list[Exchange](), count(1)

    async def lane(connection: Connection) -> None:
        while next(numbers) <= requests:
            kept.append(await connection.exchange(wire, WAITS))

    gc.collect()
    gc.freeze()
    gc.disable()
    before, began = cpu_s(), time.monotonic()
    await asyncio.gather(*map(lane, connections))
    cost, wall = cpu_s() - before, time.monotonic() - began
    pool.close()
    if not all(exchange.complete for exchange in kept):
        raise SystemExit("an answer was not complete")
    reads = sum(len(exchange.at_ns) for exchange in kept)
    return {"requests": len(kept), "streams": streams, "cpu_s": cost, "wall_s": wall, "reads": reads}


def cpu_s() -> float:
    """User and system, of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    port, model, streams, requests = sys.argv[1:]
    with asyncio.Runner(loop_factory=new_loop) as runner:
        print(json.dumps(runner.run(record(int(port), model, int(streams), int(requests)))))
