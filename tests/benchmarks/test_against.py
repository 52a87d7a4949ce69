"""Records against a truth: the errors, the intervals, and what cannot be paired."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.peers.against import errors, figures
from benchmarks.peers.captured import OnTheWire
from benchmarks.peers.exactness import busiest_second
from benchmarks.peers.running import truth
from benchmarks.peers.truth import Served
from hayai.keep.records import Pieces, RequestRecord, Usage

MS = 1_000_000


def record(arrived: tuple[int, ...], earliest: tuple[int | None, ...], **other: Any) -> RequestRecord:
    """A record of one answer that was sent at 1,000 ms."""
    count = len(arrived)
    pieces = Pieces(kinds="t" * count, arrived_ns=arrived, earliest_ns=earliest, chars=(1,) * count, clocks="k" * count)
    facts: dict[str, Any] = {"request_id": "t-1", "usage": Usage(output_tokens=count)} | other
    return RequestRecord(
        id="a1-1", run="r", machine="m", phase="measure", cycle=1, round=1, position=1, target="A", prompt="p", outcome="ok",
        sent_at_ns=1000 * MS, pieces=pieces, **facts,
    )  # fmt: skip


def sent(*ms: float) -> NDArray[np.int64]:
    """Instants from milliseconds."""
    return np.array([int(one * MS) for one in ms], dtype=np.int64)


def test_errors_are_recorded_minus_true() -> None:
    """TTFT from the request's arrival; each chunk by itself; flagged chunks only against their interval."""
    true = OnTheWire(received_ns=1000 * MS + 500_000, sent_ns=sent(1100, 1110, 1120))
    made = record((101 * MS, 122 * MS, 122 * MS), (None, 101 * MS, 101 * MS))
    found = errors([made], {"t-1": true})
    assert found.ttft.tolist() == [1.5]
    assert found.exact.tolist() == [1.0]
    assert (found.chunks, found.coalesced, found.outside, found.widest) == (3, 2, 0, 21.0)


def test_an_interval_that_misses_the_truth_is_counted() -> None:
    """Sent long before the interval begins, or after it ends."""
    true = OnTheWire(received_ns=1000 * MS, sent_ns=sent(1050, 1130))
    found = errors([record((122 * MS, 122 * MS), (101 * MS, 101 * MS))], {"t-1": true})
    assert found.outside == 2


def test_the_id_may_stand_in_the_headers() -> None:
    """Providers keep a request id as their service names it."""
    true = OnTheWire(received_ns=1000 * MS, sent_ns=sent(1100))
    made = record((100 * MS,), (None,), request_id=None, headers={"x-request-id": "t-1"})
    assert errors([made], {"t-1": true}).chunks == 1


@pytest.mark.parametrize("truths", [{}, {"t-1": OnTheWire(received_ns=0, sent_ns=sent(1))}])
def test_what_does_not_pair_is_no_number(truths: dict[str, OnTheWire]) -> None:
    """A request that the server never saw; a chunk more than it sent."""
    with pytest.raises(LookupError):
        errors([record((MS, 2 * MS), (None, None))], truths)


def test_reported_figures_leave_out_what_was_flagged() -> None:
    """The gap to or from a flagged chunk is our habit of reading, not the service."""
    said = figures([record((100 * MS, 120 * MS, 140 * MS, 141 * MS), (None, None, None, 140 * MS))])
    assert (said.ttft_p50, said.per_chunk_p50, said.per_chunk_p99) == (100.0, 20.0, 20.0)
    assert said.per_request_p50 == pytest.approx(41 / 3)


def test_the_truth_in_figures() -> None:
    """What a tool without mistakes would report."""
    one = Served(
        id="t-1", client_id="", connection=4, model="m", received_ns=0, read_ns=1, head_sent_ns=2, sent_ns=sent(100, 110, 140),
        ended_ns=150 * MS, latest_ns=MS, blocked=0, finished=True,
    )  # fmt: skip
    found = truth([one])
    assert (found.ttft_p50, found.per_request_p50, found.per_chunk_p50) == (100.0, 20.0, 20.0)
    assert (found.latest, found.connections) == (1.0, 1)


def test_the_busiest_second() -> None:
    """The most chunks within any second, wherever it begins."""
    assert busiest_second(sent(0, 900, 1000, 1100, 1899, 5000)) == 4
