"""What is worth choosing? From paired costs and times, what is known of quality, and goals, to a recommendation by need.

The lowest cost; the cheapest that meets the goals; the fastest whose answers are not worse. A target is chosen where the interval of each
comparison says so. Whoever is named best by mistake must have beaten the one that truly is, which happens at most at the error rate of one
comparison; that rate is the verdict's own, shared by as many comparisons as there are targets besides the baseline. Conjunctions (faster
and not worse; all goals met) need no correction: each part must hold by itself (intersection-union). What the data cannot decide is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from hayai.ask.plan import Rules
from hayai.decide.conclusions import BEYOND_HELP, Interval, Verdict
from hayai.decide.goals import Qualities, dollars_within, fulfilment, mean_of, quality_of
from hayai.decide.judgements import CostFindings, Judgement
from hayai.decide.recommendations import (
    Beside,
    Choice,
    Combined,
    Fulfilment,
    Need,
    Place,
    Quality,
    Recommendation,
    Rival,
    Standing,
    WhyNone,
)
from hayai.decide.sample import Floats, Sample
from hayai.decide.stats.student import t_interval
from hayai.decide.verdict.estimate import Bounds, Effects, effects

SAME = 1e-9
"""Log ratios that differ less do not differ."""
THOUSAND = 1000
LATENCY = ("ttft", "e2e")


def recommend(
    sample: Sample,
    judgement: Judgement,
    bounds: Bounds,
    rules: Rules,
    *,
    costs: CostFindings | None = None,
    usd: Mapping[str, Floats],
    qualities: Qualities,
    planned: bool = False,
) -> Recommendation | None:
    """The recommendation; None where there is nothing to choose between, or nothing but time to choose by.

    `usd`: dollars of each answered round by target, NaN where not known. `planned`: the sample is no run that ends when it knows enough,
    but a number of prompts that somebody had fixed, so that ordinary intervals over the prompts do.
    """
    names = [name for name in sample.arms if name != judgement.self_test]
    if len(names) < 2 or not len(sample) or not (usd or rules.goals or qualities):
        return None
    goals = rules.goals
    # A false favourite must beat the true one; the others may each be one.
    bounds = replace(bounds, alpha=bounds.alpha / (len(names) - 1))
    margin = math.log1p(rules.margin_ratio)
    field = _Field(
        sample, bounds, {name: arm.e2e for name, arm in sample.arms.items()}, usd, margin=margin, planned=planned
    )
    withheld = {one.target for one in judgement.verdicts if one.why_none in (*BEYOND_HELP, "failed")}
    against = {name: quality_of(qualities, name, judgement.baseline) for name in names}
    looked = any(quality != "unknown" for quality in qualities.values())
    found = tuple(
        fulfilment(sample.arms[name], goal, usd.get(name), sample, qualities) for name in names for goal in goals
    )
    return Recommendation(
        choices=(
            _lowest_cost(field, names, against),
            _best_value(field, names, found, against),
            _fastest(field, [name for name in names if name not in withheld], against, looked=looked),
        ),
        fulfilments=found,
        standings=tuple(
            _standing(
                field,
                name,
                () if name in withheld else [one for one in names if one != name and one not in withheld],
                against,
                baseline=judgement.baseline,
            )
            for name in names
        ),
        combined=tuple(_combined(verdict, qualities, costs) for verdict in judgement.verdicts if verdict.judged),
        quality_known=looked,
        anytime=not planned and bounds.planned_cycles is None,
        alpha=bounds.alpha,
    )


class _Field:
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
    ) -> None:
        self.sample, self.times, self.usd = sample, times, usd
        self._bounds, self._margin, self._planned = bounds, margin, planned

    def rival(self, of: Mapping[str, Floats], chosen: str, other: str) -> Rival:
        """`other` beside `chosen`: less is better."""
        ours, theirs = of.get(chosen), of.get(other)
        found = None if ours is None or theirs is None else effects(theirs, ours, self.sample, self._bounds)
        if found is None:
            return Rival(target=other, ratio=None, interval=None, beside="unknown")
        ratio = found.estimate.ratio
        bounds = self._bounds_of(found)
        if bounds is None:
            return Rival(target=other, ratio=ratio, interval=None, beside="open")
        beside = self._read(*bounds)
        if of is self.usd and beside == "better" and not self._costs_more(other, chosen):
            beside = "open"
        interval = Interval(low=math.exp(bounds[0]), high=math.exp(bounds[1]))
        return Rival(target=other, ratio=ratio, interval=interval, beside=beside)

    def _bounds_of(self, found: Effects) -> tuple[float, float] | None:
        """Of the log ratio; None: no bound yet."""
        means, mean = found.prompt_means, found.mean
        repeated = self._bounds.form == "stratified" and mean is not None and mean.df >= 1
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
        dearer = self.usd[one] - self.usd[other]
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

    def middle(self, of: Mapping[str, Floats], name: str) -> float | None:
        """Mean over the prompts, for finding whom to look at first: of dollars, as a bill adds them up; of logs of times."""
        values = of.get(name)
        if values is None:
            return None
        means = self.prompt_means(values, logs=of is not self.usd)
        return float(means.mean()) if means.size else None

    def prompt_means(self, values: Floats, *, logs: bool = True) -> Floats:
        """Mean of each prompt that has values, of their logs or of themselves."""
        with np.errstate(invalid="ignore", divide="ignore"):
            used = np.log(values) if logs else values
        known = np.isfinite(used)
        prompt = self.sample.prompt[known]
        counts = np.bincount(prompt, minlength=len(self.sample.prompts))
        sums = np.bincount(prompt, weights=used[known], minlength=len(self.sample.prompts))
        there = counts > 0
        means: Floats = sums[there] / counts[there]
        return means

    def known(self, of: Mapping[str, Floats], name: str) -> bool:
        """Whether every answered round of this target has its value: a mean of some of them would be another target's."""
        values = of.get(name)
        answered = self.sample.arms[name].answered
        return values is not None and bool(answered.any()) and bool(np.isfinite(values[answered]).all())


