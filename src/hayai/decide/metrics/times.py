"""How long did the reader wait? End to end and to the first piece, each from `sent` and from `due`.

From `sent` is what the service took; from `due` adds what our own side kept the request waiting, so that queueing at the client is
never hidden. An answer that is not streamed has no first piece, and neither has one that something on the way held back until its end:
its time to first token is unknown, not equal to the whole.
"""

from __future__ import annotations

from hayai.decide.metrics.metric import Metric, between
from hayai.keep.records import RequestRecord


def first_piece_at_ns(record: RequestRecord) -> int | None:
    """Instant of the first piece with text or reasoning; None if not streamed, held back on the way, or nothing came."""
    if not record.tells_inner_times:
        return None
    reasoning, visible = record.first_reasoning_at_ns, record.first_visible_at_ns
    if reasoning is None or visible is None:
        return visible if reasoning is None else reasoning
    return min(reasoning, visible)


def _first_visible_at_ns(record: RequestRecord) -> int | None:
    return record.first_visible_at_ns if record.tells_inner_times else None


E2E = Metric(
    name="e2e",
    unit="ns",
    formula="last piece of text or reasoning (not streamed: end of body) - sent",
    more_is_better=False,
    of=lambda r: between(r.sent_at_ns, r.last_at_ns),
)
TTFT = Metric(
    name="ttft",
    unit="ns",
    formula="first piece with text or reasoning - sent; streamed only",
    more_is_better=False,
    of=lambda r: between(r.sent_at_ns, first_piece_at_ns(r)),
)
TTFV = Metric(
    name="ttfv",
    unit="ns",
    formula="first piece with visible text - sent; streamed only",
    more_is_better=False,
    of=lambda r: between(r.sent_at_ns, _first_visible_at_ns(r)),
)
E2E_FROM_DUE = Metric(
    name="e2e_from_due",
    unit="ns",
    formula="last piece of text or reasoning (not streamed: end of body) - due",
    more_is_better=False,
    of=lambda r: between(r.due_at_ns, r.last_at_ns),
)
TTFT_FROM_DUE = Metric(
    name="ttft_from_due",
    unit="ns",
    formula="first piece with text or reasoning - due; streamed only",
    more_is_better=False,
    of=lambda r: between(r.due_at_ns, first_piece_at_ns(r)),
)
TTFV_FROM_DUE = Metric(
    name="ttfv_from_due",
    unit="ns",
    formula="first piece with visible text - due; streamed only",
    more_is_better=False,
    of=lambda r: between(r.due_at_ns, _first_visible_at_ns(r)),
)
HEADER_TIME = Metric(
    name="header_time",
    unit="ns",
    formula="response head complete - sent",
    more_is_better=False,
    of=lambda r: between(r.sent_at_ns, r.headers_at_ns),
)
LATENESS = Metric(
    name="lateness",
    unit="ns",
    formula="sent - due",
    more_is_better=False,
    of=lambda r: between(r.due_at_ns, r.sent_at_ns),
    of_answers=False,
)
