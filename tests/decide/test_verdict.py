"""The verdict says what the sample proves, and nothing where it proves nothing."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hayai.ask.claims import parse_claim
from hayai.ask.plan import Rules
from hayai.decide.analyze import analyze
from hayai.decide.conclusions import Answer, Verdict
from hayai.decide.sample import Sample, sample_of_measurements, sample_of_run
from hayai.decide.verdict.answer import classify, settled
from hayai.decide.verdict.estimate import Bounds
from hayai.decide.verdict.judge import judge, pairings
from hayai.keep.measurements import Measurements
from hayai.keep.records import Failure, RequestRecord, Usage
from tests.decide.rounds import (
    ANYTIME,
    HAIKU_3,
    ONE_PASS,
    OPTIMIZED,
    STANDARD,
    a_measurement,
    ends,
    noisy,
    published_sample,
    stream_sample,
    streams,
)

MARGIN = math.log(1.1)
LOGS = st.floats(-3, 3, allow_nan=False)


def verdict(sample: Sample, bounds: Bounds = ANYTIME, names: tuple[str, str] = ("a", "b"), **rules: Any) -> Verdict:
    """The one verdict of two targets."""
    return judge(sample, names, Rules(**rules), bounds).verdicts[0]


MIRROR: dict[Answer, Answer] = {
    "much_faster": "much_slower",
    "faster": "slower",
    "same_but_faster": "same_but_slower",
    "same_but_slower": "same_but_faster",
    "slower": "faster",
    "much_slower": "much_faster",
}


def mirrored(answer: Answer) -> Answer:
    """The answer with target and baseline exchanged."""
    return MIRROR.get(answer, answer)


@pytest.mark.parametrize(
    ("low", "high", "answer"),
    [
        (-0.5, -0.2, "much_faster"),
        (-0.5, -0.05, "faster"),
        (-0.08, -0.02, "same_but_faster"),
        (-0.08, 0.08, "same"),
        (0.02, 0.08, "same_but_slower"),
        (0.05, 0.5, "slower"),
        (0.2, 0.5, "much_slower"),
        (-0.2, 0.05, "undecided"),
        (-0.05, 0.2, "undecided"),
    ],
)
def test_the_whole_interval_decides(low: float, high: float, answer: Answer) -> None:
    """Each answer needs the whole interval on its side of 0 and of the margin."""
    assert classify(low, high, MARGIN) == answer
    assert classify(-high, -low, MARGIN) == mirrored(answer)


@given(LOGS, st.floats(0, 3), st.floats(0.01, 1))
def test_a_certain_answer_stays_when_the_interval_narrows(centre: float, half: float, margin: float) -> None:
    """Knowing more never turns faster into slower; "undecided" is the only answer that may turn into anything."""
    wide = classify(centre - half, centre + half, margin)
    narrow = classify(centre - half / 2, centre + half / 2, margin)
    side = {"much_faster": -1, "faster": -1, "same_but_faster": -1, "much_slower": 1, "slower": 1, "same_but_slower": 1}
    if wide in side:
        assert side.get(narrow, 0) == side[wide]


def test_same_needs_no_more_precision_and_undecided_is_never_settled() -> None:
    """Precision is asked of a difference, not of its absence."""
    assert settled("same", 0.09, 0.01)
    assert settled("faster", 0.09, None)
    assert not settled("faster", 0.2, 0.1)
    assert not settled("undecided", 0.0, None)
    assert not settled("none", 0.0, None)


@given(st.integers(0, 10_000), st.sampled_from([0.6, 0.95, 1.0, 1.4]))
def test_swapping_the_targets_mirrors_the_verdict(seed: int, ratio: float) -> None:
    """A against B says the reciprocal of B against A, answer, interval and parts."""
    sample = stream_sample(noisy(ratio, cycles=3, prompts=4, seed=seed))
    one, other = verdict(sample), verdict(sample, names=("b", "a"))
    assert other.answer == mirrored(one.answer)
    for name, estimate in one.estimates.items():
        back = other.estimates[name]
        assert estimate.ratio * back.ratio == pytest.approx(1)
        if estimate.anytime is not None:
            assert ends(estimate.anytime)[0] * ends(back.anytime)[1] == pytest.approx(1)


@given(st.integers(0, 10_000), st.floats(0.01, 100))
def test_scaling_all_times_changes_nothing(seed: int, factor: float) -> None:
    """The verdict does not know seconds from hours."""
    rng = np.random.default_rng(seed)
    times = np.exp(rng.standard_normal((2, 3, 4)))
    samples = [
        sample_of_measurements(
            [
                a_measurement(target, f"p{prompt}", float(times[arm, cycle, prompt] * scale), cycle)
                for arm, target in enumerate("ab")
                for cycle in range(3)
                for prompt in range(4)
            ],
            ("a", "b"),
        )[0]
        for scale in (1.0, factor)
    ]
    one, other = (verdict(sample) for sample in samples)
    assert one.answer == other.answer
    assert one.headline is not None
    assert other.headline is not None
    assert one.headline.ratio == pytest.approx(other.headline.ratio)


@given(
    arrays.arrays(np.float64, (3, 4), elements=st.floats(0.2, 5)),
    arrays.arrays(np.float64, (3, 4), elements=st.integers(1, 500).map(float)),
    st.floats(0.05, 0.9),
)
def test_the_parts_multiply_to_the_whole(ratios: Any, tokens: Any, start: float) -> None:
    """Start x amount x per token is the end-to-end ratio, exactly, whatever was written."""

    def change(record: RequestRecord, cycle: int, prompt: int) -> dict[str, Any]:
        if record.target == "a":
            return {}
        return {"usage": Usage(output_tokens=1 + int(tokens[cycle, prompt]), source="stream")}

    found = verdict(stream_sample(ratios, start=start, change=change)).parts
    assert found is not None
    product = found.start.ratio * found.amount.ratio * found.per_unit.ratio
    assert product == pytest.approx(found.whole.ratio, rel=1e-9)


def test_the_same_sample_gives_the_same_judgement() -> None:
    """Same records, same seed, same output to the last digit, bootstrap included."""
    sample = stream_sample(noisy(1.2, cycles=12, prompts=10))
    first, second = (judge(sample, ("a", "b"), Rules(), ANYTIME, seed=3) for _ in "12")
    assert msgspec.json.encode(first) == msgspec.json.encode(second)
    assert first.verdicts[0].percentiles


def test_a_true_difference_is_found_with_its_size() -> None:
    """1.5 times as fast, little noise: certain, settled, and the truth inside the interval."""
    found = verdict(stream_sample(noisy(1.5)))
    assert found.answer == "much_faster"
    assert found.settled
    assert found.headline is not None
    low, high = ends(found.headline.anytime)
    assert low < 1 / 1.5 < high


def test_no_difference_is_the_same_once_there_is_enough() -> None:
    """Twenty calm cycles of the same thing: practically the same."""
    assert verdict(stream_sample(noisy(1.0, cycles=20))).answer in ("same", "same_but_faster", "same_but_slower")


def test_the_published_table_comes_out_as_it_was_reanalysed() -> None:
    """The golden numbers through the product's own way in: anytime interval, prompt interval, equal length, no time to first token."""
    found = verdict(published_sample(STANDARD, OPTIMIZED), ONE_PASS, (STANDARD, OPTIMIZED))
    assert found.answer == "faster"
    head = found.headline
    assert head is not None
    assert 1 / head.ratio == pytest.approx(1.4724, abs=5e-5)
    assert [1 / end for end in ends(head.such_prompts)] == pytest.approx([1.6394, 1.3225], abs=5e-5)
    assert [1 / end for end in ends(head.anytime)] == pytest.approx([1.983, 1.093], abs=5e-4)
    assert found.estimates["output_tokens"].ratio == pytest.approx(1.0848, abs=5e-5)
    assert 1 / found.estimates["e2e_per_token"].ratio == pytest.approx(1.5972, abs=5e-5)
    assert found.equal_length is not None
    assert found.equal_length.method == "regression"
    assert 1 / found.equal_length.estimate.ratio == pytest.approx(1.5547, abs=5e-5)
    assert [guess.identified for guess in found.starts] == [False, False]
    assert not found.streamed
    assert found.length is not None
    assert found.length.rank_correlation == pytest.approx(0.2242, abs=1e-4)
    low, high = ends(found.length.per_doubling.interval)
    assert low < 1 < high


