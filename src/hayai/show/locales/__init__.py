"""Which words does the user read? Catalogues per language, whole sentences with the numbers inside.

A language is a package with one module per room, each holding `TEXTS: dict[str, str]` with `str.format` gaps. They are merged when a language
is first used. Both languages have every key and the same gaps (`tests/show/test_locales.py`). Formatting of numbers happens before, in
`show/format.py`: texts receive strings.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Literal

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = ("en", "ja")
SECTIONS = (
    "analysis",
    "ask",
    "charts",
    "choice",
    "claims",
    "cli",
    "doctor",
    "expect",
    "html",
    "judge",
    "live",
    "measure",
    "measurements",
    "prices",
    "providers",
    "quality",
    "report",
    "requests",
    "selfcheck",
    "sim",
    "verdict",
    "verdict_cautions",
)


class Texts:
    """The texts of one language. Call it with a key and the values of the gaps."""

    __slots__ = ("_texts", "language")

    def __init__(self, language: Language, texts: dict[str, str]) -> None:
        self.language: Language = language
        self._texts = texts

    def __call__(self, key: str, /, **values: object) -> str:
        """The sentence for `key`. An unknown key is our own mistake and raises KeyError."""
        return self._texts[key].format(**values)

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def keys(self) -> list[str]:
        """All keys, sorted."""
        return sorted(self._texts)


@cache
def texts_in(language: Language) -> Texts:
    """The catalogue of `language`, merged from its sections. A key in two sections is our own mistake."""
    merged: dict[str, str] = {}
    for section in SECTIONS:
        part: dict[str, str] = importlib.import_module(f"hayai.show.locales.{language}.{section}").TEXTS
        twice = merged.keys() & part.keys()
        if twice:
            raise KeyError(f"text keys in two sections: {sorted(twice)}")
        merged |= part
    return Texts(language, merged)
