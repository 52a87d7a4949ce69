"""Where does a suite come from?

A built-in name, a file (TOML, YAML, JSONL, CSV, plain text), a folder of text files, or stdin. Whatever the source, it is turned
into rows first (`rows`), and every row is then held against the same schema (`prompt_schema`), so that a prompt may say the same things
everywhere and every mistake in every prompt is told at once, with its place.

The built-in suites, and prompts that are no more than a text (`plain`), are read without pydantic.
"""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from hayai.ask.plan import Suite
from hayai.ask.suggest import unknown_word
from hayai.ask.suites.builtin import list_suites, read_builtin
from hayai.ask.suites.formats import FORMATS
from hayai.errors import UsageError


def read_suite(
    source: str,
    *,
    format: str | None = None,  # noqa: A002 (the word users know)
    stdin: TextIO | None = None,
    language: str = "en",
    place: str = "--suite",
) -> Suite:
    """The suite called `source`: a built-in name, the path of a file or of a folder, or `-` for `stdin`.

    `format` (a value of `FORMATS`) is needed only where the name does not tell it; stdin without one is JSONL when it begins with `{`,
    plain text otherwise. `language` chooses what `published` and `work` are. `place` is where the source was named.
    Raises one `UsageError` with all problems.
    """
    suite = read_builtin(source, language)
    if suite is not None:
        return suite
    if source != "-" and not _looks_like_a_path(source):
        raise UsageError(unknown_word(place, "suite.unknown", source, list_suites()))
    from hayai.ask.suites.own import read_own  # late, because nobody else needs it

    return read_own(source, syntax=format, stdin=stdin, place=place)


def _looks_like_a_path(source: str) -> bool:
    path = Path(source)
    return path.suffix.lower() in FORMATS or any(mark in source for mark in "/\\") or path.exists()
