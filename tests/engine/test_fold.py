"""What did an exchange mean, and when was each piece there? Alike however it was cut into reads; no instant claims more than is known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.plan import Target
from hayai.keep.records import OUTCOMES, Pieces, Usage
from hayai.measure.engine.fold import OUTCOME_OF_ERROR, Folded, _frames, _plain_events, fold, was_held_back
from hayai.measure.net.exchange import Exchange
from hayai.measure.providers.contract import (
    Completed,
    Failed,
    Reasoning,
    Served,
    ServiceTime,
    Stop,
    Text,
    ToolInput,
    UsageReport,
)
from hayai.wire.http1 import LAST_CHUNK, encode_chunk
from tests.engine.recorded import BEDROCK, MS, SENT, a_target, folded, record
from tests.providers.bedrock_transcripts import HAIKU, TRANSCRIPTS, Transcript, answer, chunk, event, exception, stream
from tests.wire.transcripts import cut, places

ROLE = event("messageStart", {"role": "assistant"})
STOP = event("messageStop", {"stopReason": "end_turn"})
METADATA = event("metadata", {"usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}})
HEAD = stream(whole=False)


def delta(text: str) -> bytes:
    """An event with a stretch of text."""
    return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}})


def thought(text: str) -> bytes:
    """An event with a stretch of reasoning."""
    return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": text}}})


def chunks(*frames: bytes) -> bytes:
    """Frames in a chunk each."""
    return b"".join(map(encode_chunk, frames))


# What it said


def meaning(folded: Folded) -> dict[str, Any]:
    """All of it but the instants."""
    return {
        "outcome": folded.outcome,
        "failure": folded.failure,
        "kinds": folded.pieces.kinds,
        "chars": folded.pieces.chars,
        "text": "".join(folded.text),
        "reasoning": "".join(folded.reasoning),
        "ends": folded.piece_ends,
        "usage": folded.usage,
        "stop": folded.stop_reason,
        "served": folded.served,
        "service": folded.service,
    }


each = pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda transcript: transcript.name)


@each
def test_an_answer_means_what_its_pieces_say(transcript: Transcript) -> None:
    """Every recorded answer: text, reasoning, usage, times, what was served, and how it ended."""
    found = folded(transcript.response, target=transcript.target, ending="close")
    said = transcript.pieces
    streamed = BEDROCK.framing(transcript.target) != "body"
    shown = [piece for piece in said if isinstance(piece, Text | Reasoning | ToolInput)]
    assert "".join(found.text) == "".join(piece.text for piece in shown if isinstance(piece, Text))
    assert "".join(found.reasoning) == "".join(piece.text for piece in shown if isinstance(piece, Reasoning))
    letters = {Text: "t", Reasoning: "r", ToolInput: "u"}
    assert found.pieces.kinds == ("".join(letters[type(piece)] for piece in shown) if streamed else "")
    assert found.pieces.chars == (tuple(len(piece.text) for piece in shown) if streamed else ())
    for piece in said:
        match piece:
            case UsageReport(input_tokens=tokens) if tokens is not None:
                assert found.usage.input_tokens == tokens
            case Stop(reason=reason):
                assert found.stop_reason == reason
            case Served(latency=latency, tier=tier):
                assert (found.served.latency, found.served.tier) == (latency, tier)
            case ServiceTime(total_ns=total):
                assert found.service.total_ns == total
            case Failed(outcome=outcome, failure=failure):
                assert (found.outcome, found.failure.code, found.failure.message) == (  # type: ignore[union-attr]  # It has failed.
                    outcome,
                    failure.code,
                    failure.message,
                )
    if Completed() in said:
        assert (found.outcome, found.failure) == ("ok", None)
    assert (found.outcome == "ok") == (Completed() in said)


@each
def test_byte_by_byte_an_answer_means_the_same(transcript: Transcript) -> None:
    """And in two reads at every seventh place."""
    data, target = transcript.response, transcript.target
    expected = meaning(folded(data, target=target, ending="close"))
    assert meaning(folded(*(data[i : i + 1] for i in range(len(data))), target=target, ending="close")) == expected
    for at in range(1, len(data), 7):
        assert meaning(folded(data[:at], data[at:], target=target, ending="close")) == expected


@given(transcript=st.sampled_from(TRANSCRIPTS), where=places())
def test_however_it_was_cut_an_answer_means_the_same(transcript: Transcript, where: list[int]) -> None:
    """Any number of reads, and each piece is stamped by the read that brought its last byte."""
    data, target = transcript.response, transcript.target
    parts = cut(data, where)
    found = folded(*parts, target=target, ending="close")
    assert meaning(found) == meaning(folded(data, target=target, ending="close"))
    # Byte by byte, the instants tell at which byte each piece was complete.
    at_byte = folded(*(data[i : i + 1] for i in range(len(data))), target=target, ending="close", every_ns=1)
    read_of_byte = [number for number, part in enumerate(parts, 1) for _ in part]
    assert found.pieces.arrived_ns == tuple(read_of_byte[byte - 1] * 10 * MS for byte in at_byte.pieces.arrived_ns)
    columns = zip(found.pieces.arrived_ns, found.pieces.earliest_ns, strict=True)
    assert all(earliest in (None, arrived - 10 * MS) for arrived, earliest in columns)


@given(
    data=st.lists(st.text(st.characters(exclude_characters="\r\n", codec="utf-8")), min_size=1, max_size=6),
    where=places(),
    followed=st.sets(st.integers(0, 20)),
    empty=st.integers(0, 20),
    chunked=st.booleans(),
)
def test_plain_events_are_read_at_once_and_mean_the_same(
    data: list[str], where: list[int], followed: set[int], empty: int, *, chunked: bool
) -> None:
    """The short way through a stream of plain events finds what the long way finds: the same frames, reads and exactness."""
    parts = cut("".join(f"data: {one}\n\n" for one in data).encode(), where)
    parts.insert(min(empty, len(parts)), b"")
    headers = {"transfer-encoding": "chunked"} if chunked else {}
    exchange = Exchange(sent_at_ns=0, sent_wall_ns=0, bodies=parts, followed=followed, headers=headers, complete=True)
    short = _plain_events(exchange)
    assert short is not None
    payloads, places = short
    assert [payload.decode() for payload in payloads] == data
    found = list(_frames(exchange, "sse"))
    assert payloads == [frame.payload for frame, _, _ in found]
    assert places == [(read, exact) for _, read, exact in found]


# When it was there


def test_a_piece_that_came_alone_has_its_own_instant() -> None:
    """And what the record says of first and last follows from it; the bookkeeping at the end only ends the answer."""
    found = folded(
        HEAD,
        chunks(ROLE),
        chunks(thought("Hm")),
        chunks(delta("a")),
        chunks(delta("b")),
        chunks(STOP, METADATA),
        LAST_CHUNK,
    )
    assert found.pieces == Pieces(
        kinds="rtt",
        arrived_ns=(30 * MS, 40 * MS, 50 * MS),
        earliest_ns=(None, None, None),
        chars=(2, 1, 1),
        clocks="uuu",
    )
    assert found.first_reasoning_at_ns == SENT + 30 * MS
    assert found.first_visible_at_ns == SENT + 40 * MS
    assert found.last_at_ns == SENT + 50 * MS
    assert found.stamps[-1].at_ns == SENT + 70 * MS
    assert found.clock == "user"


def test_pieces_that_came_together_carry_the_interval_in_which_they_came() -> None:
    """The stamp is the last one's: only for it is it exact, for the others it is the latest possible."""
    found = folded(HEAD, chunks(delta("a"), delta("b"), delta("c")), chunks(STOP, METADATA) + LAST_CHUNK)
    assert found.pieces.arrived_ns == (20 * MS,) * 3
    assert found.pieces.earliest_ns == (10 * MS, 10 * MS, None)


