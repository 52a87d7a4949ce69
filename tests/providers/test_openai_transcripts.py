"""What OpenAI-compatible servers' answers mean, from the bytes on the wire to pieces and outcomes, however the bytes were cut."""

from __future__ import annotations

import json
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.plan import Target
from hayai.measure.engine.fold import Folded, fold
from hayai.measure.providers.contract import Completed, Failed, Frame, Piece, Reasoning, Stop, Text
from hayai.measure.providers.frames import frame_of_event
from hayai.measure.providers.registry import PROVIDERS
from hayai.wire.http1 import ResponseParser
from hayai.wire.sse import Decoder
from tests.engine.recorded import MS, SENT, Ending, record
from tests.providers.openai_transcripts import (
    BODIES,
    DONE,
    FOLDER,
    STREAMS,
    TRANSCRIPTS,
    Transcript,
    chunk,
    chunked,
    event,
    sized,
)
from tests.wire.transcripts import cut, places

OPENAI = PROVIDERS["openai"]
STREAM = Target(name="A", provider="openai", model="m")
WHOLE = Target(name="A", provider="openai", model="m", options={"stream": False})


def pieces_in(reads: list[bytes], target: Target) -> list[Piece]:
    """Everything that a response says: parser, decoder and provider in a row, as the engine joins them."""
    parser = ResponseParser()
    body = [part for read in reads for part in parser.feed(read)]
    assert parser.status is not None
    if parser.status != 200:
        return [OPENAI.read_error(target, parser.status, parser.headers, b"".join(body))]
    pieces = list(OPENAI.read_head(target, parser.status, parser.headers))
    if OPENAI.framing_of(target, b"".join(body).lstrip(b"\xef\xbb\xbf\r\n")) == "body":
        frames = [Frame(kind="body", payload=b"".join(body))]
    else:
        decoder = Decoder()
        frames = [frame_of_event(found) for part in body for found in decoder.feed(part)]
    return pieces + [piece for frame in frames for piece in OPENAI.read_frame(target, frame)]


@cache
def read_from_file(name: str) -> tuple[bytes, str]:
    """A transcript as it lies in the folder: the response, and what is expected of it."""
    return (FOLDER / f"{name}.http").read_bytes(), (FOLDER / f"{name}.json").read_text(encoding="utf-8")


each = pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda transcript: transcript.name)


@each
def test_the_files_are_what_their_maker_describes(transcript: Transcript) -> None:
    """A transcript can be read and changed in one place; the files follow from it."""
    response, told = read_from_file(transcript.name)
    assert response == transcript.response
    assert told == transcript.told() + "\n"


def test_no_file_is_without_its_maker() -> None:
    """Every file of the folder is described, and the other way round."""
    assert {path.stem for path in FOLDER.iterdir()} == {transcript.name for transcript in TRANSCRIPTS}


@each
def test_an_answer_gives_its_pieces(transcript: Transcript) -> None:
    """Text, reasoning, tool input, usage, what was served, why it ended: under whatever name its server puts them."""
    response, told = read_from_file(transcript.name)
    pieces = pieces_in([response], transcript.target)
    assert pieces == transcript.pieces
    assert [type(piece).__name__ for piece in pieces] == [name for name, _ in json.loads(told)["pieces"]]


@each
def test_every_cut_gives_the_same_pieces(transcript: Transcript) -> None:
    """Byte by byte, and in two at every place, an answer says the same as in one read."""
    response = transcript.response
    assert pieces_in([response[at : at + 1] for at in range(len(response))], transcript.target) == transcript.pieces
    for at in range(1, len(response)):
        assert pieces_in([response[:at], response[at:]], transcript.target) == transcript.pieces


@given(st.sampled_from(TRANSCRIPTS), places())
def test_any_reads_give_the_same_pieces(transcript: Transcript, where: list[int]) -> None:
    """Cut anywhere, any number of times."""
    assert pieces_in(cut(transcript.response, where), transcript.target) == transcript.pieces


# In the engine


def folded(*reads: bytes, target: Target = STREAM, ending: Ending = "none") -> Folded:
    """What the record will know of an answer that came in these reads, 10 ms apart."""
    return fold(record(*reads, ending=ending), OPENAI, target)


def reads_of(response: bytes, every: int) -> list[bytes]:
    """The response in reads of so many bytes."""
    return [response[at : at + every] for at in range(0, len(response), every)]


