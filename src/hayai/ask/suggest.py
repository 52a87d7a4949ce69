"""Which known word did the user probably mean?

Everything that people type by hand (options, keys, suite names, prompt ids) is looked up through here, so that a misspelt word always
gets the same two things: the nearest known word where there is one, and the list of known words.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from hayai.ask.secrets import redact
from hayai.errors import Problem

LONGEST_ECHO = 80
"""Longest stretch of the user's own words repeated in a message, in characters."""


def suggest(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to `word`, or None when nothing is near."""
    by_folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None


def unknown_word(place: str, key: str, word: str, known: Iterable[str], **values: object) -> Problem:
    """The problem `key` for a word that is not known; `key.maybe`, with the gap `suggestion`, when a known word is near.

    Gaps of both texts: `word`, `known` (all known words, comma-separated), and `values`.
    """
    names = tuple(known)
    gaps: dict[str, object] = {"word": echo(word), "known": ", ".join(names), **values}
    near = suggest(word, names)
    if near is None:
        return Problem(place=place, key=key, values=gaps)
    return Problem(place=place, key=f"{key}.maybe", values={**gaps, "suggestion": near})


def echo(word: str) -> str:
    """What the user wrote, short enough for a message, on one line, and without secrets."""
    flat = " ".join(redact(word).split())
    return flat if len(flat) <= LONGEST_ECHO else flat[: LONGEST_ECHO - 1] + "…"
