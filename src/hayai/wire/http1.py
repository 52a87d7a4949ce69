"""Where does an HTTP/1.1 message begin and end in these bytes, and what does it say?

Both directions of both sides: the client's requests out and responses in, the simulator's requests in and responses out. llhttp, by way
of httptools, does the reading and is kept strict. What stands here is what it leaves open: limits, which message is the answer, what the
end of the connection means, and that nothing complete is lost to a mistake that follows it.

httptools calls back into an object that it keeps; were that object to keep the parser too, each message would leave a ring of objects, and
the measuring agent runs with its garbage collector off. So parser and reading know each other only while bytes are being fed, and a mistake
that is kept is never itself raised (its traceback would hold the frames that hold it).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Generic, TypeVar

import httptools

from hayai.errors import OurMistake, TheirMistake

HEAD_LIMIT = 256 * 1024
"""Most bytes of start line and headers (trailers and interim responses count too) of one message."""

REQUEST_BODY_LIMIT = 25_000_000
"""Most bytes of a request's body; the largest that Bedrock takes."""

LAST_CHUNK = b"0\r\n\r\n"
"""Ends a chunked body."""

_LONG_HEAD = f"long_head of more than {HEAD_LIMIT} bytes"
_LONG_BODY = f"long_body of more than {REQUEST_BODY_LIMIT} bytes"
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_TARGET = re.compile(r"[!-~]+")
_BREAKS = re.compile(r"[\r\n\0]")


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

