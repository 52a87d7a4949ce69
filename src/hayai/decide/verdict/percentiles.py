"""How slow are the slow answers? Percentiles by order statistics, shown only as far as the sample can tell them.

Per target and over the mixture of these prompts. All intervals are descriptive: they hold for a number of answers fixed beforehand, and
those of one target take its answers as independent. Differences between targets resample whole cycles instead.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hayai.decide.conclusions import Interval, PercentileDifference
from hayai.decide.judgements import Percentile
from hayai.decide.sample import Arm, Sample
from hayai.decide.stats.bootstrap import quantile_log_ratio
from hayai.decide.stats.order_statistics import fewest_for_bound, gate, percentile_interval
from hayai.decide.stats.quantile import quantile_of_ordered
from hayai.decide.verdict.estimate import both_known

Floats = NDArray[np.float64]
TimeMetric = Literal["e2e", "ttft"]

SHOWN = (0.5, 0.9, 0.95, 0.99)
METRICS: tuple[TimeMetric, ...] = ("e2e", "ttft")
USEFUL_BEYOND = 10
"""Answers beyond a percentile that make it useful."""
MOST_CELLS = 4_000_000
"""Work of one bootstrap: a sample of tens of thousands is drawn again fewer times, for an interval that is narrow anyway."""


def percentiles(sample: Sample) -> tuple[Percentile, ...]:
    """p50, p90, p95 and p99 of every target's end-to-end time and time to first token."""
    found: list[Percentile] = []
    for metric in METRICS:
        for arm in sample.arms.values():
            values = _values(arm, metric)
            values = np.sort(values[np.isfinite(values)])
            if values.size:
                found += [_percentile(arm.name, metric, p, values) for p in SHOWN]
    return tuple(found)


def _percentile(target: str, metric: TimeMetric, p: float, values: Floats) -> Percentile:
    n = int(values.size)
    shown = gate(n, p)
    value: float | None = None
    interval: Interval | None = None
    if shown == "at_least":
        value = float(values[-1])
        # All answers lie short of the percentile with at most this chance: the slowest bounds it, on one side.
        interval = Interval(low=None, high=value) if n >= fewest_for_bound(p) else None
    elif shown != "hidden":
        value = quantile_of_ordered(values, p)
        low, high = percentile_interval(values, p)
        interval = Interval(low=low, high=high)
    return Percentile(
        target=target,
        metric=metric,
        p=p,
        n=n,
        gate=shown,
        value=value,
        interval=interval,
        needed=fewest_for_bound(p),
        useful=math.ceil(round(USEFUL_BEYOND / min(p, 1 - p), 6)),
    )


def percentile_differences(
    target: Arm, baseline: Arm, sample: Sample, *, seed: int
) -> tuple[PercentileDifference, ...]:
    """Target over baseline, percentile by percentile, over the rounds in which both are known.

    Those that the sample cannot tell are left out.
    """
    found: list[PercentileDifference] = []
    for metric in METRICS:
        ours, theirs = _values(target, metric), _values(baseline, metric)
        known = both_known(ours, theirs)
        cycles = sample.cycle[known].astype(np.int64)
        replicates = max(200, min(2000, MOST_CELLS // max(1, int(known.sum()))))
        for p in SHOWN:
            ratio = quantile_log_ratio(theirs[known], cycles, ours[known], cycles, p, seed=seed, replicates=replicates)
            if ratio is not None:
                low, high = math.exp(ratio.low), math.exp(ratio.high)
                found.append(
                    PercentileDifference(
                        metric=metric, p=p, ratio=math.exp(ratio.estimate), interval=Interval(low=low, high=high)
                    )
                )
    return tuple(found)


def _values(arm: Arm, metric: TimeMetric) -> Floats:
    return arm.e2e if metric == "e2e" else arm.ttft
