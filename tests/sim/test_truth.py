"""What the truth log promises: one line per request, with the instants of every send, right enough to check any client against."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest

from hayai.clock import now_ns
from hayai.sim.process import serve_in_thread
from hayai.sim.schedule import Schedule, Send
from hayai.sim.truth import Truth, TruthLog, read_truth
from tests.sim.raw import HAIKU, PROMPT, call, claude_body, converse_body


def test_it_holds_what_was_sent(tmp_path: Path) -> None:
    """Kinds, characters and tokens of each frame; the region, the modes, the counts; found by the response's request id."""
    log = tmp_path / "truth.jsonl"
    with serve_in_thread("steady", speed=20, truth=log) as server:
        body = converse_body(inferenceConfig={"maxTokens": 6}, performanceConfig={"latency": "optimized"})
        answer = call(server.url, "converse-stream", HAIKU, body, {"x-hayai-sim-chunk-tokens": "2"})
    truth = read_truth(log)[answer.headers["x-amzn-requestid"]]
    texts = [payload["delta"]["text"] for kind, payload in answer.frames if kind == "contentBlockDelta"]
    assert truth.kinds == "etttteee"
    assert truth.tokens == (0, 1, 2, 2, 1, 0, 0, 0)
    assert truth.chars == (0, *(len(text) for text in texts), 0, 0, 0)
    assert (truth.region, truth.requested_latency, truth.served_latency) == ("us-west-2", "optimized", "optimized")
    assert (truth.output_tokens, truth.prompt_topic, truth.ended) == (6, "docker_intro", "complete")
    assert truth.ttft_ns == 5_000_000
    # One token at the first token's time, then two, two, one: 10 ms a token, at twenty times the speed.
    assert truth.due_ns == tuple(round(ms * 1e6) for ms in (2.5, 5, 6, 7, 7.5, 7.5, 7.5, 7.5))


@pytest.mark.parametrize("tls", [None, True])
def test_its_instants_frame_what_a_client_sees(tmp_path: Path, tls: Literal[True] | None) -> None:
    """On one clock: nothing is sent before it is due, and nothing arrives before it was sent."""
    log = tmp_path / "truth.jsonl"
    arrivals: list[tuple[int, bytes]] = []
    body = json.dumps(converse_body(inferenceConfig={"maxTokens": 12})).encode()
    head = b"POST /model/%b/converse-stream HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
    with serve_in_thread("steady", truth=log, tls=tls) as server:
        address = urlsplit(server.url)
        with connect(address.hostname or "", address.port or 0, server.authority) as client:
            started = now_ns()
            client.sendall(head % (HAIKU.encode(), len(body)) + body)
            while not arrivals or not arrivals[-1][1].endswith(b"0\r\n\r\n"):
                data = client.recv(65536)
                arrivals.append((now_ns(), data))
    (truth,) = read_truth(log).values()
    assert started <= truth.received_at_ns
    assert all(sent >= due for due, sent in zip(truth.due_ns, truth.sent_ns, strict=True))
    assert truth.sent_ns == tuple(sorted(truth.sent_ns))
    for kind, sent_ns in zip(truth.kinds, truth.sent_ns, strict=True):
        if kind == "t":  # the read that brought it came after it was sent
            assert any(at >= truth.received_at_ns + sent_ns for at, data in arrivals if b"contentBlockDelta" in data)
    first = next(at for at, data in arrivals if b"contentBlockDelta" in data)
    assert truth.received_at_ns + 200_000_000 <= truth.pieces_at_ns()[0] <= first
    assert sum(data.count(b"contentBlockDelta") for _, data in arrivals) == truth.kinds.count("t") == 12


def connect(host: str, port: int, authority: Path | None) -> socket.socket:
    """A connection, over TLS when there is an authority to trust."""
    plain = socket.create_connection((host, port), timeout=20)
    if authority is None:
        return plain
    return ssl.create_default_context(cafile=str(authority)).wrap_socket(plain, server_hostname="localhost")


def test_events_leave_one_by_one(tmp_path: Path) -> None:
    """With time between them, each event is a read of its own: no Nagle, no buffering."""
    log = tmp_path / "truth.jsonl"
    body = json.dumps(claude_body(max_tokens=6)).encode()
    head = b"POST /model/%b/invoke-with-response-stream HTTP/1.1\r\nHost: x\r\nx-hayai-sim-itl-ms: 60\r\nContent-Length: %d\r\n\r\n"
    reads: list[bytes] = []
    with serve_in_thread("steady", truth=log) as server:
        address = urlsplit(server.url)
        with socket.create_connection((str(address.hostname), address.port or 0), timeout=20) as client:
            client.sendall(head % (HAIKU.encode(), len(body)) + body)
            while not reads or not reads[-1].endswith(b"0\r\n\r\n"):
                reads.append(client.recv(65536))
    assert [data.count(b'"bytes"') for data in reads if data.count(b'"bytes"') == 1 and b"HTTP" not in data][:5] == [
        1
    ] * 5