def test_a_piece_with_the_beginning_of_the_next_is_not_exact() -> None:
    """Something followed it in the same read, so the stamp may be that one's."""
    data = chunks(delta("a"), delta("b"))
    found = folded(HEAD, data[:-9], data[-9:], chunks(STOP, METADATA) + LAST_CHUNK)
    assert found.pieces.arrived_ns == (20 * MS, 30 * MS)
    assert found.pieces.earliest_ns == (10 * MS, None)


@pytest.mark.parametrize("of_next", [1, 2, 4])
def test_a_piece_with_the_length_of_the_next_chunk_is_not_exact(of_next: int) -> None:
    """The length of a chunk is written when the chunk is: long after the piece before it."""
    first, second = chunks(delta("a")), chunks(delta("b"))
    found = folded(HEAD, first + second[:of_next], second[of_next:], chunks(STOP, METADATA) + LAST_CHUNK)
    assert found.pieces.arrived_ns == (20 * MS, 30 * MS)
    assert found.pieces.earliest_ns == (10 * MS, None)


@pytest.mark.parametrize("missing", [1, 2])
def test_a_chunks_own_line_end_makes_no_piece_inexact(missing: int) -> None:
    """It says nothing new and may come late."""
    first = chunks(delta("a"))
    found = folded(HEAD, first[:-missing], first[-missing:], chunks(STOP, METADATA) + LAST_CHUNK)
    assert found.pieces.arrived_ns == (20 * MS,)
    assert found.pieces.earliest_ns == (None,)


