"""How does a report look in a terminal? Tables of a given width, plain or with colour, in cells rather than characters.

Colour only orders the page (titles, notes, the banner); it never says that a number is good or bad. All text goes to rich as `Text`,
never as markup, and was cleaned before: what a model or a server wrote cannot act here. Widths are computed from the contents; where a page
is too narrow, names are shortened in the middle first, and tables with a column per target continue below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from hayai.decide.findings import Findings
from hayai.show.format import cell_width, clean, pad, shorten, wrap
from hayai.show.locales import Texts
from hayai.show.sections.order import page_of
from hayai.show.sections.parts import Column, Page, Section

if TYPE_CHECKING:
    from rich.console import Console

NARROWEST, WIDEST = 60, 200
_GAP = 2
_INDENT = 2
_HANG = 4
"""What stands below a point is indented by so much more."""
_NAME = 12
"""Cells a name should have."""
_SHORTEST_NAME = 7
"""Cells a name must have: its number and a little more."""


def wants_colour(environ: Mapping[str, str], *, is_terminal: bool) -> bool:
    """Colour only on a terminal that can show it, and never against NO_COLOR."""
    return is_terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def render(findings: Findings, texts: Texts, *, width: int = 80, colour: bool = False, place: str | None = None) -> str:
    """The report as lines of at most `width` cells (held between 60 and 200). `place` is the run's directory, named last."""
    last = None if place is None else texts("report.place", place=clean(place))
    return lay_out(page_of(findings, texts), width=width, colour=colour, last=last)


def lay_out(report: Page, *, width: int = 80, colour: bool = False, last: str | None = None) -> str:
    """Any page as lines of at most `width` cells (held between 60 and 200); `last` is a line under it."""
    from rich.console import Console

    page = Console(
        file=StringIO(),
        width=min(max(width, NARROWEST), WIDEST),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
    )
    for line in report.banner:
        _print(page, f"*** {line} ***", "bold reverse")
    _print(page, report.title, "bold")
    for fact in report.facts:
        _print(page, fact)
    for section in report.sections:
        _section(page, section)
    if report.closing or last is not None:
        page.print()
    for line in report.closing:
        _print(page, line, "bold")
    if last is not None:
        _print(page, last)
    text = page.file.getvalue() if isinstance(page.file, StringIO) else ""
    return "".join(line.rstrip() + "\n" for line in text.splitlines())


def _print(page: Console, line: str, style: str = "", *, indent: int = 0, hang: int = 0) -> None:
    """One paragraph; continued lines are indented by `hang` more."""
    from rich.text import Text

    lines = wrap(line, page.width - indent - hang)
    for number, part in enumerate(lines):
        space = " " * (indent + (hang if number else 0))
        page.print(Text(space) + Text(part, style=style), soft_wrap=True)


def _section(page: Console, section: Section) -> None:
    page.print()
    _title(page, section.title)
    for point in section.points:
        _print(page, point.text, "bold", indent=_INDENT, hang=_hang(point.text))
        for line in point.more:
            _print(page, line, indent=_INDENT + _HANG, hang=_INDENT)
    if section.columns:
        for note in section.notes:
            _print(page, note, "dim")
        for columns in _parts(section, page.width):
            _table(page, section, columns)
    for line in section.lines:
        _print(page, line, indent=_INDENT, hang=_hang(line))
    if not section.columns:
        for note in section.notes:
            _print(page, note, "dim", indent=_INDENT)


def _title(page: Console, title: str) -> None:
    """The title, and a rule to the edge of the page."""
    from rich.text import Text

    room = min(page.width, 100) - cell_width(title) - 1
    page.print(Text(title, style="bold") + Text(" " + "-" * room if room > 3 else "", style="dim"), soft_wrap=True)


def _hang(line: str) -> int:
    """Continued lines stand under the text that follows a number or a code."""
    head = line.partition(" ")[0]
    return len(head) + 1 if head[:1] in ("[", "W") and len(head) < 8 else 2


