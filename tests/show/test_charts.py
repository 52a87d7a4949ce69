"""Charts: static pictures with a sentence and a table each, in colours of the page; whatever the run holds."""

from __future__ import annotations

import re
from itertools import product
from xml.parsers import expat

import pytest

from hayai.show.charts import CHARTS
from hayai.show.charts.style import COLOURS, GRID, INK, SHAPES
from hayai.show.html.page import draw_all
from hayai.show.locales import LANGUAGES, Language, texts_in
from tests.pages.made import CASES, ordinary


@pytest.mark.parametrize(("name", "language"), list(product(CASES, LANGUAGES)))
def test_every_chart_is_told_as_well(name: str, language: Language) -> None:
    """Well-formed, without a script or an address, its colours those of the page; a sentence, and rows that fit their columns."""
    for drawn in draw_all(CASES[name](), texts_in(language)):
        svg = drawn.svg
        expat.ParserCreate().Parse(svg, True)
        assert not re.search(r"<script|<image|<foreignObject|href=\"http|url\((?!#)|\son\w+=", svg)
        assert INK not in svg
        assert GRID not in svg
        assert drawn.summary
        assert drawn.title
        assert drawn.rows
        assert {len(row) for row in drawn.rows} == {len(drawn.columns)}
        assert all(isinstance(cell, str) for row in drawn.rows for cell in row)


def test_an_ordinary_run_has_them_all() -> None:
    """Each at least once."""
    names = {drawn.name.partition("-")[0] for drawn in draw_all(ordinary(), texts_in("en"))}
    assert names == set(CHARTS)


def test_targets_can_be_told_apart_without_colour() -> None:
    """As many shapes as colours, all different."""
    assert len(set(SHAPES)) == len(SHAPES) == len(COLOURS) == len(set(COLOURS))


def contrast(colour: str, ground: str) -> float:
    """WCAG 2's contrast ratio."""

    def light(text: str) -> float:
        parts = [int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(colour), light(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("colour", "ground"), list(product(COLOURS, ("#ffffff", "#14171b"))))
def test_colours_are_seen_on_both_grounds(colour: str, ground: str) -> None:
    """3 to 1, as WCAG 2.1 asks of graphical objects (1.4.11)."""
    assert contrast(colour, ground) >= 3.0
