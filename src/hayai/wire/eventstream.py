"""Which messages lie in these bytes of `application/vnd.amazon.eventstream`, and which bytes make a message?

    total length u32 | headers length u32 | CRC-32 of these 8 | headers | payload | CRC-32 of all before it      (big endian)

The decoder keeps one growing buffer and opens a message only when all of it is there, so a byte is looked at a fixed number of times
however the stream was cut into reads. A stream has no place to start again after a broken message: the first mistake is final. What was
complete before it is still handed out, because it was measured and must not be lost (see `Decoder.feed`).

Source: the framing as botocore reads it; the tests hold both against each other, and a frame recorded from Bedrock against both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from struct import Struct
from types import MappingProxyType
from zlib import crc32

import msgspec

from hayai.errors import OurMistake, TheirMistake

HEADERS_LIMIT = 128 * 1024
"""Most bytes that the headers of one message may take."""

PAYLOAD_LIMIT = 24 * 1024 * 1024
"""Most bytes that the payload of one message may take."""

HeaderValue = str | bytes | int | bool
"""Text (type 7), bytes (6 and UUIDs, 9), whole numbers (2 to 5, and timestamps in ms since 1970, 8), true and false (0, 1)."""

_LENGTHS = Struct(">II")
_PRELUDE = Struct(">III")
_U16 = Struct(">H")
_U32 = Struct(">I")
_AROUND = _PRELUDE.size + _U32.size
"""Bytes of a message that are neither headers nor payload."""

_FLAGS = {0: True, 1: False}
_BYTES, _TEXT, _UUID = 6, 7, 9
_SIZES = {2: 1, 3: 2, 4: 4, 5: 8, 8: 8, _UUID: 16}
"""Bytes of a value, for the types whose length is not written with it."""


class Message(msgspec.Struct, frozen=True):
    """One message: its headers by name, and its payload as sent."""

    headers: Mapping[str, HeaderValue]
    payload: bytes


def encode_message(headers: Sequence[tuple[str, str]], payload: bytes) -> bytes:
    """The bytes of one message; every header becomes type 7 (text), in the order given.

    Raises OurMistake for what the framing cannot hold: a name of no or over 255 bytes, a name given twice, a value over 65,535 bytes,
    headers or payload over the limits.
    """
    block = b"".join(_encode_header(name, value) for name, value in headers)
    if len({name for name, _ in headers}) != len(headers):
        raise OurMistake(f"bad_header a name is given twice: {[name for name, _ in headers]}")
    if len(block) > HEADERS_LIMIT or len(payload) > PAYLOAD_LIMIT:
        raise OurMistake(f"bad_length headers of {len(block)} bytes and a payload of {len(payload)} exceed the limits")
    lengths = _LENGTHS.pack(_AROUND + len(block) + len(payload), len(block))
    unsealed = b"".join((lengths, _U32.pack(crc32(lengths)), block, payload))
    return unsealed + _U32.pack(crc32(unsealed))


class Decoder:
    """Bytes in, messages out, for one stream.

    `mistake` is None until the stream broke the framing; its text begins with `bad_prelude_crc`, `bad_message_crc`, `bad_length` or
    `bad_header`, and says at which byte of the stream the broken message begins.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._dropped = 0
        self._total: int | None = None
        self.mistake: TheirMistake | None = None

    @property
    def pending(self) -> bool:
        """Whether bytes of an unfinished message are waiting for the rest."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[Message]:
        """The messages that these bytes completed, in order.

        A mistake is raised when there is nothing to hand out: at once when these bytes completed no message, otherwise at the next `feed`
        or `close`. So the messages before a mistake are the same however the stream was cut. Bytes after a mistake are not read.
        """
        if self.mistake is not None:
            raise TheirMistake(*self.mistake.args)
        self._buffer += data
        messages: list[Message] = []
        try:
            self._take_complete(messages)
        except TheirMistake as mistake:
            # Kept as a copy without a traceback, which would hold this decoder for good where no garbage collector runs.
            self.mistake = TheirMistake(*mistake.args)
            if not messages:
                raise
        return messages

    def close(self) -> None:
        """Say that no more bytes will come.

        Raises TheirMistake: the one that `feed` has met, or `cut_frame` when the stream ended inside a message.
        """
        if self.mistake is not None:
            raise TheirMistake(*self.mistake.args)
        if self._buffer:
            raise TheirMistake(
                f"cut_frame {len(self._buffer)} bytes of the message at byte {self._dropped}, then the end"
            )

    def _take_complete(self, messages: list[Message]) -> None:
        start = 0
        try:
            while len(self._buffer) - start >= _PRELUDE.size:
                at = self._dropped + start
                if self._total is None:
                    self._total = _total_length(self._buffer[start : start + _PRELUDE.size], at)
                end = start + self._total
                if len(self._buffer) < end:
                    break
                messages.append(_decode_message(bytes(self._buffer[start:end]), at))
                start, self._total = end, None
        finally:
            del self._buffer[:start]
            self._dropped += start


def _total_length(prelude: bytearray, at: int) -> int:
    """Bytes of the message that begins with this prelude; `at` is its place in the stream, for the mistake."""
    total, headers_length, expected = _PRELUDE.unpack(prelude)
    if crc32(prelude[: _LENGTHS.size]) != expected:
        raise TheirMistake(f"bad_prelude_crc in the message at byte {at}")
    if headers_length > HEADERS_LIMIT or not 0 <= total - headers_length - _AROUND <= PAYLOAD_LIMIT:
        raise TheirMistake(f"bad_length {total} in all and {headers_length} of headers in the message at byte {at}")
    return int(total)


def _decode_message(message: bytes, at: int) -> Message:
    if crc32(memoryview(message)[: -_U32.size]) != int.from_bytes(message[-_U32.size :], "big"):
        raise TheirMistake(f"bad_message_crc in the message at byte {at}")
    payload_at = _PRELUDE.size + _LENGTHS.unpack_from(message)[1]
    try:
        headers = _decode_headers(message[_PRELUDE.size : payload_at])
    except ValueError as reason:
        raise TheirMistake(f"bad_header {reason} in the message at byte {at}") from reason
    return Message(headers, message[payload_at : -_U32.size])


@lru_cache(maxsize=32)
def _decode_headers(block: bytes) -> Mapping[str, HeaderValue]:
    """Headers by name; kept, because a stream repeats a handful of blocks for all its messages. ValueError says what is wrong."""
    headers: dict[str, HeaderValue] = {}
    place = 0
    while place < len(block):
        name_at, kind_at = place + 1, place + 1 + block[place]
        if kind_at >= len(block):
            raise ValueError("cut short")
        name = block[name_at:kind_at].decode()
        if name in headers:
            raise ValueError(f"{name!r} twice")
        headers[name], place = _decode_value(block, kind_at)
    return MappingProxyType(headers)


def _decode_value(block: bytes, kind_at: int) -> tuple[HeaderValue, int]:
    """The value whose type byte stands at `kind_at`, and where the next header begins."""
    kind, start = block[kind_at], kind_at + 1
    if kind in _FLAGS:
        return _FLAGS[kind], start
    if kind in (_BYTES, _TEXT):
        size = int.from_bytes(block[start : start + _U16.size], "big")
        start += _U16.size
    elif kind in _SIZES:
        size = _SIZES[kind]
    else:
        raise ValueError(f"of unknown type {kind}")
    end = start + size
    if end > len(block):
        raise ValueError("cut short")
    value = block[start:end]
    if kind == _TEXT:
        return value.decode(), end
    if kind in (_BYTES, _UUID):
        return value, end
    return int.from_bytes(value, "big", signed=True), end


def _encode_header(name: str, value: str) -> bytes:
    name_bytes, value_bytes = name.encode(), value.encode()
    if not 0 < len(name_bytes) <= 0xFF or len(value_bytes) > 0xFFFF:
        raise OurMistake(f"bad_header {name[:80]!r}: a name takes 1 to 255 bytes and a value at most 65,535")
    return b"%c%b%c%b%b" % (len(name_bytes), name_bytes, _TEXT, _U16.pack(len(value_bytes)), value_bytes)
