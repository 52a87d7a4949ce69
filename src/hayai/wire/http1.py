"""Where does an HTTP/1.1 message begin and end in these bytes, and what does it say?

Both directions of both sides: the client's requests out and responses in, the simulator's requests in and responses out. llhttp, by way
of httptools, does the reading and is kept strict; `http1_reading` listens to it. Nothing complete is lost to a mistake that follows it:
body pieces and requests are handed out first, and the mistake is raised by the call that has nothing else to give.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus

import httptools

from hayai.errors import OurMistake, TheirMistake
from hayai.wire.http1_reading import Request, RequestReading, ResponseReading

__all__ = [
    "LAST_CHUNK",
    "Request",
    "RequestParser",
    "ResponseParser",
    "encode_chunk",
    "encode_connect",
    "encode_head",
    "encode_request",
    "read_connect_answer",
]

LAST_CHUNK = b"0\r\n\r\n"
"""Ends a chunked body."""

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_TARGET = re.compile(r"[!-~]+")
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: ([^\r\n]*))?")
_BREAKS = re.compile(r"[\r\n\0]")
_CHUNK_SIZE = re.compile(rb"([1-9a-fA-F][0-9a-fA-F]{0,6})\r\n")
"""A chunk's first line as nearly everybody writes it; anything else, and the last chunk, is for llhttp."""


# Bytes out


