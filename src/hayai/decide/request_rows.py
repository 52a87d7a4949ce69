"""What did each single request do? A row per attempt, made when somebody looks at it: most reports never do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import overload

from hayai.decide.findings import RequestRow, Standing
from hayai.decide.metric_table import MetricTable
from hayai.decide.quality.checking import Checked, misses_of


class RequestRows(Sequence[RequestRow]):
    """All attempts of a run, in the order of the journal."""

    __slots__ = ("_checked", "_regions", "_standing", "_table")

    def __init__(
        self,
        table: MetricTable,
        standing: Mapping[str, Standing],
        regions: Mapping[str, str | None],
        checked: Checked | None = None,
    ) -> None:
        """`standing` and `regions` are by record id; a record without a standing was sent to warm up."""
        self._checked = checked
        self._table = table
        self._standing = standing
        self._regions = regions

    def __len__(self) -> int:
        return len(self._table.records)

    @overload
    def __getitem__(self, number: int) -> RequestRow: ...

    @overload
    def __getitem__(self, number: slice) -> Sequence[RequestRow]: ...

    def __getitem__(self, number: int | slice) -> RequestRow | Sequence[RequestRow]:
        if isinstance(number, slice):
            return tuple(self[n] for n in range(len(self))[number])
        place = range(len(self))[number]
        record = self._table.records[place]
        return RequestRow(
            record=record,
            standing=self._standing.get(record.id, "warmup"),
            region=self._regions[record.id],
            values=self._table.row(place),
            misses=misses_of(record, self._checked),
        )
