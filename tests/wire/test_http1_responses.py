"""Reading responses: what is promised to whoever feeds bytes from the wire, however they were cut."""

from __future__ import annotations

import gc
import itertools
import weakref
from dataclasses import dataclass, field

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.errors import TheirMistake
from hayai.wire.http1 import LAST_CHUNK, ResponseParser, encode_chunk, encode_head, whole_chunks
from hayai.wire.http1_reading import HEAD_LIMIT, ResponseReading
from tests.wire.transcripts import all_cuts, cut, places


@dataclass(frozen=True)
class Seen:
    """All that a parser says about one response."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    complete: bool = False
    keep_alive: bool = False
    trailing: bool = False
    mistake: str | None = None


def read(pieces: list[bytes], *, then_eof: bool = True) -> Seen:
    """Feed the pieces, then the end of the connection."""
    parser, body, mistake = ResponseParser(), b"", None
    try:
        for piece in pieces:
            body += b"".join(parser.feed(piece))
        if then_eof:
            parser.eof()
    except TheirMistake as reason:
        mistake = str(reason).split()[0]
    return Seen(
        parser.status,
        parser.headers,
        body,
        complete=parser.complete,
        keep_alive=parser.keep_alive,
        trailing=parser.trailing,
        mistake=mistake,
    )


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
TRANSCRIPTS = {
    "content-length": (
        OK + b"Content-Length: 5\r\nX-A: 1\r\nx-a: 2\r\n\r\nhello",
        Seen(200, {"content-length": "5", "x-a": "1, 2"}, b"hello", complete=True, keep_alive=True),
    ),
    "chunked": (
        CHUNKED + b'5;ext=1;b="c"\r\nhello\r\n0A\r\n\r\n0\r\n\r\n012\r\n0\r\nTrailer: x\r\n\r\n',
        Seen(200, {"transfer-encoding": "chunked"}, b"hello\r\n0\r\n\r\n012", complete=True, keep_alive=True),
    ),
    "close-delimited": (OK + b"\r\nall of it\r\n", Seen(200, {}, b"all of it\r\n", complete=True)),
    "close-delimited and empty": (OK + b"\r\n", Seen(200, {}, complete=True)),
    "unknown coding": (
        OK + b"Transfer-Encoding: chunked, x\r\n\r\nraw",
        Seen(200, {"transfer-encoding": "chunked, x"}, b"raw", complete=True),
    ),
    "HTTP/1.0": (
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        Seen(200, {"content-length": "2"}, b"ok", complete=True),
    ),
    "HTTP/1.0 until the end": (b"HTTP/1.0 404 Not Found\r\n\r\nno", Seen(404, {}, b"no", complete=True)),
    "HTTP/1.0 kept": (
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
        Seen(200, {"connection": "keep-alive", "content-length": "0"}, complete=True, keep_alive=True),
    ),
    "connection: close": (
        OK + b"Connection: close\r\nContent-Length: 1\r\n\r\nx",
        Seen(200, {"connection": "close", "content-length": "1"}, b"x", complete=True),
    ),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", Seen(204, {}, complete=True, keep_alive=True)),
    "304 with the length of what it spares": (
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
        Seen(304, {"content-length": "9"}, complete=True, keep_alive=True),
    ),
    "interim responses": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        + OK
        + b"Content-Length: 1\r\n\r\nx",
        Seen(200, {"content-length": "1"}, b"x", complete=True, keep_alive=True),
    ),
    "no reason": (
        b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
        Seen(200, {"content-length": "0"}, complete=True, keep_alive=True),
    ),
    "latin-1 and empty values": (
        OK + b"A: \xe9\r\nB:\r\nContent-Length: 0\r\n\r\n",
        Seen(200, {"a": "é", "b": "", "content-length": "0"}, complete=True, keep_alive=True),
    ),
    "a second response": (
        OK + b"Content-Length: 1\r\n\r\nx" + OK + b"Content-Length: 1\r\n\r\ny",
        Seen(200, {"content-length": "1"}, b"x", complete=True, keep_alive=True, trailing=True),
    ),
    "garbage behind": (
        CHUNKED + b"1\r\nx\r\n0\r\n\r\n?",
        Seen(200, {"transfer-encoding": "chunked"}, b"x", complete=True, keep_alive=True, trailing=True),
    ),
    "garbage behind a close": (
        OK + b"Connection: close\r\nContent-Length: 1\r\n\r\nx?",
        Seen(200, {"connection": "close", "content-length": "1"}, b"x", complete=True, trailing=True),
    ),
    "line ends behind": (
        OK + b"Content-Length: 1\r\n\r\nx\r\n\r\n",
        Seen(200, {"content-length": "1"}, b"x", complete=True, keep_alive=True),
    ),
    "bad chunk": (
        CHUNKED + b"2\r\nab\r\nzz\r\n",
        Seen(200, {"transfer-encoding": "chunked"}, b"ab", keep_alive=True, mistake="bad_http"),
    ),
    "long chunk": (
        CHUNKED + b"1\r\nabc\r\n",
        Seen(200, {"transfer-encoding": "chunked"}, b"a", keep_alive=True, mistake="bad_http"),
    ),
    "cut chunk": (
        CHUNKED + b"5\r\nhel",
        Seen(200, {"transfer-encoding": "chunked"}, b"hel", keep_alive=True, mistake="cut_body"),
    ),
    "no last chunk": (
        CHUNKED + b"1\r\na\r\n",
        Seen(200, {"transfer-encoding": "chunked"}, b"a", keep_alive=True, mistake="cut_body"),
    ),
    "cut body": (
        OK + b"Content-Length: 5\r\n\r\nhel",
        Seen(200, {"content-length": "5"}, b"hel", keep_alive=True, mistake="cut_body"),
    ),
    "cut head": (OK + b"Content-Le", Seen(mistake="cut_head")),
    "nothing": (b"", Seen(mistake="cut_head")),
    "two lengths": (OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", Seen(mistake="bad_http")),
    "two framings": (OK + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx", Seen(mistake="bad_http")),
    "bare LF": (b"HTTP/1.1 200 OK\nContent-Length: 0\n\n", Seen(mistake="bad_http")),
    "HTTP/2": (b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", Seen(mistake="bad_version")),
    "another protocol": (b"SSH-2.0-OpenSSH_9.2\r\n", Seen(mistake="bad_http")),
    "a TLS alert": (b"\x15\x03\x03\x00\x02\x02\x28", Seen(mistake="bad_http")),
    "101": (b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\nx", Seen(mistake="bad_status")),
    "099": (b"HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n", Seen(mistake="bad_status")),
}


@pytest.mark.parametrize(("stream", "expected"), TRANSCRIPTS.values(), ids=TRANSCRIPTS.keys())
def test_every_cut_of_every_transcript(stream: bytes, expected: Seen) -> None:
    """Whole, byte by byte and in two at every place: the same status, headers, body, end and mistake."""
    for pieces in all_cuts(stream):
        assert read(pieces) == expected


@given(
    st.lists(st.binary(min_size=1, max_size=100), max_size=8), places(), st.sampled_from(["chunked", "length", "close"])
)
def test_any_body_in_any_framing_and_cut(parts: list[bytes], cuts: list[int], framing: str) -> None:
    """What the server side writes, the client side reads, however it is framed and cut."""
    body = b"".join(parts)
    stream = {
        "chunked": encode_head(200, [("Transfer-Encoding", "chunked")])
        + b"".join(map(encode_chunk, parts))
        + LAST_CHUNK,
        "length": encode_head(200, [("Content-Length", str(len(body)))]) + body,
        "close": encode_head(200, []) + body,
    }[framing]
    seen = read(cut(stream, cuts))
    assert (seen.body, seen.complete, seen.trailing, seen.mistake) == (body, True, False, None)
    assert read(cut(stream, cuts), then_eof=False).complete == (framing != "close")


@given(st.binary(max_size=300), st.sampled_from([b"", OK, CHUNKED, OK + b"\r\n"]), places())
def test_garbage_is_a_mistake_and_nothing_else(garbage: bytes, before: bytes, cuts: list[int]) -> None:
    """Bytes of no meaning end in TheirMistake or are a body, never in another exception, and the cut does not matter."""
    assert read(cut(before + garbage, cuts)) == read([before + garbage])


def test_pieces_are_those_of_each_read() -> None:
    """Each read gives the body bytes it carried, so that they can be given that read's instant."""
    parser = ResponseParser()
    assert parser.feed(CHUNKED) == []
    assert parser.feed(b"2\r\nab\r\n3\r\ncd") == [b"ab", b"cd"]
    assert parser.feed(b"e\r\n") == [b"e"]
    assert not parser.complete
    assert parser.feed(LAST_CHUNK) == []
    assert parser.complete


