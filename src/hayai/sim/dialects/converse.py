"""How do Converse and ConverseStream read and speak? One form for every family.

Shapes and order as recorded from the real service: no contentBlockStart for text and reasoning, usage with an empty `serverToolUsage`,
`performanceConfig` and `serviceTier` only where the request had them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hayai.sim.dialects.answer import (
    Answer,
    Asked,
    Event,
    Json,
    Piece,
    PieceKind,
    Tool,
    count_input,
    last_user_text,
    reasoning_budget,
    signature,
    table,
    whole_number,
)


def read(body: Json) -> Asked:
    """What a Converse body asks for. Raises Refusal (400)."""
    messages = body.get("messages")
    prompt = last_user_text(messages)
    config = table(body.get("inferenceConfig"))
    metadata = table(body.get("requestMetadata"))
    prefix = before_cache_point(body.get("system"), messages)
    return Asked(
        prompt=prompt,
        input_tokens=max(1, count_input([messages, body.get("system"), body.get("toolConfig")])),
        max_tokens=whole_number(config.get("maxTokens"), "inferenceConfig/maxTokens"),
        reasoning=reasoning_budget(table(body.get("additionalModelRequestFields"))),
        tools=read_tools(body),
        latency=table(body.get("performanceConfig")).get("latency"),
        tier=table(body.get("serviceTier")).get("type"),
        metadata={key: str(value) for key, value in metadata.items()},
        prefix=None if prefix is None else msgspec.json.encode(prefix).decode(),
        prefix_tokens=0 if prefix is None else count_input(prefix),
    )


def before_cache_point(system: object, messages: object) -> list[Any] | None:
    """The content blocks before the last cache point, system text first; None: there is none."""
    blocks: list[Any] = list(system) if isinstance(system, list) else []
    for message in messages if isinstance(messages, list) else []:
        content = table(message).get("content")
        blocks += content if isinstance(content, list) else []
    points = [place for place, block in enumerate(blocks) if "cachePoint" in table(block)]
    return [block for block in blocks[: points[-1]] if "cachePoint" not in table(block)] if points else None


def read_tools(body: Json) -> tuple[Tool, ...]:
    """The tools in `toolConfig`."""
    tools = table(body.get("toolConfig")).get("tools")
    specs = [table(table(tool).get("toolSpec")) for tool in tools] if isinstance(tools, list) else []
    return tuple(
        Tool(name=str(spec["name"]), schema=table(table(spec.get("inputSchema")).get("json")))
        for spec in specs
        if "name" in spec
    )


def usage(answer: Answer) -> Json:
    """Token counts in Converse's form."""
    told = {"cacheReadInputTokens": answer.cache_read_tokens, "cacheWriteInputTokens": answer.cache_write_tokens}
    cached = {name: tokens for name, tokens in told.items() if tokens}
    return cached | {
        "inputTokens": answer.input_tokens,
        "outputTokens": answer.output_tokens,
        "serverToolUsage": {},
        "totalTokens": answer.input_tokens + answer.output_tokens + sum(cached.values()),
    }


def _echo(answer: Answer) -> Json:
    told: Json = {}
    if answer.latency is not None:
        told["performanceConfig"] = {"latency": answer.latency}
    if answer.tier is not None:
        told["serviceTier"] = {"type": answer.tier}
    return told


def body(answer: Answer, tool_input: Json | None) -> Json:
    """The body of a Converse response. `tool_input` is the input of a tool call, parsed."""
    content: list[Json] = []
    for kind, pieces in answer.blocks():
        text = "".join(piece.text for piece in pieces)
        if kind == "r":
            content.append({"reasoningContent": {"reasoningText": {"signature": signature(answer), "text": text}}})
        elif kind == "u":
            content.append(
                {"toolUse": {"input": tool_input or {}, "name": answer.tool, "toolUseId": tool_use_id(answer)}}
            )
        else:
            content.append({"text": text})
    return _echo(answer) | {
        "metrics": {"latencyMs": answer.total_ms},
        "output": {"message": {"content": content, "role": "assistant"}},
        "stopReason": answer.stop,
        "usage": usage(answer),
    }


def tool_use_id(answer: Answer) -> str:
    """Id of the tool call."""
    return f"tooluse_{answer.id[:22]}"


def _delta(kind: PieceKind, text: str) -> Json:
    if kind == "r":
        return {"reasoningContent": {"text": text}}
    return {"toolUse": {"input": text}} if kind == "u" else {"text": text}


def events(answer: Answer) -> Iterator[Event]:
    """The events of ConverseStream, in order."""
    yield Event(answer.head_ns, "messageStart", {"role": "assistant"})
    yield from content_events(answer)
    end = answer.total_ns
    yield Event(end, "messageStop", {"stopReason": answer.stop})
    yield Event(end, "metadata", _echo(answer) | {"metrics": {"latencyMs": answer.total_ms}, "usage": usage(answer)})


def content_events(answer: Answer) -> Iterator[Event]:
    """The events of the content blocks; Nova's own stream has the same."""
    for index, (kind, pieces) in enumerate(answer.blocks()):
        if kind == "u":
            start = {"toolUse": {"name": answer.tool, "toolUseId": tool_use_id(answer)}}
            yield Event(pieces[0].offset_ns, "contentBlockStart", {"contentBlockIndex": index, "start": start})
        for piece in pieces:
            yield _piece_event(index, piece)
        last = pieces[-1].offset_ns
        if kind == "r":
            delta = {"reasoningContent": {"signature": signature(answer)}}
            yield Event(last, "contentBlockDelta", {"contentBlockIndex": index, "delta": delta})
        yield Event(last, "contentBlockStop", {"contentBlockIndex": index})


def _piece_event(index: int, piece: Piece) -> Event:
    payload = {"contentBlockIndex": index, "delta": _delta(piece.kind, piece.text)}
    return Event(piece.offset_ns, "contentBlockDelta", payload, piece.kind, len(piece.text), piece.tokens)
