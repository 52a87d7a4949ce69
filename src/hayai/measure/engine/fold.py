"""What did this exchange mean? One exchange in, one record out; pure.

Runs after the stream has ended. Each read's bytes go through the same steps in the order they came: frames, pieces,
instants. A frame gets the stamp of the read that completed it. That stamp is exact when the read held nothing after
the frame; otherwise bytes were coalesced, the stamp is the last one's, and the piece carries the interval in which it
must have arrived.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

import msgspec

from hayai import kernel_clock
from hayai.ask.plan import Target
from hayai.errors import TheirMistake
from hayai.keep.records import Clock, Failure, Outcome, Pieces, Usage
from hayai.measure.net.exchange import Exchange
from hayai.measure.providers.contract import (
    Completed,
    Failed,
    Frame,
    Framing,
    Piece,
    Provider,
    Reasoning,
    Served,
    ServiceTime,
    Stop,
    Text,
    ToolInput,
    UsageReport,
)
from hayai.measure.providers.frames import frame_of, frame_of_event
from hayai.wire import eventstream, sse

_LETTERS = {Text: "t", Reasoning: "r", ToolInput: "u"}

OUTCOME_OF_ERROR: dict[str, Outcome] = {
    "first_byte_timeout": "timed_out",
    "gap_timeout": "timed_out",
    "total_timeout": "timed_out",
    "connection_closed": "cut_off",
    "connection_reset": "cut_off",
    "cancelled": "cancelled",
    "sdk_no_connection": "no_connection",
}
"""What the connection's code words mean for a request; every other word is a broken protocol."""


MANY_PIECES = 8
"""Fewer say nothing about a buffer: a short answer, or one that the service sends in paragraphs, has no more."""

EMPTIED_SHARE = 0.05
"""All of them come in the last twentieth of the time: all the rest was one silence."""

ONE_BY_ONE_NS = 50_000
"""Pieces that come in reads of their own, and follow each other faster than this: the fastest models write a few thousand a second."""

IN_BLOCKS_NS = 1_000_000
"""The same of pieces most of which shared a read with others, as a buffer's do when the network is slower than it is emptied."""

IN_BLOCKS_SHARE = 0.7


class Stamp(msgspec.Struct, frozen=True, gc=False):
    """When a read arrived: monotonic ns, and which clock says so (`k` or `u`)."""

    at_ns: int
    clock: str


class Folded(msgspec.Struct):
    """What the record needs to know about the answer; built up piece by piece, then read once."""

    outcome: Outcome = "ok"
    failure: Failure | None = None
    stamps: list[Stamp] = msgspec.field(default_factory=list)
    first_reasoning_at_ns: int | None = None
    first_visible_at_ns: int | None = None
    last_at_ns: int | None = None
    pieces: Pieces = msgspec.field(default_factory=Pieces)
    usage: Usage = msgspec.field(default_factory=Usage)
    stop_reason: str | None = None
    served: Served = msgspec.field(default_factory=Served)
    service: ServiceTime = msgspec.field(default_factory=ServiceTime)
    text: list[str] = msgspec.field(default_factory=list)
    reasoning: list[str] = msgspec.field(default_factory=list)
    piece_ends: list[int] = msgspec.field(default_factory=list)
    buffered: bool = False
    completed: bool = False
    framing: Framing | None = None
    """How a good answer was framed, which not every server does as it was asked to; None: there was none."""

    @property
    def clock(self) -> Clock | None:
        """The clock behind the instants of this answer."""
        kinds = {stamp.clock for stamp in self.stamps}
        if not kinds:
            return None
        return "mixed" if len(kinds) > 1 else "kernel" if kinds == {"k"} else "user"


def stamps_of(exchange: Exchange) -> list[Stamp]:
    """The instant of every read: the kernel's where it is there and can be true, ours otherwise."""
    clocks = kernel_clock.monotonic_stamps_ns(
        exchange.wall_ns,
        read_at_ns=exchange.at_ns,
        not_before_ns=exchange.sent_at_ns,
        distances_ns=exchange.distances_ns,
    )
    pairs = zip(exchange.at_ns, clocks, strict=True)
    return [Stamp(at_ns, "u") if kernel_ns is None else Stamp(kernel_ns, "k") for at_ns, kernel_ns in pairs]


def longest_lag_ns(exchange: Exchange, stamps: Sequence[Stamp]) -> int | None:
    """How long the bytes that waited longest lay in the kernel; None where the kernel stamped nothing."""
    pairs = zip(exchange.at_ns, stamps, strict=True)
    return max((at_ns - stamp.at_ns for at_ns, stamp in pairs if stamp.clock == "k"), default=None)


def fold(exchange: Exchange, provider: Provider, target: Target) -> Folded:
    """Everything the answer said, with its instants."""
    folded = Folded(stamps=stamps_of(exchange))
    if exchange.status is None:
        _conclude_without_answer(folded, exchange)
    elif 200 <= exchange.status < 300:
        _fold_answer(folded, exchange, provider, target)
    else:
        # Words that came compressed, though we accept none, cannot be read; the status and the error's name still can.
        body = b"" if _encoding(exchange) != "identity" else _body(exchange)
        failed = provider.read_error(target, exchange.status, exchange.headers, body)
        folded.outcome, folded.failure = failed.outcome, failed.failure
    return folded


