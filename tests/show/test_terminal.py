"""The terminal report: kept pages in both languages, never wider than the page, never a stranger's control character.

The kept pages are in `golden/`. After a wanted change, write them anew and read the difference before committing it:

    python -m tests.show.test_terminal
"""

from __future__ import annotations

import os
import re
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from hayai.show.locales import LANGUAGES, Language, texts_in
from hayai.show.terminal import render, wants_colour
from tests.show.hostile import CASES

GOLDEN = Path(__file__).parent / "golden"
KEPT = ("ordinary", "published", "hostile", "all_failed", "one_target", "one_cycle", "no_usage", "empty", "checked")
PLACE = "runs/2026-11-22T2136_optimized-vs-standard_k3f9"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local time is shown; the kept pages are of UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def page(case: str, language: Language) -> str:
    """A page of 80 cells."""
    return render(CASES[case](), texts_in(language), width=80, place=PLACE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", KEPT)
def test_the_page_is_the_kept_one(case: str, language: Language) -> None:
    """Every change of a report is seen by a person before it goes in."""
    assert page(case, language) == (GOLDEN / f"{case}.{language}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 100, 200])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_no_line_is_wider_than_the_page(case: str, language: Language, width: int) -> None:
    """In cells, with wide characters and very long names, plain and in colour."""
    for colour in (False, True):
        text = render(CASES[case](), texts_in(language), width=width, colour=colour, place=PLACE)
        widest = max((ANSI.sub("", line) for line in text.splitlines()), key=cell_len)
        assert cell_len(widest) <= width, widest


def test_a_page_is_at_least_60_and_at_most_200_cells() -> None:
    """A narrower terminal scrolls; a wider one is no easier to read."""
    texts = texts_in("en")
    findings = CASES["ordinary"]()
    assert render(findings, texts, width=10) == render(findings, texts, width=60)
    assert render(findings, texts, width=900) == render(findings, texts, width=200)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_nothing_hidden_reaches_the_terminal(case: str, language: Language) -> None:
    """Plain pages hold line feeds and visible characters only; coloured ones only our own colours besides."""
    plain = page(case, language)
    coloured = render(CASES[case](), texts_in(language), width=80, colour=True, place=PLACE)
    assert ANSI.search(coloured)
    for text in (plain, ANSI.sub("", coloured)):
        assert {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")} <= {"\n"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_simulated_run_says_so_first(language: Language) -> None:
    """At the top of everything; a real run says nothing of the kind."""
    word = {"en": "simulated, 20 times real speed", "ja": "シミュレーション、実時間の20倍速"}[language]
    assert page("ordinary", language).startswith(f"*** {word}")
    assert word not in page("one_cycle", language)


def test_names_too_long_for_a_table_are_whole_once() -> None:
    """The list of targets tells them; the number leads from a table to it."""
    text = page("wide", "en")
    joined = re.sub(r"\s+", "", text)
    assert "arn:aws:bedrock:us-east-2:123456789012:application-inference-profile/" + "a1b2c3d4e5f6" * 8 in joined
    assert all(f"[{number}] " in text for number in range(1, 7))


def test_ten_prompts_on_three_targets_are_one_line_per_cell() -> None:
    """At 80 cells, with no number cut."""
    table = page("published", "en").split("Response time by prompt")[1].split("By category")[0]
    rows = [line for line in table.splitlines() if line.startswith("  [")]
    assert len(rows) == 30
    assert not [row for row in rows if "…" in row[22:]]


@pytest.mark.parametrize("case", ["all_failed", "nothing_known", "empty"])
def test_unknown_is_never_zero(case: str) -> None:
    """No time, speed or token count of 0 where nothing is known."""
    text = page(case, "en").split("Targets")[1].split("Failed requests")[0].split("Cautions")[0]
    assert not re.search(r"(?<=\s)0(\.0+)?%?(?= |$)(?! of)", text, re.MULTILINE)


def test_colour_only_where_it_is_wanted() -> None:
    """Never against NO_COLOR, never in a file or a pipe."""
    assert wants_colour({"TERM": "xterm"}, is_terminal=True)
    assert not wants_colour({"TERM": "xterm", "NO_COLOR": "1"}, is_terminal=True)
    assert not wants_colour({"TERM": "dumb"}, is_terminal=True)
    assert not wants_colour({}, is_terminal=False)


def test_colour_changes_nothing_but_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """The words are the same, and variables meant for other programs do not matter."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    texts = texts_in("ja")
    coloured = render(CASES["ordinary"](), texts, width=80, colour=True)
    plain = render(CASES["ordinary"](), texts, width=80)
    assert "\x1b" not in plain
    assert "".join(line.rstrip() + "\n" for line in ANSI.sub("", coloured).splitlines()) == plain


if __name__ == "__main__":
    os.environ["TZ"] = "UTC"
    time.tzset()
    for kept in KEPT:
        for spoken in LANGUAGES:
            (GOLDEN / f"{kept}.{spoken}.txt").write_text(page(kept, spoken), encoding="utf-8")
