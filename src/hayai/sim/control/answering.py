"""In whose words does a service answer, and refuse? JSON, the query protocol's XML, and S3's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import msgspec

from hayai.sim.control.asking import Ask
from hayai.sim.refusals import Refusal
from hayai.sim.reply import Facts, Head, Reply
from hayai.sim.schedule import Send
from hayai.wire.http1 import encode_head

_TYPES = {
    "rest": "application/json",
    "json": "application/x-amz-json-1.1",
    "query": "text/xml",
    "s3": "application/xml",
}
_NAMESPACES = {
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
    "s3": "http://s3.amazonaws.com/doc/2006-03-01/",
}
_ROOTS = {"ListBucket": "ListBucketResult"}


def answer_reply(ask: Ask, found: Mapping[str, Any] | bytes, head: Head, facts: Facts) -> Reply:
    """What the service says when it has an answer; bytes go out as they are."""
    if isinstance(found, bytes):
        return _reply(200, "application/octet-stream", found, head, facts)
    if ask.protocol == "query":
        body = _xml(f"{ask.operation}Result", found)
        body = f'<{ask.operation}Response xmlns="{_NAMESPACES[ask.service]}">{body}<ResponseMetadata><RequestId>{head.request_id}</RequestId></ResponseMetadata></{ask.operation}Response>'  # noqa: E501  (one line is one element)
        return _reply(200, _TYPES["query"], body.encode(), head, facts)
    if ask.protocol == "s3":
        return _reply(200, _TYPES["s3"], _xml(_ROOTS[ask.operation], found).encode(), head, facts)
    return _reply(200, _TYPES[ask.protocol], msgspec.json.encode(found), head, facts)


def refusal_reply(ask: Ask, refusal: Refusal, head: Head, facts: Facts) -> Reply:
    """The error as this service's protocol tells it."""
    facts.error = refusal.name
    words = escape(refusal.message)
    code = refusal.name.removesuffix("Exception")
    if ask.protocol == "query":
        body = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{words}</Message></Error><RequestId>{head.request_id}</RequestId></ErrorResponse>"  # noqa: E501  (one line is one element)
        return _reply(refusal.status, _TYPES["query"], body.encode(), head, facts)
    if ask.protocol == "s3":
        body = f"<Error><Code>{code}</Code><Message>{words}</Message></Error>"
        return _reply(refusal.status, _TYPES["s3"], body.encode(), head, facts)
    if ask.protocol == "json":
        status = refusal.status if refusal.status >= 500 else 400
        told = msgspec.json.encode({"__type": refusal.name, "message": refusal.message})
        return _reply(status, _TYPES["json"], told, head, facts)
    # The name stands in the body, where botocore looks too.
    told = msgspec.json.encode({"__type": refusal.name, "message": refusal.message})
    return _reply(refusal.status, _TYPES["rest"], told, head, facts)


def _reply(status: int, kind: str, body: bytes, head: Head, facts: Facts) -> Reply:
    lines = head.lines([("Content-Type", kind), ("Content-Length", str(len(body)))])
    return Reply(status=status, sends=iter((Send(0, encode_head(status, lines) + body, "b", len(body)),)), facts=facts)


def _xml(name: str, value: Any) -> str:
    """An element: mappings are its children, sequences repeat `member`, `*Name` repeats `Name` without one around it."""
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_child(key, inner) for key, inner in value.items())}</{name}>"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"<{name}>{''.join(_xml('member', inner) for inner in value)}</{name}>"
    return f"<{name}>{escape(_scalar(value))}</{name}>"


def _child(key: str, value: Any) -> str:
    return "".join(_xml(key[1:], inner) for inner in value) if key.startswith("*") else _xml(key, value)


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
