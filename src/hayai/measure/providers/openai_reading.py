"""What does a chunk of a chat completion, or a whole one, say?

Servers differ in what they leave out, send as null, or send twice, so every field is optional here. A chunk that holds
a role and no content is no piece: nothing has been generated yet. Reasoning comes under three names: `reasoning_content`
(DeepSeek, vLLM) and `reasoning` (OpenRouter, newer vLLM), which say the same where both are there, and as a `thinking`
part of the content (Mistral). A refusal is what the reader sees in place of an answer, so it counts as text.

An answer is complete when it says why it ended (`finish_reason`) or when `[DONE]` has come. Whether the stream was then
closed properly is the connection's matter. A whole answer has a message, or it is none: an error, or somebody else's JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import msgspec

from hayai.errors import TheirMistake
from hayai.keep.records import Failure
from hayai.measure.providers.content import Count, decoded, json_text
from hayai.measure.providers.contract import (
    Completed,
    Failed,
    Piece,
    Reasoning,
    Served,
    Stop,
    Text,
    ToolInput,
    UsageReport,
)
from hayai.measure.providers.openai_errors import read_told

_END_OF_STREAM = b"[DONE]"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BROKE_OFF = Failed(
    outcome="server_error", failure=Failure(code="finish_reason_error", message="the answer ended with finish_reason error")
)  # fmt: skip


class _Function(msgspec.Struct):
    arguments: Any = None
    """A stretch of JSON text; some servers send the JSON itself."""


class _ToolCall(msgspec.Struct):
    function: _Function | None = None


class _Part(msgspec.Struct):
    text: str | None = None
    thinking: Any = None
    """Text, or a list of parts with text."""


class _Said(msgspec.Struct):
    """A message, or a delta of one."""

    content: str | list[_Part | None] | None = None
    reasoning_content: str | None = None
    reasoning: Any = None
    refusal: str | None = None
    tool_calls: list[_ToolCall | None] | None = None


class _Choice(msgspec.Struct):
    index: int | None = None
    delta: _Said | None = None
    message: _Said | None = None
    finish_reason: str | None = None


class _Cached(msgspec.Struct):
    cached_tokens: Count | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: Count | None = None
    completion_tokens: Count | None = None
    prompt_tokens_details: _Cached | None = None
    prompt_cache_hit_tokens: Count | None = None
    """DeepSeek's word for the cached ones."""


_Tier = Annotated[str, msgspec.Meta(max_length=100)]


class _Completion(msgspec.Struct):
    """A chunk, or a whole completion: the same fields, `delta` in the one and `message` in the other."""

    choices: list[_Choice | None] | None = None
    usage: _Usage | None = None
    service_tier: _Tier | None = None
    error: Any = None


_LINES = msgspec.json.Decoder(_Completion)
_NOTHING = (None, None, None, None)


def read_chunk(payload: bytes) -> tuple[Piece, ...]:
    """Pieces of one event of a stream. An `error` in it ends the answer."""
    if payload.strip() == _END_OF_STREAM:
        return (Completed(),)
    return _pieces_or_error(decoded(payload, _Completion))


def _pieces_or_error(completion: _Completion) -> tuple[Piece, ...]:
    if completion.error:
        return (read_told(completion.error, None),)
    return tuple(_pieces(completion, "stream"))


def read_chunks(payloads: Sequence[bytes]) -> Iterator[tuple[Piece, ...]]:
    """Pieces of each event of a stream: what `read_chunk` says of each, for half the work."""
    ended = bool(payloads) and payloads[-1] == _END_OF_STREAM
    completions = _all_decoded(payloads[:-1] if ended else payloads)
    if completions is None:
        yield from map(read_chunk, payloads)
        return
    for completion in completions:
        yield (Text(text=text),) if (text := _only_text(completion)) else _pieces_or_error(completion)
    if ended:
        yield (Completed(),)


