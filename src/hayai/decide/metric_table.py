"""What does every record tell, metric by metric? Each metric is computed once per record, while its pieces are at hand.

A run of 100,000 records has millions of pieces. They are needed for a few metrics only, so a table takes the records one by one, keeps
what they measured, and lets the pieces go. A set of records is then a set of row numbers, and its values are an array.
"""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hayai.decide.metrics import METRICS
from hayai.decide.metrics.gaps import coalesced_pieces
from hayai.decide.metrics.metric import Metric
from hayai.decide.stats.averages import median
from hayai.keep.records import RequestRecord, without_pieces

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
"""Numbers of rows, ascending."""

Key = TypeVar("Key", bound=Hashable)


def _untold(_record: RequestRecord) -> None:
    """What a failed request says of an answer."""


_NAN = float("nan")
_SINGLE = [metric for metric in METRICS.values() if not metric.many]
_COLUMN = {metric.name: number for number, metric in enumerate(_SINGLE)}
_OF_ANSWERS = [metric.of for metric in _SINGLE]
_OF_FAILURES = [_untold if metric.of_answers else metric.of for metric in _SINGLE]


def _no_rows() -> Rows:
    return np.empty(0, dtype=np.intp)


class MetricTable:
    """The records of a run, without their pieces, and the values of every metric; row n belongs to record n."""

    __slots__ = ("_all_pieces", "_answered", "_coalesced", "_ends", "_many", "_single", "records")

    def __init__(self, records: Iterable[RequestRecord] = ()) -> None:
        self.records: list[RequestRecord] = []
        self._answered = array("b")
        self._single = array("d")
        self._many = {metric.name: array("d") for metric in METRICS.values() if metric.many}
        self._ends = {name: array("q") for name in self._many}
        self._coalesced = array("q")
        self._all_pieces = array("q")
        for record in records:
            self.take(record)

    def take(self, record: RequestRecord) -> RequestRecord:
        """Adds a row. Returns what the table keeps of the record: all but its pieces."""
        answered = record.outcome == "ok"
        of_each = _OF_ANSWERS if answered else _OF_FAILURES
        self._single.extend([_NAN if (v := of(record)) is None else v for of in of_each])  # type: ignore[misc]  # No tuple here.
        for name, column in self._many.items():
            if answered or not METRICS[name].of_answers:
                column.extend(METRICS[name].of(record))  # type: ignore[arg-type]  # A many-valued metric has a tuple.
            self._ends[name].append(len(column))
        coalesced, pieces = coalesced_pieces(record)
        self._coalesced.append(coalesced)
        self._all_pieces.append(pieces)
        self._answered.append(answered)
        kept = without_pieces(record)
        self.records.append(kept)
        return kept

    def rows_by(self, group: Callable[[RequestRecord], Key | None]) -> Mapping[Key, Rows]:
        """Group -> its rows; None: in no group. A group that no record belongs to has no rows."""
        found: dict[Key, list[int]] = {}
        for number, record in enumerate(self.records):
            key = group(record)
            if key is not None:
                found.setdefault(key, []).append(number)
        return defaultdict(_no_rows, {key: np.array(rows, dtype=np.intp) for key, rows in found.items()})

    def of(self, rows: Rows) -> list[RequestRecord]:
        """The records of these rows."""
        return [self.records[row] for row in rows]

    def answered(self, rows: Rows) -> Rows:
        """Those of these rows whose request ended well."""
        answered: Rows = rows[np.frombuffer(self._answered, dtype=np.bool_)[rows]]
        return answered

    def values(self, metric: Metric, rows: Rows) -> Floats:
        """All known values of `metric` in these rows, in order; of a many-valued metric all values of all rows."""
        if metric.many:
            wanted = np.zeros(len(self.records), dtype=np.bool_)
            wanted[rows] = True
            return np.frombuffer(self._many[metric.name])[np.repeat(wanted, self._numbers(metric))]
        found = self._column(metric)[rows]
        return found[~np.isnan(found)]

    def telling(self, metric: Metric, rows: Rows) -> int:
        """How many of these rows tell `metric`."""
        if metric.many:
            return int(np.count_nonzero(self._numbers(metric)[rows]))
        return int(np.count_nonzero(~np.isnan(self._column(metric)[rows])))

    def ordered(self, rows: Rows) -> dict[str, list[float]]:
        """Metric name -> its known values in these rows, ascending, for every metric with one value per request."""
        found = np.sort(self._matrix()[rows], axis=0)  # What is not known comes last.
        known = np.count_nonzero(~np.isnan(found), axis=0).tolist()
        return {name: of[:count] for name, of, count in zip(_COLUMN, found.T.tolist(), known, strict=True)}

    def row(self, number: int) -> dict[str, float | None]:
        """Metric name -> value of one row; of many-valued metrics the median."""
        single = self._single[number * len(_SINGLE) : (number + 1) * len(_SINGLE)]
        return {
            name: median(self._of_row(name, number))
            if metric.many
            else None
            if math.isnan(found := single[_COLUMN[name]])
            else found
            for name, metric in METRICS.items()
        }

    def _of_row(self, name: str, number: int) -> Sequence[float]:
        ends = self._ends[name]
        return self._many[name][ends[number - 1] if number else 0 : ends[number]]

    def coalesced_share(self, rows: Rows) -> float | None:
        """Share (0..1) of pieces that shared a read with others, over the streamed ones of these rows; None: no piece at all."""
        pieces = int(np.frombuffer(self._all_pieces, dtype=np.int64)[rows].sum())
        return int(np.frombuffer(self._coalesced, dtype=np.int64)[rows].sum()) / pieces if pieces else None

    def _column(self, metric: Metric) -> Floats:
        return self._matrix()[:, _COLUMN[metric.name]]

    def _matrix(self) -> Floats:
        return np.frombuffer(self._single).reshape(-1, len(_SINGLE))

    def _numbers(self, metric: Metric) -> NDArray[np.int64]:
        """How many values of a many-valued metric each row has."""
        ends = np.frombuffer(self._ends[metric.name], dtype=np.int64)
        return ends - np.concatenate(([0], ends[:-1]))
