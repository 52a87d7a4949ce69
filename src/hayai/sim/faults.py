"""What breaks, and where exactly in the stream?

Faults act on frames, before HTTP chunking, so each breaks one layer only: `cut_frame` and `bad_crc` are perfect HTTP with a broken event
stream, `close` and `reset` are perfect frames on a broken connection. What a frame is, and how one is spoilt, is a matter of the service:
`FrameFaults`. An answer with fewer chunks than `after_chunks` is spared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

import msgspec

from hayai.sim.profile import Fault
from hayai.sim.refusals import TEXTS, error_body, invalid
from hayai.sim.schedule import Send
from hayai.wire.eventstream import encode_message

_PIECES = frozenset("tru")
Struck = Callable[[str], None]
"""Called with the kind of a fault when it happens."""


def choose_fault(
    faults: Sequence[Fault], *, number: int, model: str, scripted: str | None, random: Random
) -> Fault | None:
    """The fault of request `number`: what its script says, else the first of the profile that names it or is drawn.

    Raises Refusal (400) for a script that makes no sense.
    """
    if scripted is not None:
        return _parse_fault(scripted)
    for fault in faults:
        drawn = fault.chance is not None and random.random() < fault.chance
        if (drawn or fault.hits(number)) and (fault.model is None or fault.model in model):
            return fault
    return None


def _parse_fault(scripted: str) -> Fault:
    kind, *settings = (part.strip() for part in scripted.split(","))
    values = {name: value for name, _, value in (setting.partition("=") for setting in settings)}
    try:
        return msgspec.convert({"kind": kind, "chance": 1.0} | values, Fault, strict=False)
    except msgspec.ValidationError as reason:
        raise invalid("hayai-sim: fault: {reason}", reason=reason) from reason


def wait_ns(fault: Fault, speed: float) -> int:
    """How long a stall or slow headers hold, at this speed."""
    return round(fault.wait_ms * 1e6 / speed)


def exception_frame(fault: Fault) -> bytes:
    """The in-stream exception that `fault` tells."""
    name = fault.error[0].lower() + fault.error[1:]
    headers = [(":exception-type", name), (":content-type", "application/json"), (":message-type", "exception")]
    message = TEXTS[fault.error] if fault.message is None else fault.message
    return encode_message(headers, error_body(fault.error, message))


class FrameFaults(NamedTuple):
    """What only the form of a service's frames can tell."""

    spoil: Callable[[bytes], bytes]
    """A frame that its reader must refuse, of about the same size: `bad_crc`."""
    exception: Callable[[Fault], bytes]
    """The frame that tells an error: `in_stream_exception`."""


def _wrong_sum(frame: bytes) -> bytes:
    return frame[:-1] + bytes([frame[-1] ^ 0xFF])


EVENT_STREAM = FrameFaults(spoil=_wrong_sum, exception=exception_frame)


def break_frames(
    frames: Iterator[Send], fault: Fault, form: FrameFaults, *, speed: float, struck: Struck
) -> Iterator[Send]:
    """The frames of a stream with `fault` in them."""
    if fault.kind == "no_last_events":
        yield from _without_last_events(frames, struck)
        return
    if fault.kind == "slow_headers":
        struck(fault.kind)
        yield from (_later(send, wait_ns(fault, speed)) for send in frames)
        return
    if fault.kind == "buffered":
        struck(fault.kind)
        yield _joined(tuple(frames))
        return
    pieces = 0
    for send in frames:
        if send.kind in _PIECES and pieces == fault.after_chunks:
            struck(fault.kind)
            yield from _break_here(send, frames, fault, form, speed)
            return
        pieces += send.kind in _PIECES
        yield send


def _break_here(send: Send, rest: Iterator[Send], fault: Fault, form: FrameFaults, speed: float) -> Iterator[Send]:
    """What is sent instead of `send` and the rest of the stream."""
    match fault.kind:
        case "stall":
            yield _later(send, wait_ns(fault, speed))
            yield from (_later(after, wait_ns(fault, speed)) for after in rest)
        case "bad_crc":
            yield msgspec.structs.replace(send, data=form.spoil(send.data), kind="x")
            yield from rest
        case "cut_frame":
            yield msgspec.structs.replace(send, data=send.data[: len(send.data) // 2], kind="x")
        case "in_stream_exception":
            yield Send(send.offset_ns, form.exception(fault), "x")
        case "close" | "reset":
            yield Send(send.offset_ns, b"", "x", then=fault.kind)


def _later(send: Send, by_ns: int) -> Send:
    return msgspec.structs.replace(send, offset_ns=send.offset_ns + by_ns)


def _joined(frames: Sequence[Send]) -> Send:
    """All frames in one write, when the last one is due: what a proxy does that passes nothing on before it has everything."""
    return Send(
        frames[-1].offset_ns,
        b"".join(send.data for send in frames),
        "x",
        sum(send.chars for send in frames),
        sum(send.tokens for send in frames),
    )


def _without_last_events(frames: Iterator[Send], struck: Struck) -> Iterator[Send]:
    """Frames up to the last piece: a stream that ends cleanly and still is not whole."""
    held: list[Send] = []
    for send in frames:
        held.append(send)
        if send.kind in _PIECES:
            yield from held
            held.clear()
    struck("no_last_events")


def break_body(send: Send, fault: Fault, *, speed: float, struck: Struck) -> Send:
    """A whole-body response with `fault`: connection faults cut it in the middle, waits delay it; faults of frames pass it by."""
    match fault.kind:
        case "stall" | "slow_headers":
            struck(fault.kind)
            return _later(send, wait_ns(fault, speed))
        case "close" | "reset":
            struck(fault.kind)
            return msgspec.structs.replace(send, data=send.data[: len(send.data) // 2], kind="x", then=fault.kind)
        case _:
            return send
