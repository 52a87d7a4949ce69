"""The published comparison of three targets on ten prompts, re-analysed from its own table: every number to the digits given.

Reference values were computed once with numpy and scipy, independently of this code.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hayai.decide.stats.averages import geometric_mean, mean, mean_of_ratios, median, ratio_of_totals
from hayai.decide.stats.proportions import clopper_pearson
from hayai.decide.stats.ranks import hodges_lehmann, sign_flip_p, wilcoxon_p
from hayai.decide.stats.regression import Line, ordinary_fit, relative_fit
from hayai.decide.stats.student import MeanInterval, around, t_interval, two_sided_p

TABLE = Path(__file__).parent.parent / "data" / "published_measurements.csv"
HAIKU_3, STANDARD, OPTIMIZED = "claude-3-haiku", "claude-3-5-haiku", "claude-3-5-haiku-optimized"
COMPARISONS = [(STANDARD, OPTIMIZED), (HAIKU_3, STANDARD), (HAIKU_3, OPTIMIZED)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One target's ten answers, in the order of the prompts: seconds and output tokens."""

    seconds: NDArray[np.float64]
    tokens: NDArray[np.float64]


def read_table() -> dict[str, Column]:
    """The published table, by target; every target answers the same prompts in the same order."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    orders = {
        tuple(row["prompt_id"] for row in rows if row["target"] == target) for target in (HAIKU_3, STANDARD, OPTIMIZED)
    }
    assert len(orders) == 1
    return {
        target: Column(
            seconds=np.array([float(row["response_time_s"]) for row in rows if row["target"] == target]),
            tokens=np.array([float(row["output_tokens"]) for row in rows if row["target"] == target]),
        )
        for target in (HAIKU_3, STANDARD, OPTIMIZED)
    }


COLUMNS = read_table()


def log_ratio(a: str, b: str, of: str) -> NDArray[np.float64]:
    """log(B/A) per prompt, of "seconds", "tokens" or "seconds per token"."""
    one, two = COLUMNS[a], COLUMNS[b]
    seconds, tokens = np.log(two.seconds / one.seconds), np.log(two.tokens / one.tokens)
    return np.asarray({"seconds": seconds, "tokens": tokens, "seconds per token": seconds - tokens}[of])


def t_of(values: NDArray[np.float64]) -> MeanInterval:
    """Student's interval, which ten values have."""
    found = t_interval(values)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("pair", "of", "expected"),
    [
        # mean, standard deviation, low, high, t, p, Wilcoxon's p
        (
            0,
            "seconds",
            (
                -0.38690473085453647,
                0.15014420012064114,
                -0.4943114213022786,
                -0.2794980404067943,
                -8.148834160837884,
                1.9097969896193755e-05,
                0.001953125,
            ),
        ),
        (
            0,
            "tokens",
            (
                0.08136529106553334,
                0.15662056731842788,
                -0.030674313382747426,
                0.1934048955138141,
                1.6428215441622918,
                0.1348345830366027,
                0.130859375,
            ),
        ),
        (
            0,
            "seconds per token",
            (
                -0.4682700219200697,
                0.11950211757170297,
                -0.5537566870031058,
                -0.3827833568370337,
                -12.391410791159352,
                5.855232048270187e-07,
                0.001953125,
            ),
        ),
        (
            1,
            "seconds",
            (
                0.6323786226649254,
                0.5012068728507724,
                0.27383682485116456,
                0.9909204204786862,
                3.98988301945481,
                0.0031582896428045426,
                0.009765625,
            ),
        ),
        (
            1,
            "tokens",
            (
                0.22900474858016712,
                0.4819073125931285,
                -0.11573097552109124,
                0.5737404726814255,
                1.5027300511601842,
                0.16715765956556577,
                0.232421875,
            ),
        ),
        (
            1,
            "seconds per token",
            (
                0.4033738740847582,
                0.1770555836481794,
                0.2767159395813664,
                0.53003180858815,
                7.20440533097483,
                5.059034205121957e-05,
                0.001953125,
            ),
        ),
        (
            2,
            "seconds",
            (
                0.24547389181038898,
                0.43214619482531597,
                -0.0636648730468451,
                0.554612656667623,
                1.7962824005435583,
                0.1060124793777605,
                0.083984375,
            ),
        ),
        (
            2,
            "tokens",
            (
                0.3103700396457005,
                0.4231093845461975,
                0.007695819429580475,
                0.6130442598618204,
                2.319674955472441,
                0.04551001873179999,
                0.048828125,
            ),
        ),
        (
            2,
            "seconds per token",
            (
                -0.06489614783531153,
                0.23759949688501578,
                -0.23486458878716301,
                0.10507229311653996,
                -0.863720846302568,
                0.4101686501769372,
                0.431640625,
            ),
        ),
    ],
)
def test_log_ratios(pair: int, of: str, expected: tuple[float, ...]) -> None:
    """Mean, spread, t interval, t, its p and the signed-rank p, for time, verbosity and time per token."""
    values = log_ratio(*COMPARISONS[pair], of)
    found = t_of(values)
    t = found.mean / found.se
    seen = (
        found.mean,
        found.se * math.sqrt(10),
        found.low,
        found.high,
        t,
        two_sided_p(t, found.df),
        wilcoxon_p(values),
    )
    assert seen == pytest.approx(expected, rel=1e-10)
    assert found.df == 9


