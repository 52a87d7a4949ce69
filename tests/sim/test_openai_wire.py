"""What the simulated OpenAI-compatible service promises on the wire: events, framing, refusals, faults, and the truth about them."""

from __future__ import annotations

import http.client
import itertools
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hayai.sim.account import Account
from hayai.sim.front import Front
from hayai.sim.process import serve_in_process, serve_in_thread
from hayai.sim.profile import read_profile
from hayai.sim.reply import Reply
from hayai.sim.truth import Truth, read_truth
from hayai.wire.http1 import Request
from tests.sim.raw import HAIKU, PROMPT, Answer, call, chat_body, converse_body, post

CHAT = "/v1/chat/completions"
STREAM = chat_body(stream=True, max_tokens=6)


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Address and truth log of a simulator."""
    log = tmp_path / "truth.jsonl"
    with serve_in_thread("steady", speed=20, truth=log) as server:
        yield server.url, log


def truth_of(log: Path, answer: Answer) -> Truth:
    """The truth about one answer. It is written right after the last byte, so a quick reader waits a little."""
    until = time.monotonic() + 10
    while answer.headers["x-request-id"] not in read_truth(log) and time.monotonic() < until:
        time.sleep(0.001)
    return read_truth(log)[answer.headers["x-request-id"]]


def events(body: bytes) -> list[Any]:
    """The data of each plain event, as JSON where it is JSON; every event is one line and an empty one."""
    *whole, rest = body.decode().split("\n\n")
    assert rest == ""
    assert all(event.startswith("data: ") and "\n" not in event for event in whole)
    return [event[6:] if event == "data: [DONE]" else json.loads(event[6:]) for event in whole]


def error(answer: Answer) -> tuple[int, str | None, str | None]:
    """Status, code and param of a refusal."""
    told = answer.json["error"]
    assert told.keys() == {"message", "type", "param", "code"}
    return answer.status, told["code"], told["param"]


def raw_stream(url: str, headers: bytes = b"") -> bytes:
    """Everything that comes back for a streaming request, HTTP's own framing included."""
    address = urlsplit(url)
    body = json.dumps(STREAM).encode()
    head = b"POST %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%bContent-Length: %d\r\n\r\n"
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=20) as client:
        client.sendall(head % (CHAT.encode(), headers, len(body)) + body)
        data = b""
        while part := client.recv(65536):
            data += part
    return data


def http_chunks(data: bytes) -> list[bytes]:
    """The chunks of a chunked response, the last empty one included."""
    rest = data.partition(b"\r\n\r\n")[2]
    found = []
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        found.append(rest[:length])
        assert rest[length : length + 2] == b"\r\n"
        rest = rest[length + 2 :]
    return found


def test_a_stream_is_one_event_per_chunk_and_the_log_tells_each(logged: tuple[str, Path]) -> None:
    """Role, six pieces, reason, usage, end; the same ids throughout; kinds, characters, tokens and instants in the log."""
    url, log = logged
    body = chat_body(stream=True, max_tokens=6, stream_options={"include_usage": True}, service_tier="auto")
    answer = post(url, CHAT, body, {"x-hayai-sim-chunk-tokens": "2"})
    role, *pieces, reason, usage, done = events(answer.body)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert (answer.headers["x-hayai-sim"], answer.headers["openai-processing-ms"]) == ("steady;speed=20", "5")
    assert role["choices"] == [
        {
            "index": 0,
            "delta": {"role": "assistant", "content": "", "refusal": None},
            "logprobs": None,
            "finish_reason": None,
        }
    ]
    assert [chunk["usage"] for chunk in (role, *pieces, reason)] == [None] * 6
    assert reason["choices"][0]["finish_reason"] == "length"
    assert usage["choices"] == []
    assert done == "[DONE]"
    same = {(chunk["id"], chunk["created"], chunk["model"], chunk["service_tier"]) for chunk in (role, *pieces, usage)}
    assert len(same) == 1
    truth = truth_of(log, answer)
    texts = [chunk["choices"][0]["delta"]["content"] for chunk in pieces]
    assert (truth.operation, truth.model, truth.tier) == ("chat.completions-stream", "any-name", "default")
    assert truth.kinds == "etttteee"
    assert truth.tokens == (0, 1, 2, 2, 1, 0, 0, 0)
    assert truth.chars == (0, *map(len, texts), 0, 0, 0)
    assert truth.due_ns == tuple(round(ms * 1e6) for ms in (5, 10, 12, 14, 15, 15, 15, 15))
    assert (truth.input_tokens, truth.output_tokens) == (usage["usage"]["prompt_tokens"], 6)
    assert (truth.requested_latency, truth.served_latency) == (None, None)
    assert truth.prompt_topic == "docker_intro"


