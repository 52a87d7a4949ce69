"""What is there to say on a topic, cut where a reader would accept a cut?

A text file (`text/<language>/<topic>.md`, and `text/both/<topic>.md` for answers that use several languages whatever
the prompt's) holds four kinds of blocks, each begun by a line `%% kind`:

    %% titles     one a line; an answer has one or none
    %% openings   one a paragraph; an answer has one
    %% stage      sections, each from a `## ` heading to the next; earlier stages come earlier in an answer
    %% closings   one a paragraph; an answer has one or none

A section stands on its own, and may be left after any of its ends: a sentence, a list item, a code block, a table.
A sentence that announces something (it ends with a colon) is no end. Files are read and cut once, on first use.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from hayai.sim.answers.tokens import split_tokens

_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])(?= [A-Z0-9`*\"(])|(?<=[。！？])(?=[^」）])")
_ITEM = re.compile(r"(?:[-*]|\d+\.)\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Tokens that may be left at any of `ends` (token counts, ascending; the last is the whole)."""

    tokens: tuple[str, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One self-contained section: its stage in the answer, its heading's words, its text."""

    stage: int
    heading: tuple[str, ...]
    passage: Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """All there is to say on one topic in one language."""

    titles: tuple[tuple[str, ...], ...]
    openings: tuple[Passage, ...]
    sections: tuple[Section, ...]
    closings: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=64)
def read_corpus(language: str, topic: str) -> Corpus:
    """The corpus of a topic in a language, from the packaged files."""
    return parse_corpus(read_source(language, topic))


@lru_cache(maxsize=64)
def read_source(language: str, topic: str) -> str:
    """The text of a topic's file in a language, and of its file for both languages where there is one."""
    from importlib.resources import files  # here, because it is slow to import and only needed for the first answer

    folder = files("hayai.sim") / "answers" / "text"
    places = (folder / language / f"{topic}.md", folder / "both" / f"{topic}.md")
    return "\n".join(place.read_text(encoding="utf-8") for place in places if place.is_file())


def parse_corpus(source: str) -> Corpus:
    """Cut a corpus file's text into tokens with their ends."""
    titles: list[tuple[str, ...]] = []
    openings: list[Passage] = []
    sections: list[Section] = []
    closings: list[tuple[str, ...]] = []
    stage = 0
    for block in re.split(r"^%% ", source, flags=re.MULTILINE)[1:]:
        kind, _, text = block.partition("\n")
        if kind == "titles":
            titles.extend(tuple(split_tokens(f" {line}")) for line in text.splitlines() if line)
        elif kind == "openings":
            openings.extend(_passage(_prose(paragraph)) for paragraph in _paragraphs(text))
        elif kind == "closings":
            closings.extend(tuple(split_tokens(f"\n\n{paragraph}")) for paragraph in _paragraphs(text))
        else:
            stage += 1
            sections.extend(_sections(text, stage))
    return Corpus(titles=tuple(titles), openings=tuple(openings), sections=tuple(sections), closings=tuple(closings))


def _sections(text: str, stage: int) -> list[Section]:
    found: list[Section] = []
    heading = ""
    units: list[str] = []
    for paragraph in [*_paragraphs(text), "## "]:
        if not paragraph.startswith("## "):
            first, *others = _units(paragraph)
            units += [f"\n\n{first}", *others]
            continue
        if heading:
            found.append(Section(stage=stage, heading=tuple(split_tokens(f" {heading}")), passage=_passage(units)))
        heading, units = paragraph[3:], []
    return found


def _paragraphs(text: str) -> list[str]:
    """Parts between blank lines; blank lines inside a fenced code block do not count. A heading is a part of its own."""
    parts: list[str] = []
    lines: list[str] = []
    fenced = False
    for line in [*text.splitlines(), ""]:
        fenced ^= line.startswith("```")
        heading = line.startswith("## ") and not fenced
        if fenced or (line and not heading):
            lines.append(line)
            continue
        if lines:
            parts.append("\n".join(lines))
            lines = []
        if heading:
            parts.append(line)
    return parts


def _units(paragraph: str) -> list[str]:
    if paragraph.startswith(("```", "|")):
        return [paragraph]
    if _ITEM.match(paragraph):
        first, *others = paragraph.split("\n")
        return [first, *(f"\n{item}" for item in others)]
    return _prose(paragraph)


def _prose(paragraph: str) -> list[str]:
    return _BETWEEN_SENTENCES.split(paragraph)


def _passage(units: list[str]) -> Passage:
    tokens: list[str] = []
    ends: list[int] = []
    for unit in units:
        tokens += split_tokens(unit)
        if not unit.endswith((":", "：")):
            ends.append(len(tokens))
    return Passage(tokens=tuple(tokens), ends=tuple(ends))
