"""Passed and failed, compared: prompts are the observations, only complete rounds count, and few prompts carry no verdict."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from hayai.ask.expectations import Expectations
from hayai.ask.plan import Prompt, Rules
from hayai.decide.quality.checking import check_answers
from hayai.decide.quality.checks.check import PASSED, failed, unknown
from hayai.decide.quality.findings import Looked, PassDifference
from hayai.decide.quality.pairs import fewest_prompts, mcnemar, needed_prompts, of_pairs
from hayai.decide.stats.proportions import paired_difference
from hayai.keep.records import SaidText
from tests.decide.checked import a_run, checks_of, described, looked_at
from tests.decide.made import a_failure

BOTH, ONLY_A, ONLY_B, NEITHER = (True, True), (True, False), (False, True), (False, False)
CELLS = (BOTH, ONLY_A, ONLY_B, NEITHER)


def compared(*counts: int, repeats: int = 1) -> PassDifference:
    """B against A: so many prompts in each cell, each seen so often."""
    found = of_pairs([[cell] * repeats for cell, count in zip(CELLS, counts, strict=True) for _ in range(count)])
    assert found is not None
    return found


@given(st.lists(st.integers(0, 30), min_size=4, max_size=4).filter(any))
def test_with_one_round_per_prompt_it_is_the_ordinary_table(counts: list[int]) -> None:
    """The shares, Newcombe's interval and exact McNemar are those of the four counts."""
    found = compared(*counts)
    both, only_a, only_b, neither = counts
    expected = paired_difference(both, only_a, only_b, neither, 0.9)
    assert expected is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((expected.low, expected.high))
    n = sum(counts)
    assert found.prompts == found.pairs == n
    assert found.difference == pytest.approx(found.target_share - found.baseline_share)
    assert found.difference == pytest.approx((counts[2] - counts[1]) / n)
    moved = counts[1] + counts[2]
    assert found.p == pytest.approx(binomtest(counts[1], moved).pvalue if moved else 1.0)


def test_repeats_are_no_new_prompts() -> None:
    """The same answers ten times over prove what they proved once."""
    once, often = compared(5, 4, 0, 1), compared(5, 4, 0, 1, repeats=10)
    assert often.pairs == 100
    assert often.prompts == once.prompts == 10
    assert (often.interval, often.p, often.answer) == (once.interval, once.p, once.answer)


PAIRS = st.lists(st.lists(st.sampled_from(CELLS), min_size=1, max_size=4), min_size=1, max_size=25)


@given(PAIRS)
def test_the_other_way_round_it_is_the_mirror_image(pairs: list[list[tuple[bool, bool]]]) -> None:
    """Whatever the rounds were; and no interval leaves -1 to 1, or is of no width."""
    found, swapped = of_pairs(pairs), of_pairs([[(b, a) for a, b in one] for one in pairs])
    assert found is not None
    assert swapped is not None
    low, high = found.interval.low, found.interval.high
    assert low is not None
    assert high is not None
    assert -1 <= low < high <= 1
    assert swapped.difference == pytest.approx(-found.difference, abs=1e-12)
    assert swapped.interval.low == pytest.approx(-high)
    assert (swapped.more_often, swapped.less_often, swapped.p) == (found.less_often, found.more_often, found.p)
    shares = [sum(b for _, b in one) / len(one) for one in pairs]
    assert found.target_share == pytest.approx(math.fsum(shares) / len(shares))


def test_ten_prompts_show_no_equality_and_sixty_do() -> None:
    """Even without a single miss. What the method's table says is needed is told."""
    ten, sixty = compared(10, 0, 0, 0), compared(60, 0, 0, 0)
    assert (ten.answer, sixty.answer) == ("open", "not_worse")
    assert ten.prompts < ten.fewest_prompts == 59
    assert ten.needed_prompts == 248
    assert compared(58, 0, 0, 0).answer == "open"


