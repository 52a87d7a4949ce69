"""Which records belong together: every planned pair exactly once, the rest counted, regions and simulation as told."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from hayai.keep.query import (
    REGION_HEADER,
    SIMULATION_HEADER,
    Simulation,
    complete_cycles,
    complete_rounds,
    measured,
    regions_of,
    simulation_of,
)
from tests.decide.made import a_failure, a_record

NAMES = ("a", "b")


def test_warmup_is_not_measured() -> None:
    """The warm-up is kept in the journal and left out of the sample."""
    warm, real = a_record(phase="warmup", id="w"), a_record(id="m")
    assert measured((warm, real)) == (real,)
    assert complete_rounds((warm, real), ("a",)).paired == (real,)


def test_a_torn_round_is_unpaired_and_its_second_try_counts() -> None:
    """After an interruption the round runs again whole; its old half is kept and not compared."""
    old = a_record("a", id="old")
    again = (a_record("a", round_try=1, id="new-a"), a_record("b", round_try=1, id="new-b"))
    rounds = complete_rounds((old, *again), NAMES)
    assert rounds.paired == again
    assert rounds.unpaired == (old,)


def test_of_two_complete_tries_the_first_counts() -> None:
    """No pair is counted twice, whatever a resume ran again."""
    first = (a_record("a", id="1a"), a_record("b", id="1b"))
    second = (a_record("a", round_try=1, id="2a"), a_record("b", round_try=1, id="2b"))
    rounds = complete_rounds((*second, *first), NAMES)
    assert rounds.paired == first
    assert rounds.unpaired == second


def test_the_last_attempt_is_the_final_one() -> None:
    """A retried throttle is an attempt of its own: counted, not compared."""
    throttled = a_failure("a", attempt=1, id="t")
    answered = a_record("a", attempt=2, retry_of="t", id="r")
    other = a_record("b", id="b")
    rounds = complete_rounds((answered, throttled, other), NAMES)
    assert rounds.paired == (answered, other)
    assert rounds.retried == (throttled,)


def test_a_failed_request_completes_a_round_and_a_cancelled_one_does_not() -> None:
    """A failure is an outcome of the service; a request we cut short ourselves says nothing."""
    failed = complete_rounds((a_failure("a", id="a"), a_record("b", id="b")), NAMES)
    assert len(failed.paired) == 2
    cancelled = complete_rounds((a_failure("a", outcome="cancelled", id="a"), a_record("b", id="b")), NAMES)
    assert cancelled.paired == ()
    assert len(cancelled.unpaired) == 2


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.sampled_from("pq"),
            st.integers(0, 2),
            st.integers(0, 2),
            st.integers(1, 2),
            st.booleans(),
        ),
        unique_by=lambda drawn: drawn[:5],
        max_size=40,
    )
)
def test_every_pair_exactly_once_and_nothing_lost(drawn: list[tuple[str, str, int, int, int, bool]]) -> None:
    """Whatever sessions left behind: paired cells are whole and unique, and the three parts add up to the sample."""
    records = [
        a_record(t, p, cycle=c, round_try=n, attempt=a) if ok else a_failure(t, p, cycle=c, round_try=n, attempt=a)
        for t, p, c, n, a, ok in drawn
    ]
    rounds = complete_rounds(records, "abc")
    cells = Counter((r.cycle, r.prompt, r.target) for r in rounds.paired)
    assert set(cells.values()) <= {1}
    assert Counter((cycle, prompt) for cycle, prompt, _ in cells) == Counter(
        {(cycle, prompt): 3 for cycle, prompt, _ in cells}
    )
    parts = (*rounds.paired, *rounds.unpaired, *rounds.retried)
    assert sorted(r.id for r in parts) == sorted(r.id for r in records)


def test_a_cycle_is_complete_when_every_prompt_is() -> None:
    """Two of two prompts: complete. One of two: not."""
    records = [a_record("a", p, cycle=c) for c, p in ((0, "p"), (0, "q"), (1, "p"))]
    assert complete_cycles(complete_rounds(records, ("a",)), ("p", "q")) == 1


def test_the_known_region_goes_before_the_header_and_nothing_is_guessed() -> None:
    """Request id, then the simulator's header, then unknown."""
    records = (
        a_record(id="1", request_id="x", headers={REGION_HEADER: "us-west-2"}),
        a_record(id="2", request_id="y", headers={REGION_HEADER: "us-west-2"}),
        a_record(id="3", request_id="z"),
        a_record(id="4"),
    )
    assert regions_of(records, {"x": "us-east-1"}) == {"1": "us-east-1", "2": "us-west-2", "3": None, "4": None}


def test_simulation_is_told_by_its_header() -> None:
    """Each simulator once; a speed that is not a number is unknown, and a real run has none."""

    def told(*headers: str) -> tuple[Simulation, ...]:
        return simulation_of([a_record(headers={SIMULATION_HEADER: header}) for header in headers])

    twenty = Simulation(profile="published-2024", speed=20.0)
    assert told("published-2024;speed=20", "published-2024;speed=20") == (twenty,)
    assert told("x;speed=fast", "y", "z;speed=nan") == tuple(Simulation(profile=p, speed=None) for p in "xyz")
    assert simulation_of([a_record()]) == ()
