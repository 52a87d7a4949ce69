"""Server-sent events: what is promised to whoever feeds bytes from the wire, however they were cut."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.errors import OurMistake
from hayai.wire import sse
from hayai.wire.sse import Decoder, Event, encode_event
from tests.wire.transcripts import all_cuts, cut, places

TRANSCRIPT = (
    "\ufeff: a comment\r\n"
    'data:{"text":"速い"}\r\n\r\n'
    "event: delta\ndata: one\ndata:  two\nid: 7\n\n"
    "data\rdata\r\revent: ping\r\rretry: 10\nunknown: x\ndata: after\x0b\x85\u2028same line\n\n"
    "id: has\0nul\ndata: [DONE]\n\n"
).encode()
EVENTS = [
    Event("message", '{"text":"速い"}', None),
    Event("delta", "one\n two", "7"),
    Event("message", "\n", "7"),
    Event("message", "after\x0b\x85\u2028same line", "7"),
    Event("message", "[DONE]", "7"),
]


def decode(pieces: list[bytes]) -> tuple[list[Event], bool]:
    """Every event of a stream, and whether it ended inside one."""
    decoder, found = Decoder(), list[Event]()
    for piece in pieces:
        found += decoder.feed(piece)
    return found, decoder.close()


@given(
    st.lists(
        st.sampled_from([b"data: ", b"data:", b"\n", b"\n\n", b"\r\n", b"id: 1", b"x", b" ", b"\xff", "速".encode()]),
        max_size=12,
    )
)
def test_a_stream_of_plain_events_has_the_data_that_a_decoder_finds(parts: list[bytes]) -> None:
    """Whatever is read at once is read rightly; all else is left to the decoder."""
    stream = b"".join(parts)
    found = sse.plain_data(stream)
    if found is not None:
        assert decode([stream]) == ([Event("message", data.decode(), None) for data in found], False)


def test_which_streams_are_plain() -> None:
    """A single line of data in each event, with a space before it and a line feed behind it."""
    assert sse.plain_data(b"data: {}\n\ndata:  [DONE]\n\n") == [b"{}", b" [DONE]"]
    for odd in (
        b"",
        b"data:x\n\n",
        b"data: x\n",
        b"data: x\r\n\r\n",
        b"data: x\ndata: y\n\n",
        b": c\n\n",
        b"data: \xff\n\n",
    ):
        assert sse.plain_data(odd) is None


def by_the_standard(stream: bytes) -> list[Event]:
    """The standard's rules, written down as plainly as they stand there, over the whole stream at once: the oracle."""
    text = stream.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found: list[Event] = []
    data, event, last_id = "", "", None
    for line in text.split("\n")[:-1]:
        if line == "":
            if data != "":
                found.append(Event(event or "message", data.removesuffix("\n"), last_id))
            data = event = ""
            continue
        matched = re.fullmatch(r"([^:]*)(?:: ?(.*))?", line, re.DOTALL)
        assert matched is not None
        field, value = matched[1], matched[2] or ""
        if field == "data":
            data += value + "\n"
        elif field == "event":
            event = value
        elif field == "id" and "\0" not in value:
            last_id = value
    return found


def test_every_cut_of_the_transcript() -> None:
    """All line ends, a byte order mark, comments, a field without a space or a colon, many lines of data, ids: the same in every cut."""
    for pieces in all_cuts(TRANSCRIPT):
        assert decode(pieces) == (EVENTS, False)


alphabet = st.sampled_from(
    [
        b"\r",
        b"\n",
        b"\r\n",
        b"\n\n",
        b"data",
        b"event",
        b"id",
        b":",
        b": ",
        b"a",
        "速".encode(),
        b"\xef\xbb\xbf",
        b"\xff",
        b"\xe9\x80",
        b"\0",
    ]
)
streams = st.one_of(st.binary(max_size=200), st.lists(alphabet, max_size=40).map(b"".join))


@given(streams, places())
def test_any_bytes_in_any_cut_mean_what_the_standard_says(stream: bytes, cuts: list[int]) -> None:
    """Every stream, garbage too, gives the events of the standard's rules, and nothing raises."""
    found, unfinished = decode(cut(stream, cuts))
    assert found == by_the_standard(stream)
    assert (found, unfinished) == decode([stream])


@given(
    st.lists(st.tuples(st.text(), st.none() | st.text(min_size=1).filter(lambda name: not re.search("[\r\n]", name)))),
    places(),
)
def test_what_is_written_is_read(written: list[tuple[str, str | None]], cuts: list[int]) -> None:
    """`encode_event` and the decoder agree; line ends in data arrive as LF."""
    stream = b"".join(encode_event(data, event) for data, event in written)
    expected = [Event(event or "message", re.sub("\r\n|\r", "\n", data), None) for data, event in written]
    assert decode(cut(stream, cuts)) == (expected, False)


@pytest.mark.parametrize("end", [b"data: x\n", b"data: x", b"d", b"event: x\n", b": comm", b"\xe9\x80"])
def test_an_unfinished_end_is_dropped_and_told(end: bytes) -> None:
    """What no empty line has ended gives no event, and `close` says that something was there."""
    assert decode([encode_event("whole"), end]) == ([Event("message", "whole", None)], True)


@pytest.mark.parametrize("end", [b"", b": comment\n", b"\n\n", b"\r"])
def test_a_clean_end_is_clean(end: bytes) -> None:
    """Whole comments and empty lines after the last event are nothing unfinished."""
    assert decode([encode_event("whole"), end]) == ([Event("message", "whole", None)], False)


def test_a_cr_ends_the_event_at_once() -> None:
    """An event that ends in CR is not held back until the next read shows whether an LF follows."""
    decoder = Decoder()
    assert decoder.feed(b"data: x\r\r") == [Event("message", "x", None)]
    assert decoder.feed(b"\ndata: y\r\n\r") == [Event("message", "y", None)]
    assert decoder.feed(b"\n") == []


def test_work_grows_with_the_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte by byte, no character is searched for a line end twice."""
    searched = 0

    class Counting:
        def split(self, text: str) -> list[str]:
            nonlocal searched
            searched += len(text)
            return re.split("\r\n|\n|\r", text)

    monkeypatch.setattr(sse, "_LINE_END", Counting())
    stream = b"data: " + b"x" * 20_000 + b"\n\n"
    assert decode([stream[i : i + 1] for i in range(len(stream))])[0] == [Event("message", "x" * 20_000, None)]
    assert searched == len(stream)


def test_a_type_with_a_line_end_is_our_mistake() -> None:
    """A type that would break into two lines is not written."""
    with pytest.raises(OurMistake):
        encode_event("x", "a\nb")
