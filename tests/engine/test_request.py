"""How does one trial become its records? Each attempt is one, whatever became of it, and it says where, when and over what it went."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hayai.ask.plan import Limits, Timeouts
from hayai.keep.records import RequestRecord
from hayai.measure.engine.request import RETRYABLE
from tests.engine.bench import (
    DENIED,
    GOOD,
    HALF,
    INVALID,
    THROTTLED,
    Answer,
    Answering,
    Asked,
    Bench,
    Service,
    a_comparison,
    looped,
    measured,
)
from tests.providers.bedrock_transcripts import TRANSCRIPTS, answer

ONE = Limits(cycles=1)


async def one(folder: Path, answering: Answering = lambda _: GOOD, **more: Any) -> RequestRecord:
    """The record of a single request."""
    plan = a_comparison(targets=1, prompts=1, limits=ONE, **more)
    outcome, _ = await measured(folder, plan, answering)
    (record,) = outcome.records
    return record


# What a record says


@looped
async def test_a_record_says_all_that_is_known(tmp_path: Path) -> None:
    """Names, instants in their order, usage, what was read and written."""
    record = await one(tmp_path)
    assert (record.run, record.phase, record.cycle, record.round, record.position) == (
        "2026-11-22T2136_a-vs-b_k3f9",
        "measure",
        0,
        0,
        0,
    )
    assert (record.target, record.prompt, record.attempt, record.retry_of, record.round_try) == ("t0", "p0", 1, None, 0)
    assert (record.outcome, record.failure, record.status, record.stop_reason) == ("ok", None, 200, "end_turn")
    instants = [
        record.due_at_ns,
        record.sent_at_ns,
        record.first_byte_at_ns,
        record.headers_at_ns,
        record.first_visible_at_ns,
        record.last_at_ns,
        record.ended_at_ns,
    ]
    assert None not in instants
    assert instants == sorted(instants, key=lambda at: at or 0)
    assert record.first_reasoning_at_ns is None
    assert (record.usage.input_tokens, record.usage.output_tokens, record.usage.source) == (1, 2, "stream")
    assert (record.text_chars, record.reasoning_chars) == (5, 0)
    assert record.response_bytes == len(GOOD)
    assert record.request_bytes
    assert record.reads
    assert record.request_id == "5b1a6f0e-7c3d-4a52-9e0b-2f6d1c8a4e37"
    assert record.connection is not None
    assert (record.connection.use, record.connection.dns_ns) == (1, None)
    assert record.sent_wall_ns is not None


@looped
async def test_headers_are_kept_by_list(tmp_path: Path) -> None:
    """What may hold a secret is not kept; what says that this was a simulation always is."""
    record = await one(tmp_path)
    assert record.headers["x-hayai-sim"] == "steady;speed=1"
    assert "content-type" in record.headers
    assert "set-cookie" not in record.headers
    assert "secret" not in str(record)


@looped
async def test_the_answer_is_kept_beside_the_record(tmp_path: Path) -> None:
    """With the places where its pieces ended; failed requests without text have none, and `save_texts` may forbid it."""
    plan = a_comparison(targets=1, prompts=2, limits=ONE)
    outcome, _ = await measured(tmp_path / "kept", plan, lambda asked: GOOD if asked.number else INVALID)
    answers = outcome.run.answers()
    assert list(answers) == ["a1-2"]
    assert (answers["a1-2"].text, answers["a1-2"].piece_ends) == ("Hello", (5,))
    silent = a_comparison(targets=1, prompts=1, limits=ONE, save_texts=False)
    outcome, _ = await measured(tmp_path / "silent", silent)
    assert outcome.run.answers() == {}
    assert outcome.records[0].text_chars == 5


@looped
async def test_an_answer_in_one_body_says_so(tmp_path: Path) -> None:
    """Not streamed: text ends when the body does, and there are no pieces."""
    whole = next(transcript for transcript in TRANSCRIPTS if transcript.name == "converse")
    plan = a_comparison(targets=1, prompts=1, limits=ONE)
    target = plan.targets[0]
    target.options["api"] = "converse"
    outcome, _ = await measured(tmp_path, plan, lambda _: whole.response)
    (record,) = outcome.records
    assert (record.streamed, record.outcome, record.pieces.kinds) == (False, "ok", "")
    assert record.last_at_ns == record.ended_at_ns
    assert record.first_visible_at_ns is None
    assert (record.text_chars, record.reasoning_chars) == (4, 7)


async def never(_: Asked) -> bytes:
    """A service that holds its tongue."""
    await asyncio.Event().wait()
    return b""


BAD: dict[str, tuple[Answering, str, str]] = {
    "throttled": (lambda _: THROTTLED, "throttled", "ThrottlingException"),
    "refused": (lambda _: INVALID, "refused", "ValidationException"),
    "denied": (lambda _: DENIED, "refused", "AccessDeniedException"),
    "server error": (lambda _: answer(503, b"<html>"), "server_error", "http_503"),
    "hung up": (lambda _: None, "cut_off", "connection_closed"),
    "half": (lambda _: HALF, "timed_out", "gap_timeout"),
    "silent": (never, "timed_out", "first_byte_timeout"),
    "not http": (lambda _: b"+OK POP3 ready\r\n", "bad_protocol", "bad_http"),
}


@pytest.mark.parametrize("name", BAD)
@looped
async def test_what_goes_wrong_is_an_outcome_with_words(name: str, tmp_path: Path) -> None:
    """And unknown is None: no text where none was understood, no end where there was none."""
    answering, outcome, code = BAD[name]
    record = await one(tmp_path, answering, timeouts=Timeouts(first_byte_s=0.05, gap_s=0.05))
    assert record.outcome == outcome
    assert record.failure is not None
    assert record.failure.code == code
    assert record.failure.message
    assert record.sent_at_ns is not None
    if name == "half":
        assert (record.text_chars, record.ended_at_ns, record.pieces.kinds) == (5, None, "t")
    else:
        assert (record.text_chars, record.first_visible_at_ns, record.last_at_ns) == (None, None, None)
    assert (record.ended_at_ns is not None) == (record.status not in (None, 200))


@looped
async def test_a_request_that_could_not_leave_is_a_record(tmp_path: Path) -> None:
    """Nothing was sent: no instant says otherwise."""
    async with Service(lambda _: GOOD) as service:
        pass
    outcome = await Bench(tmp_path, a_comparison(targets=1, prompts=1, limits=ONE), service.address).measure()
    (record,) = outcome.records
    assert (record.outcome, record.failure.code if record.failure else "") == ("no_connection", "connection_refused")
    assert (record.sent_at_ns, record.connection, record.status, record.clock, record.request_bytes) == (None,) * 5
    assert record.due_at_ns is not None


# Connections


@looped
async def test_a_warm_connection_is_used_again(tmp_path: Path) -> None:
    """Request after request, as the service lets us."""
    plan = a_comparison(targets=1, prompts=4, limits=ONE)
    outcome, _ = await measured(tmp_path, plan)
    connections = [record.connection for record in outcome.records]
    assert len({c.id for c in connections if c}) == 1
    assert [c.use for c in connections if c] == [1, 2, 3, 4]


@looped
async def test_a_broken_connection_is_not_used_again(tmp_path: Path) -> None:
    """The next request gets another one, and succeeds."""
    plan = a_comparison(targets=1, prompts=3, limits=ONE)
    outcome, _ = await measured(tmp_path, plan, lambda asked: None if asked.number == 1 else GOOD)
    assert [record.outcome for record in outcome.records] == ["ok", "cut_off", "ok"]
    first, second, third = (record.connection for record in outcome.records if record.connection)
    assert first.id == second.id != third.id


@looped
async def test_a_cold_connection_is_new_each_time(tmp_path: Path) -> None:
    """Opened before the request is due, so that its cost stands beside the answer's time and not in it."""
    plan = a_comparison(targets=1, prompts=3, connections="cold", limits=ONE)
    outcome, _ = await measured(tmp_path, plan)
    connections = [record.connection for record in outcome.records]
    assert len({c.id for c in connections if c}) == 3
    assert [c.use for c in connections if c] == [1, 1, 1]
    for record in outcome.records:
        assert record.connection is not None
        assert record.connection.opened_at_ns + record.connection.tcp_ns <= (record.due_at_ns or 0)