_P = TypeVar("_P", httptools.HttpResponseParser, httptools.HttpRequestParser)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it was written: target undecoded, headers in their order and case; `keep_alive` as version and headers ask."""

    method: str
    raw_path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    keep_alive: bool


class ResponseParser:
    """Reads the one response to one request; take a new parser for the next.

    A mistake is raised when there is nothing to hand out: at once when these bytes carried no body, otherwise at the next `feed` or `eof`
    (`mistake` shows it already). Its text begins with `bad_http`, `bad_version`, `bad_status`, `long_head`, `cut_head` or `cut_body`.
    """

    __slots__ = ("_parser", "_reading")

    def __init__(self) -> None:
        self._reading = _ResponseReading()
        self._parser = httptools.HttpResponseParser(self._reading)

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
        reading = self._reading
        if reading.mistake is not None:
            raise TheirMistake(*reading.mistake.args)
        if reading.complete:
            reading.trailing = reading.trailing or bool(data.strip(b"\r\n"))
            return []
        with suppress(httptools.HttpParserUpgrade):  # Only a 101 raises it, and the reading has refused that.
            reading.parse(self._parser, data)
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


class RequestParser:
    """Reads the requests of one connection, pipelined or not.

    A mistake is raised when there is nothing to hand out: at once when these bytes completed no request, otherwise at the next `feed`
    (`mistake` shows it already). Its text begins with `bad_http`, `bad_version`, `bad_method`, `long_head` or `long_body`.
    """

    __slots__ = ("_parser", "_reading")

    def __init__(self) -> None:
        self._reading = _RequestReading()
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
                data = reading.declined_offer() + data[offer.args[0] :]
                self._parser = httptools.HttpRequestParser(reading)
        requests, reading.requests = reading.requests, []
        if reading.mistake is not None and not requests:
            raise TheirMistake(*reading.mistake.args)
        return requests


class _Reading(Generic[_P]):
    """What llhttp has said so far; httptools calls the `on_` methods. `deaf` once the rest is of no interest."""

    parser: _P

    def __init__(self) -> None:
        self.mistake: TheirMistake | None = None
        self.deaf = False
        self.version = ""
        self.head_complete = False
        self.fields: list[tuple[str, str]] = []
        self.pieces: list[bytes] = []
        self.head_bytes = 0
        self.silent_bytes = 0
        self.spoke = False

    def parse(self, parser: _P, data: bytes) -> None:
        """Feed llhttp. HttpParserUpgrade is left to the caller."""
        self.parser = parser
        self.spoke = False
        try:
            parser.feed_data(data)
        except httptools.HttpParserError as error:
            self.blame(f"bad_http {error}")
        finally:
            del self.parser
        # When llhttp says nothing, the bytes belong to a line that has not ended, and httptools keeps them.
        self.silent_bytes = 0 if self.spoke else self.silent_bytes + len(data)
        if self.silent_bytes > HEAD_LIMIT:
            self.blame(_LONG_HEAD)

    def blame(self, text: str) -> None:
        """Note the first mistake and hear no more."""
        if not self.deaf:
            self.mistake = TheirMistake(text)
            self.deaf = True

    def count_head(self, size: int) -> None:
        """Take start line, headers and trailers from one limit."""
        self.spoke = True
        self.head_bytes += size
        if self.head_bytes > HEAD_LIMIT:
            self.blame(_LONG_HEAD)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.count_head(len(name) + len(value) + len(": \r\n"))
        if not self.deaf and not self.head_complete:
            self.fields.append((str(name, "latin-1"), str(value, "latin-1")))

    def on_headers_complete(self) -> None:
        self.count_head(len("HTTP/1.1 200\r\n\r\n"))
        self.version = self.parser.get_http_version()
        if self.version not in ("1.0", "1.1"):
            self.blame(f"bad_version {self.version}")

    def on_chunk_header(self) -> None:
        self.spoke = True

    def on_body(self, piece: bytes) -> None:
        self.spoke = True
        if not self.deaf:
            self.pieces.append(piece)


class _ResponseReading(_Reading[httptools.HttpResponseParser]):
    def __init__(self) -> None:
        super().__init__()
        self.status: int | None = None
        self.joined: dict[str, str] = {}
        self.complete = False
        self.keep_alive = False
        self.trailing = False
        self.ends_with_connection = False

    def blame(self, text: str) -> None:
        self.trailing = self.trailing or self.complete
        super().blame(text)

    def on_message_begin(self) -> None:
        self.spoke = True
        self.trailing = self.trailing or self.complete

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        status = self.parser.get_status_code()
        if status < 100 or status == HTTPStatus.SWITCHING_PROTOCOLS:
            self.blame(f"bad_status {status}")
        if self.deaf:
            return
        if status < 200:
            self.fields.clear()
            return
        self.head_complete = True
        self.status = status
        self.keep_alive = self.parser.should_keep_alive()
        repeated: dict[str, list[str]] = {}
        for name, value in self.fields:
            repeated.setdefault(name.lower(), []).append(value)
        self.joined = {name: ", ".join(values) for name, values in repeated.items()}
        last_coding = self.joined.get("transfer-encoding", "").lower().rpartition(",")[2].strip()
        self.ends_with_connection = "content-length" not in self.joined and last_coding != "chunked"

    def on_message_complete(self) -> None:
        self.spoke = True
        if self.head_complete and not self.deaf:
            self.complete = self.deaf = True


class _RequestReading(_Reading[httptools.HttpRequestParser]):
    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Request] = []
        self.expect_continue = False
        self.target: list[str] = []
        self.body_bytes = 0
        self.method = ""
        self.offers_upgrade = False
        self.as_written: list[tuple[str, str]] = []

    def declined_offer(self) -> bytes:
        """The head just read, without its offer to leave HTTP/1.1 (`Upgrade: h2c`)."""
        self.as_written = list(self.fields)
        kept = [(name, value) for name, value in self.fields if name.lower() != "upgrade"]
        start = f"{self.method} {''.join(self.target)} HTTP/{self.version}\r\n"
        return start.encode("latin-1") + _encode_headers(kept) + b"\r\n"

    def on_message_begin(self) -> None:
        self.spoke = True
        self.head_complete = False
        self.head_bytes = self.body_bytes = 0
        self.fields.clear()
        self.pieces.clear()
        self.target.clear()

    def on_url(self, part: bytes) -> None:
        self.count_head(len(part))
        if not self.deaf:
            self.target.append(str(part, "latin-1"))

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self.head_complete = True
        self.method = str(self.parser.get_method(), "ascii")
        self.offers_upgrade = self.parser.should_upgrade()
        if self.method == "CONNECT":
            self.blame("bad_method CONNECT")
        if self.as_written:
            self.fields, self.as_written = self.as_written, []
        for name, value in self.fields:
            if name.lower() == "expect" and value.lower() == "100-continue":
                self.expect_continue = not self.deaf
            if name.lower() == "content-length" and int(value) > REQUEST_BODY_LIMIT:
                self.blame(_LONG_BODY)

    def on_body(self, piece: bytes) -> None:
        self.body_bytes += len(piece)
        if self.body_bytes > REQUEST_BODY_LIMIT:
            self.blame(_LONG_BODY)
        super().on_body(piece)

    def on_message_complete(self) -> None:
        self.spoke = True
        self.expect_continue = False
        if not self.deaf and not self.offers_upgrade:
            target, body = "".join(self.target), b"".join(self.pieces)
            self.requests.append(
                Request(self.method, target, tuple(self.fields), body, self.parser.should_keep_alive())
            )
