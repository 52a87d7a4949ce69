"""Which number does a cell hold, and in which unit?

The danger is a number that looks right and is a thousand times off. So a time is read only where its unit is beyond doubt:

    every value carries a unit (`1.2s`, `850 ms`)   each is converted by its own
    no value does                                   all are in the unit of the column's name; without one, in seconds
    some do                                         refused

Bare numbers must also look like one unit. `apart` finds two groups with nothing between them over a factor of more than 100, whose
geometric means lie at least 300 apart, and which both have two values or a tenth of them all: that is what seconds among milliseconds
look like. It is asked of the whole column, of each prompt, and of each prompt and target, because a few wrong rows drown in a column and
stand out in a cell.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hayai.ask.suggest import echo
from hayai.errors import Problem
from hayai.keep.measurement_columns import UNITS, Column, Note

GAP, CENTRES = 100, 300
"""Two groups are two units when a factor of more than the first lies empty between them, and their geometric means are the second apart."""
SMALL_GROUP, SMALL_SHARE = 2, 10
"""A group counts when it has this many values, or one in so many of all."""
UNNAMED_LIMIT_S = 100.0
"""A column that names no unit is in seconds when its values typically (geometric mean) stay below this; above, they may be milliseconds."""
SHORTEST_S, LONGEST_S = 1e-6, 86_400.0
"""No request takes less or more; a value outside is in another unit than its column says."""

_WIDE_DIGITS = str.maketrans("０１２３４５６７８９．，＋－", "0123456789.,+-")
_TIME = re.compile(
    r"(?P<number>[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:e[+-]?[0-9]{1,4})?)\s*(?P<unit>[^\W\d_]*)", re.IGNORECASE
)
_NO_NUMBER = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_WHOLE = re.compile(r"\+?([0-9]{1,15})(?:[.,]0{0,2})?")
_SHOWN = 5

Cells = Sequence[tuple[int, str]]
"""Line and text of the cells of one column, empty ones left out."""
Told = tuple[int, Problem]
"""A problem and its line."""


@dataclass(frozen=True, slots=True)
class _Value:
    line: int
    cell: str
    number: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """A column of times in seconds, by line."""

    seconds: dict[int, float]
    problems: tuple[Told, ...]
    notes: tuple[Note, ...]


def read_times(
    cells: Cells, column: Column, *, place: str, comma: bool, groups: Mapping[int, tuple[str, str]], allow_wide: bool
) -> Times:
    """The times of one column. `groups` has prompt and target of each line; `comma`: a decimal comma may stand in a number."""
    values, problems = _values(cells, column, place, comma=comma)
    notes = []
    bare = [value for value in values if not value.unit]
    if bare and len(bare) < len(values):
        said: dict[str, object] = {
            "bare": len(bare), "united": len(values) - len(bare),
            "example": echo(next(value.cell for value in values if value.unit)), "lines": _lines(bare), "column": column.written,
        }  # fmt: skip
        mixed = Problem(place=f"{place} line {bare[0].line}", key="measurements.mixed_units", values=said)
        return Times(seconds={}, problems=(*problems, (bare[0].line, mixed)), notes=())
    if bare:
        seconds = {value.line: value.number / (column.per_second or 1) for value in values}
        if column.per_second is None:
            notes.append(Note(key="measurements.note.seconds_assumed", values={"column": column.written}))
    else:
        seconds = {value.line: value.number / UNITS[value.unit] for value in values}
        if column.per_second is not None and any(UNITS[value.unit] != column.per_second for value in values):
            notes.append(Note(key="measurements.note.own_units", values={"column": column.written}))
    if any("," in value.cell for value in values):
        notes.append(Note(key="measurements.note.decimal_comma", values={"column": column.written}))
    strange = [value for value in values if not SHORTEST_S <= seconds[value.line] <= LONGEST_S]
    if bare and not problems:
        problems += _one_unit(values, seconds, column, place, groups, allow_wide=allow_wide)
    if strange and not problems:
        key = "measurements.not_a_request"
        problems += [(value.line, _wrong(key, value.line, value.cell, column, place)) for value in strange]
    return Times(seconds=seconds, problems=tuple(problems), notes=tuple(notes))


def read_whole(cells: Cells, column: Column, *, place: str) -> tuple[dict[int, int], list[Told]]:
    """The whole numbers of a column, 0 or more, by line. `792.0` is whole: that is how some programs write a column with gaps."""
    found: dict[int, int] = {}
    problems: list[Told] = []
    for line, cell in cells:
        whole = _WHOLE.fullmatch(cell.translate(_WIDE_DIGITS))
        if whole is None:
            problems.append((line, _wrong("measurements.not_whole", line, cell, column, place)))
        else:
            found[line] = int(whole.group(1))
    return found, problems


def apart(values: Sequence[float]) -> int | None:
    """How many of `values` (ascending, above 0) form the lower of two groups that look like two units. None: they look like one."""
    for lower in range(1, len(values)):
        if values[lower] <= GAP * values[lower - 1]:
            continue
        smaller = min(lower, len(values) - lower)
        if smaller < SMALL_GROUP and smaller * SMALL_SHARE < len(values):
            continue
        if _centre(values[lower:]) >= CENTRES * _centre(values[:lower]):
            return lower
    return None


def _centre(values: Sequence[float]) -> float:
    return math.exp(math.fsum(map(math.log, values)) / len(values))


def _values(cells: Cells, column: Column, place: str, *, comma: bool) -> tuple[list[_Value], list[Told]]:
    values: list[_Value] = []
    problems: list[Told] = []
    marks: dict[str, int] = {}
    for line, cell in cells:
        plain = cell.translate(_WIDE_DIGITS)
        found = _TIME.fullmatch(plain)
        unit = "" if found is None else found.group("unit").casefold()
        number = math.nan if found is None else float(found.group("number").replace(",", "."))
        if _NO_NUMBER.fullmatch(plain) or (unit in {"", *UNITS} and math.isinf(number)):
            key = "measurements.not_finite"
        elif found is None or unit not in {"", *UNITS} or ("," in plain and not comma):
            key = "measurements.not_a_time"
        elif number <= 0:
            key = "measurements.not_positive"
        else:
            values.append(_Value(line=line, cell=cell, number=number, unit=unit))
            marks.update({mark: line for mark in ".," if mark in plain and mark not in marks})
            continue
        problems.append((line, _wrong(key, line, cell, column, place)))
    if len(marks) > 1:
        said: dict[str, object] = {"column": column.written, "point": marks["."], "comma": marks[","]}
        line = max(marks.values())
        problems.append((line, Problem(place=f"{place} line {line}", key="measurements.two_marks", values=said)))
    return values, problems


def _one_unit(
    values: Sequence[_Value],
    seconds: Mapping[int, float],
    column: Column,
    place: str,
    groups: Mapping[int, tuple[str, str]],
    *,
    allow_wide: bool,
) -> list[Told]:
    """What speaks against all of these bare numbers being in the unit of the column."""
    ordered = sorted(values, key=lambda value: value.number)
    if not allow_wide:
        found = [_two_units(low, high, column, place) for low, high in _splits(ordered, groups)]
        if found:
            return found
    if column.per_second is None and _centre([seconds[value.line] for value in values]) >= UNNAMED_LIMIT_S:
        said: dict[str, object] = {"column": column.written, "cell": echo(ordered[-1].cell)}
        return [(values[0].line, Problem(place=place, key="measurements.no_unit", values=said))]
    return []


_Split = tuple[Sequence[_Value], Sequence[_Value]]
"""The lower and the upper group of values that look like two units."""


def _splits(ordered: Sequence[_Value], groups: Mapping[int, tuple[str, str]]) -> list[_Split]:
    """Of the whole column; else of each prompt, or where that looks like one unit, of each target on it."""
    found = _split(ordered)
    for prompt in [] if found else _by(ordered, lambda value: groups[value.line][0]):
        targets = _by(prompt, lambda value: groups[value.line][1])
        found += _split(prompt) or [split for target in targets for split in _split(target)]
    return found


def _split(ordered: Sequence[_Value]) -> list[_Split]:
    lower = apart([value.number for value in ordered])
    return [] if lower is None else [(ordered[:lower], ordered[lower:])]


def _by(values: Sequence[_Value], name: Callable[[_Value], str]) -> list[list[_Value]]:
    found: dict[str, list[_Value]] = {}
    for value in values:
        found.setdefault(name(value), []).append(value)
    return list(found.values())


def _two_units(low: Sequence[_Value], high: Sequence[_Value], column: Column, place: str) -> Told:
    # Of two equal groups the upper: a time in milliseconds is the likelier stranger.
    fewer = sorted(low if len(low) < len(high) else high, key=lambda value: value.line)
    said: dict[str, object] = {
        "column": column.written, "all": len(low) + len(high), "fewer": len(fewer), "lines": _lines(fewer),
        "low": echo(low[-1].cell), "low_line": low[-1].line, "high": echo(high[0].cell), "high_line": high[0].line,
    }  # fmt: skip
    line = fewer[0].line
    return line, Problem(place=f"{place} line {line}", key="measurements.two_units", values=said)


def _lines(values: Sequence[_Value]) -> str:
    """The first few line numbers."""
    return ", ".join(str(value.line) for value in values[:_SHOWN]) + (", …" if len(values) > _SHOWN else "")


def _wrong(key: str, line: int, cell: str, column: Column, place: str) -> Problem:
    values: dict[str, object] = {"cell": echo(cell), "column": column.written}
    return Problem(place=f"{place} line {line}", key=key, values=values)
