"""Writing and reading requests, and writing responses: what is promised to the engine and to the simulator."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.errors import OurMistake, TheirMistake
from hayai.wire.http1 import (
    Request,
    RequestParser,
    encode_chunk,
    encode_head,
    encode_request,
)
from hayai.wire.http1_reading import HEAD_LIMIT, REQUEST_BODY_LIMIT
from tests.wire.transcripts import all_cuts, cut, places


def read(pieces: list[bytes]) -> tuple[list[Request], str | None]:
    """Every request of a connection, and the first word of the mistake that ended it."""
    parser, found = RequestParser(), list[Request]()
    try:
        for piece in pieces:
            found += parser.feed(piece)
        if parser.mistake is not None:
            raise parser.mistake
    except TheirMistake as mistake:
        return found, str(mistake).split()[0]
    return found, None


PIPELINED = (
    b"POST /model/us.anthropic.x-v1%3A0/converse%2Fy?a=b HTTP/1.1\r\nhOST: x\r\nX-B: 2\r\nx-a: 1\r\nX-B: 3\r\ncontent-length: 2\r\n\r\n{}"
    b"\r\nGET /a:b HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n"
    b"POST /up HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\nContent-Length: 4\r\n\r\nbody"
    b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"
)
REQUESTS = [
    Request(
        "POST",
        "/model/us.anthropic.x-v1%3A0/converse%2Fy?a=b",
        (("hOST", "x"), ("X-B", "2"), ("x-a", "1"), ("X-B", "3"), ("content-length", "2")),
        b"{}",
        True,
    ),
    Request("GET", "/a:b", (("Connection", "keep-alive"),), b"", True),
    Request("PUT", "/", (("Transfer-Encoding", "chunked"),), b"abcde", True),
    Request(
        "POST",
        "/up",
        (
            ("Connection", "Upgrade, HTTP2-Settings"),
            ("Upgrade", "h2c"),
            ("HTTP2-Settings", "AA"),
            ("Content-Length", "4"),
        ),
        b"body",
        True,
    ),
    Request("GET", "/", (("Connection", "close"),), b"", False),
]


def test_every_cut_of_a_pipelined_connection() -> None:
    """Targets undecoded, headers in their order and case, chunked bodies joined, an offered upgrade declined: the same in every cut."""
    for pieces in all_cuts(PIPELINED):
        assert read(pieces) == (REQUESTS, None)


tokens = st.text("abcXYZ019-_.!~", min_size=1, max_size=12)
values = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=30).filter(
    lambda value: value == value.strip(" \t") and not any(ord(c) < 32 or ord(c) == 127 for c in value)
)
targets = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=30).map(
    lambda rest: "/" + rest
)
reserved = {"content-length", "transfer-encoding", "connection", "upgrade", "proxy-connection", "keep-alive"}
fields = st.lists(st.tuples(tokens.filter(lambda name: name.lower() not in reserved), values), max_size=6)


@given(st.sampled_from(["GET", "POST", "PUT", "DELETE"]), targets, fields, st.binary(max_size=200), places())
def test_what_is_written_is_read(
    method: str, target: str, headers: list[tuple[str, str]], body: bytes, cuts: list[int]
) -> None:
    """`encode_request` and the parser agree on every part, in any cut, with another request behind."""
    stream = encode_request(method, target, headers, body) + encode_request("GET", "/next", [], b"")
    requests, mistake = read(cut(stream, cuts))
    length = [("Content-Length", str(len(body)))] if body or method == "POST" else []
    assert mistake is None
    assert requests[0] == Request(method, target, (*headers, *length), body, True)
    assert requests[1].raw_path == "/next"


def test_a_length_that_was_given_is_not_written_twice() -> None:
    """A caller that signs Content-Length gives it, and it stays where it is."""
    assert (
        encode_request("POST", "/", [("Content-Length", "2"), ("a", "b")], b"{}")
        == b"POST / HTTP/1.1\r\nContent-Length: 2\r\na: b\r\n\r\n{}"
    )


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/", [("a", "b\r\nc: d")]),
        ("GET", "/", [("a", "b\nc")]),
        ("GET", "/", [("a", "b\0")]),
        ("GET", "/", [("a\r\n", "b")]),
        ("GET", "/", [("a b", "b")]),
        ("GET", "/", [("a:", "b")]),
        ("GET", "/", [("", "b")]),
        ("GET", "/", [("a", "速い")]),
        ("GET", "/a b", []),
        ("GET", "/a\r\nb", []),
        ("GET", "/速い", []),
        ("GET", "", []),
        ("GET /", "/", []),
        ("GET", "/", [("Content-Length", "3")]),
        ("GET", "/", [("transfer-encoding", "chunked")]),
    ],
)
def test_nothing_is_written_that_reads_as_something_else(
    method: str, path: str, headers: list[tuple[str, str]]
) -> None:
    """Line ends, NUL, spaces, other scripts and a wrong length are our mistake, before a byte is sent."""
    with pytest.raises(OurMistake):
        encode_request(method, path, headers, b"")


def test_a_refused_value_is_not_told() -> None:
    """The mistake names the header and keeps its value to itself: it may be a credential."""
    with pytest.raises(OurMistake) as raised:
        encode_request("GET", "/", [("Authorization", "Bearer sesame\n")], b"")
    assert "Authorization" in str(raised.value)
    assert "sesame" not in str(raised.value)


@given(st.binary(max_size=300), st.sampled_from([b"", b"POST / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\n\r\n"]), places())
def test_garbage_is_a_mistake_and_nothing_else(garbage: bytes, before: bytes, cuts: list[int]) -> None:
    """Bytes of no meaning end in TheirMistake, never in another exception, and the cut does not matter."""
    assert read(cut(before + garbage, cuts)) == read([before + garbage])


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "bad_http"),
        (b"GET / HTTP/2.0\r\n\r\n", "bad_version"),
        (b"CONNECT a:1 HTTP/1.1\r\n\r\n", "bad_method"),
        (b"\x16\x03\x01\x02\x00\x01", "bad_http"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "bad_http"),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (REQUEST_BODY_LIMIT + 1), "long_body"),
    ],
)
def test_what_is_not_served(stream: bytes, code: str) -> None:
    """HTTP/2, tunnels, TLS on a plain port, two framings and a body over the limit, in every cut."""
    for pieces in all_cuts(stream):
        assert read(pieces) == ([], code)


def test_requests_before_a_mistake_are_handed_out_first() -> None:
    """The read that holds a request and a mistake gives the request; `mistake` shows it at once, the next call raises it."""
    parser = RequestParser()
    assert len(parser.feed(b"GET / HTTP/1.1\r\n\r\n\x00")) == 1
    assert parser.mistake is not None
    with pytest.raises(TheirMistake, match=r"^bad_http "):
        parser.feed(b"x")


def test_a_chunked_body_over_the_limit_is_refused() -> None:
    """A body without a stated length is counted as it comes; the limit itself is allowed."""
    chunk = encode_chunk(bytes(1_000_000))
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    requests, mistake = read([head, *[chunk] * 25, b"0\r\n\r\n"])
    assert (len(requests), len(requests[0].body), mistake) == (1, REQUEST_BODY_LIMIT, None)
    assert read([head, *[chunk] * 25, b"1\r\nx\r\n"]) == ([], "long_body")


def test_an_endless_target_is_refused() -> None:
    """A start line without end is refused at the limit."""
    assert read([b"GET /", *[b"x" * 1000] * (HEAD_LIMIT // 1000 + 2)]) == ([], "long_head")


def test_expect_continue_is_seen_until_the_body_comes() -> None:
    """The flag stands while the client waits; whoever has answered sets it back."""
    parser = RequestParser()
    head = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    assert parser.feed(head[:-1]) == []
    assert not parser.expect_continue
    parser.feed(head[-1:])
    assert parser.expect_continue
    parser.expect_continue = False
    parser.feed(b"h")
    assert not parser.expect_continue
    assert parser.feed(b"i")[0].body == b"hi"
    assert len(parser.feed(head + b"hi")) == 1
    assert not parser.expect_continue


def test_heads_of_responses() -> None:
    """Reason phrases come from the standard, and an unknown status has none."""
    assert encode_head(429, [("A", "b"), ("a", "c")]) == b"HTTP/1.1 429 Too Many Requests\r\nA: b\r\na: c\r\n\r\n"
    assert encode_head(599, []) == b"HTTP/1.1 599 \r\n\r\n"
    with pytest.raises(OurMistake):
        encode_head(200, [("a", "b\r\n")])


def test_an_empty_chunk_is_our_mistake() -> None:
    """No data would be the last chunk, which has its own name."""
    assert encode_chunk(b"x" * 26) == b"1a\r\n" + b"x" * 26 + b"\r\n"
    with pytest.raises(OurMistake):
        encode_chunk(b"")
