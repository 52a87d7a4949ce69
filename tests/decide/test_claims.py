"""A claim is confirmed or contradicted only by what the sample proves of it, and every reading of it is shown."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hayai.ask.claims import parse_claim
from hayai.ask.plan import Claim, ClaimReading, Rules
from hayai.decide.conclusions import Status
from hayai.decide.judgements import ClaimFinding
from hayai.decide.verdict.claims import examine
from hayai.decide.verdict.estimate import FEWEST_REPEATS, Bounds, Effects, effects_of_logs
from hayai.decide.verdict.judge import examined, judge
from tests.decide.rounds import ANYTIME, ONE_PASS, OPTIMIZED, STANDARD, noisy, published_sample, stream_sample

Kind = Literal["typical", "at_least", "up_to"]
KINDS: tuple[Kind, ...] = ("typical", "at_least", "up_to")
MIRRORED: dict[Status, Status] = {"confirmed": "contradicted", "contradicted": "confirmed", "undecided": "undecided"}


def a_claim(kind: Kind, factor: float, quantity: Literal["e2e", "ttft", "speed"] | None = None) -> Claim:
    """With a single reading."""
    reading = ClaimReading(face="times", times_as_fast=factor)
    return Claim(text="said", target="b", baseline="a", kind=kind, quantity=quantity, readings=(reading,))


def effects_of(gains: NDArray[np.float64], bounds: Bounds = ANYTIME) -> Effects:
    """From log gains, a row per cycle and a column per prompt: 0.47 is exp(0.47) times as fast."""
    cycles, prompts = gains.shape
    sample = replace(
        stream_sample(np.ones((1, prompts))),
        prompt=np.tile(np.arange(prompts), cycles),
        cycle=np.repeat(np.arange(cycles), prompts),
        cycles=cycles,
    )
    found = effects_of_logs(-gains.ravel(), np.ones(gains.size, dtype=np.bool_), sample, bounds)
    assert found is not None
    return found


def status(kind: Kind, factor: float, gains: NDArray[np.float64], bounds: Bounds = ANYTIME) -> Status:
    """What follows for one reading, end to end."""
    return examine(a_claim(kind, factor), {"e2e": effects_of(gains, bounds)}, bounds.alpha).status


def gains_of(*times_as_fast: float, cycles: int = 10, sd: float = 0.03, seed: int = 1) -> NDArray[np.float64]:
    """Log gains: a prompt for each true factor, with noise."""
    random = np.random.default_rng(seed)
    return np.log(times_as_fast) + sd * random.standard_normal((cycles, len(times_as_fast)))


# -- the published table --------------------------------------------------------------------------------------------------------------


def published(text: str) -> ClaimFinding:
    """A claim about the published table."""
    claim = parse_claim(text, [STANDARD, OPTIMIZED], place="test")
    (found,) = judge(
        published_sample(STANDARD, OPTIMIZED), (STANDARD, OPTIMIZED), Rules(claims=(claim,)), ONE_PASS
    ).claims
    return found


def test_the_published_claim_in_speed_and_in_time() -> None:
    """As speed it is the typical value and half of the prompts reach it; as time saved no prompt does. Neither is proven by single runs."""
    found = published("optimized has up to 60% higher inference speed than claude-3-5-haiku")
    speed, time = found.readings
    assert found.status == speed.status == time.status == "undecided"
    assert (speed.face, speed.needed, speed.quantity) == ("speed", 1.6, "e2e_per_token")
    assert 1 / speed.typical.ratio == pytest.approx(1.5972, abs=5e-5)
    assert (speed.reached, speed.prompts) == (5, 10)
    assert (time.face, time.needed, time.reached, time.prompts) == ("time", 2.5, 0, 10)
    assert time.reached_interval is not None
    assert time.reached_interval.low == 0
    assert time.reached_interval.high == pytest.approx(0.259, abs=5e-4)
    assert speed.single
    assert speed.best_tenth is None


def test_end_to_end_stands_first_where_the_claim_names_nothing() -> None:
    """With the speed beside it; each reading on each quantity, the weakest reading first."""
    found = published("up to 60% faster")
    assert [(reading.face, reading.quantity) for reading in found.readings] == [
        ("speed", "e2e"), ("speed", "e2e_per_token"), ("time", "e2e"), ("time", "e2e_per_token"),
    ]  # fmt: skip
    assert 1 / found.readings[0].typical.ratio == pytest.approx(1.4724, abs=5e-5)


def test_the_best_published_prompt_saves_less_than_the_claim() -> None:
    """42.5 % of the time: reached by one prompt when claimed, by none when a little more is."""
    assert published("up to 42.46% less time").readings[0].reached == 1
    assert published("up to 42.5% less time").readings[0].reached == 0


# -- the rules ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "factor", "expected"),
    [
        ("typical", 1.2, "confirmed"),
        ("typical", 1.5, "undecided"),
        ("typical", 1.9, "contradicted"),
        # The slowest of the prompts is 1.3 times as fast, the fastest 1.8 times.
        ("at_least", 1.1, "confirmed"),
        ("at_least", 1.3, "undecided"),
        ("at_least", 1.45, "contradicted"),
        ("at_least", 1.9, "contradicted"),
        ("up_to", 1.2, "confirmed"),
        ("up_to", 1.65, "confirmed"),
        ("up_to", 1.8, "undecided"),
        ("up_to", 2.2, "contradicted"),
    ],
)
def test_each_kind_of_claim_by_its_own_rule(kind: Kind, factor: float, expected: Status) -> None:
    """Typical by the mean, at least by the slowest prompt, up to by the fastest."""
    assert status(kind, factor, gains_of(1.3, 1.4, 1.5, 1.6, 1.8)) == expected


def test_one_prompt_proves_up_to_only_when_it_was_repeated_often_enough() -> None:
    """Five times: a prompt that was lucky twice is no case."""
    factors = (1.0, 1.0, 1.0, 1.0, 3.0)
    assert FEWEST_REPEATS == 5
    assert status("up_to", 1.5, gains_of(*factors, cycles=4, sd=0.01)) == "undecided"
    assert status("up_to", 1.5, gains_of(*factors, cycles=5, sd=0.01)) == "confirmed"


def test_where_all_stay_a_little_short_the_mean_contradicts_at_least() -> None:
    """No single prompt is beyond doubt there, their mean is: not all of them can reach it."""
    gains = gains_of(*[1.4] * 10, cycles=4, sd=0.12, seed=3)
    found = effects_of(gains)
    need = math.log(1.65)
    highest = [-mean + found.prompt_half_width(at, 0.05 / 20) for at, mean in enumerate(found.prompt_means)]
    assert min(highest) > need
    assert status("at_least", 1.65, gains) == "contradicted"


ONE_RUN = gains_of(1.4, 1.5, 1.6, 1.45, 1.55, 1.5, 1.52, 1.48, 1.5, 1.47, cycles=1)


@pytest.mark.parametrize(
    ("kind", "factor", "expected"),
    [
        ("typical", 1.2, "confirmed"),
        ("typical", 2.0, "contradicted"),
        # Some prompt must be as slow as the mean, or slower: not every one reaches it. That every one does is not known.
        ("at_least", 2.0, "contradicted"),
        ("at_least", 1.1, "undecided"),
        # Some prompt must be as fast as the mean, or faster. That none is faster is not known.
        ("up_to", 1.2, "confirmed"),
        ("up_to", 1.58, "undecided"),
        ("up_to", 5.0, "undecided"),
    ],
)
def test_without_repeats_only_the_mean_speaks(kind: Kind, factor: float, expected: Status) -> None:
    """It contradicts "at least" and confirms "up to", never the reverse."""
    assert status(kind, factor, ONE_RUN, ONE_PASS) == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("factor", [0.5, 1.2, 5.0])
def test_a_first_cycle_proves_nothing(kind: Kind, factor: float) -> None:
    """Of a run that was planned with repeats: the noise is not known yet."""
    assert status(kind, factor, ONE_RUN) == "undecided"


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_without_any_noise_prove_nothing(kind: Kind) -> None:
    """They were made or rounded."""
    assert status(kind, 1.2, np.full((6, 4), 0.4)) == "undecided"
    assert status(kind, 1.9, np.full((6, 4), 0.4)) == "undecided"


def test_what_equals_the_claim_reaches_it() -> None:
    """Up to rounding: 1.6 is reached by 1.6."""
    found = examine(a_claim("up_to", 1.6), {"e2e": effects_of(np.log([[1.6, 1.6, 1.5999]]))}, 0.05)
    assert found.readings[0].reached == 2


def test_the_share_of_prompts_that_reach_it() -> None:
    """Clopper and Pearson's interval, each bound alone at 95 %."""
    effects = effects_of(gains_of(1.3, 1.4, 1.5, 1.6, 1.8))
    shares = [
        examine(a_claim("up_to", factor), {"e2e": effects}, 0.05).readings[0].reached_interval
        for factor in (1.45, 1.1, 2.5)
    ]
    bounds = [(share.low, share.high) for share in shares if share is not None]
    least = 0.05 ** (1 / 5)
    assert bounds == [pytest.approx(pair, abs=1e-4) for pair in ((0.1893, 0.9236), (least, 1.0), (0.0, 1 - least))]


