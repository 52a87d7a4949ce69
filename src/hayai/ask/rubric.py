"""What is a judge to look at? The rubric: a text that ships with hayai in both languages, or a file of the user's own.

The three questions that every judge is asked have names that stand in its vote, so a rubric must say what it means by each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from hayai.ask.documents import read_text
from hayai.errors import Problem, UsageError

QUESTIONS = ("overall", "correctness", "detail")
"""What a judge is asked, by the words that stand in its vote."""
GENERAL = "general"
BUILTIN_RUBRICS = {"general-en": "en", "general-ja": "ja"}
"""Name and language of each that ships with hayai; `general` is the one in the user's language."""
LONGEST = 20_000
"""Characters: a judge reads the rubric with every pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """What the judge is told. `language` is that of the words of ours around it."""

    name: str
    text: str
    language: str


def read_rubric(source: str, language: str, *, place: str = "--rubric") -> Rubric:
    """The rubric of this name or in this file. Raises one UsageError with all that is wrong with it."""
    if source == GENERAL:
        source = f"{GENERAL}-{'ja' if language == 'ja' else 'en'}"
    if source in BUILTIN_RUBRICS:
        file = resources.files("hayai.ask.rubrics") / f"{source.replace('-', '_')}.txt"
        return Rubric(name=source, text=file.read_text(encoding="utf-8").strip(), language=BUILTIN_RUBRICS[source])
    path = Path(source)
    if not path.exists():
        known = ", ".join((GENERAL, *BUILTIN_RUBRICS))
        raise UsageError(Problem(place=place, key="rubric.unknown", values={"word": source, "known": known}))
    text = read_text(path, place=f"{place} {source}").strip()
    problems = _problems_of(text, place=f"{place} {source}")
    if problems:
        raise UsageError(*problems)
    return Rubric(name=path.name, text=text, language=language)


def _problems_of(text: str, *, place: str) -> list[Problem]:
    """Empty, too long, or without a word on one of the questions."""
    if not text:
        return [Problem(place=place, key="rubric.empty", values={"words": ", ".join(QUESTIONS)})]
    if len(text) > LONGEST:
        return [Problem(place=place, key="rubric.too_long", values={"count": len(text), "limit": LONGEST})]
    missing = [word for word in QUESTIONS if word not in text.lower()]
    return [Problem(place=place, key="rubric.word_missing", values={"word": word}) for word in missing]
