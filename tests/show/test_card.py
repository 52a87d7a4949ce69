"""The verdict as a picture: drawn for every run that has one, and saying no more than it."""

from __future__ import annotations

import re
from itertools import product
from xml.parsers import expat

import pytest

from hayai.show.card import HEIGHT, WIDTH, render_png, svg
from hayai.show.locales import LANGUAGES, Language, texts_in
from hayai.show.sections.opening import banner
from tests.show.hostile import CASES

JUDGED = [name for name, case in CASES.items() if any(verdict.judged for verdict in case().judgement.verdicts)]


@pytest.mark.parametrize(("name", "language"), list(product(JUDGED, LANGUAGES)))
def test_it_is_well_formed_and_whole(name: str, language: Language) -> None:
    """Hostile and wide names too; every line lies within the picture; a simulated run says so."""
    findings, texts = CASES[name](), texts_in(language)
    picture = svg(findings, texts)
    expat.ParserCreate().Parse(picture, True)
    assert not re.search(r"<(script|image|foreignObject|a)\b|href=|[\x00-\x1f\u202e]", picture)
    for y in re.findall(r'<text x="\d+" y="(\d+)"', picture):
        assert 0 < int(y) < HEIGHT
    says_so = "simulated" if language == "en" else "シミュレーション"
    assert not banner(findings, texts) or says_so in picture


def test_it_is_a_png() -> None:
    """Of the size that chats preview."""
    png = render_png(CASES["ordinary"](), texts_in("en"))
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) == (WIDTH, HEIGHT)


def test_without_a_verdict_there_is_no_picture() -> None:
    """One target has none."""
    with pytest.raises(ValueError, match="judged"):
        svg(CASES["one_target"](), texts_in("en"))