def test_the_worked_example_of_the_split_and_of_equal_length() -> None:
    """A starts after 0.8 s and writes 500 tokens at 15 ms, B after 0.5 s and 550 at 10 ms: the parts, and at the mean length 1.5087."""

    def change(record: RequestRecord, _cycle: int, _prompt: int) -> dict[str, Any]:
        start, tokens, each = (0.8, 500, 0.015) if record.target == "a" else (0.5, 550, 0.010)
        assert record.sent_at_ns is not None
        first = record.sent_at_ns + round(start * 1e9)
        return {
            "first_visible_at_ns": first,
            "last_at_ns": first + round((tokens - 1) * each * 1e9),
            "usage": Usage(output_tokens=tokens, source="stream"),
        }

    found = verdict(stream_sample(np.ones((2, 3)), change=change))
    assert found.parts is not None
    parts = [math.log(part.ratio) for part in (found.parts.start, found.parts.amount, found.parts.per_unit)]
    assert parts == pytest.approx([-0.042399, 0.086861, -0.368817], abs=5e-7)
    assert math.log(found.parts.whole.ratio) == pytest.approx(-0.324355, abs=5e-7)
    assert found.equal_length is not None
    at_mean = 0.8 + 0.015 * (math.sqrt(500 * 550) - 1), 0.5 + 0.010 * (math.sqrt(500 * 550) - 1)
    assert 1 / found.equal_length.estimate.ratio == pytest.approx(at_mean[0] / at_mean[1])
    assert 1 / found.equal_length.estimate.ratio == pytest.approx(1.508710, abs=1e-5)


