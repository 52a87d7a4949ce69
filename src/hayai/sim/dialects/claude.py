"""How does Claude read and speak on InvokeModel? The Anthropic Messages form, as Bedrock passes it through.

Any `anthropic_version` is accepted: SDKs send other ones than the documentation's. `model` and `stream` do not belong into the body.
"""

from __future__ import annotations

from collections.abc import Iterator

from hayai.sim.dialects.answer import (
    Answer,
    Asked,
    Event,
    Json,
    PieceKind,
    Tool,
    count_input,
    last_user_text,
    reasoning_budget,
    require,
    signature,
    table,
    whole_number,
)


def read(body: Json) -> Asked:
    """What a Messages body asks for. Raises Refusal (400)."""
    require(body, "anthropic_version")
    messages = require(body, "messages")
    tools = body.get("tools")
    return Asked(
        prompt=last_user_text(messages),
        input_tokens=max(1, count_input([messages, body.get("system"), tools])),
        max_tokens=whole_number(require(body, "max_tokens"), "max_tokens"),
        reasoning=reasoning_budget(body),
        tools=tuple(
            Tool(name=str(tool["name"]), schema=table(tool.get("input_schema")))
            for tool in (tools if isinstance(tools, list) else ())
            if isinstance(tool, dict) and "name" in tool
        ),
    )


def _input_usage(answer: Answer) -> Json:
    return {
        "input_tokens": answer.input_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": answer.cache_read_tokens,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
    }


def _model_name(answer: Answer) -> str:
    """`us.anthropic.claude-3-5-haiku-20241022-v1:0` → `claude-3-5-haiku-20241022`."""
    return answer.model_id.rsplit("anthropic.", 1)[-1].split("-v1:", 1)[0]


def _envelope(answer: Answer, content: list[Json], stop: str | None, output_tokens: int) -> Json:
    return {
        "model": _model_name(answer),
        "id": f"msg_bdrk_{answer.id}",
        "type": "message",
        "role": "assistant",
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": _input_usage(answer) | {"output_tokens": output_tokens},
    }


def _tool_use(answer: Answer, tool_input: Json) -> Json:
    return {"type": "tool_use", "id": f"toolu_bdrk_{answer.id}", "name": answer.tool, "input": tool_input}


def body(answer: Answer, tool_input: Json | None) -> Json:
    """The body of an InvokeModel response."""
    content: list[Json] = []
    for kind, pieces in answer.blocks():
        text = "".join(piece.text for piece in pieces)
        if kind == "r":
            content.append({"type": "thinking", "thinking": text, "signature": signature(answer)})
        elif kind == "u":
            content.append(_tool_use(answer, tool_input or {}))
        else:
            content.append({"type": "text", "text": text})
    return _envelope(answer, content, answer.stop, answer.output_tokens)


_DELTA: dict[PieceKind, tuple[str, str]] = {
    "t": ("text_delta", "text"),
    "r": ("thinking_delta", "thinking"),
    "u": ("input_json_delta", "partial_json"),
}


def _block_start(answer: Answer, kind: PieceKind) -> Json:
    if kind == "r":
        return {"type": "thinking", "thinking": "", "signature": ""}
    return _tool_use(answer, {}) if kind == "u" else {"type": "text", "text": ""}


def events(answer: Answer) -> Iterator[Event]:
    """The chunks of the stream, in order."""
    yield _event(answer.head_ns, "message_start", message=_envelope(answer, [], None, 1))
    for index, (kind, pieces) in enumerate(answer.blocks()):
        first, last = pieces[0].offset_ns, pieces[-1].offset_ns
        opening = answer.head_ns if index == 0 else first
        yield _event(opening, "content_block_start", index=index, content_block=_block_start(answer, kind))
        delta_type, field = _DELTA[kind]
        for piece in pieces:
            delta = {"type": delta_type, field: piece.text}
            payload = {"type": "content_block_delta", "index": index, "delta": delta}
            yield Event(piece.offset_ns, "chunk", payload, kind, len(piece.text), piece.tokens)
        if kind == "r":
            delta = {"type": "signature_delta", "signature": signature(answer)}
            yield _event(last, "content_block_delta", index=index, delta=delta)
        yield _event(last, "content_block_stop", index=index)
    stop = {"stop_reason": answer.stop, "stop_sequence": None}
    yield _event(answer.total_ns, "message_delta", delta=stop, usage={"output_tokens": answer.output_tokens})
    yield _event(answer.total_ns, "message_stop")


def _event(offset_ns: int, kind: str, **fields: object) -> Event:
    return Event(offset_ns, "chunk", {"type": kind, **fields})
