"""How does a help look in 80 columns? Laid out in terminal cells, because a Japanese character takes two and click counts one.

Widths come from the Unicode database alone: a help is shown before anything heavy is loaded, and its words are our own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import click

WIDTH = 80
INDENT = "  "
WIDEST_NAME = 26
"""A longer name stands on a line of its own."""

_NOT_FIRST = frozenset("、。，．・：；！？）」』】ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ")
_NOT_LAST = frozenset("（「『【")


def cells(text: str) -> int:
    """Terminal cells that a text of ours takes."""
    return sum(1 + _is_wide(character) for character in text)


def written(option: click.Option) -> str:
    """An option as it is typed: `--cache as-is|avoid|warm`, `-o, --output PATH`."""
    names = ", ".join(sorted(option.opts, key=len))
    if option.is_flag:
        return names
    choices = "|".join(map(str, option.type.choices)) if isinstance(option.type, click.Choice) else None
    return f"{names} {option.metavar or choices or option.type.name.upper()}"


def paragraph(text: str, *, indent: str = "") -> list[str]:
    """Lines of a text, each line of it wrapped on its own."""
    return [f"{indent}{part}".rstrip() for line in text.split("\n") for part in wrap(line, WIDTH - len(indent))]


def definitions(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Names on the left, what they mean on the right."""
    room = max((cells(name) for name, _ in rows if cells(name) <= WIDEST_NAME), default=0)
    lines = []
    for name, meaning in rows:
        first, *rest = wrap(meaning, WIDTH - len(INDENT) - room - 2)
        if cells(name) > room:
            lines.append(f"{INDENT}{name}")
            lines.append(f"{INDENT}{'':{room}}  {first}")
        else:
            lines.append(f"{INDENT}{name}{' ' * (room - cells(name))}  {first}".rstrip())
        lines += [f"{INDENT}{'':{room}}  {line}" for line in rest]
    return lines


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken at blanks and between wide characters."""
    lines: list[str] = []
    line = ""
    for chunk in _chunks(text):
        if line and cells(line + chunk.rstrip()) > width:
            lines.append(line.rstrip())
            line = chunk.lstrip()
        else:
            line += chunk
    return [*lines, line.rstrip()]


def _chunks(text: str) -> list[str]:
    """Pieces between which a line may end."""
    chunks: list[str] = []
    for character in text:
        last = chunks[-1][-1] if chunks else ""
        breaks = last == " " or _is_wide(last) or _is_wide(character)
        if last and (character == " " or character in _NOT_FIRST or last in _NOT_LAST or not breaks):
            chunks[-1] += character
        else:
            chunks.append(character)
    return chunks


def _is_wide(character: str) -> bool:
    return bool(character) and unicodedata.east_asian_width(character) in "WF"