def test_3_haiku_against_optimized_is_undecided() -> None:
    """End to end undecided, per token a tie, and it writes less."""
    found = verdict(published_sample(HAIKU_3, OPTIMIZED), ONE_PASS, (HAIKU_3, OPTIMIZED))
    assert found.answer == "undecided"
    assert 1 / found.estimates["e2e_per_token"].ratio == pytest.approx(1.0670, abs=5e-5)
    assert found.estimates["output_tokens"].ratio == pytest.approx(1.3639, abs=5e-5)


def test_one_cycle_of_a_longer_plan_gives_no_verdict() -> None:
    """Without a repeat nothing is known of the noise: no interval, and the reason."""
    found = verdict(stream_sample(noisy(2.0, cycles=1)))
    assert (found.answer, found.why_none) == ("none", "few_pairs")
    assert found.headline is not None
    assert found.headline.anytime is None


def test_one_prompt_can_be_judged_once_it_was_repeated_enough() -> None:
    """One prompt, many repeats: a verdict about this prompt, and no word about others."""
    found = verdict(stream_sample(noisy(1.5, cycles=20, prompts=1)))
    assert found.answer == "much_faster"
    assert found.headline is not None
    assert found.headline.such_prompts is None


def test_two_pairs_bound_nothing() -> None:
    """One prompt, two repeats: df 1, no bound."""
    assert verdict(stream_sample(noisy(1.5, cycles=2, prompts=1))).why_none == "few_pairs"


def test_equal_times_are_no_measurement() -> None:
    """Times without any variation were made or rounded: no interval of width 0, no verdict."""
    for ratio in (1.0, 0.5):
        found = verdict(stream_sample(np.full((5, 4), ratio)))
        assert (found.answer, found.why_none) == ("none", "no_variation")
        assert found.headline is not None
        assert found.headline.anytime is None


def test_a_target_that_always_fails_has_no_ratio() -> None:
    """Failures are counted, compared and lose; they are never times."""

    def fail(record: RequestRecord, _cycle: int, _prompt: int) -> dict[str, Any]:
        if record.target == "a":
            return {}
        return {"outcome": "server_error", "failure": Failure(code="500", message="no"), "usage": Usage()}

    found = verdict(stream_sample(noisy(1.0, cycles=3, prompts=4), change=fail))
    assert (found.answer, found.why_none, found.headline) == ("none", "failed", None)
    assert found.failing is not None
    assert (found.failing.target_failed, found.failing.rounds, found.failing.win_ratio) == (12, 12, 0.0)


def test_no_rounds_no_verdict() -> None:
    """Nothing measured: no pairs."""
    sample = sample_of_measurements([], ("a", "b"))[0]
    assert verdict(sample).why_none == "no_pairs"


def test_zero_tokens_have_no_speed() -> None:
    """An answer of zero tokens has a time and no time per token; nothing is divided by 0."""
    sample = stream_sample(
        noisy(1.3), change=lambda _record, _cycle, _prompt: {"usage": Usage(output_tokens=0), "text_chars": 0}
    )
    found = verdict(sample)
    assert found.answer == "much_faster"
    assert not {"tpot", "e2e_per_token", "output_tokens"} & found.estimates.keys()


