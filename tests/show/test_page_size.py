"""How large is a report's page? Under a megabyte for the published comparison, under two for a thousand requests of any shape."""

from __future__ import annotations

import pytest

from hayai.ask.plan import Limits
from hayai.decide.dossier import Dossier, trimmed
from hayai.keep.records import AnswerText, Pieces, RequestRecord
from hayai.show.html.page import render
from hayai.show.locales import LANGUAGES, Language, texts_in
from tests.decide.made import MS, S, a_plan, a_prompt, a_record, a_target
from tests.pages.made import dossier

MEGABYTE = 1_000_000


def a_run(*, prompts: int, targets: int, cycles: int, pieces: int) -> Dossier:
    """A run of this shape; each piece has five characters."""
    plan = a_plan(
        tuple(a_target(f"target-{number}") for number in range(targets)),
        tuple(
            a_prompt(f"prompt-{number}", f"category {number % 5}", text=f"Question {number}")
            for number in range(prompts)
        ),
        limits=Limits(max_requests=100_000),
    )
    records: list[RequestRecord] = []
    answers: list[AnswerText] = []
    text = "".join(f"w{number % 97:03d} " for number in range(pieces))
    ends = tuple(5 * (number + 1) for number in range(pieces))
    for cycle in range(cycles):
        for prompt in plan.suite.prompts:
            for target in plan.targets:
                sent = (1 + len(records)) * 100 * S
                at = tuple(
                    200 * MS + 20 * MS * number + (len(records) * 7919 + number * 104_729) % MS
                    for number in range(pieces)
                )
                records.append(
                    a_record(
                        target.name,
                        prompt.id,
                        id=f"a1-{len(records)}",
                        cycle=cycle,
                        sent_at_ns=sent,
                        first_visible_at_ns=sent + at[0],
                        last_at_ns=sent + at[-1],
                        ended_at_ns=sent + at[-1] + 1000,
                        pieces=Pieces(
                            kinds="t" * pieces,
                            arrived_ns=at,
                            earliest_ns=(None,) * pieces,
                            chars=(5,) * pieces,
                            clocks="k" * pieces,
                        ),
                    )
                )
                answers.append(AnswerText(id=records[-1].id, text=text, piece_ends=ends))
    return dossier(plan, records, answers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_published_comparison_is_under_a_megabyte(language: Language) -> None:
    """Ten prompts, three targets, five cycles, answers in 560 pieces, as many as the demo's: every prompt races."""
    what = trimmed(a_run(prompts=10, targets=3, cycles=5, pieces=560))
    assert len(what.races) == 10
    assert len(render(what, texts_in(language)).encode()) < MEGABYTE


@pytest.mark.parametrize(
    ("prompts", "targets", "cycles", "pieces"),
    [(10, 2, 50, 100), (10, 3, 33, 2000), (50, 2, 10, 300), (500, 2, 1, 300), (1000, 1, 1, 100)],
)
def test_a_thousand_requests_are_under_two(prompts: int, targets: int, cycles: int, pieces: int) -> None:
    """Few prompts or many, short answers or long: what has no room is left out, and the page says so."""
    whole = a_run(prompts=prompts, targets=targets, cycles=cycles, pieces=pieces)
    what = trimmed(whole)
    page = render(what, texts_in("ja"))
    assert len(page.encode()) < 2 * MEGABYTE
    assert what.races == whole.races[: len(what.races)]
    assert len(what.races) + what.races_left_out == prompts
    assert ("--races all" in page) == (what.races_left_out > 0)


def test_one_race_is_there_however_long_it_is() -> None:
    """A page without any race would not be smaller for a good reason."""
    assert len(trimmed(a_run(prompts=2, targets=1, cycles=1, pieces=60_000)).races) == 1