def test_one_prompt_in_ten_like_these() -> None:
    """The typical gain and 1.28 standard deviations of the true effects; the noise is not counted as difference between prompts."""
    random = np.random.default_rng(5)
    true = 0.4 + 0.1 * random.standard_normal(400)
    effects = effects_of(true + 0.3 * random.standard_normal((6, 400)))
    best = examine(a_claim("up_to", 1.6), {"e2e": effects}, 0.05).readings[0].best_tenth
    assert best == pytest.approx(math.exp(0.4 + 1.2816 * 0.1), rel=0.03)


# -- what it is about -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "known", "tested"),
    [
        (None, ["e2e", "ttft", "tpot", "e2e_per_token", "e2e_per_character"], ["e2e", "tpot"]),
        (None, ["e2e", "e2e_per_token", "e2e_per_character"], ["e2e", "e2e_per_token"]),
        (None, ["e2e", "e2e_per_character"], ["e2e", "e2e_per_character"]),
        (None, ["e2e"], ["e2e"]),
        ("speed", ["e2e", "tpot", "e2e_per_token"], ["tpot"]),
        ("speed", ["e2e", "e2e_per_token", "e2e_per_character"], ["e2e_per_token"]),
        ("speed", ["e2e"], []),
        ("ttft", ["e2e", "ttft"], ["ttft"]),
        ("ttft", ["e2e"], []),
        ("e2e", ["e2e", "tpot"], ["e2e"]),
        ("e2e", ["output_tokens"], []),
    ],
)
def test_a_claim_is_tested_on_what_it_names(
    quantity: Literal["e2e", "ttft", "speed"] | None, known: list[str], tested: list[str]
) -> None:
    """And is undecided where that is not known."""
    effects = effects_of(gains_of(1.5, 1.5, 1.5))
    found = examine(a_claim("typical", 1.2, quantity), dict.fromkeys(known, effects), 0.05)
    assert [reading.quantity for reading in found.readings] == tested
    assert found.status == ("confirmed" if tested else "undecided")


