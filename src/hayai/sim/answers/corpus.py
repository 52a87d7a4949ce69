"""What is there to say on a topic, cut where a reader would accept a cut?

A text file (`text/<language>/<topic>.md`, and `text/both/<topic>.md` for answers that use several languages whatever
the prompt's) holds these kinds of blocks, each begun by a line `%% kind`:

    %% titles     one a line; an answer has one or none
    %% openings   one a paragraph; an answer has one
    %% stage      sections, each from a `## ` heading to the next; earlier stages come earlier in an answer
    %% steps      a stage whose sections keep their order
    %% closings   one a paragraph; an answer has one or none

A section stands on its own, and may be left after any of its ends: a sentence, a whole list, a table, a code block.
The sentence before a list, a table or code announces it, and is no end. Files are read and cut once, on first use.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from hayai.sim.answers.tokens import split_tokens

# Kept as text: re compiles a pattern on first use, which keeps the import quick.
_BETWEEN_SENTENCES = r"(?<=[.!?])(?= [A-Z0-9`*\"(])|(?<=[。！？])(?=[^」）])"
_SHOWN = r"```|\||(?:[-*]|\d+\.)\s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Tokens that may be left at any of `ends` (token counts, ascending; the last is the whole)."""

    tokens: tuple[str, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One self-contained section: its place in the answer, its heading's words, its text.

    `step` counts the sections of a stage from 0; where `ordered`, they keep that order.
    """

    stage: int
    step: int
    ordered: bool
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
            openings.extend(
                _passage([(sentence, True) for sentence in re.split(_BETWEEN_SENTENCES, paragraph)])
                for paragraph in _paragraphs(text)
            )
        elif kind == "closings":
            closings.extend(tuple(split_tokens(f"\n\n{paragraph}")) for paragraph in _paragraphs(text))
        else:
            stage += 1
            sections.extend(_sections(text, stage, ordered=kind == "steps"))
    return Corpus(titles=tuple(titles), openings=tuple(openings), sections=tuple(sections), closings=tuple(closings))


def _sections(text: str, stage: int, *, ordered: bool) -> list[Section]:
    found: list[Section] = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        found.append(
            Section(
                stage=stage,
                step=len(found),
                ordered=ordered,
                heading=tuple(split_tokens(f" {heading}")),
                passage=_passage(_body_units(body)),
            )
        )
    return found


def _body_units(body: str) -> list[tuple[str, bool]]:
    """The text of a section in units, each with whether an answer may end after it."""
    units: list[tuple[str, bool]] = []
    paragraphs = _paragraphs(body)
    for paragraph, following in zip(paragraphs, [*paragraphs[1:], ""], strict=True):
        shown = re.match(_SHOWN, paragraph)
        first, *others = [paragraph] if shown else re.split(_BETWEEN_SENTENCES, paragraph)
        units += [(sentence, True) for sentence in (f"\n\n{first}", *others)]
        if re.match(_SHOWN, following) and not shown:
            units[-1] = (units[-1][0], False)
    return units


def _paragraphs(text: str) -> list[str]:
    """Parts between blank lines; blank lines inside a fenced code block do not count."""
    parts: list[str] = []
    lines: list[str] = []
    fenced = False
    for line in [*text.splitlines(), ""]:
        fenced ^= line.startswith("```")
        if fenced or line:
            lines.append(line)
        elif lines:
            parts.append("\n".join(lines))
            lines = []
    return parts


def _passage(units: list[tuple[str, bool]]) -> Passage:
    tokens: list[str] = []
    ends: list[int] = []
    for unit, may_end in units:
        tokens += split_tokens(unit)
        if may_end:
            ends.append(len(tokens))
    return Passage(tokens=tuple(tokens), ends=tuple(ends))