def encode_request(method: str, path: str, headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    """One request as one bytes object: `path` and headers as given; Content-Length is added where a body or a POST needs it.

    Raises OurMistake for a method, path, name or value that would not be read back as itself, a Content-Length that is not the body's, or
    a Transfer-Encoding.
    """
    if not _TOKEN.fullmatch(method) or not _TARGET.fullmatch(path):
        raise OurMistake(f"bad_request_line {method!r} {path!r}")
    given = {name.lower(): value for name, value in headers}
    if "transfer-encoding" in given or given.get("content-length", str(len(body))) != str(len(body)):
        raise OurMistake(f"bad_framing headers that contradict a body of {len(body)} bytes")
    lines = _encode_headers(headers)
    if "content-length" not in given and (body or method == "POST"):
        lines += b"Content-Length: %d\r\n" % len(body)
    return b"%b %b HTTP/1.1\r\n%b\r\n%b" % (method.encode(), path.encode(), lines, body)


def encode_connect(host: str, port: int, headers: Sequence[tuple[str, str]]) -> bytes:
    """The request for a tunnel to `host:port`. Raises OurMistake for what would not be read back as itself."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if not _TARGET.fullmatch(place):
        raise OurMistake(f"bad_request_line CONNECT {place!r}")
    return b"CONNECT %b HTTP/1.1\r\n%b\r\n" % (place.encode(), _encode_headers([("Host", place), *headers]))


MOST_TUNNEL_HEAD = 65536
"""Bytes that the head of a proxy's answer may have."""


def read_connect_answer(data: bytes) -> tuple[int, str, bytes] | None:
    """Status, reason and what follows the head of the answer to CONNECT; None: the head is not complete yet.

    A 2xx answer has no body: what follows comes out of the tunnel. Raises TheirMistake for what is no HTTP.
    """
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        if len(data) > MOST_TUNNEL_HEAD or not b"HTTP/1.".startswith(data[:7]):
            raise TheirMistake("bad_connect_answer this is no answer to CONNECT")
        return None
    match = _STATUS.match(head)
    if match is None:
        raise TheirMistake("bad_connect_answer this is no answer to CONNECT")
    return int(match[1]), (match[2] or b"").decode("latin-1"), rest


def encode_head(status: int, headers: Sequence[tuple[str, str]]) -> bytes:
    """Status line, headers as given, and the empty line. Raises OurMistake for a name or value that would not be read back as itself."""
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = ""
    return b"HTTP/1.1 %d %b\r\n%b\r\n" % (status, reason.encode(), _encode_headers(headers))


def encode_chunk(data: bytes) -> bytes:
    """One chunk of a chunked body. Raises OurMistake for no data, because that would end the body: LAST_CHUNK does so on purpose."""
    if not data:
        raise OurMistake("empty_chunk would end the body")
    return b"%x\r\n%b\r\n" % (len(data), data)


def _encode_headers(headers: Sequence[tuple[str, str]]) -> bytes:
    for name, value in headers:
        if not _TOKEN.fullmatch(name) or _BREAKS.search(value):
            # The value is not told: it may be a credential.
            raise OurMistake(f"bad_header {name!r} has a character that headers cannot carry")
    try:
        return "".join(f"{name}: {value}\r\n" for name, value in headers).encode("latin-1")
    except UnicodeEncodeError:
        raise OurMistake("bad_header a value is not in Latin-1") from None


# Bytes in


class ResponseParser:
    """Reads the one response to one request; take a new parser for the next.

    Bytes that are whole chunks and nothing else, as most reads of most streams are, need no llhttp where a chunk may begin
    (`chunk_may_begin`: nothing of the next one has been fed): it is in the same state after them as before.

    A mistake is raised when there is nothing to hand out: at once when these bytes carried no body, otherwise at the next `feed` or `eof`
    (`mistake` shows it already). Its text begins with `bad_http`, `bad_version`, `bad_status`, `long_head`, `cut_head` or `cut_body`.
    """

    __slots__ = ("_parser", "_reading", "chunk_may_begin")

    def __init__(self) -> None:
        self._reading = ResponseReading()
        self._parser = httptools.HttpResponseParser(self._reading)
        self.chunk_may_begin = False

    @property
    def status(self) -> int | None:
        """Status of the final response; None until its head is complete. Interim responses (1xx) are skipped."""
        return self._reading.status

    @property
    def headers(self) -> dict[str, str]:
        """Names in lower case, values in Latin-1, repeated ones joined with ", "; empty until the head is complete. Without trailers."""
        return self._reading.joined

    @property
    def head_complete(self) -> bool:
        """The empty line after the headers of the final response has come."""
        return self._reading.head_complete

    @property
    def complete(self) -> bool:
        """The framing, or the end of a connection that ends the body, says that the message is over."""
        return self._reading.complete

    @property
    def keep_alive(self) -> bool:
        """The peer lets this connection serve another request; False until the head is complete."""
        return self._reading.keep_alive

    @property
    def trailing(self) -> bool:
        """Bytes came after the end of the message (stray line ends do not count): the connection must not be used again."""
        return self._reading.trailing

    @property
    def mistake(self) -> TheirMistake | None:
        """What broke the protocol, if anything has."""
        return self._reading.mistake

    def feed(self, data: bytes) -> list[bytes]:
        """The pieces of the body that these bytes carried, without the framing of chunks."""
        if self.chunk_may_begin and (pieces := whole_chunks(data)):
            return pieces
        reading = self._reading
        if reading.mistake is not None:
            raise TheirMistake(*reading.mistake.args)
        if reading.complete:
            reading.trailing = reading.trailing or bool(data.strip(b"\r\n"))
            return []
        with suppress(httptools.HttpParserUpgrade):  # Only a 101 raises it, and the reading has refused that.
            reading.parse(self._parser, data)
        # What it has heard of a chunk's first line without its end, nobody is told: such bytes do not end with a line.
        self.chunk_may_begin = reading.between_chunks and not reading.deaf and data.endswith(b"\r\n")
        pieces, reading.pieces = reading.pieces, []
        if reading.mistake is not None and not pieces:
            raise TheirMistake(*reading.mistake.args)
        return pieces

    def eof(self) -> None:
        """Say that the peer closed. Ends a body that has no other end; raises TheirMistake when the response is unfinished."""
        reading = self._reading
        if reading.mistake is not None:
            raise TheirMistake(*reading.mistake.args)
        if reading.complete:
            return
        if not reading.ends_with_connection:
            part = "body" if reading.head_complete else "head"
            raise TheirMistake(f"cut_{part} the connection ended inside the {part} of the response")
        reading.complete = True


@functools.lru_cache(maxsize=4096)
def _first_line(size: int) -> bytes:
    """How so many bytes begin if they are one whole chunk. Where no chunk has that length: what they cannot begin with."""
    for digits in range(1, 8):
        line = b"%x\r\n" % max(0, carried := size - digits - 4)
        if carried > 0 and len(line) == digits + 2:
            return line
    return bytes(size + 1)


def whole_chunks(data: bytes) -> list[bytes]:
    """What `data` carries where it consists of whole chunks, none of them the last; empty for all other bytes."""
    line = _first_line(len(data))
    if data.startswith(line) and data.endswith(b"\r\n"):
        return [data[len(line) : -2]]
    pieces: list[bytes] = []
    end = 0
    while end < len(data):
        if (size := _CHUNK_SIZE.match(data, end)) is None:
            return []
        begin = size.end()
        end = begin + int(size[1], 16) + 2
        if data[end - 2 : end] != b"\r\n":
            return []
        pieces.append(data[begin : end - 2])
    return pieces


class RequestParser:
    """Reads the requests of one connection, pipelined or not.

    A mistake is raised when there is nothing to hand out: at once when these bytes completed no request, otherwise at the next `feed`
    (`mistake` shows it already). Its text begins with `bad_http`, `bad_version`, `bad_method`, `long_head` or `long_body`.
    """

    __slots__ = ("_parser", "_reading")

    def __init__(self) -> None:
        self._reading = RequestReading()
        self._parser = httptools.HttpRequestParser(self._reading)

    @property
    def expect_continue(self) -> bool:
        """A client waits for `100 Continue` before it sends its body. Whoever has answered sets it back to False."""
        return self._reading.expect_continue

    @expect_continue.setter
    def expect_continue(self, waiting: bool) -> None:
        self._reading.expect_continue = waiting

    @property
    def mistake(self) -> TheirMistake | None:
        """What broke the protocol, if anything has."""
        return self._reading.mistake

    def feed(self, data: bytes) -> list[Request]:
        """The requests that these bytes completed, in order."""
        reading = self._reading
        if reading.mistake is not None:
            raise TheirMistake(*reading.mistake.args)
        while data and not reading.deaf:
            try:
                reading.parse(self._parser, data)
                break
            except httptools.HttpParserUpgrade as offer:
                # llhttp would leave HTTP here, without the body. The offer is declined by reading the same head again without it.
                data = self._head_without_offer() + data[offer.args[0] :]
                self._parser = httptools.HttpRequestParser(reading)
        requests, reading.requests = reading.requests, []
        if reading.mistake is not None and not requests:
            raise TheirMistake(*reading.mistake.args)
        return requests

    def _head_without_offer(self) -> bytes:
        reading = self._reading
        reading.as_written = reading.fields.copy()
        kept = [(name, value) for name, value in reading.fields if name.lower() != "upgrade"]
        start_line = f"{reading.method} {''.join(reading.target)} HTTP/{reading.version}\r\n"
        return start_line.encode("latin-1") + _encode_headers(kept) + b"\r\n"