@pytest.mark.parametrize(
    ("pair", "of", "digits", "expected"),
    [
        (0, "seconds", 4, (1.4724, 1.3225, 1.6394)),
        (1, "seconds", 4, (0.5313, 0.3712, 0.7605)),
        (2, "seconds", 4, (0.7823, 0.5743, 1.0657)),
        (0, "seconds per token", 4, (1.5972, 1.4664, 1.7398)),
        (1, "seconds per token", 4, (0.6681, 0.5886, 0.7583)),
        (2, "seconds per token", 4, (1.0670, 0.9003, 1.2647)),
    ],
)
def test_speed_ups(pair: int, of: str, digits: int, expected: tuple[float, ...]) -> None:
    """Times as fast, end to end and per token, with the interval of each."""
    found = t_of(log_ratio(*COMPARISONS[pair], of))
    assert tuple(round(math.exp(-value), digits) for value in (found.mean, found.high, found.low)) == expected


@pytest.mark.parametrize(
    ("pair", "expected"), [(0, (32.08, 24.38, 39.00)), (1, (-88.21, None, None)), (2, (-27.82, -74.13, 6.17))]
)
def test_time_reduction(pair: int, expected: tuple[float | None, ...]) -> None:
    """The same effect as time saved, in percent."""
    found = t_of(log_ratio(*COMPARISONS[pair], "seconds"))
    saved = [round(100 * (1 - math.exp(value)), 2) for value in (found.mean, found.high, found.low)]
    assert all(given in {None, seen} for given, seen in zip(expected, saved, strict=True))


@pytest.mark.parametrize(
    ("pair", "expected"), [(0, (1.0848, 0.9698, 1.2134)), (1, (1.2573, 0.8907, 1.7749)), (2, (1.3639, 1.0077, 1.8460))]
)
def test_verbosity(pair: int, expected: tuple[float, ...]) -> None:
    """How many times as many tokens B writes."""
    found = t_of(log_ratio(*COMPARISONS[pair], "tokens"))
    assert tuple(round(math.exp(value), 4) for value in (found.mean, found.low, found.high)) == expected


@pytest.mark.parametrize(("pair", "expected"), [(0, 0.001953), (1, 0.007812), (2, 0.103516)])
def test_exact_sign_flips(pair: int, expected: float) -> None:
    """The mean's own p, by all 1,024 signs."""
    p = sign_flip_p(log_ratio(*COMPARISONS[pair], "seconds"))
    assert p is not None
    # 8 / 1024 is 0.0078125: given with its last digit cut.
    assert p == pytest.approx(expected, abs=5.1e-7)
    assert p * 1024 == round(p * 1024)


