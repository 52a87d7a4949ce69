"""With which code does a command end? The first reason that applies, and never who won."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import pytest

from hayai.cli.exit_codes import exit_code, too_many_failures
from hayai.decide.conclusions import Answer, Status, Verdict
from hayai.decide.judgements import ClaimFinding, Judgement
from hayai.measure.messages import Ended, EndReason
from tests.decide.made import a_record

GOOD = [a_record(id=f"a1-{n}") for n in range(4)]
BAD = [a_record(id=f"a1-{n}", outcome="refused") for n in range(4)]


def a_verdict(answer: Answer, *, judged: bool = True) -> Verdict:
    """One comparison and how it came out."""
    return Verdict(
        target="b", baseline="a", judged=judged, answer=answer, why_none="few_pairs" if answer == "none" else None,
        settled=answer not in ("undecided", "none"), margin_ratio=0.1, precision_ratio=None, alpha=0.05, form="stratified",
        anytime=True, looks=2, asked_prompts=1, headline=None, within_sd=None, between_sd=None,
    )  # fmt: skip


def a_claim(status: Status) -> ClaimFinding:
    """One claim and what became of it."""
    return ClaimFinding(text="b is faster", target="b", baseline="a", kind="typical", readings=(), status=status)


def a_judgement(verdicts: Sequence[Verdict] = (), claims: Sequence[ClaimFinding] = ()) -> Judgement:
    """What was concluded."""
    return Judgement(
        verdicts=tuple(verdicts),
        percentiles=(),
        fallbacks=(),
        slowest=(),
        claims=tuple(claims),
        baseline="a",
        self_test=None,
    )


@pytest.mark.parametrize("answer", get_args(Answer))
def test_who_wins_is_no_matter_of_the_code(answer: Answer) -> None:
    """Faster, slower and practically the same are answers: 0. Undecided, and none at all, are not: 4."""
    code = exit_code(Ended(reason="max_requests"), GOOD, a_judgement([a_verdict(answer)]))
    assert code == (4 if answer in ("undecided", "none") else 0)


def test_what_is_not_judged_is_no_matter_either() -> None:
    """A self-test, a pair that nobody asked to judge, a single target."""
    assert exit_code(Ended(reason="cycles"), GOOD, a_judgement([a_verdict("undecided", judged=False)])) == 0
    assert exit_code(Ended(reason="cycles"), GOOD, a_judgement()) == 0


def test_claims() -> None:
    """Contradicted: 1; undecided: 4, also beside one that is contradicted; confirmed: 0."""
    clear = [a_verdict("faster")]
    expected: dict[tuple[Status, ...], int] = {
        ("confirmed",): 0,
        ("contradicted",): 1,
        ("undecided",): 4,
        ("contradicted", "undecided"): 4,
    }
    for statuses, code in expected.items():
        judgement = a_judgement(clear, [a_claim(status) for status in statuses])
        assert exit_code(Ended(reason="verdict"), GOOD, judgement) == code


@pytest.mark.parametrize("reason", get_args(EndReason))
def test_the_first_reason_that_applies(reason: EndReason) -> None:
    """Interrupted before access before failures before the answer."""
    judgement = a_judgement([a_verdict("undecided")], [a_claim("contradicted")])
    expected = {
        "finished_early": 130, "stopped": 130, "disk": 130, "instrument": 130, "access": 3, "cannot_connect": 3,
    }.get(reason, 5)  # fmt: skip
    assert exit_code(Ended(reason=reason), BAD, judgement) == expected
    assert exit_code(None, BAD, judgement) == 130


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


def test_the_warm_up_does_not_count() -> None:
    """Its answers are no part of the sample."""
    assert not too_many_failures([a_record(id=f"a1-{n}", phase="warmup", outcome="timed_out") for n in range(4)])
