"""The race in a browser: it plays to its end, says who was first, and can be driven by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.pages.made import ordinary, without_texts, write

Opens = Callable[..., Page]
pytestmark = pytest.mark.needs_chromium
END = "document.querySelector('hayai-race').seek(1e9)"
NOW = "document.querySelector('hayai-race').now"
LENGTH = "document.querySelector('hayai-race').length"


def lanes(page: Page) -> list[str]:
    """What each lane says of itself."""
    return page.locator("hayai-race .lane .state").all_inner_texts()


def test_it_plays_to_its_end(opened: Opens, tmp_path: Path) -> None:
    """At eight times its speed; then every lane holds its whole answer, one was first, the others later."""
    page = opened(write(tmp_path, ordinary()))
    race = page.locator("hayai-race")
    race.locator("select").first.select_option("8")
    button = race.locator("button.play")
    # A busy machine may look only when the race is over: the page itself notes what the button said meanwhile.
    button.evaluate(
        "it => { window.said = []; new MutationObserver(() => window.said.push(it.textContent))"
        ".observe(it, { childList: true, characterData: true, subtree: true }); }"
    )
    button.click()
    expect(button).to_have_text("Again", timeout=20_000)
    assert page.evaluate("window.said")[0] == "Pause"
    told = lanes(page)
    assert len(told) == 3
    assert sum("· first" in one for one in told) == 1
    assert sum("later" in one for one in told) == 2
    for text in race.locator(".text").all_inner_texts():
        assert re.findall(r"word (\d+) of", text) == [str(n) for n in range(9)]


def test_text_appears_at_its_instants(opened: Opens, tmp_path: Path) -> None:
    """Before the first piece a lane waits; forward and backward, what is shown is what had arrived by then."""
    page = opened(write(tmp_path, ordinary()))
    data = page.evaluate("JSON.parse(document.querySelector('hayai-race script').textContent)")
    race = next(one for one in data["races"] if one["chosen"])
    for at in (0, race["lanes"][0]["at"][0], race["lanes"][1]["at"][4] + 0.01, 1e9, race["lanes"][2]["at"][2], 1):
        page.evaluate(f"document.querySelector('hayai-race').seek({at})")
        now = page.evaluate(NOW)
        for number, lane in enumerate(race["lanes"]):
            wanted = "".join(text for text, instant in zip(lane["text"], lane["at"], strict=True) if instant <= now)
            assert page.locator("hayai-race .text").nth(number).text_content() == wanted
            waits = lane["ttft"] > now
            assert ("waiting" in lanes(page)[number]) == waits


def test_it_is_driven_by_keyboard(opened: Opens, tmp_path: Path) -> None:
    """Enter on the button, k anywhere in it, Home and End, arrows on the slider."""
    page = opened(write(tmp_path, ordinary()))
    # A race lasts a second, and a busy machine may look later than that: its clock stands, so that it is under way until it is stopped.
    page.evaluate("performance.now = () => 0")
    button = page.locator("hayai-race button.play")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_text("Pause")
    page.keyboard.press("k")
    expect(button).to_have_text("Play")
    page.keyboard.press("End")
    assert page.evaluate(f"{NOW} === {LENGTH}")
    page.keyboard.press("Home")
    assert page.evaluate(NOW) == 0
    page.locator("hayai-race input[type=range]").focus()
    page.keyboard.press("End")
    assert page.evaluate(f"{NOW} === {LENGTH}")


def test_prompts_and_rounds_can_be_chosen(opened: Opens, tmp_path: Path) -> None:
    """The typical round of each prompt is there first; with all races, the others too."""
    page = opened(write(tmp_path, ordinary(all_races=True)))
    prompt, rounds = page.locator("hayai-race select").nth(1), page.locator("hayai-race select").nth(2)
    prompt.select_option("microservices")
    assert rounds.locator("option").count() == 3
    assert "(typical)" in rounds.locator("option:checked").inner_text()
    rounds.select_option(index=1)
    page.evaluate(END)
    assert any("did not finish" in one for one in lanes(page))
    assert "microservices word" in page.locator("hayai-race .text").nth(1).inner_text()


def test_without_texts_there_are_still_times(opened: Opens, tmp_path: Path) -> None:
    """The lanes stay empty, and it is said why."""
    page = opened(write(tmp_path, without_texts()))
    page.evaluate(END)
    assert sum("complete after" in one for one in lanes(page)) == 3
    assert page.locator("#race .note", has_text="kept no texts").is_visible()


def test_one_race_is_said_not_to_be_the_verdict(opened: Opens, tmp_path: Path) -> None:
    """In words, below the lanes."""
    page = opened(write(tmp_path, ordinary(), "ja"))
    assert "判定ではありません" in page.locator("hayai-race .note").inner_text()


def test_more_data_may_come_while_it_plays(opened: Opens, tmp_path: Path) -> None:
    """As on a live page: the race goes on where it was, and new prompts can be chosen."""
    page = opened(write(tmp_path, ordinary()))
    page.evaluate(f"document.querySelector('hayai-race').seek({LENGTH} / 2)")
    before = page.evaluate(NOW)
    page.evaluate("""() => {
        const race = document.querySelector('hayai-race'), data = structuredClone(race.data);
        data.races.push({ ...data.races[0], prompt: 'one more', lanes: data.races[0].lanes });
        race.data = data;
    }""")
    assert page.evaluate(NOW) == before
    assert "one more" in page.locator("hayai-race select").nth(1).locator("option").all_text_contents()
