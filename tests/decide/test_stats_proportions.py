"""Intervals for shares, equal to the published ones and honest at the ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hayai.decide.stats.proportions import clopper_pearson, paired_difference, wilson

counts = st.integers(0, 200)


@st.composite
def k_of_n(draw: st.DrawFn) -> tuple[int, int]:
    """A number of cases and how many of them had it."""
    n = draw(st.integers(1, 2000))
    return draw(st.integers(0, n)), n


@given(k_of_n(), st.floats(0.5, 0.999))
def test_both_intervals_are_scipys(case: tuple[int, int], confidence: float) -> None:
    """Wilson without correction, and the exact one."""
    k, n = case
    result = stats.binomtest(k, n)
    by_score, by_count = result.proportion_ci(confidence, "wilson"), result.proportion_ci(confidence, "exact")
    for mine, theirs in ((wilson(k, n, confidence), by_score), (clopper_pearson(k, n, confidence), by_count)):
        assert mine == pytest.approx((theirs.low, theirs.high), rel=1e-8, abs=1e-12)


@given(k_of_n())
def test_the_ends_stay_in_range_and_mirror(case: tuple[int, int]) -> None:
    """0 <= low <= k/n <= high <= 1, exactly 0 and 1 where nothing or everything had it; failures mirror successes."""
    k, n = case
    for interval in (wilson, clopper_pearson):
        found, mirrored = interval(k, n), interval(n - k, n)
        assert found is not None
        assert mirrored is not None
        low, high = found
        assert 0 <= low <= k / n + 1e-12
        assert k / n - 1e-12 <= high <= 1
        assert (low == 0) == (k == 0)
        assert (high == 1) == (k == n)
        assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx(found, abs=1e-12)


@pytest.mark.parametrize(("k", "expected"), [(10, 0.259), (59, 0.05), (1, 0.95)])
def test_none_seen_bounds_the_share(k: int, expected: float) -> None:
    """None of 10 leaves up to 25.9 percent possible, none of 59 up to 5."""
    found = clopper_pearson(0, k, 0.9)
    assert found is not None
    assert found[0] == 0
    assert round(found[1], 3) == expected
    assert found[1] == pytest.approx(1 - 0.05 ** (1 / k), rel=1e-12)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        # Worked examples of textbooks, in the order both, only A, only B, neither (there given as first minus second, here B minus A).
        ((36, 2, 12, 0), (0.20, 0.0569, 0.3404)),
        ((14, 0, 5, 22), (0.1220, 0.0115, 0.2265)),
        ((1, 7, 1, 12), (-0.2857, -0.5069, -0.0256)),
    ],
)
def test_known_paired_differences(table: tuple[int, int, int, int], expected: tuple[float, float, float]) -> None:
    """Newcombe's method 10."""
    found = paired_difference(*table)
    assert found is not None
    assert tuple(round(value, 4) for value in found) == expected


@given(counts, counts, counts, counts)
def test_swapping_the_targets_mirrors_the_difference(both: int, only_a: int, only_b: int, neither: int) -> None:
    """Same length, other sign; within -1 and 1; the estimate inside."""
    found, swapped = paired_difference(both, only_a, only_b, neither), paired_difference(both, only_b, only_a, neither)
    if both + only_a + only_b + neither == 0:
        assert found is None
        return
    assert found is not None
    assert swapped is not None
    assert (-swapped.estimate, -swapped.high, -swapped.low) == pytest.approx(tuple(found), abs=1e-12)
    assert -1 <= found.low <= found.estimate + 1e-12
    assert found.estimate - 1e-12 <= found.high <= 1


def test_failing_on_the_same_prompts_narrows_the_difference() -> None:
    """The same two rates, once on the same prompts and once on different ones: pairing is information."""
    together, apart = paired_difference(20, 0, 2, 78), paired_difference(2, 18, 20, 60)
    assert together is not None
    assert apart is not None
    assert together.estimate == apart.estimate == 0.02
    assert together.high - together.low < (apart.high - apart.low) / 2


def test_no_failures_at_all_leave_a_doubt() -> None:
    """Nothing failed in 5 pairs: no difference seen, and far from proof of none."""
    found = paired_difference(0, 0, 0, 5)
    assert found is not None
    assert found.estimate == 0
    assert found.high == -found.low == pytest.approx(0.4345, abs=1e-4)


def test_no_cases_have_no_share() -> None:
    """Nothing is not zero."""
    assert wilson(0, 0) is None
    assert clopper_pearson(0, 0) is None
    assert paired_difference(0, 0, 0, 0) is None


def test_impossible_counts_are_refused() -> None:
    """More than all, fewer than none."""
    for refused in (
        lambda: wilson(3, 2),
        lambda: clopper_pearson(-1, 2),
        lambda: paired_difference(-1, 1, 1, 1),
    ):
        with pytest.raises(ValueError, match="no share"):
            refused()
    for confidence in (0.0, 1.0, 95.0):
        with pytest.raises(ValueError, match="between 0 and 1"):
            wilson(1, 2, confidence)
