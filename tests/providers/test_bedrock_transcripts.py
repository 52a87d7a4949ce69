"""What Bedrock's answers mean, from the bytes on the wire to pieces, however the bytes were cut."""

from __future__ import annotations

import json
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.plan import Target
from hayai.measure.providers.contract import Frame, Piece
from hayai.measure.providers.frames import frame_of
from hayai.measure.providers.registry import PROVIDERS
from hayai.wire.eventstream import Decoder
from hayai.wire.http1 import ResponseParser
from tests.providers.bedrock_transcripts import FOLDER, TRANSCRIPTS, Transcript
from tests.wire.transcripts import cut, places

BEDROCK = PROVIDERS["bedrock"]
GOLDEN = bytes.fromhex(
    "0000009500000052f9a147d1"
    "0b3a6576656e742d7479706507000c6d6573736167655374617274"
    "0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e"
    "0d3a6d6573736167652d747970650700056576656e74"
    "7b2270223a226162636465666768696a6b6c6d6e6f707172737475767778222c22726f6c65223a22617373697374616e74227d"
    "fbd5a5b0"
)
"""A `messageStart` frame recorded from the real service."""


def pieces_in(reads: list[bytes], target: Target) -> list[Piece]:
    """Everything that a response says: parser, decoder and provider in a row, as the engine joins them."""
    parser, decoder = ResponseParser(), Decoder()
    body: list[bytes] = []
    frames: list[Frame] = []
    for read in reads:
        for part in parser.feed(read):
            body.append(part)
            if parser.status == 200 and BEDROCK.framing(target) == "eventstream":
                frames += [frame_of(message) for message in decoder.feed(part)]
    assert parser.status is not None
    if parser.status != 200:
        return [BEDROCK.read_error(target, parser.status, parser.headers, b"".join(body))]
    if BEDROCK.framing(target) == "body":
        frames = [Frame(kind="body", payload=b"".join(body))]
    pieces = list(BEDROCK.read_head(target, parser.status, parser.headers))
    return pieces + [piece for frame in frames for piece in BEDROCK.read_frame(target, frame)]


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


def test_the_first_frame_is_the_recorded_one() -> None:
    """The frames are built as the real service builds them: one of them was recorded from it."""
    assert GOLDEN in read_from_file("converse_stream_text")[0]


@each
def test_an_answer_gives_its_pieces(transcript: Transcript) -> None:
    """Text, reasoning, tool input, usage, times, what was served, why it ended: each from wherever its call puts it."""
    response, told = read_from_file(transcript.name)
    pieces = pieces_in([response], transcript.target)
    assert pieces == transcript.pieces
    assert [type(piece).__name__ for piece in pieces] == [name for name, _ in json.loads(told)["pieces"]]


@each
def test_every_cut_gives_the_same_pieces(transcript: Transcript) -> None:
    """Byte by byte, and in two at every place, an answer says the same as in one read."""
    response = transcript.response
    assert pieces_in([response[at : at + 1] for at in range(len(response))], transcript.target) == transcript.pieces
    for at in range(1, len(response), 7):
        assert pieces_in([response[:at], response[at:]], transcript.target) == transcript.pieces


@given(st.sampled_from(TRANSCRIPTS), places())
def test_any_reads_give_the_same_pieces(transcript: Transcript, where: list[int]) -> None:
    """Cut anywhere, any number of times."""
    assert pieces_in(cut(transcript.response, where), transcript.target) == transcript.pieces
