"""How far is what was recorded from what really happened, and what would bring it nearer?

The local service writes down when it really sent each piece; client and service read the same monotonic clock, so the difference is the
error. It contains the floor of a write and of loopback itself, some microseconds.

What this cannot show: both sides take the instant of a receipt from the same kernel stamps, read by the same module (`kernel_clock.py`), so
a mistake they shared would cancel out in the time to first token; and loopback is no network card. `benchmarks/peers` holds the instrument
against a server in C and a packet capture instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hayai.decide.stats.quantile import quantile_of_ordered
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import Watched
from hayai.keep.selfcheck import Advice, ErrorSpread, Limit, Reach, Step, Transport

SEND_NS = 100_000
"""From the stamp before a write to the arrival: a piece may have been sent this long before the interval in which it arrived."""
SERVICE_LATE_NS = 5_000_000
"""A service that is this late (p99) is at its end: who reads it cannot be blamed for what comes then."""
LOAD_ACCEPTABLE = 0.5
"""Load average per core above which other programs compete with a measurement."""
STEAL_ACCEPTABLE = 0.01
"""Share of time that a hypervisor may take away."""
FAST_GOVERNORS = ("performance", "schedutil")
SPARE_FILES = 64
"""Open files of a measuring process besides its connections."""
FAST_CLOCKS = frozenset({"tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter"})
"""Clock sources of Linux that are read without a system call or a trap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueAnswer:
    """What the service did for one request; monotonic instants in ns."""

    received_at_ns: int
    pieces_at_ns: tuple[int, ...]
    """When each piece was sent."""
    late_ns: tuple[int, ...] = ()
    """How much later than due each was."""


@dataclass(slots=True)
class Errors:
    """Recorded minus true, in ns, of all answers of a step."""

    answers: int = 0
    failed: int = 0
    pieces: int = 0
    coalesced: int = 0
    outside: int = 0
    ttft: list[int] = field(default_factory=list)
    chunk: list[int] = field(default_factory=list)
    e2e: list[int] = field(default_factory=list)


def errors_of(records: Iterable[RequestRecord], truths: Mapping[str, TrueAnswer]) -> Errors:
    """What was recorded against `truths`, by the service's request id.

    An answer without a truth, or with other pieces than were sent, counts as failed.
    """
    found = Errors()
    for record in records:
        truth = truths.get(record.request_id or "")
        columns, sent_at, last_at = record.pieces, record.sent_at_ns, record.last_at_ns
        if record.outcome != "ok" or truth is None or sent_at is None or last_at is None:
            found.failed += 1
            continue
        true = truth.pieces_at_ns
        if not true or len(true) != len(columns.kinds):
            found.failed += 1
            continue
        found.answers += 1
        found.pieces += len(true)
        found.ttft.append(columns.arrived_ns[0] - (true[0] - truth.received_at_ns))
        found.e2e.append(last_at - sent_at - (true[-1] - truth.received_at_ns))
        for arrived, earliest, sent in zip(columns.arrived_ns, columns.earliest_ns, true, strict=True):
            if earliest is None:
                found.chunk.append(sent_at + arrived - sent)
            else:
                found.coalesced += 1
                found.outside += not sent_at + earliest - SEND_NS <= sent <= sent_at + arrived
    return found


def spread(errors: Sequence[int]) -> ErrorSpread | None:
    """The sizes of errors; None for none."""
    sizes = sorted(map(abs, errors))
    if not sizes:
        return None
    p50, p99 = (quantile_of_ordered(sizes, p) or 0.0 for p in (0.5, 0.99))
    return ErrorSpread(count=len(sizes), p50_ns=round(p50), p99_ns=round(p99), max_ns=sizes[-1])


def busiest_second(instants_ns: Iterable[int]) -> float:
    """The most instants that lie within one second; with less than a second of them, how many a second there were."""
    ordered = sorted(instants_ns)
    if len(ordered) < 2:
        return float(len(ordered))
    span = ordered[-1] - ordered[0]
    if span < 1_000_000_000:
        return (len(ordered) - 1) / (span / 1e9) if span else float(len(ordered))
    most = begin = 0
    for end, instant in enumerate(ordered):
        while instant - ordered[begin] >= 1_000_000_000:
            begin += 1
        most = max(most, end - begin + 1)
    return float(most)