def _best(field: _Field, of: Mapping[str, Floats], pool: Sequence[str]) -> tuple[str, tuple[Rival, ...]] | None:
    """Whoever has the least of it, and all others beside."""
    middles = {name: middle for name in pool if (middle := field.middle(of, name)) is not None}
    if not middles:
        return None
    chosen = min(middles, key=lambda name: middles[name])
    return chosen, tuple(field.rival(of, chosen, other) for other in pool if other != chosen)


def _choice(
    need: Need,
    found: tuple[str, tuple[Rival, ...]] | None,
    against: Mapping[str, Quality],
    *,
    open_ones: Iterable[str] = (),
    excluded: Iterable[str] = (),
    why_none: WhyNone = "not_comparable",
) -> Choice:
    """A choice among those that were eligible; `open_ones` may be eligible as well."""
    if found is None:
        return Choice(
            need=need, target=None, clear=False, open=tuple(open_ones), excluded=tuple(excluded), why_none=why_none
        )
    chosen, rivals = found
    undecided = [rival.target for rival in rivals if rival.beside in ("open", "unknown", "worse")]
    undecided += [name for name in open_ones if name not in undecided]
    return Choice(
        need=need,
        target=chosen,
        clear=not undecided,
        rivals=rivals,
        ties=tuple(rival.target for rival in rivals if rival.beside == "same"),
        open=tuple(undecided),
        excluded=tuple(excluded),
        quality=against[chosen],
    )


def _lowest_cost(field: _Field, names: Sequence[str], against: Mapping[str, Quality]) -> Choice:
    priced = [name for name in names if field.known(field.usd, name)]
    if not priced:
        return _choice("lowest_cost", None, against, why_none="no_prices")
    return _choice(
        "lowest_cost",
        _best(field, field.usd, priced),
        against,
        open_ones=[name for name in names if name not in priced],
    )