def test_a_whole_body_is_one_write(logged: tuple[str, Path]) -> None:
    """With the characters and tokens of everything visible or thought."""
    url, log = logged
    answer = post(url, "/chat/completions", chat_body(max_tokens=6))
    truth = truth_of(log, answer)
    assert (truth.operation, truth.kinds, truth.tokens) == ("chat.completions", "b", (6,))
    assert truth.chars == (len(answer.json["choices"][0]["message"]["content"]),)
    assert answer.headers["openai-processing-ms"] == "15"


def test_odd_framing_on_the_wire(logged: tuple[str, Path]) -> None:
    """Each wish changes what it names and nothing else."""
    url, _ = logged
    plain = http_chunks(raw_stream(url))
    assert len(plain) == 1 + 6 + 1 + 1 + 1
    assert all(chunk.startswith(b"data: ") and chunk.endswith(b"\n\n") for chunk in plain[:-1])

    def framed(names: bytes) -> list[bytes]:
        return http_chunks(raw_stream(url, b"x-hayai-sim-framing: %b\r\n" % names))

    assert all(chunk.endswith(b"\r\n\r\n") for chunk in framed(b"crlf")[:-1])
    assert all(chunk.endswith(b"}\r\r") or chunk == b"data: [DONE]\r\r" for chunk in framed(b"cr")[:-1])
    assert all(chunk[:6] in {b"data:{", b"data:["} for chunk in framed(b"no-space")[:-1])
    assert all(chunk.startswith(b": ping\n\ndata: ") for chunk in framed(b"comments")[:-1])
    marked = framed(b"bom")
    assert marked[0].startswith(b"\xef\xbb\xbfdata: ")
    assert not any(b"\xef\xbb\xbf" in chunk for chunk in marked[1:])
    split = framed(b"split")
    assert len(split) == 2 * 9 + 1
    assert [a + b for a, b in zip(split[:-1:2], split[1:-1:2], strict=True)][-1] == b"data: [DONE]\n\n"
    assert error(post(url, CHAT, STREAM, {"x-hayai-sim-framing": "sideways"}))[0] == 400


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        (b"{", None, None),
        (b"[]", None, None),
        (b"\xff", None, None),
        ({}, None, "model"),
        ({"model": 7}, None, "model"),
        ({"model": "x"}, "missing_required_parameter", "messages"),
        ({"model": "x", "messages": []}, "empty_array", "messages"),
        ({"model": "x", "messages": "hello"}, "invalid_type", "messages"),
        ({"model": "x", "messages": ["hello"]}, None, "messages[0]"),
        (chat_body(max_tokens=0), "invalid_value", "max_tokens"),
        (chat_body(max_completion_tokens="many"), "invalid_value", "max_completion_tokens"),
        (chat_body(max_tokens=10**9), "invalid_value", "max_tokens"),
        (chat_body(service_tier="gold"), "invalid_value", "service_tier"),
        (chat_body(reasoning_effort=["high"]), "unsupported_value", "reasoning_effort"),
        (chat_body(n=2), "unsupported_value", "n"),
        (chat_body(stream_options={"include_usage": True}), None, "stream_options"),
    ],
)
def test_bodies_that_are_refused(steady: str, body: object, code: str | None, param: str | None) -> None:
    """Each with a 400 that names what is wrong."""
    answer = post(steady, CHAT, body)
    assert error(answer) == (400, code, param)
    assert answer.json["error"]["type"] == "invalid_request_error"


