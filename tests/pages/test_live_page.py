"""The live page in a browser: it follows a real run to its report, survives its server, and says what it was told as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from hayai.cli.live_process import LiveProcess
from hayai.sim.process import serve_in_process
from tests.cli.shell import MEASURED, NOVA, Shell, clean_environment
from tests.decide.made import a_plan, a_prompt, a_record, a_target, lively
from tests.live.made import NAME, begin, said, say, serving
from tests.pages.conftest import Watched
from tests.pages.made import NASTY

pytestmark = pytest.mark.needs_chromium
SHOW = "(prompt) => { const race = document.querySelector('hayai-race'); race.show(prompt, 1); race.seek(1e9); }"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that knows nothing yet."""
    context = browser.new_context()
    yield context
    context.close()


def visit(context: BrowserContext, address: str) -> Watched:
    """A page, and what its console says."""
    watched = Watched(context)
    watched.page.goto(address)
    return watched


def prompts_of(page: Page) -> Locator:
    """The prompts that the player has a race of, asked of the page: its policy lets nobody wait for a script's word."""
    return page.locator("hayai-race").get_by_label("Prompt").locator("option")


def races(page: Page) -> list[Any]:
    """What the player holds."""
    found: list[Any] = page.evaluate(
        "document.querySelector('hayai-race').data.races.map((one) => [one.prompt, one.round])"
    )
    return found


def test_a_real_run_is_followed_to_its_report(context: BrowserContext, tmp_path: Path) -> None:
    """From the first request on: counts, the answer so far, the newest round; at the end the page becomes the report."""
    environment = clean_environment(tmp_path)
    shell = Shell(folder=tmp_path, environment=environment)
    with serve_in_process("steady", options=["--speed", "10"], environment=environment) as sim:
        words = (f"{NOVA},name=one", f"{NOVA},name=two", "--endpoint", sim.url, "--cycles", "8", "--stopping", "limits")
        with shell.begin("compare", *words, "--prompts", "blockchain,cicd", "--live") as process:
            assert process.stderr is not None
            address = next(line for line in process.stderr if "http" in line and "/run/" in line).split()[-1]
            watched = visit(context, address.strip())
            page = watched.page
            expect(page.locator("#state")).to_have_text("Being measured.")
            expect(page.locator("#rows tr")).to_have_count(2)
            expect(page.locator("#told")).to_contain_text("as fast as [1]", timeout=30_000)
            expect(prompts_of(page)).not_to_have_count(0)
            # Nobody sits at a terminal, so the server ends with the command; it waits for its readers.
            expect(page.locator("#verdict")).to_be_visible(timeout=60_000)
            assert page.locator("#state").count() == 0
            assert process.wait(30) in MEASURED
    assert watched.said == []


def test_it_finds_its_way_back_after_the_server_restarts(context: BrowserContext, tmp_path: Path) -> None:
    """Meanwhile it says that the connection is lost; what happened in between is there afterwards."""
    plan, records = lively(cycles=2)
    run = begin(tmp_path, plan)
    say(run, records[:3])
    with serving(tmp_path) as first:
        page = visit(context, f"{first.address}run/{NAME}/").page
        expect(page.locator("#state")).to_have_text("Being measured.")
        expect(prompts_of(page)).to_have_count(1)
    expect(page.locator("#state")).to_contain_text("The connection is lost. Trying again.")
    say(run, records[3:9])
    with LiveProcess(tmp_path, "en", port=first.port):
        expect(page.locator("#state")).to_have_text("Being measured.", timeout=30_000)
        expect(prompts_of(page)).to_have_count(3)
        say(run, records[9:12])
        expect(prompts_of(page)).to_have_count(4)


def test_it_follows_the_newest_round_unless_told_otherwise(context: BrowserContext, tmp_path: Path) -> None:
    """A race that has ended makes way for the newest; without the tick, the reader's choice stays."""
    plan, records = lively(cycles=1)
    run = begin(tmp_path, plan)
    say(run, records[:3])
    with serving(tmp_path) as reader:
        page = visit(context, f"{reader.address}run/{NAME}/").page
        race = page.locator("hayai-race")
        chosen = race.get_by_label("Prompt")
        expect(chosen).to_have_value(records[0].prompt)
        expect(race.locator("button.play")).to_have_text("Pause")
        race.get_by_label("Speed").select_option("8")
        say(run, records[3:6])
        expect(chosen).to_have_value(records[3].prompt, timeout=20_000)
        page.get_by_label("Follow the newest round").uncheck()
        say(run, records[6:9])
        expect(prompts_of(page)).to_have_count(3)
        expect(race.locator("button.play")).to_have_text("Again", timeout=20_000)
        expect(chosen).to_have_value(records[3].prompt)
        page.get_by_label("Follow the newest round").check()
        expect(chosen).to_have_value(records[6].prompt)


def test_hostile_answers_are_only_text(context: BrowserContext, tmp_path: Path) -> None:
    """In the race as it is followed, and on a request's page."""
    prompts = tuple(a_prompt(f"p{number}", text=name) for number, name in enumerate(NASTY))
    run = begin(tmp_path, a_plan((a_target("<b>a</b>"),), prompts))
    with serving(tmp_path) as reader:
        watched = visit(context, f"{reader.address}run/{NAME}/")
        page = watched.page
        said(run, [a_record("<b>a</b>", prompt.id, id=f"a1-{prompt.id}") for prompt in prompts], list(NASTY.values()))
        expect(prompts_of(page)).to_have_count(len(NASTY))
        for prompt, _ in races(page):
            page.evaluate(SHOW, prompt)
            assert page.evaluate("window.hacked") is None
        page.goto(f"{reader.address}run/{NAME}/request/a1-p0")
        expect(page.get_by_text("<script>window.hacked = 1</script>").first).to_be_visible()
        assert page.evaluate("window.hacked") is None
        assert watched.said == []


@pytest.mark.parametrize("path", ["", f"run/{NAME}/", f"run/{NAME}/requests", f"run/{NAME}/request/a1-0", "nope"])
def test_every_page_fits_a_phone(path: str, browser: Browser, tmp_path: Path) -> None:
    """390 pixels wide, dark, in Japanese: nothing sticks out, and without scripts it says how things stand."""
    plan, records = lively(cycles=1)
    say(begin(tmp_path, plan), records[:7])
    with serving(tmp_path, language="ja") as reader:
        context = browser.new_context(
            viewport={"width": 390, "height": 800}, color_scheme="dark", java_script_enabled=False
        )
        page = context.new_page()
        page.goto(reader.address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        expect(page.locator("h1")).to_be_visible()
        context.close()
