"""Event stream framing: what is promised to whoever feeds bytes from the wire, however they were cut."""

from __future__ import annotations

import gc
import struct
import weakref
from zlib import crc32

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from hayai.errors import OurMistake, TheirMistake
from hayai.wire import eventstream
from hayai.wire.eventstream import Decoder, Message, encode_message
from tests.wire.transcripts import all_cuts, cut, places

GOLDEN_HEADERS = [(":event-type", "messageStart"), (":content-type", "application/json"), (":message-type", "event")]
GOLDEN_PAYLOAD = b'{"p":"abcdefghijklmnopqrstuvwx","role":"assistant"}'
GOLDEN_FRAME = (
    bytes.fromhex("0000009500000052f9a147d1")
    + b"\x0b:event-type\x07\x00\x0cmessageStart"
    + b"\x0d:content-type\x07\x00\x10application/json"
    + b"\x0d:message-type\x07\x00\x05event"
    + GOLDEN_PAYLOAD
    + bytes.fromhex("fbd5a5b0")
)

names = st.text(min_size=1, max_size=40).filter(lambda name: len(name.encode()) <= 255)
headers = st.lists(st.tuples(names, st.text(max_size=80)), max_size=5, unique_by=lambda header: header[0])
messages = st.lists(st.tuples(headers, st.binary(max_size=300)), max_size=5)


def seal(block: bytes, payload: bytes = b"", *, headers_length: int | None = None, total: int | None = None) -> bytes:
    """A message with right checksums around any header block and any lengths."""
    lengths = struct.pack(
        ">II",
        16 + len(block) + len(payload) if total is None else total,
        len(block) if headers_length is None else headers_length,
    )
    unsealed = lengths + struct.pack(">I", crc32(lengths)) + block + payload
    return unsealed + struct.pack(">I", crc32(unsealed))


def decode(pieces: list[bytes]) -> tuple[list[Message], str | None]:
    """Every message that comes out of a stream, and the first word of the mistake that ended it."""
    decoder, found = Decoder(), list[Message]()
    try:
        for piece in pieces:
            found += decoder.feed(piece)
        decoder.close()
    except TheirMistake as mistake:
        return found, str(mistake).split()[0]
    return found, None


def by_botocore(stream: bytes) -> list[tuple[object, bytes]]:
    """Headers and payload of every message that botocore's decoder finds: the oracle."""
    oracle = EventStreamBuffer()
    oracle.add_data(stream)
    return [(message.headers, message.payload) for message in oracle]


def test_golden_frame_both_ways() -> None:
    """A frame recorded from Bedrock is read as what it says, and written again to the byte."""
    assert decode([GOLDEN_FRAME]) == ([Message(dict(GOLDEN_HEADERS), GOLDEN_PAYLOAD)], None)
    assert encode_message(GOLDEN_HEADERS, GOLDEN_PAYLOAD) == GOLDEN_FRAME


@given(messages, places())
def test_any_cut_gives_what_was_written(written: list[tuple[list[tuple[str, str]], bytes]], cuts: list[int]) -> None:
    """What `encode_message` writes comes back as itself, in any cut."""
    stream = b"".join(encode_message(*message) for message in written)
    expected = [Message(dict(pairs), payload) for pairs, payload in written]
    assert decode(cut(stream, cuts)) == (expected, None)


def test_every_cut_of_a_stream_that_breaks_gives_the_same() -> None:
    """Messages before a mistake, and the mistake itself, do not depend on the reads."""
    broken = bytearray(GOLDEN_FRAME * 3)
    broken[-20] ^= 1
    for pieces in all_cuts(bytes(broken)):
        found, code = decode(pieces)
        assert (len(found), code) == (2, "bad_message_crc")


@given(messages)
def test_botocore_reads_the_same(written: list[tuple[list[tuple[str, str]], bytes]]) -> None:
    """botocore's decoder finds the messages that ours finds."""
    stream = b"".join(encode_message(*message) for message in written)
    assert by_botocore(stream) == [(message.headers, message.payload) for message in decode([stream])[0]]


