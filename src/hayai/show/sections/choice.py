"""What should somebody choose? A sentence for each need, whether goals are met, and where each target stands between cost and time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hayai.decide.recommendations import Choice, Combined, Fulfilment, Recommendation, Rival, Standing
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.faces import between, called, number, pair
from hayai.show.sections.parts import Block, Column, Point, Row, Section


def recommendation_sections(
    found: Recommendation | None, names: Sequence[str], texts: Texts, *, output_only: bool = False
) -> tuple[Section, ...]:
    """Empty where there is nothing to choose by. `output_only`: what was read is not charged."""
    if found is None:
        return ()
    return (
        choices(found, names, texts),
        goals(found, names, texts),
        frontier(found, names, texts, output_only=output_only),
    )


def choices(found: Recommendation, names: Sequence[str], texts: Texts) -> Section:
    """A sentence for each need, and the conjunctions: faster and not worse?"""
    points = [_point(choice, found, names, texts) for choice in found.choices]
    lines = tuple(_combined(one, names, texts) for one in found.combined)
    return Section(title=texts("choice.title"), points=tuple(points), lines=lines, notes=(_note(found, texts),))


def _note(found: Recommendation, texts: Texts) -> str:
    """What the intervals are."""
    return texts(f"choice.note.{found.kind}", level=fmt.confidence(found.alpha))


def _point(choice: Choice, found: Recommendation, names: Sequence[str], texts: Texts) -> Point:
    unjudged = choice.need == "fastest" and not found.quality_known
    need = texts(f"choice.{choice.need}.unjudged" if unjudged else f"choice.{choice.need}")
    if choice.target is None:
        why = texts(f"choice.none.{choice.why_none}", open=_list(choice.open, names, texts))
        return Point(text=texts("choice.none", need=need, why=why))
    more = [_beside(choice, rival, names, texts) for rival in choice.rivals]
    standing = next(one for one in found.standings if one.target == choice.target)
    if standing.failed:
        failed = {"failed": fmt.count(standing.failed), "all": fmt.count(standing.requests)}
        more.append(texts("choice.failures", target=number(names, choice.target), **failed))
    if choice.quality == "worse":
        more.append(texts("choice.worse"))
    if choice.excluded:
        key = "choice.excluded" if choice.need == "fastest" else "choice.excluded.goals"
        more.append(texts(key, targets=_list(choice.excluded, names, texts)))
    if unjudged:
        more.append(texts("choice.quality_unknown"))
    key = "choice.clear" if choice.clear and not choice.ties else "choice.ties" if choice.clear else "choice.open"
    if choice.need == "fastest" and found.quality_known and choice.quality in ("open", "unknown"):
        key = "choice.open.quality"
    others = choice.ties if choice.clear else choice.open
    text = texts(
        key,
        need=need,
        target=called(names, choice.target),
        value=_value(choice, found, texts),
        others=_list(others, names, texts),
    )
    return Point(text=text, more=tuple(more))


def _value(choice: Choice, found: Recommendation, texts: Texts) -> str:
    """What the chosen one costs, or how long it takes."""
    standing = next(one for one in found.standings if one.target == choice.target)
    if choice.need == "fastest":
        return texts("choice.value.time", time=fmt.duration_alone(standing.e2e_ns))
    usd = standing.per_thousand_usd
    return texts("choice.value.cost", usd=fmt.UNKNOWN if usd is None else fmt.dollars(usd))


def _beside(choice: Choice, rival: Rival, names: Sequence[str], texts: Texts) -> str:
    what = "time" if choice.need == "fastest" else "cost"
    if rival.ratio is None:
        key = "unknown" if rival.beside == "unknown" else "free"
        return texts(f"choice.rival.{what}.{key}", rival=number(names, rival.target))
    return texts(
        f"choice.rival.{what}.exact" if _is_exact(rival) else f"choice.rival.{what}",
        rival=number(names, rival.target),
        ratio=fmt.times(rival.ratio),
        interval=between(rival.interval, texts, key="verdict.times.between", one_sided="verdict.times"),
    )


def _is_exact(rival: Rival) -> bool:
    """The same each time: an interval of no width."""
    return rival.interval is not None and rival.interval.low == rival.interval.high


def _combined(one: Combined, names: Sequence[str], texts: Texts) -> str:
    told = texts(
        f"choice.combined.{one.answer}",
        pair=pair(names, one.target, one.baseline, texts),
        faster=texts(f"choice.faster.{one.faster}"),
        quality=texts(f"choice.quality.{one.quality}"),
    )
    if one.cost is None:
        return told
    cost = texts(
        "choice.combined.cost.exact" if _is_exact(one.cost) else "choice.combined.cost",
        ratio=fmt.times(one.cost.ratio) if one.cost.ratio is not None else fmt.UNKNOWN,
        interval=between(one.cost.interval, texts, key="verdict.times.between", one_sided="verdict.times"),
    )
    return texts("verdict.space").join((told, cost))


def goals(found: Recommendation, names: Sequence[str], texts: Texts) -> Section:
    """Each goal at each target: what was measured, within which bounds, and whether that reaches it."""
    title = texts("choice.goals.title")
    if not found.fulfilments:
        return Section(title=title)
    columns = (
        Column(title=texts("report.column.target"), right=False, shortens="all"),
        Column(title=texts("choice.goals.value")),
        Column(title=texts("choice.goals.interval")),
        Column(title=texts("choice.goals.reading"), right=False),
    )
    blocks = tuple(
        Block(
            heading=fmt.clean(goal),
            rows=tuple(_goal_row(one, names, texts) for one in found.fulfilments if one.goal.text == goal),
        )
        for goal in dict.fromkeys(one.goal.text for one in found.fulfilments)
    )
    return Section(
        title=title,
        notes=(texts("choice.goals.note"),),
        columns=columns,
        blocks=blocks,
        heading_column=texts("choice.goals.goal"),
    )


def _goal_row(one: Fulfilment, names: Sequence[str], texts: Texts) -> Row:
    show: dict[str, Callable[[float], str]] = {
        "ttft": fmt.duration_alone,
        "e2e": fmt.duration_alone,
        "cost": fmt.dollars,
        "failures": lambda share: fmt.percent(share, sign=False),
        "quality": str,
    }
    shown = show[one.goal.what]
    return (
        called(names, one.target),
        fmt.UNKNOWN if one.value is None else shown(one.value),
        between(one.interval, texts, shown),
        texts(f"choice.reading.{one.reading}"),
    )


def frontier(found: Recommendation, names: Sequence[str], texts: Texts, *, output_only: bool = False) -> Section:
    """Cost, time and quality of each target, and whether another one beats it in both."""
    title = texts("choice.frontier.title")
    if all(one.per_thousand_usd is None for one in found.standings):
        return Section(title=title)
    unit = fmt.duration_unit(one.e2e_ns for one in found.standings)
    columns = (
        Column(title=texts("report.column.target"), right=False, shortens="all"),
        Column(title=texts("cost.column.thousand")),
        Column(title=texts("choice.goals.interval")),
        Column(title=texts("report.row.e2e", unit=f"({unit.label})")),
        Column(title=texts("choice.goals.interval")),
        *((Column(title=texts("choice.frontier.quality"), right=False),) if found.quality_known else ()),
        Column(title=texts("choice.frontier.standing"), right=False, wraps=True),
    )
    rows = tuple(_standing_row(one, names, texts, unit, quality=found.quality_known) for one in found.standings)
    notes = (texts("choice.frontier.note"), *((texts("cost.output_only"),) if output_only else ()))
    return Section(title=title, notes=notes, columns=columns, blocks=(Block(rows=rows),))


def _standing_row(one: Standing, names: Sequence[str], texts: Texts, unit: fmt.DurationUnit, *, quality: bool) -> Row:
    return (
        called(names, one.target),
        fmt.UNKNOWN if one.per_thousand_usd is None else fmt.dollars(one.per_thousand_usd),
        between(one.usd_interval, texts, fmt.dollars),
        fmt.duration(one.e2e_ns, unit),
        between(one.e2e_interval, texts, lambda ns: fmt.duration(ns, unit)),
        *(
            (texts("report.baseline") if one.is_baseline else texts(f"choice.quality.{one.quality}"),)
            if quality
            else ()
        ),
        texts(
            f"choice.standing.{one.standing}",
            by=fmt.UNKNOWN if one.beaten_by is None else number(names, one.beaten_by),
        ),
    )


def _list(targets: Sequence[str], names: Sequence[str], texts: Texts) -> str:
    return texts("report.list").join(number(names, target) for target in targets)