@pytest.mark.parametrize(
    ("pair", "line", "at_equal_length"),
    [
        (
            0,
            (-0.44129065138723966, 0.04115772001266733, 0.6684167145533786, 0.24295771533813243),
            (1.5547, 1.4139, 1.7095),
        ),
        (
            1,
            (0.4094753226705827, 0.06624515574064638, 0.9733566721928096, 0.12955559564604532),
            (0.6640, 0.5699, 0.7736),
        ),
        (
            2,
            (-0.02265905706683561, 0.09773521722633076, 0.8639137630143322, 0.1926218340315598),
            (1.0229, 0.8165, 1.2815),
        ),
    ],
)
def test_covariance_analysis(pair: int, line: tuple[float, ...], at_equal_length: tuple[float, ...]) -> None:
    """The effect at equal length, and how much of the time scales with length."""
    a, b = COMPARISONS[pair]
    found = ordinary_fit(log_ratio(a, b, "tokens"), log_ratio(a, b, "seconds"))
    assert found is not None
    assert (found.intercept, found.intercept_se, found.slope, found.slope_se) == pytest.approx(line, rel=1e-10)
    low, high = around(found.intercept, found.intercept_se, found.df)
    assert tuple(round(math.exp(-value), 4) for value in (found.intercept, high, low)) == at_equal_length


def fitted(target: str) -> tuple[Line, Line]:
    """Seconds on tokens, ordinary and with relative weights."""
    plain = ordinary_fit(COLUMNS[target].tokens, COLUMNS[target].seconds)
    weighted = relative_fit(COLUMNS[target].tokens, COLUMNS[target].seconds)
    assert plain is not None
    assert weighted is not None
    return plain, weighted


@pytest.mark.parametrize(
    ("target", "plain", "weighted"),
    [
        # intercept and its error in seconds, slope and its error in seconds per token, R squared
        (
            HAIKU_3,
            (3.827200157407545, 2.209467535813435, 0.0067916246129247895, 0.003058903387105787, 0.38126694666884187),
            (3.0357535975162735, 2.1896588525413616, 0.007952106849824139, 0.0033135603074353048, 0.3700618938987088),
        ),
        (
            STANDARD,
            (3.4099559039224223, 0.9110451342204241, 0.014094292246573511, 0.0007676052877521916, 0.9768210182525902),
            (2.367302176121738, 0.7502152879747512, 0.015239855874406355, 0.0011275678501766221, 0.9701530110566354),
        ),
        (
            OPTIMIZED,
            (0.1591782263815595, 1.2714333637776065, 0.011144813033792868, 0.0010632266980551118, 0.9321307580611288),
            (1.7355883146594793, 0.7592077269327985, 0.009485746408052768, 0.0010053854927442733, 0.9105999792325656),
        ),
    ],
)
def test_time_against_length(target: str, plain: tuple[float, ...], weighted: tuple[float, ...]) -> None:
    """Start and time per token by both fits, with their errors."""
    for line, expected in zip(fitted(target), (plain, weighted), strict=True):
        seen = (line.intercept, line.intercept_se, line.slope, line.slope_se, line.r_squared)
        assert seen == pytest.approx(expected, rel=1e-10)
        assert line.df == 8


@pytest.mark.parametrize(
    ("target", "start", "milliseconds_per_token"),
    [
        (HAIKU_3, (3.036, -2.01, 8.09), (7.952, 0.31, 15.6)),
        (STANDARD, (2.367, 0.64, 4.10), (15.240, 12.64, 17.84)),
        (OPTIMIZED, (1.736, -0.02, 3.49), (9.486, 7.17, 11.80)),
    ],
)
def test_what_the_fit_knows_of_the_start(
    target: str, start: tuple[float, float, float], milliseconds_per_token: tuple[float, float, float]
) -> None:
    """Intervals so wide that no time to first token can be stated from this table."""
    _, line = fitted(target)
    low, high = around(line.intercept, line.intercept_se, line.df)
    assert (round(line.intercept, 3), round(low, 2), round(high, 2)) == start
    low, high = (1000 * edge for edge in around(line.slope, line.slope_se, line.df))
    assert round(1000 * line.slope, 3) == milliseconds_per_token[0]
    assert (low, high) == pytest.approx(milliseconds_per_token[1:], abs=0.0501 if target == HAIKU_3 else 0.00501)


def test_speed_by_the_fit_and_at_a_thousand_tokens() -> None:
    """65.6 and 105.4 tokens per second; at 1,000 tokens 1.549 times as fast by the plain fit and 1.569 by the weighted."""
    (plain_a, weighted_a), (plain_b, weighted_b) = fitted(STANDARD), fitted(OPTIMIZED)
    assert round(1 / weighted_a.slope, 1) == 65.6
    assert round(1 / weighted_b.slope, 1) == 105.4

    def at_thousand(a: Line, b: Line) -> float:
        return (a.intercept + 1000 * a.slope) / (b.intercept + 1000 * b.slope)

    assert round(at_thousand(plain_a, plain_b), 3) == 1.549
    assert round(at_thousand(weighted_a, weighted_b), 3) == 1.569


