"""Does the Region explain the difference? Said only where rounds in one Region can tell, and rightly then."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from hayai.ask.plan import Rules
from hayai.decide.judgements import RegionFindings
from hayai.decide.sample import sample_of_run
from hayai.decide.stats.regression import fit_within
from hayai.decide.verdict.judge import judge
from hayai.decide.verdict.region_effects import region_findings
from tests.decide.rounds import ANYTIME, streams

EAST, WEST = "us-east-1", "us-west-2"
Where = Callable[[str, int, int], str | None]


def findings(ratio: float, where: Where, *, west_takes: float = 1.0, seed: int = 1) -> RegionFindings | None:
    """b takes `ratio` of a's time, and whatever runs in the west `west_takes` times as long; `where` says what runs there."""
    random = np.random.default_rng(seed)
    noise = np.exp(random.normal(0, 0.03, (12, 6)))
    factor = {EAST: 1.0, WEST: west_takes, None: 1.0}
    ratios = ratio * noise
    for cycle in range(12):
        for prompt in range(6):
            ratios[cycle, prompt] *= factor[where("b", cycle, prompt)] / factor[where("a", cycle, prompt)]
    plan, records = streams(ratios)
    sample = sample_of_run(plan, records)
    judged = judge(sample, ("a", "b"), Rules(), ANYTIME)
    regions = {one.id: where(one.target, one.cycle, int(one.prompt.removeprefix("p"))) for one in records}
    return region_findings(sample, regions, judged.verdicts, ANYTIME)


def half_each(target: str, cycle: int, prompt: int) -> str:
    """Both targets run here and there, independently."""
    return EAST if (cycle + prompt * (2 if target == "b" else 1)) % 2 else WEST


def test_one_region_is_nothing_to_split() -> None:
    """And neither are unknown ones."""
    assert findings(0.8, lambda *_: EAST) is None
    assert findings(0.8, lambda *_: None) is None


def test_a_difference_that_is_there_in_one_region_too() -> None:
    """Then the Region is not the reason."""
    found = findings(0.7, half_each)
    assert found is not None
    (same,) = found.same
    assert same.reading == "stays"
    assert same.estimate is not None
    assert same.estimate.ratio == pytest.approx(0.7, rel=0.03)
    assert 0 < same.pairs < same.all_pairs == 72


def test_a_difference_that_is_the_regions() -> None:
    """b mostly runs in the slow Region; where both run in one, nothing is left of the difference."""

    def mostly(target: str, cycle: int, prompt: int) -> str:
        return WEST if target == "b" and (cycle + prompt) % 3 else EAST

    found = findings(1.0, mostly, west_takes=1.5)
    assert found is not None
    (same,) = found.same
    assert same.reading == "goes"
    assert same.estimate is not None
    assert same.estimate.ratio == pytest.approx(1.0, rel=0.05)


def test_targets_that_never_ran_in_one_region_cannot_be_told_apart() -> None:
    """The published comparison was such a case."""
    found = findings(0.7, lambda target, *_: EAST if target == "a" else WEST)
    assert found is not None
    (same,) = found.same
    assert (same.reading, same.pairs, same.known, same.estimate) == ("apart", 0, 72, None)


def test_unknown_regions_are_no_pairs() -> None:
    """Counted apart, never guessed."""
    found = findings(0.7, lambda target, cycle, prompt: None if cycle < 11 else half_each(target, cycle, prompt))
    assert found is not None
    (same,) = found.same
    assert (same.known, same.all_pairs) == (6, 72)
    assert {cell.region for cell in found.cells if cell.target == "a"} == {EAST, WEST, None}
    assert sum(cell.answers for cell in found.cells if cell.target == "a") == 72


def test_what_a_region_costs_one_target() -> None:
    """Prompts are compared with themselves: that long prompts ran in the west must not look like a slow west."""

    def uneven(target: str, cycle: int, prompt: int) -> str:
        return WEST if target == "b" and (prompt > 2) != (cycle % 4 == 0) else EAST

    found = findings(1.0, uneven, west_takes=1.2)
    assert found is not None
    (shift,) = found.shifts
    assert (shift.target, {shift.usual, shift.region}) == ("b", {EAST, WEST})
    expected = 1.2 if shift.region == WEST else 1 / 1.2
    assert shift.effect.ratio == pytest.approx(expected, rel=0.03)
    low, high = shift.effect.interval.low, shift.effect.interval.high
    assert low is not None
    assert high is not None
    assert low < expected < high


def test_a_slope_within_groups() -> None:
    """Levels of groups do not count; without spread, degrees of freedom or noise there is none."""
    group = np.array([0, 0, 0, 1, 1, 1], dtype=np.intp)
    x = np.array([0.0, 1.0, 2.0, 10.0, 11.0, 12.0])
    y = np.array([5.0, 7.1, 8.9, -3.0, -0.9, 1.1])
    line = fit_within(x, y, group)
    assert line is not None
    assert line.df == 3
    assert line.slope == pytest.approx(2.0, abs=0.05)
    assert fit_within(group.astype(float), y, group) is None
    assert fit_within(x[:3], y[:3], np.array([0, 1, 2], dtype=np.intp)) is None
    assert fit_within(x, 2 * x, group) is None
    assert fit_within(x[:0], y[:0], group[:0]) is None
