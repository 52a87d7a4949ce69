"""Which Region served, how fast each was, and whether that explains the difference?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hayai.decide.findings import Findings
from hayai.decide.judgements import RegionShift, SameRegion
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.faces import between, called, fast, fast_within, number, pair
from hayai.show.sections.parts import Block, Column, Section
from hayai.show.sections.words import time_unit


def by_region(findings: Findings, texts: Texts) -> Section:
    """Medians per target and Region, and what they mean for the comparison; empty where there is nothing to split."""
    title, found = texts("regions.title"), findings.regions
    names = [target.name for target in findings.targets]
    if found is None:
        return Section(title=title)
    unit = time_unit(findings)
    columns = (
        Column(title=texts("report.column.region"), right=False),
        Column(title=texts("regions.column.answers")),
        Column(title=texts("report.row.e2e", unit=f"({unit.label})")),
        Column(title=texts("report.row.ttft", unit=f"({unit.label})")),
    )
    blocks = tuple(
        Block(
            heading=called(names, name),
            rows=tuple(
                (
                    texts("report.unknown") if cell.region is None else fmt.clean(cell.region),
                    fmt.count(cell.answers),
                    fmt.duration(cell.e2e_ns, unit),
                    fmt.duration(cell.ttft_ns, unit),
                )
                for cell in found.cells
                if cell.target == name
            ),
        )
        for name in names
        if any(cell.target == name for cell in found.cells)
    )
    lines = (*(_shift(one, names, texts) for one in found.shifts), *_same(found.same, names, texts))
    return Section(
        title=title, columns=columns, blocks=blocks, lines=lines, heading_column=texts("report.column.target")
    )


def _shift(one: RegionShift, names: Sequence[str], texts: Texts) -> str:
    return texts(
        "regions.shift",
        target=number(names, one.target),
        region=fmt.clean(one.region),
        usual=fmt.clean(one.usual),
        ratio=fmt.times(one.effect.ratio),
        interval=between(one.effect.interval, texts),
        count=fmt.count(one.effect.count),
    )


def _same(found: Sequence[SameRegion], names: Sequence[str], texts: Texts) -> Iterator[str]:
    for one in found:
        estimate = one.estimate
        yield texts(
            f"regions.same.{one.reading}",
            pair=pair(names, one.target, one.baseline, texts),
            pairs=fmt.count(one.pairs),
            all=fmt.count(one.all_pairs),
            fast=fmt.UNKNOWN if estimate is None else fast(estimate.ratio),
            interval=fmt.UNKNOWN if estimate is None else fast_within(estimate.anytime or estimate.such_prompts, texts),
        )
