"""What did somebody else measure?

Numbers from other tools, from a script, from the published comparison: a table with a row per request (`docs/analyze.md`), or results files
in the published layout. Both become `Measurements`, which is all that a verdict needs. Nothing is guessed: a text either gives numbers that
stand in it, with what was assumed as `notes`, or it is refused with everything that is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from hayai.ask.suggest import echo
from hayai.errors import Problem, UsageError
from hayai.keep.measurement_columns import Column, Header, Note, read_header
from hayai.keep.measurement_names import short_names
from hayai.keep.measurement_numbers import Cells, Told, read_times, read_whole
from hayai.keep.measurement_rows import Table, read_table

__all__ = ["Measurement", "Measurements", "Note", "published_measurements", "read_measurements", "refuse", "unusable"]

PUBLISHED = "published_2024.csv"
"""The table of the published comparison of December 2024, and the file's name in this room."""
MOST_PROBLEMS = 20
"""So many are told; of the others, how many there are."""
OK_WORDS = ("ok", "success", "succeeded", "successful", "true", "yes", "200", "成功", "正常")
"""What a status says of a request that was answered. Every other word is a failure; an empty cell says nothing."""
THROTTLED_WORDS = ("throttle", "throttling", "rate limit", "too many requests", "429", "スロットリング", "レート制限")
"""What it says, somewhere, of a request that was turned away for coming too fast. Case, blanks, hyphens and underscores do not count."""
_FLAGS = {**dict.fromkeys(("true", "yes", "1", "はい"), True), **dict.fromkeys(("false", "no", "0", "いいえ"), False)}
_BLANKS = str.maketrans("-_", "  ")
_WORDS_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One request that somebody measured. None: not known."""

    prompt: str
    """Untrusted, as are target, category and region."""
    target: str
    seconds: float | None
    """From sending to the end of the answer. None: the request failed; then the five below are None too."""
    ttft_seconds: float | None
    """To the first token; at most `seconds`."""
    input_tokens: int | None
    output_tokens: int | None
    """0 is what was reported; there is no speed to be had from it."""
    characters: int | None
    throttled: bool
    """It failed because requests came too fast."""
    served_as_asked: bool | None
    """False: the service fell back to another latency mode or tier than was asked for."""
    round: int
    """Which repeat of prompt and target this is, from 0. Requests of one prompt with the same round are a pair."""
    category: str | None
    position: int | None
    """Place in the order of its round, from 0."""
    region: str | None
    line: int
    """Where it stands: the line of the table, or which of the results files it is, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurements:
    """All rows of a source, failures included, in its order."""

    rows: tuple[Measurement, ...]
    source: str
    notes: tuple[Note, ...]
    """What was assumed."""


def published_measurements() -> Measurements:
    """The published table of December 2024: three targets, ten prompts, one request each."""
    text = resources.files(__package__).joinpath(PUBLISHED).read_text(encoding="utf-8")
    return read_measurements(text, place=PUBLISHED)


def read_measurements(text: str, *, place: str, allow_wide: bool = False) -> Measurements:
    """The measurements in a CSV or JSON Lines `text`; `place` is its name for messages.

    `allow_wide`: times may be so far apart that they look like two units in one column. Raises one `UsageError` with all problems.
    """
    table = read_table(text, place=place)
    header = read_header(table.header, place=table.place)
    wrong = list(header.problems)
    if not table.rows and not table.problems:
        wrong.append(Problem(place=place, key="measurements.no_rows"))
    if wrong:
        refuse(place, [*((0, problem) for problem in wrong), *table.problems])
    reading = _Reading(table, header, place)
    rows = reading.rows(allow_wide=allow_wide)
    refuse(place, reading.problems)
    refuse(place, [(0, problem) for problem in unusable(rows, place)])
    return Measurements(rows=rows, source=place, notes=tuple(reading.notes))


def refuse(place: str, problems: Sequence[Told]) -> None:
    """Raises the problems, if there are any, by line; of very many only the first."""
    if not problems:
        return
    told = [problem for _, problem in sorted(problems, key=lambda told: told[0])]
    if len(told) > MOST_PROBLEMS:
        more: dict[str, object] = {"count": len(told) - MOST_PROBLEMS}
        told = [*told[:MOST_PROBLEMS], Problem(place=place, key="measurements.more", values=more)]
    raise UsageError(*told)


