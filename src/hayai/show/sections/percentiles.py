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


def percentiles(
    found: Sequence[Percentile], verdicts: Sequence[Verdict], names: Sequence[str], texts: Texts
) -> Section:
    """A row per percentile, a column per target; below, what it would take to tell the others.

    `verdicts` know which requests failed and are in none of them.
    """
    targets = list(dict.fromkeys(one.target for one in found))
    kinds = list(dict.fromkeys((one.metric, one.p) for one in found))
    of = {(one.metric, one.p, one.target): one for one in found}
    units = {
        metric: fmt.duration_unit(one.value for one in found if one.metric == metric) for metric in ("e2e", "ttft")
    }
    rows, slowest = [], set()
    for metric, p in kinds:
        shown = [of.get((metric, p, target)) for target in targets]
        unit = units[metric]
        if all(one is None or one.gate == "hidden" for one in shown):
            continue
        title = texts(f"percentiles.{metric}", p=fmt.percentile(p), unit=unit.label)
        if all(one is None or _is_slowest(one) for one in shown):
            # Nothing is known of this percentile nor of those above: one row for the slowest is enough.
            if metric in slowest:
                continue
            slowest.add(metric)
            title = texts(f"percentiles.{metric}.slowest", unit=unit.label)
        rows.append((title, *(_cell(one, unit, texts) for one in shown)))
    columns = (
        Column(title="", right=False),
        *(Column(title=called(names, name), shortens="title") for name in targets),
    )
    notes = [texts("percentiles.note")]
    if any(one.gate == "wide" for one in found):
        notes.append(texts("percentiles.note.wide"))
    if any(map(_is_slowest, found)):
        notes.append(texts("percentiles.note.max"))
    if any(one.gate == "at_least" and not _is_slowest(one) for one in found):
        notes.append(texts("percentiles.note.bound"))
    return Section(
        title=texts("percentiles.title"),
        notes=tuple(notes) if rows else (),
        columns=columns if rows else (),
        blocks=(Block(rows=tuple(rows)),) if rows else (),
        lines=(*_missing(found, names, texts), *_failed(verdicts, names, texts)) if found else (),
    )


def _is_slowest(one: Percentile) -> bool:
    """The slowest answer stands in for the percentile, and bounds nothing."""
    return one.gate == "at_least" and one.interval is None


def _cell(one: Percentile | None, unit: fmt.DurationUnit, texts: Texts) -> str:
    if one is None or one.value is None:
        return fmt.UNKNOWN

    def show(ns: float) -> str:
        return fmt.duration(ns, unit)

    if one.gate == "at_least":
        # The slowest of a few answers is no lower bound of a percentile: it may lie on either side of it. Of enough, it is an upper one.
        key = "percentiles.max" if _is_slowest(one) else "verdict.at_most"
        return texts(key, number=show(one.value))
    mark = "?" if one.gate == "wide" else ""
    if one.interval is None:
        return show(one.value) + mark
    return texts("verdict.with_interval", number=show(one.value) + mark, interval=between(one.interval, texts, show))


def _missing(found: Sequence[Percentile], names: Sequence[str], texts: Texts) -> tuple[str, ...]:
    """What each percentile that a target lacks would take, one line for the targets that lack the same ones."""
    lacking: dict[str, dict[float, tuple[int, int]]] = {}
    counts: dict[str, int] = {}
    for one in found:
        if one.gate in _NOT_TOLD:
            lacking.setdefault(one.target, {})[one.p] = (one.needed, one.useful)
            counts[one.target] = max(one.n, counts.get(one.target, 0))
    alike: dict[tuple[tuple[float, tuple[int, int]], ...], dict[int, list[str]]] = {}
    for target, needs in lacking.items():
        of_size = alike.setdefault(tuple(sorted(needs.items())), {})
        of_size.setdefault(counts[target], []).append(number(names, target))
    joined = texts("report.list").join
    return tuple(
        texts(
            "percentiles.missing",
            told=joined(
                texts(
                    "percentiles.missing.one",
                    p=fmt.percentile(p),
                    needed=fmt.count(needed),
                    useful=fmt.count(useful),
                )
                for p, (needed, useful) in key
            ),
            counts=joined(
                texts("percentiles.missing.count", n=fmt.count(n), targets=joined(targets))
                for n, targets in of_size.items()
            ),
        )
        for key, of_size in alike.items()
    )


def _failed(verdicts: Sequence[Verdict], names: Sequence[str], texts: Texts) -> tuple[str, ...]:
    failed: dict[str, int] = {}
    for one in verdicts:
        if one.failing is not None:
            of = {one.target: one.failing.target_failed, one.baseline: one.failing.baseline_failed}
            failed |= {target: max(count, failed.get(target, 0)) for target, count in of.items()}
    told = [f"{number(names, target)} {fmt.count(count)}" for target, count in failed.items() if count]
    return (texts("percentiles.note.failed", failed=texts("report.list").join(told)),) if told else ()


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