def test_the_weakest_reading_decides() -> None:
    """60 % faster holds as speed where it does not as time saved."""
    claim = parse_claim("b is typically 60% faster", ["a", "b"], place="test")
    sample = stream_sample(noisy(1.9, cycles=10))
    (found,) = examined(sample, Rules(claims=(claim,)), ANYTIME, 1)
    statuses = {(reading.face, reading.quantity): reading.status for reading in found.readings}
    assert statuses == {
        ("speed", "e2e"): "confirmed", ("speed", "tpot"): "confirmed",
        ("time", "e2e"): "contradicted", ("time", "tpot"): "contradicted",
    }  # fmt: skip
    assert found.status == "confirmed"


def test_what_is_said_of_the_slower_is_tested_on_the_faster() -> None:
    """30 % slower, as time."""
    claim = parse_claim("a is 30% slower than b", ["a", "b"], place="test")
    (found,) = examined(stream_sample(noisy(1.9, cycles=10)), Rules(claims=(claim,)), ANYTIME, 1)
    assert (found.target, found.baseline, found.status) == ("b", "a", "confirmed")


# -- properties -----------------------------------------------------------------------------------------------------------------------

ROUNDS = st.tuples(
    st.integers(1, 8), st.integers(1, 5), st.integers(0, 10_000), st.floats(0.01, 0.3), st.floats(-0.6, 0.6)
)
FACTORS = st.floats(0.5, 2.5).filter(lambda factor: abs(factor - 1) > 0.01)