def test_a_piece_with_the_end_of_the_body_is_not_exact() -> None:
    """The last chunk may have come later than the piece before it."""
    found = folded(HEAD, chunks(STOP, METADATA, delta("late")) + LAST_CHUNK)
    assert found.pieces.earliest_ns == (10 * MS,)


def test_what_a_full_read_left_behind_may_have_come_before_its_stamp() -> None:
    """As much lies unread as no single read can take: one stamp for all of it, and the last read that emptied the socket is the bound."""
    exchange = record(HEAD, chunks(delta("a"), delta("b")), chunks(delta("c"), delta("d")), chunks(STOP) + LAST_CHUNK)
    exchange.full.add(1)
    exchange.followed.add(1)
    found = fold(exchange, BEDROCK, a_target())
    assert found.pieces.arrived_ns == (20 * MS, 20 * MS, 30 * MS, 30 * MS)
    assert found.pieces.earliest_ns == (10 * MS, 10 * MS, 10 * MS, None)


def test_in_the_first_read_a_piece_came_after_sending() -> None:
    """There is no read before it; the request is the earliest that it can be."""
    found = folded(HEAD + chunks(delta("a"), delta("b")), chunks(STOP, METADATA) + LAST_CHUNK)
    assert found.pieces.arrived_ns == (10 * MS, 10 * MS)
    assert found.pieces.earliest_ns == (0, None)


def held_back(*arrived_ms: float, blocks: int = 1) -> bool:
    """Whether pieces that arrived then were held back; every read brought so many of them (`blocks`)."""
    arrived = tuple(round(at * MS) for at in arrived_ms)
    count = len(arrived)
    earliest = tuple(None if place % blocks == blocks - 1 else 0 for place in range(count))
    return was_held_back(
        Pieces(kinds="t" * count, arrived_ns=arrived, earliest_ns=earliest, chars=(1,) * count, clocks="k" * count)
    )


@pytest.mark.parametrize(
    ("arrived", "blocks", "buffered"),
    [
        ([1000] * 8, 1, True),
        ([1000] * 8, 8, True),
        ([1000] * 7, 7, False),  # a short answer
        ([1000 + 0.02 * n for n in range(50)], 1, True),  # written event by event, on loopback
        ([1000 + 0.5 * n for n in range(50)], 10, True),  # a few reads, as a network brings them
        (
            [1000 + 0.5 * n for n in range(50)],
            1,
            False,
        ),  # two thousand pieces a second, each by itself: a very fast model
        ([1000 + 2 * n for n in range(20)], 10, False),
        ([10 + 0.02 * n for n in range(50)], 1, False),  # all of it fast, the beginning too
        ([300, *[1000] * 50], 10, False),  # the first piece was passed on
        ([], 1, False),
    ],
)
def test_an_answer_that_was_held_back_is_known_by_its_instants(
    arrived: list[float], blocks: int, buffered: bool
) -> None:
    """Many pieces at once after a silence that was nearly all of the time."""
    assert held_back(*arrived, blocks=blocks) == buffered


def test_only_a_whole_stream_can_have_been_held_back() -> None:
    """A stream that breaks off tells no time anyway."""
    many = chunks(*(delta(str(number)) for number in range(20)))
    assert folded(HEAD, many + chunks(STOP, METADATA) + LAST_CHUNK).buffered
    assert not folded(HEAD, many, ending="close").buffered


def test_tool_input_is_visible_and_reasoning_is_not() -> None:
    """First visible is what a person, or a program, could begin with."""
    tool = event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"toolUse": {"input": "{}"}}})
    found = folded(
        HEAD, chunks(thought("Hm")), chunks(tool), chunks(thought("so")), chunks(STOP, METADATA) + LAST_CHUNK
    )
    assert found.pieces.kinds == "rur"
    assert (found.first_visible_at_ns, found.last_at_ns) == (SENT + 20 * MS + 10 * MS, SENT + 40 * MS)
    assert found.text == []