def _best_value(
    field: _Field, names: Sequence[str], found: Sequence[Fulfilment], against: Mapping[str, Quality]
) -> Choice:
    """The cheapest that meets all goals but those of cost, which cheapness takes care of by itself."""
    if not any(one.goal.what in LATENCY for one in found):
        return _choice("best_value", None, against, why_none="no_goal")
    priced = [name for name in names if field.known(field.usd, name)]
    if not priced:
        return _choice("best_value", None, against, why_none="no_prices")
    readings = {name: {one.reading for one in found if one.target == name} for name in names}
    meet = [name for name in priced if readings[name] == {"met"}]
    miss = [name for name in names if "missed" in readings[name]]
    perhaps = [name for name in names if name not in meet and name not in miss]
    if not meet:
        return _choice(
            "best_value",
            None,
            against,
            open_ones=perhaps,
            excluded=miss,
            why_none="goals_open" if perhaps else "none_meets",
        )
    best = _best(field, field.usd, meet)
    chosen = best[0] if best is not None else meet[0]
    # Who may meet them is of interest only if it is not dearer.
    rest = [name for name in perhaps if field.rival(field.usd, chosen, name).beside not in ("better", "same")]
    return _choice("best_value", best, against, open_ones=rest, excluded=miss)


def _fastest(field: _Field, comparable: Sequence[str], against: Mapping[str, Quality], *, looked: bool) -> Choice:
    """Of those whose answers are not worse than the baseline's; where nobody looked at quality, of all that can be compared."""
    worse = [name for name, quality in against.items() if quality == "worse"]
    eligible = [name for name in comparable if not looked or against[name] == "not_worse"]
    perhaps = [name for name in comparable if name not in eligible and name not in worse]
    # Whose times prove nothing may be the fastest, too.
    apart = [name for name in against if name not in comparable and name not in worse]
    best = _best(field, field.times, eligible)
    if best is None:
        return _choice("fastest", None, against, open_ones=[*perhaps, *apart], excluded=worse)
    rest = [name for name in perhaps if field.rival(field.times, best[0], name).beside not in ("better", "same")]
    return _choice("fastest", best, against, open_ones=[*rest, *apart], excluded=worse)


def _combined(verdict: Verdict, qualities: Qualities, costs: CostFindings | None) -> Combined:
    faster: Beside
    match verdict.answer:
        case "much_faster" | "faster":
            faster = "better"
        case "much_slower" | "slower":
            faster = "worse"
        case "undecided":
            faster = "open"
        case "none":
            faster = "unknown"
        case _:
            faster = "same"
    quality = qualities.get((verdict.target, verdict.baseline), "unknown")
    cost = next(
        (
            one.ratio
            for one in (() if costs is None else costs.comparisons)
            if (one.target, one.baseline) == (verdict.target, verdict.baseline)
        ),
        None,
    )
    refuted = faster in ("worse", "same") or quality == "worse"
    proved = faster == "better" and quality == "not_worse"
    return Combined(
        target=verdict.target,
        baseline=verdict.baseline,
        faster=faster,
        quality=quality,
        answer="no" if refuted else "yes" if proved else "open",
        cost=cost,
    )


def _standing(
    field: _Field, name: str, others: Sequence[str], against: Mapping[str, Quality], *, baseline: str
) -> Standing:
    """Beside those `others` whose times can be compared with its own."""
    cost = None if not field.known(field.usd, name) else mean_of(field.prompt_means(field.usd[name], logs=False))
    time = mean_of(field.prompt_means(field.times[name]))
    standing: tuple[Place, str | None] = ("unknown", None)
    if cost is not None and time is not None and others:
        standing = _place(field, name, others)
    return Standing(
        target=name,
        per_thousand_usd=None if cost is None else cost[0] * THOUSAND,
        usd_interval=None if cost is None or cost[1] is None else dollars_within(cost[1], THOUSAND),
        e2e_ns=None if time is None else math.exp(time[0]),
        e2e_interval=None
        if time is None or time[1] is None
        else Interval(low=math.exp(time[1][0]), high=math.exp(time[1][1])),
        quality=against[name],
        is_baseline=name == baseline,
        standing=standing[0],
        beaten_by=standing[1],
    )


def _place(field: _Field, name: str, others: Sequence[str]) -> tuple[Place, str | None]:
    """On the frontier, beaten on both sides by somebody, or open."""
    sure = True
    for other in others:
        # Of `name` beside each other one.
        in_cost = field.rival(field.usd, name, other).beside
        in_time = field.rival(field.times, name, other).beside
        if in_cost == "worse" and in_time == "worse":
            return "beaten", other
        sure = sure and "better" in (in_cost, in_time)
    return ("frontier" if sure else "open"), None
