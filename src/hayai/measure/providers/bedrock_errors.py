"""When Bedrock says no: what kind of no was it?

A refusal comes in two shapes: as an HTTP status other than 2xx, and as an exception event inside a stream that had begun well.
Both become one `Failed` whose code is the service's exception name (`ThrottlingException`) and whose message is the service's own
words, cleaned (`words`).

Outcomes, by the question "what would help?":

    throttled      come again later: every 429 (ModelNotReadyException too), and an exceeded quota whatever its status
    refused        change the request or the permissions: other 4xx
    server_error   the service's trouble: 5xx, the model's own errors (424), and ModelTimeoutException (408). The last one is not
                   `timed_out`: that word is kept for waits that hayai itself gave up, where a longer limit would help.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from hayai.keep.records import Failure, Outcome
from hayai.measure.providers.contract import Failed, Frame
from hayai.measure.providers.words import own_words

_BY_NAME: dict[str, Outcome] = {
    "ThrottlingException": "throttled",
    "ServiceQuotaExceededException": "throttled",
    "ModelNotReadyException": "throttled",
    "TooManyRequestsException": "throttled",
    "ValidationException": "refused",
    "AccessDeniedException": "refused",
    "ResourceNotFoundException": "refused",
    "ConflictException": "refused",
    "ModelTimeoutException": "server_error",
    "ModelErrorException": "server_error",
    "ModelStreamErrorException": "server_error",
    "InternalServerException": "server_error",
    "ServiceUnavailableException": "server_error",
}
_OTHERS_SERVER_SIDE = frozenset({408, 424})


def read_error(status: int, headers: Mapping[str, str], body: bytes) -> Failed:
    """The refusal told by a non-2xx answer. Its name: `x-amzn-errortype`, else the body's `__type`, else the status (`http_503`)."""
    told = _object_in(body)
    name = _name_of(headers.get("x-amzn-errortype", "")) or _name_of(str(told.get("__type") or told.get("code") or ""))
    words = told.get("message") or told.get("Message")
    return Failed(
        outcome=outcome_of(name, status),
        failure=Failure(
            code=name or f"http_{status}",
            message=own_words(str(words) if words else body.decode("utf-8", "replace")),
        ),
    )


def read_stream_error(frame: Frame) -> Failed | None:
    """The refusal told by an event of a stream, or None when the frame is an ordinary event.

    Exceptions carry their name as `:exception-type` in lower camel case, errors as `:error-code` with the words in `:error-message`.
    """
    shape = frame.headers.get(":message-type")
    if shape not in ("exception", "error"):
        return None
    told = _object_in(frame.payload)
    words = str(told.get("message") or frame.headers.get(":error-message") or frame.payload.decode("utf-8", "replace"))
    original = told.get("originalMessage")
    if original and str(original) not in words:
        words = f"{words} ({original})"
    name = _name_of(frame.kind) or "unknown"
    return Failed(outcome=outcome_of(name, None), failure=Failure(code=name, message=own_words(words)))


def outcome_of(name: str, status: int | None) -> Outcome:
    """The outcome for an exception name and, outside of streams, a status. A 429 is a throttle whatever its name."""
    if status == 429:
        return "throttled"
    if name in _BY_NAME:
        return _BY_NAME[name]
    if status is None or status >= 500 or status in _OTHERS_SERVER_SIDE:
        return "server_error"
    return "refused"


def _name_of(raw: str) -> str:
    """`throttlingException`, `com.amazon.x#ThrottlingException` and `ThrottlingException:http://...` all name one thing."""
    name = raw.split(":", 1)[0].rsplit("#", 1)[-1].strip()
    return own_words(name[:1].upper() + name[1:])


def _object_in(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`; empty when there is none (a proxy's HTML, a cut body)."""
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
