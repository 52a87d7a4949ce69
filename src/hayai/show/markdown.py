"""How does a report look as Markdown, in a pull request or a wiki?

The same sections as in the terminal, as GitHub-flavoured tables. Everything is escaped, our own words too: no name, message or model can
become a link, a mention, an image, HTML or a new column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hayai.decide.findings import Findings
from hayai.show.format import clean
from hayai.show.locales import Texts
from hayai.show.sections.order import page_of
from hayai.show.sections.parts import Page, Section

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "$": "&#36;"})
_BACKSLASHED = re.compile(r"([\\`*_{}\[\]#~!|])")
_AUTOLINKED = re.compile(r"://|www\.", re.IGNORECASE)
_ACTING = re.compile(rf"[&<>@$]|{_BACKSLASHED.pattern}|{_AUTOLINKED.pattern}", re.IGNORECASE)


def escape(text: str) -> str:
    """`text` as Markdown that shows exactly it, on one line."""
    plain = clean(text)
    if _ACTING.search(plain) is None:  # Most cells of a table are numbers.
        return plain
    plain = plain.translate(_ENTITIES)
    plain = _AUTOLINKED.sub(lambda found: found.group().replace(":", "&#58;").replace(".", "&#46;"), plain)
    # Entities hold a `#` of their own, so backslashes go in between them only.
    return "".join(
        part if part.startswith("&") and part.endswith(";") else _BACKSLASHED.sub(r"\\\1", part)
        for part in re.split(r"(&(?:amp|lt|gt|#\d+);)", plain)
    )


def render(findings: Findings, texts: Texts, *, width: int = 80) -> str:
    """The report as Markdown. `width` does not matter here."""
    del width
    return lay_out(page_of(findings, texts))


def lay_out(page: Page) -> str:
    """Any page as Markdown."""
    lines = [f"> **{escape(line)}**\n" for line in page.banner]
    lines += [f"# {escape(page.title)}\n", *(f"{escape(fact)}  " for fact in page.facts)]
    for section in page.sections:
        lines += ["", f"## {escape(section.title)}", ""]
        for point in section.points:
            lines += [f"- **{escape(point.text)}**", *(f"  - {escape(line)}" for line in point.more)]
        lines += _table(section) if section.columns else []
        lines += (
            ["", *_list(section.lines)]
            if section.lines and (section.columns or section.points)
            else _list(section.lines)
        )
        if section.notes:
            lines += ["", *(f"*{escape(note)}*  " for note in section.notes)]
    return "\n".join(line.rstrip() if not line.endswith("  ") else line for line in lines) + "\n"


def _list(lines: Iterable[str]) -> list[str]:
    return [f"- {escape(line)}" for line in lines]


def _table(section: Section) -> list[str]:
    stub = [section.heading_column] if section.heading_column is not None else []
    titles = [*stub, *(column.title for column in section.columns)]
    rules = [*("---" for _ in stub), *("---:" if column.right else "---" for column in section.columns)]
    rows = [[*([block.heading or ""] if stub else []), *row] for block in section.blocks for row in block.rows]
    remarks = _list(
        remark if block.heading is None else f"{block.heading}: {remark}"
        for block in section.blocks
        for remark in block.remarks
    )
    table = [_line(escape(title) for title in titles), _line(rules), *(_line(map(escape, row)) for row in rows)]
    return [*table, "", *remarks] if remarks else table


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
