"""What is pasted into a chat is three lines; what goes into Backlog keeps its shape; neither lets a name become a mark."""

from __future__ import annotations

import re
from itertools import product

import pytest

from hayai.show.backlog import escape
from hayai.show.locales import LANGUAGES, Language, texts_in
from hayai.show.reports import REPORTS
from tests.show.hostile import CASES


@pytest.mark.parametrize(("name", "language"), list(product(CASES, LANGUAGES)))
def test_a_chat_gets_three_lines(name: str, language: Language) -> None:
    """Answer, scope, cautions: in every state of a run, without a table, a link or a mention."""
    text = REPORTS["slack"](CASES[name](), texts_in(language))
    assert text.endswith("\n")
    lines = text[:-1].split("\n")
    assert len(lines) == 3
    assert all(lines)
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)|[\x00-\x1f\u202e]", "".join(lines))


@pytest.mark.parametrize(("name", "language"), list(product(CASES, LANGUAGES)))
def test_backlog_keeps_its_shape(name: str, language: Language) -> None:
    """Every row has the cells of its head, whatever stands in them; no line begins with a mark that we did not write."""
    text = REPORTS["backlog"](CASES[name](), texts_in(language))
    cells = 0
    for line in text.splitlines():
        if not line.startswith("|"):
            continue
        found = len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) - 1
        if line.endswith("|h"):
            cells = found
        assert line.endswith(("|", "|h"))
        assert found == cells
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 10% [2] a-b", "plain 10% [2] a-b"),
        ("* heading", "\\* heading"),
        ("-list", "\\-list"),
        ("a|b", "a\\|b"),
        ("''bold''", "\\'\\'bold\\'\\'"),
        ("[[link>https://x]]", "\\[\\[link>https:\\/\\/x\\]\\]"),
        ("{code}", "\\{code\\}"),
        ("#image(x) &br;", "\\#image(x) \\&br;"),
        ("%%gone%%", "\\%\\%gone\\%\\%"),
        ("back\\slash", "back\\\\slash"),
    ],
)
def test_marks_lose_their_meaning(text: str, shown: str) -> None:
    """And nothing else is touched."""
    assert escape(text) == shown
