"""How far is what hayai recorded from what really happened? Its records, request by request, against a truth that is not its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.tools.contract import Reported
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import RunDirectory

SEND_NS = 100_000
"""The truth is stamped right before a send: a chunk may carry a true instant this long before the interval in which it arrived."""

Milliseconds = NDArray[np.float64]


class Truthful(Protocol):
    """What a truth must know of a request, whoever kept it."""

    @property
    def received_ns(self) -> int:
        """When the request had arrived."""

    @property
    def sent_ns(self) -> NDArray[np.int64]:
        """When each content chunk left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """Recorded minus true, in ms."""

    ttft: Milliseconds
    end: Milliseconds
    """Of the last chunk, measured as TTFT is."""
    exact: Milliseconds
    """Of each chunk that carries no interval."""
    coalesced: int
    chunks: int
    outside: int
    """Chunks whose truth lies outside the interval they carry."""
    widest: float
    """The widest interval, in ms; 0 when there is none."""

    def summary(self) -> dict[str, float]:
        """The figures that are kept."""
        found: dict[str, float] = {
            "chunks": self.chunks,
            "coalesced_share": self.coalesced / max(1, self.chunks),
            "outside": self.outside,
            "widest_interval_ms": self.widest,
        }
        for name, values in (("ttft_error", self.ttft), ("end_error", self.end), ("chunk_error", self.exact)):
            if values.size:
                found |= {
                    f"{name}_p50_ms": at(np.abs(values), 50),
                    f"{name}_p99_ms": at(np.abs(values), 99),
                    f"{name}_max_ms": float(np.abs(values).max()),
                }
        return found


def records(runs: Path) -> list[RequestRecord]:
    """The measured requests of the one run below a folder. LookupError unless there is exactly one run and all its requests ended well."""
    found = [path for path in runs.iterdir() if path.is_dir()]
    if len(found) != 1:
        raise LookupError(f"{len(found)} runs")
    measured = [record for record in RunDirectory(found[0]).read().records if record.phase == "measure"]
    bad = [record for record in measured if record.outcome != "ok"]
    if bad or not measured:
        why = f": {bad[0].outcome} {bad[0].failure}" if bad else ""
        raise LookupError(f"{len(bad)} of {len(measured)} requests did not end well{why}")
    return measured


def figures(found: Sequence[RequestRecord]) -> Reported:
    """What hayai reports of them, by its own definitions."""
    ttft = np.array([record.pieces.arrived_ns[0] for record in found]) / 1e6
    tpot = (
        np.array(
            [
                (record.pieces.arrived_ns[-1] - record.pieces.arrived_ns[0]) / (record.usage.output_tokens - 1)
                for record in found
                if record.usage.output_tokens and record.usage.output_tokens > 1
            ]
        )
        / 1e6
    )
    gaps = np.concatenate([exact_gaps(record) for record in found]) / 1e6
    return Reported(
        requests=len(found),
        ttft_p50=at(ttft, 50),
        ttft_p99=at(ttft, 99),
        per_request_p50=at(tpot, 50) if tpot.size else None,
        per_request_p99=at(tpot, 99) if tpot.size else None,
        per_chunk_p50=at(gaps, 50) if gaps.size else None,
        per_chunk_p99=at(gaps, 99) if gaps.size else None,
    )


def exact_gaps(record: RequestRecord) -> Milliseconds:
    """The gaps that hayai's percentiles are made of, in ns: those between two chunks that carry no interval."""
    from hayai.decide.metrics.gaps import CHUNK_GAPS

    return np.array(CHUNK_GAPS.of(record), dtype=np.float64)


def errors(found: Sequence[RequestRecord], truths: Mapping[str, Truthful]) -> Errors:
    """Every record against its truth, by the request id that the server sent. LookupError when they cannot be paired."""
    ttft, end, exact, widths = [], [], [], [0.0]
    coalesced = chunks = outside = 0
    for record in found:
        true = truths.get(request_id(record))
        if true is None:
            raise LookupError(f"no truth for request {request_id(record)!r}")
        if len(record.pieces.kinds) != true.sent_ns.size or record.sent_at_ns is None:
            raise LookupError(f"{len(record.pieces.kinds)} pieces recorded, {true.sent_ns.size} sent")
        arrived = np.array(record.pieces.arrived_ns, dtype=np.int64) + record.sent_at_ns
        since_request = true.sent_ns - true.received_ns
        own = arrived - record.sent_at_ns
        ttft.append((own[0] - since_request[0]) / 1e6)
        end.append((own[-1] - since_request[-1]) / 1e6)
        late = arrived - true.sent_ns
        flagged = np.array([earliest is not None for earliest in record.pieces.earliest_ns])
        exact.append(late[~flagged] / 1e6)
        chunks += late.size
        coalesced += int(flagged.sum())
        if flagged.any():
            earliest = np.array([0 if one is None else one for one in record.pieces.earliest_ns]) + record.sent_at_ns
            inside = (earliest - SEND_NS <= true.sent_ns) & (true.sent_ns <= arrived)
            outside += int((flagged & ~inside).sum())
            widths.append(float((arrived - earliest)[flagged].max()) / 1e6)
    return Errors(
        ttft=np.array(ttft),
        end=np.array(end),
        exact=np.concatenate(exact),
        coalesced=coalesced,
        chunks=chunks,
        outside=outside,
        widest=max(widths),
    )


def request_id(record: RequestRecord) -> str:
    """What the server called it."""
    return record.request_id or record.headers.get("x-request-id", "")


def at(values: Milliseconds, percent: float) -> float:
    """A percentile, by numpy's linear method."""
    return float(np.percentile(values, percent))