@pytest.mark.parametrize(
    ("counts", "answer"),
    [
        ((0, 10, 0, 0), "worse"),
        ((4, 6, 0, 0), "worse"),
        ((5, 5, 0, 0), "open"),
        ((40, 20, 0, 0), "worse"),
        ((57, 3, 0, 0), "open"),
        ((90, 5, 5, 0), "open"),
        ((450, 25, 25, 0), "not_worse"),
        ((0, 0, 10, 0), "not_worse"),
        ((0, 0, 0, 60), "open"),
        ((0, 0, 60, 0), "not_worse"),
    ],
)
def test_what_is_concluded(counts: Sequence[int], answer: str) -> None:
    """A gap that chance does not explain is found with few prompts as well; a target that always passes more often is not worse."""
    assert compared(*counts).answer == answer


def test_two_that_pass_next_to_nothing_are_not_equally_good() -> None:
    """Wrong expectations find everybody alike: where no side passes more than twice the margin, that is said instead of a verdict."""
    for counts in ((0, 0, 0, 60), (0, 0, 0, 600), (30, 10, 10, 950), (0, 0, 0, 5)):
        assert (compared(*counts).answer, compared(*counts).why_open) == ("open", "none_passed")
    assert compared(60, 0, 0, 440).answer == "not_worse"
    assert compared(0, 30, 0, 470).answer == "worse"


def test_prompts_needed_are_those_of_the_method() -> None:
    """A share of differing pairs of 0.1: 248 for a margin of 5 points, 1546 for 2."""
    assert needed_prompts(0.1, 100) == 248
    assert needed_prompts(0.1, 100, margin=0.02) == 1546
    assert needed_prompts(0.0, 1000) == fewest_prompts() == 59
    assert 0.95 ** fewest_prompts() <= 0.05 < 0.95 ** (fewest_prompts() - 1)
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(0, 6) == pytest.approx(2 / 64)


@pytest.mark.parametrize(
    "cells", [(0.95, 0.05, 0.0, 0.0), (0.85, 0.10, 0.05, 0.0), (0.6, 0.125, 0.075, 0.2), (0.3, 0.2, 0.15, 0.35)]
)
def test_a_target_that_is_worse_by_the_margin_is_seldom_called_no_worse(cells: tuple[float, ...]) -> None:
    """In about one run of twenty, as alpha says, whatever else passes or fails; drawn from a seed."""
    drawn = np.random.default_rng(7).multinomial(100, cells, size=800)
    tables, times = np.unique(drawn, axis=0, return_counts=True)
    wrong = sum(
        int(n) for table, n in zip(tables, times, strict=True) if compared(*table.tolist()).answer == "not_worse"
    )
    assert wrong / 800 <= 0.07


# From records to findings.


def test_answers_are_counted_by_target_and_check() -> None:
    """Of complete rounds; what was not passed is listed, answers that are alike together."""
    plan, records = a_run(3, cycles=2, expect=Expectations(contains=("yes",)))
    found = checks_of(described(plan, records, lambda name, n, _: "no" if name == "b" and n == 1 else "yes"))
    assert found.checks == ("finished", "not_empty", "no_refusal", "contains")
    assert [(of.target, of.passed, of.failed, of.unknown) for of in found.targets] == [("a", 6, 0, 0), ("b", 4, 2, 0)]
    assert [(c.check, c.passed, c.failed) for c in found.targets[1].checks][-1] == ("contains", 4, 2)
    (missed,) = found.missed
    assert (missed.target, missed.prompt, missed.count, missed.cycle) == ("b", "p1", 2, 0)
    assert [(miss.check, miss.reason, miss.detail) for miss in missed.misses] == [("contains", "text_missing", "yes")]
    (pair,) = found.pairs
    assert (pair.prompts, pair.pairs, pair.less_often, pair.left_out) == (3, 6, 1, 0)
    assert pair.target_share == pytest.approx(2 / 3)


def test_failed_requests_are_not_answers_of_poor_quality() -> None:
    """Their rounds are left out of the comparison, and no share knows of them; torn rounds are in nothing."""
    plan, records = a_run(4)
    records[3] = a_failure("b", "p1", sent_at_ns=records[3].sent_at_ns)
    del records[7]
    found = checks_of(described(plan, records, lambda *_: "text"))
    assert [of.answers for of in found.targets] == [3, 2]
    assert (found.failed_requests, found.missed_count) == (1, 0)
    (pair,) = found.pairs
    assert (pair.prompts, pair.left_out, pair.target_share) == (2, 1, 1.0)


