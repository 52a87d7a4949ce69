"""When an OpenAI-compatible service says no: what kind of no was it, and would anything help?

Refusals come as an HTTP status other than 2xx with `{"error": {"message", "type", "code"}}`, or in one of the shapes that others chose
(`{"message"}`, `{"detail"}`, `{"error": "words"}`, a proxy's page), inside a stream as an event that holds `error`, and from some servers
in a body under status 200. The code kept is the service's own (`code`, else `type`), else `http_<status>`; where the status says what to do
and the code does not, it is the status too. Outcomes are those of `bedrock_errors`, by the question "what would help?"; an account without
money (`insufficient_quota`, 402) is `refused` though its status may be 429, because waiting does not help.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from hayai.keep.records import Failure, Outcome
from hayai.measure.providers.contract import Failed, Frame
from hayai.measure.providers.words import own_words

_CODE_KEPT = 100
"""Characters of a code: it stands in tables."""

_THROTTLES = ("rate_limit", "too_many", "throttl", "overloaded")
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
_STATUS = re.compile(r"(?:http_)?([1-5]\d\d)")
_SAYING_MORE = frozenset({401, 402, 403, 404, 405, 407})
"""Statuses that say what to do; a code that does not gives way to them."""

_ADVICE: tuple[tuple[str, str], ...] = (
    ("insufficient_quota", "quota"),
    ("billing", "quota"),
    ("http_402", "quota"),
    ("http_30", "redirected"),
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
    told = _json_in(body)
    error = told.get("error") or told if isinstance(told, dict) else None
    return _failed(error, status, otherwise=body.decode("utf-8", "replace"))


def read_stream_error(frame: Frame) -> Failed | None:
    """The refusal told by an event that is named `error`; None: any other event, which may still hold an error (`openai_reading`)."""
    if frame.kind != "error":
        return None
    told = _json_in(frame.payload)
    error = told.get("error") or told if isinstance(told, dict) else None
    return _failed(error, None, otherwise=frame.payload.decode("utf-8", "replace"))


def read_told(error: Any, status: int | None) -> Failed:
    """The refusal that stands under `error` in an event or a body."""
    return _failed(error, status, otherwise=msgspec.json.encode(error).decode())


def outcome_of(code: str, status: int | None) -> Outcome:
    """The outcome for a code and the status, where either is known."""
    named = code.lower()
    if status == 402 or any(word in named for word in _REFUSALS):
        return "refused"
    if status == 429 or any(word in named for word in _THROTTLES):
        return "throttled"
    if status is None or status >= 500 or status == 408:
        return "server_error"
    return "refused"


def access_advice(failure: Failure) -> str | None:
    """The key of the advice for a failure about access, address or money; None when it is about something else."""
    advice = _advice_for(failure.code)
    return None if advice is None else f"providers.openai.access.{advice}"


def _advice_for(code: str) -> str | None:
    named = code.lower()
    return next((advice for part, advice in _ADVICE if part in named), None)


def _failed(error: Any, status: int | None, *, otherwise: str) -> Failed:
    code, words = _told(error)
    within = _STATUS.fullmatch(code)
    if within is not None:
        # Inside a stream or a body, the status that could not be sent any more.
        status = int(within[1]) if status is None else status
        code = f"http_{within[1]}"
    if not code or (status in _SAYING_MORE and _advice_for(code) is None):
        code = "error" if status is None else f"http_{status}"
    return Failed(outcome=outcome_of(code, status), failure=Failure(code=code, message=own_words(words or otherwise)))


def _told(error: Any) -> tuple[str, str]:
    """Code and words, each empty where the service did not say it."""
    if isinstance(error, str):
        return "", error
    if not isinstance(error, dict):
        return "", ""
    code = next((word for word in map(_word, map(error.get, ("code", "type", "http_status_code"))) if word), "")
    words = error.get("message") or error.get("detail") or ""
    return code, words if isinstance(words, str) else msgspec.json.encode(words).decode()


def _word(code: object) -> str:
    """A code as a word; numbers are statuses said twice, or inside a stream for the first time."""
    if isinstance(code, int) and not isinstance(code, bool):
        return f"http_{code}" if 100 <= code <= 599 else ""
    return own_words(code, _CODE_KEPT) if isinstance(code, str) else ""


def _json_in(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
