"""How fast was it written? Output speed after the first piece, and the published figure over the whole time; never mixed.

Tokens are those the service billed; without them the speed in tokens is unknown. Characters per second always stand beside, because
models cut text into tokens differently. A chunk is not a token and is never counted as one.
"""

from __future__ import annotations

from hayai.decide.metrics.metric import Metric, between
from hayai.decide.metrics.times import E2E, first_piece_at_ns
from hayai.keep.records import RequestRecord

_NS_PER_S = 1e9


def _writing_ns(record: RequestRecord) -> int | None:
    """From first to last piece. None when both are the same read: then how long the writing took cannot be told."""
    span = between(first_piece_at_ns(record), record.last_at_ns)
    return span if span is not None and span > 0 else None


def _tpot(record: RequestRecord) -> float | None:
    span, tokens = _writing_ns(record), record.usage.output_tokens
    return None if span is None or tokens is None or tokens < 2 else span / (tokens - 1)


def _output_speed(record: RequestRecord) -> float | None:
    tpot = _tpot(record)
    return None if tpot is None else _NS_PER_S / tpot


def all_characters(record: RequestRecord) -> int | None:
    """Code points of visible text and shown reasoning together; None if no body was understood."""
    if record.text_chars is None and record.reasoning_chars is None:
        return None
    return (record.text_chars or 0) + (record.reasoning_chars or 0)


def _per_whole_time(amount: int | None, record: RequestRecord) -> float | None:
    time_ns = E2E.of(record)
    if amount is None or not isinstance(time_ns, int) or time_ns <= 0:
        return None
    return amount * _NS_PER_S / time_ns


def _writing_characters_per_s(record: RequestRecord) -> float | None:
    span = _writing_ns(record)
    chars = record.pieces.chars
    return None if span is None or not chars else sum(chars[1:]) * _NS_PER_S / span


TPOT = Metric(
    name="tpot",
    unit="ns",
    formula="(last piece - first piece) / (output tokens - 1); needs a stream, 2 tokens and 2 reads",
    more_is_better=False,
    of=_tpot,
)
OUTPUT_SPEED = Metric(
    name="output_speed",
    unit="tokens/s",
    formula="1 / tpot",
    more_is_better=True,
    of=_output_speed,
)
E2E_TOKENS_PER_S = Metric(
    name="e2e_tokens_per_s",
    unit="tokens/s",
    formula="output tokens / e2e (the published figure; holds the wait for the first token)",
    more_is_better=True,
    of=lambda r: _per_whole_time(r.usage.output_tokens, r),
)
E2E_CHARACTERS_PER_S = Metric(
    name="e2e_characters_per_s",
    unit="characters/s",
    formula="code points of text and reasoning / e2e",
    more_is_better=True,
    of=lambda r: _per_whole_time(all_characters(r), r),
)
OUTPUT_CHARACTERS_PER_S = Metric(
    name="output_characters_per_s",
    unit="characters/s",
    formula="code points after the first piece / (last piece - first piece); needs a stream and 2 reads",
    more_is_better=True,
    of=_writing_characters_per_s,
)
