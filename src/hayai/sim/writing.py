"""Which bytes leave the server for an answer? Heads, frames with their padding, chunks of HTTP, one write per event."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from random import Random

import msgspec

from hayai.sim.compose import Composition
from hayai.sim.dialects.answer import Answer, Event, Json
from hayai.sim.dialects.families import CONVERSE, Dialect
from hayai.sim.faults import EVENT_STREAM, break_body, break_frames, wait_ns
from hayai.sim.profile import Fault
from hayai.sim.reply import Facts, Head, Reply, chunked
from hayai.sim.schedule import Send
from hayai.wire.eventstream import encode_message
from hayai.wire.http1 import encode_head

_PADDING = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
"""Every event carries the first few of these letters as `p`, so that its size does not tell the length of its text."""

_sorted_json = msgspec.json.Encoder(order="sorted").encode
"""Bedrock's own JSON has its keys in alphabetical order; what a family says itself keeps the family's order."""


def write_whole(
    composition: Composition, dialect: Dialect, facts: Facts, head: Head, *, fault: Fault | None, speed: float
) -> Reply:
    """The reply of InvokeModel or Converse: everything in one write when the answer is complete."""
    answer = composition.answer
    body = dialect.body(answer, composition.tool_input)
    if dialect is CONVERSE:
        data, extra = _sorted_json(body), []
    else:
        data, extra = msgspec.json.encode(body), [*_echo_headers(answer), *_count_headers(answer)]
    lines = head.lines([("Content-Type", "application/json"), *extra, ("Content-Length", str(len(data)))])
    chars = sum(len(piece.text) for piece in answer.pieces)
    send = Send(answer.total_ns, encode_head(200, lines) + data, "b", chars, answer.output_tokens)
    if fault is not None:
        send = break_body(send, fault, speed=speed, struck=facts.strike)
    return Reply(status=200, sends=iter((send,)), facts=facts)


def write_stream(
    composition: Composition, dialect: Dialect, facts: Facts, head: Head, *, fault: Fault | None, speed: float
) -> Reply:
    """The reply of InvokeModelWithResponseStream or ConverseStream: a head, then a write per event."""
    answer = composition.answer
    extra = [("Content-Type", "application/vnd.amazon.eventstream")]
    if dialect is CONVERSE:
        frames = _converse_frames(dialect.events(answer), answer)
    else:
        extra += [("X-Amzn-Bedrock-Content-Type", "application/json"), *_echo_headers(answer)]
        frames = _chunk_frames(dialect.events(answer), answer)
    head_ns = answer.head_ns
    if fault is not None:
        frames = break_frames(frames, fault, EVENT_STREAM, speed=speed, struck=facts.strike)
        head_ns += wait_ns(fault, speed) if fault.kind == "slow_headers" else 0
    opening = Send(head_ns, encode_head(200, head.lines([*extra, ("Transfer-Encoding", "chunked")])), "h")
    return Reply(status=200, sends=chunked(opening, frames), facts=facts)


def _echo_headers(answer: Answer) -> list[tuple[str, str]]:
    """Latency mode and tier as they were given, where they were asked for."""
    told = (
        ("X-Amzn-Bedrock-PerformanceConfig-Latency", answer.latency),
        ("X-Amzn-Bedrock-Service-Tier", answer.tier),
    )
    return [(name, value) for name, value in told if value is not None]


def _count_headers(answer: Answer) -> list[tuple[str, str]]:
    return [
        ("X-Amzn-Bedrock-Invocation-Latency", str(answer.total_ms)),
        ("X-Amzn-Bedrock-Input-Token-Count", str(answer.input_tokens)),
        ("X-Amzn-Bedrock-Output-Token-Count", str(answer.output_tokens)),
        ("X-Amzn-Bedrock-Cache-Read-Input-Token-Count", str(answer.cache_read_tokens)),
        ("X-Amzn-Bedrock-Cache-Write-Input-Token-Count", "0"),
    ]


def _frame(event: Event, payload: Json, padding: Random) -> Send:
    payload["p"] = _PADDING[: 1 + int(padding.random() * len(_PADDING))]
    headers = ((":event-type", event.name), (":content-type", "application/json"), (":message-type", "event"))
    return Send(event.offset_ns, encode_message(headers, _sorted_json(payload)), event.kind, event.chars, event.tokens)


def _converse_frames(events: Iterator[Event], answer: Answer) -> Iterator[Send]:
    padding = Random(answer.padding)
    for event in events:
        yield _frame(event, event.payload, padding)


def _chunk_frames(events: Iterator[Event], answer: Answer) -> Iterator[Send]:
    """A family's own chunks, each in base64; the last one carries the invocation metrics."""
    padding = Random(answer.padding)
    event = next(events)
    for following in events:
        yield _frame(event, {"bytes": _base64(event.payload)}, padding)
        event = following
    metrics = {
        "inputTokenCount": answer.input_tokens,
        "outputTokenCount": answer.output_tokens,
        "invocationLatency": answer.total_ms,
        "firstByteLatency": answer.first_ms,
    }
    if answer.cache_read_tokens:
        metrics["cacheReadInputTokenCount"] = answer.cache_read_tokens
    last = event.payload | {"amazon-bedrock-invocationMetrics": metrics}
    yield _frame(event, {"bytes": _base64(last)}, padding)


def _base64(payload: Json) -> str:
    return b64encode(msgspec.json.encode(payload)).decode()
