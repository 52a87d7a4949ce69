"""Goals are understood as they are meant, or refused with what to write instead."""

from __future__ import annotations

import pytest

from hayai.ask.goals import KNOWN, parse_goals
from hayai.ask.plan import Goal
from hayai.errors import UsageError

NAMES = ("fast", "slow, but good", "C")


@pytest.mark.parametrize(
    ("text", "goals"),
    [
        ("ttft.p95<800ms", [Goal(text="ttft.p95<800ms", what="ttft", p=0.95, most=8e8)]),
        (" E2E.P99.9 <= 1m30s ", [Goal(text="E2E.P99.9 <= 1m30s", what="e2e", p=0.999, most=9e10)]),
        ("cost<$0.002", [Goal(text="cost<$0.002", what="cost", most=0.002)]),
        ("failures≤1%", [Goal(text="failures≤1%", what="failures", most=0.01)]),
        ("quality>=fast", [Goal(text="quality>=fast", what="quality", target="fast")]),
        ("quality>=2", [Goal(text="quality>=2", what="quality", target="slow, but good")]),
        ("quality>=[3]", [Goal(text="quality>=[3]", what="quality", target="C")]),
        ("quality >= A", [Goal(text="quality >= A", what="quality", target="fast")]),
        ("quality>=C", [Goal(text="quality>=C", what="quality", target="C")]),
        (
            "quality>=slow, but good, e2e.p50<5s,",
            [
                Goal(text="quality>=slow, but good", what="quality", target="slow, but good"),
                Goal(text="e2e.p50<5s", what="e2e", p=0.5, most=5e9),
            ],
        ),
        ("ttft.p50<1、cost<1", [Goal(text="ttft.p50<1", what="ttft", p=0.5, most=1e9), Goal(text="cost<1", what="cost", most=1.0)]),
    ],
)  # fmt: skip
def test_goals_are_read(text: str, goals: list[Goal]) -> None:
    """In any of the ways people write them."""
    assert list(parse_goals(text, NAMES)) == goals


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", ["goal.empty"]),
        (" , ", ["goal.empty"]),
        ("fast", ["goal.not_a_goal"]),
        ("speed.p95<3s", ["goal.unknown"]),
        ("ttfd.p95<3s", ["goal.unknown.maybe"]),
        ("e2e<3s", ["goal.which_percentile"]),
        ("e2e.mean<3s", ["goal.which_percentile"]),
        ("e2e.p0<3s", ["goal.which_percentile"]),
        ("e2e.p100<3s", ["goal.which_percentile"]),
        ("cost.p95<3", ["goal.no_statistic"]),
        ("e2e.p95>3s", ["goal.wrong_way"]),
        ("quality<fast", ["goal.wrong_way"]),
        ("e2e.p95=3s", ["goal.not_a_goal"]),
        ("quality>=9", ["goal.no_such_target"]),
        ("quality>=", ["goal.which_target"]),
        ("e2e.p95<=, cost< ", ["goal.which_bound", "goal.which_bound"]),
        ("quality>=fsat", ["goal.no_such_target.maybe"]),
        ("quality>=Z", ["goal.no_such_target"]),
        ("e2e.p95<3x", ["duration.not_a_duration"]),
        ("cost<none", ["dollars.not_dollars"]),
        ("cost<0", ["dollars.not_positive"]),
        ("failures<200%", ["ratio.out_of_bounds"]),
        ("speed<1, quality<2, e2e<3", ["goal.unknown", "goal.wrong_way", "goal.which_percentile"]),
    ],
)
def test_everything_else_is_refused(text: str, keys: list[str]) -> None:
    """All of it at once."""
    with pytest.raises(UsageError) as refused:
        parse_goals(text, NAMES, place="--goal")
    assert [problem.key for problem in refused.value.problems] == keys
    assert {problem.place for problem in refused.value.problems} == {"--goal"}


def test_each_known_word_can_be_a_goal() -> None:
    """Nothing is listed that cannot be asked for."""
    example = {
        "ttft": "ttft.p50<1s",
        "e2e": "e2e.p50<1s",
        "cost": "cost<1",
        "failures": "failures<1%",
        "quality": "quality>=A",
    }
    assert [parse_goals(example[word], NAMES)[0].what for word in KNOWN] == list(KNOWN)
