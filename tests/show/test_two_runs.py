"""The comparison of two runs in words: who became slower, that it is no verdict, and nothing hostile."""

from __future__ import annotations

import json

import pytest

from hayai.decide.two_runs import two_runs
from hayai.show.format import cell_width
from hayai.show.html.frame import sections_page
from hayai.show.locales import LANGUAGES, Language, texts_in
from hayai.show.two_runs import FORMS, page_of
from tests.decide.made import a_plan, a_prompt, a_target
from tests.decide.test_two_runs import PROMPTS, a_run, timed
from tests.show.hostile import EVIL, WIDE

PLAN = a_plan((a_target("a"),), PROMPTS[:3])
OLD = a_run(PLAN, timed("a", {"p0": [100, 100, 100], "p1": [200, 210, 190], "p2": [300, 310, 300]}), run="old")


def after(factor: float) -> str:
    """What is said on a terminal when everything takes `factor` times as long."""
    times = {"p0": [99 * factor] * 3, "p1": [200 * factor] * 3, "p2": [303 * factor] * 3}
    return FORMS["terminal"](two_runs(OLD, a_run(PLAN, timed("a", times), run="new")), texts_in("en"), 80)


def test_the_sentence_says_what_changed() -> None:
    """Slower, faster, or nothing that is clear; each as times as fast, and none of it a verdict."""
    assert "a has become slower: 0.50" in after(2)
    assert "a is 2.0" in after(0.5)
    assert "no clear change, 1.00x as fast" in after(1)
    assert "This is no verdict." in after(2)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_hostile_and_wide_names_keep_the_page_in_order(language: Language, width: int) -> None:
    """In every form: no line is too wide, no control character is left, no markup comes from outside."""
    prompts = tuple(a_prompt(f"{EVIL}{number}", text=str(number)) for number in range(3))
    plan = a_plan((a_target(WIDE), a_target(EVIL, EVIL)), prompts)
    sides = []
    for factor in (1, 3):
        records = [
            record
            for name in (WIDE, EVIL)
            for record in timed(name, {prompt.id: [100 * factor + number] * 2 for number, prompt in enumerate(prompts)})
        ]
        sides.append(a_run(plan, records, run=EVIL))
    found, texts = two_runs(sides[0], sides[1]), texts_in(language)
    lines = FORMS["terminal"](found, texts, width).splitlines()
    assert max(map(cell_width, lines)) <= width
    page = sections_page(page_of(found, texts), texts, root=None)
    for text in ("\n".join(lines), FORMS["markdown"](found, texts, width), page, FORMS["json"](found, texts, width)):
        assert not any(hidden in text for hidden in "\x1b\x9b\x00\u202e\x07")
    assert "<img" not in page
    assert json.loads(FORMS["json"](found, texts, width))["targets"][0]["changes"]
