"""How do Converse and ConverseStream speak? One body for every model, and events that need no unwrapping.

Everything travels in the JSON body, latency mode and tier too; the answer repeats those two only when they were asked for. In a
stream, text blocks are not announced, `messageStart` comes before anything was generated, and `metadata` is the last word: usage,
latency, what was served.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hayai.ask.plan import Message, Part, Prompt, Target, TextPart, Tool
from hayai.measure.providers.bedrock_model import Family
from hayai.measure.providers.content import (
    Count,
    Milliseconds,
    base64_of,
    decoded,
    json_text,
    only_set,
    opening,
    service_time,
)
from hayai.measure.providers.contract import (
    Completed,
    Frame,
    Piece,
    Reasoning,
    Served,
    Stop,
    Text,
    ToolInput,
    UsageReport,
)


def body_for(
    target: Target, prompt: Prompt, family: Family | None, *, max_tokens: int | None, nonce: str | None
) -> dict[str, Any]:
    """The request body. `top_k` has no field of its own here and goes where the model's family expects it."""
    options = target.options
    system, messages = opening(target, prompt, nonce)
    told: list[dict[str, Any]] = [{"text": text} for text in system]
    turns = [message_json(message) for message in messages]
    if options.get("cache") == "on":
        _set_cache_point(told, turns)
    return only_set(
        messages=turns,
        system=told,
        inferenceConfig=only_set(
            maxTokens=max_tokens,
            temperature=options.get("temperature"),
            topP=options.get("top_p"),
            stopSequences=options.get("stop"),
        ),
        toolConfig=tool_config(prompt.tools),
        performanceConfig=only_set(latency=options.get("latency")),
        serviceTier=only_set(type=options.get("tier")),
        additionalModelRequestFields=_model_fields(options.get("top_k"), family),
    )


CACHE_POINT = {"cachePoint": {"type": "default"}}


def _set_cache_point(system: list[dict[str, Any]], turns: list[dict[str, Any]]) -> None:
    """Behind what stays the same from request to request: the system text; else the turns before the last; else the whole prompt."""
    if system:
        system.append(CACHE_POINT)
    else:
        turns[-2 if len(turns) > 1 else -1]["content"].append(CACHE_POINT)


def message_json(message: Message) -> dict[str, Any]:
    """One turn, as Converse and Nova's native body both write it."""
    return {"role": message.role, "content": [_part_json(part) for part in message.parts]}


def tool_config(tools: tuple[Tool, ...]) -> dict[str, Any]:
    """The tools a model may call, as Converse and Nova's native body both write them."""
    return only_set(
        tools=[
            {"toolSpec": {"name": t.name, "description": t.description, "inputSchema": {"json": t.schema}}}
            for t in tools
        ]
    )


def _part_json(part: Part) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"text": part.text}
    return {"image": {"format": part.format, "source": {"bytes": base64_of(part)}}}


def _model_fields(top_k: int | None, family: Family | None) -> dict[str, Any]:
    if top_k is None:
        return {}
    return {"inferenceConfig": {"topK": top_k}} if family == "nova" else {"top_k": top_k}


class _ReasoningText(msgspec.Struct):
    text: str | None = None


class _Reasoning(msgspec.Struct, rename="camel"):
    text: str | None = None
    """In a stream."""
    reasoning_text: _ReasoningText | None = None
    """In a whole answer."""


class _ToolUse(msgspec.Struct):
    input: Any = None
    """In a stream a stretch of JSON text, in a whole answer the JSON itself."""


class Content(msgspec.Struct, rename="camel"):
    """A content block or a delta of one: the same three things we read, under the same names."""

    text: str | None = None
    reasoning_content: _Reasoning | None = None
    tool_use: _ToolUse | None = None


class BlockDelta(msgspec.Struct):
    """The next stretch of a content block."""

    delta: Content


class MessageStop(msgspec.Struct, rename="camel"):
    """Why the answer ended."""

    stop_reason: str | None = None


