"""How does an OpenAI-compatible service read and speak? Chat completions, whole or in chunks.

Chunks as recorded from real services: one with the role alone when the head goes out, then deltas, one with the finish reason, and one with
the usage and no choices, only when `stream_options.include_usage` asked for it (then all others say `"usage": null`). Reasoning comes in
`reasoning_content`, as DeepSeek and vLLM send it.

A chunk differs from the next one in a few words only, so what is the same is made once per answer and only the text is encoded each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import msgspec

from hayai.sim.dialects.answer import Answer, Asked, Json, Tool, count_input, table, text_of
from hayai.sim.openai_refusals import ChatRefusal

_EFFORTS = {"minimal": 128, "low": 512, "medium": 1024, "high": 4096}
"""Budgets of reasoning tokens; the answer's length limits them too."""
_TIERS = ("auto", "default", "flex", "priority")
_FINISH = {"end_turn": "stop", "max_tokens": "length", "tool_use": "tool_calls"}
_FINGERPRINT = "fp_hayaisim"

_encode = msgspec.json.encode


class Chat(msgspec.Struct, frozen=True, kw_only=True):
    """What a chat completion asks for, and whether it is to be streamed."""

    asked: Asked
    streamed: bool
    usage_in_stream: bool


class Chunk(NamedTuple):
    """One chunk: when it is due, its JSON, and what it holds."""

    offset_ns: int
    json: bytes
    kind: Literal["e", "t", "r", "u"] = "e"
    chars: int = 0
    tokens: int = 0


# The request


def read_json(body: bytes) -> Json:
    """The JSON object in a request's body. Raises ChatRefusal (400)."""
    try:
        parsed = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        raise ChatRefusal(
            "We could not parse the JSON body of your request. The API expects a JSON payload, but what was sent was not valid JSON."
        )
    return parsed


def read_model(body: Json) -> str:
    """The model that a body names. Raises ChatRefusal (400)."""
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise ChatRefusal("you must provide a model parameter", param="model")
    return model


def read(body: Json) -> Chat:
    """What a body asks for. Raises ChatRefusal (400)."""
    messages, tools = body.get("messages"), body.get("tools")
    if messages is None:
        raise ChatRefusal(
            "Missing required parameter: 'messages'.", param="messages", code="missing_required_parameter"
        )
    streamed, options = body.get("stream") is True, table(body.get("stream_options"))
    if options and not streamed:
        raise ChatRefusal(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options"
        )
    if body.get("n") not in (None, 1):
        raise ChatRefusal("This service gives one choice: 'n' must be 1.", param="n", code="unsupported_value")
    asked = Asked(
        prompt=_last_user_text(messages),
        input_tokens=max(1, count_input([messages, tools])),
        max_tokens=_most_tokens(body),
        reasoning=_reasoning(body.get("reasoning_effort")),
        tools=_tools(tools),
        tier=_tier(body.get("service_tier")),
        metadata={key: str(value) for key, value in table(body.get("metadata")).items()},
    )
    return Chat(asked=asked, streamed=streamed, usage_in_stream=options.get("include_usage") is True)


def _last_user_text(messages: object) -> str:
    if not isinstance(messages, list):
        raise ChatRefusal("Invalid type for 'messages': expected an array.", param="messages", code="invalid_type")
    if not messages:
        raise ChatRefusal(
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            param="messages",
            code="empty_array",
        )
    for at, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise ChatRefusal(f"Invalid 'messages[{at}]': expected an object with a role.", param=f"messages[{at}]")
    users = [message for message in messages if message["role"] == "user"]
    return text_of(users[-1].get("content")) if users else ""


def _most_tokens(body: Json) -> int | None:
    for key in ("max_completion_tokens", "max_tokens"):
        value: Any = body.get(key)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ChatRefusal(f"Invalid '{key}': expected an integer of at least 1.", param=key, code="invalid_value")
        return value
    return None


def _reasoning(effort: object) -> int | None:
    if effort is None or effort == "none":
        return None
    if not isinstance(effort, str) or effort not in _EFFORTS:
        known = ", ".join(f"'{name}'" for name in ("none", *_EFFORTS))
        raise ChatRefusal(
            f"Invalid value for 'reasoning_effort'. Supported values are: {known}.",
            param="reasoning_effort",
            code="unsupported_value",
        )
    return _EFFORTS[effort]


