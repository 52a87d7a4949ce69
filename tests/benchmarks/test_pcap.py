"""The packet capture's reader: what it finds in a capture made by hand, and what it refuses to find."""

from __future__ import annotations

import struct

import pytest

from benchmarks.peers.pcap import Damaged, exchanges, segments

SERVER, CLIENT = 8000, 50000
HEAD = b"HTTP/1.1 200 OK\r\nx-request-id: t-7\r\n\r\n"
SECOND = 1_000_000_000


def frame(source: int, target: int, sequence: int, data: bytes) -> bytes:
    """An Ethernet frame with IPv4 and TCP around some data."""
    tcp = struct.pack(">HHIIBBHHH", source, target, sequence & 0xFFFFFFFF, 0, 5 << 4, 0x18, 1024, 0, 0)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(data), 0, 0, 64, 6, 0, b"\x7f\0\0\1", b"\x7f\0\0\1")
    return bytes(12) + b"\x08\x00" + ip + tcp + data


def capture(*packets: tuple[int, bytes], magic: int = 0xA1B23C4D, link: int = 1, order: str = "<") -> bytes:
    """A capture of frames with their instants in ns."""
    unit = 1 if magic == 0xA1B23C4D else 1000
    made = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    for at_ns, data in packets:
        made += struct.pack(order + "IIII", at_ns // SECOND, at_ns % SECOND // unit, len(data), len(data)) + data
    return made


def content(number: int) -> bytes:
    """One content chunk."""
    return b'data: {"delta":{"content":" %06d"}}\n\n' % number


def answered(*, first: int = 100) -> list[tuple[int, bytes]]:
    """A request and its answer: a head, one chunk, then two chunks in one packet."""
    later = first + len(HEAD)
    both = content(1) + content(2)
    return [
        (5 * SECOND, frame(CLIENT, SERVER, 1, b"POST / HTTP/1.1\r\n\r\n")),
        (6 * SECOND, frame(SERVER, CLIENT, first, HEAD)),
        (6 * SECOND + 1, frame(SERVER, CLIENT, later, content(0))),
        (7 * SECOND + 5, frame(SERVER, CLIENT, later + len(content(0)), both)),
    ]


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_request_and_its_chunks_are_found(order: str) -> None:
    """The request's packet, the server's id, and the packet of each chunk, to the nanosecond, in either byte order."""
    (found,) = exchanges(segments(capture(*answered(), order=order)), SERVER)
    assert (found.id, found.port, found.asked_ns) == ("t-7", CLIENT, 5 * SECOND)
    assert found.content_ns.tolist() == [6 * SECOND + 1, 7 * SECOND + 5, 7 * SECOND + 5]


def test_two_requests_on_one_connection_are_two() -> None:
    """A new request ends the exchange before it."""
    first = answered()
    used = sum(len(packet) - 54 for _, packet in first[1:])
    again = [
        (8 * SECOND, frame(CLIENT, SERVER, 20, b"POST / HTTP/1.1\r\n\r\n")),
        (9 * SECOND, frame(SERVER, CLIENT, 100 + used, HEAD.replace(b"t-7", b"t-8") + content(0))),
    ]
    found = exchanges(segments(capture(*first, *again)), SERVER)
    assert [(one.id, len(one.content_ns)) for one in found] == [("t-7", 3), ("t-8", 1)]


def test_what_is_sent_again_counts_once() -> None:
    """A repeated segment keeps its first instant, also where sequence numbers wrap."""
    packets = answered(first=(1 << 32) - 10)
    repeated = [*packets, (9 * SECOND, packets[2][1])]
    (found,) = exchanges(segments(capture(*repeated)), SERVER)
    assert found.content_ns.tolist() == [6 * SECOND + 1, 7 * SECOND + 5, 7 * SECOND + 5]


def test_a_hole_is_an_error() -> None:
    """Where bytes are missing there are no numbers."""
    packets = answered()
    del packets[2]
    with pytest.raises(Damaged, match="missing"):
        exchanges(segments(capture(*packets)), SERVER)


def test_packets_cut_short_are_an_error() -> None:
    """A chunk may lie in the part that was not captured."""
    at, packet = answered()[2]
    cut = packet[:-4]
    made = capture(*answered()[:2]) + struct.pack("<IIII", at // SECOND, at % SECOND, len(cut), len(packet)) + cut
    with pytest.raises(Damaged, match="in part"):
        exchanges(segments(made), SERVER)


@pytest.mark.parametrize("made", [b"", b"no capture at all, only words", capture(link=113), capture(*answered())[:-3]])
def test_what_is_no_capture_is_refused(made: bytes) -> None:
    """Another format, another link type, a file that ends in a packet."""
    with pytest.raises(Damaged):
        list(segments(made))


def test_other_traffic_is_left_out() -> None:
    """Other ports, other protocols and bare acknowledgements are not ours."""
    others = [
        (1, frame(1, 2, 0, b"something")),
        (2, frame(CLIENT, SERVER, 5, b"")),
        (3, bytes(12) + b"\x86\xdd" + bytes(60)),
    ]
    assert exchanges(segments(capture(*others)), SERVER) == []
