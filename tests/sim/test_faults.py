"""What the simulator promises when it breaks: the right layer, at the right place, and the truth says so."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.eventstream import ChecksumMismatch

from hayai.sim.process import serve_in_thread
from hayai.sim.profile import parse_profile
from hayai.sim.truth import Truth, read_truth
from tests.sim.raw import HAIKU, Answer, call, converse_body, decode, headers_of, kind_of

BODY = converse_body(inferenceConfig={"maxTokens": 10})


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Address and truth log of a simulator."""
    log = tmp_path / "truth.jsonl"
    with serve_in_thread("steady", speed=20, truth=log) as server:
        yield server.url, log


def ask(url: str, fault: str, operation: str = "converse-stream") -> Answer:
    """A request that is hit by `fault`."""
    return call(url, operation, HAIKU, BODY, {"x-hayai-sim-fault": fault})


def truths(log: Path, count: int) -> list[Truth]:
    """The truths in the log, in order. A line is written right after its response's last byte, so a quick reader waits a little."""
    until = time.monotonic() + 10
    while len(read_truth(log)) < count and time.monotonic() < until:
        time.sleep(0.001)
    found = sorted(read_truth(log).values(), key=lambda truth: truth.number)
    assert len(found) == count
    return found


def only(log: Path) -> Truth:
    """The one truth in the log."""
    return truths(log, 1)[0]


def test_cut_frame_is_whole_http_and_half_a_message(broken: tuple[str, Path]) -> None:
    """The body ends as HTTP wants it; the event stream in it ends inside a message after four pieces."""
    answer = ask(broken[0], "cut_frame,after_chunks=4")
    assert [kind_of(message) for message in decode(answer.body)] == ["messageStart", *["contentBlockDelta"] * 4]
    total = int.from_bytes(answer.body[:4], "big")
    lengths: list[int] = []
    while total and len(answer.body) >= sum(lengths) + total:
        lengths.append(total)
        total = int.from_bytes(answer.body[sum(lengths) :][:4], "big")
    assert 0 < len(answer.body) - sum(lengths) < total
    assert (only(broken[1]).fault, only(broken[1]).kinds) == ("cut_frame", "ettttx")


def test_bad_crc_is_one_bad_message_among_good_ones(broken: tuple[str, Path]) -> None:
    """The stream goes on after it."""
    answer = ask(broken[0], "bad_crc,after_chunks=2")
    with pytest.raises(ChecksumMismatch):
        decode(answer.body)
    assert answer.body.count(b"contentBlockDelta") == 10
    assert only(broken[1]).kinds == "ettx" + "t" * 7 + "eee"


def test_exception_in_the_stream(broken: tuple[str, Path]) -> None:
    """The stream ends with it, and the response with its last chunk."""
    answer = ask(broken[0], "in_stream_exception,after_chunks=3,error=ServiceUnavailableException")
    last = decode(answer.body)[-1]
    assert kind_of(last) == "serviceUnavailableException"
    assert headers_of(last)[":message-type"] == "exception"
    assert only(broken[1]).kinds == "etttx"


def test_no_last_events(broken: tuple[str, Path]) -> None:
    """A clean end without stop and usage."""
    frames = ask(broken[0], "no_last_events").frames
    assert [kind for kind, _ in frames] == ["messageStart", *["contentBlockDelta"] * 10]
    assert only(broken[1]).fault == "no_last_events"


@pytest.mark.parametrize("kind", ["close", "reset"])
@pytest.mark.parametrize("operation", ["converse-stream", "converse"])
def test_broken_connections(broken: tuple[str, Path], kind: str, operation: str) -> None:
    """Streamed or whole, the client cannot take it for complete; the log says how it ended."""
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        ask(broken[0], f"{kind},after_chunks=4", operation)
    truth = only(broken[1])
    assert (truth.fault, truth.ended) == (kind, kind)
    assert truth.kinds == ("etttt" if operation == "converse-stream" else "x")


