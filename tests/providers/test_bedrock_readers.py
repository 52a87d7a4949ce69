"""Readers take what a service documents, pass over what they do not know, and call everything else a broken protocol."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.plan import Target
from hayai.errors import TheirMistake
from hayai.measure.providers.contract import (
    Completed,
    Frame,
    Piece,
    Reasoning,
    Served,
    ServiceTime,
    Stop,
    Text,
    ToolInput,
    UsageReport,
)
from hayai.measure.providers.frames import frame_of, frame_of_event
from hayai.measure.providers.registry import PROVIDERS
from hayai.wire.eventstream import Message
from hayai.wire.sse import Event

BEDROCK = PROVIDERS["bedrock"]
MODELS = {"claude": "us.anthropic.claude-haiku-4-5-20251001-v1:0", "nova": "us.amazon.nova-pro-v1:0"}
APIS = ["converse-stream", "converse", "invoke-stream", "invoke"]
KINDS = ["contentBlockDelta", "messageStop", "metadata", "messageStart", "chunk", "unheardOf", ""]


def target(api: str, family: str = "claude") -> Target:
    """A target of this call."""
    return Target(name="A", provider="bedrock", model=MODELS[family], options={"api": api})


def event(kind: str, payload: Any) -> Frame:
    """An ordinary event of a stream."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Frame(kind=kind, payload=body, headers={":message-type": "event", ":event-type": kind})


def wrapped(payload: Any) -> Frame:
    """A `chunk` event around the model's own JSON."""
    inner = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return event("chunk", {"bytes": b64encode(inner).decode(), "p": "ab"})


BROKEN = [
    ("converse-stream", event("contentBlockDelta", b"")),
    ("converse-stream", event("contentBlockDelta", b"{")),
    ("converse-stream", event("contentBlockDelta", b"\xff")),
    ("converse-stream", event("contentBlockDelta", [])),
    ("converse-stream", event("contentBlockDelta", b'{"delta":{"toolUse":{"input":' + b"[" * 100_000)),
    ("converse-stream", event("contentBlockDelta", {})),
    ("converse-stream", event("contentBlockDelta", {"delta": {"text": 5}})),
    ("converse-stream", event("contentBlockDelta", b'{"delta":{"text":"\\ud83e"}}')),
    ("converse-stream", event("metadata", {"usage": {"inputTokens": -1}})),
    ("converse-stream", event("metadata", {"usage": {"inputTokens": "11"}})),
    ("converse-stream", event("metadata", {"usage": {"outputTokens": 10**30}})),
    ("converse-stream", event("metadata", {"metrics": {"latencyMs": -5}})),
    ("converse-stream", event("metadata", {"metrics": {"latencyMs": 1e300}})),
    ("converse", Frame(kind="body", payload=b"<html>")),
    ("converse", Frame(kind="body", payload=b"{}")),
    ("converse", Frame(kind="body", payload=b'{"output":{}}')),
    ("invoke", Frame(kind="body", payload=b"{}")),
    ("invoke-stream", event("chunk", {})),
    ("invoke-stream", event("chunk", {"bytes": "***"})),
    ("invoke-stream", wrapped(b"no JSON")),
    ("invoke-stream", wrapped({"type": "message_delta", "usage": {"output_tokens": 1.5}})),
]


@pytest.mark.parametrize(("api", "frame"), BROKEN)
def test_what_is_not_documented_is_their_mistake(api: str, frame: Frame) -> None:
    """Neither an empty answer nor an impossible count becomes a measurement."""
    with pytest.raises(TheirMistake, match=r"^bad_payload "):
        BEDROCK.read_frame(target(api), frame)


@pytest.mark.parametrize("family", ["claude", "nova"])
@pytest.mark.parametrize(
    "inner", [{"type": "ping"}, {"type": "unheard_of"}, {"unheardOf": {}}, {"type": "content_block_stop"}, {}]
)
def test_events_that_are_not_known_say_nothing(family: str, inner: dict[str, Any]) -> None:
    """New events of a service do not break old versions of hayai."""
    assert BEDROCK.read_frame(target("invoke-stream", family), wrapped(inner)) == ()
    assert BEDROCK.read_frame(target("invoke-stream", family), event("unheardOf", b"whatever")) == ()
    assert BEDROCK.read_frame(target("converse-stream", family), event("unheardOf", b"whatever")) == ()


