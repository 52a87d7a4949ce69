"""What does a spreadsheet read? One row per request, or one row per prompt and target; the unit is in a column's name.

Columns are documented in `docs/metrics.md`. Unknown is an empty field. Text that a spreadsheet would run as a formula is defused by a
leading apostrophe. The first column says whether the row was simulated: a comment line above the header would break every reader.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import StringIO

from hayai.clock import utc_text
from hayai.decide.findings import Cell, Findings, RequestRow
from hayai.show.format import clean
from hayai.show.locales import Texts

_SUFFIXES = {
    "ns": "s",
    "tokens": "tokens",
    "characters": "characters",
    "tokens/s": "tokens_per_s",
    "characters/s": "characters_per_s",
    "attempts": "attempts",
    "ratio": "ratio",
}
_FORMULA = frozenset("=+-@＝＋－＠")
_REQUEST: dict[str, Callable[[RequestRow], str]] = {
    "run": lambda row: guard(row.record.run),
    "id": lambda row: guard(row.record.id),
    "machine": lambda row: guard(row.record.machine),
    "standing": lambda row: row.standing,
    "cycle": lambda row: str(row.record.cycle),
    "round": lambda row: str(row.record.round),
    "position": lambda row: str(row.record.position),
    "round_try": lambda row: str(row.record.round_try),
    "attempt": lambda row: str(row.record.attempt),
    "target": lambda row: guard(row.record.target),
    "prompt": lambda row: guard(row.record.prompt),
    "outcome": lambda row: row.record.outcome,
    "failure_code": lambda row: guard(row.record.failure.code if row.record.failure is not None else None),
    "failure_message": lambda row: guard(row.record.failure.message if row.record.failure is not None else None),
    "stop_reason": lambda row: guard(row.record.stop_reason),
    "checks": lambda row: guard(_checks(row)),
    "region": lambda row: guard(row.region),
    "requested_latency": lambda row: guard(row.record.requested_latency),
    "served_latency": lambda row: guard(row.record.served_latency),
    "requested_tier": lambda row: guard(row.record.requested_tier),
    "served_tier": lambda row: guard(row.record.served_tier),
    "request_id": lambda row: guard(row.record.request_id),
    "streamed": lambda row: "true" if row.record.streamed else "false",
    "buffered": lambda row: "true" if row.record.buffered else "false",
    "clock": lambda row: row.record.clock or "",
    "connection_use": lambda row: "" if row.record.connection is None else str(row.record.connection.use),
    "sent_at_utc": lambda row: "" if row.record.sent_wall_ns is None else utc_text(row.record.sent_wall_ns),
}
"""Column -> its field, of the table per request."""
_CELL: dict[str, Callable[[Cell], str]] = {
    "prompt": lambda cell: guard(cell.prompt),
    "target": lambda cell: guard(cell.target),
    "requests": lambda cell: str(cell.requests),
    "answered": lambda cell: str(cell.answered),
    "regions": lambda cell: guard("; ".join(f"{count.region or 'unknown'} {count.count}" for count in cell.regions)),
    "time_saved_ratio": lambda cell: _plain(None if cell.gain is None else cell.gain.time_saved_ratio),
    "times_as_fast": lambda cell: _plain(None if cell.gain is None else cell.gain.times_as_fast),
}
"""Column -> its field, of the table per prompt and target."""


def render_requests(findings: Findings, texts: Texts, *, width: int = 80) -> str:
    """One row per attempt, warm-up included, in the order of the journal; the header also when there is none."""
    del texts, width
    header = ["simulation", *_REQUEST, *(column(name, unit) for name, unit in findings.units.items())]
    simulation = _simulation(findings)
    return _sheet(
        header,
        (
            [simulation, *(field(row) for field in _REQUEST.values()), *_values(findings, row.values)]
            for row in findings.requests
        ),
    )


def rows_of_requests(findings: Findings) -> list[dict[str, str | float | int | bool | None]]:
    """The same rows for a data frame: unknown is None, numbers are numbers, texts are as they were."""
    numbers = {"cycle", "round", "position", "round_try", "attempt", "connection_use"}
    rows = []
    for row in findings.requests:
        found: dict[str, str | float | int | bool | None] = {}
        for name, field in _REQUEST.items():
            text = field(row)
            plain = text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text
            found[name] = (int(plain) if plain else None) if name in numbers else plain or None
        found |= {"streamed": row.record.streamed, "buffered": row.record.buffered}
        for name, unit in findings.units.items():
            value = row.values[name]
            found[column(name, unit)] = None if value is None else value / 1e9 if unit == "ns" else value
        rows.append(found)
    return rows


def render_cells(findings: Findings, texts: Texts, *, width: int = 80) -> str:
    """One row per prompt and target."""
    del texts, width
    metrics = [name for row in findings.prompts[:1] for name in row.cells[0].medians]
    header = [
        "simulation",
        "category",
        "baseline",
        *_CELL,
        *(f"median_{column(n, findings.units[n])}" for n in metrics),
    ]
    simulation = _simulation(findings)
    baseline = guard(next(target.name for target in findings.targets if target.is_baseline))
    return _sheet(
        header,
        (
            [
                simulation,
                guard(row.category),
                baseline,
                *(field(cell) for field in _CELL.values()),
                *_values(findings, cell.medians),
            ]
            for row in findings.prompts
            for cell in row.cells
        ),
    )


def _checks(row: RequestRow) -> str | None:
    """`passed`, or each check that was not, and why: `finished:cut; length:too_long`."""
    if row.misses is None:
        return None
    return "; ".join(f"{miss.check}:{miss.reason}" for miss in row.misses) or "passed"


def guard(text: str | None) -> str:
    """`text` as a field: no control characters, and never a formula."""
    if text is None:
        return ""
    shown = clean(text)
    return f"'{shown}" if shown.lstrip()[:1] in _FORMULA else shown


def column(name: str, unit: str) -> str:
    """A metric's column: its name, ending in its unit."""
    suffix = _SUFFIXES[unit]
    return name if name.endswith(suffix) and unit != "ns" else f"{name}_{suffix}"


def _sheet(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    page = StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return page.getvalue()


def _simulation(findings: Findings) -> str:
    return guard("; ".join(f"{s.profile} speed={s.speed or 'unknown'}" for s in findings.simulations))


def _values(findings: Findings, values: Mapping[str, float | None]) -> list[str]:
    return [_seconds(v) if findings.units[name] == "ns" else _plain(v) for name, v in values.items()]


def _seconds(ns: float | None) -> str:
    return "" if ns is None else _trimmed(f"{ns / 1e9:.9f}")


def _plain(value: float | None) -> str:
    return "" if value is None else _trimmed(f"{value:.6f}")


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
