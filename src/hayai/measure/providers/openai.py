"""OpenAI's chat completions, as OpenAI and everybody compatible with it speaks them: vLLM, Ollama, gateways.

One call, `POST {base_url}/chat/completions`, that answers in server-sent events or, with `stream=false`, in one JSON
body. What is sent is what was set: the model, the messages, `stream`, and `stream_options.include_usage`, without
which a stream says nothing about its tokens (`usage=false` leaves it out for servers that refuse it).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from hayai.ask.plan import Prompt, Target
from hayai.errors import Problem
from hayai.keep.records import Failure
from hayai.measure.providers.content import only_set
from hayai.measure.providers.contract import Failed, Frame, Framing, HttpRequest, Option, Piece, Served, ServiceTime
from hayai.measure.providers.openai_errors import access_advice, read_error, read_stream_error
from hayai.measure.providers.openai_messages import message_json, opening_messages, tool_json
from hayai.measure.providers.openai_options import OPTIONS, length_field, problems_in, streams
from hayai.measure.providers.openai_reading import read_answer, read_chunk, read_chunks
from hayai.measure.providers.own_fields import extra_for, headers_for, merged, with_own
from hayai.measure.providers.redirects import read_redirect

PATH = "/chat/completions"
_FIELDS_OF_EVENTS = b":deir"
"""How a line of an event stream begins (a comment, `data`, `event`, `id`, `retry`); no JSON and no page does."""
_SAMPLING = ("temperature", "top_p", "frequency_penalty", "presence_penalty", "seed", "stop", "reasoning_effort")


class OpenAI:
    """How OpenAI-compatible chat speaks. Stateless: one instance serves every target."""

    NAME = "openai"
    OPTIONS: Mapping[str, Option] = OPTIONS
    AUTH: Literal["aws", "api_key"] = "api_key"
    REQUEST_ID_HEADER = "x-request-id"
    HEADERS_KEPT = frozenset(
        {
            "content-type",
            "date",
            "openai-model",
            "openai-processing-ms",
            "openai-version",
            "retry-after",
            "x-ratelimit-limit-requests",
            "x-ratelimit-limit-tokens",
            "x-ratelimit-remaining-requests",
            "x-ratelimit-remaining-tokens",
            "x-request-id",
        }
    )

    def framing(self, target: Target) -> Framing:
        """Server-sent events, or one body with `stream=false`."""
        return "sse" if streams(target) else "body"

    def framing_of(self, target: Target, beginning: bytes) -> Framing:
        """What the body is, whatever was asked: some servers and gateways ignore `stream`, or say no in JSON under status 200."""
        if not beginning:
            return self.framing(target)
        return "sse" if beginning[0] in _FIELDS_OF_EVENTS else "body"

    def validate(
        self, target: Target, *, prompts: Sequence[Prompt] = (), max_tokens: int | None = None
    ) -> list[Problem]:
        """Everything that cannot work, before anything is sent."""
        return problems_in(target)

    def build_request(
        self, target: Target, prompt: Prompt, *, max_tokens: int | None, nonce: str | None
    ) -> HttpRequest:
        """The request without its key; `Host` and `Content-Length` are the connection's to add."""
        options = target.options
        body: dict[str, Any] = {
            "model": target.model,
            "messages": [message_json(message) for message in opening_messages(target, prompt, nonce)],
        }
        body |= only_set(
            **{length_field(target): max_tokens},
            **{name: options.get(name) for name in _SAMPLING},
            service_tier=options.get("tier"),
            tools=[tool_json(tool) for tool in prompt.tools],
        )
        if streams(target):
            body["stream"] = True
            if options.get("usage", True):
                body["stream_options"] = {"include_usage": True}
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream" if streams(target) else "application/json",
        }
        return HttpRequest(
            method="POST",
            path=PATH,
            headers=tuple(with_own(headers, headers_for(target)).items()),
            body=msgspec.json.encode(merged(body, extra_for(target))),
        )

    def requested(self, target: Target) -> Served:
        """The service tier asked for, as an option or in `extra=`; `auto` leaves it to the service. There are no latency modes here."""
        tier = extra_for(target).get("service_tier", target.options.get("tier"))
        return Served(tier=tier if isinstance(tier, str) and tier != "auto" else None)

    def read_head(self, target: Target, status: int, headers: Mapping[str, str]) -> tuple[Piece, ...]:
        """The service's own time of a whole answer. The head of a stream is written before the answer is, so it cannot know that."""
        took = "" if streams(target) else headers.get("openai-processing-ms", "")
        return (ServiceTime(total_ns=int(took) * 1_000_000),) if took.isdecimal() and len(took) < 12 else ()

    def read_frame(self, target: Target, frame: Frame) -> tuple[Piece, ...]:
        """Pieces of one event, or of the whole body. An error inside a stream becomes `Failed`."""
        if frame.kind == "body":
            return read_answer(frame.payload)
        failed = read_stream_error(frame)
        return (failed,) if failed is not None else read_chunk(frame.payload)

    def read_events(self, target: Target, payloads: Sequence[bytes]) -> Iterable[tuple[Piece, ...]]:
        """Pieces of each of these events of a stream."""
        return read_chunks(payloads)

    def read_error(self, target: Target, status: int, headers: Mapping[str, str], body: bytes) -> Failed:
        """The outcome of a non-2xx answer."""
        return read_redirect(status, headers) or read_error(status, body)

    def access_advice(self, failure: Failure) -> str | None:
        """The key of what would help, with the gaps `{model}` and `{words}`; None for failures that are not about access."""
        return access_advice(failure)