def _parts(section: Section, width: int) -> list[list[int]]:
    """Columns that fit beside each other; the first is repeated on every part. A table under headings is never split."""
    everything = list(range(len(section.columns)))
    if section.heading_column is not None:
        return [everything]
    least = [_least(section, number, _NAME) for number in everything]
    parts: list[list[int]] = [[0]]
    used = _INDENT + least[0]
    for number in everything[1:]:
        if len(parts[-1]) > 1 and used + _GAP + least[number] > width:
            parts.append([0])
            used = _INDENT + least[0]
        parts[-1].append(number)
        used += _GAP + least[number]
    return parts


def _cells(section: Section, place: int) -> list[str]:
    return [row[place] for block in section.blocks for row in block.rows]


def _natural(section: Section, place: int) -> int:
    """Cells a column takes when there is room."""
    return max(map(cell_width, (section.columns[place].title, *_cells(section, place))))


def _least(section: Section, place: int, name: int) -> int:
    """Cells a column needs when names are shortened to `name` cells and lists go on below. Numbers are never cut."""
    column = section.columns[place]
    title, cells = [column.title], _cells(section, place)
    if column.wraps:
        cells = [part + "," for cell in cells for part in cell.split(", ")]
    names = title + cells if column.shortens == "all" else title if column.shortens == "title" else []
    firm = [] if column.shortens == "all" else cells if column.shortens == "title" else title + cells
    shortened = min(name, max(map(cell_width, names), default=0))
    return min(_natural(section, place), max(shortened, *map(cell_width, firm), 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """The columns of one part of a table: their places in the section, their widths and the gap between them, in cells."""

    columns: tuple[Column, ...]
    places: tuple[int, ...]
    widths: tuple[int, ...]
    gap: int


def _grid(section: Section, places: Sequence[int], width: int) -> _Grid:
    """Natural widths where there is room. Otherwise names give way, then the gaps, then names again, and last of all everything."""
    columns = tuple(section.columns[place] for place in places)
    widths = [_natural(section, place) for place in places]
    for gap, name in ((_GAP, _NAME), (1, _NAME), (1, _SHORTEST_NAME), (1, 0)):
        room = width - _INDENT - gap * (len(places) - 1)
        least = [_least(section, place, name) if name else 1 for place in places]
        if sum(least) <= room:
            break
    while sum(widths) > room:
        gives = [place for place, cells in enumerate(widths) if cells > least[place]]
        widths[max(gives, key=lambda place: widths[place])] -= 1
    return _Grid(columns=columns, places=tuple(places), widths=tuple(widths), gap=gap)


def _table(page: Console, section: Section, places: Sequence[int]) -> None:
    grid = _grid(section, places, page.width)
    _row(page, grid, [column.title for column in grid.columns], "dim")
    for block in section.blocks:
        if block.heading is not None:
            _print(page, shorten(block.heading, page.width), "bold")
        for row in block.rows:
            _row(page, grid, [row[place] for place in grid.places])
        for remark in block.remarks:
            _print(page, remark, "dim", indent=_INDENT + 4)


def _row(page: Console, grid: _Grid, cells: Sequence[str], style: str = "") -> None:
    from rich.text import Text

    parts = [_fit(text, width, column) for text, width, column in zip(cells, grid.widths, grid.columns, strict=True)]
    for number in range(max(len(part) for part in parts)):
        line = (" " * grid.gap).join(
            pad(part[number] if number < len(part) else "", width, right=column.right)
            for part, width, column in zip(parts, grid.widths, grid.columns, strict=True)
        )
        page.print(Text(" " * _INDENT + line.rstrip(), style=style), soft_wrap=True)


def _fit(text: str, cells: int, column: Column) -> list[str]:
    """A name is shortened; a list of counts goes on below."""
    if cell_width(text) <= cells:
        return [text]
    return wrap(text, cells) if column.wraps and ", " in text else [shorten(text, cells)]
