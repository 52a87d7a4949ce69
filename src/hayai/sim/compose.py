"""Which text goes out in which chunk at which instant? The course of the behaviour, filled with words."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import msgspec

from hayai.sim.access import Access
from hayai.sim.answer import answer_tokens, split_tokens
from hayai.sim.answers.topics import without_nonce
from hayai.sim.behaviour import Behaviour, Course
from hayai.sim.dialects.answer import Answer, Asked, Json, Piece, PieceKind
from hayai.sim.judging import ballot_in, verdict_text, with_mistakes
from hayai.sim.script import Script
from hayai.sim.tools import example_input


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """An answer, the course it follows, and the input of a tool call as an object (None: no tool is called)."""

    answer: Answer
    course: Course
    tool_input: Json | None


def visible_prompt(asked: Asked) -> str:
    """The prompt without what only keeps caches away: two requests that differ in a nonce ask the same."""
    return without_nonce(asked.prompt)


def compose(
    asked: Asked,
    access: Access,
    script: Script,
    behaviour: Behaviour,
    *,
    random: Random,
    topic: str | None,
    now_ns: int,
) -> Composition:
    """The answer to what was asked. Raises Refusal when the behaviour throttles."""
    tool = asked.tools[0] if asked.tools and (script.answer or access.entry.answer) == "tool_use" else None
    tool_input = example_input(tool.schema) if tool else None
    tool_tokens = split_tokens(msgspec.json.encode(tool_input).decode()) if tool else None
    verdict = _verdict_tokens(asked, access, random)
    settled = tool_tokens or verdict
    course = behaviour.course(
        entry=access.entry,
        random=random,
        topic=topic,
        latency=asked.latency,
        tier=asked.tier,
        max_tokens=access.model.max_output if asked.max_tokens is None else asked.max_tokens,
        input_tokens=asked.input_tokens,
        prefix=None if asked.prefix is None else (access.plain_id + asked.prefix, asked.prefix_tokens),
        reasoning=asked.reasoning,
        length=len(settled) if settled else None,
        script=script,
        now_ns=now_ns,
    )
    answer = Answer(
        id=f"{random.getrandbits(96):024x}",
        model_id=access.plain_id,
        pieces=_pieces(
            visible_prompt(asked), course, random.getrandbits(62), settled, visible="u" if tool_tokens else "t"
        ),
        stop="max_tokens" if course.cut else "tool_use" if tool else "end_turn",
        input_tokens=max(1, asked.input_tokens - course.of_input),
        output_tokens=course.reasoning_tokens + course.text_tokens,
        cache_read_tokens=course.cache_read_tokens,
        cache_write_tokens=course.cache_write_tokens,
        latency=None if asked.latency is None else course.served_latency,
        tier=asked.tier,
        head_ns=course.head_ns,
        first_ns=course.ttft_ns,
        total_ns=course.offsets_ns[-1],
        tool=tool.name if tool else None,
        padding=random.getrandbits(32),
    )
    return Composition(answer=answer, course=course, tool_input=tool_input)


_BEYOND_A_CUT = 500
"""A cut answer is the beginning of one that is longer, but not by more than this: nobody sees the rest."""


def _verdict_tokens(asked: Asked, access: Access, random: Random) -> list[str] | None:
    """What a judge says to a ballot; None for everything else."""
    ballot = None if access.entry.judge is None else ballot_in(asked.prompt)
    if ballot is None or access.entry.judge is None:
        return None
    return split_tokens(verdict_text(ballot, access.entry.judge, Random(random.getrandbits(64))))


def _pieces(prompt: str, course: Course, seed: int, settled: list[str] | None, *, visible: PieceKind) -> list[Piece]:
    """The text of each chunk with its instant. `settled`: what is said, where that does not come from the topic."""
    length = min(course.wanted_tokens, course.text_tokens + _BEYOND_A_CUT)
    reasoning = answer_tokens(prompt, course.reasoning_tokens, seed=seed + 1) if course.reasoning_tokens else ()
    said = settled or answer_tokens(prompt, length, seed=seed)
    if course.quality is not None and not settled:
        said = with_mistakes(said, course.quality, course.quality_sd, Random(seed))
    tokens = [*reasoning, *said]
    pieces, at = [], 0
    for size, offset_ns in zip(course.chunks, course.offsets_ns, strict=True):
        kind: PieceKind = "r" if at < course.reasoning_tokens else visible
        pieces.append(Piece(kind, "".join(tokens[at : at + size]), size, offset_ns))
        at += size
    return pieces
