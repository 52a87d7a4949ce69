"""Which language does this user read? Answered before anything else, because help and errors need it too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hayai.show.locales import LANGUAGES, Language

VARIABLES = ("HAYAI_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where the language is looked for when `--lang` does not say, in this order."""


def language_of(argv: Sequence[str], environment: Mapping[str, str]) -> Language:
    """`--lang` of the command line, else the environment, else English."""
    for place, word in enumerate(argv):
        if word == "--lang" and place + 1 < len(argv):
            return _known(argv[place + 1]) or "en"
        if word.startswith("--lang="):
            return _known(word.removeprefix("--lang=")) or "en"
    for variable in VARIABLES:
        if value := environment.get(variable):
            return _known(value) or "en"
    return "en"


def _known(text: str) -> Language | None:
    return next((language for language in LANGUAGES if text.lower().startswith(language)), None)
