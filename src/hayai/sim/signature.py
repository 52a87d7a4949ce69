"""Is this request signed by somebody the account knows? Signature Version 4 and Bedrock API keys, checked from the outside.

Written from the documentation of the signing process rather than with botocore, so that a client that signs with botocore is checked by
something else. The path is percent-encoded once more for the canonical request, as every AWS service but S3 wants it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote

from hayai.sim.refusals import Refusal
from hayai.wire.http1 import Request

Keys = Mapping[str, str]
"""Secret by access key id. The entries `bearer` and `openai` are the one Bedrock API key and the one key of the
OpenAI-compatible service that are accepted."""

SKEW_S = 300
"""How far a request's date may be from the server's clock."""

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,]+)/(\d{8})/([^/,]+)/([^/,]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})"
)
_EXPIRED = "expired"
"""Session tokens and API keys that begin so are expired, so that a client's handling of it can be tested."""


def check_signature(
    request: Request, headers: Mapping[str, str], keys: Keys, *, wall_ns: int, service: str = "bedrock"
) -> None:
    """Raises Refusal (403) unless the request is signed with a known key for `service`. `headers` are the request's, by lower-case name."""
    authorization = headers.get("authorization", "")
    if authorization.startswith("Bearer "):
        _check_bearer(authorization.removeprefix("Bearer "), keys)
        return
    match = _AUTHORIZATION.fullmatch(authorization)
    if match is None:
        raise Refusal("MissingAuthenticationTokenException" if not authorization else "InvalidSignatureException")
    access_key, day, region, scoped, signed, told = match.groups()
    if access_key not in keys or access_key in ("bearer", "openai"):
        raise Refusal("UnrecognizedClientException")
    if headers.get("x-amz-security-token", "").lower().startswith(_EXPIRED):
        raise Refusal("ExpiredTokenException")
    if scoped != service:
        raise Refusal("InvalidSignatureException", f"Credential should be scoped to correct service: '{service}'. ")
    stamp = headers.get("x-amz-date", "")
    names = signed.split(";")
    _check_date(stamp, day, wall_ns)
    if not {"host", "x-amz-date"} <= set(names) or names != sorted(names):
        raise Refusal("InvalidSignatureException")
    scope = f"{day}/{region}/{service}/aws4_request"
    canonical = canonical_request(request, headers, names, once=service == "s3")
    expected = signature_of(canonical, secret=keys[access_key], stamp=stamp, scope=scope)
    if not hmac.compare_digest(expected, told):
        raise Refusal("InvalidSignatureException")


def _check_bearer(key: str, keys: Keys) -> None:
    if key.lower().startswith(_EXPIRED):
        raise Refusal("ExpiredTokenException")
    if not hmac.compare_digest(key.encode(), keys.get("bearer", "").encode()) or not key:
        raise Refusal("UnrecognizedClientException")


def _check_date(stamp: str, day: str, wall_ns: int) -> None:
    try:
        signed_at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Refusal("InvalidSignatureException", "Date must be in ISO-8601 'basic format'.") from None
    now = datetime.fromtimestamp(wall_ns / 1e9, tz=UTC)
    if abs((now - signed_at).total_seconds()) > SKEW_S:
        text = f"Signature expired: {stamp} is now more than 5 minutes away from {now:%Y%m%dT%H%M%SZ}"
        raise Refusal("InvalidSignatureException", text)
    if not stamp.startswith(day):
        raise Refusal("InvalidSignatureException")


def canonical_request(request: Request, headers: Mapping[str, str], names: list[str], *, once: bool = False) -> str:
    """The text that is signed: method, path and query, the named headers, and the hash of the body. `once`: S3 takes the path as it is."""
    path, _, query = request.raw_path.partition("?")
    pairs = sorted(
        (quote(key, safe="~"), quote(value, safe="~")) for key, value in parse_qsl(query, keep_blank_values=True)
    )
    lines = "".join(f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in names)
    body_hash = headers.get("x-amz-content-sha256") or hashlib.sha256(request.body).hexdigest()
    if body_hash != hashlib.sha256(request.body).hexdigest():
        raise Refusal("InvalidSignatureException")
    canonical_query = "&".join(f"{key}={value}" for key, value in pairs)
    return "\n".join(
        (request.method, path if once else quote(path, safe="/~"), canonical_query, lines, ";".join(names), body_hash)
    )


def signature_of(canonical: str, *, secret: str, stamp: str, scope: str) -> str:
    """The signature of a canonical request, in hex."""
    to_sign = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, to_sign.encode(), "sha256").hexdigest()
