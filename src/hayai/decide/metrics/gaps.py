"""How evenly did the answer flow? Gaps between pieces whose arrivals are exact.

A piece that came in the same read as others arrived somewhere in an interval; a gap to or from it would be our reading habit, not the
service. Such pieces are kept out here and counted by `coalesced_pieces`. Gaps within an answer that was held back on the way are the
buffer's, and unknown. A gap is between chunks: a chunk is not a token.
"""

from __future__ import annotations

from operator import sub

from hayai.decide.metrics.metric import Metric
from hayai.keep.records import RequestRecord


def _gaps(record: RequestRecord) -> tuple[float, ...]:
    if record.buffered:
        return ()
    arrived, earliest = record.pieces.arrived_ns, record.pieces.earliest_ns
    gaps = map(sub, arrived[1:], arrived)
    if earliest.count(None) == len(earliest):
        return tuple(gaps)
    return tuple(gap for gap, one, other in zip(gaps, earliest, earliest[1:], strict=False) if one is other is None)


def coalesced_pieces(record: RequestRecord) -> tuple[int, int]:
    """How many pieces shared a read with others, and how many there were; none of none where the answer tells no inner times."""
    earliest = record.pieces.earliest_ns if record.tells_inner_times else ()
    return len(earliest) - earliest.count(None), len(earliest)


CHUNK_GAPS = Metric(
    name="chunk_gap",
    unit="ns",
    formula="arrival of a piece - arrival of the piece before; both exact, coalesced pieces left out",
    more_is_better=False,
    of=_gaps,
    many=True,
)
