"""The measuring agent runs with its garbage collector off. So an exchange leaves nothing that only a collector could take away."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from hayai.ask.plan import Limits
from hayai.measure.engine import compare
from hayai.measure.net.dial import Address
from hayai.measure.net.tls import client_context
from hayai.measure.providers.bedrock import Bedrock
from hayai.sim.process import serve_in_process
from tests.engine.bench import Bench, a_comparison

FAULTS: dict[str, tuple[str | None, str]] = {
    "none": (None, "ok"),
    "no answer": ("reset", "cut_off"),
    "reset": ("reset,after_chunks=2", "cut_off"),
    "close": ("close,after_chunks=2", "cut_off"),
    "bad crc": ("bad_crc,after_chunks=2", "bad_protocol"),
    "cut frame": ("cut_frame,after_chunks=2", "bad_protocol"),
    "exception": ("in_stream_exception,after_chunks=2", "throttled"),
    "error": ("error,error=ThrottlingException", "throttled"),
    "refused": ("nonsense", "refused"),
}
"""What is scripted for every request of a run, and what comes of it."""
FEW, MANY, SPARE = 6, 46, 10
"""Requests of a short and of a long run, and how many objects more the long one may leave: far less than one a request."""


@pytest.fixture(autouse=True)
def to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """All requests of a run are sent, however they fail, and nobody collects behind a cycle."""
    monkeypatch.setattr(compare, "gc", SimpleNamespace(collect=lambda: 0))
    monkeypatch.setattr(compare, "FAILURES_IN_A_ROW", 10_000)


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "tls"])
def sim(request: pytest.FixtureRequest) -> Iterator[Address]:
    """A simulator in a process of its own, so that its garbage is its own."""
    with serve_in_process("steady", options=["--speed", "1000", *(["--tls"] if request.param else [])]) as running:
        context = client_context({"AWS_CA_BUNDLE": str(running.authority)}) if running.authority else None
        yield Address(host="127.0.0.1", port=urlsplit(running.url).port or 0, tls=context)


async def run(address: Address, requests: int, fault: str | None, connections: str) -> set[str]:
    """So many requests to two targets, measured and kept. Returns their outcomes."""
    plan = a_comparison(
        prompts=requests // 2, connections=connections, limits=Limits(max_requests=10_000, max_time_s=50, cycles=1)
    )
    if fault is not None:
        for target in plan.targets:
            target.options["extra"] = {"requestMetadata": {"x-hayai-sim-fault": fault}}
    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder), plan, address)
        outcome = await bench.measure()
        assert len(outcome.records) == requests
        return {record.outcome for record in outcome.records}


def left(address: Address, requests: int, outcome: str, fault: str | None = None, connections: str = "warm") -> int:
    """Objects that only the collector finds after a run of so many requests."""
    gc.collect()
    gc.disable()
    try:
        assert asyncio.run(run(address, requests, fault, connections)) == {outcome}
        return gc.collect()
    finally:
        gc.enable()


def assert_level(address: Address, outcome: str, fault: str | None = None, connections: str = "warm") -> None:
    """A longer run leaves no more than a shorter one; the first run of all is not counted, as modules are loaded in it."""
    left(address, FEW, outcome, fault, connections)
    few, many = (left(address, requests, outcome, fault, connections) for requests in (FEW, MANY))
    assert many - few < SPARE, (few, many)


@pytest.mark.parametrize("name", FAULTS)
def test_memory_does_not_grow_with_requests(sim: Address, name: str) -> None:
    """Whatever the answers are, good or broken in any way."""
    fault, outcome = FAULTS[name]
    assert_level(sim, outcome, fault)


def test_memory_does_not_grow_with_connections(sim: Address) -> None:
    """Opening and closing leave nothing either."""
    assert_level(sim, "ok", connections="cold")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "a..b"])
def test_memory_does_not_grow_with_connections_that_cannot_be_had(host: str) -> None:
    """By one address, by several, and by none."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert_level(Address(host=host, port=closed.getsockname()[1]), "no_connection")


def test_a_ring_would_be_noticed(sim: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that can fail: one list that holds itself per answer is too much."""
    read_head = Bedrock.read_head

    def ring(self: Bedrock, *args: object) -> object:
        held: list[object] = []
        held.append(held)
        return read_head(self, *args)  # type: ignore[arg-type]  # As they came.

    monkeypatch.setattr(Bedrock, "read_head", ring)
    with pytest.raises(AssertionError):
        assert_level(sim, "ok")