def test_zero_is_not_unknown() -> None:
    """No tokens read from a cache, and nothing said about a cache, are two things."""
    told = event("metadata", {"usage": {"outputTokens": 0, "cacheReadInputTokens": 0}, "metrics": {"latencyMs": 0}})
    assert BEDROCK.read_frame(target("converse-stream"), told) == (
        UsageReport(source="stream", output_tokens=0, cache_read_tokens=0),
        ServiceTime(total_ns=0),
        Completed(),
    )
    assert BEDROCK.read_frame(target("converse-stream"), event("metadata", {})) == (Completed(),)


def test_a_head_without_bedrocks_words_says_nothing() -> None:
    """Only the invoke calls put anything into headers, and odd values are no counts."""
    told = {"x-amzn-bedrock-input-token-count": "12", "x-amzn-bedrock-performanceconfig-latency": "optimized"}
    assert BEDROCK.read_head(target("converse"), 200, told) == ()
    assert BEDROCK.read_head(target("invoke"), 200, {"x-amzn-bedrock-input-token-count": "many"}) == ()
    assert BEDROCK.read_head(target("invoke"), 200, {"x-amzn-bedrock-input-token-count": "9" * 30}) == ()
    assert BEDROCK.read_head(target("invoke"), 200, told) == (
        Served(latency="optimized"),
        UsageReport(source="headers", input_tokens=12),
    )


def test_metrics_of_other_families_would_be_read_too() -> None:
    """The last chunk of a stream carries the service's own times, whatever else is in it."""
    last = {"amazon-bedrock-invocationMetrics": {"firstByteLatency": 120.5, "invocationLatency": 400}}
    pieces = BEDROCK.read_frame(target("invoke-stream", "nova"), wrapped(last))
    assert ServiceTime(total_ns=400_000_000, first_byte_ns=120_500_000) in pieces
    assert pieces[-1] == Completed()


def test_a_message_becomes_a_frame() -> None:
    """Named by its event type, its exception type or its error code; its headers stay as they were sent."""
    headers: dict[str, str | bytes | int | bool] = {":event-type": "chunk", "n": 5}
    assert frame_of(Message(headers, b"x")) == Frame(kind="chunk", payload=b"x", headers=headers)
    assert frame_of(Message({":exception-type": "throttlingException"}, b"")).kind == "throttlingException"
    assert frame_of(Message({":error-code": "InternalError"}, b"")).kind == "InternalError"
    assert frame_of(Message({}, b"")).kind == ""
    assert frame_of_event(Event(event="message", data="é", id=None)) == Frame(kind="message", payload="é".encode())


NAMES = ["delta", "text", "toolUse", "input", "usage", "inputTokens", "metrics", "latencyMs", "type", "content"]
NAMES += ["message", "output", "stopReason", "metadata", "contentBlockDelta", "content_block", "error", "bytes"]
NAMES += ["amazon-bedrock-invocationMetrics", "invocationLatency", "reasoningContent", "stop_reason", "thinking"]
"""Keys that readers look at."""

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(_JSON, st.sampled_from(APIS), st.sampled_from(["claude", "nova"]), st.sampled_from(KINDS), st.booleans())
def test_any_payload_is_read_or_refused(sent: Any, api: str, family: str, kind: str, wrap: bool) -> None:
    """Whatever JSON comes: pieces that a record can hold, or `TheirMistake`; nothing else, and no empty text."""
    frame = wrapped(sent) if wrap else event(kind, sent)
    try:
        pieces = BEDROCK.read_frame(target(api, family), frame)
    except TheirMistake:
        return
    for piece in pieces:
        assert_can_be_kept(piece)


def assert_can_be_kept(piece: Piece) -> None:
    """Texts are not empty, numbers fit into 64 bits."""
    if isinstance(piece, Text | Reasoning | ToolInput):
        assert piece.text
    if isinstance(piece, Stop):
        assert piece.reason
    for value in msgspec.structs.asdict(piece).values():
        assert not isinstance(value, int) or 0 <= value < 2**63