def _all_decoded(payloads: Sequence[bytes]) -> list[_Completion] | None:
    """All of them decoded at once; None where that could differ from one by one, or one of them is not as documented.

    As lines of JSON they may not swallow each other: nothing goes on from a `}` at a line's end to a `{` at the next one's beginning, so
    every line holds whole objects; one each, when there are as many objects as lines.
    """
    if not all(payload[:1] == b"{" and payload[-1:] == b"}" for payload in payloads):
        return None
    try:
        found: list[_Completion] = _LINES.decode_lines(b"\n".join(payloads))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if len(found) == len(payloads) else None


def _only_text(completion: _Completion) -> str | None:
    """The text of a chunk that says nothing else, as most do; None for any other."""
    choices = completion.choices
    if (
        choices is None
        or len(choices) != 1
        or completion.usage is not None
        or completion.service_tier
        or completion.error
    ):
        return None
    choice = choices[0]
    if choice is None or choice.index or choice.finish_reason or choice.delta is None:
        return None
    said = choice.delta
    only = (said.reasoning_content, said.reasoning, said.refusal, said.tool_calls) == _NOTHING
    return said.content if only and isinstance(said.content, str) else None


def read_answer(body: bytes) -> tuple[Piece, ...]:
    """Pieces of a whole completion, or the error that some servers send under status 200. Raises TheirMistake for JSON that is neither."""
    completion = decoded(body.removeprefix(_BYTE_ORDER_MARK), _Completion)
    if completion.error:
        return (read_told(completion.error, None),)
    if not any(choice.message for choice in _ours(completion.choices)):
        raise TheirMistake("bad_payload not the documented JSON: no choice with a message")
    return (*_pieces(completion, "body"), Completed())


def _ours(choices: Sequence[_Choice | None] | None) -> list[_Choice]:
    """The choices of the one answer that was asked for."""
    return [choice for choice in choices or () if choice is not None and not choice.index]


def _pieces(completion: _Completion, source: str) -> list[Piece]:
    pieces: list[Piece] = []
    for choice in _ours(completion.choices):
        said = choice.delta or choice.message
        if said is not None:
            _say(said, pieces)
        if choice.finish_reason == "error":
            pieces.append(_BROKE_OFF)
        elif choice.finish_reason:
            pieces += [Stop(reason=choice.finish_reason), Completed()]
    if completion.usage is not None:
        pieces.append(_usage_piece(completion.usage, source))
    if completion.service_tier:
        pieces.append(Served(tier=completion.service_tier))
    return pieces


def _say(said: _Said, pieces: list[Piece]) -> None:
    content = said.content
    thought, text = ("", content) if isinstance(content, str) else _joined(content or ())
    reasoning = said.reasoning_content or (said.reasoning if isinstance(said.reasoning, str) else None) or thought
    if reasoning:
        pieces.append(Reasoning(text=reasoning))
    if text:
        pieces.append(Text(text=text))
    if said.refusal:
        pieces.append(Text(text=said.refusal))
    if said.tool_calls:
        inputs = (call.function.arguments for call in said.tool_calls if call is not None and call.function)
        pieces += [ToolInput(text=json_text(given)) for given in inputs if given not in (None, "")]


def _joined(parts: Sequence[_Part | None]) -> tuple[str, str]:
    """What a content of several parts thinks and says."""
    there = [part for part in parts if part is not None]
    thought = "".join(_text_in(part.thinking) for part in there)
    return thought, "".join(part.text or "" for part in there)


def _text_in(thinking: Any) -> str:
    if isinstance(thinking, str):
        return thinking
    parts = thinking if isinstance(thinking, list) else []
    said = (part.get("text") for part in parts if isinstance(part, dict))
    return "".join(text for text in said if isinstance(text, str))


def _usage_piece(usage: _Usage, source: str) -> UsageReport:
    details = usage.prompt_tokens_details
    cached = details.cached_tokens if details else None
    return UsageReport(
        source=source,
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        cache_read_tokens=usage.prompt_cache_hit_tokens if cached is None else cached,
    )