# Retries


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each retry would have waited, in s; none of them does."""
    waits: list[float] = []
    sleep = asyncio.sleep

    async def note(delay: float) -> None:
        if delay:  # The rest of the bench only gives way.
            waits.append(delay)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", note)
    return waits


def failing(times: int, how: Answer = THROTTLED) -> Callable[[Asked], Answer]:
    """Fails so often, then answers."""
    return lambda asked: how if asked.number < times else GOOD


@looped
async def test_without_being_asked_nothing_is_tried_again(tmp_path: Path, waited: list[float]) -> None:
    """A throttle is an outcome."""
    record = await one(tmp_path, failing(1))
    assert record.outcome == "throttled"
    assert waited == []


@looped
async def test_every_attempt_is_a_record(tmp_path: Path, waited: list[float]) -> None:
    """Each names the one before it; the waits grow, with jitter, within their bounds."""
    plan = a_comparison(targets=1, prompts=1, retries=3, limits=ONE)
    outcome, service = await measured(tmp_path, plan, failing(2))
    assert [(r.id, r.outcome, r.attempt, r.retry_of) for r in outcome.records] == [
        ("a1-1", "throttled", 1, None),
        ("a1-2", "throttled", 2, "a1-1"),
        ("a1-3", "ok", 3, "a1-2"),
    ]
    assert len(service.asked) == 3
    assert len(waited) == 2
    assert 0 <= waited[0] <= 0.5
    assert 0 <= waited[1] <= 1.0


@looped
async def test_retries_end(tmp_path: Path, waited: list[float]) -> None:
    """As many as were asked for; no wait is longer than 20 s."""
    plan = a_comparison(targets=1, prompts=1, retries=9, limits=ONE)
    outcome, _ = await measured(tmp_path, plan, failing(100))
    assert [record.attempt for record in outcome.records] == list(range(1, 11))
    assert max(waited) <= 20


@looped
async def test_the_waits_are_drawn_from_the_seed(tmp_path: Path, waited: list[float]) -> None:
    """The same plan waits alike; another seed waits otherwise."""
    drawn = []
    for number, seed in enumerate((7, 7, 8)):
        waited.clear()
        plan = a_comparison(targets=1, prompts=1, retries=4, limits=ONE)
        plan = type(plan)(**{name: getattr(plan, name) for name in plan.__struct_fields__} | {"seed": seed})
        await measured(tmp_path / str(number), plan, failing(100))
        drawn.append(tuple(waited))
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize("name", BAD)
@looped
async def test_only_what_may_pass_is_tried_again(name: str, tmp_path: Path, waited: list[float]) -> None:
    """A refusal will be one again; a wait that we gave up would be given up again."""
    answering, outcome, _ = BAD[name]
    plan = a_comparison(targets=1, prompts=1, retries=1, limits=ONE, timeouts=Timeouts(first_byte_s=0.05, gap_s=0.05))
    found, _ = await measured(tmp_path, plan, answering)
    assert len(found.records) == (2 if outcome in RETRYABLE else 1)
    assert len(waited) == len(found.records) - 1
    assert {"throttled", "server_error", "cut_off", "no_connection"} == RETRYABLE


@looped
async def test_each_attempt_has_a_nonce_of_its_own(tmp_path: Path, waited: list[float]) -> None:
    """With `cache=avoid` no cache may know a request, a retry's neither; all are of one length."""
    plan = a_comparison(targets=1, prompts=2, retries=1, cache="avoid", limits=ONE)
    _, service = await measured(tmp_path, plan, failing(1))
    bodies = [asked.body for asked in service.asked]
    assert len(set(bodies)) == len(bodies) == 3
    assert len(set(map(len, bodies))) == 1
