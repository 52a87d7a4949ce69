"""How evenly did the answer flow? Gaps between pieces whose arrivals are exact.

A piece that came in the same read as others arrived somewhere in an interval; a gap to or from it would be our reading habit, not the
service. Such pieces are kept out here and counted by `coalesced_share`. A gap is between chunks: a chunk is not a token.
"""

from __future__ import annotations

from collections.abc import Iterable

from hayai.decide.metrics.metric import Metric
from hayai.keep.records import RequestRecord


def _gaps(record: RequestRecord) -> tuple[float, ...]:
    arrived, earliest = record.pieces.arrived_ns, record.pieces.earliest_ns
    pairs = range(1, len(arrived))
    return tuple(float(arrived[i] - arrived[i - 1]) for i in pairs if earliest[i] is None and earliest[i - 1] is None)


def coalesced_share(records: Iterable[RequestRecord]) -> float | None:
    """Share (0..1) of pieces that shared a read with others, over all streamed answers; None: no piece at all."""
    pieces = coalesced = 0
    for record in records:
        if record.streamed:
            pieces += len(record.pieces.earliest_ns)
            coalesced += sum(earliest is not None for earliest in record.pieces.earliest_ns)
    return coalesced / pieces if pieces else None


CHUNK_GAPS = Metric(
    name="chunk_gap",
    unit="ns",
    formula="arrival of a piece - arrival of the piece before; both exact, coalesced pieces left out",
    more_is_better=False,
    of=_gaps,
    many=True,
)
