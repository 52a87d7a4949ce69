"""What the simulator promises on the wire: Bedrock's framing, headers, key order, events and echo, as recorded from the real service."""

from __future__ import annotations

import base64
import json
import re
import socket
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from hayai.sim.reply import http_date
from tests.sim.raw import HAIKU, NOVA, PROMPT, call, claude_body, converse_body, nova_body

LIMIT = {"inferenceConfig": {"maxTokens": 8}}


def chunks_of(answer: Any) -> list[dict[str, Any]]:
    """The native chunks inside an invoke stream."""
    return [json.loads(base64.b64decode(payload["bytes"])) for kind, payload in answer.frames if kind == "chunk"]


def test_converse_stream_has_bedrock_s_events_in_order(steady: str) -> None:
    """messageStart, deltas, contentBlockStop, messageStop, metadata; no contentBlockStart for text; padding in each; sorted keys."""
    answer = call(steady, "converse-stream", HAIKU, converse_body(**LIMIT))
    kinds = [kind for kind, _ in answer.frames]
    assert kinds == ["messageStart", *["contentBlockDelta"] * 8, "contentBlockStop", "messageStop", "metadata"]
    assert answer.headers["content-type"] == "application/vnd.amazon.eventstream"
    assert answer.headers["transfer-encoding"] == "chunked"
    for _, payload in answer.frames:
        assert list(payload) == sorted(payload)
        assert "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".startswith(payload["p"])
    assert answer.frames[-2][1]["stopReason"] == "max_tokens"
    usage = answer.frames[-1][1]["usage"]
    assert usage == {
        "inputTokens": usage["inputTokens"],
        "outputTokens": 8,
        "serverToolUsage": {},
        "totalTokens": usage["inputTokens"] + 8,
    }


def test_frame_headers_come_in_bedrock_s_order(steady: str) -> None:
    """The first header block on the wire is :event-type, :content-type, :message-type, byte for byte."""
    body = call(steady, "converse-stream", HAIKU, converse_body(**LIMIT)).body
    expected = b"\x0b:event-type\x07\x00\x0cmessageStart\x0d:content-type\x07\x00\x10application/json\x0d:message-type\x07\x00\x05event"
    assert body[12 : 12 + len(expected)] == expected
    assert body[4:8] == len(expected).to_bytes(4, "big")


def test_converse_body_has_the_real_one_s_keys(steady: str) -> None:
    """Alphabetical keys at every level, usage with serverToolUsage, no echo of what was not asked for."""
    answer = call(steady, "converse", HAIKU, converse_body(**LIMIT))
    assert list(answer.json) == ["metrics", "output", "stopReason", "usage"]
    assert answer.body.index(b'"content"') < answer.body.index(b'"role"')
    assert answer.json["usage"]["serverToolUsage"] == {}
    assert answer.json["output"]["message"]["role"] == "assistant"


@pytest.mark.parametrize("asked", ["standard", "optimized"])
def test_latency_and_tier_are_echoed_only_when_asked_for(steady: str, asked: str) -> None:
    """All four calls tell what was given, each in its own place."""
    wishes = {"performanceConfig": {"latency": asked}, "serviceTier": {"type": "flex"}}
    headers = {"X-Amzn-Bedrock-PerformanceConfig-Latency": asked, "X-Amzn-Bedrock-Service-Tier": "flex"}
    whole = call(steady, "converse", NOVA, converse_body(**LIMIT, **wishes)).json
    assert {key: whole[key] for key in wishes} == wishes
    metadata = call(steady, "converse-stream", NOVA, converse_body(**LIMIT, **wishes)).frames[-1][1]
    assert {key: metadata[key] for key in wishes} == wishes
    for operation in ("invoke", "invoke-with-response-stream"):
        told = call(steady, operation, NOVA, nova_body(**LIMIT), headers).headers
        assert told["x-amzn-bedrock-performanceconfig-latency"] == asked
        assert told["x-amzn-bedrock-service-tier"] == "flex"
        silent = call(steady, operation, NOVA, nova_body(**LIMIT)).headers
        assert not {"x-amzn-bedrock-performanceconfig-latency", "x-amzn-bedrock-service-tier"} & silent.keys()


