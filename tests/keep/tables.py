"""Tables of measurements for tests, and what reading them gives."""

from __future__ import annotations

import pytest

from hayai.errors import Problem, UsageError
from hayai.keep.measurements import Measurements, read_measurements
from hayai.show.locales.en.ask import TEXTS as ENGLISH_ASK
from hayai.show.locales.en.measurements import TEXTS as ENGLISH
from hayai.show.locales.ja.ask import TEXTS as JAPANESE_ASK
from hayai.show.locales.ja.measurements import TEXTS as JAPANESE


def read(text: str, *, allow_wide: bool = False) -> Measurements:
    """The measurements of a good text; each note has a text in both languages that its values fill."""
    found = read_measurements(text, place="t.csv", allow_wide=allow_wide)
    for note in found.notes:
        assert "{" not in ENGLISH[note.key].format(**note.values)
        assert "{" not in JAPANESE[note.key].format(**note.values)
    return found


def problems(text: str) -> list[Problem]:
    """What is wrong with a bad text; each problem has a text in both languages that its values fill."""
    with pytest.raises(UsageError) as caught:
        read_measurements(text, place="t.csv")
    for problem in caught.value.problems:
        assert (ENGLISH | ENGLISH_ASK)[problem.key].format(**problem.values)
        assert (JAPANESE | JAPANESE_ASK)[problem.key].format(**problem.values)
    return list(caught.value.problems)


def told(text: str) -> list[tuple[str, str]]:
    """Place (without the file) and key of each problem."""
    return [(p.place.removeprefix("t.csv").strip(), p.key.removeprefix("measurements.")) for p in problems(text)]


def seconds(text: str) -> list[float | None]:
    """The times of a good text."""
    return [row.seconds for row in read(text).rows]


def notes(found: Measurements) -> set[str]:
    """What was assumed."""
    return {note.key.removeprefix("measurements.note.") for note in found.notes}


def column(header: str, *values: str, separator: str = ",") -> str:
    """A table with one column of interest; the targets A and B take turns, a prompt lasts two rows."""
    sep = separator
    rows = [f"p{n // 2}{sep}{'AB'[n % 2]}{sep}{value}" for n, value in enumerate(values)]
    return "\n".join([f"prompt{sep}target{sep}{header}", *rows]) + "\n"


def beside(header: str, *values: str) -> str:
    """A table whose times are right, with one more column."""
    return column(f"seconds,{header}", *(f"1.{n + 1},{value}" for n, value in enumerate(values)))