def test_stall_and_slow_headers_wait_where_they_say(broken: tuple[str, Path]) -> None:
    """4,000 ms at twenty times the speed are 200 ms: in the middle, or before the head."""
    ask(broken[0], "stall,after_chunks=4,wait_ms=4000")
    ask(broken[0], "slow_headers,wait_ms=4000")
    stalled, slow = truths(broken[1], 2)
    gaps = [after - before for before, after in zip(stalled.due_ns[1:], stalled.due_ns[2:], strict=False)][:9]
    assert gaps == [1_000_000] * 3 + [201_000_000] + [1_000_000] * 5
    assert slow.due_ns[0] == 205_000_000
    assert slow.head_at_ns is not None
    assert slow.head_at_ns - slow.received_at_ns >= 205_000_000


def test_buffered_is_everything_in_one_write_at_the_end(broken: tuple[str, Path]) -> None:
    """The same events as ever; the log has the one write, with all characters and tokens."""
    frames = ask(broken[0], "buffered").frames
    assert [kind for kind, _ in frames][:11] == ["messageStart", *["contentBlockDelta"] * 10]
    truth = only(broken[1])
    assert (truth.fault, truth.kinds, truth.tokens) == ("buffered", "x", (10,))
    assert truth.due_ns == (19_000_000,)
    assert truth.ttft_ns == 10_000_000


def test_a_short_answer_is_spared(broken: tuple[str, Path]) -> None:
    """After more chunks than there are nothing happens, and the log does not claim it."""
    assert len(ask(broken[0], "reset,after_chunks=99").frames) == 14
    assert only(broken[1]).fault is None


@pytest.mark.parametrize("fault", ["explode", "stall,wait_ms=soon", "stall,nonsense", "error,error=NoSuchException"])
def test_scripts_that_make_no_sense(broken: tuple[str, Path], fault: str) -> None:
    """They are refused with a word on why."""
    answer = ask(broken[0], fault)
    assert answer.status == 400
    assert answer.json["message"].startswith("hayai-sim: fault: ")


def test_faults_of_a_profile_strike_the_numbered_requests() -> None:
    """By number, by several numbers, by model; others pass."""
    text = """
    about = "Scripted faults."
    faults = [
        { kind = "error", request = [2, 3], error = "InternalServerException" },
        { kind = "error", request = 4, model = "nova", error = "InternalServerException" },
        { kind = "error", chance = 1.0, model = "llama", error = "ModelTimeoutException" },
    ]
    models = [{ id = "*", arms = { standard = { ttft_ms = 5, itl_ms = 0 } } }]
    """
    with serve_in_thread(parse_profile(text, name="x", place="x")) as server:
        statuses = [call(server.url, "converse", HAIKU, BODY).status for _ in range(5)]
        other = call(server.url, "converse", "us.meta.llama3-1-70b-instruct-v1:0", BODY).status
    assert (statuses, other) == ([200, 500, 500, 200, 200], 408)


@pytest.mark.parametrize("kind", ["close", "reset"])
def test_connections_break_under_tls_too(kind: str) -> None:
    """A cut is a cut on an encrypted connection: no complete response, and soon."""
    body = json.dumps(BODY).encode()
    head = b"POST /model/%b/converse-stream HTTP/1.1\r\nHost: x\r\nx-hayai-sim-fault: %b\r\nContent-Length: %d\r\n\r\n"
    with serve_in_thread("steady", speed=20, tls=True) as server:
        address = urlsplit(server.url)
        trust = ssl.create_default_context(cafile=str(server.authority))
        plain = socket.create_connection((str(address.hostname), address.port or 0), timeout=10)
        with trust.wrap_socket(plain, server_hostname="localhost") as client:
            client.sendall(head % (HAIKU.encode(), kind.encode(), len(body)) + body)
            data = b""
            with contextlib.suppress(ConnectionResetError, ssl.SSLError):
                while part := client.recv(65536):
                    data += part
    assert data.count(b"contentBlockDelta") == 3
    assert not data.endswith(b"0\r\n\r\n")
