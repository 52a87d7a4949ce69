"""Run directories on disk, whole or growing, and a server that a test can ask."""

from __future__ import annotations

import http.client
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from hayai.ask.plan import Plan, Suite
from hayai.cli.live_process import LiveProcess
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import SCHEMA_VERSION, Event, Manifest, PromptHash, RunDirectory, prompt_hash
from tests.decide.made import S, lively
from tests.pages.made import answer

NAME = "2026-11-29T0100_a-vs-b_k3f9"


def begin(folder: Path, plan: Plan, name: str = NAME, *, pid: int | None = None, at_ns: int = 90 * S) -> RunDirectory:
    """A run that has begun. `pid`: who measures, None: this process."""
    manifest = Manifest(
        schema_version=SCHEMA_VERSION,
        run=name,
        hayai_version="0.1.0",
        created_utc="2026-11-29T01:00:00.000Z",
        argv=("hayai", "compare"),
        plan=msgspec.structs.replace(plan, suite=Suite(name=plan.suite.name, prompts=(), source=plan.suite.source)),
        prompts=tuple(PromptHash(id=prompt.id, sha256=prompt_hash(prompt)) for prompt in plan.suite.prompts),
        endpoints=(),
        environment={
            "host": platform.node(),
            "cpus": 2,
            "system": "Linux",
            "release": "6.1",
            "architecture": "x86_64",
            "python": "3.11",
        },
    )
    run = RunDirectory.create(folder, manifest, plan.suite)
    told = {"pid": os.getpid() if pid is None else pid, "limits": {}}
    add(run, "events.jsonl", [Event(kind="began", agent="a1", at_ns=at_ns, wall_ns=1, details=told)])
    return run


def add(run: RunDirectory, file: str, entries: Iterable[object]) -> None:
    """Whole lines, as a session appends them."""
    with (run.path / file).open("ab") as lines:
        lines.writelines(msgspec.json.encode(entry) + b"\n" for entry in entries)


def say(run: RunDirectory, records: Sequence[RequestRecord]) -> None:
    """Answers first, then the records that make them count."""
    add(run, "texts-a1.jsonl", [answer(record) for record in records if record.outcome == "ok"])
    add(run, "records-a1.jsonl", [msgspec.structs.replace(record, run=run.path.name) for record in records])


def end(run: RunDirectory, reason: str = "cycles") -> None:
    """The session ends, and the run is sealed."""
    add(run, "events.jsonl", [Event(kind="ended", agent="a1", at_ns=200 * S, wall_ns=2, details={"reason": reason})])
    run.seal(0)


def finished(folder: Path, name: str = NAME, *, cycles: int = 2) -> RunDirectory:
    """The lively run with its answers."""
    plan, records = lively(cycles=cycles)
    run = begin(folder, plan, name)
    say(run, records)
    end(run)
    return run


def said(run: RunDirectory, records: Iterable[RequestRecord], texts: Sequence[str]) -> None:
    """Records whose answers are these texts, each in as many parts as it has pieces."""
    made = list(records)
    # A lone surrogate is no text: JSON in UTF-8 cannot hold one, so no journal does.
    written = [text.encode("utf-8", "ignore").decode() for text in texts]
    add(run, "texts-a1.jsonl", [answer(record, text) for record, text in zip(made, written, strict=True)])
    add(run, "records-a1.jsonl", [msgspec.structs.replace(record, run=run.path.name) for record in made])


class Reader:
    """Asks a server over real sockets."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.address, self.path = address, parts.path
        self.host, self.port = parts.hostname or "", parts.port or 0

    def ask(self, path: str = "", *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and body of a path below the token; an absolute one is taken as it is."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path if path.startswith("/") else self.path + path, headers=headers)
            response = connection.getresponse()
            body = response.read().decode()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, body
        finally:
            connection.close()

    @contextmanager
    def events(self, run: str) -> Iterator[Iterator[tuple[str, Any]]]:
        """Kind and data of each server-sent event of a run, as they come."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        connection.request("GET", f"{self.path}run/{run}/events")
        response = connection.getresponse()

        def read() -> Iterator[tuple[str, Any]]:
            kind = ""
            for line in response:
                word, _, value = line.decode().rstrip("\n").partition(": ")
                kind = value if word == "event" else kind
                if word == "data":
                    yield kind, msgspec.json.decode(value)

        try:
            yield read()
        finally:
            connection.close()


@contextmanager
def serving(folder: Path, **options: Any) -> Iterator[Reader]:
    """A server of these runs in a process of its own."""
    language = options.pop("language", "en")
    with LiveProcess(folder, language, **options) as live:
        yield Reader(live.address)
