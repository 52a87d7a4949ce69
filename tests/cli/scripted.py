"""An OpenAI-compatible server that answers each model as a script says, on a port of its own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hayai.wire.http1 import RequestParser

WAIT_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


@dataclass(kw_only=True)
class Scripted:
    """Parts of a response by model, written one after the other with a pause between; an empty last part hangs up."""

    parts: dict[str, list[bytes]]
    heard: list[Heard] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        parser = RequestParser()
        while data := await reader.read(65536):
            for request in parser.feed(data):
                asked = json.loads(request.body)
                headers = {name.lower(): value for name, value in request.headers}
                self.heard.append(Heard(path=request.raw_path, headers=headers, body=asked))
                for part in self.parts[asked["model"]]:
                    if not part:
                        writer.close()
                        return
                    writer.write(part)
                    await asyncio.sleep(0.002)
        writer.close()


@contextmanager
def scripted(parts: dict[str, list[bytes]]) -> Iterator[Scripted]:
    """A server in a thread, gone when the block ends. `url` is its base URL."""
    server = Scripted(parts=parts)
    ready, ended = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def listen() -> None:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
        ready.set()
        await ended.wait()
        listening.close()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(listen())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(WAIT_S)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(WAIT_S)
