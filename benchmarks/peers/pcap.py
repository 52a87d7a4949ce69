"""What crossed the wire, and when? Reads a packet capture of the truth server's port, without any of hayai's own code.

The classic pcap format, Ethernet framing (that is what Linux gives its loopback), IPv4, TCP. A segment that is sent again is
counted once, with its first instant; a connection with a hole in its sequence numbers is an error, not a number.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

MAGIC_NS = 0xA1B23C4D
MAGIC_US = 0xA1B2C3D4
ETHERNET = 1
CONTENT = b'"content":" '
REQUEST_ID = re.compile(rb"x-request-id: ([^\r]+)\r")


class Damaged(Exception):
    """The capture cannot say what happened: another format, a hole, a packet cut short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One TCP segment with data."""

    at_ns: int
    """CLOCK_REALTIME, as the kernel stamped it."""
    source: int
    """Port."""
    target: int
    sequence: int
    length: int
    data: bytes
    """What of it was captured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and the instants of its answer, in the capture's clock."""

    id: str
    """The server's `x-request-id`."""
    port: int
    """The client's."""
    asked_ns: int
    """Last packet of the request."""
    content_ns: NDArray[np.int64]
    """Packet of each content chunk."""


@dataclass(slots=True)
class _Flow:
    """A connection while it is read."""

    asked_ns: int = 0
    id: str = ""
    content_ns: list[int] = field(default_factory=list)
    next_sequence: dict[bool, int] = field(default_factory=dict)


def segments(capture: bytes) -> Iterator[Segment]:
    """Every TCP segment that carries data, in captured order."""
    if len(capture) < 24:
        raise Damaged("no pcap file")
    for order in "<>":
        (magic,) = struct.unpack_from(order + "I", capture)
        if magic in (MAGIC_NS, MAGIC_US):
            break
    else:
        raise Damaged("no pcap file")
    (link,) = struct.unpack_from(order + "I", capture, 20)
    if link & 0x0FFFFFFF != ETHERNET:
        raise Damaged(f"link type {link}")
    unit = 1 if magic == MAGIC_NS else 1000
    packet = struct.Struct(order + "IIII")
    at = 24
    while at + 16 <= len(capture):
        seconds, fraction, kept, _ = packet.unpack_from(capture, at)
        at += 16
        if at + kept > len(capture):
            raise Damaged("the last packet is cut short")
        found = _segment(capture, at, kept, seconds * 1_000_000_000 + fraction * unit)
        if found is not None:
            yield found
        at += kept


def _segment(capture: bytes, start: int, kept: int, at_ns: int) -> Segment | None:
    """The TCP data of one Ethernet frame; None for anything else."""
    if kept < 54 or capture[start + 12 : start + 14] != b"\x08\x00" or capture[start + 23] != 6:
        return None
    ip = start + 14
    tcp = ip + (capture[ip] & 15) * 4
    (whole,) = struct.unpack_from(">H", capture, ip + 2)
    source, target, sequence = struct.unpack_from(">HHI", capture, tcp)
    data = tcp + (capture[tcp + 12] >> 4) * 4
    length = ip + whole - data
    if length <= 0:
        return None
    return Segment(
        at_ns=at_ns,
        source=source,
        target=target,
        sequence=sequence,
        length=length,
        data=capture[data : min(start + kept, data + length)],
    )


def exchanges(found: Iterator[Segment], server: int) -> list[Exchange]:
    """Requests to one port and their answers, in the order in which they ended or the capture did."""
    flows: dict[int, _Flow] = {}
    ended: list[Exchange] = []
    for segment in found:
        asking = segment.target == server
        if not asking and segment.source != server:
            continue
        port = segment.source if asking else segment.target
        flow = flows.setdefault(port, _Flow())
        expected = flow.next_sequence.get(asking)
        if asking and segment.sequence != expected and expected is not None and flow.id:
            # The port of a closed connection serves a new one.
            flow.next_sequence.clear()
            expected = None
        if expected is not None and segment.sequence != expected:
            behind = (expected - segment.sequence) & 0xFFFFFFFF
            if segment.length <= behind < 1 << 31:
                continue
            raise Damaged(f"port {port}: {-behind & 0xFFFFFFFF} bytes are missing")
        flow.next_sequence[asking] = (segment.sequence + segment.length) & 0xFFFFFFFF
        if asking:
            if flow.id:
                ended.append(_ended(port, flow))
            flow.asked_ns, flow.id, flow.content_ns = segment.at_ns, "", []
            continue
        if len(segment.data) != segment.length:
            raise Damaged(f"port {port}: a packet of {segment.length} bytes was captured in part")
        named = REQUEST_ID.search(segment.data)
        if named:
            flow.id = named[1].decode("ascii")
        flow.content_ns += [segment.at_ns] * segment.data.count(CONTENT)
    return [*ended, *(_ended(port, flow) for port, flow in flows.items() if flow.id)]


def _ended(port: int, flow: _Flow) -> Exchange:
    return Exchange(id=flow.id, port=port, asked_ns=flow.asked_ns, content_ns=np.array(flow.content_ns, dtype=np.int64))
