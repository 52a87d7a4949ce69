"""Which bytes leave the OpenAI-compatible service for an answer? One JSON body, or server-sent events with one write each."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hayai.sim.account import Settled
from hayai.sim.dialects.openai import Chat, Chunk, body, chunks
from hayai.sim.faults import FrameFaults, break_body, break_frames, wait_ns
from hayai.sim.framing import Framing
from hayai.sim.openai_refusals import in_openai_words
from hayai.sim.profile import Fault
from hayai.sim.refusals import Refusal
from hayai.sim.reply import Facts, Head, Reply, chunked
from hayai.sim.schedule import Send
from hayai.wire.http1 import encode_head


def write_chat(settled: Settled, facts: Facts, head: Head, *, speed: float) -> Reply:
    """The reply of a chat completion without a stream: everything in one write when the answer is complete."""
    answer = settled.composition.answer
    data = msgspec.json.encode(body(answer, head.wall_s))
    told = [("Content-Type", "application/json"), ("openai-processing-ms", str(answer.total_ms))]
    lines = head.lines([*told, ("Content-Length", str(len(data)))])
    chars = sum(len(piece.text) for piece in answer.pieces)
    send = Send(answer.total_ns, encode_head(200, lines) + data, "b", chars, answer.output_tokens)
    if settled.fault is not None:
        send = break_body(send, settled.fault, speed=speed, struck=facts.strike)
    return Reply(status=200, sends=iter((send,)), facts=facts)


def write_chunks(settled: Settled, chat: Chat, framing: Framing, facts: Facts, head: Head, *, speed: float) -> Reply:
    """The reply of a chat completion with a stream: a head, then a write per event."""
    answer, fault = settled.composition.answer, settled.fault
    frames = _frames(chunks(answer, head.wall_s, usage_in_stream=chat.usage_in_stream), framing)
    head_ns = answer.head_ns
    if fault is not None:
        form = FrameFaults(spoil=_without_last_brace, exception=lambda fault: _error_event(fault, facts.model, framing))
        frames = break_frames(frames, fault, form, speed=speed, struck=facts.strike)
        head_ns += wait_ns(fault, speed) if fault.kind == "slow_headers" else 0
    told = [("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-cache")]
    told += [("openai-processing-ms", str(answer.head_ns // 1_000_000)), ("Transfer-Encoding", "chunked")]
    opening = Send(head_ns, encode_head(200, head.lines(told)), "h")
    return Reply(status=200, sends=chunked(opening, frames, framing.chunk), facts=facts)


def _frames(chunks: Iterator[Chunk], framing: Framing) -> Iterator[Send]:
    first = next(chunks)
    yield Send(first.offset_ns, framing.opening + framing.frame(first.json), first.kind)
    frame = framing.frame
    for offset_ns, json, kind, chars, tokens in chunks:
        yield Send(offset_ns, frame(json), kind, chars, tokens)


def _without_last_brace(frame: bytes) -> bytes:
    """An event that is whole, with JSON in it that is not."""
    at = frame.rindex(b"}")
    return frame[:at] + b" " + frame[at + 1 :]


def _error_event(fault: Fault, model: str, framing: Framing) -> bytes:
    """The event that tells an error in the middle of a stream."""
    return framing.frame(in_openai_words(Refusal(fault.error, fault.message), model).body())
