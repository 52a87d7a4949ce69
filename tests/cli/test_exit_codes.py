"""When has too much failed? The exit code follows how trials ended."""

from __future__ import annotations

from hayai.cli.measuring import too_many_failures
from tests.decide.made import a_record


def test_attempts_that_were_retried_do_not_count() -> None:
    """Two throttles before an answer are one trial that went well; an attempt without a successor is one that did not."""
    trial = [
        a_record(id="a1-1", outcome="throttled"),
        a_record(id="a1-2", outcome="throttled", attempt=2, retry_of="a1-1"),
        a_record(id="a1-3", outcome="ok", attempt=3, retry_of="a1-2"),
    ]
    assert not too_many_failures(trial)
    assert too_many_failures(trial[:2])
    assert too_many_failures([*trial, a_record(id="a1-4", outcome="refused"), a_record(id="a1-5", outcome="refused")])


def test_one_failing_target_is_enough() -> None:
    """A target that mostly fails cannot be compared, however well the others do."""
    good = [a_record(id=f"a1-{n}", target="good") for n in range(10)]
    bad = [a_record(id=f"a1-{10 + n}", target="bad", outcome="timed_out") for n in range(2)]
    assert not too_many_failures(good)
    assert too_many_failures([*good, *bad])
