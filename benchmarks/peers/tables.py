"""How do figures of several runs become a line of text? Medians with their range, in Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table; a bar inside of a cell stays in its cell."""
    lines = [list(head), ["---"] * len(head), *map(list, rows)]
    return [f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines]


def spread(values: Sequence[float | None], digits: int = 2, unit: str = "") -> str:
    """`1.23 (1.10–1.40)`: the median and the range; `–` when nothing is known. A single value stands alone."""
    known = [value for value in values if value is not None]
    if not known:
        return "–"
    middle = f"{statistics.median(known):,.{digits}f}{unit}"
    if len(known) == 1:
        return middle
    return f"{middle} ({min(known):,.{digits}f}–{max(known):,.{digits}f})"


def median(values: Sequence[float | None]) -> float | None:
    """Of what is known."""
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def precise(value: float) -> int:
    """Digits that three significant places need, at most four."""
    return next((digits for digits, least in enumerate((100, 10, 1, 0.1)) if abs(value) >= least), 4)


def near(values: Sequence[float | None], unit: str = "") -> str:
    """`spread` with as many digits as the median deserves."""
    middle = median(values)
    return "–" if middle is None else spread(values, precise(middle), unit)