PAYLOADS = st.one_of(st.binary(min_size=1, max_size=40), st.text("0\r\n5a;", min_size=1).map(str.encode))
CHUNKS = st.one_of(
    PAYLOADS.map(encode_chunk),
    PAYLOADS.map(lambda data: b"%X\r\n%b\r\n" % (len(data), data)),
    PAYLOADS.map(lambda data: b"00%x\r\n%b\r\n" % (len(data), data)),
    PAYLOADS.map(lambda data: b"%x;name=value\r\n%b\r\n" % (len(data), data)),
    PAYLOADS.map(lambda data: b"%x \r\n%b\r\n" % (len(data), data)),
    PAYLOADS.map(lambda data: b"+%x\r\n%b\r\n" % (len(data), data)),
    PAYLOADS.map(lambda data: b"%x\n%b\r\n" % (len(data), data)),
    PAYLOADS.map(lambda data: b"%x\r\n%bx\r\n" % (len(data), data)),
    st.sampled_from(
        [LAST_CHUNK, b"0\r\nX: 1\r\n\r\n", b"0\r\n", b"\r\n", b"fffffffffffffffff\r\n", b"fffffff\r\nab\r\n"]
    ),
)


@given(
    st.sampled_from(
        [CHUNKED, OK + b"Content-Length: 99\r\n\r\n", OK + b"\r\n", OK.replace(b"1.1", b"1.0") + CHUNKED[17:]]
    ),
    st.lists(CHUNKS, max_size=12),
    places(),
    st.booleans(),
)
def test_the_short_way_through_whole_chunks_says_what_llhttp_says(
    head: bytes, chunks: list[bytes], where: list[int], at_chunks: bool
) -> None:
    """Read by read: the same body, the same end, the same mistakes, however chunks are written and cut."""
    reads = [head, *chunks] if at_chunks else cut(head + b"".join(chunks), where)

    def said() -> list[object]:
        parser = ResponseParser()
        found: list[object] = []
        for data in reads:
            try:
                found.append(b"".join(parser.feed(data)))
            except TheirMistake as reason:
                found.append(str(reason))
            found.append((parser.complete, parser.keep_alive, parser.trailing, str(parser.mistake)))
        return found

    short = said()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hayai.wire.http1.whole_chunks", lambda _data: [])
        assert short == said()