def _tier(tier: object) -> str | None:
    if tier is None:
        return None
    if not isinstance(tier, str) or tier not in _TIERS:
        known = ", ".join(f"'{name}'" for name in _TIERS)
        raise ChatRefusal(
            f"Invalid value for 'service_tier'. Supported values are: {known}.",
            param="service_tier",
            code="invalid_value",
        )
    return "default" if tier == "auto" else tier


def _tools(tools: object) -> tuple[Tool, ...]:
    functions = [table(table(tool).get("function")) for tool in tools] if isinstance(tools, list) else []
    return tuple(
        Tool(name=str(function["name"]), schema=table(function.get("parameters")))
        for function in functions
        if "name" in function
    )


# The answer


def usage(answer: Answer) -> Json:
    """Token counts in OpenAI's form: what came from a cache is part of the prompt."""
    prompt_tokens = answer.input_tokens + answer.cache_read_tokens
    reasoning = sum(piece.tokens for piece in answer.pieces if piece.kind == "r")
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": answer.output_tokens,
        "total_tokens": prompt_tokens + answer.output_tokens,
        "prompt_tokens_details": {"cached_tokens": answer.cache_read_tokens},
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }


def _envelope(answer: Answer, form: str, created: int) -> Json:
    told: Json = {"id": f"chatcmpl-{answer.id}", "object": form, "created": created, "model": answer.model_id}
    if answer.tier is not None:
        told["service_tier"] = answer.tier
    return told | {"system_fingerprint": _FINGERPRINT}


def _tool_call(answer: Answer, arguments: str) -> Json:
    return {
        "id": f"call_{answer.id}",
        "type": "function",
        "function": {"name": answer.tool, "arguments": arguments},
    }


def body(answer: Answer, created: int) -> Json:
    """The body of a chat completion that is not streamed."""
    message: Json = {"role": "assistant", "content": answer.text("t") or None, "refusal": None}
    if reasoning := answer.text("r"):
        message["reasoning_content"] = reasoning
    if answer.tool is not None:
        message["tool_calls"] = [_tool_call(answer, answer.text("u"))]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _FINISH[answer.stop]}
    return _envelope(answer, "chat.completion", created) | {"choices": [choice], "usage": usage(answer)}


_FIELDS = {
    "t": (b'"content":', b""),
    "r": (b'"reasoning_content":', b""),
    "u": (b'"tool_calls":[{"index":0,"function":{"arguments":', b"}}]"),
}


def chunks(answer: Answer, created: int, *, usage_in_stream: bool) -> Iterator[Chunk]:
    """The chunks of the stream, in order."""
    envelope = _envelope(answer, "chat.completion.chunk", created)
    start = _encode(envelope)[:-1] + b',"choices":[{"index":0,"delta":{'
    no_usage = b',"usage":null}' if usage_in_stream else b"}"
    end = b'},"logprobs":null,"finish_reason":null}]' + no_usage
    yield Chunk(answer.head_ns, start + b'"role":"assistant","content":"","refusal":null' + end)
    for kind, pieces in answer.blocks():
        if kind == "u":
            opening = _encode({"tool_calls": [{"index": 0} | _tool_call(answer, "")]})
            yield Chunk(pieces[0].offset_ns, start + opening[1:-1] + end)
        before, after = _FIELDS[kind]
        before, after = start + before, after + end
        for piece in pieces:
            text = piece.text
            yield Chunk(piece.offset_ns, b"%b%b%b" % (before, _encode(text), after), kind, len(text), piece.tokens)
    finish = _encode(_FINISH[answer.stop])
    yield Chunk(answer.total_ns, start + b'},"logprobs":null,"finish_reason":' + finish + b"}]" + no_usage)
    if usage_in_stream:
        yield Chunk(answer.total_ns, _encode(envelope | {"choices": [], "usage": usage(answer)}))
    yield Chunk(answer.total_ns, b"[DONE]")