def cut(target: str) -> Any:
    """Every answer of this target to prompt 0 reached the token limit."""
    return lambda record, _cycle, prompt: (
        {"stop_reason": "max_tokens"} if record.target == target and prompt == 0 else {}
    )


def test_cut_is_not_fast() -> None:
    """Answers cut on one side only block the verdict, whichever side it is: nobody knows how long they would have been."""
    for ratios in (noisy(1.5), noisy(1 / 1.5), noisy(1.0, cycles=20, sd=0.05), noisy(1.5, cycles=1)):
        for side in "ab":
            found = verdict(stream_sample(ratios, change=cut(side)))
            assert (found.answer, found.why_none, found.settled) == ("none", "cut", False)
            assert found.forecast is None


def test_cut_on_both_sides_alike_is_judged() -> None:
    """With the limit reached by both, the times are those of as many tokens: W105 tells it, the verdict stands."""

    def both(_record: RequestRecord, _cycle: int, prompt: int) -> dict[str, Any]:
        return {"stop_reason": "max_tokens"} if prompt == 0 else {}

    assert verdict(stream_sample(noisy(1.5), change=both)).answer == "much_faster"


def test_a_claim_rests_on_nothing_that_a_verdict_could_not_rest_on() -> None:
    """Cut on one side, twice as fast: neither confirmed nor contradicted, in any reading."""
    claim = parse_claim("b up to 60% faster than a", ("a", "b"), place="--claim")
    found = judge(stream_sample(noisy(2.0), change=cut("b")), ("a", "b"), Rules(claims=(claim,)), ANYTIME).claims[0]
    assert found.status == "undecided"
    assert {reading.status for reading in found.readings} == {"undecided"}


