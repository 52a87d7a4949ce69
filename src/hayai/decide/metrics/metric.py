"""What is a metric? One expression over one record, with a name, a unit and the direction that is better.

Statistics are another axis: any statistic of any metric is computed from the two, never listed. A metric that cannot be told from a record
is None, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from hayai.keep.records import RequestRecord

Unit = Literal["ns", "tokens", "characters", "tokens/s", "characters/s", "ratio", "attempts"]
Value = float | tuple[float, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One measured quantity. `of` is its expression; use `value` or `values` of this module to apply it."""

    name: str
    unit: Unit
    formula: str
    """The expression in words of the record, for people."""
    more_is_better: bool | None
    """None: neither direction is better."""
    of: Callable[[RequestRecord], Value]
    of_answers: bool = True
    """True: only defined for requests that ended `ok`, because a part of an answer is not an answer."""
    of_connections: bool = False
    """True: told once per connection, by whichever request was its first, which is often a warm-up request."""
    many: bool = False
    """True: several values per request (`of` returns a tuple)."""


def value(metric: Metric, record: RequestRecord) -> float | None:
    """The one value of `metric` for `record`; None: did not happen, not known, or the request failed."""
    if metric.many:
        raise TypeError(f"{metric.name} has many values per request")
    if metric.of_answers and record.outcome != "ok":
        return None
    result = metric.of(record)
    return None if result is None or isinstance(result, tuple) else float(result)


def values(metric: Metric, records: Iterable[RequestRecord]) -> tuple[float, ...]:
    """All known values of `metric` over `records`, in order; of a many-valued metric all values of all records."""
    found: list[float] = []
    for record in records:
        if metric.of_answers and record.outcome != "ok":
            continue
        result = metric.of(record)
        if isinstance(result, tuple):
            found.extend(map(float, result))
        elif result is not None:
            found.append(float(result))
    return tuple(found)


def between(start_ns: int | None, end_ns: int | None) -> int | None:
    """`end - start` in ns; None if either did not happen."""
    return None if start_ns is None or end_ns is None else end_ns - start_ns