@pytest.mark.parametrize("transcript", [*STREAMS, *BODIES], ids=lambda transcript: transcript.name)
@pytest.mark.parametrize("every", [1, 37, 1 << 16])
def test_the_engine_reads_the_same(transcript: Transcript, every: int) -> None:
    """Whatever the reads: text, reasoning, reason and outcome are the transcript's."""
    found = folded(*reads_of(transcript.response, every), target=transcript.target, ending="close")
    texts = [piece.text for piece in transcript.pieces if isinstance(piece, Text)]
    assert found.text == texts
    assert found.reasoning == [piece.text for piece in transcript.pieces if isinstance(piece, Reasoning)]
    stops = [piece.reason for piece in transcript.pieces if isinstance(piece, Stop)]
    assert found.stop_reason == (stops[-1] if stops else None)
    refused = next((piece for piece in transcript.pieces if isinstance(piece, Failed)), None)
    if refused is not None:
        assert found.outcome == refused.outcome
    elif Completed() in transcript.pieces:
        assert (found.outcome, found.failure) == ("ok", None)
    else:
        assert found.outcome == "cut_off"


def test_the_first_token_is_the_first_that_was_written() -> None:
    """Comments, a role and an empty text come earlier, and are none."""
    parts = [
        b": ping\n\n",
        chunk({"role": "assistant", "content": ""}),
        chunk({"reasoning": "r"}),
        chunk({"content": "x"}),
    ]
    whole = chunked(*parts, chunk({}, "stop"), DONE)
    ends = [whole.index(part) + len(part) + 2 for part in parts]
    found = folded(*cut(whole, ends))
    assert (found.first_reasoning_at_ns, found.first_visible_at_ns) == (SENT + 30 * MS, SENT + 40 * MS)
    assert found.pieces.kinds == "rt"


GOOD_END = chunked(chunk({"content": "x"}), chunk({}, "stop"))
CLOSING = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


@pytest.mark.parametrize(
    ("response", "outcome", "code"),
    [
        (GOOD_END, "ok", None),
        (chunked(chunk({"content": "x"}), DONE), "ok", None),
        (CLOSING + chunk({"content": "x"}) + chunk({}, "stop"), "ok", None),
        (chunked(chunk({"content": "x"}), chunk({}, "stop"), b"data: [DONE]"), "ok", None),
        (CLOSING + chunk({"content": "x"}), "cut_off", "no_completion"),
        (chunked(chunk({"content": "x"})), "cut_off", "no_completion"),
        (GOOD_END[:-5], "cut_off", "connection_closed"),
        (chunked(chunk({"content": "x"}), b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}'), "cut_off", "no_completion"),
        (chunked(event("what?")), "bad_protocol", "bad_payload"),
        (chunked(b"data: <html>\n\n"), "bad_protocol", "bad_payload"),
        (sized(200, b"<html>Sign in</html>", ("Content-Type", "text/html")), "bad_protocol", "bad_payload"),
        (sized(200, {"detail": "Sign in"}), "bad_protocol", "bad_payload"),
        (sized(200, b""), "cut_off", "no_completion"),
        (sized(200, b"\n\n"), "cut_off", "no_completion"),
    ],
)  # fmt: skip
def test_an_answer_is_complete_when_it_says_so(response: bytes, outcome: str, code: str | None) -> None:
    """`[DONE]`, or a reason and the proper end of the response; nothing else counts as an answer."""
    found = folded(response, ending="close")
    assert (found.outcome, found.failure and found.failure.code) == (outcome, code)


@given(st.integers(0, len(GOOD_END) - 1), st.booleans())
def test_no_cut_answer_passes_for_a_whole_one(at: int, byte_by_byte: bool) -> None:
    """Wherever the connection ends before the last byte of the response."""
    reads = reads_of(GOOD_END[:at], 1) if byte_by_byte else [GOOD_END[:at]]
    assert folded(*filter(None, reads), ending="close").outcome == "cut_off"


@pytest.mark.parametrize(("target", "transcript"), [(STREAM, "stream_was_ignored"), (WHOLE, "whole_answer")])
def test_one_body_tells_no_inner_times(target: Target, transcript: str) -> None:
    """Not even where a stream was asked for: nobody knows when its first token was written."""
    response, _ = read_from_file(transcript)
    found = folded(*reads_of(response, 100), target=target)
    assert (found.outcome, found.framing, found.text) == ("ok", "body", ["四です。"])
    assert (found.first_visible_at_ns, found.pieces.kinds) == (None, "")
    assert found.last_at_ns == found.stamps[-1].at_ns


def test_a_stream_that_was_not_asked_for_tells_its_times() -> None:
    """They are true."""
    response, _ = read_from_file("stream_was_not_asked_for")
    found = folded(response, target=WHOLE)
    assert (found.framing, found.first_visible_at_ns, found.usage.source) == ("sse", SENT + 10 * MS, None)


def test_tool_input_counts_as_visible() -> None:
    """The reader of a tool call waits for its input."""
    found = folded(chunked(chunk({"tool_calls": [{"function": {"arguments": "{}"}}]}), chunk({}, "tool_calls"), DONE))
    assert (found.pieces.kinds, found.first_visible_at_ns) == ("u", SENT + 10 * MS)
    assert found.text == []
