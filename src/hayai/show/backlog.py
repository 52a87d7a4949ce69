r"""How does a report look in Backlog's own notation (Backlog記法), in an issue or a wiki page of a Japanese team?

The same sections as in the terminal. Headings begin with `*`, lists with `-`, rows with `|`, and a header row ends with `h`; a backslash
takes the meaning from a mark (Nulab's page on text formatting). Everything is escaped, our own words too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hayai.decide.findings import Findings
from hayai.show.format import clean
from hayai.show.locales import Texts
from hayai.show.sections.order import page_of
from hayai.show.sections.parts import Page, Section

_SPECIAL = re.compile(r"[\\|{}]|''+|%%+|\[\[+|\]\]+|[#&](?=\w)|(?<=:)//")
"""Marks anywhere in a line; single brackets, percent signs and the like mean nothing."""
_FIRST = re.compile(r"^([*+\->~])")
"""Marks at the beginning of a line or a cell."""


def escape(text: str) -> str:
    """`text` as Backlog shows exactly it, on one line: no heading, list, table, link, macro or quote comes of it."""
    return _FIRST.sub(r"\\\1", _SPECIAL.sub(_escaped, clean(text)))


def render(findings: Findings, texts: Texts, *, width: int = 80) -> str:
    """The report in Backlog's notation. `width` does not matter here."""
    del width
    return lay_out(page_of(findings, texts))


def lay_out(page: Page) -> str:
    """Any page in it."""
    lines = [f"''{escape(line)}''" for line in page.banner]
    lines += [f"* {escape(page.title)}", *map(escape, page.facts)]
    for section in page.sections:
        lines += ["", f"** {escape(section.title)}"]
        for point in section.points:
            lines += [f"- ''{escape(point.text)}''", *(f"-- {escape(line)}" for line in point.more)]
        if section.columns:
            lines += _table(section)
        lines += [f"- {escape(line)}" for line in section.lines]
        lines += [escape(note) for note in section.notes]
    return "\n".join(lines) + "\n"


def _table(section: Section) -> list[str]:
    stub = [section.heading_column] if section.heading_column is not None else []
    head = _row([*stub, *(column.title for column in section.columns)]) + "h"
    rows = [_row([*([block.heading or ""] if stub else []), *row]) for block in section.blocks for row in block.rows]
    remarks = [
        f"- {escape(remark if block.heading is None else f'{block.heading}: {remark}')}"
        for block in section.blocks
        for remark in block.remarks
    ]
    return [head, *rows, *remarks]


def _row(cells: Iterable[str]) -> str:
    """A cell begins with a blank, so that a sign is no mark, and an empty one is still a cell."""
    return "|" + "|".join(f" {_SPECIAL.sub(_escaped, clean(cell))} " for cell in cells) + "|"


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"\\{character}" for character in found.group())
