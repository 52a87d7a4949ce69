"""What does a chunk of a chat completion, or a whole one, say?

Servers differ in what they leave out, send as null, or send twice, so every field is optional here. A chunk that holds
a role and no content is no piece: nothing has been generated yet. Reasoning comes under two names, `reasoning_content`
(DeepSeek, vLLM) and `reasoning` (OpenRouter, newer vLLM); where both are there they say the same. A refusal is what the
reader sees in place of an answer, so it counts as text.

An answer is complete when it says why it ended (`finish_reason`) or when `[DONE]` has come. Whether the stream was then
closed properly is the connection's matter.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from hayai.measure.providers.content import Count, decoded, json_text
from hayai.measure.providers.contract import (
    Completed,
    Piece,
    Reasoning,
    Served,
    Stop,
    Text,
    ToolInput,
    UsageReport,
)

_END_OF_STREAM = b"[DONE]"


class _Function(msgspec.Struct):
    arguments: Any = None
    """A stretch of JSON text; some servers send the JSON itself."""


class _ToolCall(msgspec.Struct):
    function: _Function | None = None


class _Part(msgspec.Struct):
    text: str | None = None


class _Said(msgspec.Struct):
    """A message, or a delta of one."""

    content: str | list[_Part] | None = None
    reasoning_content: str | None = None
    reasoning: Any = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(msgspec.Struct):
    index: int = 0
    delta: _Said | None = None
    message: _Said | None = None
    finish_reason: str | None = None


class _Cached(msgspec.Struct):
    cached_tokens: Count | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: Count | None = None
    completion_tokens: Count | None = None
    prompt_tokens_details: _Cached | None = None


_Tier = Annotated[str, msgspec.Meta(max_length=100)]


class _Completion(msgspec.Struct):
    """A chunk, or a whole completion: the same fields, `delta` in the one and `message` in the other."""

    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    service_tier: _Tier | None = None


def read_chunk(payload: bytes) -> tuple[Piece, ...]:
    """Pieces of one event of a stream."""
    if payload.strip() == _END_OF_STREAM:
        return (Completed(),)
    return _pieces(decoded(payload, _Completion), "stream")


def read_answer(body: bytes) -> tuple[Piece, ...]:
    """Pieces of a whole completion."""
    return (*_pieces(decoded(body, _Completion), "body"), Completed())


def _pieces(completion: _Completion, source: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for choice in completion.choices or ():
        if choice.index != 0:
            continue  # One answer was asked for.
        said = choice.delta or choice.message
        if said is not None:
            _say(said, pieces)
        if choice.finish_reason:
            pieces += [Stop(reason=choice.finish_reason), Completed()]
    if completion.usage is not None:
        pieces.append(_usage_piece(completion.usage, source))
    if completion.service_tier:
        pieces.append(Served(tier=completion.service_tier))
    return tuple(pieces)


def _say(said: _Said, pieces: list[Piece]) -> None:
    reasoning = said.reasoning_content or (said.reasoning if isinstance(said.reasoning, str) else None)
    if reasoning:
        pieces.append(Reasoning(text=reasoning))
    content = said.content
    text = content if isinstance(content, str) else "".join(part.text or "" for part in content or ())
    if text:
        pieces.append(Text(text=text))
    if said.refusal:
        pieces.append(Text(text=said.refusal))
    inputs = (call.function.arguments for call in said.tool_calls or () if call.function is not None)
    pieces += [ToolInput(text=json_text(given)) for given in inputs if given not in (None, "")]


def _usage_piece(usage: _Usage, source: str) -> UsageReport:
    cached = usage.prompt_tokens_details
    return UsageReport(
        source=source,
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        cache_read_tokens=cached.cached_tokens if cached else None,
    )
