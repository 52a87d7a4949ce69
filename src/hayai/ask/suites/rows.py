"""Which prompts does this text hold, whatever its format?

Every format becomes the same thing: rows, each with its place in the source and the fields it gives, not yet judged.

    TOML, YAML   `[[prompts]]`; YAML may also be just a list; `name` names the suite
    JSONL        one object a line
    CSV          a header line, then one prompt a row; an empty cell says nothing; `expect.…` columns are of the table `expect`
    plain text   prompts separated by lines of three or more dashes; without one, the text is one prompt
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hayai.ask.documents import parse_toml, parse_yaml
from hayai.ask.suggest import unknown_word
from hayai.errors import Problem, UsageError

EXPECT_COLUMNS = (
    *("expect.min_chars", "expect.max_chars", "expect.number"),
    *("expect.languages", "expect.code", "expect.skip"),
    *("expect.contains", "expect.regex", "expect.exact"),
)
"""A number, words parted by blanks, or one text in each."""
CSV_COLUMNS = ("id", "category", "language", "text", "prompt", "system", "max_tokens", *EXPECT_COLUMNS)
_SUITE_KEYS = ("name", "prompts")
_SEPARATOR = re.compile(r"\s*-{3,}\s*")
_LONGEST_CELL = 64 << 20  # characters; the csv module stops at 128 Ki otherwise, and prompts may be longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The fields of one prompt as they were written, and where."""

    place: str
    fields: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a source holds. `name` is the suite's own, where it gives one."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    name: object = None


def toml_rows(text: str, source: str) -> Rows:
    """Rows of a TOML suite."""
    return _table_rows(parse_toml(text, place=source), source)


def yaml_rows(text: str, source: str) -> Rows:
    """Rows of a YAML suite."""
    return _table_rows(parse_yaml(text, place=source), source)


def _table_rows(table: object, source: str) -> Rows:
    if isinstance(table, list):
        table = {"prompts": table}
    if table is None:
        return Rows(rows=())
    if not isinstance(table, Mapping):
        return Rows(rows=(), problems=(Problem(place=source, key="suite.not_a_suite"),))
    unknown = [str(key) for key in table if key not in _SUITE_KEYS]
    problems = [unknown_word(source, "field.unknown", key, _SUITE_KEYS) for key in unknown]
    prompts = table.get("prompts", [])
    if not isinstance(prompts, list):
        problems.append(Problem(place=f"{source} prompts", key="field.not_list", values={"word": "prompts"}))
        prompts = []
    rows = tuple(Row(place=f"{source} prompts[{n}]", fields=fields) for n, fields in enumerate(prompts, start=1))
    return Rows(rows=rows, problems=tuple(problems), name=table.get("name"))


def jsonl_rows(text: str, source: str) -> Rows:
    """Rows of a text with one JSON object a line; blank lines are skipped."""
    rows, problems = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{source} line {number}"
        try:
            rows.append(Row(place=place, fields=json.loads(line)))
        except json.JSONDecodeError as error:
            reason = f"{error.msg} (column {error.colno})"
            problems.append(Problem(place=place, key="file.syntax", values={"language": "JSON", "reason": reason}))
        except (ValueError, RecursionError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            problems.append(Problem(place=place, key="file.syntax", values={"language": "JSON", "reason": reason}))
    return Rows(rows=tuple(rows), problems=tuple(problems))


def csv_rows(text: str, source: str) -> Rows:
    """Rows of a CSV text with a header line. A row's place is the line it begins on."""
    usual = csv.field_size_limit(_LONGEST_CELL)
    try:
        return _csv_rows(text, source)
    finally:
        csv.field_size_limit(usual)


def _csv_rows(text: str, source: str) -> Rows:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    problems: list[Problem] = []
    header: list[str] | None = None
    begins = 1
    try:
        for cells in reader:
            place, begins = f"{source} line {begins}", reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                problems += _header_problems(header, place)
                if problems:
                    return Rows(rows=(), problems=tuple(problems))
            elif len(cells) > len(header):
                gaps: dict[str, object] = {"found": len(cells), "expected": len(header)}
                problems.append(Problem(place=place, key="suite.too_many_cells", values=gaps))
            else:
                said = {name: cell for name, cell in zip(header, cells, strict=False) if cell.strip()}
                rows.append(Row(place=place, fields=_with_expectations(_with_number(said))))
    except csv.Error as error:
        values: dict[str, object] = {"language": "CSV", "reason": str(error)}
        problems.append(Problem(place=f"{source} line {begins}", key="file.syntax", values=values))
    return Rows(rows=tuple(rows), problems=tuple(problems))


def _header_problems(header: list[str], place: str) -> list[Problem]:
    problems = [
        unknown_word(place, "suite.unknown_column", name, CSV_COLUMNS) for name in header if name not in CSV_COLUMNS
    ]
    twice = sorted({name for name in header if header.count(name) > 1})
    problems += [Problem(place=place, key="suite.column_twice", values={"word": name}) for name in twice]
    if not problems and not {"text", "prompt"} & set(header):
        problems.append(Problem(place=place, key="suite.no_text_column"))
    return problems


def _with_number(cells: dict[str, str]) -> dict[str, object]:
    limit = cells.get("max_tokens", "").strip()
    return {**cells, "max_tokens": int(limit)} if re.fullmatch(r"-?\d{1,18}", limit) else {**cells}


def _with_expectations(cells: dict[str, object]) -> dict[str, object]:
    """The columns `expect.…` as the table they stand for."""
    expect: dict[str, object] = {}
    for column in EXPECT_COLUMNS:
        cell, key = cells.pop(column, None), column.removeprefix("expect.")
        if isinstance(cell, str):
            numeric = key in ("min_chars", "max_chars", "number")
            expect[key] = _number(cell) if numeric else cell.split() if column in EXPECT_COLUMNS[3:6] else [cell]
    return cells | {"expect": expect} if expect else cells


def _number(cell: str) -> object:
    """A number where it is one; the schema tells otherwise."""
    text = cell.strip()
    if re.fullmatch(r"-?\d{1,18}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d{1,18}\.\d{1,18}", text) else cell


def text_rows(text: str, source: str) -> Rows:
    """Rows of a plain text. Blank lines around a prompt are not part of it; a separator at either end separates nothing."""
    pieces: list[tuple[int, list[str]]] = [(1, [])]
    for number, line in enumerate(text.split("\n"), start=1):
        if _SEPARATOR.fullmatch(line):
            pieces.append((number + 1, []))
        else:
            pieces[-1][1].append(line)
    written = [(number, "\n".join(lines).strip()) for number, lines in pieces]
    while written and not written[0][1]:
        del written[0]
    while written and not written[-1][1]:
        del written[-1]
    empty = [number for number, piece in written if not piece]
    return Rows(
        rows=tuple(Row(place=f"{source} line {number}", fields={"text": piece}) for number, piece in written if piece),
        problems=tuple(Problem(place=f"{source} line {number}", key="suite.empty_prompt") for number in empty),
    )


READERS: dict[str, Callable[[str, str], Rows]] = {
    "toml": toml_rows,
    "yaml": yaml_rows,
    "jsonl": jsonl_rows,
    "csv": csv_rows,
    "text": text_rows,
}
"""The reader of each format: from a text and the name of its source to rows."""


def read_rows(text: str, source: str, syntax: str) -> Rows:
    """The rows of `text`; a syntax error that leaves nothing to read becomes the only problem."""
    try:
        return READERS[syntax](text, source)
    except UsageError as error:
        return Rows(rows=(), problems=error.problems)
