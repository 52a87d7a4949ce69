"""Which service is asked for what? REST paths, JSON 1.1 and the query protocol become one kind of question.

Services are told apart by the name in the signature's scope, as AWS's own front does by the host; unsigned requests by their target header,
their path or their form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

import msgspec

from hayai.wire.http1 import Request

Protocol = Literal["rest", "json", "query", "s3"]

_SCOPE = re.compile(r"Credential=[^/,]+/\d{8}/[^/,]+/([a-z0-9-]+)/aws4_request")
_TARGETS = {
    "ServiceQuotasV20190624": "servicequotas",
    "Logs_20140328": "logs",
    "CloudTrail_20131101": "cloudtrail",
    "AWSPriceListService": "pricing",
}
_OFFER = re.compile(r"/offers/v1\.0/aws/([A-Za-z]+)/current/([a-z0-9-]+)/index\.json")
_QUERY_VERSIONS = {"2011-06-15": "sts", "2010-05-08": "iam"}
_BEDROCK = (
    ("/foundation-models", "ListFoundationModels"),
    ("/foundation-models/{modelIdentifier}", "GetFoundationModel"),
    ("/foundation-model-availability/{modelId}", "GetFoundationModelAvailability"),
    ("/inference-profiles", "ListInferenceProfiles"),
    ("/inference-profiles/{inferenceProfileIdentifier}", "GetInferenceProfile"),
    ("/logging/modelinvocations", "GetModelInvocationLoggingConfiguration"),
)


OFFER_FILE = "OfferFile"
"""A public file: no operation of an API, and nobody signs for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question to one service. `values`: its parameters, whether they stood in path, query, JSON or form."""

    service: str
    """As signatures name it."""
    operation: str
    """Empty: no operation that the simulator knows."""
    protocol: Protocol
    values: Mapping[str, Any]


def read_ask(request: Request) -> Ask | None:
    """The question; None: it is for a service that answers with models."""
    if request.raw_path.startswith("/model/"):
        return None
    headers = {name.lower(): value for name, value in request.headers}
    signed = _SCOPE.search(headers.get("authorization", ""))
    service = signed[1] if signed else None
    target = headers.get("x-amz-target", "")
    if target:
        prefix, _, operation = target.rpartition(".")
        named = _TARGETS.get(prefix.rpartition(".")[2], "")
        return Ask(service=service or named, operation=operation, protocol="json", values=_object(request.body))
    path, _, query = request.raw_path.partition("?")
    if service in ("sts", "iam") or request.body.startswith(b"Action="):
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        named = _QUERY_VERSIONS.get(form.get("Version", ""), "")
        return Ask(service=service or named, operation=form.get("Action", ""), protocol="query", values=form)
    offer = _OFFER.fullmatch(path)
    if offer is not None:
        asked = {"ServiceCode": offer[1], "regionCode": offer[2]}
        return Ask(service="pricing", operation=OFFER_FILE, protocol="rest", values=asked)
    told = dict(parse_qsl(query, keep_blank_values=True))
    if service == "s3":
        bucket, _, key = unquote(path).lstrip("/").partition("/")
        operation = "GetObject" if key else "ListBucket"
        return Ask(service="s3", operation=operation, protocol="s3", values={"bucket": bucket, "key": key, **told})
    for form_of_path, operation in _BEDROCK:
        start, brace, name = form_of_path.partition("{")
        if (path == start) if not brace else (path.startswith(start) and path != start):
            values = told | ({name.rstrip("}"): unquote(path.removeprefix(start))} if brace else {})
            return Ask(service="bedrock", operation=operation, protocol="rest", values=values)
    return None


def _object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`, empty where there is none: a service then misses what it needs, and says so."""
    try:
        found = msgspec.json.decode(body or b"{}")
    except (msgspec.DecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