def test_claude_stream_is_the_messages_stream_with_metrics_on_its_last_chunk(steady: str) -> None:
    """message_start with placeholder usage first; final usage in message_delta; invocation metrics on message_stop only."""
    answer = call(steady, "invoke-with-response-stream", HAIKU, claude_body(max_tokens=5))
    chunks = chunks_of(answer)
    kinds = [chunk["type"] for chunk in chunks]
    deltas = ["content_block_delta"] * 5
    assert kinds == [
        "message_start",
        "content_block_start",
        *deltas,
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert answer.headers["x-amzn-bedrock-content-type"] == "application/json"
    start = chunks[0]["message"]
    assert start["id"].startswith("msg_bdrk_")
    assert start["usage"]["output_tokens"] == 1
    assert chunks[-2] == {
        "type": "message_delta",
        "delta": {"stop_reason": "max_tokens", "stop_sequence": None},
        "usage": {"output_tokens": 5},
    }
    metrics = chunks[-1]["amazon-bedrock-invocationMetrics"]
    # 200 ms to the first token and 20 ms for each of four more, at twenty times the speed.
    assert (metrics["firstByteLatency"], metrics["invocationLatency"]) == (10, 14)
    assert metrics["outputTokenCount"] == 5
    assert not any("amazon-bedrock-invocationMetrics" in chunk for chunk in chunks[:-1])


def test_invoke_counts_tokens_in_its_headers(steady: str) -> None:
    """InvokeModel tells counts and latency in response headers; the body is the family's own."""
    answer = call(steady, "invoke", HAIKU, claude_body(max_tokens=7))
    assert answer.headers["x-amzn-bedrock-output-token-count"] == "7"
    assert answer.headers["x-amzn-bedrock-input-token-count"] == str(answer.json["usage"]["input_tokens"])
    assert answer.headers["x-amzn-bedrock-invocation-latency"] == "16"
    assert answer.json["stop_reason"] == "max_tokens"


@pytest.mark.parametrize(
    ("model", "body", "text_at"),
    [
        (NOVA, nova_body(), ("output", "message", "content", 0, "text")),
        ("us.meta.llama3-1-70b-instruct-v1:0", {"prompt": PROMPT}, ("generation",)),
        ("mistral.mistral-large-2402-v1:0", {"prompt": PROMPT}, ("outputs", 0, "text")),
        ("mistral.mistral-large-2407-v1:0", converse_body(), ("choices", 0, "message", "content")),
    ],
)
def test_every_family_answers_in_its_own_form(steady: str, model: str, body: object, text_at: tuple[Any, ...]) -> None:
    """Whole and streamed, with counts in headers and in the metrics of the last chunk."""
    whole = call(steady, "invoke", model, body)
    text = whole.json
    for step in text_at:
        text = text[step]
    assert "ontainer" in text
    assert whole.headers["x-amzn-bedrock-output-token-count"] == "50"
    last = chunks_of(call(steady, "invoke-with-response-stream", model, body))[-1]
    assert last["amazon-bedrock-invocationMetrics"]["outputTokenCount"] == 50


def test_reasoning_comes_before_text(steady: str) -> None:
    """Asked for, it streams as a block of its own with a signature, and counts as output."""
    thinking = {"additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 6}}}
    frames = call(steady, "converse-stream", HAIKU, converse_body(**thinking)).frames
    deltas = [payload["delta"] for kind, payload in frames if kind == "contentBlockDelta"]
    kinds = ["r" if "reasoningContent" in delta else "t" for delta in deltas]
    assert "".join(kinds) == "r" * 7 + "t" * 50  # six pieces and the signature
    assert "signature" in deltas[6]["reasoningContent"]
    assert frames[-1][1]["usage"]["outputTokens"] == 56
    native = chunks_of(
        call(
            steady,
            "invoke-with-response-stream",
            HAIKU,
            claude_body(thinking=thinking["additionalModelRequestFields"]["thinking"]),
        )
    )
    starts = [chunk["content_block"]["type"] for chunk in native if chunk["type"] == "content_block_start"]
    assert starts == ["thinking", "text"]


def test_a_tool_is_called_when_told_to(steady: str) -> None:
    """The call's input streams as JSON text that fits the tool's schema."""
    schema = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
    tools = {"toolConfig": {"tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": schema}}}]}}
    script = {"x-hayai-sim-answer": "tool_use"}
    frames = call(steady, "converse-stream", HAIKU, converse_body(**tools), script).frames
    assert (
        next(payload for kind, payload in frames if kind == "contentBlockStart")["start"]["toolUse"]["name"]
        == "weather"
    )
    streamed = "".join(payload["delta"]["toolUse"]["input"] for kind, payload in frames if kind == "contentBlockDelta")
    assert json.loads(streamed) == {"city": "example", "days": 3}
    assert frames[-2][1]["stopReason"] == "tool_use"
    whole = call(steady, "converse", HAIKU, converse_body(**tools), script).json
    assert whole["output"]["message"]["content"][0]["toolUse"]["input"] == {"city": "example", "days": 3}