def test_every_header_type_as_botocore_reads_it() -> None:
    """All ten types of the framing, with the values at their ends."""
    values = [
        b"\x00",
        b"\x01",
        b"\x02\x80",
        b"\x03\x7f\xff",
        b"\x04\x80\x00\x00\x00",
        b"\x05" + b"\xff" * 8,
        b"\x06\x00\x03\x00\xff\x01",
        "\x07\x00\x06速い".encode(),
        b"\x08\x00\x00\x01\x93\x00\x00\x00\x00",
        b"\x09" + bytes(range(16)),
    ]
    stream = seal(b"".join(b"\x02h%d" % kind + value for kind, value in enumerate(values)), b"payload")
    found, code = decode([stream])
    assert code is None
    assert by_botocore(stream) == [(found[0].headers, b"payload")]
    assert found[0].headers == {
        "h0": True,
        "h1": False,
        "h2": -128,
        "h3": 32767,
        "h4": -(2**31),
        "h5": -1,
        "h6": b"\x00\xff\x01",
        "h7": "速い",
        "h8": 0x19300000000,
        "h9": bytes(range(16)),
    }


@pytest.mark.parametrize("at", range(len(GOLDEN_FRAME)))
def test_a_damaged_byte_is_never_accepted(at: int) -> None:
    """Whichever byte is damaged, in whichever way, no message comes out of the damaged one and the stream is not clean."""
    for flip in range(1, 256):
        damaged = bytearray(GOLDEN_FRAME)
        damaged[at] ^= flip
        found, code = decode([GOLDEN_FRAME, bytes(damaged), GOLDEN_FRAME])
        assert len(found) == 1
        assert code == ("bad_prelude_crc" if at < 12 else "bad_message_crc")


@given(st.binary(max_size=400), places())
def test_garbage_is_a_mistake_and_nothing_else(garbage: bytes, cuts: list[int]) -> None:
    """Bytes of no meaning end in TheirMistake or in nothing, never in another exception."""
    assert decode(cut(garbage, cuts))[1] == decode([garbage])[1]


@st.composite
def header_blocks(draw: st.DrawFn) -> bytes:
    """Bytes that look like headers, most of them right, some cut short."""
    block = b""
    for _ in range(draw(st.integers(0, 4))):
        name, kind = draw(st.binary(max_size=3)), draw(st.integers(0, 11))
        value = draw(st.binary(max_size=5))
        if kind in (6, 7):
            value = struct.pack(">H", len(value)) + value
        else:
            size = {2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}.get(kind, 0)
            value = draw(st.binary(min_size=size, max_size=size))
        block += bytes((len(name),)) + name + bytes((kind,)) + value
    return block[: draw(st.integers(0, len(block)))] if draw(st.booleans()) else block


@given(st.binary(max_size=60) | header_blocks())
def test_headers_are_read_as_botocore_reads_them_or_refused(block: bytes) -> None:
    """Inside right checksums headers are `bad_header`, or mean what botocore takes them for; it also takes some that are cut short."""
    found, code = decode([seal(block)])
    assert code in (None, "bad_header")
    if code is None:
        assert by_botocore(seal(block)) == [(found[0].headers, b"")]


@pytest.mark.parametrize(
    "block",
    [
        b"\x01",
        b"\x01a",
        b"\x01a\x0a",
        b"\x01a\x07\x00",
        b"\x01a\x07\x00\x02x",
        b"\x01a\x05\x00",
        b"\x01a\x07\x00\x01\xff",
        b"\x01\xff\x00",
        b"\x01a\x00\x01a\x01",
    ],
    ids=[
        "no name",
        "no type",
        "type 10",
        "half a length",
        "short text",
        "short integer",
        "text not UTF-8",
        "name not UTF-8",
        "twice",
    ],
)
def test_impossible_headers(block: bytes) -> None:
    """Each way in which a header can be impossible is refused as `bad_header`."""
    assert decode([seal(block)]) == ([], "bad_header")


