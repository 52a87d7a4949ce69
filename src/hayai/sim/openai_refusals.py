"""How does an OpenAI-compatible service say no? Its error objects, and which of them stands for each error of the account.

Profiles, scripts and the behaviour name errors as Bedrock does, so that one profile serves both services; here they get the status, type,
code and words of the other one. Types and codes are those in OpenAI's documentation and in public reports of real calls; texts are plain
sentences of ours where they are not part of such a report.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import msgspec

from hayai.sim.refusals import TEXTS, Refusal
from hayai.sim.reply import Facts, Head, Reply
from hayai.sim.schedule import Send
from hayai.wire.http1 import encode_head

_BAD_REQUEST = "invalid_request_error"


class _Words(NamedTuple):
    status: int
    kind: str
    code: str | None
    text: str


_TIMED_OUT = _Words(
    500, "server_error", None, "The server had an error while processing your request. Sorry about that!"
)
_BAD_KEY = _Words(401, _BAD_REQUEST, "invalid_api_key", "Incorrect API key provided.")

_IN_OPENAI_WORDS: dict[str, _Words] = {
    "ValidationException": _Words(400, _BAD_REQUEST, None, "The request is not valid."),
    "ServiceQuotaExceededException": _Words(
        429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota, please check your plan and billing details."
    ),
    "AccessDeniedException": _Words(
        403, _BAD_REQUEST, "model_not_found", "This project does not have access to model `{model}`."
    ),
    "InvalidSignatureException": _BAD_KEY,
    "UnrecognizedClientException": _BAD_KEY,
    "ExpiredTokenException": _BAD_KEY,
    "MissingAuthenticationTokenException": _Words(
        401, _BAD_REQUEST, None, "You didn't provide an API key. Send it in an Authorization header, as `Authorization: Bearer YOUR_KEY`."
    ),
    "ResourceNotFoundException": _Words(
        404, _BAD_REQUEST, "model_not_found", "The model `{model}` does not exist or you do not have access to it."
    ),
    "UnknownOperationException": _Words(404, _BAD_REQUEST, None, "Invalid URL"),
    "ModelTimeoutException": _TIMED_OUT,
    "ModelErrorException": _TIMED_OUT,
    "ModelStreamErrorException": _TIMED_OUT,
    "InternalServerException": _TIMED_OUT,
    "ThrottlingException": _Words(
        429, "requests", "rate_limit_exceeded", "Rate limit reached for {model} on requests per min (RPM). Please try again later."
    ),
    "ModelNotReadyException": _Words(503, "service_unavailable_error", "model_not_ready", "The model is not ready yet."),
    "ServiceUnavailableException": _Words(
        503, "service_unavailable_error", "server_is_overloaded", "The server is currently overloaded. Please try again later."
    ),
}  # fmt: skip


class ChatRefusal(Refusal):
    """A refusal in OpenAI's words; `param` names the part of the body that is wrong."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = _BAD_REQUEST,
        param: str | None = None,
        code: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(code or kind, message, status=status, retry_after_s=retry_after_s)
        self.kind, self.param, self.code = kind, param, code

    def body(self) -> bytes:
        """The JSON that tells it, as a response or inside a stream."""
        error = {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}
        return msgspec.json.encode({"error": error})


def in_openai_words(refusal: Refusal, model: str) -> ChatRefusal:
    """The same refusal as OpenAI tells it. Words that somebody chose, in a profile or about a script, stay as they are."""
    if isinstance(refusal, ChatRefusal):
        return refusal
    words = _IN_OPENAI_WORDS[refusal.name]
    said = refusal.message != TEXTS[refusal.name]
    return ChatRefusal(
        refusal.message if said else words.text.replace("{model}", model),
        status=words.status,
        kind=words.kind,
        code=words.code,
        param="model" if words.code == "model_not_found" else None,
        retry_after_s=refusal.retry_after_s,
    )


_SOON_S = 1.0
"""When to come back after a throttle that no quota explains."""


def chat_refusal_reply(refusal: Refusal, head: Head, facts: Facts) -> Reply:
    """The error response of the service."""
    told = in_openai_words(refusal, facts.model)
    facts.error = told.name
    body = told.body()
    extra = [("Content-Type", "application/json"), ("openai-processing-ms", "0")]
    if told.status == 429 and told.code != "insufficient_quota":
        wait_s = _SOON_S if told.retry_after_s is None else told.retry_after_s
        extra += [("retry-after", str(math.ceil(wait_s))), ("retry-after-ms", str(math.ceil(wait_s * 1000)))]
    lines = head.lines([*extra, ("Content-Length", str(len(body)))])
    send = Send(0, encode_head(told.status, lines) + body, "b", len(told.message))
    return Reply(status=told.status, sends=iter((send,)), facts=facts)
