"""Recorded against true, step by step: errors with known answers, what counts as held, and whose fault it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.decide.selfcheck import (
    ADVICE,
    SERVICE_LATE_NS,
    Surroundings,
    TrueAnswer,
    advice_of,
    busiest_second,
    errors_of,
    reach_of,
    spread,
    step_of,
)
from hayai.keep.records import Pieces, RequestRecord
from hayai.keep.run_directory import Watched
from hayai.keep.selfcheck import Step
from hayai.show.locales import LANGUAGES, texts_in
from tests.decide.made import MS, a_record
from tests.keep.test_selfcheck import a_step

US = 1_000
SENT = 10_000 * MS
SERVED = SENT + 40 * US
"""The request is 40 µs on its way."""


def answered(number: int = 1, *, off_ns: int = 0, first_off_ns: int = 0, **changed: Any) -> RequestRecord:
    """Pieces sent 100, 120 and 140 ms after the receipt; each recorded 10 µs later, and `off_ns` wrong."""
    arrived = tuple(40 * US + at * MS + 10 * US + off_ns for at in (100, 120, 140))
    arrived = (arrived[0] + first_off_ns, *arrived[1:])
    fields: dict[str, Any] = {
        "id": f"a1-{number}",
        "request_id": f"r{number}",
        "sent_at_ns": SENT,
        "last_at_ns": SENT + arrived[-1],
        "pieces": Pieces(
            kinds="ttt", arrived_ns=arrived, earliest_ns=(None, None, None), chars=(1, 1, 1), clocks="kkk"
        ),
        "lag_ns": 200 * US,
    }
    return a_record(**(fields | changed))


def truth(*, late_ns: int = 0, at: tuple[int, ...] = (100, 120, 140)) -> TrueAnswer:
    """What was sent when."""
    sent = tuple(SERVED + ms * MS for ms in at)
    return TrueAnswer(received_at_ns=SERVED, pieces_at_ns=sent, late_ns=(late_ns,) * len(sent))


def step(records: list[RequestRecord], truths: dict[str, TrueAnswer], **more: Any) -> Step:
    """A step judged by a bound of 1 ms."""
    fields: dict[str, Any] = {
        "transport": "plain",
        "streams": 2,
        "bound_ns": 1 * MS,
        "asked": len(records),
        "watched": [],
    }
    fields |= more
    return step_of(records, truths, fields.pop("watched"), **fields)


def test_errors_are_recorded_minus_true() -> None:
    """The way there is in the time to first token and end to end; a piece's arrival is compared with its sending alone."""
    found = errors_of([answered()], {"r1": truth()})
    assert (found.ttft, found.chunk, found.e2e) == ([50 * US], [10 * US] * 3, [50 * US])
    assert (found.answers, found.failed, found.pieces, found.coalesced, found.outside) == (1, 0, 3, 0, 0)


@pytest.mark.parametrize(
    "record",
    [
        answered(outcome="cut_off"),
        answered(request_id="unknown"),
        answered(request_id=None),
        answered(last_at_ns=None),
        answered(pieces=Pieces(kinds="t", arrived_ns=(1,), earliest_ns=(None,), chars=(1,), clocks="k")),
    ],
)
def test_what_cannot_be_compared_counts_as_failed(record: RequestRecord) -> None:
    """No answer, no truth, or other pieces than were sent: never an error of 0."""
    found = errors_of([record], {"r1": truth()})
    assert (found.answers, found.failed, found.ttft, found.chunk) == (0, 1, [], [])
    assert errors_of([answered()], {"r1": truth(at=())}).failed == 1


@pytest.mark.parametrize(("earliest_ms", "outside"), [(99, 0), (119, 0), (121, 1)])
def test_a_coalesced_piece_is_judged_by_its_interval(earliest_ms: int, outside: int) -> None:
    """Sent at 120 ms, recorded as somewhere between `earliest` and 120 ms: the interval holds the truth, or hayai is wrong."""
    one = answered()
    columns = one.pieces
    pieces = Pieces(
        kinds="ttt",
        arrived_ns=columns.arrived_ns if not outside else (*columns.arrived_ns[:1], 125 * MS, columns.arrived_ns[2]),
        earliest_ns=(None, 40 * US + earliest_ms * MS, None),
        chars=(1, 1, 1),
        clocks="kkk",
    )
    found = errors_of([answered(pieces=pieces)], {"r1": truth()})
    assert (found.coalesced, found.outside, len(found.chunk)) == (1, outside, 2)
    assert step([answered(pieces=pieces)], {"r1": truth()}).held is (outside == 0)


