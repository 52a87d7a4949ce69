"""How does a service speak? What every provider must answer, without ever opening a socket.

A provider turns a prompt into the bytes of a request, and what came back into pieces. It is pure: the engine sends, stamps and signs. All
methods take everything they need as arguments, so one instance serves all targets and threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, Protocol

import msgspec

from hayai.ask.plan import Prompt, Target
from hayai.errors import Problem
from hayai.keep.records import Failure, Outcome

Framing = Literal["body", "eventstream", "sse"]

NO_HEADERS: Mapping[str, object] = MappingProxyType({})


class HttpRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request before signing. `path` is raw, already percent-encoded; header names as they go out."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One frame of a response: an event-stream message, an SSE event, or (framing `body`) the whole body.

    `kind` is the event's name (`contentBlockDelta`; SSE: the `event:` field, `message` by default; body: `body`). `headers` are the
    frame's own (event stream only).
    """

    kind: str
    payload: bytes
    headers: Mapping[str, object] = NO_HEADERS


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """Visible text. Empty text is not a piece: readers never return it."""

    text: str


class Reasoning(msgspec.Struct, frozen=True, kw_only=True):
    """Reasoning text that the service shows before or between visible text. Never empty."""

    text: str


class ToolInput(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a tool call's JSON input. Never empty."""

    text: str


class UsageReport(msgspec.Struct, frozen=True, kw_only=True):
    """Token counts; later reports fill or overwrite what earlier ones said. `source` as in `records.Usage`."""

    source: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """Why the answer ended, in the service's word (`end_turn`, `max_tokens`, ...)."""

    reason: str


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """What was given: latency mode and tier as the service echoed them; None: not echoed here."""

    latency: str | None = None
    tier: str | None = None


class ServiceTime(msgspec.Struct, frozen=True, kw_only=True):
    """The service's own clock: total and first byte, in ns; None: not told here."""

    total_ns: int | None = None
    first_byte_ns: int | None = None


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """The service said no. `failure.in_stream` is set by the engine."""

    outcome: Outcome
    failure: Failure


class Completed(msgspec.Struct, frozen=True, kw_only=True):
    """The service said that the answer is complete (`message_stop`, `metadata`, a whole body); a stream without it is `cut_off`."""


Piece = Text | Reasoning | ToolInput | UsageReport | Stop | Served | ServiceTime | Failed | Completed


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One target option. `kind`: text, choice, number, integer, flag, or json (`@file.json` or inline JSON).

    `low`/`high` are inclusive bounds. `example` is shown in help and in errors. The description is the text
    `option.<provider>.<name>` of the catalogues.
    """

    name: str
    kind: Literal["text", "choice", "number", "integer", "flag", "json"]
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    example: str = ""


class Provider(Protocol):
    """A service's way of speaking."""

    NAME: str
    OPTIONS: Mapping[str, Option]
    """The options a target may set, by name. `header.X` and `extra` are declared like any other (`header.` as a prefix)."""
    AUTH: Literal["aws", "api_key"]
    """Who signs: `aws` = SigV4 or a Bedrock API key through botocore's credentials, `api_key` = a key from the environment, or nobody."""
    REQUEST_ID_HEADER: str
    """The response header (lower case) by which the service names a request."""

    def validate(
        self, target: Target, *, prompts: Sequence[Prompt] = (), max_tokens: int | None = None
    ) -> list[Problem]:
        """Everything about this target that cannot work, told before anything is sent; each option alone is right already.

        `prompts` and the plan's own `max_tokens` sharpen the answer where they are known.
        """

    def framing(self, target: Target) -> Framing:
        """How this target's successful responses are framed, if the service does what it is asked."""

    def framing_of(self, target: Target, beginning: bytes) -> Framing:
        """How one successful response is framed, seeing how its body begins (blanks left out): not every server does what it is asked."""

    def build_request(
        self, target: Target, prompt: Prompt, *, max_tokens: int | None, nonce: str | None
    ) -> HttpRequest:
        """The request for `prompt`; only what was set is sent. `max_tokens` is already resolved (target, prompt, plan).

        `nonce`, when given, is put at the very start of the first text the model reads.
        """

    def requested(self, target: Target) -> Served:
        """Latency mode and tier this target asks for; None where it asks for nothing."""

    def read_head(self, target: Target, status: int, headers: Mapping[str, str]) -> tuple[Piece, ...]:
        """Pieces told by the response head (lower-case header names) of a 2xx answer."""

    def read_frame(self, target: Target, frame: Frame) -> tuple[Piece, ...]:
        """Pieces of one frame of a 2xx answer. Raises `TheirMistake` for payloads that are not what the service documents."""

    def read_events(self, target: Target, payloads: Sequence[bytes]) -> Iterable[tuple[Piece, ...]]:
        """Pieces of each of these server-sent events without a name, in order: what `read_frame` says of each, mistakes included.

        A whole stream at once may be read for less.
        """

    def read_error(self, target: Target, status: int, headers: Mapping[str, str], body: bytes) -> Failed:
        """The outcome of a non-2xx answer, with the service's own words."""

    def access_advice(self, failure: Failure) -> str | None:
        """Catalogue key of what would help when `failure` is about credentials or access, so that asking again cannot; else None."""

    HEADERS_KEPT: frozenset[str]
    """Response headers (lower case) worth keeping in the record; never ones that may hold secrets."""
