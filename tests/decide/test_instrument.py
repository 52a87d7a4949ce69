"""Which part of a check of this machine stands for a run, and when it is not believed."""

from __future__ import annotations

from typing import Any

import pytest

from hayai.decide.instrument import (
    KERNEL_ERROR_NS,
    USER_ERROR_NS,
    Instrument,
    instrument_of,
    stamped_by,
    step_for,
    streams_of,
)
from hayai.keep.run_directory import Endpoint, Manifest
from hayai.keep.selfcheck import SelfCheck
from tests.decide.made import a_plan, a_prompt, a_target
from tests.keep.test_selfcheck import a_check, a_spread, a_step

CHECK = a_check(
    a_step(10, e2e=a_spread(50_000)),
    a_step(100, e2e=a_spread(90_000)),
    a_step(10, transport="tls", e2e=a_spread(150_000)),
    a_step(1, transport="tls", e2e=None),
)


def a_manifest(check: SelfCheck | None = CHECK, *, url: str = "http://localhost:1", **plan: Any) -> Manifest:
    """Two targets, of which the second's address is given."""
    targets = (a_target("a"), a_target("b"))
    return Manifest(
        schema_version=1,
        run="r",
        hayai_version="0.1.0",
        created_utc="2026-11-29T00:00:00.000Z",
        argv=(),
        plan=a_plan(targets, (a_prompt("p"),), **plan),
        prompts=(),
        endpoints=(Endpoint(target="a", url="http://localhost:1"), Endpoint(target="b", url=url)),
        environment={},
        selfcheck=check,
    )


@pytest.mark.parametrize(
    ("plan", "error_ns", "beyond"),
    [
        ({}, 50_000, False),
        ({"concurrency": 10}, 50_000, False),
        ({"concurrency": 11}, 90_000, False),
        ({"concurrency": 6, "together": True}, 90_000, False),
        ({"concurrency": 1000}, 90_000, True),
    ],
)
def test_the_smallest_step_that_covers_the_run_stands_for_it(plan: dict[str, Any], error_ns: int, beyond: bool) -> None:
    """All targets of a round at once are as many streams."""
    found = instrument_of(a_manifest(**plan))
    assert found is not None
    assert (found.error_ns, found.beyond) == (error_ns, beyond)
    assert found.checked_utc == CHECK.created_utc


def test_one_target_over_tls_makes_it_a_run_over_tls() -> None:
    """It is the less exact one. A step without any answer is none."""
    found = instrument_of(a_manifest(url="https://localhost:1"))
    assert found is not None
    assert found.error_ns == 150_000
    assert step_for(CHECK, "tls", 1) == CHECK.steps[2]


def test_no_check_is_none() -> None:
    """Nor is one of the other transport."""
    assert instrument_of(a_manifest(None)) is None
    assert instrument_of(a_manifest(a_check(a_step(10)), url="https://localhost:1")) is None


def test_streams_are_what_is_under_way_at_once() -> None:
    """Targets of a round follow each other, unless they are asked together."""
    assert streams_of(a_manifest(concurrency=4).plan) == 4
    assert streams_of(a_manifest(concurrency=4, together=True).plan) == 8


def test_without_a_check_something_is_assumed() -> None:
    """Ten times as much where our own clock stamped anything."""
    assert stamped_by(None, ["kernel", None]) == Instrument(error_ns=KERNEL_ERROR_NS)
    assert stamped_by(None, ["kernel", "mixed"]) == Instrument(error_ns=USER_ERROR_NS)


def test_a_check_on_the_kernels_clock_says_nothing_about_ours() -> None:
    """Then the assumption stands, or the check where even that was worse."""
    of_kernel = Instrument(error_ns=50_000.0, step=a_step(), checked_utc="x")
    assert stamped_by(of_kernel, ["kernel"]) is of_kernel
    assert stamped_by(of_kernel, ["user"]) == Instrument(error_ns=USER_ERROR_NS)
    of_ours = Instrument(error_ns=900_000.0, step=a_step(clock="user"), checked_utc="x")
    assert stamped_by(of_ours, ["user"]) is of_ours


def test_beyond_what_was_checked_it_is_never_better_than_assumed() -> None:
    """More streams than were tried may be less exact."""
    beyond = Instrument(error_ns=90_000.0, step=a_step(), checked_utc="x", beyond=True)
    found = stamped_by(beyond, ["kernel"])
    assert (found.error_ns, found.beyond, found.step) == (KERNEL_ERROR_NS, True, beyond.step)
    worse = Instrument(error_ns=5e6, step=a_step(), checked_utc="x", beyond=True)
    assert stamped_by(worse, ["kernel"]).error_ns == 5e6
