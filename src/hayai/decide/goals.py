"""Does a target reach what was asked of it? Each goal at each target, by the interval of what it is about.

Met where the whole interval lies within the goal, missed where it lies outside, else nothing can be told. Percentiles have order
statistics, failures Clopper and Pearson's interval, costs Student's over the means of the prompts: 95 %, for a number of answers that was
fixed beforehand. A request that failed was never answered, so it is later than any goal of time.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hayai.ask.plan import Goal
from hayai.decide.conclusions import Interval
from hayai.decide.recommendations import Fulfilment, Quality, Reading
from hayai.decide.sample import Arm, Floats, Sample, means_by_prompt
from hayai.decide.stats.order_statistics import percentile_interval
from hayai.decide.stats.proportions import clopper_pearson
from hayai.decide.stats.quantile import quantile_of_ordered
from hayai.decide.stats.student import t_interval
from hayai.decide.verdict.estimate import CONFIDENCE

NEVER_NS = 1e18
"""Stands for the time of a request that failed: longer than any."""

Qualities = Mapping[tuple[str, str], Quality]
"""Of a target (first) against another (second)."""
_BY_QUALITY: dict[Quality, Reading] = {"not_worse": "met", "worse": "missed", "open": "open", "unknown": "unknown"}


def quality_of(qualities: Qualities, target: str, other: str) -> Quality:
    """Of the first against the second; nobody is worse than himself."""
    return "not_worse" if target == other else qualities.get((target, other), "unknown")


def mean_of(values: Floats) -> tuple[float, tuple[float, float] | None] | None:
    """The mean with its t interval; without one for a single value, None for none."""
    if not values.size:
        return None
    found = t_interval(values, CONFIDENCE)
    return (float(values.mean()), None) if found is None else (found.mean, (found.low, found.high))


def dollars_within(interval: tuple[float, float], factor: float) -> Interval:
    """Dollars are never less than none."""
    return Interval(low=max(0.0, interval[0] * factor), high=interval[1] * factor)


def fulfilment(arm: Arm, goal: Goal, usd: Floats | None, sample: Sample, qualities: Qualities) -> Fulfilment:
    """Of one goal at one target. `usd`: dollars of its rounds, where they are known."""
    if goal.what == "quality":
        assert goal.target is not None  # noqa: S101  The reader of goals saw to it.
        quality = quality_of(qualities, arm.name, goal.target)
        return Fulfilment(target=arm.name, goal=goal, reading=_BY_QUALITY[quality], value=None, interval=None)
    value, interval = _measured(arm, goal, usd, sample)
    most = goal.most
    reading: Reading
    if interval is None or most is None:
        reading = "unknown"
    elif interval.high is not None and interval.high <= most:
        reading = "met"
    elif interval.low is not None and interval.low > most:
        reading = "missed"
    else:
        reading = "open"
    if interval is not None and interval.low == NEVER_NS:
        interval = Interval(low=None, high=None)  # Later than any goal: that is no number to be shown.
    return Fulfilment(target=arm.name, goal=goal, reading=reading, value=value, interval=interval)


def _measured(arm: Arm, goal: Goal, usd: Floats | None, sample: Sample) -> tuple[float | None, Interval | None]:
    """The value of what the goal is about, and its interval; None, None where it is not known."""
    asked = int(arm.there.sum())
    if goal.what == "failures":
        failed = asked - int(arm.answered.sum())
        share = clopper_pearson(failed, asked, CONFIDENCE)
        return (None, None) if share is None else (failed / asked, Interval(low=share[0], high=share[1]))
    if goal.what == "cost":
        if usd is None or not np.isfinite(usd[arm.answered]).all() or not arm.answered.any():
            return None, None
        found = mean_of(means_by_prompt(usd, sample))
        if found is None:
            return None, None
        return found[0], Interval(low=None, high=None) if found[1] is None else dollars_within(found[1], 1)
    values = arm.ttft if goal.what == "ttft" else arm.e2e
    if np.isnan(values[arm.answered]).any() or goal.p is None or not asked:
        return None, None
    # A request that failed was never answered: it is later than any bound.
    ordered = np.sort(np.where(arm.answered, values, NEVER_NS)[arm.there])
    finite = ordered[ordered < NEVER_NS]
    value = quantile_of_ordered(ordered, goal.p)
    low, high = percentile_interval(ordered, goal.p, CONFIDENCE)
    return (
        # Between the last answer and a failure there is no number.
        value if value is not None and finite.size and value <= finite[-1] else None,
        Interval(low=low, high=None if high is None or high >= NEVER_NS else high),
    )