@pytest.mark.parametrize("said", [-2, -1, 0, 1, 2])
def test_a_chunk_is_whole_when_its_first_line_says_so(said: int) -> None:
    """Whatever the bytes look like: one that is longer than what there is, or shorter, is none; some lengths no chunk can have."""
    sizes = [*range(40), *range(255, 270), *range(4095, 4120)]
    for size, digits in itertools.product(sizes, (1, 2, 3, 4)):
        line = b"%x\r\n" % max(0, size - digits - 4 + said)
        data = (line + b"0" * size)[: max(0, size - 2)] + b"\r\n"
        carried = len(data) - len(line) - 2
        whole = carried > 0 and line == b"%x\r\n" % carried
        assert whole_chunks(data) == ([data[len(line) : -2]] if whole else [])


def test_whole_chunks_need_no_llhttp(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a stream as services write it, llhttp is fed the beginning and the end."""
    fed: list[bytes] = []
    parse = ResponseReading.parse

    def counted(reading: ResponseReading, parser: httptools.HttpResponseParser, data: bytes) -> None:
        fed.append(data)
        parse(reading, parser, data)

    monkeypatch.setattr(ResponseReading, "parse", counted)
    one, two = encode_chunk(b"one"), encode_chunk(b"two")
    parser = ResponseParser()
    assert [parser.feed(data) for data in (CHUNKED + one, two, one + two, two + LAST_CHUNK)] == [
        [b"one"],
        [b"two"],
        [b"one", b"two"],
        [b"two"],
    ]
    assert parser.complete
    assert fed == [CHUNKED + one, two + LAST_CHUNK]


def test_body_before_a_mistake_is_handed_out_first() -> None:
    """The read that holds body and a mistake gives the body; `mistake` shows it at once, the next call raises it."""
    parser = ResponseParser()
    assert parser.feed(CHUNKED + b"2\r\nab\r\nzz\r\n") == [b"ab"]
    assert parser.mistake is not None
    with pytest.raises(TheirMistake, match=r"^bad_http "):
        parser.feed(b"x")
    with pytest.raises(TheirMistake, match=r"^bad_http "):
        parser.eof()


ENDLESS = {
    "one header": (OK + b"X: ", b"x" * 1000),
    "headers": (OK, b"X: y\r\n" * 100),
    "name": (OK, b"x" * 1000),
    "interim responses": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 20),
    "chunk extension": (CHUNKED + b"1;", b"x" * 1000),
    "trailer": (CHUNKED + b"0\r\nX: ", b"x" * 1000),
    "trailers": (CHUNKED + b"0\r\n", b"X: y\r\n" * 100),
}


@pytest.mark.parametrize(("start", "more"), ENDLESS.values(), ids=ENDLESS.keys())
def test_a_head_without_end_is_refused(start: bytes, more: bytes) -> None:
    """Whatever part of the framing a server makes endless, it is refused soon after the limit."""
    parser = ResponseParser()
    assert parser.feed(start) == []
    fed = 0
    with pytest.raises(TheirMistake, match=r"^long_head "):  # noqa: PT012 -- which read is refused is the question
        while fed < 4 * HEAD_LIMIT:
            fed += len(more)
            parser.feed(more)
    assert HEAD_LIMIT / 2 < fed < 3 * HEAD_LIMIT


def test_a_long_head_within_the_limit_is_read() -> None:
    """A head just below the limit, in one read."""
    value = b"x" * (HEAD_LIMIT - 100)
    assert read([OK + b"X: " + value + b"\r\nContent-Length: 0\r\n\r\n"]).headers["x"] == value.decode()
    assert read([OK + b"X: " + value + value + b"\r\nContent-Length: 0\r\n\r\n"]).mistake == "long_head"


def test_work_grows_with_the_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte by byte, llhttp is given each byte once."""
    given_bytes = 0

    original = httptools.HttpResponseParser

    class Counting:
        def __init__(self, reading: object) -> None:
            self._parser = original(reading)

        def feed_data(self, data: bytes) -> None:
            nonlocal given_bytes
            given_bytes += len(data)
            self._parser.feed_data(data)

        def __getattr__(self, name: str) -> object:
            return getattr(self._parser, name)

    monkeypatch.setattr("hayai.wire.http1.httptools.HttpResponseParser", Counting)
    stream = encode_head(200, [("Transfer-Encoding", "chunked")]) + encode_chunk(bytes(20_000)) + LAST_CHUNK
    assert read([stream[i : i + 1] for i in range(len(stream))]).body == bytes(20_000)
    assert given_bytes == len(stream)


def test_a_dropped_parser_leaves_no_ring() -> None:
    """The measuring agent runs without its garbage collector: a parser must go when its last user lets go, finished or not."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        parsers = [ResponseParser(), ResponseParser(), ResponseParser()]
        parsers[0].feed(OK + b"Content-Length: 1\r\n\r\nx")
        parsers[1].feed(CHUNKED + b"5\r\nab")
        with pytest.raises(TheirMistake):
            parsers[2].feed(b"garbage")
        readings = [weakref.ref(parser._reading) for parser in parsers]
        parsers.clear()
        assert [reading() for reading in readings] == [None, None, None]
    finally:
        if was_enabled:
            gc.enable()
