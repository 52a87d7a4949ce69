"""What goes back to the client, and what the truth log will say of it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from hayai.sim.behaviour import Course
from hayai.sim.refusals import Refusal, error_body
from hayai.sim.schedule import Send
from hayai.wire.http1 import LAST_CHUNK, encode_chunk, encode_head

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(slots=True, kw_only=True)
class Facts:
    """What is learned of a request while it is answered; becomes part of its truth."""

    operation: str = ""
    model: str = ""
    prompt_topic: str | None = None
    region: str | None = None
    requested_latency: str | None = None
    served_latency: str | None = None
    tier: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    ttft_ns: int | None = None
    itl_ns: float | None = None
    fault: str | None = None
    error: str | None = None
    attempt: str | None = None

    def take_course(self, course: Course) -> None:
        """Note what was drawn."""
        self.region, self.served_latency = course.region, course.served_latency
        self.output_tokens = course.reasoning_tokens + course.text_tokens
        self.ttft_ns, self.itl_ns = course.ttft_ns, course.itl_ns

    def strike(self, kind: str) -> None:
        """Note that a fault has happened."""
        self.fault = kind


@dataclass(slots=True, kw_only=True)
class Head:
    """The headers that every response has."""

    request_id: str
    id_header: str
    """In which header the service tells the request id."""
    wall_ns: int
    label: str
    """Profile and speed: no simulated response can pass for a real one."""
    keep_alive: bool
    region: str | None = None

    @property
    def wall_s(self) -> int:
        """Whole seconds since 1970, as services tell when an answer was made."""
        return self.wall_ns // 1_000_000_000

    def lines(self, extra: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """These headers and `extra`."""
        told = [
            ("Date", http_date(self.wall_ns)),
            *extra,
            ("Connection", "keep-alive" if self.keep_alive else "close"),
            (self.id_header, self.request_id),
            ("x-hayai-sim", header_text(self.label)),
        ]
        return told if self.region is None else [*told, ("x-hayai-sim-region", header_text(self.region))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response: its writes in order, and what is known about it."""

    status: int
    sends: Iterator[Send]
    facts: Facts


def chunked(opening: Send, frames: Iterator[Send], chunk: Callable[[bytes], bytes] = encode_chunk) -> Iterator[Send]:
    """Head, each frame in an HTTP chunk of its own (or as `chunk` puts it), and the end of the body."""
    yield opening
    at_ns = opening.offset_ns
    for frame in frames:
        at_ns, data = frame.offset_ns, frame.data
        yield Send(at_ns, chunk(data), frame.kind, frame.chars, frame.tokens, frame.then) if data else frame
    yield Send(at_ns, LAST_CHUNK, "z")


def header_text(text: str) -> str:
    """What a header can carry of a name that somebody chose: printable ASCII, `?` for the rest."""
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)


def http_date(wall_ns: int) -> str:
    """`Tue, 24 Nov 2026 13:05:53 GMT`, whatever the locale."""
    at = datetime.fromtimestamp(wall_ns // 1_000_000_000, tz=UTC)
    return f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at.year} {at:%H:%M:%S} GMT"


def refusal_reply(refusal: Refusal, head: Head, facts: Facts) -> Reply:
    """The error response of the service: the name in a header, the words in the body."""
    facts.error = refusal.name
    body = error_body(refusal.name, refusal.message)
    lines = head.lines(
        [
            ("Content-Type", "application/json"),
            ("x-amzn-ErrorType", f"{refusal.name}:http://internal.amazon.com/coral/com.amazon.bedrock/"),
            ("Content-Length", str(len(body))),
        ]
    )
    send = Send(0, encode_head(refusal.status, lines) + body, "b", len(refusal.message))
    return Reply(status=refusal.status, sends=iter((send,)), facts=facts)
