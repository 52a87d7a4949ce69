"""What the section about judges promises: every answer in both languages, hostile names as text, and only what is known as a number."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from hayai.ask.labelled import LabelledPair
from hayai.decide.findings import Findings
from hayai.decide.quality.judge_calibration import calibration, pairs_of_labelled
from hayai.decide.quality.judge_verdict import judged_findings
from hayai.decide.quality.judged import Calibration, JudgedAnswer, JudgedFindings, WhyNoJudgement, WhyNoLength
from hayai.decide.sharing import Scrub, share_findings
from hayai.show.judging import as_json, as_text, calibration_json, calibration_text
from hayai.show.locales import LANGUAGES, Language, texts_in
from hayai.show.reports import REPORTS
from hayai.show.sections.judge import judged_sentence
from tests.decide.judgings import a_judging, a_pair, preferring, vote
from tests.decide.test_judge_verdict import OTHER, PLAN
from tests.show.hostile import EVIL, ordinary

EN = texts_in("en")


def found(**changed: Any) -> JudgedFindings:
    """Sixty prompts by two judges, the comparison changed as told."""
    pairs = [a_pair(f"p{number}") for number in range(60)]

    def say(ballot: Any) -> str:
        return preferring((0.25, 0.5, 0.75)[int(ballot.prompt[1:]) % 3])(ballot)

    judged = judged_findings(PLAN, (), (a_judging(pairs, say), a_judging(pairs, say, judge=OTHER)))
    assert judged is not None
    return replace(judged, comparisons=tuple(replace(one, **changed) for one in judged.comparisons))


def findings(judged: JudgedFindings) -> Findings:
    """A run that was judged."""
    return replace(ordinary(), judged=judged)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_can_be_said(language: Language) -> None:
    """Each with its meaning to each question, each reason for none, each reason for no rate at equal length."""
    texts = texts_in(language)
    cases: list[dict[str, Any]] = [
        {"answer": answer, "why_none": None} for answer in get_args(JudgedAnswer) if answer != "none"
    ]
    cases += [{"answer": "none", "why_none": why} for why in get_args(WhyNoJudgement)]
    cases += [{"at_equal_length": None, "why_no_length": why, "length_ratio": 1.2} for why in get_args(WhyNoLength)]
    for case in cases:
        judged = found(**case)
        one = judged.comparisons[0]
        judged = replace(
            judged,
            comparisons=(replace(one, questions=tuple(replace(q, answer=one.answer) for q in one.questions)),),
        )
        page = as_text(findings(judged), texts)
        assert texts("judge.title") in page
        assert "{" not in page


def test_a_report_within_80_columns_says_who_judged_and_how() -> None:
    """Win rate, interval and counts of each question; judge by judge; their agreement; what they cost."""
    page = as_text(findings(found()), EN)
    assert max(map(len, page.splitlines())) <= 80
    for part in (
        "equally good",
        "50.0%",
        "Krippendorff",
        "sonnet",
        "large",
        "of 120 pairs",
        "Cost of judging: $0.540.",
        "Cost of judging: unknown (",
    ):
        assert part in " ".join(page.split()), part


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("equivalent", "90%: 44.6% to 55.4%"),
        ("not_worse", "90%: 44.6% to 55.4%"),
        ("cannot_tell", "90%: 44.6% to 55.4%"),
        ("better", "95%: 44.7% to 55.3%"),
    ],
)
def test_the_interval_is_the_one_that_decides(answer: JudgedAnswer, shown: str) -> None:
    """Of the two one-sided bounds where the margin is looked at, so that what is called equal lies within it; else of 95 %."""
    judged = found(answer=answer)
    (one,) = judged.comparisons
    assert shown in judged_sentence(one, findings(judged), EN)


def test_a_side_that_wins_every_prompt_has_an_interval() -> None:
    """Its exact bounds; ties all over have none."""
    pairs = [a_pair(f"p{number}") for number in range(20)]
    for score, shown in ((1.0, "95%: 86.1% to 100.0%"), (0.5, "50.0%; 20 prompts")):
        judged = judged_findings(PLAN, (), (a_judging(pairs, preferring(score)),))
        assert judged is not None
        assert shown in judged_sentence(judged.comparisons[0], findings(judged), EN)


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_votes_do_not_tell_is_said(language: Language) -> None:
    """Missing ones by their number; those by place with the margin that is left."""
    texts = texts_in(language)
    judged = found(answer="cannot_tell", why_cannot_tell="votes_missing", missing=17)
    (one,) = judged.comparisons
    sentence = judged_sentence(one, findings(judged), texts)
    assert "17" in sentence
    assert sentence != judged_sentence(replace(one, why_cannot_tell=None), findings(judged), texts)
    assert one.order.by_place == pytest.approx(1 / 3)
    held = texts("judge.held_margin", share="33.3%", held="6.7")
    assert "".join(held.split()) in "".join(as_text(findings(judged), texts).split())


def test_hostile_names_are_text_in_every_form() -> None:
    """Judges, rubrics and targets are named by strangers."""
    judged = found(target=EVIL)
    judged = replace(
        judged, rubric=EVIL, silent=(EVIL,), judges=tuple(replace(one, judge=EVIL, model=EVIL) for one in judged.judges)
    )
    shown = findings(judged)
    for form in ("terminal", "markdown"):
        page = REPORTS[form](shown, EN, width=80)
        assert not any(sign in page for sign in ("\x1b", "\x9b", "\u202e", "\x00", "<img"))
    assert "\x1b" not in as_json(shown, EN)
    assert json.loads(as_json(shown, EN))["judged"]["rubric"] == EVIL


def test_what_is_not_known_is_a_dash() -> None:
    """No vote, no cost: no number, and no table."""
    judged = judged_findings(PLAN, (), (a_judging([a_pair("p0")], lambda _ballot: None),))
    assert judged is not None
    page = " ".join(as_text(findings(judged), EN).split())
    assert "No pair has a vote in both orders" in page
    assert "failed: 2" in page
    assert "calls whose cost is not known: 2" in page
    assert "win rate" not in page.partition("Rubric")[2]


def test_json_has_the_sentence_beside_the_numbers() -> None:
    """For programs: what `not_worse` is, exactly."""
    (one,) = json.loads(as_json(findings(found()), EN))["judged"]["comparisons"]
    assert one["not_worse"] is True
    assert one["sentence"].startswith("b against a: the answers are equally good")


def test_a_shared_report_names_no_target_of_a_judge_and_no_rubric_of_somebodys() -> None:
    """Who judges itself is told by the name that the target has there; of rubrics only those that ship are named."""
    judged = found()
    judged = replace(
        judged, judges=tuple(replace(one, contestants=("secret",), cost_usd=Decimal(1)) for one in judged.judges)
    )
    shared = share_findings(findings(judged), Scrub(prompts={}, targets={"secret": "target-2"}, words=()))
    assert shared.judged is not None
    assert shared.judged.judges[0].contestants == ("target-2",)
    assert shared.judged.judges[0].cost_usd == 1
    assert shared.judged.rubric == judged.rubric == "general-en"
    own = share_findings(findings(replace(judged, rubric="acme.txt")), Scrub(prompts={}, targets={}, words=()))
    assert own.judged is not None
    assert own.judged.rubric == "[rubric]"


def calibrated(agreeing: int, count: int, **more: Any) -> Calibration:
    """A judge that agrees with people on so many of the pairs, half of them labelled A."""
    rows = [
        LabelledPair(id=f"p{n:03}", prompt=f"q{n}", answer_a="x", answer_b="y", label="A" if n % 2 else "B")
        for n in range(count)
    ]

    def say(ballot: Any) -> str:
        number = int(ballot.prompt[1:])
        wanted = ("A" if number % 2 else "B") if number < agreeing else "tie"
        placed = {"A": "answer_a", "B": "answer_b"}.get(wanted)
        return vote(ballot, overall="tie" if placed is None else "A" if ballot.first == placed else "B")

    return calibration("judge", "pairs.toml", rows, [a_judging(pairs_of_labelled(rows), say, **more)])


@pytest.mark.parametrize(
    ("agreeing", "count", "reading"), [(19, 19, "too_few"), (24, 40, "no_better"), (28, 40, "fair"), (40, 40, "good")]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_calibration_is_said_in_a_word(language: Language, agreeing: int, count: int, reading: str) -> None:
    """Too few pairs; no better than one label for all; some of it; nearly all of it."""
    one = calibrated(agreeing, count)
    assert (one.reading, one.agreed, one.pairs) == (reading, agreeing, count)
    page = calibration_text([one], texts_in(language))
    assert "{" not in page
    assert max(map(len, page.splitlines())) <= 80
    assert json.loads(calibration_json([one], texts_in(language)))["judges"][0]["reading"] == reading
