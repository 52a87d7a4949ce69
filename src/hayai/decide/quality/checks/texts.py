"""Are these words in it, or is it exactly this? After NFKC, which makes full-width and half-width signs the same; case counts.

Normalising takes time with the square of how many marks are put on one letter. Nobody writes more than a few: an answer with long stacks of
them could not be checked.
"""

from __future__ import annotations

import unicodedata

from hayai.ask.expectations import Expectations
from hayai.decide.quality.checks.check import PASSED, Look, failed, in_text, unknown
from hayai.decide.quality.checks.searches import Searches
from hayai.decide.quality.findings import Looked

TALLEST_STACK = 30
"""Combining marks in a row, as in Unicode's stream-safe text."""


def folded(text: str) -> str | None:
    """NFKC; None where somebody stacked marks."""
    if text.isascii():
        return text
    stack = 0
    for sign in text:
        stack = stack + 1 if unicodedata.combining(sign) else 0
        if stack > TALLEST_STACK:
            return None
    return unicodedata.normalize("NFKC", text)


def contains(expect: Expectations, _searches: Searches) -> Look | None:
    """Every text of `contains` is there."""
    wanted = [(text, folded(text) or text) for text in expect.contains]
    if not wanted:
        return None

    def look(text: str) -> Looked:
        plain = folded(text)
        if plain is None:
            return unknown("too_strange")
        missing = next((told for told, sought in wanted if sought not in plain), None)
        return PASSED if missing is None else failed("text_missing", missing)

    return in_text(look)


def regex(expect: Expectations, searches: Searches) -> Look | None:
    """Every pattern of `regex` is found somewhere in the answer as it came."""
    wanted = expect.regex
    if not wanted:
        return None

    def look(text: str) -> Looked:
        slow = None
        for pattern in wanted:
            there = searches.found(pattern, text)
            if there is False:
                return failed("pattern_missing", pattern)
            slow = pattern if there is None else slow
        return PASSED if slow is None else unknown("pattern_slow", slow)

    return in_text(look)


def exact(expect: Expectations, _searches: Searches) -> Look | None:
    """It is one of `exact`, but for blanks around it."""
    allowed = {(folded(text) or text).strip() for text in expect.exact}
    if not allowed:
        return None

    def look(text: str) -> Looked:
        plain = folded(text)
        if plain is None:
            return unknown("too_strange")
        return PASSED if plain.strip() in allowed else failed("other_text", plain.strip()[:80])

    return in_text(look)