def test_images_and_system_text_are_taken(steady: str) -> None:
    """A request with an image costs more input tokens than one without."""
    image = {"image": {"format": "png", "source": {"bytes": base64.b64encode(b"\x89PNG").decode()}}}
    with_image = {
        "messages": [{"role": "user", "content": [image, {"text": PROMPT}]}],
        "system": [{"text": "Be brief."}],
    }
    plain = call(steady, "converse", HAIKU, converse_body()).json["usage"]["inputTokens"]
    assert call(steady, "converse", HAIKU, with_image).json["usage"]["inputTokens"] > plain + 1000


@pytest.mark.parametrize(
    "name",
    [
        HAIKU,
        quote(HAIKU, safe=""),
        quote(f"arn:aws:bedrock:us-east-2:123456789012:inference-profile/{HAIKU}", safe=""),
        f"arn:aws:bedrock:us-east-2:123456789012:inference-profile/{HAIKU}",
        quote("arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-3-5-haiku-20241022-v1:0", safe=""),
    ],
)
def test_models_are_found_however_their_name_is_written(steady: str, name: str) -> None:
    """Colons encoded or not, ARNs with their slash encoded or not."""
    assert call(steady, "converse", name, converse_body(**LIMIT)).status == 200


def test_every_response_says_that_it_is_simulated(steady: str) -> None:
    """Successes and errors carry the profile and the speed; a served request the region; each its own request id and a date."""
    good = call(steady, "converse", HAIKU, converse_body(**LIMIT)).headers
    bad = call(steady, "converse", "nothing.like-this", converse_body()).headers
    assert good["x-hayai-sim"] == bad["x-hayai-sim"] == "steady;speed=20"
    assert good["x-hayai-sim-region"] == "us-west-2"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", good["x-amzn-requestid"])
    assert good["x-amzn-requestid"] != bad["x-amzn-requestid"]
    assert good["date"].endswith(" GMT")


def test_dates_are_as_http_wants_them() -> None:
    """RFC 9110's own example."""
    assert http_date(784_111_777 * 10**9) == "Sun, 06 Nov 1994 08:49:37 GMT"


def test_connections_are_kept_and_pipelined_requests_wait_their_turn(steady: str) -> None:
    """Two requests in one packet get two responses in order, on the connection that stays open; `close` is honoured."""
    address = urlsplit(steady)
    body = json.dumps(converse_body(**LIMIT)).encode()

    def request(more: bytes) -> bytes:
        head = b"POST /model/%b/converse HTTP/1.1\r\nHost: x\r\n%bContent-Length: %d\r\n\r\n"
        return head % (HAIKU.encode(), more, len(body)) + body

    with socket.create_connection((str(address.hostname), address.port or 0), timeout=10) as client:
        client.sendall(request(b"x-hayai-sim-ttft-ms: 900\r\n") + request(b"Connection: close\r\n"))
        data = b""
        while part := client.recv(65536):
            data += part
    assert data.count(b"HTTP/1.1 200 OK") == 2
    assert re.findall(rb'"latencyMs":(\d+)', data) == [b"52", b"17"]


def test_a_waiting_body_is_asked_for(steady: str) -> None:
    """`Expect: 100-continue` gets its 100 before the body is sent."""
    address = urlsplit(steady)
    body = json.dumps(converse_body(**LIMIT)).encode()
    head = b"POST /model/%b/converse HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=10) as client:
        client.sendall(head % (HAIKU.encode(), len(body)))
        assert client.recv(100).startswith(b"HTTP/1.1 100 ")
        client.sendall(body)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_bytes_that_are_no_http_end_the_connection(steady: str) -> None:
    """A 400 and the end, and the server goes on for others."""
    address = urlsplit(steady)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=10) as client:
        client.sendall(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
        data = b""
        while part := client.recv(65536):
            data += part
    assert data.startswith(b"HTTP/1.1 400 ")
    assert call(steady, "converse", HAIKU, converse_body(**LIMIT)).status == 200