def test_what_could_not_be_checked_counts_neither_way() -> None:
    """An answer without a text, or of a service that does not say why it ended, is compared by the checks that are left, and told last."""
    plan, records = a_run(3)
    records[0] = msgspec.structs.replace(records[0], stop_reason=None)
    findings = described(plan, records, lambda name, n, _: None if (name, n) == ("b", 1) else "" if n == 2 else "x")
    found = checks_of(findings)
    assert [(of.passed, of.failed, of.unknown) for of in found.targets] == [(1, 1, 1), (1, 1, 1)]
    assert (found.pairs[0].pairs, found.pairs[0].left_out) == (3, 0)
    assert found.pairs[0].target_share == pytest.approx(2 / 3)
    assert [(one.check, one.pairs) for one in found.pairs[0].unmade] == [
        ("finished", 1),
        ("not_empty", 1),
        ("no_refusal", 1),
    ]
    assert [one.misses[0].reason for one in found.missed] == ["empty", "empty", "stop_untold", "no_text"]
    assert "W122" in {caution.code for caution in findings.cautions}


BROKEN = unknown("own_broken")


def passing(name: str, n: int, _cycle: int) -> str:
    """The baseline passes on three prompts of five, the target on three of ten."""
    return "yes" if n % 10 < (6 if name == "a" else 3) else "no"


def test_a_check_that_cannot_be_made_selects_no_answers() -> None:
    """Whether it fails on every answer or is not there, what the others find is the same; it is named, and nothing is proved without it."""
    plan, records = a_run(100, expect=Expectations(contains=("yes",)))
    broken = {"mine:a": lambda *_: BROKEN}
    (without,) = checks_of(described(plan, records, passing)).pairs
    (beside,) = checks_of(described(plan, records, passing, own=broken)).pairs
    assert without.answer == beside.answer == "worse"
    assert (beside.target_share, beside.baseline_share, beside.interval) == (
        without.target_share,
        without.baseline_share,
        without.interval,
    )
    assert [(one.check, one.pairs) for one in beside.unmade] == [("mine:a", 100)]
    found = checks_of(described(plan, records, passing, own=broken))
    assert [(of.passed, of.failed, of.unknown) for of in found.targets] == [(0, 0, 100), (0, 0, 100)]
    (equal,) = checks_of(described(plan, records, lambda *_: "yes", own=broken)).pairs
    assert (equal.target_share, equal.answer, equal.why_open) == (1.0, "open", "unchecked")


@pytest.mark.parametrize(("unchecked", "answer"), [(2, "not_worse"), (9, "open")])
def test_not_worse_holds_whatever_the_checks_that_could_not_be_made_had_said(unchecked: int, answer: str) -> None:
    """Had they failed on the target: few of them change nothing, many leave it open."""
    plan, records = a_run(150, checks=("mine:a",))
    own = {"mine:a": lambda prompt, text: BROKEN if text == "b" and int(prompt.id[1:]) < unchecked else PASSED}
    (pair,) = checks_of(described(plan, records, lambda name, *_: name, own=own)).pairs
    assert (pair.target_share, pair.answer) == (1.0, answer)
    assert pair.why_open == (None if answer == "not_worse" else "unchecked")


def test_what_a_prompt_expects_wins_over_what_is_expected_of_all() -> None:
    """Key by key; checks that are skipped by either are skipped."""
    plan, records = a_run(2, expect=Expectations(min_chars=5, contains=("a",), skip=("finished",)))
    first, second = plan.suite.prompts
    own = msgspec.structs.replace(second, expect=Expectations(min_chars=1, skip=("no_refusal",)))
    plan = msgspec.structs.replace(plan, suite=msgspec.structs.replace(plan.suite, prompts=(first, own)))
    checked = looked_at(plan, records, lambda *_: "a")
    assert dict(checked.found[records[0].id])["length"].reason == "too_short"
    assert [name for name, _ in checked.found[records[2].id]] == ["not_empty", "length", "contains"]
    assert {looked.outcome for _, looked in checked.found[records[2].id]} == {"passed"}