def step_of(
    records: Sequence[RequestRecord],
    truths: Mapping[str, TrueAnswer],
    watched: Sequence[Watched],
    *,
    transport: Transport,
    streams: int,
    bound_ns: int,
    asked: int,
    tries: int = 1,
) -> Step:
    """One number of streams, judged.

    Held: all answers `asked` for came, no interval was wrong, and p99 of each error is within the bound.
    """
    errors = errors_of(records, truths)
    failed = max(errors.failed, asked - errors.answers)
    late = spread([late for truth in truths.values() for late in truth.late_ns])
    spreads = {name: spread(getattr(errors, name)) for name in ("ttft", "chunk", "e2e")}
    held = errors.answers > 0 and not failed and not errors.outside
    held = held and all(one is None or one.p99_ns <= bound_ns for one in spreads.values())
    limit: Limit | None = None
    if not held:
        limit = "service" if late is not None and late.p99_ns >= SERVICE_LATE_NS else "client"
    return Step(
        transport=transport,
        streams=streams,
        answers=errors.answers,
        failed=failed,
        pieces=errors.pieces,
        coalesced=errors.coalesced,
        outside=errors.outside,
        chunks_per_s=busiest_second(at for truth in truths.values() for at in truth.pieces_at_ns),
        clock="/".join(sorted({str(record.clock) for record in records if record.clock is not None})),
        ttft=spreads["ttft"],
        chunk=spreads["chunk"],
        e2e=spreads["e2e"],
        lag=spread([record.lag_ns for record in records if record.lag_ns is not None]),
        service_late_p99_ns=None if late is None else late.p99_ns,
        cpu_ratio=max((one.cpu_ns / one.span_ns for one in watched if one.span_ns), default=None),
        tries=tries,
        held=held,
        limit=limit,
    )


def reach_of(steps: Sequence[Step]) -> Reach | None:
    """Of one transport, from few to many streams: the last before the first that was not held, and the highest rate up to there."""
    if not steps:
        return None
    broken = next((number for number, step in enumerate(steps) if not step.held), None)
    held = steps[:broken]
    return Reach(
        transport=steps[0].transport,
        streams=held[-1].streams if held else 0,
        chunks_per_s=max((step.chunks_per_s for step in held), default=0.0),
        at_least=broken is None or steps[broken].limit == "service",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is known about the machine beyond a manifest's facts; None: it does not say."""

    cores: int
    """That hayai may use."""
    load_per_core: float | None = None
    """Load average of the last minute before the check, over all cores of the machine."""
    steal_ratio: float | None = None
    """Share of all cores' time that the hypervisor took away during the check."""
    governor: str | None = None
    """CPU frequency governor."""
    clock_source: str | None = None
    throttled: int | None = None
    """Periods during the check in which a container's quota of CPU was used up."""
    files: int | None = None
    """Open files that a process may have, at most."""


Values = Mapping[str, Any]
Rule = Callable[[Surroundings, Sequence[Step]], Values | None]


def _own_clock(_: Surroundings, steps: Sequence[Step]) -> Values | None:
    return {} if any("user" in step.clock or "mixed" in step.clock for step in steps) else None


def _quota(around: Surroundings, _: Sequence[Step]) -> Values | None:
    return {"count": around.throttled} if around.throttled else None


def _one_core(around: Surroundings, _: Sequence[Step]) -> Values | None:
    return {} if around.cores < 2 else None


def _load(around: Surroundings, _: Sequence[Step]) -> Values | None:
    load = around.load_per_core
    return None if load is None or load <= LOAD_ACCEPTABLE else {"load": round(load, 1)}


def _steal(around: Surroundings, _: Sequence[Step]) -> Values | None:
    ratio = around.steal_ratio
    return None if ratio is None or ratio <= STEAL_ACCEPTABLE else {"steal_ratio": ratio}


def _governor(around: Surroundings, _: Sequence[Step]) -> Values | None:
    return None if around.governor in (None, *FAST_GOVERNORS) else {"governor": around.governor}


def _clock_source(around: Surroundings, _: Sequence[Step]) -> Values | None:
    return None if around.clock_source in (None, *FAST_CLOCKS) else {"source": around.clock_source}


def _files(around: Surroundings, steps: Sequence[Step]) -> Values | None:
    most = max((step.streams for step in steps), default=0)
    return {"files": around.files} if around.files is not None and around.files < most + SPARE_FILES else None


def _fewer(_: Surroundings, steps: Sequence[Step]) -> Values | None:
    return {} if any(step.limit == "client" for step in steps) else None


ADVICE: tuple[tuple[str, Rule], ...] = (
    ("clock", _own_clock),
    ("quota", _quota),
    ("cores", _one_core),
    ("load", _load),
    ("steal", _steal),
    ("governor", _governor),
    ("clock_source", _clock_source),
    ("files", _files),
    ("fewer", _fewer),
)
"""What would help, the most effective first; the texts are `selfcheck.advice.<name>`."""


def advice_of(around: Surroundings, steps: Sequence[Step]) -> tuple[Advice, ...]:
    """What would make this machine more exact."""
    found = ((name, rule(around, steps)) for name, rule in ADVICE)
    return tuple(Advice(key=f"selfcheck.advice.{name}", values=dict(v)) for name, v in found if v is not None)
