"""The description of a run: the published comparison's own numbers come out, and nothing is made up."""

from __future__ import annotations

import csv
from typing import Any

import numpy as np
import pytest

from hayai.ask.plan import Plan
from hayai.decide.describe import describe
from hayai.decide.findings import Comparison, Difference, Findings, Spread, TargetSummary
from hayai.decide.metric_table import MetricTable
from hayai.decide.metrics import METRICS
from hayai.decide.summary import spread
from hayai.keep.records import ConnectionFacts, RequestRecord, Usage
from tests.decide.made import (
    MS,
    PUBLISHED_CSV,
    WALL,
    S,
    a_failure,
    a_plan,
    a_prompt,
    a_record,
    a_target,
    lively,
    published,
    published_regions,
)

STANDARD, OPTIMIZED, OLD = "claude-3-5-haiku", "claude-3-5-haiku-optimized", "claude-3-haiku"


def described(plan: Plan, records: tuple[RequestRecord, ...], **more: Any) -> Findings:
    """Findings of a run that ended by itself."""
    facts: dict[str, Any] = {"regions": {}, "interrupted": False, "ended_reason": "cycles"}
    return describe(plan, records, **(facts | more))


def of_published(baseline: str = STANDARD) -> Findings:
    """Findings of the published comparison."""
    return described(*published(), regions=published_regions(), baseline=baseline)


def comparison(findings: Findings, target: str) -> Comparison:
    """`target` against the baseline."""
    return next(c for c in findings.comparisons if c.target == target)


def target(findings: Findings, name: str) -> TargetSummary:
    """The summary of a target."""
    return next(t for t in findings.targets if t.name == name)


# The published comparison


def test_the_published_improvements_come_out() -> None:
    """Time saved per prompt, as its table prints it."""
    with PUBLISHED_CSV.open(encoding="utf-8", newline="") as lines:
        printed = {
            r["prompt_id"]: float(r["published_improvement_pct"])
            for r in csv.DictReader(lines)
            if r["published_improvement_pct"]
        }
    cells = {row.prompt: row.cells[2] for row in of_published().prompts}
    assert len(printed) == 10
    for prompt, percent in printed.items():
        gain = cells[prompt].gain
        assert gain is not None
        assert gain.time_saved_ratio * 100 == pytest.approx(percent, abs=0.051)
        assert gain.times_as_fast == pytest.approx(1 / (1 - gain.time_saved_ratio))


def test_the_published_speeds_and_regions_come_out() -> None:
    """Tokens per second and serving region of all thirty cells."""
    with PUBLISHED_CSV.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    cells = {(c.prompt, c.target): c for row in of_published().prompts for c in row.cells}
    for row in rows:
        cell = cells[row["prompt_id"], row["target"]]
        assert cell.medians["e2e_tokens_per_s"] == pytest.approx(float(row["published_tokens_per_s"]), abs=0.01)
        assert [(c.region, c.count) for c in cell.regions] == [(row["serving_region"], 1)]


@pytest.mark.parametrize(
    ("baseline", "against", "saved", "fast"),
    [
        (STANDARD, OPTIMIZED, {"geometric": 32.08, "mean": 31.3610, "median": 33.9569, "totals": 32.5410, "lowest": 6.06}, 1.4724),
        (OLD, STANDARD, {"geometric": -88.21, "mean": -109.3158, "totals": -107.8244}, 0.5313),
        (OLD, OPTIMIZED, {"geometric": -27.82, "mean": -39.2876, "totals": -40.1962}, 0.7823),
    ],
)  # fmt: skip
def test_each_average_of_the_published_times(baseline: str, against: str, saved: dict[str, float], fast: float) -> None:
    """The re-analysis' numbers: four averages of the same ten prompts, each under its name."""
    gains = comparison(of_published(baseline), against).gains
    told = {str(name): gain.time_saved_ratio * 100 for name, gain in gains.items()}
    for name, percent in saved.items():
        assert told[name] == pytest.approx(percent, abs=0.006)
    assert gains["geometric"].times_as_fast == pytest.approx(fast, abs=5e-5)


def test_the_ratio_of_totals_is_a_ratio_of_totals() -> None:
    """1.4824 times as fast over the whole workload."""
    assert comparison(of_published(), OPTIMIZED).gains["totals"].times_as_fast == pytest.approx(1.4824, abs=5e-5)


def test_the_largest_gain_is_the_best_prompt() -> None:
    """42.46 percent on one prompt, which is 1.74 times as fast there."""
    best = comparison(of_published(), OPTIMIZED).gains["highest"]
    assert best.time_saved_ratio * 100 == pytest.approx(42.46, abs=0.006)
    assert best.times_as_fast == pytest.approx(1 / (1 - best.time_saved_ratio))