def test_paths_and_methods(steady: str) -> None:
    """What is nothing of the service's is a 404 in its words; what is Bedrock's stays Bedrock's."""
    assert error(post(steady, "/v1/embeddings", {}))[0] == 404
    assert error(post(steady, CHAT, b"", method="GET"))[0] == 405
    assert error(post(steady, "/v1/models", {}))[0] == 405
    assert post(steady, "/v1/models?limit=2", b"", method="GET").json["object"] == "list"
    assert post(steady, "/anything", {}).headers["x-amzn-errortype"].startswith("UnknownOperationException")
    assert "x-request-id" not in call(steady, "converse", HAIKU, converse_body()).headers


def test_the_two_services_do_not_disturb_each_other_s_dice() -> None:
    """A question asked here does not change what Bedrock answers to the same one."""
    texts = []
    calm = {"x-hayai-sim-fault": "stall,after_chunks=100000"}
    for asked_before in (0, 2):
        with serve_in_thread("faulty", speed=1000, seed=3) as server:
            for _ in range(asked_before):
                post(server.url, CHAT, chat_body() | {"model": HAIKU}, calm)
            texts.append(call(server.url, "converse", HAIKU, converse_body(), calm).json["output"])
    assert texts[0] == texts[1]


def test_keys_come_from_the_environment() -> None:
    """The simulator's own OPENAI_API_KEY, and nothing where there is none; the log names the refusal."""
    environment = {"PATH": "/usr/bin:/bin", "OPENAI_API_KEY": "sk-of-the-tests", "AWS_BEARER_TOKEN_BEDROCK": "other"}
    with serve_in_process("steady", options=["--check-signatures", "--speed", "20"], environment=environment) as server:
        for authorization, status, code in (
            ("Bearer sk-of-the-tests", 200, None),
            ("bearer sk-of-the-tests", 200, None),
            ("Bearer other", 401, "invalid_api_key"),
            ("Bearer b\u00fccher", 401, "invalid_api_key"),
            ("Bearer ", 401, None),
            ("Basic abc", 401, None),
        ):
            answer = post(server.url, CHAT, chat_body(max_tokens=1), {"Authorization": authorization})
            assert answer.status == status
            assert status == 200 or error(answer)[1] == code
        assert call(server.url, "converse", HAIKU, converse_body(), {"Authorization": "Bearer other"}).status == 200
        wrong = {"Authorization": "Bearer sk-of-the-tests"}
        assert call(server.url, "converse", HAIKU, converse_body(), wrong).status == 403


# Faults


def broken(url: str, fault: str, **more: object) -> Answer:
    """A stream that is hit by `fault`."""
    return post(url, CHAT, chat_body(stream=True, max_tokens=6, **more), {"x-hayai-sim-fault": fault})


def test_cut_frame_ends_inside_an_event(logged: tuple[str, Path]) -> None:
    """Perfect HTTP, and an event that never comes to its empty line."""
    answer = broken(logged[0], "cut_frame,after_chunks=2")
    whole, _, rest = answer.body.rpartition(b"\n\n")
    assert len(events(whole + b"\n\n")) == 3
    assert rest.startswith(b'data: {"id"')
    assert b"\n" not in rest
    assert (truth_of(logged[1], answer).fault, truth_of(logged[1], answer).kinds) == ("cut_frame", "ettx")


def test_bad_crc_is_one_chunk_of_broken_json(logged: tuple[str, Path]) -> None:
    """The events around it are fine, and it is one event itself."""
    answer = broken(logged[0], "bad_crc,after_chunks=2")
    found = answer.body.removesuffix(b"\n\n").split(b"\n\n")
    assert len(found) == 1 + 6 + 2
    bad = []
    for at, event in enumerate(found[:-1]):
        try:
            json.loads(event.removeprefix(b"data: "))
        except ValueError:
            bad.append(at)
    assert bad == [3]
    assert truth_of(logged[1], answer).kinds == "ettxtttee"