def spans(change: Any) -> Any:
    """Every answer's time in ns replaced by `change(record, time)`."""

    def changed(record: RequestRecord, _cycle: int, _prompt: int) -> dict[str, Any]:
        assert record.sent_at_ns is not None
        assert record.last_at_ns is not None
        span = round(change(record, record.last_at_ns - record.sent_at_ns))
        return {"last_at_ns": record.sent_at_ns + span, "first_visible_at_ns": record.sent_at_ns + span // 2}

    return changed


def served(share: float) -> Any:
    """b asks for a mode; this share of its answers is served in another."""

    def changed(record: RequestRecord, cycle: int, prompt: int) -> dict[str, Any]:
        if record.target != "b":
            return {}
        other = (cycle * 10 + prompt) % 10 < round(share * 10)
        return {"requested_latency": "optimized", "served_latency": "standard" if other else "optimized"}

    return changed


def test_a_mode_that_was_mostly_not_given_has_no_verdict() -> None:
    """Up to half of the answers the headline is about asking; beyond, nothing is said in the name of that mode, of claims either."""
    half = verdict(stream_sample(noisy(2.0, cycles=6, prompts=10), change=served(0.5)))
    assert (half.answer, half.why_none) == ("much_faster", None)
    most = stream_sample(noisy(2.0, cycles=6, prompts=10), change=served(0.6))
    assert (verdict(most).answer, verdict(most).why_none) == ("none", "fell_back")
    assert verdict(most).as_served is not None
    claim = parse_claim("b is at least 10% faster than a", ("a", "b"), place="--claim")
    judged = judge(most, ("a", "b"), Rules(claims=(claim,)), ANYTIME)
    assert (judged.claims[0].status, judged.claims[0].withheld) == ("undecided", "fell_back")


def test_a_difference_below_the_instrument_is_no_verdict() -> None:
    """Two local echo servers, 0.1 ms apart.

    Certain by arithmetic, and not by this instrument. "The same" needs times above its error, too.
    """
    tiny = spans(lambda _record, span: span / 10_000)
    assert verdict(stream_sample(noisy(1.5, prompts=3), change=tiny)).why_none == "below_instrument"
    assert verdict(stream_sample(noisy(1.0, cycles=30, prompts=3, sd=0.02), change=tiny)).why_none == "below_instrument"


def test_noise_does_not_hide_that_a_difference_is_below_the_instrument() -> None:
    """20 ms answers that truly differ by 0.1 ms, with 1 % of noise, averaged over hundreds of pairs: the same, and not measurably apart."""
    close = spans(lambda record, span: 20e6 * (span / 1e9 / (1 + int(record.prompt[1:]))))
    found = verdict(stream_sample(noisy(1.005, cycles=60, sd=0.01), change=close))
    assert found.answer == "same"


def test_the_error_rate_is_shared_out() -> None:
    """Two comparisons get half each; other pairs are described at the whole rate; --all-pairs judges all three at a third."""
    names = ("a", "b", "c")
    found = pairings(names, Rules(), ANYTIME)
    assert [(p.target, p.baseline, p.judged, p.bounds.alpha) for p in found] == [
        ("b", "a", True, 0.025),
        ("c", "a", True, 0.025),
        ("c", "b", False, 0.05),
    ]
    assert {p.bounds.alpha for p in pairings(names, Rules(all_pairs=True), ANYTIME)} == {0.05 / 3}


def test_the_self_test_takes_no_share_and_is_not_judged() -> None:
    """A target that repeats the baseline stands beside the question."""
    found = pairings(("a", "b", "a#2"), Rules(self_test="a#2"), ANYTIME)
    assert [(p.target, p.judged, p.bounds.alpha) for p in found if p.judged] == [("b", True, 0.05)]


def test_a_mode_that_was_not_served_leaves_the_as_served_line_only() -> None:
    """The headline is what one gets when one asks; beside it, what the mode itself did."""

    def change(record: RequestRecord, cycle: int, _prompt: int) -> dict[str, Any]:
        if record.target != "b":
            return {}
        fell_back = cycle == 0
        assert record.sent_at_ns is not None
        assert record.last_at_ns is not None
        span = record.last_at_ns - record.sent_at_ns
        return {
            "requested_latency": "optimized",
            "served_latency": "standard" if fell_back else "optimized",
            "last_at_ns": record.sent_at_ns + span * (2 if fell_back else 1),
        }

    judgement = judge(stream_sample(noisy(2.0), change=change), ("a", "b"), Rules(), ANYTIME)
    found = judgement.verdicts[0]
    assert found.headline is not None
    assert found.as_served is not None
    assert found.as_served.ratio < found.headline.ratio
    assert found.as_served.pairs == 50
    assert [(f.target, f.asked, f.otherwise, f.untold) for f in judgement.fallbacks] == [("b", 60, 10, 0)]


def test_who_comes_second_in_a_round_is_noticed() -> None:
    """A place in the round that costs 20 % is found, whichever target is faster."""

    def change(record: RequestRecord, _cycle: int, _prompt: int) -> dict[str, Any]:
        assert record.sent_at_ns is not None
        assert record.last_at_ns is not None
        span = record.last_at_ns - record.sent_at_ns
        return {"last_at_ns": record.sent_at_ns + round(span * (1.2 if record.position else 1.0))}

    found = verdict(stream_sample(noisy(1.3, cycles=12), change=change)).position
    assert found is not None
    low, high = ends(found.interval)
    assert 1.0 < low < 1.2 < high


def test_the_slowest_answers_are_listed_and_stay_in() -> None:
    """One answer ten times as slow: first in the list, far out by robust z, still in the headline, and the check without it differs."""

    def change(record: RequestRecord, cycle: int, prompt: int) -> dict[str, Any]:
        if (record.target, cycle, prompt) != ("b", 3, 2):
            return {}
        assert record.sent_at_ns is not None
        return {"last_at_ns": record.sent_at_ns + 30_000_000_000, "request_id": "slow-one"}

    judgement = judge(stream_sample(noisy(1.0), change=change), ("a", "b"), Rules(), ANYTIME)
    worst = judgement.slowest[0]
    assert (worst.target, worst.prompt, worst.cycle, worst.request_id) == ("b", "p2", 3, "slow-one")
    assert worst.robust_z is not None
    assert worst.robust_z > 5
    found = judgement.verdicts[0]
    assert found.headline is not None
    assert found.headline.pairs == 60
    assert found.without_slowest is not None
    assert found.without_slowest < found.headline.ratio


def test_a_rare_and_noisy_prompt_is_not_given_the_noise_of_the_others() -> None:
    """Nothing differs; one prompt is four times as noisy and mostly fails. At most 5 % of such runs may name a winner, at the last look."""
    wrong = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        ratios = np.exp(0.1 * rng.standard_normal((10, 10)))
        ratios[:, 0] = np.exp(0.4 * rng.standard_normal(10))
        alive = rng.random(10) < 0.25
        sample = sample_of_measurements(
            [
                a_measurement(target, f"p{prompt}", None if dead else 1.0 * factor, cycle)
                for cycle in range(10)
                for prompt in range(10)
                for target, factor in (("a", 1.0), ("b", float(ratios[cycle, prompt])))
                for dead in (prompt == 0 and not alive[cycle] and target == "b",)
            ],
            ("a", "b"),
        )[0]
        wrong += verdict(sample).answer not in ("undecided", "same", "none")
    assert wrong <= 15


def test_a_prompt_repeated_often_says_nothing_of_those_asked_once() -> None:
    """One prompt thirty times, nine once: prompts are the observations, not the repeats of one."""
    rng = np.random.default_rng(1)
    rows = [a_measurement(t, "often", float(np.exp(0.03 * rng.standard_normal())), r) for r in range(30) for t in "ab"]
    rows += [
        a_measurement(t, f"once{n}", float(np.exp(0.15 * rng.standard_normal())), 0) for n in range(9) for t in "ab"
    ]
    measured = Measurements(rows=tuple(rows), source="made", notes=())
    (found,) = analyze(measured, Rules(), targets=("a", "b")).judgement.verdicts
    assert found.form == "pairs"
    assert found.answer == "undecided"
    assert found.headline is not None
    assert found.headline.prompts == 10


def test_nothing_is_slow_for_its_prompt_where_nothing_was_repeated() -> None:
    """A single pass has no "without the slowest": the first rows of a file are not the slowest."""
    assert verdict(published_sample(STANDARD, OPTIMIZED), ONE_PASS, (STANDARD, OPTIMIZED)).without_slowest is None


def test_waits_for_retries_stand_beside_the_headline() -> None:
    """Every answer of b was throttled once and came a second later.

    The service was as fast, the user waited longer, and the throttles are counted.
    """
    plan, records = streams(noisy(1.5, cycles=3, prompts=4))
    again = [
        msgspec.structs.replace(
            record,
            id=record.id + "-first",
            outcome="throttled",
            failure=Failure(code="ThrottlingException", message=""),
            sent_at_ns=(record.sent_at_ns or 0) - 1_000_000_000,
        )
        for record in records
        if record.target == "b"
    ]
    sample = sample_of_run(plan, records, again)
    found = verdict(sample)
    assert found.with_waits is not None
    assert found.headline is not None
    assert found.with_waits.ratio > found.headline.ratio
    assert found.failing is not None
    assert (found.failing.target_throttled, found.failing.baseline_throttled, found.failing.target_failed) == (12, 0, 0)
    assert verdict(sample_of_run(plan, records)).with_waits is None


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("claude-3-haiku", "claude-3-5-haiku", True),
        ("gpt-4o", "claude-3-haiku", False),
        ("llama-3.3-70b", "nova-pro", False),
        ("slow", "fast", True),
    ],
)
def test_tokens_of_different_makers_are_not_compared(one: str, other: str, alike: bool) -> None:
    """In somebody's table the names of targets tell whose tokens they are, or nothing; characters take their place."""
    rows = [
        a_measurement(t, f"p{p}", 1.0 + 0.1 * p + 0.01 * c, c, output_tokens=100 * n, characters=400)
        for c in range(3)
        for p in range(4)
        for n, t in ((1, one), (2, other))
    ]
    found = verdict(sample_of_measurements(rows, (one, other))[0], names=(one, other))
    assert found.same_tokens == alike
    assert ("output_tokens" in found.estimates) == alike


def test_a_round_without_the_third_target_still_compares_the_other_two() -> None:
    """Somebody's table: c was measured in one round of three. Nothing of a and b is dropped, and c did not fail where it was not asked."""
    rows = [
        a_measurement(t, f"p{p}", 1.0 + 0.1 * p + 0.01 * c * (t == "b"), c)
        for c in range(3)
        for p in range(4)
        for t in ("a", "b", "c")
        if t != "c" or c == 0
    ]
    sample, alone = sample_of_measurements(rows, ("a", "b", "c"))
    assert (len(sample), alone) == (12, 0)
    ab, ac, _ = judge(sample, ("a", "b", "c"), Rules(), ANYTIME).verdicts
    assert ab.headline is not None
    assert ab.headline.pairs == 12
    assert ac.failing is not None
    assert (ac.failing.rounds, ac.failing.target_failed) == (4, 0)
