"""What is recommended follows from what is proven, and nothing else is."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hayai.ask.goals import parse_goals
from hayai.ask.plan import Rules
from hayai.decide.recommend import recommend
from hayai.decide.recommendations import NEEDS, Beside, Choice, Quality, Recommendation
from hayai.decide.sample import Floats, Sample, sample_of_measurements
from hayai.decide.verdict.judge import judge
from tests.decide.rounds import ANYTIME, ONE_PASS, a_measurement

NAMES = ("a", "b", "c")


def measured(
    times: dict[str, float], *, cycles: int = 12, prompts: int = 6, noise: float = 0.05, seed: int = 1, **failed: int
) -> Sample:
    """Rounds in which each target takes so many seconds, a prompt being one to six times as long, with noise; so many fail."""
    drawn = np.random.default_rng(seed)
    rows = [
        a_measurement(
            name,
            f"p{prompt}",
            None
            if cycle * prompts + prompt < failed.get(name, 0)
            else seconds * (1 + prompt) * math.exp(drawn.normal(0, noise)),
            cycle,
            output_tokens=None if cycle * prompts + prompt < failed.get(name, 0) else 100 * (1 + prompt),
        )
        for cycle in range(cycles)
        for prompt in range(prompts)
        for name, seconds in times.items()
    ]
    return sample_of_measurements(rows, tuple(times))[0]


def dollars(sample: Sample, **each: float) -> dict[str, Floats]:
    """What a round costs: so much for each second of prompt, with a little noise."""
    drawn = np.random.default_rng(2)
    return {
        name: np.where(
            sample.arms[name].answered, usd * (1 + sample.prompt) * np.exp(drawn.normal(0, 0.02, len(sample))), np.nan
        )
        for name, usd in each.items()
    }


def recommended(
    sample: Sample,
    usd: dict[str, Floats] | None = None,
    *,
    goals: str = "",
    qualities: dict[tuple[str, str], Quality] | None = None,
    **more: Any,
) -> Recommendation:
    """The recommendation for this sample, the first target being the baseline."""
    names = tuple(sample.arms)
    rules = Rules(goals=parse_goals(goals, names) if goals else ())
    bounds = more.pop("bounds", ANYTIME)
    judgement = judge(sample, names, rules, bounds)
    found = recommend(sample, judgement, bounds, rules, usd=usd or {}, qualities=qualities or {}, **more)
    assert found is not None
    return found


def choice(found: Recommendation, need: str) -> Choice:
    """The answer to a need."""
    assert tuple(one.need for one in found.choices) == NEEDS
    return next(one for one in found.choices if one.need == need)


def beside(one: Choice) -> dict[str, Beside]:
    """How the chosen one compares with each rival."""
    return {rival.target: rival.beside for rival in one.rivals}


def test_three_targets_of_known_truth() -> None:
    """a is cheap and slow, b dear and fast, c dearer than a and slower than both: each need has its answer, c none."""
    sample = measured({"a": 1.0, "b": 0.5, "c": 1.5})
    found = recommended(sample, dollars(sample, a=0.001, b=0.004, c=0.002), goals="e2e.p95<5s")
    cheap, value, fast = (choice(found, need) for need in NEEDS)
    assert (cheap.target, cheap.clear, beside(cheap)) == ("a", True, {"b": "better", "c": "better"})
    assert (fast.target, fast.clear, beside(fast)) == ("b", True, {"a": "better", "c": "better"})
    assert (value.target, value.clear, value.excluded) == ("b", True, ("a", "c"))
    assert [(one.target, one.standing, one.beaten_by) for one in found.standings] == [
        ("a", "frontier", None),
        ("b", "frontier", None),
        ("c", "beaten", "a"),
    ]
    assert not found.quality_known
    assert [(one.faster, one.answer) for one in found.combined] == [("better", "open"), ("worse", "no")]


def test_worse_answers_are_never_the_fastest_choice() -> None:
    """And an open question about quality is an open question here."""
    sample = measured({"a": 1.0, "b": 0.5, "c": 0.8})
    usd = dollars(sample, a=0.001, b=0.001, c=0.002)
    qualities: dict[tuple[str, str], Quality] = {("b", "a"): "worse", ("c", "a"): "not_worse"}
    fast = choice(recommended(sample, usd, qualities=qualities), "fastest")
    assert (fast.target, fast.clear, fast.excluded, fast.quality) == ("c", True, ("b",), "not_worse")
    qualities[("b", "a")] = "open"
    fast = choice(recommended(sample, usd, qualities=qualities), "fastest")
    # The fastest is named, though nobody knows yet; and so is who is fast and not worse for sure.
    assert (fast.target, fast.clear, fast.quality, fast.open) == ("b", False, "open", ("c",))
    found = recommended(sample, usd, qualities={("b", "a"): "not_worse", ("c", "a"): "not_worse"})
    assert choice(found, "fastest").target == "b"
    assert [one.answer for one in found.combined] == ["yes", "yes"]
    assert found.quality_known


def test_what_cannot_be_told_is_not_chosen_clearly() -> None:
    """Two alike: nobody is the fastest, and with noise that hides it nobody is excluded either."""
    sample = measured({"a": 1.0, "b": 1.0}, cycles=3, noise=0.4)
    found = recommended(sample, dollars(sample, a=0.001, b=0.001))
    fast = choice(found, "fastest")
    assert not fast.clear
    assert fast.open
    still = measured({"a": 1.0, "b": 1.0}, cycles=40, noise=0.02)
    alike = choice(recommended(still, dollars(still, a=0.001, b=0.002)), "fastest")
    assert (alike.clear, len(alike.ties)) == (True, 1)


def test_prices_that_differ_by_a_factor_leave_no_doubt() -> None:
    """The same tokens at two prices: there is no noise, and none is needed."""
    sample = measured({"a": 1.0, "b": 0.9}, cycles=1, prompts=3)
    usd = {name: np.full(len(sample), price) for name, price in (("a", 0.002), ("b", 0.001))}
    cheap = choice(recommended(sample, usd, bounds=ONE_PASS), "lowest_cost")
    assert (cheap.target, cheap.clear) == ("b", True)
    assert cheap.rivals[0].ratio == pytest.approx(2.0)


def test_a_bill_is_a_sum() -> None:
    """Cheaper on most prompts, dearer on the one that counts: who is cheaper cannot be told by ratios alone."""
    sample = measured({"a": 1.0, "b": 1.0}, cycles=10)
    factor = np.where(sample.prompt == 5, 40.0, 0.3)
    drawn = np.exp(np.random.default_rng(4).normal(0, 0.01, len(sample)))
    usd = {"a": np.full(len(sample), 0.001), "b": 0.001 * factor * drawn}
    cheap = choice(recommended(sample, usd), "lowest_cost")
    assert cheap.target == "a"
    assert not cheap.clear


def test_unknown_prices_leave_only_time() -> None:
    """A target without a price is never the cheapest, and may be."""
    sample = measured({"a": 1.0, "b": 0.5})
    usd = dollars(sample, a=0.001)
    cheap = choice(recommended(sample, usd), "lowest_cost")
    assert (cheap.target, cheap.clear, cheap.open) == ("a", False, ("b",))
    found = recommended(sample, goals="e2e.p50<100s")
    assert [one.why_none for one in found.choices] == ["no_prices", "no_prices", None]
    assert choice(found, "fastest").target == "b"


def test_goals_are_met_by_intervals() -> None:
    """Met within, missed without, open where the bound lies inside; too few answers have no upper bound at all."""
    sample = measured({"a": 1.0, "b": 1.0}, cycles=20, prompts=5)
    reading = {}
    for goal in ("e2e.p50<2s", "e2e.p50<3s", "e2e.p50<4.5s", "e2e.p99.9<60s", "ttft.p50<1s"):
        found = recommended(sample, goals=goal)
        reading[goal] = found.fulfilments[0].reading
    assert reading == {
        "e2e.p50<2s": "missed", "e2e.p50<3s": "open", "e2e.p50<4.5s": "met", "e2e.p99.9<60s": "open", "ttft.p50<1s": "unknown",
    }  # fmt: skip


def test_a_failed_request_is_later_than_any_goal() -> None:
    """Half of them failed: the median is no number, and no goal of it is met; failures have a goal of their own."""
    sample = measured({"a": 1.0, "b": 1.0}, cycles=20, prompts=5, b=60)
    found = recommended(sample, goals="e2e.p50<100s, failures<5%")
    told = {(one.target, one.goal.what): one for one in found.fulfilments}
    assert told["a", "e2e"].reading == "met"
    assert told["b", "e2e"].reading == "missed" or told["b", "e2e"].reading == "open"
    assert told["b", "e2e"].value is None
    assert (told["a", "failures"].value, told["a", "failures"].reading) == (0.0, "met")
    assert (told["b", "failures"].value, told["b", "failures"].reading) == (0.6, "missed")


def test_cost_and_quality_are_goals_too() -> None:
    """Mean dollars of a request; not worse than a target that is named."""
    sample = measured({"a": 1.0, "b": 0.5, "c": 0.4})
    usd = dollars(sample, a=0.001, b=0.004, c=0.001)
    qualities: dict[tuple[str, str], Quality] = {("b", "a"): "not_worse", ("c", "a"): "worse"}
    found = recommended(sample, usd, goals="cost<0.1, quality>=a, e2e.p50<50s", qualities=qualities)
    told = {(one.target, one.goal.what): one.reading for one in found.fulfilments}
    assert [told[name, "quality"] for name in NAMES] == ["met", "met", "missed"]
    assert [told[name, "cost"] for name in NAMES] == ["met", "met", "met"]
    value = choice(found, "best_value")
    assert (value.target, value.clear, value.excluded) == ("a", True, ("c",))
    none = choice(recommended(sample, usd, goals="e2e.p50<1ms"), "best_value")
    assert (none.target, none.why_none, none.excluded) == (None, "none_meets", NAMES)


def test_a_table_that_was_planned_has_ordinary_intervals() -> None:
    """Ten prompts once: enough to say who is twice as dear, though no anytime interval could."""
    sample = measured({"a": 1.0, "b": 0.5}, cycles=1, prompts=10, noise=0.2)
    drawn = np.exp(np.random.default_rng(5).normal(0, 0.5, len(sample)))
    usd = {"a": np.full(len(sample), 0.001), "b": 0.002 * drawn}
    assert choice(recommended(sample, usd, bounds=ONE_PASS, planned=True), "lowest_cost").clear
    assert not choice(recommended(sample, usd, bounds=ONE_PASS), "lowest_cost").clear


def test_nothing_is_recommended_where_there_is_nothing_to_choose_by() -> None:
    """One target; or nothing but times, which the verdict has told already."""
    sample = measured({"a": 1.0, "b": 0.5})
    names = tuple(sample.arms)
    judgement = judge(sample, names, Rules(), ANYTIME)
    assert recommend(sample, judgement, ANYTIME, Rules(), usd={}, qualities={}) is None


def test_of_equal_targets_none_is_called_the_fastest() -> None:
    """Of three that are alike, at most as often as the error rate allows; here it is 5 in 100."""
    false = 0
    for seed in range(60):
        sample = measured({"a": 1.0, "b": 1.0, "c": 1.0}, cycles=3, prompts=4, noise=0.1, seed=seed)
        fast = choice(recommended(sample, {}, goals="e2e.p50<99s"), "fastest")
        false += fast.clear and not fast.ties
    assert false <= 3


def test_error_rates_are_shared_by_the_rivals() -> None:
    """With more targets each comparison has less of it."""
    two = measured({"a": 1.0, "b": 0.5})
    three = measured({"a": 1.0, "b": 0.5, "c": 0.7})
    assert recommended(two, dollars(two, a=1.0)).alpha == ANYTIME.alpha
    assert recommended(three, dollars(three, a=1.0)).alpha == ANYTIME.alpha / 2
    assert recommended(two, dollars(two, a=1.0)).kind == "anytime"
    assert recommended(two, dollars(two, a=1.0), bounds=replace(ANYTIME, planned_cycles=20)).kind == "looks"


def test_times_that_prove_nothing_exclude_nobody() -> None:
    """Answers of b were cut: it may be the fastest all the same, so nobody is called that without doubt."""
    sample = measured({"a": 1.0, "b": 0.5})
    cut = replace(sample.arms["b"], cut=np.ones(len(sample), dtype=np.bool_))
    sample = replace(sample, arms={"a": sample.arms["a"], "b": cut})
    found = recommended(sample, dollars(sample, a=0.001, b=0.002))
    fast = choice(found, "fastest")
    assert (fast.target, fast.clear, fast.open) == ("a", False, ("b",))
    assert [one.standing for one in found.standings] == ["unknown", "unknown"]


def test_one_that_fell_back_is_not_compared_and_blames_nobody_else() -> None:
    """The baseline fell back: the two others are compared with each other all the same."""
    sample = measured({"a": 0.3, "b": 1.0, "c": 0.5})
    all_of_them = np.ones(len(sample), dtype=np.bool_)
    fell = replace(sample.arms["a"], asked=all_of_them, told=all_of_them, otherwise=all_of_them)
    sample = replace(sample, arms={**sample.arms, "a": fell})
    found = recommended(sample, dollars(sample, a=0.001, b=0.001, c=0.001))
    fast = choice(found, "fastest")
    assert (fast.target, beside(fast), fast.open) == ("c", {"b": "better"}, ("a",))
    assert [one.standing for one in found.standings] == ["unknown", "beaten", "frontier"]


def test_who_mostly_fails_is_not_the_fastest() -> None:
    """Of those that fail now and then, the failures are told."""
    sample = measured({"a": 1.0, "b": 0.2}, b=60)
    found = recommended(sample, dollars(sample, a=0.001, b=0.001))
    assert (choice(found, "fastest").target, choice(found, "fastest").open) == ("a", ("b",))
    assert [(one.failed, one.requests) for one in found.standings] == [(0, 72), (60, 72)]


def test_whoever_is_beaten_in_pairs_is_not_the_best() -> None:
    """b is slower and dearer on every prompt, and failed on the long ones: its means are lower, and say nothing."""
    sample = measured({"a": 1.0, "b": 1.3}, cycles=12)
    long = sample.prompt >= 4
    b = sample.arms["b"]
    gone = replace(b, e2e=np.where(long, np.nan, b.e2e), answered=b.answered & ~long)
    sample = replace(sample, arms={"a": sample.arms["a"], "b": gone})
    usd = dollars(sample, a=0.001, b=0.0013)
    found = recommended(sample, usd)
    for need in ("lowest_cost", "fastest"):
        assert (choice(found, need).target, choice(found, need).clear) == ("a", True)


def test_equally_dear_and_slower_is_beaten() -> None:
    """As two Regions at one price."""
    sample = measured({"a": 1.0, "b": 2.0})
    found = recommended(sample, {name: np.full(len(sample), 0.001) for name in "ab"})
    assert [(one.standing, one.beaten_by) for one in found.standings] == [("frontier", None), ("beaten", "a")]


def test_nothing_is_dearer_than_nothing() -> None:
    """Free against free is the same, free against any price is cheaper."""
    sample = measured({"a": 1.0, "b": 1.0})
    nothing, something = np.zeros(len(sample)), np.full(len(sample), 0.001)
    same = choice(recommended(sample, {"a": nothing, "b": nothing}), "lowest_cost")
    assert (same.clear, same.ties) == (True, ("b",))
    free = choice(recommended(sample, {"a": something, "b": nothing}), "lowest_cost")
    assert (free.target, free.clear) == ("b", True)


def test_two_that_are_alike_by_chance_prove_nothing() -> None:
    """One prompt, two rounds with equal tokens: there may be noise that nobody saw."""
    sample = measured({"a": 1.0, "b": 1.0}, cycles=2, prompts=1)
    usd = {"a": np.full(len(sample), 0.001), "b": np.full(len(sample), 0.002)}
    assert not choice(recommended(sample, usd), "lowest_cost").clear


def test_costs_that_are_not_known_are_not_called_missing_prices() -> None:
    """The prices are there; what was used is not told."""
    sample = measured({"a": 1.0, "b": 1.0})
    unknown = {name: np.full(len(sample), np.nan) for name in "ab"}
    assert choice(recommended(sample, unknown), "lowest_cost").why_none == "costs_unknown"


def test_between_an_answer_and_a_failure_there_is_no_number() -> None:
    """Half of eight failed: the median lies between the slowest answer and never, which is not a few hundred million seconds."""
    sample = measured({"a": 1.0, "b": 1.0}, cycles=2, prompts=4, b=4)
    found = recommended(sample, goals="e2e.p50<100s, e2e.p60<100s, e2e.p52<100s")
    assert [one.value for one in found.fulfilments if one.target == "b"] == [None, None, None]
    assert all(one.value is not None and one.value < 1e10 for one in found.fulfilments if one.target == "a")
