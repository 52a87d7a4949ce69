"""What do results files in the published layout say, taken together?

Each file is one prompt, sent once to every target at one time. Several files of the same prompt are repeats of it: the earliest is the
first round. Whoever reads the files hands over plain cells, because the layout itself belongs to the reports.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from hayai.ask.suggest import echo
from hayai.errors import Problem
from hayai.keep.measurement_names import short_names
from hayai.keep.measurement_numbers import LONGEST_S, SHORTEST_S, Told
from hayai.keep.measurements import Measurement, Measurements, Note, refuse, unusable


class PublishedCell(NamedTuple):
    """One target's time in one results file."""

    place: str
    """The file: cells of one file have the same."""
    compared_at: str
    """`YYYY-MM-DD HH:MM:SS`; empty: not known."""
    prompt: str
    """Its text."""
    target: str
    seconds: float | None
    """None: the request failed."""
    output_tokens: int | None


def measurements_of_published_files(cells: Sequence[PublishedCell], *, source: str) -> Measurements:
    """The measurements of all files; `source` is the name of the whole. Raises one `UsageError` with all problems."""
    if not cells:
        refuse(source, [(0, Problem(place=source, key="measurements.no_files"))])
    files: dict[str, list[PublishedCell]] = {}
    for cell in cells:
        files.setdefault(cell.place, []).append(cell)
    problems = _problems(files)
    refuse(source, problems)
    names = short_names((cell.prompt.strip() for cell in cells), always=True)
    rows: list[Measurement] = []
    rounds: dict[str, int] = {}
    numbers = {place: number for number, place in enumerate(files, start=1)}
    for place, page in sorted(files.items(), key=lambda file: _age(file[1])):
        prompt = names[page[0].prompt.strip()]
        rows += [_row(cell, prompt, rounds.get(prompt, 0), numbers[place]) for cell in page]
        rounds[prompt] = rounds.get(prompt, 0) + 1
    rows.sort(key=lambda row: row.line)
    refuse(source, [(0, problem) for problem in unusable(rows, source)])
    return Measurements(rows=tuple(rows), source=source, notes=_notes(files, rounds))


def _age(page: Sequence[PublishedCell]) -> tuple[bool, str]:
    """Files without a time come last, in the order in which they were given."""
    return not page[0].compared_at, page[0].compared_at


def _row(cell: PublishedCell, prompt: str, number: int, file: int) -> Measurement:
    return Measurement(
        prompt=prompt,
        target=cell.target,
        seconds=cell.seconds,
        ttft_seconds=None,
        input_tokens=None,
        output_tokens=None if cell.seconds is None else cell.output_tokens,
        characters=None,
        throttled=False,
        served_as_asked=None,
        round=number,
        category=None,
        position=None,
        region=None,
        line=file,
    )


def _problems(files: dict[str, list[PublishedCell]]) -> list[Told]:
    problems: list[Told] = []
    known: dict[tuple[tuple[object, ...], ...], str] = {}
    for number, (place, page) in enumerate(files.items(), start=1):
        same = known.setdefault(tuple(tuple(cell[1:]) for cell in page), place)
        if same != place and page[0].compared_at:
            values: dict[str, object] = {"first": same}
            problems.append((number, Problem(place=place, key="measurements.same_file", values=values)))
        seen: set[str] = set()
        for cell in page:
            if cell.target in seen:
                values = {"target": echo(cell.target)}
                problems.append((number, Problem(place=place, key="measurements.target_twice", values=values)))
            seen.add(cell.target)
            seconds = cell.seconds
            if seconds is not None and not (math.isfinite(seconds) and SHORTEST_S <= seconds <= LONGEST_S):
                values = {"target": echo(cell.target)}
                problems.append((number, Problem(place=place, key="measurements.file_time", values=values)))
            if cell.output_tokens is not None and cell.output_tokens < 0:
                values = {"target": echo(cell.target)}
                problems.append((number, Problem(place=place, key="measurements.file_tokens", values=values)))
    return problems


def _notes(files: dict[str, list[PublishedCell]], rounds: dict[str, int]) -> tuple[Note, ...]:
    notes = [Note(key="measurements.note.prompts_from_text", values={})]
    if any(number > 1 for number in rounds.values()):
        notes.append(Note(key="measurements.note.rounds_by_time", values={}))
        undated = sum(not page[0].compared_at for page in files.values())
        if undated:
            notes.append(Note(key="measurements.note.undated", values={"count": undated}))
    failures = sum(cell.seconds is None for page in files.values() for cell in page)
    if failures:
        notes.append(Note(key="measurements.note.file_failures", values={"count": failures}))
    return tuple(notes)
