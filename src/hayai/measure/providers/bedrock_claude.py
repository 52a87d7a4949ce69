"""How does Claude speak natively, inside the invoke calls?

Messages with typed blocks; a stream of events of which only deltas carry what the reader sees. The output count of
`message_start` is a placeholder: the real one comes with `message_delta`, and again with Bedrock's metrics on `message_stop`.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hayai.ask.plan import Message, Part, Prompt, Target, TextPart
from hayai.keep.records import Failure, Outcome
from hayai.measure.providers.bedrock_invoke import WithMetrics, metrics_pieces
from hayai.measure.providers.content import Count, base64_of, decoded, json_text, only_set, opening
from hayai.measure.providers.contract import (
    Completed,
    Failed,
    Piece,
    Reasoning,
    Stop,
    Text,
    ToolInput,
    UsageReport,
)
from hayai.measure.providers.words import own_words

CLAUDE_VERSION = "bedrock-2023-05-31"


def claude_body(target: Target, prompt: Prompt, *, max_tokens: int | None, nonce: str | None) -> dict[str, Any]:
    """Claude's messages body. It needs `max_tokens`; without one it is left out and the service will refuse."""
    options = target.options
    system, messages = opening(target, prompt, nonce)
    return only_set(
        anthropic_version=CLAUDE_VERSION,
        max_tokens=max_tokens,
        messages=[_claude_message(message) for message in messages],
        system=system[0] if len(system) == 1 else [{"type": "text", "text": text} for text in system],
        temperature=options.get("temperature"),
        top_p=options.get("top_p"),
        top_k=options.get("top_k"),
        stop_sequences=options.get("stop"),
        tools=[{"name": t.name, "description": t.description, "input_schema": t.schema} for t in prompt.tools],
    )


def _claude_message(message: Message) -> dict[str, Any]:
    return {"role": message.role, "content": [_claude_part(part) for part in message.parts]}


def _claude_part(part: Part) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    source = {"type": "base64", "media_type": f"image/{part.format}", "data": base64_of(part)}
    return {"type": "image", "source": source}


class _Block(msgspec.Struct):
    """A content block, or the start of one."""

    type: str
    text: str | None = None
    thinking: str | None = None
    input: Any = None


class _Delta(msgspec.Struct):
    """What a delta of a block or of the message may hold."""

    text: str | None = None
    thinking: str | None = None
    partial_json: str | None = None
    stop_reason: str | None = None


class _Usage(msgspec.Struct):
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    cache_creation_input_tokens: Count | None = None


class _Started(msgspec.Struct):
    usage: _Usage | None = None


class _Error(msgspec.Struct):
    type: str = "error"
    message: str = ""


class _Event(WithMetrics):
    type: str = ""
    message: _Started | None = None
    content_block: _Block | None = None
    delta: _Delta | None = None
    usage: _Usage | None = None
    error: _Error | None = None


class _Answer(msgspec.Struct):
    content: list[_Block]
    stop_reason: str | None = None
    usage: _Usage | None = None


_OUTCOMES: dict[str, Outcome] = {
    "rate_limit_error": "throttled",
    "invalid_request_error": "refused",
    "authentication_error": "refused",
    "permission_error": "refused",
    "not_found_error": "refused",
    "request_too_large": "refused",
}


def read_chunk(chunk: bytes) -> tuple[Piece, ...]:
    """Pieces of one event of Claude's stream. Pings and events we do not know say nothing."""
    event = decoded(chunk, _Event)
    pieces = _event_pieces(event) + metrics_pieces(event)
    ended = event.type == "message_stop" or event.metrics is not None
    return (*pieces, Completed()) if ended else pieces


def read_answer(body: bytes) -> tuple[Piece, ...]:
    """Pieces of a whole answer."""
    answer = decoded(body, _Answer)
    said = [piece for block in answer.content for piece in _block_pieces(block)]
    usage = () if answer.usage is None else (_usage_piece(answer.usage, "body"),)
    return (*said, *_stop_pieces(answer.stop_reason), *usage, Completed())


def _event_pieces(event: _Event) -> tuple[Piece, ...]:
    if event.type == "message_start" and event.message and event.message.usage:
        event.message.usage.output_tokens = None
        return (_usage_piece(event.message.usage, "stream"),)
    if event.type == "content_block_start" and event.content_block:
        # A tool call starts with an empty object as input; the real one follows in deltas.
        event.content_block.input = None
        return _block_pieces(event.content_block)
    if event.type == "content_block_delta" and event.delta:
        return _delta_pieces(event.delta)
    if event.type == "message_delta":
        usage = () if event.usage is None else (_usage_piece(event.usage, "stream"),)
        return (*_stop_pieces(event.delta.stop_reason if event.delta else None), *usage)
    if event.type == "error" and event.error:
        failure = Failure(code=own_words(event.error.type), message=own_words(event.error.message))
        return (Failed(outcome=_OUTCOMES.get(event.error.type, "server_error"), failure=failure),)
    return ()


def _block_pieces(block: _Block) -> tuple[Piece, ...]:
    if block.thinking:
        return (Reasoning(text=block.thinking),)
    if block.text:
        return (Text(text=block.text),)
    if block.type == "tool_use" and block.input is not None:
        return (ToolInput(text=json_text(block.input)),)
    return ()


def _delta_pieces(delta: _Delta) -> tuple[Piece, ...]:
    if delta.thinking:
        return (Reasoning(text=delta.thinking),)
    if delta.text:
        return (Text(text=delta.text),)
    if delta.partial_json:
        return (ToolInput(text=delta.partial_json),)
    return ()


def _stop_pieces(reason: str | None) -> tuple[Piece, ...]:
    return (Stop(reason=reason),) if reason else ()


def _usage_piece(usage: _Usage, source: str) -> UsageReport:
    return UsageReport(
        source=source,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_input_tokens,
        cache_write_tokens=usage.cache_creation_input_tokens,
    )
