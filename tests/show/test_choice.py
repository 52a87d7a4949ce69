"""What to choose, in words: every need and every answer has a sentence in both languages, and no sentence claims more than was found."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from hayai.ask.plan import Goal, GoalOf
from hayai.decide.conclusions import Interval
from hayai.decide.recommendations import (
    NEEDS,
    Beside,
    Choice,
    Combined,
    Fulfilment,
    Need,
    Place,
    Quality,
    Reading,
    Recommendation,
    Rival,
    Standing,
    WhyNone,
)
from hayai.show.locales import LANGUAGES, Language, texts_in
from hayai.show.sections.choice import choices, frontier, goals, recommendation_sections
from tests.show.hostile import EVIL

NAMES = ("one", "two", "three")
COST = Rival(target="two", ratio=1.5, interval=Interval(low=1.2, high=1.9), beside="better")


def standing(target: str, place: Place = "frontier", quality: Quality = "not_worse") -> Standing:
    """Of one target."""
    return Standing(
        target=target, per_thousand_usd=1.25, usd_interval=Interval(low=1.0, high=1.5), e2e_ns=2e9,
        e2e_interval=Interval(low=1.5e9, high=2.5e9), quality=quality, is_baseline=target == NAMES[0], requests=9, failed=0, standing=place,
        beaten_by=NAMES[0] if place == "beaten" else None,
    )  # fmt: skip


def recommended(*made: Choice, quality_known: bool = False, **more: object) -> Recommendation:
    """With these choices."""
    fields: dict[str, object] = {
        "fulfilments": (), "standings": tuple(map(standing, NAMES)), "combined": (), "kind": "anytime", "alpha": 0.025,
    }  # fmt: skip
    return Recommendation(choices=made, quality_known=quality_known, **(fields | more))  # type: ignore[arg-type]  # as named


def said(found: Recommendation, language: Language = "en") -> str:
    """All sentences of the first section."""
    section = choices(found, NAMES, texts_in(language))
    return "\n".join([*(line for point in section.points for line in (point.text, *point.more)), *section.lines])


@pytest.mark.parametrize(("language", "need", "why"), list(product(LANGUAGES, NEEDS, get_args(WhyNone))))
def test_why_nobody_is_named_has_a_sentence(language: Language, need: Need, why: WhyNone) -> None:
    """For every need."""
    told = said(recommended(Choice(need=need, target=None, clear=False, why_none=why, open=("two",))), language)
    assert told
    assert "{" not in told


@pytest.mark.parametrize(("language", "need", "beside"), list(product(LANGUAGES, NEEDS, get_args(Beside))))
def test_every_rival_has_a_sentence(language: Language, need: Need, beside: Beside) -> None:
    """With an interval, without, exact, and where nothing can be compared."""
    for ratio, interval in (
        (1.5, Interval(low=1.2, high=1.9)),
        (1.5, None),
        (1.5, Interval(low=1.5, high=1.5)),
        (None, None),
    ):
        rival = Rival(target="two", ratio=ratio, interval=interval, beside=beside)
        told = said(recommended(Choice(need=need, target="one", clear=False, rivals=(rival,), open=("two",))), language)
        assert "[2]" in told
        assert "{" not in told


def test_only_what_is_clear_is_said_plainly() -> None:
    """Open is open, equal is equal, and missing quality is said with the fastest."""
    clear = said(recommended(Choice(need="lowest_cost", target="one", clear=True)))
    assert clear == "Lowest cost: [1] one ($1.25 per 1,000 requests)."
    assert "cannot be decided" in said(
        recommended(Choice(need="lowest_cost", target="one", clear=False, open=("two",)))
    )
    assert "practically the same: [2]" in said(
        recommended(Choice(need="lowest_cost", target="one", clear=True, ties=("two",)))
    )
    fast = Choice(need="fastest", target="two", clear=True, quality="unknown")
    assert "no verdict on quality" in said(recommended(fast))
    assert said(recommended(fast)).startswith("Fastest: [2] two")
    judged = said(
        recommended(Choice(need="fastest", target="two", clear=True, quality="not_worse"), quality_known=True)
    )
    assert judged.startswith("Fastest whose answers are not worse: [2] two")
    assert "no verdict" not in judged
    fastest = Choice(need="fastest", target="two", clear=False, quality="open", open=("one",))
    assert "[2] two is the fastest" in said(recommended(fastest, quality_known=True))
    worse = said(recommended(Choice(need="lowest_cost", target="two", clear=True, quality="worse"), quality_known=True))
    assert "answers are worse" in worse


@pytest.mark.parametrize("language", LANGUAGES)
def test_conjunctions_have_their_words(language: Language) -> None:
    """Every pair of answers, with a cost and without."""
    for faster, quality, cost in product(get_args(Beside), get_args(Quality), (COST, None)):
        for answer in ("yes", "no", "open"):
            one = Combined(target="two", baseline="one", faster=faster, quality=quality, answer=answer, cost=cost)
            told = said(recommended(combined=(one,)), language)
            assert "[2] two" in told
            assert "{" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_goals_and_places_are_tables(language: Language) -> None:
    """Each kind of goal with each reading; each place between cost and time."""
    texts = texts_in(language)
    made = tuple(
        Fulfilment(
            target=target, goal=Goal(text=f"{what} goal", what=what), reading=reading, value=0.5, interval=Interval(low=None, high=0.7)
        )
        for what in get_args(GoalOf)
        for target, reading in zip(("one", "two", "three", "one"), get_args(Reading), strict=True)
    )  # fmt: skip
    table = goals(recommended(fulfilments=made), NAMES, texts)
    assert len(table.blocks) == len(get_args(GoalOf))
    assert {len(row) for block in table.blocks for row in block.rows} == {len(table.columns)}
    places = tuple(
        standing(name, place, quality)
        for name, place, quality in zip((*NAMES, "one"), get_args(Place), get_args(Quality), strict=True)
    )
    for known in (True, False):
        found = frontier(recommended(standings=places, quality_known=known), NAMES, texts, output_only=known)
        assert {len(row) for row in found.blocks[0].rows} == {len(found.columns)}


def test_names_are_data() -> None:
    """A goal's text and a target's name are cleaned like everything that strangers wrote."""
    goal = Goal(text=EVIL, what="e2e", p=0.5, most=1.0)
    made = Fulfilment(target=EVIL, goal=goal, reading="met", value=1.0, interval=None)
    sections = recommendation_sections(
        recommended(fulfilments=(made,), standings=(standing(EVIL), standing("b"))), (EVIL, "b"), texts_in("en")
    )
    for section in sections:
        for block in section.blocks:
            assert all(cell.isprintable() for row in block.rows for cell in (*row, block.heading or ""))