def test_an_error_in_the_stream_is_its_last_event(logged: tuple[str, Path]) -> None:
    """With OpenAI's code for it, whatever the framing, and no `[DONE]`."""
    answer = broken(logged[0], "in_stream_exception,after_chunks=3,error=ThrottlingException")
    *_, last = events(answer.body)
    assert last["error"]["code"] == "rate_limit_exceeded"
    assert "any-name" in last["error"]["message"]
    assert truth_of(logged[1], answer).kinds == "etttx"
    whole = post(logged[0], CHAT, chat_body(), {"x-hayai-sim-fault": "in_stream_exception,error=ThrottlingException"})
    assert error(whole) == (429, "rate_limit_exceeded", None)
    assert truth_of(logged[1], whole).error == "rate_limit_exceeded"


def test_no_last_events_ends_without_a_word(logged: tuple[str, Path]) -> None:
    """No reason, no usage, no `[DONE]`, and HTTP is fine."""
    answer = broken(logged[0], "no_last_events", stream_options={"include_usage": True})
    chunks = events(answer.body)
    assert len(chunks) == 7
    assert all(chunk["choices"][0]["finish_reason"] is None for chunk in chunks)
    assert truth_of(logged[1], answer).kinds == "etttttt"


def test_buffered_is_everything_in_one_write_at_the_end(logged: tuple[str, Path]) -> None:
    """The same events as ever, in one HTTP chunk."""
    answer = broken(logged[0], "buffered")
    assert len(events(answer.body)) == 1 + 6 + 2
    truth = truth_of(logged[1], answer)
    assert (truth.fault, truth.kinds, truth.due_ns, truth.tokens) == ("buffered", "x", (15_000_000,), (6,))
    assert len(http_chunks(raw_stream(logged[0], b"x-hayai-sim-fault: buffered\r\n"))) == 1 + 1


@pytest.mark.parametrize("kind", ["close", "reset"])
@pytest.mark.parametrize("streamed", [True, False])
def test_broken_connections(logged: tuple[str, Path], kind: str, streamed: bool) -> None:
    """Streamed or whole, nobody can take it for complete."""
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        post(logged[0], CHAT, chat_body(stream=streamed), {"x-hayai-sim-fault": f"{kind},after_chunks=3"})
    until = time.monotonic() + 10
    while not read_truth(logged[1]) and time.monotonic() < until:
        time.sleep(0.001)
    (truth,) = read_truth(logged[1]).values()
    assert (truth.fault, truth.ended, truth.kinds) == (kind, kind, "ettt" if streamed else "x")


def test_waits(logged: tuple[str, Path]) -> None:
    """4,000 ms at twenty times the speed are 200 ms: in the middle, or before the head."""
    stalled = truth_of(logged[1], broken(logged[0], "stall,after_chunks=4,wait_ms=4000"))
    slow = truth_of(logged[1], broken(logged[0], "slow_headers,wait_ms=4000"))
    pieces = [due for kind, due in zip(stalled.kinds, stalled.due_ns, strict=True) if kind == "t"]
    assert [after - before for before, after in itertools.pairwise(pieces)] == [
        1_000_000,
        1_000_000,
        1_000_000,
        201_000_000,
        1_000_000,
    ]
    assert slow.due_ns[0] == 205_000_000


# Whatever comes


KEYS = [
    "model", "messages", "stream", "stream_options", "include_usage", "max_tokens", "max_completion_tokens", "tools", "function", "name",
    "parameters", "properties", "type", "role", "content", "text", "image_url", "url", "service_tier", "reasoning_effort", "metadata", "n",
    "x-hayai-sim-tokens", "x-hayai-sim-fault", "x-hayai-sim-framing", "x-hayai-sim-answer",
]  # fmt: skip
WORDS = st.sampled_from(
    ["user", "flex", "function", "object", "array", "low", "reset", "cut_frame", "bad_crc", "crlf,split", "5", ""]
)
LEAVES = st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats(allow_nan=False) | WORDS | st.text(max_size=8)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=15,
)
SERVICES = {
    name: Front(Account(read_profile(name), seed=1, speed=1, keys=None, started_ns=0)) for name in ("steady", "faulty")
}


