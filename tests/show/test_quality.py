"""The section on quality: what it says of whom, and what it leaves out."""

from __future__ import annotations

import pytest

from hayai.ask.expectations import Expectations
from hayai.show.locales import LANGUAGES, Language, texts_in
from hayai.show.sections.quality import LISTED, quality_checks
from tests.decide.checked import a_run, described
from tests.show.hostile import CASES

EN = texts_in("en")


def test_a_run_whose_answers_were_not_looked_at_has_no_section() -> None:
    """Nor has one without an answer."""
    assert not quality_checks(CASES["ordinary"](), EN).blocks
    plan, _ = a_run(2)
    assert not quality_checks(described(plan, [], lambda *_: ""), EN).lines


def test_shares_are_of_what_could_be_checked() -> None:
    """A dash where nothing could; all checks together come last."""
    plan, records = a_run(4, expect=Expectations(min_chars=3))
    findings = described(plan, records, lambda name, n, _: None if name == "b" else "abc" if n else "a")
    (block,) = quality_checks(findings, EN).blocks
    assert block.rows == (
        ("finished", "4 of 4", "4 of 4"),
        ("not empty", "4 of 4", "-"),
        ("no refusal", "4 of 4", "-"),
        ("length", "3 of 4", "4 of 4"),
        ("all of its checks", "3 of 4", "-"),
    )


@pytest.mark.parametrize(
    ("bad", "prompts", "words"),
    [
        (0, 10, "no verdict on quality is possible with 10 prompts; to show that it is not worse by 5 points, about 248 are needed"),
        (0, 60, "not worse, within a margin of 5 points. Passed 100.0% against 100.0%, a difference of 0 points (90% interval"),
        (30, 60, "worse. It passes its checks less often. Passed 50.0% against 100.0%, a difference of -50 points"),
        (4, 60, "cannot be told. To show that it is not worse by 5 points, about 165 prompts like these are needed; there are 60"),
    ],
)  # fmt: skip
def test_what_is_said_of_two_targets(bad: int, prompts: int, words: str) -> None:
    """The verdict first, then the numbers."""
    plan, records = a_run(prompts)
    findings = described(plan, records, lambda name, n, _: "" if name == "b" and n < bad else "x")
    sentence = quality_checks(findings, EN).lines[0]
    assert sentence.startswith(f"[2] b against [1] a: {words}")
    assert ("less often on" in sentence) == bool(bad)


@pytest.mark.parametrize("language", LANGUAGES)
def test_few_of_many_missed_answers_are_listed(language: Language) -> None:
    """Alike ones together; the rest is counted, with the way to see it."""
    texts = texts_in(language)
    plan, records = a_run(20, cycles=2)
    section = quality_checks(described(plan, records, lambda name, *_: "" if name == "b" else "x"), texts)
    told = [line for line in section.lines if texts("quality.reason.empty") in line]
    assert len(told) == LISTED
    assert texts("quality.missed.more", count=str(40 - 2 * LISTED)) in section.lines


def test_without_texts_only_what_the_service_told_is_shown() -> None:
    """And it is said why."""
    plan, records = a_run(2, save_texts=False)
    section = quality_checks(described(plan, records, lambda *_: None), EN)
    assert section.blocks[0].rows == (("finished", "2 of 2", "2 of 2"),)
    sentence, why = section.lines
    assert "cannot be told. Had the checks that could not be made failed on it" in sentence
    assert "not be made on both sides: “not empty” in 2 rounds, “no refusal” in 2 rounds." in sentence
    assert why == EN("quality.no_texts")


def test_nothing_passed_on_either_side_is_told_as_what_it_is() -> None:
    """No margin and no number of prompts: the expectations come first."""
    plan, records = a_run(75, expect=Expectations(contains=("987654321",)))
    findings = described(plan, records, lambda *_: "1")
    assert "Hardly an answer passed on either side: look at what is expected." in quality_checks(findings, EN).lines[0]
    assert "W124" in {caution.code for caution in findings.cautions}


def test_not_worse_by_form_alone_says_so() -> None:
    """Whole, not empty and no refusal: nothing that somebody could choose by."""
    (plan, records), said = a_run(60), EN("quality.form_only", count="60", prompts="60")
    assert said in quality_checks(described(plan, records, lambda *_: "yes"), EN).lines
    plan, records = a_run(60, expect=Expectations(contains=("yes",)))
    section = quality_checks(described(plan, records, lambda *_: "yes"), EN)
    assert "not worse" in section.lines[0]
    assert not any("form only" in line for line in section.lines)