@pytest.mark.parametrize(
    ("total", "headers_length"),
    [(15, 0), (0, 0), (16, 1), (2**32 - 1, 0), (16 + 24 * 2**20 + 1, 0), (2**20, 128 * 1024 + 1)],
)
def test_impossible_lengths_are_refused_at_the_prelude(total: int, headers_length: int) -> None:
    """A length beyond the limits, or below what a message needs, is refused before any of its bytes are waited for."""
    assert decode([seal(b"", total=total, headers_length=headers_length)[:12]]) == ([], "bad_length")


def test_the_largest_message_is_read() -> None:
    """A message at both limits passes."""
    block = b"".join(name + b"\x06" + struct.pack(">H", 65531) + bytes(65531) for name in (b"\x01a", b"\x01b"))
    found, code = decode([seal(block, bytes(24 * 2**20))])
    assert (len(block), len(found), code) == (128 * 1024, 1, None)


def test_what_came_before_a_mistake_is_handed_out_first() -> None:
    """The read that holds two good messages and a broken one gives the two; the next call raises, and so does every later one."""
    decoder = Decoder()
    broken = GOLDEN_FRAME[:-1] + b"\x00"
    assert len(decoder.feed(GOLDEN_FRAME * 2 + broken)) == 2
    assert str(decoder.mistake).startswith(f"bad_message_crc in the message at byte {2 * len(GOLDEN_FRAME)}")
    for _ in range(2):
        with pytest.raises(TheirMistake, match=r"^bad_message_crc "):
            decoder.feed(GOLDEN_FRAME)
    with pytest.raises(TheirMistake, match=r"^bad_message_crc "):
        decoder.close()


def test_headers_of_a_message_can_only_be_read() -> None:
    """Messages that say the same share their headers, so no reader can change what the next one sees."""
    first, second = Decoder().feed(GOLDEN_FRAME * 2)
    with pytest.raises(TypeError):
        first.headers[":event-type"] = "other"  # type: ignore[index]  # what the test is about
    assert first.headers == second.headers == dict(GOLDEN_HEADERS)


def test_a_dropped_decoder_leaves_no_ring() -> None:
    """The measuring agent runs without its garbage collector: a decoder must go when its last user lets go, also after a mistake."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        decoder = Decoder()
        with pytest.raises(TheirMistake):
            decoder.feed(bytes(20))
        alive = weakref.ref(decoder)
        del decoder
        assert alive() is None
    finally:
        if was_enabled:
            gc.enable()


@pytest.mark.parametrize("length", [1, 11, 12, 148])
def test_a_cut_stream_is_told(length: int) -> None:
    """A stream that ends inside a message is `cut_frame`; one that ends between messages is not."""
    assert decode([GOLDEN_FRAME + GOLDEN_FRAME[:length]])[1] == "cut_frame"


def test_work_grows_with_the_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte by byte, each byte is summed as often as when all come at once: the checksums see no more than the stream and its preludes."""
    summed = 0

    def counting(data: bytes) -> int:
        nonlocal summed
        summed += len(data)
        return crc32(data)

    monkeypatch.setattr(eventstream, "crc32", counting)
    stream = seal(b"", bytes(20_000)) * 2
    work = []
    for size in (1, len(stream)):
        summed, decoder, found = 0, Decoder(), 0
        for start in range(0, len(stream), size):
            found += len(decoder.feed(stream[start : start + size]))
        assert found == 2
        work.append(summed)
    assert work[0] == work[1] <= len(stream) + 2 * 8


@pytest.mark.parametrize(
    ("pairs", "payload"),
    [
        ([("", "x")], b""),
        ([("n" * 256, "x")], b""),
        ([("a", "x" * 65536)], b""),
        ([("a", "x"), ("a", "y")], b""),
        ([(f"h{i}", "x" * 65000) for i in range(3)], b""),
        ([], bytes(24 * 2**20 + 1)),
    ],
    ids=["empty name", "long name", "long value", "name twice", "many headers", "large payload"],
)
def test_what_the_framing_cannot_hold_is_our_mistake(pairs: list[tuple[str, str]], payload: bytes) -> None:
    """Nothing is written that a reader would refuse."""
    with pytest.raises(OurMistake):
        encode_message(pairs, payload)