def unusable(rows: Sequence[Measurement], place: str) -> list[Problem]:
    """Why nothing can be compared, though every row is right."""
    targets = dict.fromkeys(row.target for row in rows)
    if len(targets) < 2:
        return [Problem(place=place, key="measurements.one_target", values={"target": echo(next(iter(targets)))})]
    if all(row.seconds is None for row in rows):
        return [Problem(place=place, key="measurements.all_failed", values={"known": ", ".join(OK_WORDS)})]
    first: dict[tuple[str, int], str] = {}
    if all(first.setdefault((row.prompt, row.round), row.target) == row.target for row in rows):
        return [Problem(place=place, key="measurements.no_pair")]
    return []


class _Reading:
    """One table on its way to measurements; gathers what is wrong and what was assumed."""

    def __init__(self, table: Table, header: Header, place: str) -> None:
        self._table = table
        self._columns = header.columns
        self._place = place
        self.problems: list[Told] = list(table.problems)
        self.notes: list[Note] = []
        if header.ignored:
            self.notes.append(Note(key="measurements.note.ignored", values={"columns": _some(header.ignored)}))

    def rows(self, *, allow_wide: bool) -> tuple[Measurement, ...]:
        """What could be read; only to be used when there are no problems."""
        names = {line: (prompt, target) for line, prompt, target in self._names()}
        said = self._failed()
        failed = said.keys()
        answered = [line for line, _ in self._table.rows if line in names and line not in failed]
        times = {
            name: self._times(name, answered, names, allow_wide=allow_wide)
            for name in ("seconds", "ttft")
            if name in self._columns
        }
        whole = {
            name: self._whole(name, answered)
            for name in ("input_tokens", "output_tokens", "characters")
            if name in self._columns
        }
        rounds = self._rounds(names)
        positions = _from_zero(self._whole("position", names)) if "position" in self._columns else {}
        served = self._served(answered)
        categories = self._categories(names)
        regions = dict(self._cells("region", names))
        seconds, ttft = times.get("seconds", {}), times.get("ttft", {})
        self._check_ttft(seconds, ttft)
        return tuple(
            Measurement(
                prompt=prompt,
                target=target,
                seconds=seconds.get(line),
                ttft_seconds=ttft.get(line),
                input_tokens=whole.get("input_tokens", {}).get(line),
                output_tokens=whole.get("output_tokens", {}).get(line),
                characters=whole.get("characters", {}).get(line),
                throttled=_says_throttled(said.get(line, "")),
                served_as_asked=served.get(line),
                round=rounds.get(line, 0),
                category=categories.get(prompt),
                position=positions.get(line),
                region=regions.get(line),
                line=line,
            )
            for line, (prompt, target) in names.items()
        )

    def _cells(self, name: str, lines: Iterable[int] | None = None) -> Cells:
        """Line and text of the cells of a column that say something, of all lines or of `lines`."""
        column = self._columns.get(name)
        if column is None:
            return []
        wanted = None if lines is None else set(lines)
        return [
            (line, cells[column.index])
            for line, cells in self._table.rows
            if cells[column.index] and (wanted is None or line in wanted)
        ]

    def _tell(self, line: int, key: str, **values: object) -> None:
        self.problems.append((line, Problem(place=f"{self._place} line {line}", key=key, values=values)))

    def _empty(self, column: Column, lines: Iterable[int], key: str) -> None:
        for line in lines:
            self._tell(line, key, column=column.written)

    def _names(self) -> list[tuple[int, str, str]]:
        prompts, targets = dict(self._cells("prompt")), dict(self._cells("target"))
        for name, found in (("prompt", prompts), ("target", targets)):
            missing = (line for line, _ in self._table.rows if line not in found)
            self._empty(self._columns[name], missing, "measurements.empty_name")
        short = short_names(prompts.values())
        if short:
            self.notes.append(Note(key="measurements.note.short_names", values={"count": len(short)}))
        return [
            (line, short.get(prompts[line], prompts[line]), targets[line])
            for line, _ in self._table.rows
            if line in prompts and line in targets
        ]

    def _failed(self) -> dict[int, str]:
        """Line of a failed request and what its status says."""
        said = [(line, cell) for line, cell in self._cells("status") if cell.casefold() not in OK_WORDS]
        if said:
            words = _some(tuple(dict.fromkeys(cell for _, cell in said)))
            values: dict[str, object] = {"count": len(said), "words": words}
            self.notes.append(Note(key="measurements.note.failures", values=values))
        return dict(said)

    def _times(
        self, name: str, lines: Sequence[int], names: Mapping[int, tuple[str, str]], *, allow_wide: bool
    ) -> dict[int, float]:
        column, cells = self._columns[name], self._cells(name, lines)
        if name == "seconds":
            there = {line for line, _ in cells}
            self._empty(column, (line for line in lines if line not in there), "measurements.empty_time")
        read = read_times(
            cells, column, place=self._place, comma=self._table.comma, groups=names, allow_wide=allow_wide
        )
        self.problems += read.problems
        self.notes += read.notes
        return read.seconds

    def _whole(self, name: str, lines: Iterable[int]) -> dict[int, int]:
        found, problems = read_whole(self._cells(name, lines), self._columns[name], place=self._place)
        self.problems += problems
        return found

    def _rounds(self, names: Mapping[int, tuple[str, str]]) -> dict[int, int]:
        if "round" not in self._columns:
            rounds = pair_by_order(names)
            if any(rounds.values()):
                self.notes.append(Note(key="measurements.note.rounds_by_order", values={}))
            return rounds
        there = {line for line, _ in self._cells("round")}
        self._empty(self._columns["round"], (line for line in names if line not in there), "measurements.empty_round")
        rounds = _from_zero(self._whole("round", names))
        first: dict[tuple[str, str, int], int] = {}
        for line, number in rounds.items():
            prompt, target = names[line]
            earlier = first.setdefault((prompt, target, number), line)
            if earlier != line:
                values = {"prompt": echo(prompt), "target": echo(target), "first": earlier}
                self._tell(line, "measurements.twice", **values)
        return rounds

    def _served(self, lines: Iterable[int]) -> dict[int, bool]:
        found: dict[int, bool] = {}
        for line, cell in self._cells("served_as_asked", lines):
            if cell.casefold() in _FLAGS:
                found[line] = _FLAGS[cell.casefold()]
            else:
                column = self._columns["served_as_asked"].written
                self._tell(line, "measurements.not_yes_or_no", column=column, cell=echo(cell))
        return found

    def _categories(self, names: Mapping[int, tuple[str, str]]) -> dict[str, str]:
        """By prompt: said once is said for all of its rows."""
        found: dict[str, tuple[str, int]] = {}
        for line, category in self._cells("category", names):
            prompt = names[line][0]
            said, first = found.setdefault(prompt, (category, line))
            if said != category:
                values = {"prompt": echo(prompt), "category": echo(category), "other": echo(said), "first": first}
                self._tell(line, "measurements.two_categories", **values)
        return {prompt: category for prompt, (category, _) in found.items()}

    def _check_ttft(self, seconds: Mapping[int, float], ttft: Mapping[int, float]) -> None:
        for line, first in ttft.items():
            if line in seconds and first > seconds[line]:
                first_column, column = self._columns["ttft"].written, self._columns["seconds"].written
                self._tell(line, "measurements.ttft_after_end", first=first_column, column=column)


def pair_by_order(names: Mapping[int, tuple[str, str]]) -> dict[int, int]:
    """The rounds of a table that names none: the k-th row of a prompt and target is its k-th round. `names` is by line, in order."""
    seen: dict[tuple[str, str], int] = {}
    rounds: dict[int, int] = {}
    for line, cell in names.items():
        rounds[line] = seen.get(cell, 0)
        seen[cell] = rounds[line] + 1
    return rounds


def _says_throttled(status: str) -> bool:
    said = _plain(status)
    return any(_plain(word) in said for word in THROTTLED_WORDS)


def _plain(words: str) -> str:
    return "".join(words.casefold().translate(_BLANKS).split())


def _some(words: Sequence[str]) -> str:
    """The first few of what may be thousands."""
    return ", ".join(map(echo, words[:_WORDS_SHOWN])) + (", …" if len(words) > _WORDS_SHOWN else "")


def _from_zero(numbers: dict[int, int]) -> dict[int, int]:
    """Some count from 1."""
    lowest = min(numbers.values(), default=0)
    return {line: number - lowest for line, number in numbers.items()}