class _TokenUsage(msgspec.Struct, rename="camel"):
    """Token counts; Nova's native body spells the cached ones with `Count` at the end."""

    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    cache_write_input_tokens: Count | None = None
    cache_read_input_token_count: Count | None = None
    cache_write_input_token_count: Count | None = None


class _Metrics(msgspec.Struct, rename="camel"):
    latency_ms: Milliseconds | None = None


class _PerformanceConfig(msgspec.Struct):
    latency: str | None = None


class _ServiceTier(msgspec.Struct):
    type: str | None = None


class Metadata(msgspec.Struct, rename="camel"):
    """What the answer cost, and what was served."""

    usage: _TokenUsage | None = None
    metrics: _Metrics | None = None
    performance_config: _PerformanceConfig | None = None
    service_tier: _ServiceTier | None = None


class _Message(msgspec.Struct):
    content: list[Content]


class _Output(msgspec.Struct):
    message: _Message


class Answer(Metadata, rename="camel", kw_only=True):
    """A whole answer."""

    output: _Output
    stop_reason: str | None = None


def read_event(frame: Frame) -> tuple[Piece, ...]:
    """Pieces of one ConverseStream event. Events we do not know, and block starts and stops, say nothing."""
    if frame.kind == "contentBlockDelta":
        return content_pieces(decoded(frame.payload, BlockDelta).delta)
    if frame.kind == "messageStop":
        return stop_pieces(decoded(frame.payload, MessageStop).stop_reason)
    if frame.kind == "metadata":
        return (*metadata_pieces(decoded(frame.payload, Metadata), "stream"), Completed())
    return ()


def read_answer(body: bytes) -> tuple[Piece, ...]:
    """Pieces of a whole Converse answer."""
    return answer_pieces(decoded(body, Answer))


def answer_pieces(answer: Answer) -> tuple[Piece, ...]:
    """What a whole answer says: content first, then why it ended and what it cost."""
    said = [piece for block in answer.output.message.content for piece in content_pieces(block)]
    return (*said, *stop_pieces(answer.stop_reason), *metadata_pieces(answer, "body"), Completed())


def content_pieces(content: Content) -> tuple[Piece, ...]:
    """What one content block, or a delta of one, lets the reader see."""
    pieces: list[Piece] = []
    if content.reasoning_content:
        whole = content.reasoning_content.reasoning_text
        reasoning = content.reasoning_content.text or (whole.text if whole else None)
        if reasoning:
            pieces.append(Reasoning(text=reasoning))
    if content.text:
        pieces.append(Text(text=content.text))
    if content.tool_use and content.tool_use.input not in (None, ""):
        pieces.append(ToolInput(text=json_text(content.tool_use.input)))
    return tuple(pieces)


def stop_pieces(reason: str | None) -> tuple[Piece, ...]:
    """The reason an answer ended, if it was told."""
    return (Stop(reason=reason),) if reason else ()


def _usage_piece(usage: _TokenUsage, source: str) -> UsageReport:
    read, write = usage.cache_read_input_tokens, usage.cache_write_input_tokens
    return UsageReport(
        source=source,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_input_token_count if read is None else read,
        cache_write_tokens=usage.cache_write_input_token_count if write is None else write,
    )


def metadata_pieces(told: Metadata, source: str) -> tuple[Piece, ...]:
    """Usage, the service's own time, and what was served, where each was told."""
    pieces: list[Piece] = []
    if told.usage:
        pieces.append(_usage_piece(told.usage, source))
    if told.metrics and told.metrics.latency_ms is not None:
        pieces.append(service_time(total_ms=told.metrics.latency_ms))
    latency = told.performance_config.latency if told.performance_config else None
    tier = told.service_tier.type if told.service_tier else None
    if latency or tier:
        pieces.append(Served(latency=latency, tier=tier))
    return tuple(pieces)
