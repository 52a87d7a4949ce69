"""What does Bedrock answer to this request? From raw path and headers to the writes of the response.

Requests are looked at in the order of the real service: signature, operation, model, then what is asked of it. Everything that can be refused
is refused before the behaviour is asked how long the answer takes.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any
from urllib.parse import unquote

import msgspec

from hayai.sim.access import find_access
from hayai.sim.answer import answer_tokens, split_tokens, topic_of
from hayai.sim.answers.topics import without_nonce
from hayai.sim.behaviour import Behaviour, Course
from hayai.sim.dialects.answer import Answer, Asked, Event, Json, Piece, PieceKind, parse_body
from hayai.sim.dialects.families import CONVERSE, NATIVE, Dialect
from hayai.sim.faults import break_body, break_frames, choose_fault
from hayai.sim.profile import Fault, Profile
from hayai.sim.refusals import EXTRANEOUS_KEY, IN_STREAM, Refusal, invalid
from hayai.sim.reply import Facts, Head, Reply, refusal_reply
from hayai.sim.schedule import Send
from hayai.sim.script import read_script
from hayai.sim.signature import Keys, check_signature
from hayai.sim.tools import example_input
from hayai.wire.eventstream import encode_message
from hayai.wire.http1 import LAST_CHUNK, Request, encode_chunk, encode_head

_PATH = re.compile(r"/model/([^?]+)/(invoke|invoke-with-response-stream|converse|converse-stream)(?:\?.*)?")
_PADDING = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_SORTED = msgspec.json.Encoder(order="sorted").encode
_METADATA_HEADER = "x-amzn-bedrock-request-metadata"


class Bedrock:
    """The simulated service in one region of one account."""

    def __init__(self, profile: Profile, *, seed: int, speed: float, keys: Keys | None, started_ns: int) -> None:
        self._profile, self._speed, self._keys = profile, speed, keys
        self._behaviour = Behaviour(profile, seed=seed, speed=speed, started_ns=started_ns)

    def respond(self, request: Request, *, number: int, request_id: str, now_ns: int, wall_ns: int) -> Reply:
        """The response to one complete request. Never raises: what is wrong with the request is the response."""
        facts = Facts(attempt=None)
        head = Head(request_id=request_id, wall_ns=wall_ns, label=f"{self._profile.name};speed={self._speed:g}")
        try:
            return self._answer(request, number=number, now_ns=now_ns, wall_ns=wall_ns, facts=facts, head=head)
        except Refusal as refusal:
            return refusal_reply(refusal, head, facts)

    def _answer(self, request: Request, *, number: int, now_ns: int, wall_ns: int, facts: Facts, head: Head) -> Reply:
        headers = {name.lower(): value for name, value in request.headers}
        facts.attempt = headers.get("amz-sdk-request")
        if self._keys is not None:
            check_signature(request, headers, self._keys, wall_ns=wall_ns)
        match = _PATH.fullmatch(request.raw_path)
        if match is None or request.method != "POST":
            raise Refusal("UnknownOperationException")
        facts.model, facts.operation = unquote(match[1]), match[2]
        access = find_access(self._profile, facts.model)
        converse = facts.operation.startswith("converse")
        dialect = CONVERSE if converse else NATIVE[access.model.family]
        body = parse_body(request.body)
        if not converse:
            for key in ("performanceConfig", "serviceTier"):
                if key in body:
                    raise invalid(EXTRANEOUS_KEY, key=key)
        asked = dialect.read(body)
        if not converse:
            asked = _with_headers(asked, headers)
        access.check(asked, region=self._profile.region)
        script = read_script(headers, asked.metadata)
        facts.requested_latency, facts.tier, facts.input_tokens = asked.latency, asked.tier, asked.input_tokens
        facts.prompt_topic = topic_of(asked.prompt)

        prompt = without_nonce(asked.prompt)
        random = self._behaviour.random_for(f"{access.plain_id}|{asked.latency}|{asked.tier}|{prompt}")
        fault = choose_fault(
            self._profile.faults,
            number=number,
            model=facts.model,
            scripted=script.fault,
            random=Random(random.getrandbits(64)),
        )
        streamed = facts.operation in IN_STREAM
        if fault is not None and (fault.kind == "error" or (fault.kind == "in_stream_exception" and not streamed)):
            facts.fault = fault.kind
            raise Refusal(fault.error, fault.message)
        tool = asked.tools[0] if asked.tools and (script.answer or access.entry.answer) == "tool_use" else None
        tool_input = example_input(tool.schema) if tool else None
        tool_tokens = split_tokens(msgspec.json.encode(tool_input).decode()) if tool else None
        course = self._behaviour.course(
            entry=access.entry,
            random=random,
            topic=facts.prompt_topic,
            latency=asked.latency,
            tier=asked.tier,
            max_tokens=access.model.max_output if asked.max_tokens is None else asked.max_tokens,
            reasoning=asked.reasoning,
            length=len(tool_tokens) if tool_tokens else None,
            script=script,
            now_ns=now_ns,
        )
        facts.take_course(course)
        answer = Answer(
            id=f"{course.random.getrandbits(140):035x}"[:24],
            model_id=access.plain_id,
            pieces=_pieces(prompt, course, tool_tokens),
            stop="max_tokens" if course.cut else "tool_use" if tool else "end_turn",
            input_tokens=asked.input_tokens,
            output_tokens=course.reasoning_tokens + course.text_tokens,
            cache_read_tokens=course.cache_read_tokens,
            latency=None if asked.latency is None else course.served_latency,
            tier=asked.tier,
            head_ns=course.head_ns,
            first_ns=course.ttft_ns,
            total_ns=course.offsets_ns[-1],
            tool=tool.name if tool else None,
        )
        head.region = course.region
        if streamed:
            return self._stream(answer, dialect, fault, facts, head, course.random)
        return self._whole(answer, dialect, tool_input, fault, facts, head)

    def _whole(
        self, answer: Answer, dialect: Dialect, tool_input: Json | None, fault: Fault | None, facts: Facts, head: Head
    ) -> Reply:
        converse = dialect is CONVERSE
        encode = _SORTED if converse else msgspec.json.encode
        body = encode(dialect.body(answer, tool_input))
        extra = [] if converse else [*_echo_headers(answer), *_count_headers(answer)]
        lines = head.lines([("Content-Type", "application/json"), *extra, ("Content-Length", str(len(body)))])
        text = "".join(piece.text for piece in answer.pieces)
        send = Send(answer.total_ns, encode_head(200, lines) + body, "b", len(text), answer.output_tokens)
        if fault is not None:
            send = break_body(send, fault, speed=self._speed, struck=lambda: facts.strike(fault.kind))
        return Reply(status=200, sends=iter((send,)), facts=facts)

    def _stream(
        self, answer: Answer, dialect: Dialect, fault: Fault | None, facts: Facts, head: Head, random: Random
    ) -> Reply:
        extra = [("Content-Type", "application/vnd.amazon.eventstream")]
        if dialect is CONVERSE:
            frames = _converse_frames(dialect.events(answer), random)
        else:
            extra += [("X-Amzn-Bedrock-Content-Type", "application/json"), *_echo_headers(answer)]
            frames = _chunk_frames(dialect.events(answer), answer, random)
        lines = head.lines([*extra, ("Transfer-Encoding", "chunked")])
        opening = Send(answer.head_ns, encode_head(200, lines), "h")
        if fault is not None:
            frames = break_frames(frames, fault, speed=self._speed, struck=lambda: facts.strike(fault.kind))
            if fault.kind == "slow_headers":
                opening = msgspec.structs.replace(
                    opening, offset_ns=opening.offset_ns + round(fault.wait_ms * 1e6 / self._speed)
                )
        return Reply(status=200, sends=_chunked(opening, frames), facts=facts)


def _with_headers(asked: Asked, headers: Mapping[str, str]) -> Asked:
    """What an invoke call asks for outside its body."""
    metadata = parse_body(headers[_METADATA_HEADER].encode()) if _METADATA_HEADER in headers else {}
    return msgspec.structs.replace(
        asked,
        latency=headers.get("x-amzn-bedrock-performanceconfig-latency"),
        tier=headers.get("x-amzn-bedrock-service-tier"),
        metadata={key: str(value) for key, value in metadata.items()},
    )


def _pieces(prompt: str, course: Course, tool_tokens: list[str] | None) -> list[Piece]:
    """The texts of each chunk with its instant."""
    reasoning = answer_tokens(prompt, course.reasoning_tokens, seed=course.seed + 1) if course.reasoning_tokens else ()
    text = tool_tokens or answer_tokens(prompt, course.wanted_tokens, seed=course.seed)
    tokens = [*reasoning, *text]
    pieces, at = [], 0
    visible: PieceKind = "u" if tool_tokens else "t"
    for size, offset_ns in zip(course.chunks, course.offsets_ns, strict=True):
        kind: PieceKind = "r" if at < course.reasoning_tokens else visible
        pieces.append(Piece(kind, "".join(tokens[at : at + size]), size, offset_ns))
        at += size
    return pieces


def _echo_headers(answer: Answer) -> list[tuple[str, str]]:
    told = (
        ("X-Amzn-Bedrock-PerformanceConfig-Latency", answer.latency),
        ("X-Amzn-Bedrock-Service-Tier", answer.tier),
    )
    return [(name, value) for name, value in told if value is not None]


def _count_headers(answer: Answer) -> list[tuple[str, str]]:
    return [
        ("X-Amzn-Bedrock-Invocation-Latency", str(answer.total_ms)),
        ("X-Amzn-Bedrock-Input-Token-Count", str(answer.input_tokens)),
        ("X-Amzn-Bedrock-Output-Token-Count", str(answer.output_tokens)),
        ("X-Amzn-Bedrock-Cache-Read-Input-Token-Count", str(answer.cache_read_tokens)),
        ("X-Amzn-Bedrock-Cache-Write-Input-Token-Count", "0"),
    ]


def _frame(event: Event, payload: dict[str, Any], random: Random) -> Send:
    payload["p"] = _PADDING[: 1 + int(random.random() * len(_PADDING))]
    headers = ((":event-type", event.name), (":content-type", "application/json"), (":message-type", "event"))
    data = encode_message(headers, _SORTED(payload))
    return Send(event.offset_ns, data, event.kind, event.chars, event.tokens)


def _converse_frames(events: Iterator[Event], random: Random) -> Iterator[Send]:
    for event in events:
        yield _frame(event, event.payload, random)


def _chunk_frames(events: Iterator[Event], answer: Answer, random: Random) -> Iterator[Send]:
    """A family's own chunks, each in base64; the last one carries the invocation metrics."""
    event = next(events)
    for following in events:
        yield _frame(event, {"bytes": b64encode(msgspec.json.encode(event.payload)).decode()}, random)
        event = following
    metrics = {
        "inputTokenCount": answer.input_tokens,
        "outputTokenCount": answer.output_tokens,
        "invocationLatency": answer.total_ms,
        "firstByteLatency": answer.first_ms,
    }
    if answer.cache_read_tokens:
        metrics["cacheReadInputTokenCount"] = answer.cache_read_tokens
    last = event.payload | {"amazon-bedrock-invocationMetrics": metrics}
    yield _frame(event, {"bytes": b64encode(msgspec.json.encode(last)).decode()}, random)


def _chunked(opening: Send, frames: Iterator[Send]) -> Iterator[Send]:
    """Head, one HTTP chunk per frame, and the end of the body."""
    yield opening
    offset_ns = opening.offset_ns
    for send in frames:
        offset_ns = send.offset_ns
        if send.data:
            send = msgspec.structs.replace(send, data=encode_chunk(send.data))
        yield send
    yield Send(offset_ns, LAST_CHUNK, "z")
