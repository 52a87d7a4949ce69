"""When an OpenAI-compatible service says no: what kind of no was it, and would anything help?

Refusals come as an HTTP status other than 2xx with `{"error": {"message", "type", "code"}}`, or in one of the shapes that others chose
(`{"message"}`, `{"detail"}`, `{"error": "words"}`, a proxy's page), and inside a stream as an event that holds `error`. The code kept is
the service's own (`code`, else `type`), else `http_<status>`. Outcomes are those of `bedrock_errors`, by the question "what would help?";
an account without money (`insufficient_quota`) is `refused` though its status is 429, because waiting does not help.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hayai.keep.records import Failure, Outcome
from hayai.measure.providers.contract import Failed, Frame
from hayai.measure.providers.words import own_words

_CODE_KEPT = 100
"""Characters of a code: it stands in tables."""

_THROTTLES = ("rate_limit", "too_many", "throttl", "overloaded", "429")
_REFUSALS = (
    "insufficient_quota",
    "billing",
    "invalid",
    "not_found",
    "authentication",
    "permission",
    "unsupported",
    "context_length",
)

_ADVICE: tuple[tuple[str, str], ...] = (
    ("insufficient_quota", "quota"),
    ("billing", "quota"),
    ("invalid_api_key", "key"),
    ("authentication", "key"),
    ("http_401", "key"),
    ("permission", "denied"),
    ("http_403", "denied"),
    ("model_not_found", "model"),
    ("not_found", "model"),
    ("http_404", "model"),
    ("http_405", "address"),
    ("http_407", "proxy"),
)
"""(part of the code, advice); the first that fits. `unsupported_parameter` and the like are the user's to see in the service's words."""


def read_error(status: int, body: bytes) -> Failed:
    """The refusal told by a non-2xx answer."""
    code, words = _told(_json_in(body))
    return Failed(
        outcome=outcome_of(code, status),
        failure=Failure(code=code or f"http_{status}", message=own_words(words or body.decode("utf-8", "replace"))),
    )


def read_stream_error(frame: Frame) -> Failed | None:
    """The refusal told by an event of a stream, or None when it is an ordinary one: no `error` in it, and not named so."""
    if b"error" not in frame.payload and frame.kind != "error":
        return None
    told = _json_in(frame.payload)
    if frame.kind != "error" and not (isinstance(told, dict) and told.get("error")):
        return None
    code, words = _told(told)
    return Failed(
        outcome=outcome_of(code, None),
        failure=Failure(code=code or "error", message=own_words(words or frame.payload.decode("utf-8", "replace"))),
    )


def outcome_of(code: str, status: int | None) -> Outcome:
    """The outcome for a code and, outside of streams, a status."""
    named = code.lower()
    if any(word in named for word in _REFUSALS):
        return "refused"
    if status == 429 or any(word in named for word in _THROTTLES):
        return "throttled"
    if status is None or status >= 500 or status == 408:
        return "server_error"
    return "refused"


def access_advice(failure: Failure) -> str | None:
    """The key of the advice for a failure about access, address or money; None when it is about something else."""
    code = failure.code.lower()
    for part, advice in _ADVICE:
        if part in code:
            return f"providers.openai.access.{advice}"
    return None


def _told(told: Any) -> tuple[str, str]:
    """Code and words, each empty where the service did not say it."""
    if not isinstance(told, dict):
        return "", ""
    error = told.get("error", told)
    if isinstance(error, str):
        return _word(told.get("code") or told.get("type")), error
    if not isinstance(error, dict):
        return "", ""
    words = error.get("message") or error.get("detail") or ""
    code = error.get("code") or error.get("type")
    return _word(code), words if isinstance(words, str) else msgspec.json.encode(words).decode()


def _word(code: object) -> str:
    """A code as a word: numbers are statuses said twice."""
    if isinstance(code, int) and not isinstance(code, bool):
        return f"http_{code}" if 100 <= code <= 599 else ""
    return own_words(code, _CODE_KEPT) if isinstance(code, str) else ""


def _json_in(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