@pytest.mark.parametrize(
    ("pair", "expected"),
    [(0, (0.6696, 0.6101, 0.7564)), (1, (1.9422, 1.3002, 2.7239)), (2, (1.2976, 0.9103, 1.7620))],
)
def test_hodges_lehmann(pair: int, expected: tuple[float, ...]) -> None:
    """The centre that no outlier bends, as a ratio of times, with the exact interval."""
    found = hodges_lehmann(log_ratio(*COMPARISONS[pair], "seconds"))
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert tuple(round(math.exp(value), 4) for value in (found.estimate, found.low, found.high)) == expected


def improvements(pair: int) -> list[float]:
    """Time saved per prompt, in percent."""
    a, b = COMPARISONS[pair]
    return [100 * value for value in (1 - COLUMNS[b].seconds / COLUMNS[a].seconds)]


@pytest.mark.parametrize(("pair", "expected"), [(0, 31.3610), (1, -109.3158), (2, -39.2876)])
def test_mean_improvement(pair: int, expected: float) -> None:
    """The published way of averaging, reproduced."""
    found = mean(improvements(pair))
    assert found is not None
    assert round(found, 4) == expected


def test_improvement_per_prompt() -> None:
    """The published column, its middle and its ends; the best saves 42 percent, none saves 60."""
    values = improvements(0)
    middle = median(values)
    assert middle is not None
    assert [round(value, 2) for value in values] == [
        39.20,
        22.09,
        30.32,
        37.19,
        32.61,
        6.06,
        42.46,
        26.58,
        35.30,
        41.79,
    ]
    assert (round(middle, 4), round(min(values), 2), round(max(values), 2)) == (33.9569, 6.06, 42.46)
    reach = clopper_pearson(0, 10, 0.9)
    assert reach is not None
    assert round(100 * reach[1], 1) == 25.9


def test_half_of_the_prompts_gain_more_than_sixty_percent_speed() -> None:
    """In tokens per second five of ten prompts exceed a gain of 60 percent."""
    assert sum(np.exp(-log_ratio(STANDARD, OPTIMIZED, "seconds per token")) > 1.6) == 5


@pytest.mark.parametrize(("pair", "expected"), [(0, 32.5410), (1, -107.8244), (2, -40.1962)])
def test_ratio_of_totals(pair: int, expected: float) -> None:
    """Time saved over the whole workload, in percent."""
    a, b = COMPARISONS[pair]
    found = ratio_of_totals(list(zip(COLUMNS[b].seconds.tolist(), COLUMNS[a].seconds.tolist(), strict=True)))
    assert found is not None
    assert round(100 * (1 - found), 4) == expected
    if pair == 0:
        assert round(1 / found, 4) == 1.4824


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (HAIKU_3, (83.0470, 81.4317, 81.1384, 8.563)),
        (STANDARD, (54.7521, 57.3556, 54.2055, 17.796)),
        (OPTIMIZED, (87.7389, 88.5381, 86.5786, 12.005)),
    ],
)
def test_tokens_per_second_by_three_averages(target: str, expected: tuple[float, ...]) -> None:
    """Mean of ratios (the published 83, 55 and 88), ratio of totals, geometric mean; and the mean seconds."""
    column = COLUMNS[target]
    pairs = list(zip(column.tokens.tolist(), column.seconds.tolist(), strict=True))
    averages = mean_of_ratios(pairs), ratio_of_totals(pairs), geometric_mean([n / s for n, s in pairs])
    assert [average is not None and round(average, 4) for average in averages] == list(expected[:3])
    seconds = mean(column.seconds.tolist())
    assert seconds is not None
    assert round(seconds, 3) == expected[3]


def test_leaving_one_prompt_out() -> None:
    """No single prompt carries the effect: 1.446 to 1.526 times as fast without any one of them."""
    values = log_ratio(STANDARD, OPTIMIZED, "seconds")
    without = [math.exp(-float(np.delete(values, place).mean())) for place in range(10)]
    assert (round(min(without), 3), round(max(without), 3)) == (1.446, 1.526)