def drawn(rounds: tuple[int, int, int, float, float]) -> NDArray[np.float64]:
    """Log gains: cycles, prompts, seed, noise and the true gain."""
    cycles, prompts, seed, sd, gain = rounds
    random = np.random.default_rng(seed)
    return gain + 0.2 * random.standard_normal(prompts) + sd * random.standard_normal((cycles, prompts))


@settings(deadline=None)
@given(ROUNDS, FACTORS, FACTORS, st.sampled_from(KINDS), st.sampled_from([ANYTIME, ONE_PASS]))
def test_a_stronger_claim_never_fares_better(
    rounds: tuple[int, int, int, float, float], one: float, other: float, kind: Kind, bounds: Bounds
) -> None:
    """What is contradicted stays so for more, what is confirmed stays so for less; and no more prompts reach more."""
    gains = drawn(rounds)
    order: list[Status] = ["contradicted", "undecided", "confirmed"]
    weak, strong = (status(kind, factor, gains, bounds) for factor in sorted((one, other)))
    assert order.index(strong) <= order.index(weak)


@settings(deadline=None)
@given(ROUNDS, FACTORS, st.sampled_from([ANYTIME, ONE_PASS]))
def test_changing_places_mirrors(rounds: tuple[int, int, int, float, float], factor: float, bounds: Bounds) -> None:
    """That B is X times as fast, and that A is 1/X times: what confirms one contradicts the other. The opposite of "every" is "one"."""
    gains = drawn(rounds)
    assert status("typical", 1 / factor, -gains, bounds) == MIRRORED[status("typical", factor, gains, bounds)]
    at_least, up_to = status("at_least", factor, gains, bounds), status("up_to", 1 / factor, -gains, bounds)
    if rounds[0] >= FEWEST_REPEATS:
        assert up_to == MIRRORED[at_least]
    else:
        # "Up to" asks for more repeats before one prompt is proof.
        assert up_to in {MIRRORED[at_least], "undecided"}


@settings(deadline=None)
@given(ROUNDS, FACTORS, st.sampled_from([ANYTIME, ONE_PASS]))
def test_every_prompt_is_more_than_the_mean_is_more_than_one(
    rounds: tuple[int, int, int, float, float], factor: float, bounds: Bounds
) -> None:
    """Who proves "at least" does not see "up to" contradicted, and so on: the three kinds never contradict each other."""
    gains = drawn(rounds)
    at_least, typical, up_to = (status(kind, factor, gains, bounds) for kind in KINDS[1:2] + KINDS[:1] + KINDS[2:])
    if at_least == "confirmed":
        assert typical != "contradicted"
    if typical == "confirmed":
        assert up_to != "contradicted"
    if at_least == "confirmed":
        assert up_to != "contradicted"


@pytest.mark.parametrize(("kind", "factor"), [("typical", 1.5), ("at_least", 1.5), ("up_to", 1.5)])
def test_a_claim_at_the_edge_is_rarely_judged_wrongly(kind: Kind, factor: float) -> None:
    """All prompts have the gain claimed: however often one looks, at most 5 % of runs contradict it."""
    wrong = 0
    for seed in range(200):
        gains = gains_of(*[factor] * 4, cycles=8, sd=0.1, seed=seed)
        looks = {status(kind, factor * (1 - 1e-9), gains[:cycles]) for cycles in range(2, 9)}
        wrong += "contradicted" in looks
    assert wrong <= 10
