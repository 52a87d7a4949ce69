"""Frames of a race: what had arrived by then, within the terminal's cells, whatever the answers hold."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hayai.decide.races import Race
from hayai.show.format import cell_width
from hayai.show.locales import LANGUAGES, Language, texts_in
from hayai.show.replay import frame, labels_of, length_ns, summary
from tests.pages.made import CASES, ordinary

EN = texts_in("en")


def a_race(name: str = "ordinary", number: int = 0) -> tuple[Race, dict[str, str]]:
    """A race of a made run, and what its targets are called."""
    dossier = CASES[name]()
    return dossier.races[number], labels_of([target.name for target in dossier.findings.targets])


def test_a_frame_is_what_had_arrived() -> None:
    """Word for word: the text of a lane grows as its pieces came, and is whole at the end."""
    race, labels = a_race()
    lane = race.lanes[0]
    for number, at in enumerate(lane.arrived_ns):
        shown = " ".join(frame(race, labels, at, EN, width=76, height=90))
        assert f"word {number} of claude-3-haiku" in shown
        assert f"word {number + 1} of claude-3-haiku." not in shown
    assert any("waiting" in line for line in frame(race, labels, 0, EN, width=120, height=30))


def test_the_end_tells_the_order() -> None:
    """One is first; the others are later by so much."""
    race, labels = a_race()
    told = summary(race, labels, EN)
    assert sum("first" in line and "first token" not in line for line in told) == 1
    assert sum("later" in line for line in told) == 2
    last = frame(race, labels, length_ns(race), EN, width=150, height=30)
    assert sum(line.count("complete after") for line in last) == 3


@pytest.mark.parametrize(
    ("name", "language", "width"),
    list(product(("ordinary", "hostile", "without_texts", "one_target"), LANGUAGES, (20, 40, 80, 200))),
)
def test_no_line_is_wider_than_the_terminal(name: str, language: Language, width: int) -> None:
    """Emoji, wide characters, 200,000 letters without a space; and nothing acts on the terminal."""
    dossier = CASES[name]()
    labels = labels_of([target.name for target in dossier.findings.targets])
    for race in dossier.races:
        end = length_ns(race)
        for at in (0, end // 2, end):
            lines = frame(race, labels, at, texts_in(language), width=width, height=24)
            assert max(map(cell_width, lines)) <= width
            assert not any(ord(c) < 32 or c in "\u202e\u2067" for line in lines for c in line)


@settings(max_examples=30)
@given(st.integers(0, 10**10), st.integers(30, 150), st.integers(4, 60))
def test_any_terminal_and_any_instant(at: int, width: int, height: int) -> None:
    """A frame has the height there is, or the least it takes."""
    race, labels = a_race()
    lines = frame(race, labels, at, EN, width=width, height=height)
    assert max(map(cell_width, lines)) <= width
    assert len(lines) <= max(height, 2 + 3 * 6 + len(lines[-2:]) + 2)


def test_failed_answers_are_said_to_have_failed() -> None:
    """They have no place."""
    dossier = ordinary(all_races=True)
    labels = labels_of([target.name for target in dossier.findings.targets])
    race = next(race for race in dossier.races if any(lane.outcome != "ok" for lane in race.lanes))
    assert sum("did not finish" in line for line in summary(race, labels, EN)) == 1
