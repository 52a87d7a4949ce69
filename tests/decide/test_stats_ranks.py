"""Tests by order and sign: exact against every case counted out, mirrored when the targets swap, silent when nothing was seen."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hayai.decide.stats.ranks import hodges_lehmann, sign_flip_p, spearman, wilcoxon_p

small = st.lists(st.integers(-6, 6).map(float), min_size=1, max_size=9)
distinct = st.lists(st.integers(-10_000, 10_000).filter(bool).map(float), min_size=1, max_size=40, unique_by=abs)


@given(distinct)
def test_the_signed_rank_test_is_scipys(differences: list[float]) -> None:
    """Exact, where no two differences are of one size."""
    theirs = float(stats.wilcoxon(differences, method="exact").pvalue)
    assert wilcoxon_p(differences) == pytest.approx(theirs, rel=1e-9)


@given(small)
def test_ties_and_zeros_are_counted_out(differences: list[float]) -> None:
    """The p of all signs that these very ranks could have had."""
    left = [value for value in differences if value]
    middle = stats.rankdata(np.abs(left)) if left else np.array([])
    observed = abs(float(np.sign(left) @ middle)) if left else 0.0
    reached = [
        abs(sum(s * r for s, r in zip(signs, middle, strict=True))) >= observed
        for signs in product((-1, 1), repeat=len(left))
    ]
    assert wilcoxon_p(differences) == pytest.approx(sum(reached) / len(reached), rel=1e-12)


@given(small)
def test_the_sign_flip_test_counts_every_sign(differences: list[float]) -> None:
    """The share of all 2**n sums at least as far from 0 as the observed one."""
    observed = abs(sum(differences))
    sums = [
        abs(sum(s * d for s, d in zip(signs, differences, strict=True)))
        for signs in product((-1, 1), repeat=len(differences))
    ]
    assert sign_flip_p(differences) == sum(value >= observed for value in sums) / len(sums)


def test_rounding_does_not_hide_an_equal_sum() -> None:
    """0.1 + 0.2 - 0.3 and 0.3 - 0.2 - 0.1 are the same distance from 0, and the smallest there is: p is 1."""
    assert sign_flip_p([0.1, 0.2, -0.3]) == 1.0


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=12))
def test_swapping_the_targets_changes_no_p_and_mirrors_the_centre(differences: list[float]) -> None:
    """A test takes no side."""
    mirrored = [-value for value in differences]
    assert wilcoxon_p(mirrored) == wilcoxon_p(differences)
    assert sign_flip_p(mirrored) == sign_flip_p(differences)
    centre, other = hodges_lehmann(differences), hodges_lehmann(mirrored)
    assert centre is not None
    assert other is not None
    assert other.estimate == pytest.approx(-centre.estimate, abs=1e-12)
    assert (centre.low is None) == (len(differences) < 6)
    if centre.low is not None and centre.high is not None:
        assert (other.low, other.high) == (-centre.high, -centre.low)
        assert centre.low <= centre.estimate <= centre.high


@given(st.lists(st.integers(-1000, 1000), min_size=6, max_size=14, unique=True))
def test_the_interval_holds_what_the_test_does_not_reject(numbers: list[int]) -> None:
    """Just inside an end the signed-rank p is above 5 percent, just outside it is not."""
    # Powers of a base keep pairwise averages apart, so that no two ranks tie.
    sample = np.array([math.copysign(abs(n) ** 1.0001 + n * 1e-7, n) for n in numbers])
    centre = hodges_lehmann(sample)
    assert centre is not None
    assert centre.low is not None
    assert centre.high is not None
    for edge, outwards in ((centre.low, -1.0), (centre.high, 1.0)):
        inside, outside = wilcoxon_p(sample - (edge - outwards * 1e-10)), wilcoxon_p(sample - (edge + outwards * 1e-10))
        assert inside is not None
        assert outside is not None
        assert inside > 0.05 - 1e-12
        assert outside <= inside
        assert outside <= 0.05 + 1e-12


def test_one_wild_value_does_not_move_the_centre() -> None:
    """The mean would be 100,000."""
    centre = hodges_lehmann([0.9, 1.0, 1.0, 1.1, 1.2, 0.8, 1.0, 1.0, 1.05, 1e6])
    assert centre is not None
    assert centre.estimate == pytest.approx(1.0, abs=0.06)


def test_an_interval_exactly_as_sure_as_asked_is_given() -> None:
    """The smallest and the largest of three enclose the centre in three cases of four: enough for 75 percent, not for 76."""
    assert hodges_lehmann([1.0, 2.0, 4.0], 0.75) == (2.25, 1.0, 4.0)
    assert hodges_lehmann([1.0, 2.0, 4.0], 0.76) == (2.25, None, None)


@pytest.mark.parametrize("shift", [0.0, 0.05, 0.15])
def test_many_differences_take_the_approximation(shift: float) -> None:
    """Just past the counted ones, the approximation agrees with counting, for the p and for the interval."""
    rng = np.random.Generator(np.random.PCG64(5))
    sample = rng.standard_normal(201) + shift
    assert wilcoxon_p(sample) == pytest.approx(float(stats.wilcoxon(sample, method="exact").pvalue), rel=0.003)
    beyond, counted = hodges_lehmann(sample), hodges_lehmann(sample[:200])
    assert beyond is not None
    assert counted is not None
    assert beyond.low is not None
    assert counted.low is not None
    assert beyond.low == pytest.approx(counted.low, abs=0.02)


pairs = st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=30).filter(
    lambda rows: len({x for x, _ in rows}) > 1 and len({y for _, y in rows}) > 1
)


@given(pairs)
def test_rank_correlation_is_scipys(rows: list[tuple[int, int]]) -> None:
    """rho always, and p where there are too many orders to count."""
    x, y = [float(one) for one, _ in rows], [float(two) for _, two in rows]
    found, theirs = spearman(x, y), stats.spearmanr(x, y)
    assert found is not None
    assert found.rho == pytest.approx(float(theirs.statistic), abs=1e-12)
    assert 0 < found.p <= 1
    if len(rows) > 8 and abs(found.rho) < 0.99:
        assert found.p == pytest.approx(float(theirs.pvalue), rel=1e-6, abs=2 / math.factorial(len(rows)))


@pytest.mark.parametrize(("n", "p"), [(3, 2 / 6), (5, 2 / 120), (8, 2 / 40320), (12, 2 / math.factorial(12))])
def test_a_perfect_order_is_as_rare_as_it_is(n: int, p: float) -> None:
    """Three in a row are chance in one case of three, never p = 0."""
    x = [float(i) for i in range(n)]
    found = spearman(x, [value**3 for value in x])
    assert found is not None
    assert found.rho == pytest.approx(1.0)
    assert found.p == pytest.approx(p, rel=1e-9)
    down = spearman(x, [-value for value in x])
    assert down is not None
    assert down.rho == pytest.approx(-1.0)


def test_nothing_seen_says_nothing() -> None:
    """No differences, no p; all zero, no evidence; too many to count, no pretence."""
    assert wilcoxon_p([]) is None
    assert sign_flip_p([]) is None
    assert hodges_lehmann([]) is None
    assert spearman([1.0, 2.0], [1.0, 2.0]) is None
    assert spearman([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]) is None
    assert wilcoxon_p([0.0] * 5) == 1.0
    assert sign_flip_p([0.0] * 5) == 1.0
    assert sign_flip_p([1.0] * 21) is None
    assert sign_flip_p([1.0] * 20) == 2 / 2**20
    assert hodges_lehmann([1.0] * 2001) is None


def test_equal_differences() -> None:
    """Ten times the same gain: as sure as ten signs can be, and a centre without width."""
    assert wilcoxon_p([0.3] * 10) == pytest.approx(2 / 1024)
    centre = hodges_lehmann([0.3] * 10)
    assert centre is not None
    assert tuple(centre) == (0.3, 0.3, 0.3)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_no_number_is_refused(bad: float) -> None:
    """A NaN has no rank."""
    for refused in (
        lambda: wilcoxon_p([1.0, bad]),
        lambda: sign_flip_p([1.0, bad]),
        lambda: hodges_lehmann([1.0, bad]),
        lambda: spearman([1.0, 2.0, bad], [1.0, 2.0, 3.0]),
    ):
        with pytest.raises(ValueError, match="finite"):
            refused()
