"""What does Bedrock answer to this request? From raw path and headers to a reply.

Requests are looked at in the order of the real service: signature, operation, model, then what is asked of it. Everything that can be
refused is refused before the behaviour is asked how long the answer takes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

import msgspec

from hayai.sim.access import find_access
from hayai.sim.account import Account, Call
from hayai.sim.control.permission import check_permission
from hayai.sim.dialects.answer import Asked, parse_body
from hayai.sim.dialects.families import CONVERSE, NATIVE, Dialect
from hayai.sim.refusals import EXTRANEOUS_KEY, IN_STREAM, Refusal, invalid
from hayai.sim.reply import Facts, Reply, refusal_reply
from hayai.sim.script import read_script
from hayai.sim.signature import check_signature
from hayai.sim.writing import write_stream, write_whole
from hayai.wire.http1 import Request

_PATH = re.compile(r"/model/([^?]+)/(invoke|invoke-with-response-stream|converse|converse-stream)(?:\?.*)?")
_METADATA_HEADER = "x-amzn-bedrock-request-metadata"


class Bedrock:
    """The simulated service in one region of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def respond(self, request: Request, *, number: int, request_id: str, now_ns: int, wall_ns: int) -> Reply:
        """The response to one complete request. What is wrong with the request is the response: nothing is raised."""
        facts = Facts()
        head = self._account.head(request, request_id=request_id, id_header="x-amzn-RequestId", wall_ns=wall_ns)
        headers = {name.lower(): value for name, value in request.headers}
        facts.attempt = headers.get("amz-sdk-request")
        try:
            if self._account.keys is not None:
                check_signature(request, headers, self._account.keys, wall_ns=wall_ns)
            dialect, call = self._read(request, headers, facts)
            streamed = facts.operation in IN_STREAM
            settled = self._account.settle(
                call, facts, head, service="", number=number, streamed=streamed, now_ns=now_ns
            )
        except Refusal as refusal:
            if facts.operation:
                self._account.trail.note(facts, request_id=request_id, wall_ns=wall_ns, refusal=refusal)
            return refusal_reply(refusal, head, facts)
        self._account.trail.note(facts, request_id=request_id, wall_ns=wall_ns, refusal=None)
        write = write_stream if streamed else write_whole
        return write(settled.composition, dialect, facts, head, fault=settled.fault, speed=self._account.speed)

    def _read(self, request: Request, headers: Mapping[str, str], facts: Facts) -> tuple[Dialect, Call]:
        """The call that this request makes. Raises Refusal when it makes none, or one that is not allowed."""
        match = _PATH.fullmatch(request.raw_path)
        if match is None or request.method != "POST":
            raise Refusal("UnknownOperationException")
        facts.model, facts.operation = unquote(match[1]), match[2]
        access = find_access(self._account.profile, facts.model)
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
        check_permission(self._account.profile, access, facts.operation, facts.model)
        access.check(asked, region=self._account.profile.region)
        return dialect, Call(access=access, asked=asked, script=read_script(headers, asked.metadata))


def _with_headers(asked: Asked, headers: Mapping[str, str]) -> Asked:
    """What an invoke call asks for outside its body."""
    metadata = parse_body(headers[_METADATA_HEADER].encode()) if _METADATA_HEADER in headers else {}
    return msgspec.structs.replace(
        asked,
        latency=headers.get("x-amzn-bedrock-performanceconfig-latency"),
        tier=headers.get("x-amzn-bedrock-service-tier"),
        metadata={key: str(value) for key, value in metadata.items()},
    )
