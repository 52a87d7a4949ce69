"""What does a report say, in which order? Findings become sections of finished strings; terminal and Markdown only lay them out.

So both show the same numbers, and neither formats one. Strings are clean (no control characters) but not escaped for any markup. A target
is called by its full name once, in the list of targets, and afterwards `[number] name`, so that a shortened name can still be told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from hayai.clock import local_text
from hayai.decide.findings import Caution, Cell, Findings, Gain, RegionCount, ServedCount, Spread, TargetSummary
from hayai.show import format as fmt
from hayai.show.locales import Texts

Row = tuple[str, ...]
LISTED = 6
"""Names that a sentence lists; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table. Numbers stand right.

    When the page is narrow, names may be shortened (in the title alone, or in the cells as well), and a list in a `wraps` column goes on
    below; numbers are never touched.
    """

    title: str
    right: bool = True
    shortens: Literal["nothing", "title", "all"] = "nothing"
    wraps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Rows that belong together under a heading (None: no heading), and remarks about them."""

    heading: str | None = None
    rows: tuple[Row, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled table (columns and blocks), or titled lines. `heading_column` names the column that headings become in a flat table."""

    title: str
    notes: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    blocks: tuple[Block, ...] = ()
    lines: tuple[str, ...] = ()
    heading_column: str | None = None


def banner(findings: Findings, texts: Texts) -> tuple[str, ...]:
    """The lines that stand at the top of everything when a run was simulated; empty for a real one."""
    lines: list[str] = []
    for simulation in findings.simulations:
        profile = _word(simulation.profile)
        if simulation.speed is None:
            lines.append(texts("report.simulated.unknown_speed", profile=profile))
        elif simulation.speed == 1:
            lines.append(texts("report.simulated.real_time", profile=profile))
        else:
            lines.append(texts("report.simulated", profile=profile, speed=f"{simulation.speed:g}"))
    return tuple(lines)


def opening(findings: Findings, texts: Texts) -> tuple[str, ...]:
    """Title, and what ran: targets, prompts, cycles, requests, window, from where."""
    run, counts = findings.run, findings.counts
    one = len(findings.targets) == 1
    title = texts(
        "report.title.one" if one else "report.title",
        targets=fmt.count(len(findings.targets)),
        prompts=fmt.count(run.prompts),
        suite=_word(run.suite),
    )
    start, end = run.started_wall_ns, run.ended_wall_ns
    window = (
        texts("report.window.unknown")
        if start is None or end is None
        else texts("report.window", start=local_text(start), end=_same_day_end(local_text(start), local_text(end)))
    )
    machines = _list(run.machines, texts) if run.machines else texts("report.machines.unknown")
    lines = [title]
    if findings.requests:
        lines.append(
            texts(
                "report.ran",
                cycles=fmt.count(run.cycles),
                requests=fmt.count(counts.paired),
                failed=fmt.count(counts.paired - counts.answered),
                duration=fmt.clock_span(run.duration_ns, texts),
                window=window,
                machines=machines,
            )
        )
    if counts.unpaired or counts.retried:
        lines.append(
            texts("report.unpaired", unpaired=fmt.count(counts.unpaired), retried=fmt.count(counts.retried)),
        )
    if run.ended_reason is not None:
        lines.append(texts("report.ended", reason=_ended(run.ended_reason, texts)))
    if not counts.paired:
        lines.append(texts("report.nothing"))
    return tuple(lines)


def _same_day_end(start: str, end: str) -> str:
    """The end without its date when it is the start's."""
    return end[11:] if start[:10] == end[:10] else end


def _ended(reason: str, texts: Texts) -> str:
    key = f"report.ended.{reason}"
    return texts(key) if key in texts else _word(reason)


def sections(findings: Findings, texts: Texts) -> tuple[Section, ...]:
    """Everything after the opening, in order of reading; sections without content are left out."""
    found = [_targets(findings, texts)]
    if findings.counts.answered:
        found += [
            _prompts(findings, texts),
            _categories(findings, texts),
            _per_target(findings, texts),
            _gains(findings, texts),
            _ratios(findings, texts),
            _speeds(findings, texts),
            _differences(findings, texts),
        ]
    found += [_failures(findings, texts), _cautions(findings, texts)]
    return tuple(section for section in found if section.blocks or section.lines)


def label(target: TargetSummary) -> str:
    """`[2] name`."""
    return f"[{target.number}] {fmt.clean(target.name)}"


def _baseline(findings: Findings) -> str:
    return next(f"[{target.number}]" for target in findings.targets if target.is_baseline)


def _numbers(findings: Findings) -> dict[str, str]:
    return {target.name: f"[{target.number}]" for target in findings.targets}


def _time_unit(findings: Findings) -> fmt.DurationUnit:
    """The unit of response times, one for the whole report, so that tables can be read together."""
    return fmt.duration_unit(cell.medians["e2e"] for row in findings.prompts for cell in row.cells)


def _list(names: Sequence[object], texts: Texts) -> str:
    """The first names, and how many more there are."""
    told = [_word(str(name)) for name in names[:LISTED]]
    if len(names) > LISTED:
        told.append(texts("report.list.more", count=fmt.count(len(names) - LISTED)))
    return texts("report.list").join(told)


def _word(text: str, cells: int = 40) -> str:
    """A stranger's word within a sentence or a table: clean, and not longer than a word may be."""
    return fmt.shorten(fmt.clean(text), cells)


def _targets(findings: Findings, texts: Texts) -> Section:
    lines: list[str] = []
    for target in findings.targets:
        facts = [f"{fmt.clean(target.provider)}:{_word(target.model, 200)}"]
        facts += [f"{name}={_word(text)}" for name, text in target.options.items()]
        if target.is_baseline and len(findings.targets) > 1:
            facts.append(texts("report.baseline"))
        lines.append(f"{label(target)}: {texts('report.list').join(facts)}")
    return Section(title=texts("report.targets"), lines=tuple(lines))


# The published table


def _prompts(findings: Findings, texts: Texts) -> Section:
    many = len(findings.targets) > 1
    cells = [cell for row in findings.prompts for cell in row.cells]
    unit = _time_unit(findings)
    shorts = _region_shorts(cell.regions for cell in cells)
    columns = [
        Column(title=texts("report.column.target"), right=False, shortens="all"),
        Column(title=texts("report.column.region"), right=False, wraps=True),
        Column(title=texts("report.column.time", unit=unit.label)),
    ]
    if many:
        columns += [Column(title=texts("report.column.saved")), Column(title=texts("report.column.fast"))]
    columns += [Column(title=texts("report.column.tokens")), Column(title=texts("report.column.speed"))]

    def row(cell: Cell, target: TargetSummary) -> Row:
        gain = _gain(cell.gain, texts) if many and not target.is_baseline else ("", "") if many else ()
        return (
            label(target),
            _regions(cell.regions, shorts, texts),
            fmt.duration(cell.medians["e2e"], unit),
            *gain,
            fmt.count(cell.medians["output_tokens"]),
            fmt.number(cell.medians["e2e_tokens_per_s"]),
        )

    blocks = []
    for prompt in findings.prompts:
        pairs = list(zip(prompt.cells, findings.targets, strict=True))
        blocks.append(
            Block(
                heading=_heading(prompt.prompt, prompt.category),
                rows=tuple(row(cell, target) for cell, target in pairs),
                remarks=tuple(
                    texts(
                        "report.cell.answered",
                        target=f"[{target.number}]",
                        answered=fmt.count(cell.answered),
                        requests=fmt.count(cell.requests),
                    )
                    for cell, target in pairs
                    if cell.answered < cell.requests
                ),
            )
        )
    notes = [texts("report.prompts.note" if many else "report.prompts.note.one", baseline=_baseline(findings))]
    notes += _region_legend(shorts, (cell.regions for cell in cells), texts)
    return Section(
        title=texts("report.prompts"),
        notes=tuple(notes),
        columns=tuple(columns),
        blocks=tuple(blocks),
        heading_column=texts("report.column.prompt"),
    )


def _heading(prompt: str, category: str | None) -> str:
    return fmt.clean(prompt) if category is None else f"{fmt.clean(prompt)} ({fmt.clean(category)})"


def _region_legend(shorts: dict[str, str], shown: Iterable[Sequence[RegionCount]], texts: Texts) -> list[str]:
    """What the short names stand for, if any was used."""
    used = {_word(r.region) for regions in shown if len(regions) > 1 for r in regions if r.region is not None}
    names = [f"{short} = {full}" for full, short in shorts.items() if full in used and short != full]
    return [texts("report.region_names", names=texts("report.list").join(names))] if names else []


def _regions(regions: Sequence[RegionCount], shorts: dict[str, str], texts: Texts) -> str:
    """One region by its full name; several by their short names, with counts."""
    if not regions:
        return fmt.UNKNOWN
    if len(regions) == 1:
        return _region_name(regions[0].region, texts)
    named = (texts("report.unknown") if r.region is None else shorts[_word(r.region)] for r in regions)
    return ", ".join(f"{name} {fmt.count(r.count)}" for name, r in zip(named, regions, strict=True))


def _region_name(region: str | None, texts: Texts) -> str:
    return texts("report.unknown") if region is None else _word(region)


def _gain(gain: Gain | None, texts: Texts) -> tuple[str, str]:
    if gain is None:
        return fmt.UNKNOWN, fmt.UNKNOWN
    return fmt.percent(gain.time_saved_ratio), texts("report.times", number=fmt.times(gain.times_as_fast))


def _times(ratio: float | None, texts: Texts) -> str:
    return fmt.UNKNOWN if ratio is None else texts("report.times", number=fmt.times(ratio))


# By category


def _categories(findings: Findings, texts: Texts) -> Section:
    many = len(findings.targets) > 1
    unit = _time_unit(findings)
    of = {target.name: target for target in findings.targets}
    columns = [
        Column(title=texts("report.column.target"), right=False, shortens="all"),
        Column(title=texts("report.column.prompts")),
        Column(title=texts("report.column.time", unit=unit.label)),
    ]
    if many:
        columns += [Column(title=texts("report.column.saved")), Column(title=texts("report.column.fast"))]
    columns += [Column(title=texts("report.column.tokens")), Column(title=texts("report.column.speed"))]
    blocks: dict[str, list[Row]] = {}
    for cell in findings.categories:
        target = of[cell.target]
        gain = _gain(cell.gain, texts) if many and not target.is_baseline else ("", "") if many else ()
        name = texts("report.category.none") if cell.category is None else fmt.clean(cell.category)
        tokens = cell.geometric_means["output_tokens"]
        blocks.setdefault(name, []).append(
            (
                label(target),
                fmt.count(cell.prompts),
                fmt.duration(cell.geometric_means["e2e"], unit),
                *gain,
                fmt.number(tokens),
                fmt.number(cell.geometric_means["e2e_tokens_per_s"]),
            )
        )
    return Section(
        title=texts("report.categories"),
        notes=(texts("report.categories.note"),),
        columns=tuple(columns),
        blocks=tuple(Block(heading=name, rows=tuple(rows)) for name, rows in blocks.items()),
        heading_column=texts("report.column.category"),
    )


# Per target

_SPREAD_ROWS = (
    "e2e", "ttft", "ttfv", "tpot", "output_speed", "output_characters_per_s", "e2e_tokens_per_s", "e2e_characters_per_s",
    "output_tokens", "chunk_gap", "dns", "tcp", "tls", "service_time", "service_first_byte", "lateness",
)  # fmt: skip
_DURATIONS = frozenset(
    {"e2e", "ttft", "ttfv", "tpot", "chunk_gap", "dns", "tcp", "tls", "service_time", "service_first_byte", "lateness"}
)
_SPEEDS = frozenset({"output_speed", "output_characters_per_s", "e2e_tokens_per_s", "e2e_characters_per_s"})
"""Shown as a median only: their largest value is the best moment, not the worst."""


def _per_target(findings: Findings, texts: Texts) -> Section:
    targets = findings.targets
    rows: list[Row] = [
        (
            texts("report.row.answered"),
            *(texts("report.row.of", part=fmt.count(t.answered), whole=fmt.count(t.requests)) for t in targets),
        )
    ]
    for name in _SPREAD_ROWS:
        spreads = [target.spreads[name] for target in targets]
        if all(spread.known == 0 for spread in spreads) or (name == "ttfv" and _same_as_ttft(targets)):
            continue
        unit = _time_unit(findings) if name in ("e2e", "service_time") else None
        rows.append(_spread_row(name, spreads, unit, texts))
    shares = [target.spreads["network_share"].median for target in targets]
    if any(one is not None for one in shares):
        rows.append((texts("report.row.network_share"), *(fmt.share(one) for one in shares)))
    rows += _text_rows(findings, texts)
    columns = (
        Column(title="", right=False),
        *(Column(title=label(target), shortens="title", wraps=True) for target in targets),
    )
    regions = [target.regions for target in targets]
    legend = _region_legend(_region_shorts(regions), regions, texts)
    return Section(
        title=texts("report.per_target"),
        notes=(texts("report.per_target.note"), *legend),
        columns=columns,
        blocks=(Block(rows=tuple(rows)),),
    )


def _region_shorts(shown: Iterable[Sequence[RegionCount]]) -> dict[str, str]:
    """Region -> what it is called where several stand in one cell."""
    return fmt.region_shorts(_word(r.region) for regions in shown for r in regions if r.region is not None)


def _same_as_ttft(targets: Sequence[TargetSummary]) -> bool:
    return all(target.spreads["ttfv"] == target.spreads["ttft"] for target in targets)


def _spread_row(name: str, spreads: Sequence[Spread], time_unit: fmt.DurationUnit | None, texts: Texts) -> Row:
    show: Callable[[float | None], str] = fmt.count if name == "output_tokens" else fmt.number
    title = texts(f"report.row.{name}", unit="")
    if name in _DURATIONS:
        unit = time_unit or fmt.duration_unit(spread.median for spread in spreads)
        title = texts(f"report.row.{name}", unit=unit.label)

        def show(ns: float | None) -> str:
            return fmt.duration(ns, unit)

    if name in _SPEEDS or all(spread.known < 2 for spread in spreads):
        return (title, *(show(spread.median) for spread in spreads))
    tells_p95 = all(spread.p95 is not None for spread in spreads if spread.known)
    return (
        texts("report.row.p95" if tells_p95 else "report.row.max", row=title),
        *(_spread(spread, spread.p95 if tells_p95 else spread.highest, show, texts) for spread in spreads),
    )


def _spread(spread: Spread, high: float | None, show: Callable[[float | None], str], texts: Texts) -> str:
    if spread.median is None:
        return fmt.UNKNOWN
    return texts("report.spread", median=show(spread.median), high=show(high))


def _text_rows(findings: Findings, texts: Texts) -> list[Row]:
    targets = findings.targets
    rows: list[Row] = []
    for what in ("latency", "tier"):
        served = [[count for count in target.served if count.what == what] for target in targets]
        if any(served):
            rows.append((texts(f"report.row.{what}.asked"), *(_asked(counts) for counts in served)))
            rows.append((texts(f"report.row.{what}.served"), *(_served(counts, texts) for counts in served)))
    shorts = _region_shorts(target.regions for target in targets)
    rows.append((texts("report.row.regions"), *(_regions(target.regions, shorts, texts) for target in targets)))
    clocks = (
        ", ".join(texts(f"report.clock.{clock}") for clock in target.clocks) if target.clocks else fmt.UNKNOWN
        for target in targets
    )
    rows.append((texts("report.row.clock"), *clocks))
    if any(target.coalesced_ratio is not None for target in targets):
        rows.append((texts("report.row.coalesced"), *(fmt.share(target.coalesced_ratio) for target in targets)))
    return rows


def _asked(counts: Sequence[ServedCount]) -> str:
    asked = dict.fromkeys(count.requested for count in counts)
    return ", ".join(_word(mode, 24) for mode in asked if mode is not None) or fmt.UNKNOWN


def _served(counts: Sequence[ServedCount], texts: Texts) -> str:
    named = (
        (texts("report.not_told") if count.served is None else _word(count.served, 24), fmt.count(count.count))
        for count in counts
    )
    return ", ".join(f"{name} {number}" for name, number in named) or fmt.UNKNOWN


# Averages


def _gains(findings: Findings, texts: Texts) -> Section:
    compared = [comparison for comparison in findings.comparisons if comparison.gains]
    if not compared:
        return Section(title="")
    numbers = _numbers(findings)
    columns = [Column(title="", right=False)]
    for comparison in compared:
        number = numbers[comparison.target]
        columns += [
            Column(title=f"{number} {texts('report.column.saved')}"),
            Column(title=f"{number} {texts('report.column.fast')}"),
        ]
    rows = tuple(
        (texts(f"report.average.{name}"), *(text for c in compared for text in _gain(c.gains.get(name), texts)))
        for name in compared[0].gains
    )
    return Section(
        title=texts("report.gains", baseline=_baseline(findings)),
        notes=(texts("report.gains.note"),),
        columns=tuple(columns),
        blocks=(Block(rows=rows),),
    )


def _ratios(findings: Findings, texts: Texts) -> Section:
    compared = findings.comparisons
    names = [
        name
        for name in (compared[0].ratios if compared else ())
        if name != "e2e" and any(comparison.ratios[name].averages for comparison in compared)
    ]
    columns = (Column(title="", right=False), *(Column(title=_numbers(findings)[c.target]) for c in compared))
    rows = tuple(
        (texts(f"report.ratio.{name}"), *(_times(c.ratios[name].averages.get("geometric"), texts) for c in compared))
        for name in names
    )
    title = texts("report.ratios", baseline=_baseline(findings))
    return Section(title=title, columns=columns, blocks=(Block(rows=rows),) if rows else ())


def _speeds(findings: Findings, texts: Texts) -> Section:
    targets = findings.targets
    names = [name for name in ("mean", "totals", "geometric") if any(name in t.tokens_per_s for t in targets)]
    unit = _time_unit(findings)
    rows = [
        (texts(f"report.speed.{name}"), *(fmt.number(_average(target, name)) for target in targets)) for name in names
    ]
    if rows:
        rows.append(
            (
                texts("report.speed.time", unit=unit.label),
                *(fmt.duration(target.time_mean_ns, unit) for target in targets),
            )
        )
    columns = (Column(title="", right=False), *(Column(title=label(target), shortens="title") for target in targets))
    return Section(title=texts("report.speeds"), columns=columns, blocks=(Block(rows=tuple(rows)),) if rows else ())


def _average(target: TargetSummary, name: str) -> float | None:
    return next((value for average, value in target.tokens_per_s.items() if average == name), None)


# Differences, failures, cautions


def _differences(findings: Findings, texts: Texts) -> Section:
    numbers = _numbers(findings)
    pairs = list(dict.fromkeys((d.first, d.second) for d in findings.differences))
    unit = _time_unit(findings)
    known = {(d.prompt, d.first, d.second): d.difference_ns for d in findings.differences}

    def row(title: str, prompt: str | None) -> Row:
        return (title, *(fmt.duration(known.get((prompt, *pair)), unit, sign=True) for pair in pairs))

    rows = [row(fmt.clean(prompt.prompt), prompt.prompt) for prompt in findings.prompts]
    rows.append(row(texts("report.differences.mean"), None))
    columns = (
        Column(title=texts("report.column.prompt"), right=False, shortens="all"),
        *(Column(title=f"{numbers[first]} - {numbers[second]}") for first, second in pairs),
    )
    title = texts("report.differences", unit=unit.label)
    return Section(title=title, columns=columns, blocks=(Block(rows=tuple(rows)),) if pairs else ())


def _failures(findings: Findings, texts: Texts) -> Section:
    numbers = _numbers(findings)
    lines: list[str] = []
    for failure in findings.failures:
        line = texts(
            "report.failure" if failure.code is None else "report.failure.code",
            target=numbers.get(failure.target, fmt.clean(failure.target)),
            count=fmt.count(failure.count),
            outcome=texts(f"report.outcome.{failure.outcome}"),
            code=_word(failure.code or ""),
        )
        lines.append(line if failure.message is None else f"{line}: {fmt.cut(fmt.clean(failure.message), 160)}")
    return Section(title=texts("report.failures"), lines=tuple(lines))


def _cautions(findings: Findings, texts: Texts) -> Section:
    if not findings.cautions:
        return Section(title=texts("report.cautions"), lines=(texts("report.cautions.none"),))
    return Section(
        title=texts("report.cautions"),
        lines=tuple(f"{caution.code} {caution_text(caution, texts)}" for caution in findings.cautions),
        notes=(texts("report.cautions.more", code=findings.cautions[-1].code),),
    )


def caution_text(caution: Caution, texts: Texts) -> str:
    """The sentence of a caution, its raw values formatted by what their names say."""
    return texts(caution.key, **{name: _shown(name, value, texts) for name, value in caution.values.items()})


def _shown(name: str, value: object, texts: Texts) -> str:
    if isinstance(value, tuple):
        return _list(value, texts)
    if isinstance(value, int | float):
        if name.endswith("_ratio"):
            return fmt.share(value)
        return fmt.duration_alone(value) if name.endswith("_ns") else fmt.count(value)
    return _word(str(value))
