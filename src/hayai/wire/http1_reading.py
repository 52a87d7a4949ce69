"""What has llhttp told us so far, and is it still within what we accept?

httptools calls the `on_` methods of an object that it keeps. Were that object to keep the parser too, each message would leave a ring of
objects, and the measuring agent runs with its garbage collector off. So parser and reading know each other only while bytes are being fed,
and a mistake that is kept is never itself raised (its traceback would hold the frames that hold it).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Generic, TypeVar

import httptools
import msgspec

from hayai.errors import TheirMistake

HEAD_LIMIT = 256 * 1024
"""Most bytes of start line and headers (trailers and interim responses count too) of one message."""

REQUEST_BODY_LIMIT = 25_000_000
"""Most bytes of a request's body; the largest that Bedrock takes."""

_LONG_HEAD = f"long_head of more than {HEAD_LIMIT} bytes"
_LONG_BODY = f"long_body of more than {REQUEST_BODY_LIMIT} bytes"

_P = TypeVar("_P", httptools.HttpResponseParser, httptools.HttpRequestParser)


class Request(msgspec.Struct, frozen=True):
    """One request as it was written: target undecoded, headers in their order and case; `keep_alive` as version and headers ask."""

    method: str
    raw_path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    keep_alive: bool


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
        """A header or trailer; trailers only count."""
        self.count_head(len(name) + len(value) + len(": \r\n"))
        if not self.deaf and not self.head_complete:
            self.fields.append((str(name, "latin-1"), str(value, "latin-1")))

    def on_headers_complete(self) -> None:
        """The head is over."""
        self.count_head(len("HTTP/1.1 200\r\n\r\n"))
        self.version = self.parser.get_http_version()
        if self.version not in ("1.0", "1.1"):
            self.blame(f"bad_version {self.version}")

    def on_chunk_header(self) -> None:
        """A chunk begins."""
        self.spoke = True

    def on_body(self, piece: bytes) -> None:
        """Bytes of the body."""
        self.spoke = True
        if not self.deaf:
            self.pieces.append(piece)


class ResponseReading(_Reading[httptools.HttpResponseParser]):
    """One response: interim ones are passed over, and what comes after the end only counts as `trailing`."""

    def __init__(self) -> None:
        super().__init__()
        self.status: int | None = None
        self.joined: dict[str, str] = {}
        self.complete = False
        self.keep_alive = False
        self.trailing = False
        self.ends_with_connection = False
        self.between_chunks = False
        """Of a chunked body: a chunk has ended, and no other has begun as far as llhttp tells."""

    def blame(self, text: str) -> None:
        """Note the first mistake; after the end it is only `trailing`."""
        self.trailing = self.trailing or self.complete
        super().blame(text)

    def on_message_begin(self) -> None:
        """A message begins."""
        self.spoke = True
        self.trailing = self.trailing or self.complete

    def on_headers_complete(self) -> None:
        """The head is over."""
        super().on_headers_complete()
        self.between_chunks = False
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

    def on_chunk_header(self) -> None:
        """A chunk begins."""
        super().on_chunk_header()
        self.between_chunks = False

    def on_chunk_complete(self) -> None:
        """A chunk has ended, its line end included."""
        self.between_chunks = True

    def on_message_complete(self) -> None:
        """The message is over."""
        self.spoke = True
        if self.head_complete and not self.deaf:
            self.complete = self.deaf = True


class RequestReading(_Reading[httptools.HttpRequestParser]):
    """The requests of one connection. `as_written` holds the true headers of a head that is being read a second time."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Request] = []
        self.expect_continue = False
        self.target: list[str] = []
        self.body_bytes = 0
        self.method = ""
        self.offers_upgrade = False
        self.as_written: list[tuple[str, str]] = []

    def on_message_begin(self) -> None:
        """A message begins."""
        self.spoke = True
        self.head_complete = False
        self.head_bytes = self.body_bytes = 0
        self.fields.clear()
        self.pieces.clear()
        self.target.clear()

    def on_url(self, part: bytes) -> None:
        """A part of the target."""
        self.count_head(len(part))
        if not self.deaf:
            self.target.append(str(part, "latin-1"))

    def on_headers_complete(self) -> None:
        """The head is over."""
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
        """Bytes of the body."""
        self.body_bytes += len(piece)
        if self.body_bytes > REQUEST_BODY_LIMIT:
            self.blame(_LONG_BODY)
        super().on_body(piece)

    def on_message_complete(self) -> None:
        """The message is over."""
        self.spoke = True
        self.expect_continue = False
        if not self.deaf and not self.offers_upgrade:
            target, body = "".join(self.target), b"".join(self.pieces)
            self.requests.append(
                Request(self.method, target, tuple(self.fields), body, self.parser.should_keep_alive())
            )