def test_a_report_without_counts_is_not_where_the_counts_were_read() -> None:
    """Invocation metrics may tell times alone; the tokens are then those of Claude's own events."""
    events = (
        {"type": "message_start", "message": {"usage": {"input_tokens": 10, "output_tokens": 1}}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 15}},
        {"type": "message_stop", "amazon-bedrock-invocationMetrics": {"invocationLatency": 100}},
    )
    target = Target(name="t", provider="bedrock", model=HAIKU, options={"api": "invoke-stream"})
    found = folded(stream(*map(chunk, events)), target=target)
    assert found.usage == Usage(input_tokens=10, output_tokens=15, source="stream")
    assert found.service.total_ns == 100 * MS


def test_characters_are_code_points_and_ends_cut_the_text() -> None:
    """A replay cuts the text where the pieces ended."""
    found = folded(HEAD, chunks(delta("狐🦊"), thought("Hm"), delta("e\u0301")), chunks(STOP, METADATA) + LAST_CHUNK)
    assert found.pieces.chars == (2, 2, 2)
    assert found.piece_ends == [2, 4]
    assert "".join(found.text)[2:4] == "e\u0301"


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_an_answer_in_one_body_has_no_inner_instants(parts: int) -> None:
    """Its text is there when the body is, and nothing is known about when it began."""
    transcript = next(t for t in TRANSCRIPTS if t.name == "converse")
    size = len(transcript.response) // parts + 1
    reads = [transcript.response[at : at + size] for at in range(0, len(transcript.response), size)]
    found = folded(*reads, target=transcript.target)
    assert found.pieces == Pieces()
    assert (found.first_reasoning_at_ns, found.first_visible_at_ns) == (None, None)
    assert found.last_at_ns == SENT + parts * 10 * MS
    assert (found.text, found.reasoning) == (["四です。"], ["Simple."])


def test_a_failed_body_has_no_last_instant() -> None:
    """Cut, there is no text whose end could be timed."""
    transcript = next(t for t in TRANSCRIPTS if t.name == "converse")
    found = folded(transcript.response[:-1], target=transcript.target, ending="close")
    assert (found.outcome, found.last_at_ns, found.text) == ("cut_off", None, [])


def test_the_clocks_of_an_answer_are_named() -> None:
    """Kernel, user, or some of each; none where nothing was read."""
    exchange = record(HEAD, chunks(delta("a")), chunks(STOP, METADATA) + LAST_CHUNK)
    exchange.distances_ns = (0, 0)
    assert fold(exchange, BEDROCK, a_target()).clock == "user"
    exchange.wall_ns[:2] = [at_ns - MS for at_ns in exchange.at_ns[:2]]
    mixed = fold(exchange, BEDROCK, a_target())
    assert (mixed.clock, mixed.pieces.clocks, mixed.pieces.arrived_ns) == ("mixed", "k", (19 * MS,))
    exchange.wall_ns[2] = exchange.at_ns[2] - MS
    assert fold(exchange, BEDROCK, a_target()).clock == "kernel"
    assert folded(ending="close").clock is None


# How it ended


def broken(frame: bytes, at: int) -> bytes:
    """A frame with one bit wrong."""
    data = bytearray(frame)
    data[at] ^= 1
    return bytes(data)


TEXT_THEN = {
    "bad crc": (chunks(broken(delta("b"), -5)), "bad_message_crc"),
    "bad prelude": (chunks(broken(delta("b"), 2)), "bad_prelude_crc"),
    "cut frame": (chunks(delta("b")[:-3]) + LAST_CHUNK, "cut_frame"),
    "no JSON": (chunks(delta("b").replace(b"delta", b"dilta")), "bad_message_crc"),
    "no chunk": (b"zz\r\n", "bad_http"),
}


@pytest.mark.parametrize("name", TEXT_THEN)
@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("ending", ["close", "cancel"])
def test_what_came_before_a_mistake_is_kept(name: str, ending: Any, *, together: bool) -> None:
    """In the same read or before it; and the mistake is the failure, whatever else ended the exchange afterwards."""
    bad, code = TEXT_THEN[name]
    good = chunks(ROLE, delta("a"))
    reads = [HEAD, good + bad] if together else [HEAD, good, bad]
    found = folded(*reads, ending=ending)
    assert found.outcome == "bad_protocol"
    assert found.failure is not None
    assert found.failure.code == code
    assert found.text == ["a"]
    assert found.pieces.kinds == "t"
    assert found.pieces.earliest_ns == ((10 * MS,) if together else (None,))