def _fold_answer(folded: Folded, exchange: Exchange, provider: Provider, target: Target) -> None:
    builder = _PieceColumns(folded, exchange)
    framing = folded.framing = provider.framing_of(target, _beginning(exchange))
    try:
        if _encoding(exchange) != "identity":
            raise TheirMistake(f"compressed_response content-encoding {_encoding(exchange)}, though none was accepted")
        for piece in provider.read_head(target, exchange.status or 0, exchange.headers):
            builder.take(piece, exchange.head_read or 0, exact=True)
        if framing == "sse" and (events := _plain_events(exchange)) is not None:
            # Both ways mean the same; this one looks at a stream as a whole, and costs a fraction of the other.
            payloads, places = events
            for pieces, (read, exact) in zip(provider.read_events(target, payloads), places, strict=True):
                for piece in pieces:
                    builder.take(piece, read, exact=exact)
        else:
            for frame, read, exact in _frames(exchange, framing):
                for piece in provider.read_frame(target, frame):
                    builder.take(piece, read, exact=exact)
    except TheirMistake as mistake:
        code, _, words = str(mistake).partition(" ")
        # Often it was somebody else who answered: a proxy, a login page.
        kind = exchange.headers.get("content-type", "unknown")
        builder.fail("bad_protocol", code, f"{words}; content-type {kind}")
    builder.conclude()
    if framing == "body":
        _forget_inner_times(folded)


def _conclude_without_answer(folded: Folded, exchange: Exchange) -> None:
    code, words = exchange.error or ("no_answer", "the response has no head")
    folded.outcome = OUTCOME_OF_ERROR.get(code, "bad_protocol")
    folded.failure = Failure(code=code, message=words)


def _encoding(exchange: Exchange) -> str:
    return exchange.headers.get("content-encoding", "identity").lower()


def _beginning(exchange: Exchange) -> bytes:
    """The body's first bytes that are more than blanks or a byte order mark; empty where there are none."""
    start = b""
    for part in exchange.bodies:
        start = (start + part[:64]).lstrip(b"\xef\xbb\xbf \t\r\n")
        if start:
            break
    return start


def _body(exchange: Exchange) -> bytes:
    return b"".join(exchange.bodies)


def _frames(exchange: Exchange, framing: Framing) -> Iterator[tuple[Frame, int, bool]]:
    """(frame, index of the read that completed it, whether that read's stamp is exactly this frame's).

    Frames that were complete before a mistake come first, then the mistake is raised, whatever else ended the exchange later.
    """
    last = len(exchange.bodies) - 1
    if framing == "body":
        if exchange.complete:
            yield Frame(kind="body", payload=_body(exchange)), last, True
        return
    end_at = _read_with_the_end(exchange)
    decoder = eventstream.Decoder() if framing == "eventstream" else sse.Decoder()
    for index, body in enumerate(exchange.bodies):
        if not body:
            continue
        # One feed per read, so that what the decoder gives back was completed by this read and by no other.
        found = list(map(_frame, decoder.feed(body)))
        followed = decoder.pending or index in exchange.followed or index == end_at
        for place, frame in enumerate(found):
            yield frame, index, place == len(found) - 1 and not followed
    decoder.feed(b"")
    if exchange.complete:
        decoder.close()


def _read_with_the_end(exchange: Exchange) -> int | None:
    """The read in which, behind its frames, the end of the body followed, or what broke it, and may have come later than they."""
    chunked = "chunked" in exchange.headers.get("transfer-encoding", "").lower()
    has_end = chunked and (exchange.error is None or exchange.error[0] not in OUTCOME_OF_ERROR)
    return len(exchange.bodies) - 1 if has_end else None


def _plain_events(exchange: Exchange) -> tuple[list[bytes], list[tuple[int, bool]]] | None:
    """Where the body is a stream of plain events: the data of each, and what `_frames` says of it besides. None for any other body.

    The bytes of such events tell by their number which read completed which.
    """
    payloads = sse.plain_data(_body(exchange))
    if payloads is None:
        return None
    bodies, followed, end_at = exchange.bodies, exchange.followed, _read_with_the_end(exchange)
    places: list[tuple[int, bool]] = []
    index, arrived, end = -1, 0, 0
    for payload in payloads:
        end += len(payload) + sse.BESIDE_DATA
        while arrived < end:
            index += 1
            arrived += len(bodies[index])
        places.append((index, arrived == end and index != end_at and index not in followed))
    return payloads, places


def _frame(message: eventstream.Message | sse.Event) -> Frame:
    return frame_of(message) if isinstance(message, eventstream.Message) else frame_of_event(message)


