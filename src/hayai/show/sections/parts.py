"""What is a section made of? Finished strings in columns and blocks; the nouns that terminal and Markdown lay out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table. Numbers stand right.

    When the page is narrow, names may be shortened (in the title alone, or in the cells as well), and a list in a `wraps` column goes on
    below; numbers are never touched.
    """

    title: str
    right: bool = True
    shortens: Literal["nothing", "title", "all"] = "nothing"
    wraps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Rows that belong together under a heading (None: no heading), and remarks about them."""

    heading: str | None = None
    rows: tuple[Row, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled table (columns and blocks), or titled lines. `heading_column` names the column that headings become in a flat table."""

    title: str
    notes: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    blocks: tuple[Block, ...] = ()
    lines: tuple[str, ...] = ()
    heading_column: str | None = None