@pytest.mark.parametrize(
    ("name", "mean", "totals", "geometric", "seconds"),
    [
        (OLD, 83.0470, 81.4317, 81.1384, 8.563),
        (STANDARD, 54.7521, 57.3556, 54.2055, 17.796),
        (OPTIMIZED, 87.7389, 88.5381, 86.5786, 12.005),
    ],
)
def test_tokens_per_second_three_ways(name: str, mean: float, totals: float, geometric: float, seconds: float) -> None:
    """The published 83 / 55 / 88 are means of the prompts' values; the other two averages differ, and say so."""
    found = target(of_published(), name)
    assert found.tokens_per_s == pytest.approx({"mean": mean, "totals": totals, "geometric": geometric}, abs=5e-5)
    assert found.time_mean_ns == pytest.approx(seconds * S, abs=5e5 + 1)


def test_the_published_claim_in_one_unit() -> None:
    """59.7 percent more tokens per second, from answers 8.5 percent longer."""
    ratios = comparison(of_published(), OPTIMIZED).ratios
    assert ratios["e2e_tokens_per_s"].averages["geometric"] == pytest.approx(1.5972, abs=5e-5)
    assert ratios["output_tokens"].averages["geometric"] == pytest.approx(1.0848, abs=5e-5)
    assert ratios["ttft"].averages == {}


def test_a_category_agrees_with_itself() -> None:
    """The gain of a category is the ratio of the two times that stand beside it."""
    cells = {(c.category, c.target): c for c in of_published().categories}
    assert len(cells) == 15
    for category in ("code", "reasoning", "writing", "multilingual", "explanation"):
        base, other = cells[category, STANDARD], cells[category, OPTIMIZED]
        assert base.gain is None
        assert other.gain is not None
        time, before = other.geometric_means["e2e"], base.geometric_means["e2e"]
        assert time is not None
        assert before is not None
        assert other.gain.times_as_fast == pytest.approx(before / time)
        assert (base.prompts, other.prompts) == (2, 2)


# Differences and repeats


def two(a_ms: list[int | None], b_ms: list[int | None]) -> Findings:
    """Two targets on one prompt; None: that repeat was throttled."""
    records: list[RequestRecord] = []
    for name, times in (("a", a_ms), ("b", b_ms)):
        for cycle, ms in enumerate(times):
            records.append(
                a_failure(name, cycle=cycle) if ms is None else a_record(name, cycle=cycle, last_at_ns=10 * S + ms * MS)
            )
    return described(a_plan((a_target("a"), a_target("b")), (a_prompt("p"),)), tuple(records))


def test_a_difference_is_first_minus_second_with_its_sign() -> None:
    """All pairs, each prompt, and last the mean."""
    found = two([3000, 3000], [1000, 1000])
    expected = 2000 * MS
    assert found.differences == (
        Difference(prompt="p", first="a", second="b", difference_ns=expected),
        Difference(prompt=None, first="a", second="b", difference_ns=expected),
    )


def test_all_pairs_of_targets_are_told_once() -> None:
    """Three targets: three pairs, the earlier target first."""
    pairs = list(dict.fromkeys((d.first, d.second) for d in of_published().differences))
    assert pairs == [(OLD, STANDARD), (OLD, OPTIMIZED), (STANDARD, OPTIMIZED)]
    assert len(of_published().differences) == 33


def test_over_repeats_the_median_counts() -> None:
    """One slow repeat does not move the cell."""
    cell = two([1000, 1000, 9000], [500, 500, 500]).prompts[0].cells[0]
    assert cell.medians["e2e"] == 1000 * MS


def test_a_failure_is_counted_and_never_a_time() -> None:
    """The median is over what was answered; how many that were is told; the error rate is right."""
    findings = two([1000, None, 3000], [500, 500, 500])
    cell = findings.prompts[0].cells[0]
    assert (cell.requests, cell.answered, cell.medians["e2e"]) == (3, 2, 2000 * MS)
    assert [(f.target, f.outcome, f.count) for f in findings.failures] == [("a", "throttled", 1)]
    assert findings.counts.paired - findings.counts.answered == 1


def test_when_all_failed_nothing_is_known() -> None:
    """No time is 0, no gain is made up."""
    findings = two([None, None], [500, 500])
    told = {name for name, median in findings.prompts[0].cells[0].medians.items() if median is not None}
    assert told == {"lateness"}
    assert findings.prompts[0].cells[1].gain is None
    assert comparison(findings, "b").gains == {}
    assert findings.differences == ()
    assert findings.failures[0].count == 2


def test_a_torn_round_is_counted_apart() -> None:
    """Its time enters no median, and the counts add up to the journal."""
    findings = two([1000, 9000], [500])
    assert findings.prompts[0].cells[0].medians["e2e"] == 1000 * MS
    counts = findings.counts
    assert (counts.paired, counts.unpaired, counts.retried, counts.warmup) == (2, 1, 0, 0)
    assert [row.standing for row in findings.requests] == ["paired", "unpaired", "paired"]


def test_regions_are_counted_over_repeats_and_unknown_stays_unknown() -> None:
    """Most frequent first, unknown last."""
    records = tuple(a_record(cycle=c, id=f"a1-{c}", request_id=f"r{c}") for c in range(4))
    findings = described(
        a_plan((a_target("a"),), (a_prompt("p"),)),
        records,
        regions={"r0": "eu-west-1", "r1": "us-east-1", "r2": "us-east-1"},
    )
    assert [(c.region, c.count) for c in findings.prompts[0].cells[0].regions] == [
        ("us-east-1", 2),
        ("eu-west-1", 1),
        (None, 1),
    ]


