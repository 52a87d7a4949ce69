"""What does a suite of the user's own hold?

Reads a file, a folder or stdin into rows, every row into a prompt, and tells everything that is wrong with any of them at once.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from hayai.ask.documents import decode, read_text
from hayai.ask.plan import Prompt, Suite
from hayai.ask.suggest import unknown_word
from hayai.ask.suites.formats import FORMATS
from hayai.ask.suites.plain import is_prompt_id, read_prompt
from hayai.ask.suites.rows import READERS, Row, Rows, read_rows
from hayai.errors import Problem, UsageError

TEXT_FILES = (".txt", ".md")
"""Endings of the files of a folder that are prompts; other files in it are left alone."""


def read_own(source: str, *, syntax: str | None, stdin: TextIO | None, place: str) -> Suite:
    """The suite at `source`: a path, or `-` for `stdin`. Raises one `UsageError` with all problems."""
    if syntax is not None and syntax not in READERS:
        raise UsageError(unknown_word(place, "suite.unknown_format", syntax, READERS))
    if source == "-":
        text = _read_stdin(sys.stdin if stdin is None else stdin)
        rows = read_rows(text, "stdin", syntax or ("jsonl" if text.lstrip().startswith("{") else "text"))
        return _suite(rows, source="stdin", name="stdin", folder=Path(), first_ids={})
    path = Path(source)
    if path.is_dir():
        return _read_folder(path, source)
    syntax = syntax or FORMATS.get(path.suffix.lower())
    if syntax is None:
        raise UsageError(Problem(place=source, key="suite.unknown_ending", values={"known": ", ".join(FORMATS)}))
    rows = read_rows(read_text(path, place=source), source, syntax)
    only = {0: path.stem} if syntax == "text" and len(rows.rows) == 1 else {}
    return _suite(rows, source=source, name=path.stem, folder=path.parent, first_ids=only)


def _read_stdin(stdin: TextIO) -> str:
    """All of stdin as UTF-8, whatever the terminal's own encoding is."""
    raw = getattr(stdin, "buffer", None)
    if raw is not None:
        return decode(raw.read(), place="stdin")
    return stdin.read().removeprefix("\ufeff").replace("\r\n", "\n")


def _read_folder(folder: Path, source: str) -> Suite:
    """One prompt per text file, in the order of their names; dashes separate nothing here."""
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in TEXT_FILES and path.is_file())
    rows: list[Row] = []
    problems: list[Problem] = []
    for file in files:
        try:
            text = read_text(file, place=str(file)).strip()
            if text:
                rows.append(Row(place=str(file), fields={"text": text}))
            else:
                problems.append(Problem(place=str(file), key="suite.empty_prompt"))
        except UsageError as error:
            problems += error.problems
    ids = {number: Path(row.place).stem for number, row in enumerate(rows)}
    found = Rows(rows=tuple(rows), problems=tuple(problems))
    return _suite(found, source=source, name=folder.resolve().name, folder=folder, first_ids=ids)


def _suite(found: Rows, *, source: str, name: str, folder: Path, first_ids: dict[int, str]) -> Suite:
    """`first_ids` are the names of files, by the number of the row: ids where they can be, with other signs than an id's left out."""
    problems = list(found.problems)
    prompts: list[Prompt] = []
    ids: list[tuple[str, str]] = []
    digits = max(2, len(str(len(found.rows))))
    for number, row in enumerate(found.rows):
        from_file = re.sub(r"[^A-Za-z0-9_.]+", "-", first_ids.get(number, "")).strip("-.")
        default = from_file if is_prompt_id(from_file) else f"p{number + 1:0{digits}}"
        prompt, wrong = read_prompt(row.fields, place=row.place, default_id=default, folder=folder)
        problems += wrong
        if prompt is not None:
            prompts.append(prompt)
        said = row.fields.get("id") if isinstance(row.fields, Mapping) else None
        ident = said if prompt is None else prompt.id
        if isinstance(ident, str) and is_prompt_id(ident):
            ids.append((row.place, ident))
    problems += _duplicates(ids)
    if found.name is not None:
        if isinstance(found.name, str) and found.name.strip() and found.name.isprintable():
            name = found.name
        else:
            problems.append(Problem(place=f"{source} name", key="suite.bad_label", values={"longest": 80}))
    if not found.rows and not problems:
        problems.append(Problem(place=source, key="suite.no_prompts"))
    if problems:
        raise UsageError(*problems)
    return Suite(name=name, source=source, prompts=tuple(prompts))


def _duplicates(ids: Sequence[tuple[str, str]]) -> list[Problem]:
    """Ids used twice, of places and ids; also when only upper and lower case differ, because results are files, one per prompt."""
    first: dict[str, str] = {}
    problems = []
    for place, ident in ids:
        earlier = first.setdefault(ident.casefold(), place)
        if earlier != place:
            values: dict[str, object] = {"word": ident, "first": earlier}
            problems.append(Problem(place=place, key="suite.duplicate_id", values=values))
    return problems