def test_an_exception_within_a_stream_keeps_what_was_said() -> None:
    """The service's own words, and the usage it may have told."""
    found = folded(
        HEAD, chunks(delta("a")), chunks(exception("throttlingException", {"message": "Slow down"})) + LAST_CHUNK
    )
    assert (found.outcome, found.text) == ("throttled", ["a"])
    assert found.failure is not None
    assert (found.failure.code, found.failure.message, found.failure.in_stream) == (
        "ThrottlingException",
        "Slow down",
        True,
    )


def test_the_first_failure_names_the_outcome() -> None:
    """A connection that breaks behind an exception is the exception's doing."""
    found = folded(HEAD, chunks(exception("internalServerException", {"message": "Oh"})), ending="close")
    assert (found.outcome, found.failure.code if found.failure else None) == ("server_error", "InternalServerException")


def test_a_stream_that_ends_without_its_last_event_was_cut_off() -> None:
    """Perfect HTTP, perfect frames, and yet not all of it."""
    found = folded(HEAD, chunks(delta("a"), STOP) + LAST_CHUNK)
    assert (found.outcome, found.failure.code if found.failure else None) == ("cut_off", "no_completion")
    assert found.text == ["a"]


def test_a_stream_whose_connection_broke_was_cut_off() -> None:
    """Even if every event was there: its end was not."""
    found = folded(HEAD, chunks(delta("a"), STOP, METADATA), ending="close")
    assert (found.outcome, found.failure.code if found.failure else None) == ("cut_off", "connection_closed")
    assert found.usage.output_tokens == 2


def test_our_own_stop_is_not_the_services_failure() -> None:
    """With what had come, parsed as far as it goes."""
    found = folded(HEAD, chunks(delta("a"), delta("b")), ending="cancel")
    assert (found.outcome, found.text) == ("cancelled", ["a", "b"])
    nothing = folded(ending="cancel")
    assert (nothing.outcome, nothing.stamps) == ("cancelled", [])


@pytest.mark.parametrize("api", ["converse", "converse-stream", "invoke", "invoke-stream"])
def test_a_page_of_a_proxy_is_no_answer(api: str) -> None:
    """Though its status is 200; the words say that it was HTML."""
    page = answer(200, b"<!DOCTYPE html><html><body>Please log in to the network.</body></html>")
    found = folded(page, target=a_target(api=api))
    assert found.outcome == "bad_protocol"
    assert found.failure is not None
    assert "text/html" in found.failure.message
    assert found.text == []


@pytest.mark.parametrize("api", ["converse", "converse-stream"])
def test_a_compressed_answer_is_told_as_such(api: str) -> None:
    """We did not ask for one."""
    found = folded(answer(200, b"\x1f\x8b...", ("Content-Encoding", "gzip")), target=a_target(api=api))
    assert (found.outcome, found.failure.code if found.failure else None) == ("bad_protocol", "compressed_response")
    assert "gzip" in (found.failure.message if found.failure else "")


def test_a_compressed_refusal_keeps_its_outcome() -> None:
    """Its words cannot be read, and no rubbish stands in for them."""
    found = folded(answer(503, b"\x1f\x8b...", ("Content-Encoding", "gzip")))
    assert (found.outcome, found.failure and (found.failure.code, found.failure.message)) == (
        "server_error",
        ("http_503", ""),
    )


def test_every_outcome_can_come_out_of_an_exchange() -> None:
    """Except the one that needs no exchange, `no_connection`: only what an SDK says can have it in one."""
    by_status = [folded(answer(status, {"message": "no"})).outcome for status in (429, 400, 500)]
    by_stream = [
        folded(HEAD, chunks(STOP, METADATA) + LAST_CHUNK).outcome,
        folded(HEAD, ending="close").outcome,
        folded(HEAD, ending="cancel").outcome,
        folded(b"SSH-2.0\r\n").outcome,
    ]
    late = record(HEAD, chunks(delta("a")), ending="cancel")
    late.error = ("gap_timeout", "nothing for 1 s")
    assert set(OUTCOME_OF_ERROR.values()) == {"timed_out", "cut_off", "cancelled", "no_connection"}
    assert {*by_status, *by_stream, fold(late, BEDROCK, a_target()).outcome} == set(OUTCOMES) - {"no_connection"}