def test_served_is_kept_beside_requested() -> None:
    """The fallback of the lively run stays with the target that asked, in the open."""
    served = target(described(*lively()), OPTIMIZED).served
    assert [(s.requested, s.served, s.count) for s in served] == [
        ("optimized", "optimized", 19),
        ("optimized", "standard", 1),
    ]


def test_the_first_target_is_the_baseline_unless_another_is_named() -> None:
    """By default the plan's order decides."""
    assert [t.is_baseline for t in described(*published()).targets] == [True, False, False]
    assert [t.is_baseline for t in of_published(OPTIMIZED).targets] == [False, False, True]
    assert [c.target for c in of_published(OPTIMIZED).comparisons] == [OLD, STANDARD]


def test_a_baseline_that_is_no_target_is_refused() -> None:
    """A slip of our own, told at once."""
    with pytest.raises(ValueError, match="no target is called"):
        of_published("claude-9")


def test_an_empty_run_is_described_as_empty() -> None:
    """Nothing measured: no number anywhere, no exception."""
    plan, _ = published()
    findings = described(plan, (), interrupted=True, ended_reason=None)
    assert findings.counts.paired == findings.run.cycles == 0
    assert findings.comparisons[0].prompts == 0
    assert findings.run.duration_ns is None


@pytest.mark.parametrize("step", [-3600 * S, 0, 3600 * S])
def test_setting_the_wall_clock_changes_no_duration(step: int) -> None:
    """From the first request to the end of the last, 12.01 s, though the clock was set in between."""
    later = a_record(cycle=1, sent_at_ns=20 * S, sent_wall_ns=WALL + 20 * S + step, ended_at_ns=22 * S + 10 * MS)
    assert described(a_plan((a_target("a"),), (a_prompt("p"),)), (a_record(), later)).run.duration_ns == 12_010 * MS


def test_sessions_have_clocks_of_their_own_and_add_up() -> None:
    """The machine was started anew in between, a day later: two sessions of two seconds."""
    later = a_record(id="a2-1", cycle=1, sent_at_ns=S, sent_wall_ns=WALL + 86_400 * S, ended_at_ns=3 * S)
    assert described(a_plan((a_target("a"),), (a_prompt("p"),)), (a_record(), later)).run.duration_ns == 4_010 * MS


def test_connection_phases_are_known_from_the_warm_up() -> None:
    """Connections open before the sample; their phases are told, the warm-up's times are not."""
    opened = ConnectionFacts(id=1, use=1, opened_at_ns=0, dns_ns=MS, tcp_ns=2 * MS, tls_ns=3 * MS)
    warm = a_record(phase="warmup", id="w", connection=opened, last_at_ns=99 * S)
    spreads = described(a_plan((a_target("a"),), (a_prompt("p"),)), (warm, a_record())).targets[0].spreads
    assert [spreads[name].median for name in ("dns", "tcp", "tls")] == [MS, 2 * MS, 3 * MS]
    assert [spreads[name].known for name in ("tcp", "e2e")] == [1, 1]
    assert spreads["tcp"].missing == 0


# Averages


def test_a_target_that_failed_on_the_long_prompt_does_not_look_fast_for_it() -> None:
    """Averages that stand beside each other are over the prompts that all answered; a target that never answered takes none away."""
    plan = a_plan((a_target("a"), a_target("b"), a_target("c")), (a_prompt("short"), a_prompt("long")))
    records = (
        a_record("a", "short"),
        a_record("b", "short"),
        a_failure("c", "short"),
        a_record("a", "long", last_at_ns=100 * S),
        a_failure("b", "long"),
        a_failure("c", "long"),
    )
    a, b, c = described(plan, records).targets
    assert a.time_mean_ns == b.time_mean_ns == 2 * S
    assert a.tokens_per_s == b.tokens_per_s
    assert (a.averaged_prompts, b.averaged_prompts) == (1, 1)
    assert (c.time_mean_ns, c.tokens_per_s) == (None, {})


# Spreads


def spread_of(name: str, *records: RequestRecord) -> Spread:
    """How a metric lay over all of these."""
    return spread(METRICS[name], MetricTable(records), np.arange(len(records)))


def test_a_percentile_needs_five_values_beyond_it() -> None:
    """99 values cannot tell a 95th percentile, 100 can, and both can tell their largest."""

    def of(count: int) -> Spread:
        return spread_of("e2e", *(a_record(id=str(n), last_at_ns=10 * S + (n + 1) * MS) for n in range(count)))

    few, many = of(99), of(100)
    assert (few.p90 is None, few.p95, few.highest) == (False, None, 99 * MS)
    assert many.p95 == pytest.approx(95.05 * MS)
    assert many.p99 is None


def test_what_is_missing_is_counted() -> None:
    """Two of three answers without usage."""
    found = spread_of(
        "output_tokens", a_record(id="1"), a_record(id="2", usage=Usage()), a_record(id="3", usage=Usage())
    )
    assert (found.known, found.missing, found.median) == (1, 2, 101)
