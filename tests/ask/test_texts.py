"""The room's texts: the same keys and gaps in both languages, and a text for every problem the room can tell."""

from __future__ import annotations

import re
import string
from pathlib import Path

import hayai.ask
from hayai.show.locales.en.ask import TEXTS as ENGLISH
from hayai.show.locales.ja.ask import TEXTS as JAPANESE

SECTIONS = "target|vary|secret|suite|field|file|duration|config|rounds|rate|ratio|dollars|rules"


def _gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_say_the_same_things() -> None:
    """The same keys, and the same gaps in each text."""
    assert ENGLISH.keys() == JAPANESE.keys()
    assert {key: _gaps(text) for key, text in ENGLISH.items()} == {key: _gaps(text) for key, text in JAPANESE.items()}


def test_every_problem_has_a_text_and_every_text_a_problem() -> None:
    """Keys in the code and keys in the catalogue are the same set; `.maybe` and `secret.*` are put together in the code."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in Path(hayai.ask.__file__).parent.rglob("*.py"))
    used = set(re.findall(rf'"((?:{SECTIONS})\.[a-z_0-9.]+)"', code))
    told = {key.removesuffix(".maybe") for key in ENGLISH if not key.startswith("secret.")}
    assert {key.removesuffix(".maybe") for key in used} == told


def test_secrets_are_told_without_gaps() -> None:
    """Nothing of a text that held a secret can get into the message."""
    secrets = [text for key, text in (*ENGLISH.items(), *JAPANESE.items()) if key.startswith("secret.")]
    assert secrets
    assert all(not _gaps(text) for text in secrets)


def test_japanese_texts_are_japanese() -> None:
    """Each holds kana; none was left in English."""
    assert [key for key, text in JAPANESE.items() if not re.search("[ぁ-んァ-ン]", text)] == []
