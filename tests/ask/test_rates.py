"""How fast is `20/m`? Never faster than it says; how far it reaches is known beforehand. Anything else is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.plan import Limits, Rate
from hayai.ask.rates import least_time_s, most_requests, parse_rate, too_slow_for_one_cycle
from hayai.errors import UsageError
from tests.decide.made import a_plan, a_prompt, a_target

RATES = st.builds(
    Rate, requests=st.floats(0.5, 5_000, allow_nan=False).map(lambda n: round(n, 3)), per=st.sampled_from(["s", "m"])
)


@pytest.mark.parametrize(
    ("text", "interval_ns"),
    [
        ("20/m", 3_000_000_000),
        (" 20 / M ", 3_000_000_000),
        ("5/s", 200_000_000),
        ("2.5/m", 24_000_000_000),
        (".5/s", 2_000_000_000),
        ("100/h", 36_000_000_000),
        ("7/m", 8_571_428_572),
        ("1/h", 3_600_000_000_000),
        ("10000/s", 100_000),
        ("36000000/h", 100_000),
    ],
)
def test_a_rate_has_an_interval(text: str, interval_ns: int) -> None:
    """Rounded up to a nanosecond, so that the rate is never passed."""
    assert parse_rate(text).interval_ns == interval_ns


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "not_a_rate"),
        ("5", "not_a_rate"),
        ("5/", "not_a_rate"),
        ("/m", "not_a_rate"),
        ("5/y", "not_a_rate"),
        ("5/d", "not_a_rate"),
        ("5/min", "not_a_rate"),
        ("5/m/s", "not_a_rate"),
        ("5 m", "not_a_rate"),
        ("five/m", "not_a_rate"),
        ("1e3/s", "not_a_rate"),
        ("nan/s", "not_a_rate"),
        ("inf/s", "not_a_rate"),
        ("５/m", "not_a_rate"),
        ("٣/s", "not_a_rate"),
        ("0/s", "not_positive"),
        ("0.0/m", "not_positive"),
        ("-0/m", "not_positive"),
        ("-3/m", "not_positive"),
        ("10001/s", "too_fast"),
        ("36001000/h", "too_fast"),
        (f"{'9' * 400}/s", "too_fast"),
        ("0.99/h", "too_slow"),
        (f"0.{'0' * 400}1/s", "not_positive"),
        (f"0.{'0' * 50}1/s", "too_slow"),
    ],
)
def test_what_is_no_rate_is_told(text: str, key: str) -> None:
    """One problem, at the place given."""
    with pytest.raises(UsageError) as caught:
        parse_rate(text, place="--rate")
    (problem,) = caught.value.problems
    assert (problem.place, problem.key) == ("--rate", f"rate.{key}")


@given(RATES)
def test_a_rate_is_written_as_it_is_read(rate: Rate) -> None:
    """What the manifest and messages say can be typed."""
    assert parse_rate(str(rate)) == rate


@given(RATES, st.integers(1, 10_000))
def test_what_fits_into_a_time_and_what_a_number_takes_are_the_same_question(rate: Rate, requests: int) -> None:
    """The last of n leaves n - 1 intervals after the first, and never sooner than the rate says."""
    seconds = least_time_s(rate, requests)
    assert seconds >= (requests - 1) / rate.requests * rate.span_s * (1 - 1e-9)
    last_ns = (requests - 1) * rate.interval_ns
    assert most_requests(rate, (last_ns + rate.interval_ns // 2) / 1e9) == requests


def test_nothing_takes_no_time() -> None:
    """Nor does a single request."""
    rate = Rate(requests=20, per="m")
    assert [least_time_s(rate, requests) for requests in (0, 1, 2)] == [0, 0, 3]
    assert [most_requests(rate, seconds) for seconds in (0, 0.1, 3, 3.1, 600)] == [0, 1, 1, 2, 200]


@pytest.mark.parametrize(("max_time_s", "told"), [(60, True), (63, True), (63.1, False), (600, False)])
def test_one_cycle_must_fit_into_the_time(max_time_s: float, *, told: bool) -> None:
    """Twenty-two requests at one in three seconds: the last slot comes after 63 seconds. What would do is said."""
    plan = a_plan(
        (a_target("a"), a_target("b")),
        tuple(a_prompt(f"p{number}") for number in range(10)),
        rate=Rate(requests=20, per="m"),
        limits=Limits(max_time_s=max_time_s),
    )
    problems = too_slow_for_one_cycle(plan)
    assert bool(problems) == told
    for problem in problems:
        assert (problem.place, problem.key) == ("--rate", "rate.below_one_cycle")
        assert problem.values == {"rate": "20/m", "needed": 22, "minutes": "2m"}


def test_without_a_rate_there_is_nothing_to_object() -> None:
    """However short the time is."""
    assert too_slow_for_one_cycle(a_plan((a_target("a"),), (a_prompt("p"),), limits=Limits(max_time_s=1e-6))) == []
