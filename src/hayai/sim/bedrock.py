"""What does Bedrock answer to this request? From raw path and headers to a reply.

Requests are looked at in the order of the real service: signature, operation, model, then what is asked of it. Everything that can be
refused is refused before the behaviour is asked how long the answer takes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from urllib.parse import unquote

import msgspec

from hayai.sim.access import Access, find_access
from hayai.sim.answer import topic_of
from hayai.sim.behaviour import Behaviour
from hayai.sim.compose import Composition, compose, visible_prompt
from hayai.sim.dialects.answer import Asked, parse_body
from hayai.sim.dialects.families import CONVERSE, NATIVE, Dialect
from hayai.sim.faults import choose_fault
from hayai.sim.profile import Fault, Profile
from hayai.sim.refusals import EXTRANEOUS_KEY, IN_STREAM, Refusal, invalid
from hayai.sim.reply import Facts, Head, Reply, refusal_reply
from hayai.sim.script import Script, read_script
from hayai.sim.signature import Keys, check_signature
from hayai.sim.writing import write_stream, write_whole
from hayai.wire.http1 import Request

_PATH = re.compile(r"/model/([^?]+)/(invoke|invoke-with-response-stream|converse|converse-stream)(?:\?.*)?")
_METADATA_HEADER = "x-amzn-bedrock-request-metadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A request that is understood and allowed."""

    dialect: Dialect
    access: Access
    asked: Asked
    script: Script


class Bedrock:
    """The simulated service in one region of one account."""

    def __init__(self, profile: Profile, *, seed: int, speed: float, keys: Keys | None, started_ns: int) -> None:
        self._profile, self._speed, self._keys = profile, speed, keys
        self._behaviour = Behaviour(profile, seed=seed, speed=speed, started_ns=started_ns)

    def respond(self, request: Request, *, number: int, request_id: str, now_ns: int, wall_ns: int) -> Reply:
        """The response to one complete request. What is wrong with the request is the response: nothing is raised."""
        facts = Facts()
        head = Head(
            request_id=request_id,
            wall_ns=wall_ns,
            label=f"{self._profile.name};speed={self._speed:g}",
            keep_alive=request.keep_alive,
        )
        headers = {name.lower(): value for name, value in request.headers}
        facts.attempt = headers.get("amz-sdk-request")
        try:
            if self._keys is not None:
                check_signature(request, headers, self._keys, wall_ns=wall_ns)
            call = self._read(request, headers, facts)
            return self._answer(call, facts, head, number=number, now_ns=now_ns)
        except Refusal as refusal:
            return refusal_reply(refusal, head, facts)

    def _read(self, request: Request, headers: Mapping[str, str], facts: Facts) -> _Call:
        """The call that this request makes. Raises Refusal when it makes none, or one that is not allowed."""
        match = _PATH.fullmatch(request.raw_path)
        if match is None or request.method != "POST":
            raise Refusal("UnknownOperationException")
        facts.model, facts.operation = unquote(match[1]), match[2]
        access = find_access(self._profile, facts.model)
        body = parse_body(request.body)
        if facts.operation.startswith("converse"):
            dialect = CONVERSE
            asked = dialect.read(body)
        else:
            for key in ("performanceConfig", "serviceTier"):
                if key in body:
                    raise invalid(EXTRANEOUS_KEY, key=key)
            dialect = NATIVE[access.model.family]
            asked = _with_headers(dialect.read(body), headers)
        access.check(asked, region=self._profile.region)
        facts.requested_latency, facts.tier, facts.input_tokens = asked.latency, asked.tier, asked.input_tokens
        facts.prompt_topic = topic_of(asked.prompt)
        return _Call(dialect=dialect, access=access, asked=asked, script=read_script(headers, asked.metadata))

    def _answer(self, call: _Call, facts: Facts, head: Head, *, number: int, now_ns: int) -> Reply:
        """The reply to a call. Raises Refusal for throttles and for errors that a fault makes."""
        asked = call.asked
        prompt = visible_prompt(asked)
        random = self._behaviour.random_for(f"{call.access.plain_id}|{asked.latency}|{asked.tier}|{prompt}")
        fault = choose_fault(
            self._profile.faults,
            number=number,
            model=facts.model,
            scripted=call.script.fault,
            random=Random(random.getrandbits(64)),
        )
        streamed = facts.operation in IN_STREAM
        if fault is not None:
            _refuse_if_told(fault, facts, streamed=streamed)
        composition: Composition = compose(
            asked, call.access, call.script, self._behaviour, random=random, topic=facts.prompt_topic, now_ns=now_ns
        )
        facts.take_course(composition.course)
        head.region = composition.course.region
        write = write_stream if streamed else write_whole
        return write(composition, call.dialect, facts, head, fault=fault, speed=self._speed)


def _refuse_if_told(fault: Fault, facts: Facts, *, streamed: bool) -> None:
    """Raises Refusal for the fault `error`, and for an exception in a stream where there is no stream."""
    if fault.kind == "error" or (fault.kind == "in_stream_exception" and not streamed):
        facts.fault = fault.kind
        raise Refusal(fault.error, fault.message)


def _with_headers(asked: Asked, headers: Mapping[str, str]) -> Asked:
    """What an invoke call asks for outside its body."""
    metadata = parse_body(headers[_METADATA_HEADER].encode()) if _METADATA_HEADER in headers else {}
    return msgspec.structs.replace(
        asked,
        latency=headers.get("x-amzn-bedrock-performanceconfig-latency"),
        tier=headers.get("x-amzn-bedrock-service-tier"),
        metadata={key: str(value) for key, value in metadata.items()},
    )
