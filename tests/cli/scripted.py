"""An OpenAI-compatible server that answers each model as a script says, on a port of its own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hayai.clock import now_ns
from hayai.wire.http1 import RequestParser

WAIT_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    wrote_ns: list[int] = field(default_factory=list)
    """The instant right before each part of the answer was written."""


@dataclass(kw_only=True)
class Scripted:
    """Parts of a response by model, written one after the other with a pause between; an empty last part hangs up."""

    parts: Mapping[str, Iterable[bytes]]
    pause_s: float = 0.002
    heard: list[Heard] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        parser = RequestParser()
        while data := await reader.read(65536):
            for request in parser.feed(data):
                asked = json.loads(request.body)
                headers = {name.lower(): value for name, value in request.headers}
                heard = Heard(path=request.raw_path, headers=headers, body=asked)
                self.heard.append(heard)
                for part in self.parts[asked["model"]]:
                    if not part or writer.is_closing():
                        writer.close()
                        return
                    heard.wrote_ns.append(now_ns())
                    writer.write(part)
                    await asyncio.sleep(self.pause_s)
        writer.close()


@contextmanager
def scripted(parts: Mapping[str, Iterable[bytes]], *, pause_s: float = 0.002) -> Iterator[Scripted]:
    """A server in a thread, gone when the block ends. `url` is its base URL."""
    server = Scripted(parts=parts, pause_s=pause_s)
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
