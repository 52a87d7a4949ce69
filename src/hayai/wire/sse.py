"""Which events lie in these bytes of `text/event-stream`, and which bytes make an event?

Follows the parsing rules of the WHATWG HTML standard, section 9.2.6: lines end in CR, LF or CRLF, one byte order mark may lead, invalid
UTF-8 becomes U+FFFD, an event is dispatched at an empty line and not before. Text is decoded as it comes and cut at line ends once; an
unfinished line waits as a list of its parts, so the work grows with the bytes and not with the reads. Reconnecting (`retry`) is not ours.
"""

from __future__ import annotations

import codecs
import re

import msgspec

from hayai.errors import OurMistake

_LINE_END = re.compile("\r\n|\n|\r")
_BYTE_ORDER_MARK = "\ufeff"
_PREFIX = b"data: "
BESIDE_DATA = len(_PREFIX) + 2
"""Bytes of a plain event beside its data: what stands before it, and the two line feeds."""


class Event(msgspec.Struct, frozen=True):
    """One dispatched event: its type (`message` where the stream named none), its data, and the last id the stream has given so far."""

    event: str
    data: str
    id: str | None


class Decoder:
    """Bytes in, events out, for one stream. No bytes are a mistake: the standard gives every stream a meaning."""

    __slots__ = ("_at_start", "_cut", "_data", "_last_id", "_line", "_name", "_skip_lf", "_utf8")

    def __init__(self) -> None:
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._cut = False
        """Whether a character has begun and not ended."""
        self._at_start = True
        self._skip_lf = False
        self._line: list[str] = []
        self._name = ""
        self._data: list[str] = []
        self._last_id: str | None = None

    def feed(self, data: bytes) -> list[Event]:
        """The events that these bytes completed, in order. A CR ends a line at once; an LF after it, even in a later read, ends none."""
        events: list[Event] = []
        self._read(self._text(data), events)
        return events

    @property
    def pending(self) -> bool:
        """Whether bytes of an unfinished line or event are waiting for the rest."""
        return self._cut or bool(self._line or self._data or self._name)

    def close(self) -> bool:
        """Say that no more bytes will come. True when the stream ended inside a line or an event, which is dropped as the standard says."""
        return self.pending

    def _text(self, data: bytes) -> str:
        if not self._cut:
            try:
                return data.decode()  # Whole characters, as nearly always: nothing to remember.
            except UnicodeDecodeError:
                pass
        text = self._utf8.decode(data)
        self._cut = bool(self._utf8.getstate()[0])
        return text

    def _read(self, text: str, events: list[Event]) -> None:
        if not text:
            return
        if self._at_start:
            text = text.removeprefix(_BYTE_ORDER_MARK)
            self._at_start = False
        if self._skip_lf:
            text = text.removeprefix("\n")
        if text.endswith("\n\n") and text.startswith("data:") and "\r" not in text and not self.pending:
            self._skip_lf = False
            self._take_whole(text, events)
            return
        self._read_lines(text, events)

    def _take_whole(self, text: str, events: list[Event]) -> None:
        """Complete events and nothing else, as most reads of most streams are: the same result as line by line, for a third of the work."""
        for block in text[:-2].split("\n\n"):
            if block.startswith("data:") and "\n" not in block:
                events.append(Event("message", block[5:].removeprefix(" "), self._last_id))
            else:
                self._read_lines(f"{block}\n\n", events)

    def _read_lines(self, text: str, events: list[Event]) -> None:
        self._skip_lf = text.endswith("\r")
        *ended, rest = _LINE_END.split(text)
        for part in ended:
            self._line.append(part)
            self._take_line("".join(self._line), events)
            self._line.clear()
        if rest:
            self._line.append(rest)

    def _take_line(self, line: str, events: list[Event]) -> None:
        if not line:
            self._dispatch(events)
            return
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
        elif field == "event":
            self._name = value
        elif field == "id" and "\0" not in value:
            self._last_id = value

    def _dispatch(self, events: list[Event]) -> None:
        if self._data:
            events.append(Event(self._name or "message", "\n".join(self._data), self._last_id))
        self._data.clear()
        self._name = ""


def plain_data(stream: bytes) -> list[bytes] | None:
    """The data of every event of a whole stream, where each is a single `data: ` line and nothing else, as most services write them.

    None for any other stream, which is for `Decoder` to read. Event n ends where its data and two line feeds do; `data: ` stands before
    each. The same as a `Decoder` finds, for a tenth of the work.
    """
    if not (stream.startswith(_PREFIX) and stream.endswith(b"\n\n")) or b"\r" in stream:
        return None
    found = stream[len(_PREFIX) : -2].split(b"\n\n" + _PREFIX)
    if stream.count(b"\n") != 2 * len(found):
        return None
    try:
        stream.decode()
    except UnicodeDecodeError:
        return None
    return found


def encode_event(data: str, event: str | None = None) -> bytes:
    """The bytes of one event; each line of `data` becomes a `data:` line, so CR and CRLF in it arrive as LF.

    Raises OurMistake when the event's type has a line end in it.
    """
    lines = [f"data: {line}\n" for line in _LINE_END.split(data)]
    if event is not None:
        if _LINE_END.search(event):
            raise OurMistake(f"bad_event a line end in the type {event!r}")
        lines.insert(0, f"event: {event}\n")
    return "".join((*lines, "\n")).encode()