def check(reply: Reply) -> None:
    """A whole reply: on time, in order, with its status in its first line."""
    sends = list(reply.sends)
    assert [send.offset_ns for send in sends] == sorted(send.offset_ns for send in sends)
    assert sends[0].data.startswith(b"HTTP/1.1 %d " % reply.status)


@settings(max_examples=300)
@given(
    service=st.sampled_from(sorted(SERVICES)),
    start=st.sampled_from([{}, chat_body(), chat_body(stream=True), chat_body(stream=True, max_tokens=9)]),
    more=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6),
)
def test_any_json_gets_a_reply(service: str, start: dict[str, Any], more: dict[str, Any]) -> None:
    """Whatever a body says."""
    request = Request("POST", CHAT, (), json.dumps(start | more).encode(), keep_alive=True)
    check(SERVICES[service].respond(request, number=1, request_id="x", now_ns=0, wall_ns=0))


@given(st.text(max_size=60), st.binary(max_size=60), st.sampled_from(["POST", "GET", "PUT"]), st.text(max_size=9))
def test_any_path_and_bytes_get_a_reply(path: str, body: bytes, method: str, key: str) -> None:
    """Whatever a path, a body and a key are, with and without a check of keys."""
    strict = Front(Account(read_profile("steady"), seed=1, speed=1, keys={"openai": "k"}, started_ns=0))
    for raw_path in (f"/v1/{path}", "/v1/chat/completions", "/v1/models"):
        request = Request(method, raw_path, (("Authorization", f"Bearer {key}"),), body, keep_alive=True)
        for service in (strict, SERVICES["steady"]):
            check(service.respond(request, number=1, request_id="x", now_ns=0, wall_ns=0))


@pytest.mark.parametrize("depth", [40, 400, 990, 200_000])
def test_deep_bodies_get_a_reply(depth: int) -> None:
    """Lists in lists in lists, in each place that is read in depth."""
    body = b'{"model":"x","messages":[{"role":"user","content":%b1%b}],"tools":%b1%b}' % (
        (b"[" * depth, b"]" * depth) * 2
    )
    request = Request("POST", CHAT, (), body, keep_alive=True)
    check(SERVICES["steady"].respond(request, number=1, request_id="x", now_ns=0, wall_ns=0))


@given(model=st.text(min_size=1, max_size=30), prompt=st.text(max_size=60))
def test_any_name_and_prompt_make_json(model: str, prompt: str) -> None:
    """Every chunk is JSON and says the model's name as it was given."""
    try:
        body = json.dumps(
            {"model": model, "messages": [{"role": "user", "content": prompt}], "stream": True}, ensure_ascii=False
        ).encode()
    except UnicodeEncodeError:
        return
    request = Request("POST", CHAT, (("x-hayai-sim-tokens", "12"),), body, keep_alive=True)
    reply = SERVICES["steady"].respond(request, number=1, request_id="x", now_ns=0, wall_ns=0)
    _head, *chunks, _end = reply.sends
    *found, done = events(b"".join(chunk for send in chunks for chunk in http_chunks(b"\r\n\r\n" + send.data)))
    assert {chunk["model"] for chunk in found} == {model}
    assert done == "[DONE]"


def test_prompts_are_not_in_the_log(logged: tuple[str, Path]) -> None:
    """Nor answers, nor keys."""
    answer = post(logged[0], CHAT, chat_body(), {"Authorization": "Bearer a-secret-of-the-tests"})
    assert truth_of(logged[1], answer)
    text = logged[1].read_text(encoding="utf-8")
    assert PROMPT not in text
    assert "a-secret-of-the-tests" not in text
    assert answer.json["choices"][0]["message"]["content"][:20] not in text
