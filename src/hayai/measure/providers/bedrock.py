"""Amazon Bedrock, one provider for its four calls: which function answers for which call?

api               operation                        asks in                     answers in
converse-stream   ConverseStream                   one body for every model    event stream
converse          Converse                         one body for every model    one JSON body
invoke-stream     InvokeModelWithResponseStream    the model's own body        event stream of the model's own chunks
invoke            InvokeModel                      the model's own body        the model's own JSON body
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from hayai.ask.plan import Prompt, Target
from hayai.errors import Problem, UsageError
from hayai.keep.records import Failure
from hayai.measure.providers import bedrock_claude, bedrock_converse, bedrock_invoke, bedrock_nova
from hayai.measure.providers.bedrock_access import access_advice
from hayai.measure.providers.bedrock_errors import read_error, read_stream_error
from hayai.measure.providers.bedrock_model import path_of
from hayai.measure.providers.bedrock_options import (
    LATENCY_HEADER,
    OPTIONS,
    TIER_HEADER,
    Api,
    api_of,
    family_for,
    problems_in,
)
from hayai.measure.providers.contract import Failed, Frame, Framing, HttpRequest, Option, Piece, Served
from hayai.measure.providers.own_fields import extra_for, headers_for, merged, with_own
from hayai.measure.providers.redirects import read_redirect

_PATH_ENDS: dict[Api, str] = {
    "converse-stream": "converse-stream",
    "converse": "converse",
    "invoke-stream": "invoke-with-response-stream",
    "invoke": "invoke",
}
_FRAMING: dict[Api, Framing] = {
    "converse-stream": "eventstream",
    "converse": "body",
    "invoke-stream": "eventstream",
    "invoke": "body",
}
_HEADERS: dict[Api, dict[str, str]] = {
    "converse-stream": {"Content-Type": "application/json"},
    "converse": {"Content-Type": "application/json"},
    "invoke-stream": {"Content-Type": "application/json", "X-Amzn-Bedrock-Accept": "application/json"},
    "invoke": {"Content-Type": "application/json", "Accept": "application/json"},
}

Reader = Callable[[bytes], tuple[Piece, ...]]
_CHUNK_READERS: dict[str, Reader] = {"claude": bedrock_claude.read_chunk, "nova": bedrock_nova.read_chunk}
_ANSWER_READERS: dict[str, Reader] = {"claude": bedrock_claude.read_answer, "nova": bedrock_nova.read_answer}
_NATIVE_BODIES: dict[str, Callable[..., dict[str, Any]]] = {
    "claude": bedrock_claude.claude_body,
    "nova": bedrock_nova.nova_body,
}


class Bedrock:
    """How Amazon Bedrock speaks. Stateless: one instance serves every target."""

    NAME = "bedrock"
    OPTIONS: Mapping[str, Option] = OPTIONS
    AUTH: Literal["aws", "api_key"] = "aws"
    REQUEST_ID_HEADER = "x-amzn-requestid"
    HEADERS_KEPT = frozenset(
        {
            "content-type",
            "date",
            "retry-after",
            "x-amz-retry-after",
            "x-amzn-bedrock-cache-read-input-token-count",
            "x-amzn-bedrock-cache-write-input-token-count",
            "x-amzn-bedrock-content-type",
            "x-amzn-bedrock-input-token-count",
            "x-amzn-bedrock-invocation-latency",
            "x-amzn-bedrock-output-token-count",
            "x-amzn-bedrock-performanceconfig-latency",
            "x-amzn-bedrock-service-tier",
            "x-amzn-errortype",
            "x-amzn-requestid",
        }
    )

    def framing(self, target: Target) -> Framing:
        """Event stream for the two streaming calls, one body for the others."""
        return _FRAMING[api_of(target)]

    def framing_of(self, target: Target, beginning: bytes) -> Framing:
        """As it was asked for: Bedrock's calls are paths of their own."""
        return _FRAMING[api_of(target)]

    def validate(
        self, target: Target, *, prompts: Sequence[Prompt] = (), max_tokens: int | None = None
    ) -> list[Problem]:
        """Everything that cannot work, before anything is sent. `prompts` and the plan's `max_tokens` sharpen the answer if known."""
        problems = problems_in(target)
        if problems or not _needs_max_tokens(target) or "max_tokens" in target.options or max_tokens is not None:
            return problems
        without = [prompt.id for prompt in prompts if prompt.max_tokens is None]
        return [_max_tokens_problem(target, ", ".join(without[:5]))] if without else []

    def build_request(
        self, target: Target, prompt: Prompt, *, max_tokens: int | None, nonce: str | None
    ) -> HttpRequest:
        """The request, unsigned; `Host` and `Content-Length` are the connection's to add. Claude's native body needs `max_tokens`."""
        if max_tokens is None and _needs_max_tokens(target):
            raise UsageError(_max_tokens_problem(target, prompt.id))
        api, family = api_of(target), family_for(target)
        headers = dict(_HEADERS[api])
        if api in ("converse-stream", "converse"):
            body = bedrock_converse.body_for(target, prompt, family, max_tokens=max_tokens, nonce=nonce)
        else:
            body = _NATIVE_BODIES[str(family)](target, prompt, max_tokens=max_tokens, nonce=nonce)
            headers |= bedrock_invoke.headers_asked(target)
        return HttpRequest(
            method="POST",
            path=path_of(target.model, _PATH_ENDS[api]),
            headers=tuple(with_own(headers, headers_for(target)).items()),
            body=msgspec.json.encode(merged(body, extra_for(target))),
        )

    def requested(self, target: Target) -> Served:
        """Latency mode and tier asked for, wherever the user wrote it: as an option, in `extra=`, or as a header."""
        extra = extra_for(target)
        headers = {name.lower(): value for name, value in headers_for(target).items()}
        latency, tier = target.options.get("latency"), target.options.get("tier")
        if api_of(target).startswith("invoke"):
            return Served(
                latency=headers.get(LATENCY_HEADER.lower(), latency), tier=headers.get(TIER_HEADER.lower(), tier)
            )
        return Served(
            latency=_inner(extra, "performanceConfig", "latency") or latency,
            tier=_inner(extra, "serviceTier", "type") or tier,
        )

    def read_head(self, target: Target, status: int, headers: Mapping[str, str]) -> tuple[Piece, ...]:
        """What the headers tell; only the invoke calls put anything there."""
        return bedrock_invoke.read_head(headers) if api_of(target).startswith("invoke") else ()

    def read_frame(self, target: Target, frame: Frame) -> tuple[Piece, ...]:
        """Pieces of one frame. An exception inside a stream becomes `Failed`."""
        api = api_of(target)
        if api == "converse":
            return bedrock_converse.read_answer(frame.payload)
        if api == "invoke":
            return _ANSWER_READERS[str(family_for(target))](frame.payload)
        failed = read_stream_error(frame)
        if failed is not None:
            return (failed,)
        if api == "converse-stream":
            return bedrock_converse.read_event(frame)
        if frame.kind != "chunk":
            return ()
        return _CHUNK_READERS[str(family_for(target))](bedrock_invoke.unwrapped(frame.payload))

    def read_events(self, target: Target, payloads: Sequence[bytes]) -> Iterable[tuple[Piece, ...]]:
        """Pieces of each; none of Bedrock's own answers comes in such events."""
        return (self.read_frame(target, Frame(kind="message", payload=payload)) for payload in payloads)

    def read_error(self, target: Target, status: int, headers: Mapping[str, str], body: bytes) -> Failed:
        """The outcome of a non-2xx answer."""
        return read_redirect(status, headers) or read_error(status, headers, body)

    def access_advice(self, failure: Failure) -> str | None:
        """The key of what would help, with the gaps `{model}` and `{words}`; None for failures that are not about access."""
        return access_advice(failure)


def _needs_max_tokens(target: Target) -> bool:
    return api_of(target).startswith("invoke") and family_for(target) == "claude"


def _max_tokens_problem(target: Target, prompts: str) -> Problem:
    return Problem(place=target.name, key="providers.max_tokens_needed", values={"prompts": prompts})


def _inner(extra: Mapping[str, Any], outer: str, inner: str) -> str | None:
    """The text at `extra[outer][inner]`, if it is there."""
    found = extra.get(outer)
    value = found.get(inner) if isinstance(found, dict) else None
    return value if isinstance(value, str) else None
