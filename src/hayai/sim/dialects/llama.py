"""How does Llama read and speak on InvokeModel? A prompt in, a generation out; the prompt's count comes first, the stop last."""

from __future__ import annotations

from collections.abc import Iterator

from hayai.sim.dialects.answer import Answer, Asked, Event, Json, count_input, require, whole_number


def read(body: Json) -> Asked:
    """What a Llama body asks for. Raises Refusal (400)."""
    prompt = str(require(body, "prompt"))
    return Asked(
        prompt=prompt,
        input_tokens=max(1, count_input(prompt)),
        max_tokens=whole_number(body.get("max_gen_len"), "max_gen_len"),
    )


def _stop(answer: Answer) -> str:
    return "length" if answer.stop == "max_tokens" else "stop"


def body(answer: Answer, _tool_input: Json | None) -> Json:
    """The body of an InvokeModel response. Llama's own form has no tool calls and no reasoning: all of it is text."""
    return {
        "generation": "".join(piece.text for piece in answer.pieces),
        "prompt_token_count": answer.input_tokens,
        "generation_token_count": answer.output_tokens,
        "stop_reason": _stop(answer),
    }


def events(answer: Answer) -> Iterator[Event]:
    """The chunks of the stream, in order; an empty one ends it."""
    so_far = 0
    for number, piece in enumerate(answer.pieces):
        so_far += piece.tokens
        payload = {
            "generation": piece.text,
            "prompt_token_count": answer.input_tokens if number == 0 else None,
            "generation_token_count": so_far,
            "stop_reason": None,
        }
        yield Event(piece.offset_ns, "chunk", payload, piece.kind, len(piece.text), piece.tokens)
    end = {"generation": "", "prompt_token_count": None, "generation_token_count": so_far, "stop_reason": _stop(answer)}
    yield Event(answer.total_ns, "chunk", end)
