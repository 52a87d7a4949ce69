"""What the service promises for any request whatsoever: a reply, never an exception, and a stream that ends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hayai.sim.account import Account
from hayai.sim.bedrock import Bedrock
from hayai.sim.profile import parse_profile, read_profile
from hayai.sim.reply import Reply
from hayai.sim.schedule import Send
from hayai.wire.http1 import Request
from tests.sim.raw import HAIKU, NOVA, claude_body, converse_body

MODELS = (
    HAIKU,
    NOVA,
    "us.meta.llama3-1-70b-instruct-v1:0",
    "mistral.mistral-large-2402-v1:0",
    "openai.gpt-oss-120b-1:0",
)
OPERATIONS = ("invoke", "invoke-with-response-stream", "converse", "converse-stream")
KEYS = [
    "messages",
    "system",
    "content",
    "text",
    "role",
    "inferenceConfig",
    "maxTokens",
    "max_tokens",
    "performanceConfig",
    "latency",
    "serviceTier",
    "type",
    "prompt",
    "anthropic_version",
    "tools",
    "toolConfig",
    "toolSpec",
    "name",
    "inputSchema",
    "json",
    "input_schema",
    "properties",
    "thinking",
    "budget_tokens",
    "image",
    "source",
    "bytes",
    "requestMetadata",
    "additionalModelRequestFields",
    "reasoningConfig",
    "enum",
    "items",
    "x-hayai-sim-tokens",
    "x-hayai-sim-fault",
]
WORDS = st.sampled_from(
    ["user", "enabled", "optimized", "priority", "object", "array", "integer", "reset", "image", "5", ""]
)
LEAVES = st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats(allow_nan=False) | WORDS | st.text(max_size=8)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=15,
)
SERVICES = {
    name: Bedrock(Account(read_profile(name), seed=1, speed=1, keys=None, started_ns=0))
    for name in ("steady", "faulty")
}


def sends(reply: Reply) -> list[Send]:
    """All writes, in order and on time."""
    found = list(reply.sends)
    assert [send.offset_ns for send in found] == sorted(send.offset_ns for send in found)
    assert found
    return found


@settings(max_examples=400)
@given(
    service=st.sampled_from(sorted(SERVICES)),
    model=st.sampled_from(MODELS),
    operation=st.sampled_from(OPERATIONS),
    start=st.sampled_from([{}, converse_body(), claude_body(), {"prompt": "x"}]),
    more=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6),
    headers=st.dictionaries(
        st.sampled_from(
            [
                "X-Amzn-Bedrock-PerformanceConfig-Latency",
                "x-amzn-bedrock-service-tier",
                "x-amzn-bedrock-request-metadata",
            ]
        ),
        WORDS | st.text(max_size=5),
    ),
)
def test_any_json_gets_a_reply(
    *, service: str, model: str, operation: str, start: dict[str, Any], more: dict[str, Any], headers: dict[str, str]
) -> None:
    """Whatever a body and headers say."""
    body = json.dumps(start | more).encode()
    request = Request("POST", f"/model/{model}/{operation}", tuple(headers.items()), body, keep_alive=True)
    reply = SERVICES[service].respond(request, number=1, request_id="x", now_ns=0, wall_ns=0)
    assert sends(reply)[0].data.startswith(b"HTTP/1.1 %d " % reply.status)


@given(st.text(max_size=60), st.binary(max_size=60), st.sampled_from(["POST", "GET", "PUT"]))
def test_any_path_and_bytes_get_a_reply(path: str, body: bytes, method: str) -> None:
    """Whatever a path and a body are."""
    for raw_path in (path, f"/model/{path}/converse", f"/model/arn:{path}:a:b:c:d/{path}/invoke"):
        request = Request(method, raw_path, (), body, keep_alive=True)
        reply = SERVICES["steady"].respond(request, number=1, request_id="x", now_ns=0, wall_ns=0)
        assert reply.status in {400, 404}
        sends(reply)


def test_names_that_somebody_chose_stay_in_their_header() -> None:
    """A profile's name and a scripted region may be anything; what a header cannot carry becomes a question mark."""
    text = 'about = "x"\nmodels = [{ id = "*", arms = { standard = { ttft_ms = 1, itl_ms = 1 } } }]'
    profile = parse_profile(text, name="速い\r\nEvil: 1", place="x")
    body = json.dumps(converse_body(requestMetadata={"x-hayai-sim-region": "東京\r\nSet-Cookie: a"})).encode()
    request = Request("POST", f"/model/{HAIKU}/converse", (), body, keep_alive=False)
    service = Bedrock(Account(profile, seed=1, speed=1, keys=None, started_ns=0))
    (send,) = sends(service.respond(request, number=1, request_id="x", now_ns=0, wall_ns=0))
    lines = send.data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert b"x-hayai-sim: ????Evil: 1;speed=1" in lines
    assert b"x-hayai-sim-region: ????Set-Cookie: a" in lines
    assert b"Connection: close" in lines


@pytest.mark.parametrize("text", [b'"\\ud800"', b'"\\u0000"', b'"\xed\xa0\x80"', b'"\xf0\x9f\x91\xa9\xe2\x80\x8d"'])
def test_odd_characters_in_a_prompt(text: bytes) -> None:
    """Lone surrogates, zeros, half an emoji: an answer or a refusal."""
    for operation in ("converse", "converse-stream"):
        body = b'{"messages":[{"role":"user","content":[{"text":%b}]}]}' % text
        request = Request("POST", f"/model/{HAIKU}/{operation}", (), body, keep_alive=True)
        sends(SERVICES["steady"].respond(request, number=1, request_id="x", now_ns=0, wall_ns=0))


@pytest.mark.parametrize("depth", [40, 400, 990, 200_000])
def test_deep_bodies_get_a_reply(depth: int) -> None:
    """Lists in lists in lists, in each place that is read in depth."""
    for place in (b'"content"', b'"system"', b'"toolConfig"'):
        body = b'{"messages":[{"role":"user","content":"x",%b:%b1%b}],%b:%b1%b}' % (
            (place, b"[" * depth, b"]" * depth) * 2
        )
        request = Request("POST", f"/model/{HAIKU}/converse", (), body, keep_alive=True)
        sends(SERVICES["steady"].respond(request, number=1, request_id="x", now_ns=0, wall_ns=0))
