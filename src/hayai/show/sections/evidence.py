"""What else could have made the difference, and what went wrong? Failures, order, warm-up, drift, fallbacks, the slowest answers.

Nothing was left out of the verdict; these lines stand beside it, so that a reader can see whether one of them explains it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hayai.decide.conclusions import Drift, Failing, Interval, Verdict
from hayai.decide.judgements import Fallback, Judgement, SlowAnswer
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.faces import between, fast, fast_between, has_bounds, number, pair
from hayai.show.sections.parts import Block, Column, Point, Section
from hayai.show.sections.words import counted, word


def evidence(judgement: Judgement, names: Sequence[str], texts: Texts) -> Section:
    """The checks of every judged comparison, and how often another mode was served."""
    points = []
    for one in judgement.verdicts:
        lines = tuple(_lines(one, names, texts)) if one.judged else ()
        if lines:
            points.append(Point(text=pair(names, one.target, one.baseline, texts), more=lines))
    lines = tuple(_fallbacks(judgement.fallbacks, names, texts))
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
    yield from _alarms(one, texts)
    if one.cross_checks is not None:
        checks = {
            "evidence.check.t": one.cross_checks.t_p,
            "evidence.check.wilcoxon": one.cross_checks.wilcoxon_p,
            "evidence.check.signs": one.cross_checks.sign_flip_p,
        }
        told = [texts(key, p=fmt.probability(p)) for key, p in checks.items() if p is not None]
        middle = one.cross_checks.middle
        if middle is not None:
            interval = fast_between(middle.interval, texts)
            told.append(texts("evidence.check.middle", fast=fast(middle.ratio), interval=interval))
        yield texts("evidence.checks", checks=texts("report.list").join(told))


def _sample(one: Verdict, texts: Texts) -> str:
    headline = one.headline
    spread = []
    if one.within_sd is not None:
        spread.append(texts(f"evidence.spread.within.{one.form}", sd=fmt.percent_short(one.within_sd, sign=False)))
    if one.between_sd is not None:
        key = "evidence.spread.between" if one.between_sd else "evidence.spread.between.none"
        spread.append(texts(key, sd=fmt.percent_short(one.between_sd, sign=False)))
    size = texts(
        "evidence.pairs" if one.form == "stratified" else "evidence.pairs.single",
        pairs=counted("pairs", 0 if headline is None else headline.pairs, texts),
        prompts=counted("prompts", 0 if headline is None else headline.prompts, texts),
        looks=fmt.count(one.looks),
    )
    return texts("verdict.space").join([size, *spread])


def _failing(one: Verdict, failing: Failing, names: Sequence[str], texts: Texts) -> Iterator[str]:
    values = {
        "target": number(names, one.target),
        "baseline": number(names, one.baseline),
        "rounds": counted("rounds", failing.rounds, texts),
    }
    told = [texts("evidence.failing.none", **values)]
    if failing.target_failed + failing.baseline_failed:
        points = between(failing.difference, texts, fmt.points)
        known = has_bounds(failing.difference)
        told = [
            texts(
                "evidence.failing",
                target_failed=fmt.count(failing.target_failed),
                baseline_failed=fmt.count(failing.baseline_failed),
                difference=texts("evidence.failing.difference", interval=points) if known else "",
                **values,
            )
        ]
    # An answer that came after a throttled attempt is no failure.
    if failing.target_throttled + failing.baseline_throttled:
        told.append(
            texts(
                "evidence.throttled",
                target_throttled=fmt.count(failing.target_throttled),
                baseline_throttled=fmt.count(failing.baseline_throttled),
                **values,
            )
        )
    yield texts("verdict.space").join(told)
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


def _alarms(one: Verdict, texts: Texts) -> Iterator[str]:
    """A sentence for each effect that is seen; those that are not share one."""
    quiet = []
    for which, effect in (("position", one.position), ("warm_up", one.warm_up)):
        if effect is not None:
            seen = effect.interval.side() != 0
            key = f"evidence.{which}.seen" if seen else f"evidence.{which}"
            told = texts(key, ratio=fmt.times(effect.ratio), interval=between(effect.interval, texts))
            if seen:
                yield told
            else:
                quiet.append(told)
    if quiet:
        yield texts("evidence.quiet", effects=texts("evidence.quiet.list").join(quiet))


def _fallbacks(found: Sequence[Fallback], names: Sequence[str], texts: Texts) -> Iterator[str]:
    """A line per target; those without anything to tell share one."""
    plain: dict[tuple[int, str], list[str]] = {}
    for one in found:
        if one.otherwise == 0 and one.untold == 0 and one.interval is not None:
            plain.setdefault((one.asked, _shares(one.interval, texts)), []).append(number(names, one.target))
        elif one.untold == one.asked:
            asked = counted("answers", one.asked, texts)
            yield texts("evidence.fallback.all_untold", target=number(names, one.target), asked=asked)
        else:
            yield _fallback(one, names, texts)
    for (asked_by_each, share), targets in plain.items():
        yield texts(
            "evidence.fallback.all",
            targets=texts("report.list").join(targets),
            asked=counted("answers", asked_by_each, texts),
            interval=share,
        )


def _fallback(one: Fallback, names: Sequence[str], texts: Texts) -> str:
    told = texts(
        "evidence.fallback" if one.interval is not None else "evidence.fallback.bare",
        target=number(names, one.target),
        otherwise=fmt.count(one.otherwise),
        asked=counted("answers", one.asked, texts),
        interval=_shares(one.interval, texts),
    )
    if one.untold:
        told += texts("verdict.space") + texts("evidence.fallback.untold", count=fmt.count(one.untold))
    return told


def _distance(one: SlowAnswer) -> str:
    return fmt.number(one.robust_z) + ("*" if one.stands_out else "")


def slowest(found: Sequence[SlowAnswer], names: Sequence[str], texts: Texts) -> Section:
    """The slowest answers, so that they can be looked for in the service's own logs."""
    unit = fmt.duration_unit(one.e2e_ns for one in found)
    rows = tuple(
        (
            number(names, one.target),
            fmt.clean(one.prompt),
            fmt.count(one.cycle + 1),
            fmt.duration(one.e2e_ns, unit),
            _distance(one),
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
