"""Which pairs of answers have people labelled? A small file that a judge is checked against, in TOML, JSONL or CSV.

Every row has `prompt`, `answer_a`, `answer_b` and `label`: `A`, `B` or `tie`, whichever the person preferred; `id` if one likes. In TOML
rows stand under `[[pairs]]`. All that is wrong is told at once, with its place.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hayai.ask.documents import parse_toml, read_text
from hayai.ask.suggest import unknown_word
from hayai.ask.suites.plain import is_prompt_id
from hayai.ask.suites.rows import Row, Rows, jsonl_rows
from hayai.errors import Problem, UsageError

Label = Literal["A", "B", "tie"]
LABELS: dict[str, Label] = {"a": "A", "b": "B", "tie": "tie"}
NEEDED = ("prompt", "answer_a", "answer_b", "label")
KEYS = ("id", *NEEDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPair:
    """Two answers, and which of them a person preferred."""

    id: str
    prompt: str
    answer_a: str
    answer_b: str
    label: Label


def read_labelled(path: Path) -> tuple[LabelledPair, ...]:
    """The pairs of a file. Raises one UsageError with all that is wrong with it."""
    source = str(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise UsageError(Problem(place=source, key="labelled.unknown_ending", values={"known": known}))
    found = reader(read_text(path, place=source), source)
    problems = list(found.problems)
    pairs: list[LabelledPair] = []
    used: set[str] = set()
    for number, row in enumerate(found.rows, start=1):
        pair = _pair(row, f"p{number:03}", problems)
        if pair is not None:
            if pair.id in used:
                problems.append(Problem(place=row.place, key="labelled.id_twice", values={"word": pair.id}))
            used.add(pair.id)
            pairs.append(pair)
    if not found.rows and not problems:
        problems.append(Problem(place=source, key="labelled.none", values={"keys": ", ".join(NEEDED)}))
    if problems:
        raise UsageError(*problems)
    return tuple(pairs)


def _pair(row: Row, default_id: str, problems: list[Problem]) -> LabelledPair | None:
    """The pair of a row; None, with what is wrong in `problems`, where it is none."""
    if not isinstance(row.fields, Mapping):
        problems.append(Problem(place=row.place, key="field.not_table"))
        return None
    before = len(problems)
    problems += [unknown_word(row.place, "field.unknown", str(key), KEYS) for key in row.fields if key not in KEYS]
    said: dict[str, str] = {}
    for key in KEYS:
        value = row.fields.get(key, default_id if key == "id" else None)
        if value is None:
            problems.append(Problem(place=row.place, key="field.missing", values={"word": key}))
        elif not isinstance(value, str):
            problems.append(Problem(place=row.place, key="field.not_text", values={"word": key}))
        elif key in ("prompt", "id", "label") and not value.strip():
            problems.append(Problem(place=row.place, key="field.blank", values={"word": key}))
        else:
            said[key] = value
    label = LABELS.get(said.get("label", "").strip().lower())
    if "label" in said and label is None:
        values: dict[str, object] = {"value": said["label"], "word": "label", "choices": "A, B, tie"}
        problems.append(Problem(place=row.place, key="field.not_a_choice", values=values))
    if "id" in said and not is_prompt_id(said["id"]):
        problems.append(Problem(place=row.place, key="labelled.bad_id", values={"word": said["id"]}))
    if len(problems) > before or label is None:
        return None
    return LabelledPair(
        id=said["id"], prompt=said["prompt"], answer_a=said["answer_a"], answer_b=said["answer_b"], label=label
    )


def _toml_rows(text: str, source: str) -> Rows:
    table = parse_toml(text, place=source)
    problems = [unknown_word(source, "field.unknown", key, ("pairs",)) for key in table if key != "pairs"]
    pairs = table.get("pairs", [])
    if not isinstance(pairs, list):
        return Rows(rows=(), problems=(Problem(place=source, key="field.not_list", values={"word": "pairs"}),))
    rows = tuple(Row(place=f"{source} pairs[{n}]", fields=fields) for n, fields in enumerate(pairs, start=1))
    return Rows(rows=rows, problems=tuple(problems))


def _csv_rows(text: str, source: str) -> Rows:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, restkey="(further cells)")
    rows: list[Row] = []
    try:
        for cells in reader:
            place = f"{source} line {reader.line_num}"
            said = {str(key).strip(): cell for key, cell in cells.items() if cell is not None}
            rows.append(Row(place=place, fields={key: said[key] for key in said if key != "id" or said[key].strip()}))
    except csv.Error as error:
        values: dict[str, object] = {"language": "CSV", "reason": str(error)}
        return Rows(
            rows=(), problems=(Problem(place=f"{source} line {reader.line_num}", key="file.syntax", values=values),)
        )
    return Rows(rows=tuple(rows))


READERS: dict[str, Callable[[str, str], Rows]] = {".toml": _toml_rows, ".jsonl": jsonl_rows, ".csv": _csv_rows}
"""The reader of each ending."""
