"""A real browser: Debian's chromium, driven by Playwright. Nothing may leave it, and nothing may be said on its console."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.conftest import BROWSERS


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser, without a sandbox of its own: tests run as root in CI.

    No longer than a module: Playwright keeps an event loop running, and other tests want one of their own.
    """
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


class Watched:
    """A page, what its console said, and where it asked for something."""

    def __init__(self, context: BrowserContext) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        self.said.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith("file:"):
            self.asked.append(request.url)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Any]:
    """Opens a file with some context options. When the test ends, no page may have complained or asked for anything."""
    contexts: list[BrowserContext] = []
    watched: list[Watched] = []

    def opens(path: Any, **options: Any) -> Page:
        context = browser.new_context(offline=True, **options)
        contexts.append(context)
        one = Watched(context)
        watched.append(one)
        one.page.goto(f"file://{path}")
        return one.page

    yield opens
    for context in contexts:
        context.close()
    assert [line for one in watched for line in one.said] == []
    assert [url for one in watched for url in one.asked] == []