def test_a_step_tells_what_was_measured() -> None:
    """Clocks, rate, lag, CPU and the service's lateness."""
    records = [answered(1), answered(2, clock="user")]
    watched = [Watched(span_ns=100, cpu_ns=20, wakes=5, late_wakes=0, worst_wake_ns=1, collections=0)]
    found = step(records, {"r1": truth(), "r2": truth(late_ns=MS)}, watched=watched)
    assert (found.answers, found.failed, found.clock, found.cpu_ratio) == (2, 0, "kernel/user", 0.2)
    assert found.lag is not None
    assert found.lag.max_ns == 200 * US
    assert found.service_late_p99_ns == MS
    assert (found.held, found.limit) == (True, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"records": [answered(off_ns=2 * MS)]},
        {"records": [answered(off_ns=-2 * MS)]},
        {"records": [answered(first_off_ns=3 * MS)]},
        {"records": [answered(outcome="timed_out")]},
        {"records": [answered()], "asked": 2},
        {"records": []},
    ],
)
def test_beyond_the_bound_is_not_held(wrong: dict[str, Any]) -> None:
    """Early is as wrong as late; an answer that is missing is no exact one; and whose fault it is depends on who was late."""
    records = wrong.pop("records")
    assert (step(records, {"r1": truth()}, **wrong).held, step(records, {"r1": truth()}, **wrong).limit) == (
        False,
        "client",
    )
    if records:
        assert step(records, {"r1": truth(late_ns=SERVICE_LATE_NS)}, **wrong).limit == "service"


def test_nothing_is_no_error() -> None:
    """Missing is missing."""
    assert spread([]) is None
    found = step([], {})
    assert (found.ttft, found.chunk, found.e2e, found.lag, found.service_late_p99_ns, found.cpu_ratio) == (None,) * 6
    assert (found.held, found.chunks_per_s, found.clock) == (False, 0.0, "")


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1))
def test_a_spread_is_of_sizes(errors: list[int]) -> None:
    """Whatever the sign, and in order."""
    found = spread(errors)
    assert found is not None
    sizes = sorted(map(abs, errors))
    assert (found.count, found.max_ns) == (len(errors), sizes[-1])
    assert sizes[0] <= found.p50_ns <= found.p99_ns <= found.max_ns


@given(st.lists(st.integers(0, 5 * 10**9)))
def test_the_busiest_second_holds_no_more_than_any(instants: list[int]) -> None:
    """Against counting from each instant."""
    found = busiest_second(instants)
    if len(instants) > 1 and max(instants) - min(instants) >= 10**9:
        assert found == max(sum(a <= b < a + 10**9 for b in instants) for a in instants)
    assert found >= 0


def test_less_than_a_second_is_scaled() -> None:
    """Eleven chunks in a tenth of a second are a hundred a second."""
    assert busiest_second(range(0, 110 * MS, 10 * MS)) == pytest.approx(100.0)
    assert busiest_second([]) == 0.0
    assert busiest_second([5]) == 1.0
    assert busiest_second([5, 5, 5]) == 3.0


def test_the_reach_ends_before_the_first_that_was_not_held() -> None:
    """What was held beyond it does not count; "at least" says that the client was not seen at its end."""
    held, more = a_step(10), a_step(100)
    client, service = (a_step(300, held=False, limit=limit) for limit in ("client", "service"))
    cases = {
        (held, more): (100, 5000.0, True),
        (held, more, client): (100, 5000.0, False),
        (held, more, service): (100, 5000.0, True),
        (held, client, a_step(1000)): (10, 500.0, False),
        (client,): (0, 0.0, False),
    }
    for steps, wanted in cases.items():
        reach = reach_of(steps)
        assert reach is not None
        assert (reach.streams, reach.chunks_per_s, reach.at_least) == wanted
    assert reach_of(()) is None


EXAMPLES: dict[str, tuple[Surroundings, Step]] = {
    "clock": (Surroundings(cores=2), a_step(clock="kernel/user")),
    "quota": (Surroundings(cores=2, throttled=3), a_step()),
    "cores": (Surroundings(cores=1), a_step()),
    "load": (Surroundings(cores=2, load_per_core=0.75), a_step()),
    "steal": (Surroundings(cores=2, steal_ratio=0.03), a_step()),
    "governor": (Surroundings(cores=2, governor="powersave"), a_step()),
    "clock_source": (Surroundings(cores=2, clock_source="hpet"), a_step()),
    "files": (Surroundings(cores=2, files=120), a_step(100)),
    "fewer": (Surroundings(cores=2), a_step(held=False, limit="client")),
}


def test_every_advice_has_an_example_and_words() -> None:
    """A new one needs them."""
    assert list(EXAMPLES) == [name for name, _ in ADVICE]
    for language in LANGUAGES:
        assert all(f"selfcheck.advice.{name}" in texts_in(language) for name in EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_advice_follows_from_what_is_seen(name: str) -> None:
    """And from nothing else."""
    around, one = EXAMPLES[name]
    assert [advice.key for advice in advice_of(around, [one])] == [f"selfcheck.advice.{name}"]


def test_a_quiet_machine_needs_no_advice() -> None:
    """Nor does one that says nothing about itself."""
    quiet = Surroundings(
        cores=2,
        load_per_core=0.3,
        steal_ratio=0.001,
        governor="performance",
        clock_source="tsc",
        throttled=0,
        files=1_000_000,
    )
    assert advice_of(quiet, [a_step()]) == ()
    assert advice_of(Surroundings(cores=2), [a_step()]) == ()
