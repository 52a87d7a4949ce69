"""HTTP as it comes from proxies, old servers and broken ones: right numbers or a clear outcome, and the run goes on.

One table: how the answer comes, and what becomes of it. A server answers as scripted and notes the instant of every write, so that each
piece can be held against the write that brought it.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat

import pytest

from hayai.keep.records import RequestRecord
from hayai.wire.http1 import LAST_CHUNK, encode_chunk
from tests.cli.scripted import Scripted, scripted
from tests.cli.shell import Shell, clean_environment
from tests.providers.openai_transcripts import DONE, chunk, chunked, event, sized

USAGE = event({"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 3}})
EVENTS = (
    chunk({"role": "assistant", "content": ""}),
    chunk({"content": "One"}),
    chunk({"content": " two"}),
    chunk({}, "stop"),
    USAGE,
    DONE,
)
HEAD = chunked(whole=False)
OLD_HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
WHOLE = {"choices": [{"index": 0, "message": {"content": "One two"}, "finish_reason": "stop"}], "usage": {}}
CHUNKS = tuple(map(encode_chunk, EVENTS))
HANG_UP = b""


def extended(chunk: bytes) -> bytes:
    """The same chunk with an extension behind its length, as RFC 9112 allows and nobody uses."""
    size, _, rest = chunk.partition(b"\r\n")
    return size + b';name="a;b"\r\n' + rest


class Endless:
    """Some parts, and then one again and again."""

    def __init__(self, *parts: bytes) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        return chain(self._parts, repeat(self._parts[-1]))


@dataclass(frozen=True, kw_only=True)
class Case:
    """How an answer comes, and what must become of it."""

    parts: Iterable[bytes]
    outcome: str = "ok"
    code: str | None = None
    words: str = ""
    """What the report says of it."""
    pieces: tuple[int, ...] = ()
    """Which part completed each piece."""


CASES = {
    "plain": Case(parts=[HEAD, *CHUNKS, LAST_CHUNK], pieces=(2, 3)),
    "http10": Case(parts=[OLD_HEAD, *EVENTS, HANG_UP], pieces=(2, 3)),
    "http10-body": Case(parts=[sized(200, WHOLE).replace(b"HTTP/1.1", b"HTTP/1.0")]),
    "http10-cut": Case(
        parts=[OLD_HEAD, *EVENTS[:3], HANG_UP], outcome="cut_off", code="no_completion", words="ended without the event"
    ),
    "interim": Case(
        parts=[
            b"HTTP/1.1 100 Continue\r\n\r\n",
            b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
            HEAD,
            *CHUNKS,
            LAST_CHUNK,
        ],
        pieces=(4, 5),
    ),
    "extensions": Case(parts=[HEAD, *map(extended, CHUNKS), b"0;last\r\n\r\n"], pieces=(2, 3)),
    "trailers": Case(parts=[HEAD, *CHUNKS, b"0\r\nX-Checksum: 1\r\nX-Time: 2\r\n\r\n"], pieces=(2, 3)),
    "gzip": Case(
        parts=[
            chunked(headers=(("Content-Encoding", "gzip"),), whole=False),
            encode_chunk(gzip.compress(b"".join(EVENTS))),
            LAST_CHUNK,
        ],
        outcome="bad_protocol",
        code="compressed_response",
        words="content-encoding gzip, though none was accepted",
    ),
    "gzip-refusal": Case(
        parts=[sized(503, gzip.compress(b"{}"), ("Content-Encoding", "gzip"))], outcome="server_error", code="http_503"
    ),
    "other-protocol": Case(
        parts=[b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"],
        outcome="bad_protocol",
        code="bad_status",
        words="bad_status: 101",
    ),
    "http2": Case(
        parts=[b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"],
        outcome="bad_protocol",
        code="bad_version",
    ),
    "nothing": Case(parts=[b"HTTP/1.1 204 No Content\r\n\r\n"], outcome="cut_off", code="no_completion"),
    "silent": Case(parts=[HEAD, *CHUNKS[:3]], outcome="timed_out", code="gap_timeout", words="nothing for 0.8 s"),
    "pings": Case(
        parts=Endless(HEAD, *CHUNKS[:3], encode_chunk(b": ping\n\n")),
        outcome="timed_out",
        code="total_timeout",
        words="not complete after 1.5 s",
    ),
    "talks-on": Case(
        parts=Endless(HEAD, *CHUNKS[:3]), outcome="timed_out", code="total_timeout", words="not complete after 1.5 s"
    ),
    "endless-head": Case(
        parts=Endless(b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"x" * 8192 + b"\r\n"),
        outcome="bad_protocol",
        code="long_head",
        words="of more than 262144 bytes",
    ),
    "endless-line": Case(
        parts=Endless(HEAD, b"5;" + b"x" * 8192, b"x" * 8192),
        outcome="bad_protocol",
        code="long_head",
        words="of more than 262144 bytes",
    ),
    "endless-event": Case(
        parts=Endless(HEAD, encode_chunk(b"data: " + b"x" * 8192), encode_chunk(b"x" * 8192)),
        outcome="timed_out",
        code="total_timeout",
        words="not complete after 1.5 s",
    ),
}
WAITS = ("--gap-timeout", "800ms", "--total-timeout", "1500ms")


@pytest.fixture(scope="module")
def service() -> Iterator[Scripted]:
    """The server. Its pauses keep each part in a read of its own."""
    with scripted({name: case.parts for name, case in CASES.items()}, pause_s=0.005) as server:
        yield server


@pytest.fixture(scope="module")
def measured(service: Scripted, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, RequestRecord], str]:
    """One run with every case as a target: the record of each, and the report."""
    folder = tmp_path_factory.mktemp("odd")
    (folder / "one.txt").write_text("What is a mutex?")
    shell = Shell(folder=folder, environment=clean_environment(folder))
    targets = [f"openai:{name},base_url={service.url}" for name in CASES]
    words = ("--suite", "one.txt", "--cycles", "1", "--warmup", "0", "--stopping", "limits", *WAITS)
    done = shell("compare", *targets, *words, environment={"COLUMNS": "200"}, code=(0, 4, 5))
    return {record.target: record for record in shell.records()}, done.out


@pytest.mark.parametrize("name", CASES)
def test_it_is_measured_right_or_clearly_not_at_all(
    service: Scripted, measured: tuple[dict[str, RequestRecord], str], name: str
) -> None:
    """Outcome, code and words; a piece arrived after its own part was written, and before the next one was."""
    case, (records, report) = CASES[name], measured
    record = records[name]
    assert (record.outcome, record.failure and record.failure.code) == (case.outcome, case.code), record.failure
    assert case.words in report
    if case.outcome != "ok":
        return
    assert record.sent_at_ns is not None
    (heard,) = (heard for heard in service.heard if heard.body["model"] == name)
    instants = [*heard.wrote_ns, record.sent_at_ns + 10**12]
    arrived = [record.sent_at_ns + after_ns for after_ns in record.pieces.arrived_ns]
    assert len(arrived) == len(case.pieces)
    assert record.streamed == bool(case.pieces)
    assert record.text_chars == len("One two")
    for at_ns, part in zip(arrived, case.pieces, strict=True):
        assert instants[part] <= at_ns < instants[part + 1]
    assert record.ended_at_ns is not None
    assert record.ended_at_ns >= heard.wrote_ns[-1]


def test_what_came_before_the_end_is_kept(measured: tuple[dict[str, RequestRecord], str]) -> None:
    """Of an answer that stopped or never stopped: its pieces, and no time of an answer."""
    records, _ = measured
    for name in ("silent", "pings", "http10-cut"):
        assert (records[name].pieces.kinds, records[name].text_chars) == ("tt", len("One two"))
    assert set(records["talks-on"].pieces.kinds) == {"t"}
    assert len(records["talks-on"].pieces.kinds) > 10
    assert {records[name].ended_at_ns for name in ("silent", "pings", "talks-on")} == {None}


SECRETS = ("somebody", "hunter2", "state=", "code=")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_never_followed(shell: Shell, status: int) -> None:
    """Nobody asks the new address, with the key or without; it is named without what may be somebody's secret."""
    (shell.folder / "one.txt").write_text("What is a mutex?")
    with scripted({"m": [HEAD, *CHUNKS, LAST_CHUNK]}) as elsewhere:
        there = elsewhere.url.replace("://", "://somebody:hunter2@") + "/login?state=abc&code=123#x"
        with scripted({"m": [sized(status, b"", ("Location", there))]}) as here:
            done = shell.inside(
                "compare",
                f"openai:m,base_url={here.url},api_key_env=KEY",
                "--suite",
                "one.txt",
                environment={"KEY": "sk-0123456789abcdef"},
                code=3,
            )
    assert f"redirected to {elsewhere.url}/login" in " ".join(done.err.split())
    assert "base_url=" in done.err
    assert elsewhere.heard == []
    assert len(here.heard) == 1
    kept = [path.read_text() for path in shell.folder.rglob("*") if path.is_file()]
    assert not any(secret in text for secret in SECRETS for text in (*kept, done.err, done.out))
