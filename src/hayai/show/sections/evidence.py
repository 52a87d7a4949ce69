"""What else could have made the difference, and what went wrong? Failures, order, warm-up, drift, fallbacks, the slowest answers.

Nothing was left out of the verdict; these lines stand beside it, so that a reader can see whether one of them explains it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hayai.decide.conclusions import Drift, Effect, Failing, Interval, Verdict
from hayai.decide.judgements import Fallback, Judgement, SlowAnswer
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.faces import between, fast, number, pair
from hayai.show.sections.parts import Block, Column, Point, Section
from hayai.show.sections.words import word


def evidence(judgement: Judgement, names: Sequence[str], texts: Texts) -> Section:
    """The checks of every judged comparison, and how often another mode was served."""
    points = []
    for one in judgement.verdicts:
        lines = tuple(_lines(one, names, texts)) if one.judged else ()
        if lines:
            points.append(Point(text=pair(names, one.target, one.baseline, texts), more=lines))
    lines = tuple(_fallback(one, names, texts) for one in judgement.fallbacks)
    return Section(title=texts("evidence.title"), points=tuple(points), lines=lines, notes=(texts("evidence.note"),))


def _lines(one: Verdict, names: Sequence[str], texts: Texts) -> Iterator[str]:
    if one.headline is not None:
        yield _sample(one, texts)
    if one.failing is not None:
        yield from _failing(one, one.failing, names, texts)
    if one.without_slowest is not None:
        yield texts("evidence.without_slowest", fast=fast(one.without_slowest))
    if one.drift is not None:
        yield _drift(one.drift, texts)
    if one.position is not None:
        yield _effect("position", one.position, texts)
    if one.warm_up is not None:
        yield _effect("warm_up", one.warm_up, texts)
    if one.cross_checks is not None:
        checks = {
            "evidence.check.t": one.cross_checks.t_p,
            "evidence.check.wilcoxon": one.cross_checks.wilcoxon_p,
            "evidence.check.signs": one.cross_checks.sign_flip_p,
        }
        told = [texts(key, p=fmt.probability(p)) for key, p in checks.items() if p is not None]
        yield texts("evidence.checks", checks=texts("report.list").join(told))


def _sample(one: Verdict, texts: Texts) -> str:
    headline = one.headline
    known = {"within": one.within_sd, "between": one.between_sd}
    spread = [
        texts(f"evidence.spread.{name}", sd=fmt.percent_short(sd, sign=False))
        for name, sd in known.items()
        if sd is not None
    ]
    counted = texts(
        "evidence.pairs" if one.form == "stratified" else "evidence.pairs.single",
        pairs=fmt.count(None if headline is None else headline.pairs),
        prompts=fmt.count(None if headline is None else headline.prompts),
        looks=fmt.count(one.looks),
    )
    return texts("verdict.space").join([counted, *spread])


def _failing(one: Verdict, failing: Failing, names: Sequence[str], texts: Texts) -> Iterator[str]:
    values = {
        "target": number(names, one.target),
        "baseline": number(names, one.baseline),
        "rounds": fmt.count(failing.rounds),
    }
    troubles = failing.target_failed + failing.baseline_failed + failing.target_throttled + failing.baseline_throttled
    if not troubles:
        yield texts("evidence.failing.none", **values)
    else:
        yield texts(
            "evidence.failing" if failing.difference is not None else "evidence.failing.bare",
            target_failed=fmt.count(failing.target_failed),
            target_throttled=fmt.count(failing.target_throttled),
            baseline_failed=fmt.count(failing.baseline_failed),
            baseline_throttled=fmt.count(failing.baseline_throttled),
            interval=between(failing.difference, texts, fmt.points),
            **values,
        )
    if failing.win_ratio is not None:
        yield texts(
            "evidence.wins",
            share=fmt.percent_short(failing.win_ratio, sign=False),
            interval=_shares(failing.win_interval, texts),
            **values,
        )


def _shares(interval: Interval | None, texts: Texts) -> str:
    return between(interval, texts, lambda share: fmt.percent_short(share, sign=False))


def _drift(drift: Drift, texts: Texts) -> str:
    told = texts(
        "evidence.drift.widened" if drift.factor > 1 else "evidence.drift",
        factor=fmt.number(drift.factor),
        cycles=fmt.count(drift.cycles),
    )
    if drift.p is not None:
        told += texts("verdict.space") + texts("evidence.drift.p", p=fmt.probability(drift.p))
    if drift.lag1 is not None:
        told += texts("verdict.space") + texts("evidence.drift.lag1", correlation=fmt.correlation(drift.lag1))
    return told


def _effect(which: str, effect: Effect, texts: Texts) -> str:
    low, high = effect.interval.low, effect.interval.high
    seen = (low is not None and low > 1) or (high is not None and high < 1)
    return texts(
        f"evidence.{which}.seen" if seen else f"evidence.{which}",
        ratio=fmt.times(effect.ratio),
        interval=between(effect.interval, texts),
    )


def _fallback(one: Fallback, names: Sequence[str], texts: Texts) -> str:
    told = texts(
        "evidence.fallback" if one.interval is not None else "evidence.fallback.bare",
        target=number(names, one.target),
        otherwise=fmt.count(one.otherwise),
        asked=fmt.count(one.asked),
        interval=_shares(one.interval, texts),
    )
    if one.untold:
        told += texts("verdict.space") + texts("evidence.fallback.untold", count=fmt.count(one.untold))
    return told


def slowest(found: Sequence[SlowAnswer], names: Sequence[str], texts: Texts) -> Section:
    """The slowest answers, so that they can be looked for in the service's own logs."""
    unit = fmt.duration_unit(one.e2e_ns for one in found)
    rows = tuple(
        (
            number(names, one.target),
            fmt.clean(one.prompt),
            fmt.count(one.cycle + 1),
            fmt.duration(one.e2e_ns, unit),
            fmt.number(one.robust_z),
            word(one.record, 60),
            fmt.UNKNOWN if one.request_id is None else word(one.request_id, 60),
        )
        for one in found
    )
    columns = (
        Column(title=texts("report.column.target"), right=False),
        Column(title=texts("report.column.prompt"), right=False, shortens="all"),
        Column(title=texts("slowest.column.cycle")),
        Column(title=texts("report.column.time", unit=unit.label)),
        Column(title=texts("slowest.column.z")),
        Column(title=texts("slowest.column.record"), right=False, shortens="all"),
        Column(title=texts("slowest.column.request"), right=False, shortens="all"),
    )
    return Section(
        title=texts("slowest.title"),
        notes=(texts("slowest.note"),),
        columns=columns,
        blocks=(Block(rows=rows),) if rows else (),
    )
