"""How slow are the slow answers? Percentiles with exact bounds, told only as far as the sample can tell them, and how they compare."""

from __future__ import annotations

from collections.abc import Sequence

from hayai.decide.conclusions import PercentileDifference, Verdict
from hayai.decide.judgements import Percentile
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.faces import between, called, fast, fast_between, number
from hayai.show.sections.parts import Block, Column, Section

_Kind = tuple[str, float]
_NOT_TOLD = ("hidden", "at_least")


def percentiles(found: Sequence[Percentile], names: Sequence[str], texts: Texts) -> Section:
    """A row per percentile, a column per target; below, what it would take to tell the others."""
    targets = list(dict.fromkeys(one.target for one in found))
    kinds = list(dict.fromkeys((one.metric, one.p) for one in found))
    of = {(one.metric, one.p, one.target): one for one in found}
    units = {
        metric: fmt.duration_unit(one.value for one in found if one.metric == metric) for metric in ("e2e", "ttft")
    }
    rows = tuple(
        (
            texts(f"percentiles.{metric}", p=fmt.percentile(p), unit=units[metric].label),
            *(_cell(of.get((metric, p, target)), units[metric], texts) for target in targets),
        )
        for metric, p in kinds
        if any((metric, p, target) in of and of[metric, p, target].gate != "hidden" for target in targets)
    )
    columns = (
        Column(title="", right=False),
        *(Column(title=called(names, name), shortens="title") for name in targets),
    )
    notes = [texts("percentiles.note")]
    if any(one.gate == "wide" for one in found):
        notes.append(texts("percentiles.note.wide"))
    if any(one.gate == "at_least" for one in found):
        notes.append(texts("percentiles.note.max"))
    return Section(
        title=texts("percentiles.title"),
        notes=tuple(notes) if rows else (),
        columns=columns if rows else (),
        blocks=(Block(rows=rows),) if rows else (),
        lines=_missing(found, names, texts),
    )


def _cell(one: Percentile | None, unit: fmt.DurationUnit, texts: Texts) -> str:
    if one is None or one.value is None:
        return fmt.UNKNOWN

    def show(ns: float) -> str:
        return fmt.duration(ns, unit)

    if one.gate == "at_least":
        # The slowest of a few answers is no lower bound of a percentile: it may lie on either side of it.
        return texts("percentiles.max", number=show(one.value))
    mark = "?" if one.gate == "wide" else ""
    if one.interval is None:
        return show(one.value) + mark
    return texts("verdict.with_interval", number=show(one.value) + mark, interval=between(one.interval, texts, show))


def _missing(found: Sequence[Percentile], names: Sequence[str], texts: Texts) -> tuple[str, ...]:
    """`p99 needs 299 answers for any upper bound ...`, one line for each percentile that a target lacks."""
    lacking: dict[tuple[float, int, int, bool], dict[int, dict[str, None]]] = {}
    for one in found:
        if one.gate in _NOT_TOLD:
            of_size = lacking.setdefault((one.p, one.needed, one.useful, one.n < one.needed), {})
            of_size.setdefault(one.n, {}).setdefault(number(names, one.target))
    return tuple(
        texts(
            "percentiles.missing" if unbounded else "percentiles.missing.useful",
            p=fmt.percentile(p),
            needed=fmt.count(needed),
            useful=fmt.count(useful),
            counts=texts("report.list").join(
                texts("percentiles.missing.count", n=fmt.count(n), targets=texts("report.list").join(targets))
                for n, targets in of_size.items()
            ),
        )
        for (p, needed, useful, unbounded), of_size in lacking.items()
    )


def compared(verdicts: Sequence[Verdict], names: Sequence[str], texts: Texts) -> Section:
    """Percentiles of a target over the baseline's."""
    having = [one for one in verdicts if one.percentiles]
    kinds: list[_Kind] = list(dict.fromkeys((found.metric, found.p) for one in having for found in one.percentiles))
    of: list[dict[_Kind, PercentileDifference]] = [
        {(found.metric, found.p): found for found in one.percentiles} for one in having
    ]

    def cell(which: int, kind: _Kind) -> str:
        found = of[which].get(kind)
        if found is None:
            return fmt.UNKNOWN
        told = texts("report.times", number=fast(found.ratio))
        if found.interval is None:
            return told
        return texts("verdict.with_interval", number=told, interval=fast_between(found.interval, texts))

    rows = tuple(
        (
            texts(f"percentiles.{metric}.alone", p=fmt.percentile(p)),
            *(cell(which, (metric, p)) for which in range(len(having))),
        )
        for metric, p in kinds
    )
    columns = (
        Column(title="", right=False),
        *(Column(title=f"{number(names, one.target)} / {number(names, one.baseline)}") for one in having),
    )
    return Section(
        title=texts("percentiles.compared"),
        notes=(texts("percentiles.compared.note"),),
        columns=columns,
        blocks=(Block(rows=rows),) if rows else (),
    )
