"""How does Nova read and speak on InvokeModel? Nearly as Converse does, each stream event wrapped in an object that names it."""

from __future__ import annotations

from collections.abc import Iterator

from hayai.sim.dialects import converse
from hayai.sim.dialects.answer import (
    Answer,
    Asked,
    Event,
    Json,
    count_input,
    last_user_text,
    reasoning_budget,
    require,
    table,
    whole_number,
)


def read(body: Json) -> Asked:
    """What a Nova body asks for. Raises Refusal (400)."""
    messages = require(body, "messages")
    config = table(body.get("inferenceConfig"))
    limit = config.get("maxTokens", config.get("max_new_tokens"))
    return Asked(
        prompt=last_user_text(messages),
        input_tokens=max(1, count_input([messages, body.get("system"), body.get("toolConfig")])),
        max_tokens=whole_number(limit, "inferenceConfig/maxTokens"),
        reasoning=reasoning_budget(config) or reasoning_budget(body),
        tools=converse.read_tools(body),
    )


def _usage(answer: Answer) -> Json:
    return {
        "inputTokens": answer.input_tokens,
        "outputTokens": answer.output_tokens,
        "totalTokens": answer.input_tokens + answer.output_tokens + answer.cache_read_tokens,
        "cacheReadInputTokenCount": answer.cache_read_tokens,
        "cacheWriteInputTokenCount": 0,
    }


def body(answer: Answer, tool_input: Json | None) -> Json:
    """The body of an InvokeModel response."""
    whole = converse.body(answer, tool_input)
    return {"output": whole["output"], "stopReason": whole["stopReason"], "usage": _usage(answer)}


def events(answer: Answer) -> Iterator[Event]:
    """The chunks of the stream, in order."""
    yield Event(answer.head_ns, "chunk", {"messageStart": {"role": "assistant"}})
    for event in converse.content_events(answer):
        yield event._replace(name="chunk", payload={event.name: event.payload})
    yield Event(answer.total_ns, "chunk", {"messageStop": {"stopReason": answer.stop}})
    yield Event(answer.total_ns, "chunk", {"metadata": {"usage": _usage(answer), "metrics": {}, "trace": {}}})