class _PieceColumns:
    """Takes pieces in order and fills a `Folded`."""

    def __init__(self, folded: Folded, exchange: Exchange) -> None:
        self._folded = folded
        self._exchange = exchange
        self._kinds: list[str] = []
        self._places: list[tuple[int, bool]] = []
        """Of each piece: the read that completed it, and whether that read's stamp is exactly its own."""
        self._chars: list[int] = []
        self._said: dict[type[Piece], list[str]] = {Text: folded.text, Reasoning: folded.reasoning, ToolInput: []}

    def take(self, piece: Piece, read: int, *, exact: bool) -> None:
        """One piece, completed by read number `read`."""
        if isinstance(piece, (Text, Reasoning, ToolInput)):
            kind, text = type(piece), piece.text
            self._kinds.append(_LETTERS[kind])
            self._places.append((read, exact))
            self._chars.append(len(text))
            self._said[kind].append(text)
            return
        folded = self._folded
        match piece:
            case UsageReport():
                folded.usage = _merged(folded.usage, piece)
            case Stop():
                folded.stop_reason = piece.reason
            case Served():
                folded.served = Served(
                    latency=piece.latency or folded.served.latency, tier=piece.tier or folded.served.tier
                )
            case ServiceTime():
                total = folded.service.total_ns if piece.total_ns is None else piece.total_ns
                first = folded.service.first_byte_ns if piece.first_byte_ns is None else piece.first_byte_ns
                folded.service = ServiceTime(total_ns=total, first_byte_ns=first)
            case Completed():
                folded.completed = True
            case Failed():
                self.fail(piece.outcome, piece.failure.code, piece.failure.message)

    def _stamp_before(self, read: int) -> int:
        """When the read before was stamped, or the one before that: a full one may have left behind what came before its stamp."""
        full = self._exchange.full
        emptied = next((number for number in range(read - 1, -1, -1) if number not in full), None)
        return self._exchange.sent_at_ns if emptied is None else self._folded.stamps[emptied].at_ns

    def fail(self, outcome: Outcome, code: str, words: str) -> None:
        """The first failure names the outcome; what follows it is its consequence."""
        if self._folded.failure is None:
            self._folded.outcome = outcome
            self._folded.failure = Failure(code=code, message=words, in_stream=True)

    def conclude(self) -> None:
        """No more pieces."""
        folded, exchange = self._folded, self._exchange
        if exchange.error is not None:
            code, words = exchange.error
            self.fail(OUTCOME_OF_ERROR.get(code, "bad_protocol"), code, words)
        if not folded.completed:
            self.fail("cut_off", "no_completion", "the answer ended without the event that says it is complete")
        if self._places:
            sent, kinds = exchange.sent_at_ns, "".join(self._kinds)
            stamps = [folded.stamps[read] for read, _ in self._places]
            arrived = tuple([stamp.at_ns - sent for stamp in stamps])
            folded.pieces = Pieces(
                kinds=kinds,
                arrived_ns=arrived,
                earliest_ns=tuple([None if exact else self._stamp_before(read) - sent for read, exact in self._places]),
                chars=tuple(self._chars),
                clocks="".join([stamp.clock for stamp in stamps]),
            )
            folded.first_reasoning_at_ns = next(
                (sent + at for k, at in zip(kinds, arrived, strict=True) if k == "r"), None
            )
            folded.first_visible_at_ns = next(
                (sent + at for k, at in zip(kinds, arrived, strict=True) if k != "r"), None
            )
            folded.last_at_ns = sent + arrived[-1]
            folded.piece_ends = list(accumulate(map(len, folded.text)))
        folded.buffered = folded.outcome == "ok" and was_held_back(folded.pieces)


def was_held_back(pieces: Pieces) -> bool:
    """Whether a whole answer was kept on the way and passed on at its end: many pieces, all at once, after a long silence.

    Then the first piece's arrival tells when the buffer was emptied. When the piece was said, it does not.
    """
    arrived, count = pieces.arrived_ns, len(pieces.arrived_ns)
    if count < MANY_PIECES:
        return False
    in_blocks = count - pieces.earliest_ns.count(None) >= IN_BLOCKS_SHARE * count
    each_ns = IN_BLOCKS_NS if in_blocks else ONE_BY_ONE_NS
    return arrived[-1] - arrived[0] <= min(count * each_ns, arrived[-1] * EMPTIED_SHARE)


def _forget_inner_times(folded: Folded) -> None:
    """For an answer that came as one body: its text is complete at the end of the body, and nothing is known about when it began."""
    folded.last_at_ns = folded.stamps[-1].at_ns if folded.outcome == "ok" else None
    folded.first_reasoning_at_ns = folded.first_visible_at_ns = None
    folded.pieces = Pieces()
    folded.buffered = False


def _merged(usage: Usage, report: UsageReport) -> Usage:
    if {report.input_tokens, report.output_tokens, report.cache_read_tokens, report.cache_write_tokens} == {None}:
        return usage  # Metrics of times only: the counts were read elsewhere.
    return Usage(
        input_tokens=usage.input_tokens if report.input_tokens is None else report.input_tokens,
        output_tokens=usage.output_tokens if report.output_tokens is None else report.output_tokens,
        cache_read_tokens=usage.cache_read_tokens if report.cache_read_tokens is None else report.cache_read_tokens,
        cache_write_tokens=usage.cache_write_tokens if report.cache_write_tokens is None else report.cache_write_tokens,
        source=report.source,
    )
