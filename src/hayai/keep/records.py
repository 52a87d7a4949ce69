"""What happened? One record per attempt, written once when it ends, never changed.

Instants `*_at_ns` are monotonic nanoseconds of one machine; durations `*_ns` are nanoseconds. None means "did not happen" or "not known",
never zero. Arrivals of pieces are kept as durations since `sent_at_ns`, in parallel tuples, which keeps a line of the journal short.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Outcome = Literal[
    "ok", "throttled", "refused", "server_error", "cut_off", "timed_out", "no_connection", "bad_protocol", "cancelled"
]
OUTCOMES: tuple[Outcome, ...] = (
    "ok", "throttled", "refused", "server_error", "cut_off", "timed_out", "no_connection", "bad_protocol", "cancelled",
)  # fmt: skip

Clock = Literal["kernel", "user", "mixed"]
Phase = Literal["warmup", "measure"]


class Failure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request did not end well, in the service's own words where it had any."""

    code: str
    """The service's error name (`ThrottlingException`), or ours (`gap_timeout`, `connection_reset`, `bad_crc`, ...)."""
    message: str
    """The service's words, or the technical reason. Untrusted text."""
    in_stream: bool = False
    """True when the failure came as an event after a 200 response had begun."""


class ConnectionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The connection a request travelled on, and what opening it cost."""

    id: int
    use: int
    """1 for the first request on this connection, 2 for the second, ..."""
    opened_at_ns: int
    """When opening began."""
    dns_ns: int | None
    """Name look-up; None for a literal address."""
    tcp_ns: int
    tls_ns: int | None
    """TLS handshake; None over plain HTTP."""
    tls_version: str | None = None
    peer: str | None = None
    """Address that was dialled, without credentials; the proxy's where there is one."""
    tunnel_ns: int | None = None
    """Opening the tunnel through a proxy; None: there was none."""


class Pieces(msgspec.Struct, frozen=True, kw_only=True):
    """Arrival of every piece with text or reasoning, in order; five parallel sequences of equal length."""

    kinds: str = ""
    """One letter per piece: `t` text, `r` reasoning, `u` tool use input."""
    arrived_ns: tuple[int, ...] = ()
    """Nanoseconds from `sent_at_ns` to the read that completed the piece."""
    earliest_ns: tuple[int | None, ...] = ()
    """None: the read held nothing else, the stamp is exact. Otherwise the piece was coalesced with later ones in the same read and arrived
    somewhere in [earliest, arrived]; `earliest` is the stamp of the last read before that emptied the socket."""
    chars: tuple[int, ...] = ()
    """Unicode code points."""
    clocks: str = ""
    """One letter per piece: `k` kernel receive stamp, `u` user-space clock."""

    def __post_init__(self) -> None:
        """A line of a journal whose sequences do not belong together is damaged, and read as such."""
        length = len(self.kinds)
        if not length == len(self.arrived_ns) == len(self.earliest_ns) == len(self.chars) == len(self.clocks):
            raise ValueError("the pieces' sequences differ in length")


class Usage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tokens as the service reported them."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    source: str | None = None
    """Where it was read: `body`, `stream`, `headers`, `metrics` (amazon-bedrock-invocationMetrics)."""


class RequestRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything known about one attempt."""

    id: str
    """Unique within the run: `<agent>-<number>`."""
    run: str
    machine: str
    phase: Phase
    cycle: int
    round: int
    position: int
    target: str
    prompt: str
    outcome: Outcome
    round_try: int = 0
    attempt: int = 1
    retry_of: str | None = None
    failure: Failure | None = None

    due_at_ns: int | None = None
    """When the engine meant to send it."""
    sent_at_ns: int | None = None
    """Stamped right before the write; None: nothing was sent."""
    headers_at_ns: int | None = None
    """The read that completed the response head."""
    first_byte_at_ns: int | None = None
    first_reasoning_at_ns: int | None = None
    first_visible_at_ns: int | None = None
    """First piece of visible text (or tool input)."""
    last_at_ns: int | None = None
    """Last piece of text or reasoning; not streamed: the end of the body."""
    ended_at_ns: int | None = None
    """End of the response, bookkeeping events included."""
    sent_wall_ns: int | None = None
    """Wall clock at `sent_at_ns`; names the request, never compared."""

    streamed: bool = True
    buffered: bool = False
    """Streamed, and held back on the way until the end: its pieces came all at once, so nobody knows when each was said."""
    clock: Clock | None = None
    pieces: Pieces = Pieces()
    connection: ConnectionFacts | None = None
    status: int | None = None
    request_id: str | None = None
    headers: dict[str, str] = {}
    """Response headers by allow-list, lower-case names."""
    usage: Usage = Usage()
    stop_reason: str | None = None
    requested_latency: str | None = None
    served_latency: str | None = None
    requested_tier: str | None = None
    served_tier: str | None = None
    service_ns: int | None = None
    """The service's own end-to-end time (`latencyMs`, `invocationLatency`)."""
    service_first_byte_ns: int | None = None
    """The service's own time to its first byte (`firstByteLatency`)."""
    text_chars: int | None = None
    """Code points of visible text; None: no response body was understood."""
    reasoning_chars: int | None = None
    request_bytes: int | None = None
    response_bytes: int | None = None
    reads: int | None = None
    """Reads that carried the response."""
    lag_ns: int | None = None
    """Longest time from the kernel's stamp of a read to our own: how long bytes waited for this process. None: no kernel stamp."""

    @property
    def tells_inner_times(self) -> bool:
        """Whether it is known when the answer's parts were said: it was streamed, and nothing held it back."""
        return self.streamed and not self.buffered


NO_PIECES = Pieces()


def without_pieces(record: RequestRecord) -> RequestRecord:
    """The record as it is kept by readers who are done with its pieces: they are most of its size."""
    return msgspec.structs.replace(record, pieces=NO_PIECES)


class AnswerText(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the model said in one attempt, kept apart from the record. Untrusted text."""

    id: str
    text: str
    reasoning: str = ""
    piece_ends: tuple[int, ...] = ()
    """For each visible piece (`t`) the end offset in `text`, in code points: a replay cuts the text there."""


class SaidText(msgspec.Struct, frozen=True, kw_only=True):
    """An `AnswerText` without all that is beside the visible text, for who reads very many."""

    id: str
    text: str
