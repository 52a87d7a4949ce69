"""How do two targets compare in cost, or in time? By the interval of their ratio over the same prompts in the same rounds.

Costs must also differ in the same direction on the bill, where dollars add up; else nothing is decided.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Literal

import numpy as np

from hayai.decide.conclusions import Interval
from hayai.decide.recommendations import Beside, Rival
from hayai.decide.sample import Floats, Sample, means_by_prompt
from hayai.decide.stats.student import t_interval
from hayai.decide.verdict.estimate import Bounds, Effects, effects

SAME = 1e-9
"""Log ratios that differ less do not differ."""
FEWEST_DF = 5
"""Repeats beyond the first that must have been alike before it is believed that there is no noise: two may be so by chance."""


What = Literal["usd", "time"]


class Field:
    """Times and costs of all targets, and how two of them compare."""

    def __init__(
        self,
        sample: Sample,
        bounds: Bounds,
        times: Mapping[str, Floats],
        usd: Mapping[str, Floats],
        *,
        margin: float,
        planned: bool,
        barred: Collection[frozenset[str]] = (),
    ) -> None:
        """`barred`: pairs of targets whose times prove nothing about each other."""
        self.sample, self._barred = sample, barred
        self.values: dict[What, Mapping[str, Floats]] = {"usd": usd, "time": times}
        self._bounds, self._margin, self._planned = bounds, margin, planned

    def rival(self, what: What, chosen: str, other: str) -> Rival:
        """`other` beside `chosen`: less is better."""
        ours, theirs = self.values[what].get(chosen), self.values[what].get(other)
        if what == "time" and frozenset((chosen, other)) in self._barred:
            return Rival(target=other, ratio=None, interval=None, beside="unknown")
        if (free := self._free(ours, theirs)) is not None:
            return Rival(target=other, ratio=None, interval=None, beside=free)
        found = None if ours is None or theirs is None else effects(theirs, ours, self.sample, self._bounds)
        if found is None:
            return Rival(target=other, ratio=None, interval=None, beside="unknown")
        ratio = found.estimate.ratio
        bounds = self._bounds_of(found)
        if bounds is None:
            return Rival(target=other, ratio=ratio, interval=None, beside="open")
        beside = self._read(*bounds)
        if what == "usd" and (
            (beside == "better" and not self._costs_more(other, chosen))
            or (beside == "worse" and not self._costs_more(chosen, other))
        ):
            beside = "open"
        interval = Interval(low=math.exp(bounds[0]), high=math.exp(bounds[1]))
        return Rival(target=other, ratio=ratio, interval=interval, beside=beside)

    def _free(self, ours: Floats | None, theirs: Floats | None) -> Beside | None:
        """Where one of them costs nothing at all, which has no ratio."""
        if ours is None or theirs is None:
            return None
        both = np.isfinite(ours) & np.isfinite(theirs)
        if not both.any() or (ours[both].any() and theirs[both].any()):
            return None
        dearer = theirs[both].sum() - ours[both].sum()
        return "same" if dearer == 0 else "better" if dearer > 0 else "worse"

    def _bounds_of(self, found: Effects) -> tuple[float, float] | None:
        """Of the log ratio; None: no bound yet."""
        means, mean = found.prompt_means, found.mean
        repeated = self._bounds.form == "stratified" and mean is not None and mean.df >= FEWEST_DF
        if (repeated and mean is not None and mean.sd <= SAME) or (np.ptp(means) <= SAME and means.size > 1):
            # The same each time, as a model that repeats itself writes equally many tokens, or on every prompt, as equal counts of tokens
            # at two prices are: on these prompts there is nothing uncertain about it.
            return float(means.mean()), float(means.mean())
        if self._planned:
            over_prompts = t_interval(means, 1 - self._bounds.alpha)
            return None if over_prompts is None else (over_prompts.low, over_prompts.high)
        anytime = found.estimate.anytime
        if anytime is None or anytime.low is None or anytime.high is None:
            return None
        return math.log(anytime.low), math.log(anytime.high)

    def _costs_more(self, one: str, other: str) -> bool:
        """On the bill, where dollars add up: a target may cost more on most prompts, and less for all of them together."""
        usd = self.values["usd"]
        dearer = usd[one] - usd[other]
        means = self.prompt_means(dearer, logs=False)
        return bool(means.size) and float(means.mean()) > 0

    def _read(self, low: float, high: float) -> Beside:
        """Of the chosen one, by the interval of the log ratio other / chosen."""
        if low > self._margin:
            return "better"
        if high < -self._margin:
            return "worse"
        if -self._margin < low and high < self._margin:
            return "same"
        if low > 0:
            return "better"
        return "worse" if high < 0 else "open"

    def middle(self, what: What, name: str) -> float | None:
        """Mean over the prompts, for finding whom to look at first: of dollars, as a bill adds them up; of logs of times."""
        values = self.values[what].get(name)
        if values is None:
            return None
        means = self.prompt_means(values, logs=what == "time")
        return float(means.mean()) if means.size else None

    def prompt_means(self, values: Floats, *, logs: bool = True) -> Floats:
        """Mean of each prompt that has values, of their logs or of themselves."""
        with np.errstate(invalid="ignore", divide="ignore"):
            used = np.log(values) if logs else values
        return means_by_prompt(used, self.sample)

    def known(self, what: What, name: str) -> bool:
        """Whether every answered round of this target has its value: a mean of some of them would be another target's."""
        values = self.values[what].get(name)
        answered = self.sample.arms[name].answered
        return values is not None and bool(answered.any()) and bool(np.isfinite(values[answered]).all())
