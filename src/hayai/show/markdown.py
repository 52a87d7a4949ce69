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
from hayai.show.sections.opening import banner, opening
from hayai.show.sections.order import sections
from hayai.show.sections.parts import Section

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "$": "&#36;"}
_BACKSLASHED = re.compile(r"([\\`*_{}\[\]#~!|])")
_AUTOLINKED = re.compile(r"://|www\.", re.IGNORECASE)


def escape(text: str) -> str:
    """`text` as Markdown that shows exactly it, on one line."""
    plain = "".join(_ENTITIES.get(character, character) for character in clean(text))
    plain = _AUTOLINKED.sub(lambda found: found.group().replace(":", "&#58;").replace(".", "&#46;"), plain)
    # Entities hold a `#` of their own, so backslashes go in between them only.
    return "".join(
        part if part.startswith("&") and part.endswith(";") else _BACKSLASHED.sub(r"\\\1", part)
        for part in re.split(r"(&(?:amp|lt|gt|#\d+);)", plain)
    )


def render(findings: Findings, texts: Texts, *, width: int = 80) -> str:
    """The report as Markdown. `width` does not matter here."""
    del width
    title, *facts = opening(findings, texts)
    lines = [f"> **{escape(line)}**\n" for line in banner(findings, texts)]
    lines += [f"# {escape(title)}\n", *(f"{escape(fact)}  " for fact in facts)]
    for section in sections(findings, texts):
        lines += ["", f"## {escape(section.title)}", ""]
        lines += _table(section) if section.columns else [f"- {escape(line)}" for line in section.lines]
        if section.notes:
            lines += ["", *(f"*{escape(note)}*  " for note in section.notes)]
    return "\n".join(line.rstrip() if not line.endswith("  ") else line for line in lines) + "\n"


def _table(section: Section) -> list[str]:
    stub = [section.heading_column] if section.heading_column is not None else []
    titles = [*stub, *(column.title for column in section.columns)]
    rules = [*("---" for _ in stub), *("---:" if column.right else "---" for column in section.columns)]
    rows = [[*([block.heading or ""] if stub else []), *row] for block in section.blocks for row in block.rows]
    remarks = [f"- {escape(remark)}" for block in section.blocks for remark in block.remarks]
    table = [_line(escape(title) for title in titles), _line(rules), *(_line(map(escape, row)) for row in rows)]
    return [*table, "", *remarks] if remarks else table


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
