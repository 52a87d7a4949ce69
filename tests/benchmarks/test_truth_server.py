"""The truth server in C: does it keep what its model's name promises, and does its log say so?"""

from __future__ import annotations

import http.client
import json
import shutil
import ssl
import subprocess
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers.truth import Running, build, certificate, parse_log, read_log, serve

NEEDED = shutil.which("cc") is not None and Path("/usr/include/openssl/ssl.h").exists() and shutil.which("taskset")
pytestmark = pytest.mark.skipif(not NEEDED, reason="needs Linux, cc and OpenSSL's headers")
MODEL = "sim-ttft20-itl2.5-n12"


def ask(
    server: Running, model: str, *, usage: bool = False, stream: bool = True
) -> tuple[http.client.HTTPResponse, bytes]:
    """One request, as plain as can be."""
    asked = {"model": model, "messages": [], "stream": stream, "stream_options": {"include_usage": usage}}
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    link.request("POST", "/v1/chat/completions", json.dumps(asked), {"x-request-id": "mine"})
    answer = link.getresponse()
    body = answer.read()
    link.close()
    return answer, body


def events(body: bytes) -> list[str]:
    """The events of a stream."""
    return [line[6:].decode() for line in body.split(b"\n\n") if line]


def test_a_stream_is_what_its_model_says(tmp_path: Path) -> None:
    """So many chunks, usage only when asked for, [DONE]; nothing early; the log has the ids and an instant for every chunk."""
    log = tmp_path / "truth.jsonl"
    with serve(log, core=None) as server:
        answer, body = ask(server, MODEL, usage=True)
        _, bare = ask(server, MODEL)
    *said, done = events(body)
    assert done == "[DONE]"
    chunks = [json.loads(event) for event in said]
    texts = [choice["delta"].get("content") for chunk in chunks for choice in chunk["choices"]]
    assert texts == ["", *(f" {number:06d}" for number in range(12)), None]
    assert chunks[-1]["usage"]["completion_tokens"] == 12
    assert b"usage" not in bare
    first, second = read_log(log)
    assert (first.id, first.client_id, first.model) == (answer.headers["x-request-id"], "mine", MODEL)
    assert first.finished
    assert second.sent_ns.size == 12
    due = first.received_ns + 20_000_000 + 2_500_000 * np.arange(12)
    assert (first.sent_ns >= due).all()
    assert first.received_ns <= first.read_ns <= first.head_sent_ns <= first.sent_ns[0]
    assert first.latest_ns == (first.sent_ns - due).max()


def test_early_heads_and_batches(tmp_path: Path) -> None:
    """An early head leaves before the first content is due; a batch has one instant."""
    log = tmp_path / "truth.jsonl"
    with serve(log, core=None) as server:
        ask(server, "sim-ttft60-itl1-n7-batch3-early-size40")
    (one,) = read_log(log)
    assert one.head_sent_ns - one.received_ns >= 30_000_000
    assert one.sent_ns[0] - one.received_ns >= 60_000_000
    assert one.head_sent_ns < one.sent_ns[0]
    assert [len(set(one.sent_ns[part].tolist())) for part in (slice(0, 3), slice(3, 6), slice(6, 7))] == [1, 1, 1]
    assert len(set(one.sent_ns.tolist())) == 3


def test_streams_that_are_spread_do_not_march_in_step(tmp_path: Path) -> None:
    """Each has its own share of the time between chunks, on top of the time to the first."""
    log = tmp_path / "truth.jsonl"
    with serve(log, core=None) as server:
        for _ in range(3):
            ask(server, "sim-ttft10-itl10-n3-spread")
    later = [one.ttft_ms - one.latest_ns / 1e6 - 10 for one in read_log(log)]
    shares = [number * 0.618034 % 1 * 10 for number in range(3)]
    assert all(least <= share + 0.001 for least, share in zip(later, shares, strict=True))
    assert all(one.ttft_ms >= 10 + share for one, share in zip(read_log(log), shares, strict=True))


def test_not_streamed_and_refused(tmp_path: Path) -> None:
    """A whole answer in one body; another model is refused; the dump forgets what it told."""
    log = tmp_path / "truth.jsonl"
    with serve(log, core=None) as server:
        answer, body = ask(server, MODEL, stream=False)
        refused, _ = ask(server, "gpt-0")
        link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        link.request("GET", "/_dump")
        dumped = parse_log(link.getresponse().read())
        link.close()
    assert json.loads(body)["usage"]["completion_tokens"] == 12
    assert (answer.status, refused.status) == (200, 404)
    assert [one.id for one in dumped] == [answer.headers["x-request-id"]]
    assert read_log(log) == []


def test_tls(tmp_path: Path) -> None:
    """The same over TLS."""
    cert, key, authority = certificate()
    log = tmp_path / "truth.jsonl"
    with serve(log, core=None, tls=(cert, key)) as server:
        context = ssl.create_default_context(cafile=authority)
        link = http.client.HTTPSConnection("127.0.0.1", server.port, context=context, timeout=20)
        link.request("POST", "/v1/chat/completions", json.dumps({"model": MODEL, "stream": True}))
        body = link.getresponse().read()
        link.close()
    assert events(body)[-1] == "[DONE]"
    (one,) = read_log(log)
    assert one.sent_ns.size == 12


def test_the_client_in_c_sees_what_was_sent(tmp_path: Path) -> None:
    """Every chunk, and no stamp before the chunk left."""
    log, seen = tmp_path / "truth.jsonl", tmp_path / "seen.jsonl"
    with serve(log, core=None) as server:
        command = [str(build("client")), str(server.port), MODEL, "4", "8", str(seen)]
        done = subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert json.loads(done.stdout)["requests"] == 8
    served = {one.id: one for one in read_log(log)}
    for line in seen.read_text().splitlines():
        one = json.loads(line)
        counts = [read[2] for read in one["reads"]]
        assert counts[-1] == 12
        for kernel_ns, user_ns, count in one["reads"]:
            assert user_ns >= kernel_ns
            # The clocks' distance is taken once, at the end: some microseconds of drift are allowed for.
            assert count == 0 or kernel_ns + 1_000_000 >= served[one["id"]].sent_ns[count - 1]
