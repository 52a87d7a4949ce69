"""The report in a browser, from disk, without a network: complete, quiet, and safe whatever a model wrote."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from hayai.show.locales import LANGUAGES, Language, texts_in
from tests.pages.made import CASES, NASTY, hostile, ordinary, write

Opens = Callable[..., Page]
pytestmark = pytest.mark.needs_chromium


@pytest.mark.parametrize(("name", "language"), list(product(CASES, LANGUAGES)))
def test_every_run_has_a_page(name: str, language: Language, opened: Opens, tmp_path: Path) -> None:
    """Finished, failed, alone or empty, in both languages: a title, no word about missing values, nothing asked for, no complaint."""
    page = opened(write(tmp_path, CASES[name](), language))
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").inner_text()
    body = page.locator("body").inner_text()
    assert not re.search(r"\b(None|nan|undefined|null)\b", body) or name == "hostile"
    assert texts_in(language)("html.method") in body


def test_the_answer_comes_first(opened: Opens, tmp_path: Path) -> None:
    """Sentence and three numbers above cautions, race, charts and tables."""
    page = opened(write(tmp_path, ordinary()))
    order = [
        page.locator(f"#{name}").bounding_box()
        for name in ("verdict", "cautions", "race", "charts", "prompts", "method")
    ]
    tops = [box["y"] for box in order if box is not None]
    assert len(tops) == 6
    assert tops == sorted(tops)
    assert page.locator(".headline").count() == 2
    assert page.locator(".headline").first.locator("dd strong").count() == 3


def test_charts_are_drawn_and_told(opened: Opens, tmp_path: Path) -> None:
    """Each has a picture, a sentence, and its numbers; the colours follow the page."""
    page = opened(write(tmp_path, ordinary()))
    figures = page.locator("#charts figure")
    assert figures.count() >= 8
    for number in range(figures.count()):
        figure = figures.nth(number)
        box = figure.locator("svg").bounding_box()
        assert box is not None
        assert box["height"] > 60
        assert figure.locator("figcaption p").inner_text()
        figure.locator("summary").click()
        assert figure.locator("table td").first.is_visible()


def test_without_scripts_it_is_complete(opened: Opens, tmp_path: Path) -> None:
    """Answers, charts and tables are in the page itself."""
    page = opened(write(tmp_path, ordinary()), java_script_enabled=False)
    assert page.locator("#charts svg").count() >= 8
    page.locator("#race summary").first.click()
    page.locator("#race details.prompt summary").first.click()
    assert "word 0 of" in page.locator("#race pre").first.inner_text()
    assert page.locator("#prompts table tr").count() > 30


@pytest.mark.parametrize(("scheme", "name"), list(product(("light", "dark"), ("ordinary", "hostile"))))
def test_it_fits_a_phone(scheme: Any, name: str, opened: Opens, tmp_path: Path) -> None:
    """390 pixels wide, light or dark: only tables scroll by themselves, the page does not; ink and ground differ."""
    page = opened(write(tmp_path, CASES[name](), "ja"), viewport={"width": 390, "height": 844}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    ink, ground = page.evaluate(
        "[getComputedStyle(document.documentElement).color, getComputedStyle(document.documentElement).backgroundColor]"
    )
    light = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (ink, ground)]
    assert (light[0] < light[1]) == (scheme == "light")
    assert abs(light[0] - light[1]) > 400


def test_on_paper_nothing_is_hidden_in_boxes(opened: Opens, tmp_path: Path) -> None:
    """The player is left out; charts and tables are there."""
    page = opened(write(tmp_path, ordinary()))
    page.emulate_media(media="print")
    assert not page.locator("hayai-race").is_visible()
    assert page.locator("#charts svg").first.is_visible()
    assert page.locator("#prompts table").is_visible()


def test_tables_are_sorted_by_any_column(opened: Opens, tmp_path: Path) -> None:
    """Numbers as numbers, names as words, both ways, by keyboard too."""
    page = opened(write(tmp_path, ordinary()))
    table = page.locator("#prompts table")
    heads = table.locator("th button")
    place = next(n for n in range(heads.count()) if "time (" in heads.nth(n).inner_text())
    heads.nth(place).focus()
    page.keyboard.press("Enter")
    cells = table.locator(f"tbody tr td:nth-child({place + 1})").all_inner_texts()
    numbers = [float(cell) for cell in cells if re.fullmatch(r"[\d.]+", cell)]
    assert len(numbers) > 20
    assert numbers == sorted(numbers)
    page.keyboard.press("Enter")
    cells = table.locator(f"tbody tr td:nth-child({place + 1})").all_inner_texts()
    numbers = [float(cell) for cell in cells if re.fullmatch(r"[\d.]+", cell)]
    assert numbers == sorted(numbers, reverse=True)
    assert heads.nth(place).locator("xpath=..").get_attribute("aria-sort") == "descending"


def test_what_models_write_is_only_text(opened: Opens, tmp_path: Path) -> None:
    """Scripts, styles, escapes, reading direction, null bytes, 200,000 characters: shown, never acting; in the player and beside it."""
    page = opened(write(tmp_path, hostile()))
    assert page.evaluate("window.hacked") is None
    assert page.locator("body").is_visible()
    page.locator("#race > details > summary").click()
    for opener in page.locator("#race details.prompt > summary").all():
        opener.click()
    shown = "\n".join(page.locator("#race pre").all_text_contents())
    assert NASTY["script"] in shown
    assert NASTY["style"] in shown
    assert NASTY["template"] in shown
    assert "x" * 200_000 in shown
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\u2066-\u2069]", shown)
    race = page.locator("hayai-race")
    names = race.locator("select").nth(1).locator("option").all_text_contents()
    assert len(names) == len(NASTY)
    for name in names:
        race.locator("select").nth(1).select_option(label=name)
        page.evaluate("document.querySelector('hayai-race').seek(1e9)")
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
