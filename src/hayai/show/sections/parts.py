"""What is a section made of? Finished strings in columns and blocks; the nouns that terminal and Markdown lay out."""

from __future__ import annotations

from typing import Literal

import msgspec

Row = tuple[str, ...]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a table. Numbers stand right.

    When the page is narrow, names may be shortened (in the title alone, or in the cells as well), and a list in a `wraps` column goes on
    below; numbers are never touched.
    """

    title: str
    right: bool = True
    shortens: Literal["nothing", "title", "all"] = "nothing"
    wraps: bool = False


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that belong together under a heading (None: no heading), and remarks about them."""

    heading: str | None = None
    rows: tuple[Row, ...] = ()
    remarks: tuple[str, ...] = ()


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence that carries weight, and what stands below it."""

    text: str
    more: tuple[str, ...] = ()


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Titled points, a titled table (columns and blocks), titled lines, or several of these in this order.

    `heading_column` names the column that headings become in a flat table.
    """

    title: str
    points: tuple[Point, ...] = ()
    notes: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    blocks: tuple[Block, ...] = ()
    lines: tuple[str, ...] = ()
    heading_column: str | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A whole report: what stands above everything, the title, what was looked at, and the sections.

    `closing` says the most important again where a terminal stops, after a long page; other forms leave it out.
    """

    banner: tuple[str, ...]
    title: str
    facts: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...] = ()
