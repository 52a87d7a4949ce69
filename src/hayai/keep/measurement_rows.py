"""Which rows of cells stand in this text, whatever separates them?

    CSV          commas, semicolons or tabs: whichever makes most sense of the first line, or what Excel's own `sep=;` line says
    JSON Lines   one object a line, when the text begins with `{`; numbers stay the text they were written as

A row is a list of strings under the names of the header. What a cell means is judged elsewhere.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass

from hayai.ask.suggest import echo
from hayai.errors import Problem, UsageError
from hayai.keep.measurement_columns import meaning_of

LARGEST_TEXT = 50_000_000
"""Bytes. A million measurements fit."""
_LONGEST_HEADER = 1_000_000
"""Characters; only this far is looked for the separator."""
_SEPARATORS = (",", ";", "\t")
_EXCEL = re.compile(r"[^\S\n]*\"?sep=([,;\t|])\"?[^\S\n]*\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The header, and each row with the line it begins on (from 1). `comma` says whether a comma may stand inside a number."""

    place: str
    """Of the header."""
    header: list[str]
    rows: list[tuple[int, list[str]]]
    problems: list[tuple[int, Problem]]
    comma: bool


def read_table(text: str, *, place: str) -> Table:
    """The rows of `text`. Raises `UsageError` where it is no table at all; broken rows are `problems` of what it returns."""
    if len(text) > LARGEST_TEXT or len(text.encode("utf-8", "surrogatepass")) > LARGEST_TEXT:
        values: dict[str, object] = {"limit": LARGEST_TEXT // 1_000_000}
        raise UsageError(Problem(place=place, key="measurements.too_big", values=values))
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UsageError(Problem(place=f"{place} line {line}", key="measurements.binary"))
    text = text.removeprefix("\ufeff")
    opening = text.lstrip()[:1]
    if opening == "[":
        raise UsageError(Problem(place=place, key="measurements.json_array"))
    table = _json_lines(text, place) if opening == "{" else _separated(text, place)
    if not table.header and not table.problems:
        raise UsageError(Problem(place=place, key="measurements.no_rows"))
    return table


def _separated(text: str, place: str) -> Table:
    usual = csv.field_size_limit(LARGEST_TEXT)
    try:
        told = _EXCEL.match(text)
        if told is not None:
            return _csv(text[told.end() :], place, told.group(1), first_line=2)
        opening = text.lstrip("\r\n ")[:_LONGEST_HEADER]
        return _csv(text, place, max(_SEPARATORS, key=lambda separator: _sense(opening, separator)), first_line=1)
    finally:
        csv.field_size_limit(usual)


def _sense(text: str, separator: str) -> tuple[int, int]:
    """How many columns of the first line are known with this separator, and how many there are."""
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            if any(cell.strip() for cell in cells):
                return len({meaning_of(cell)[0] for cell in cells} - {None}), len(cells)
    except csv.Error:
        pass
    return 0, 0


def _csv(text: str, place: str, separator: str, *, first_line: int) -> Table:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header: list[str] = []
    header_place = place
    rows: list[tuple[int, list[str]]] = []
    problems: list[tuple[int, Problem]] = []
    begins = first_line
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + first_line
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header, header_place = [cell.strip() for cell in cells], f"{place} line {line}"
                continue
            while len(cells) > len(header) and not cells[-1].strip():
                del cells[-1]
            if len(cells) == len(header):
                rows.append((line, [cell.strip() for cell in cells]))
                continue
            key = "measurements.too_many_cells" if len(cells) > len(header) else "measurements.too_few_cells"
            values: dict[str, object] = {"found": len(cells), "expected": len(header)}
            problems.append((line, Problem(place=f"{place} line {line}", key=key, values=values)))
    except csv.Error as error:
        problems.append((begins, _syntax(f"{place} line {begins}", "CSV", str(error))))
    return Table(place=header_place, header=header, rows=rows, problems=problems, comma=separator != ",")


def _json_lines(text: str, place: str) -> Table:
    """The header is every name that any object has, in the order of their first appearance."""
    decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_once)
    objects: list[tuple[int, dict[str, str]]] = []
    problems: list[tuple[int, Problem]] = []
    for line, written in enumerate(text.split("\n"), start=1):
        if not written.strip():
            continue
        where = f"{place} line {line}"
        try:
            said = decoder.decode(written)
        except (ValueError, RecursionError) as error:
            reason = (
                f"{error.msg} (column {error.colno})"
                if isinstance(error, json.JSONDecodeError)
                else "nested too deeply" if isinstance(error, RecursionError) else str(error)
            )  # fmt: skip
            problems.append((line, _syntax(where, "JSON", reason)))
            continue
        if not isinstance(said, dict):
            problems.append((line, Problem(place=where, key="measurements.not_an_object")))
            continue
        objects.append((line, {name: _cell(value) for name, value in said.items()}))
    header = list(dict.fromkeys(name for _, said in objects for name in said))
    rows = [(line, [said.get(name, "") for name in header]) for line, said in objects]
    return Table(place=place, header=header, rows=rows, problems=problems, comma=False)


def _cell(value: object) -> str:
    """The value as a cell of a table would hold it. A list or an object is no number and no name: its JSON is, in the message."""
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object. JSON readers let the last of two equal names win without a word."""
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {echo(name)!r} is there twice")
        found[name] = value
    return found


def _syntax(place: str, language: str, reason: str) -> Problem:
    return Problem(place=place, key="file.syntax", values={"language": language, "reason": reason})
