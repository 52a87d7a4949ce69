"""What does each target look like on its own? Spreads per metric, cells per prompt, regions, served modes, failures.

Only paired records are summarized: requests that were sent close in time to every other target. Only answers that ended well have times;
a failed request is an outcome and is counted as one, never averaged in and never dropped in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np

from hayai.ask.plan import Target
from hayai.decide.findings import AverageName, FailureCount, RegionCount, ServedCount, Spread, TargetSummary
from hayai.decide.metric_table import MetricTable, Rows
from hayai.decide.metrics import METRICS
from hayai.decide.metrics.metric import Metric
from hayai.decide.stats.averages import geometric_mean, mean, ratio_of_totals
from hayai.decide.stats.quantile import quantile_of_ordered
from hayai.keep.records import Outcome, RequestRecord

FEWEST_BEYOND = 5
"""A percentile is told only if at least this many values lie beyond it: with fewer, the sample percentile is little more than its largest
value and biased low."""

OPTIONS_SHOWN = (
    "base_url", "api", "stream", "latency", "tier", "region", "reasoning_effort", "max_tokens", "temperature", "top_p",
)  # fmt: skip
"""Options that tell targets apart in a legend. The rest (bodies, headers) may be long or private and stays in the manifest."""

Medians = Mapping[str, float | None]


def spread(metric: Metric, table: MetricTable, rows: Rows) -> Spread:
    """How `metric` lay over these rows."""
    ordered = np.sort(table.values(metric, rows))
    eligible = table.answered(rows) if metric.of_answers else rows

    def percentile(p: float) -> float | None:
        return quantile_of_ordered(ordered, p) if len(ordered) * (1 - p) >= FEWEST_BEYOND - 1e-9 else None

    return Spread(
        known=len(ordered),
        missing=0 if metric.of_connections else len(eligible) - table.telling(metric, eligible),
        median=quantile_of_ordered(ordered, 0.5),
        lowest=quantile_of_ordered(ordered, 0.0),
        highest=quantile_of_ordered(ordered, 1.0),
        p90=percentile(0.90),
        p95=percentile(0.95),
        p99=percentile(0.99),
    )


def medians(table: MetricTable, rows: Rows) -> dict[str, float | None]:
    """Metric name -> median over these rows, for every metric with one value per request."""
    return {name: quantile_of_ordered(known, 0.5) for name, known in table.ordered(rows).items()}


def region_counts(records: Iterable[RequestRecord], regions: Mapping[str, str | None]) -> tuple[RegionCount, ...]:
    """Regions of the answered requests, most frequent first; unknown last."""
    counted = Counter(regions[record.id] for record in records if record.outcome == "ok")
    ordered = sorted(counted.items(), key=lambda item: (item[0] is None, -item[1], item[0] or ""))
    return tuple(RegionCount(region=region, count=count) for region, count in ordered)


def served_counts(records: Iterable[RequestRecord]) -> tuple[ServedCount, ...]:
    """Requested against served mode of the answered requests; modes that were neither asked for nor told are left out."""
    counted: Counter[tuple[Literal["latency", "tier"], str | None, str | None]] = Counter()
    for record in records:
        if record.outcome != "ok":
            continue
        if record.requested_latency is not None or record.served_latency is not None:
            counted["latency", record.requested_latency, record.served_latency] += 1
        if record.requested_tier is not None or record.served_tier is not None:
            counted["tier", record.requested_tier, record.served_tier] += 1
    ordered = sorted(counted.items(), key=lambda item: (item[0][0], -item[1], item[0][1] or "", item[0][2] or ""))
    return tuple(ServedCount(what=what, requested=asked, served=got, count=n) for (what, asked, got), n in ordered)


def failure_counts(records: Iterable[RequestRecord], target_names: Sequence[str]) -> tuple[FailureCount, ...]:
    """Failed attempts by target (plan's order), outcome and the service's code; the first message stands for its kind."""
    counted: Counter[tuple[str, Outcome, str | None]] = Counter()
    message: dict[tuple[str, Outcome, str | None], str | None] = {}
    for record in records:
        if record.outcome == "ok":
            continue
        kind = (record.target, record.outcome, record.failure.code if record.failure is not None else None)
        counted[kind] += 1
        message.setdefault(kind, record.failure.message if record.failure is not None else None)
    place = {name: number for number, name in enumerate(target_names)}
    ordered = sorted(counted, key=lambda kind: (place.get(kind[0], len(place)), -counted[kind], kind[1], kind[2] or ""))
    return tuple(
        FailureCount(target=kind[0], outcome=kind[1], code=kind[2], count=counted[kind], message=message[kind])
        for kind in ordered
    )


def tokens_per_s(per_prompt: Sequence[Medians]) -> dict[AverageName, float]:
    """End-to-end tokens per second over prompts, by each average. An average that cannot be told is not in the dictionary."""
    speeds = [m["e2e_tokens_per_s"] for m in per_prompt]
    known = [speed for speed in speeds if speed is not None]
    pairs = [
        (tokens, time_ns / 1e9)
        for tokens, time_ns in ((m["output_tokens"], m["e2e"]) for m in per_prompt)
        if tokens is not None and time_ns is not None
    ]
    found: dict[AverageName, float | None] = {
        "mean": mean(known),
        "totals": ratio_of_totals(pairs),
        "geometric": geometric_mean(known) if all(speed > 0 for speed in known) else None,
    }
    return {name: average for name, average in found.items() if average is not None}


def summarize_target(
    number: int,
    target: Target,
    table: MetricTable,
    paired: Rows,
    regions: Mapping[str, str | None],
    *,
    timed: Sequence[Medians],
    sped: Sequence[Medians],
    attempts: Rows,
    is_baseline: bool,
) -> TargetSummary:
    """One target over the rows of its paired records.

    `timed` and `sped` are the medians of its cells, of the prompts whose time and whose tokens per second all targets know.

    `attempts` are all of its records, warm-up included: connections are opened before the sample, and what that cost is known from there.
    """
    answered = table.answered(paired)
    records = table.of(answered)
    times = [m["e2e"] for m in timed]
    return TargetSummary(
        number=number,
        name=target.name,
        provider=target.provider,
        model=target.model,
        options={name: str(target.options[name]) for name in OPTIONS_SHOWN if name in target.options},
        is_baseline=is_baseline,
        requests=len(paired),
        answered=len(answered),
        spreads={
            name: spread(metric, table, attempts if metric.of_connections else paired)
            for name, metric in METRICS.items()
        },
        tokens_per_s=tokens_per_s(sped),
        time_mean_ns=mean([time_ns for time_ns in times if time_ns is not None]),
        averaged_prompts=len(timed),
        regions=region_counts(records, regions),
        served=served_counts(records),
        clocks=dict(Counter(record.clock for record in records if record.clock is not None).most_common()),
        coalesced_ratio=table.coalesced_share(answered),
    )