def test_the_users_own_checks_count_like_ours() -> None:
    """Given as functions, or as what they said before; a check that a run only names was not made, and that is no pass."""
    plan, records = a_run(1, checks=("mine:a", "mine:b"))
    told = {"mine:a": lambda prompt, text: failed("own", f"{prompt.id} {text}")}
    found = checks_of(described(plan, records, lambda *_: "x", own=told))
    assert found.checks[-2:] == ("mine:a", "mine:b")
    assert [(m.check, m.outcome, m.reason, m.detail) for m in found.missed[0].misses] == [
        ("mine:a", "failed", "own", "p0 x"),
        ("mine:b", "unknown", "not_looked_at", ""),
    ]
    kept = {name: {record.id: Looked(outcome="passed") for record in records} for name in plan.checks}
    again = checks_of(described(plan, records, lambda *_: "x", kept=kept))
    assert [of.passed for of in again.targets] == [1, 1]


def test_answers_are_read_one_at_a_time() -> None:
    """While one is looked at, no other has been asked for; nothing of their texts is kept."""
    plan, records = a_run(5)
    texts = {record.id: f"text of {record.id}" for record in records}
    alive: list[int] = []

    def one_by_one() -> Iterator[SaidText]:
        for ident, text in texts.items():
            alive.append(1)
            yield SaidText(id=ident, text=text)

    seen: list[int] = []

    def note(_prompt: Prompt, _text: str) -> Looked:
        seen.append(len(alive))
        return Looked(outcome="passed")

    checked = check_answers(plan, records, one_by_one(), own={"mine:a": note})
    assert seen == list(range(1, 11))
    assert "text of" not in repr(checked)


def test_refusals_and_a_worse_side_are_cautioned() -> None:
    """W121 names who refused; W123 says that a side passes less often beyond chance, and only then."""
    plan, records = a_run(8, cycles=2, rules=Rules(all_pairs=True))
    sorry = "I'm sorry, but I can't assist with that."
    findings = described(plan, records, lambda name, *_: sorry if name == "b" else "Good morning.")
    cautions = {caution.code: caution.values for caution in findings.cautions}
    assert cautions["W121"] == {"count": 16, "total": 32, "targets": ("b",)}
    assert cautions["W123"] == {"targets": ("b",), "target_ratio": 0.0, "baseline_ratio": 1.0}
    fine = described(plan, records, lambda *_: "Good morning.")
    assert {caution.code for caution in fine.cautions} & {"W121", "W122", "W123"} == set()


def test_without_texts_only_what_the_service_tells_is_known() -> None:
    """No share of what could not be seen, and no caution about what the user asked for."""
    plan, records = a_run(2, save_texts=False)
    findings = described(plan, records, lambda *_: None)
    found = checks_of(findings)
    assert not found.texts_kept
    assert [(c.check, c.passed, c.unknown) for c in found.targets[0].checks] == [
        ("finished", 2, 0),
        ("not_empty", 0, 2),
        ("no_refusal", 0, 2),
    ]
    (pair,) = found.pairs
    assert (pair.answer, [one.check for one in pair.unmade]) == ("open", ["not_empty", "no_refusal"])
    assert "W122" not in {caution.code for caution in findings.cautions}


def test_without_texts_a_side_that_is_cut_more_often_is_worse_and_nobody_is_shown_to_be_as_good() -> None:
    """What the service tells of every answer is compared; that all of them ended well says nothing about what is in them."""
    plan, records = a_run(100, save_texts=False)
    (alike,) = checks_of(described(plan, records, lambda *_: None)).pairs
    assert (alike.target_share, alike.answer, alike.why_open) == (1.0, "open", "unchecked")
    cut = [
        msgspec.structs.replace(r, stop_reason="max_tokens") if r.target == "b" and i % 3 else r
        for i, r in enumerate(records)
    ]
    assert checks_of(described(plan, cut, lambda *_: None)).pairs[0].answer == "worse"
