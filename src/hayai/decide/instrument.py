"""How far may a time of ours be off? What `hayai selfcheck` measured on this machine, as a run may use it.

A check is made of steps: so many streams, over plain HTTP or TLS. A run is as exact as the smallest step that had its streams. What
counts against a verdict is p99 of the error end to end: a typical difference smaller than that could be the instrument's own. Where
nothing was checked, a bound stands in that hayai keeps on a machine with work of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hayai.ask.plan import Plan
from hayai.keep.run_directory import Manifest
from hayai.keep.selfcheck import SelfCheck, Step, Transport

KERNEL_ERROR_NS = 200_000.0
"""Stands in on the kernel's stamps: `benchmarks/instrument_error.py` finds p99 end to end below it."""
USER_ERROR_NS = 2_000_000.0
"""On our own clock a busy machine adds a scheduling delay to every stamp."""


class Instrument(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about the exactness of a run."""

    error_ns: float
    """A typical difference below this is none of the services'."""
    step: Step | None = None
    """The step of the check that stands for this run; None: no check, and `error_ns` is what hayai assumes."""
    checked_utc: str | None = None
    beyond: bool = False
    """The run had more streams than were checked."""


def streams_of(plan: Plan) -> int:
    """Answers that a run of `plan` has under way at once, at most."""
    return plan.concurrency * (len(plan.targets) if plan.together else 1)


def transport_of(manifest: Manifest) -> Transport:
    """TLS as soon as one target speaks it: it is the less exact one."""
    return "tls" if any(endpoint.url.startswith("https:") for endpoint in manifest.endpoints) else "plain"


def step_for(check: SelfCheck, transport: Transport, streams: int) -> Step | None:
    """The smallest step with at least so many streams, or else the largest; None when this transport was not checked."""
    steps = sorted((s for s in check.steps if s.transport == transport and s.e2e is not None), key=lambda s: s.streams)
    return next((step for step in steps if step.streams >= streams), steps[-1] if steps else None)


def instrument_of(manifest: Manifest) -> Instrument | None:
    """What the check in a manifest says about this run; None: there is none, or none of this transport."""
    check = manifest.selfcheck
    if check is None:
        return None
    streams = streams_of(manifest.plan)
    step = step_for(check, transport_of(manifest), streams)
    if step is None or step.e2e is None:
        return None
    return Instrument(
        error_ns=float(step.e2e.p99_ns),
        step=step,
        checked_utc=check.created_utc,
        beyond=step.streams < streams,
    )


def stamped_by(instrument: Instrument | None, clocks: Iterable[str | None]) -> Instrument:
    """What holds for answers with these stamps: a check made on the kernel's says nothing about our own clock's."""
    assumed = USER_ERROR_NS if {"user", "mixed"} & set(clocks) else KERNEL_ERROR_NS
    if instrument is None:
        return Instrument(error_ns=assumed)
    unlike = assumed == USER_ERROR_NS and instrument.step is not None and instrument.step.clock == "kernel"
    if unlike:
        return Instrument(error_ns=max(assumed, instrument.error_ns))
    if instrument.beyond:
        return Instrument(
            error_ns=max(assumed, instrument.error_ns),
            step=instrument.step,
            checked_utc=instrument.checked_utc,
            beyond=True,
        )
    return instrument
