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

import msgspec

from hayai.ask.plan import Rules
from hayai.decide.beside import Field, What
from hayai.decide.conclusions import Interval, Verdict
from hayai.decide.conclusions import WhyNone as VerdictWhyNone
from hayai.decide.goals import Qualities, dollars_within, fulfilment, mean_of, quality_of
from hayai.decide.judgements import Judgement
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
from hayai.decide.verdict.estimate import Bounds
from hayai.decide.verdict.judge import mostly_fell_back

THOUSAND = 1000
OF_PAIRS: tuple[VerdictWhyNone, ...] = ("cut", "below_instrument", "no_variation")
"""Reasons for which the times of two targets prove nothing about each other, though they may about others."""
LATENCY = ("ttft", "e2e")


def recommend(
    sample: Sample,
    judgement: Judgement,
    bounds: Bounds,
    rules: Rules,
    *,
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
    field = Field(
        sample,
        bounds,
        {name: arm.e2e for name, arm in sample.arms.items()},
        usd,
        margin=margin,
        planned=planned,
        barred={frozenset((one.target, one.baseline)) for one in judgement.verdicts if one.why_none in OF_PAIRS},
    )
    withheld = {name for name in names if _is_apart(sample, name)}
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
        combined=tuple(_combined(verdict, qualities, field) for verdict in judgement.verdicts if verdict.judged),
        quality_known=looked,
        kind="planned" if planned else "anytime" if bounds.planned_cycles is None else "looks",
        alpha=bounds.alpha,
    )


def _best(field: Field, what: What, pool: Sequence[str]) -> tuple[str, tuple[Rival, ...]] | None:
    """Whoever has the least of it, and all others beside."""
    middles = {name: middle for name in pool if (middle := field.middle(what, name)) is not None}
    if not middles:
        return None
    chosen = min(middles, key=lambda name: middles[name])
    for _ in pool:
        rivals = tuple(field.rival(what, chosen, other) for other in pool if other != chosen)
        # Means over other prompts may mislead, where somebody failed on the long ones: whoever is beaten in pairs is not the best.
        better = next((rival.target for rival in rivals if rival.beside == "worse"), None)
        if better is None:
            break
        chosen = better
    return chosen, rivals


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


def _is_apart(sample: Sample, name: str) -> bool:
    """Whether this target's times are compared with nobody's.

    It was mostly served otherwise than asked for; fewer than half of its requests were answered, and the others might have told another
    story; or some of its answers were cut where another's was not: cut is not fast.
    """
    arm = sample.arms[name]
    failed = 2 * int(arm.answered.sum()) < int(arm.there.sum())
    cut = any(
        bool((arm.cut & arm.answered & other.answered & ~other.cut).any())
        for one, other in sample.arms.items()
        if one != name
    )
    return failed or cut or mostly_fell_back(arm)


def _unpriced(field: Field) -> WhyNone:
    """Why nobody has a cost."""
    return "costs_unknown" if field.values["usd"] else "no_prices"


def _lowest_cost(field: Field, names: Sequence[str], against: Mapping[str, Quality]) -> Choice:
    priced = [name for name in names if field.known("usd", name)]
    if not priced:
        return _choice("lowest_cost", None, against, why_none=_unpriced(field))
    return _choice(
        "lowest_cost",
        _best(field, "usd", priced),
        against,
        open_ones=[name for name in names if name not in priced],
    )


def _best_value(
    field: Field, names: Sequence[str], found: Sequence[Fulfilment], against: Mapping[str, Quality]
) -> Choice:
    """The cheapest that meets all goals but those of cost, which cheapness takes care of by itself."""
    if not any(one.goal.what in LATENCY for one in found):
        return _choice("best_value", None, against, why_none="no_goal")
    priced = [name for name in names if field.known("usd", name)]
    if not priced:
        return _choice("best_value", None, against, why_none=_unpriced(field))
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
    best = _best(field, "usd", meet)
    chosen = best[0] if best is not None else meet[0]
    # Who may meet them is of interest only if it is not dearer.
    rest = [name for name in perhaps if field.rival("usd", chosen, name).beside not in ("better", "same")]
    return _choice("best_value", best, against, open_ones=rest, excluded=miss)


def _fastest(field: Field, comparable: Sequence[str], against: Mapping[str, Quality], *, looked: bool) -> Choice:
    """Of those whose answers are not worse than the baseline's; where nobody looked at quality, of all that can be compared."""
    worse = [name for name, quality in against.items() if quality == "worse"]
    eligible = [name for name in comparable if not looked or against[name] == "not_worse"]
    perhaps = [name for name in comparable if name not in eligible and name not in worse]
    # Whose times prove nothing may be the fastest, too.
    apart = [name for name in against if name not in comparable and name not in worse]
    best = _best(field, "time", eligible)
    if best is None:
        return _choice("fastest", None, against, open_ones=[*perhaps, *apart], excluded=worse)
    sooner = _best(field, "time", [*eligible, *perhaps])
    if sooner is not None and sooner[0] in perhaps:
        # The fastest of all, if only its answers were known to be as good: it is named, and so is who is both for sure.
        return msgspec.structs.replace(
            _choice("fastest", sooner, against, open_ones=apart, excluded=worse),
            clear=False,
            open=(best[0], *apart),
            ties=(),
        )
    rest = [name for name in perhaps if field.rival("time", best[0], name).beside not in ("better", "same")]
    return _choice("fastest", best, against, open_ones=[*rest, *apart], excluded=worse)


def _combined(verdict: Verdict, qualities: Qualities, field: Field) -> Combined:
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
    cost = field.rival("usd", verdict.baseline, verdict.target)
    refuted = faster in ("worse", "same") or quality == "worse"
    proved = faster == "better" and quality == "not_worse"
    return Combined(
        target=verdict.target,
        baseline=verdict.baseline,
        faster=faster,
        quality=quality,
        answer="no" if refuted else "yes" if proved else "open",
        cost=cost if cost.ratio is not None else None,
    )


def _standing(
    field: Field, name: str, others: Sequence[str], against: Mapping[str, Quality], *, baseline: str
) -> Standing:
    """Beside those `others` whose times can be compared with its own."""
    cost = None if not field.known("usd", name) else mean_of(field.prompt_means(field.values["usd"][name], logs=False))
    time = mean_of(field.prompt_means(field.values["time"][name]))
    arm = field.sample.arms[name]
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
        requests=int(arm.there.sum()),
        failed=int((arm.there & ~arm.answered).sum()),
        standing=standing[0],
        beaten_by=standing[1],
    )


def _place(field: Field, name: str, others: Sequence[str]) -> tuple[Place, str | None]:
    """On the frontier, beaten on both sides by somebody, or open."""
    sure = True
    for other in others:
        # Of `name` beside each other one.
        in_cost = field.rival("usd", name, other).beside
        in_time = field.rival("time", name, other).beside
        losing = {in_cost, in_time}
        if "worse" in losing and losing <= {"worse", "same"}:
            return "beaten", other
        sure = sure and "better" in losing
    return ("frontier" if sure else "open"), None
