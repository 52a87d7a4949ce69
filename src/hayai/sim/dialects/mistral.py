"""How do Mistral's models read and speak on InvokeModel? Two forms: plain text (`outputs`) and chat (`choices`).

Neither has usage in its body: counts come in the response headers, or in the invocation metrics of the last chunk. The chat form also
stands for the other families that speak it (DeepSeek, gpt-oss).
"""

from __future__ import annotations

from collections.abc import Iterator

from hayai.sim.dialects.answer import Answer, Asked, Event, Json, count_input, last_user_text, require, whole_number


def _stop(answer: Answer) -> str:
    return "length" if answer.stop == "max_tokens" else "stop"


def read_text(body: Json) -> Asked:
    """What a body of the text form asks for. Raises Refusal (400)."""
    prompt = str(require(body, "prompt"))
    return Asked(
        prompt=prompt,
        input_tokens=max(1, count_input(prompt)),
        max_tokens=whole_number(body.get("max_tokens"), "max_tokens"),
    )


def text_body(answer: Answer, _tool_input: Json | None) -> Json:
    """The body of an InvokeModel response in the text form."""
    return {"outputs": [{"text": "".join(piece.text for piece in answer.pieces), "stop_reason": _stop(answer)}]}


def text_events(answer: Answer) -> Iterator[Event]:
    """The chunks of a stream in the text form."""
    for piece in answer.pieces:
        payload = {"outputs": [{"text": piece.text, "stop_reason": None}]}
        yield Event(piece.offset_ns, "chunk", payload, piece.kind, len(piece.text), piece.tokens)
    yield Event(answer.total_ns, "chunk", {"outputs": [{"text": "", "stop_reason": _stop(answer)}]})


def read_chat(body: Json) -> Asked:
    """What a body of the chat form asks for. Raises Refusal (400)."""
    messages = require(body, "messages")
    return Asked(
        prompt=last_user_text(messages),
        input_tokens=max(1, count_input(messages)),
        max_tokens=whole_number(body.get("max_tokens", body.get("max_completion_tokens")), "max_tokens"),
    )


def chat_body(answer: Answer, _tool_input: Json | None) -> Json:
    """The body of an InvokeModel response in the chat form."""
    message = {"role": "assistant", "content": "".join(piece.text for piece in answer.pieces)}
    return {"choices": [{"index": 0, "message": message, "stop_reason": _stop(answer)}]}


def chat_events(answer: Answer) -> Iterator[Event]:
    """The chunks of a stream in the chat form."""
    for piece in answer.pieces:
        choice: Json = {"index": 0, "message": {"role": "assistant", "content": piece.text}, "stop_reason": None}
        yield Event(piece.offset_ns, "chunk", {"choices": [choice]}, piece.kind, len(piece.text), piece.tokens)
    last = {"index": 0, "message": {"role": "assistant", "content": ""}, "stop_reason": _stop(answer)}
    yield Event(answer.total_ns, "chunk", {"choices": [last]})