def test_a_client_that_leaves_is_logged(tmp_path: Path) -> None:
    """The stream stops at the next write; the log says that the client had gone."""
    log = tmp_path / "truth.jsonl"
    body = json.dumps(converse_body()).encode()
    head = b"POST /model/%b/converse-stream HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
    with serve_in_thread("steady", truth=log) as server:
        address = urlsplit(server.url)
        with socket.create_connection((str(address.hostname), address.port or 0), timeout=20) as client:
            client.sendall(head % (HAIKU.encode(), len(body)) + body)
            client.recv(100)
        for _ in range(200):  # at most ten seconds
            if log.stat().st_size:
                break
            time.sleep(0.05)
    (truth,) = read_truth(log).values()
    assert truth.ended == "client_gone"
    assert truth.kinds.count("t") < 50


def test_a_stop_in_the_middle_is_logged(tmp_path: Path) -> None:
    """What was on its way is written down as stopped."""
    log = tmp_path / "truth.jsonl"
    body = json.dumps(converse_body()).encode()
    head = b"POST /model/%b/converse-stream HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
    with serve_in_thread("steady", truth=log) as server:
        address = urlsplit(server.url)
        client = socket.create_connection((str(address.hostname), address.port or 0), timeout=20)
        client.sendall(head % (HAIKU.encode(), len(body)) + body)
        client.recv(100)
    client.close()
    (truth,) = read_truth(log).values()
    assert truth.ended == "stopped"


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    """A reader that comes while a line is being written sees the lines before it."""
    path = tmp_path / "truth.jsonl"
    log = TruthLog(path)
    log.append(
        Truth(request_id="a", number=1, operation="converse", model="m", status=200, connection=1, received_at_ns=5)
    )
    log.close()
    with path.open("ab") as file:
        file.write(b'{"request_id":"b","num')
    assert list(read_truth(path)) == ["a"]


@pytest.mark.parametrize("platform", [sys.platform, "darwin"])
def test_writes_come_in_the_order_of_their_instants(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    """Many streams, one heap: due order, ties in the order of asking, and never early; with the kernel's timer or asyncio's."""
    monkeypatch.setattr(sys, "platform", platform)
    written: list[tuple[int, int, int]] = []

    class Stream:
        def __init__(self, number: int, offsets: list[int], start_ns: int) -> None:
            self.number, self.start_ns = number, start_ns
            self.sends: Iterator[Send] = iter([Send(offset, b"", "t") for offset in offsets])

        def write(self, send: Send, due_ns: int) -> bool:
            written.append((due_ns, self.number, now_ns()))
            return True

        def finished(self) -> None:
            done.append(self.number)
            if len(done) == 100:
                all_done.set()

    done: list[int] = []
    all_done = asyncio.Event()

    async def run() -> None:
        schedule = Schedule(asyncio.get_running_loop())
        start = now_ns()
        for number in range(100):
            schedule.start(Stream(number, [(number % 7) * 1_000_000, 9_000_000 + number * 10_000], start))
        await all_done.wait()
        schedule.close()

    asyncio.run(asyncio.wait_for(run(), 20))
    assert [due for due, _, _ in written] == sorted(due for due, _, _ in written)
    assert all(at >= due for due, _, at in written)
    assert len(written) == 200


def test_prompts_are_not_in_it(tmp_path: Path) -> None:
    """The log is about time: it holds no prompt, no answer and no header."""
    log = tmp_path / "truth.jsonl"
    with serve_in_thread("steady", speed=20, truth=log) as server:
        answer = call(server.url, "converse", HAIKU, converse_body(), {"Authorization": "a secret of the tests"})
    text = log.read_text(encoding="utf-8")
    assert PROMPT not in text
    assert "a secret of the tests" not in text
    assert answer.json["output"]["message"]["content"][0]["text"][:20] not in text


def test_requests_leave_no_garbage_behind(tmp_path: Path) -> None:
    """The process runs with its garbage collector off, so a request must not end in a ring of objects: a hundred more leave no more."""

    def left_after(requests: int) -> int:
        body = json.dumps(converse_body(inferenceConfig={"maxTokens": 3})).encode()
        head = b"POST /model/%b/converse-stream HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
        with serve_in_thread("steady", speed=1000, truth=tmp_path / "truth.jsonl") as server:
            address = urlsplit(server.url)
            with socket.create_connection((str(address.hostname), address.port or 0), timeout=20) as client:
                for number in range(5 + requests):
                    if number == 5:  # what is made once is there by now
                        gc.collect()
                    client.sendall(head % (HAIKU.encode(), len(body)) + body)
                    data = b""
                    while not data.endswith(b"0\r\n\r\n"):
                        data += client.recv(65536)
                return gc.collect()

    gc.disable()
    try:
        few, many = left_after(10), left_after(110)
    finally:
        gc.enable()
    assert many - few < 50
