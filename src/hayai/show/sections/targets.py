"""What is each target, and how did it do? The list of targets, and the table of metrics with a column per target."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hayai.decide.findings import Findings, ServedCount, Spread, TargetSummary
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.parts import Block, Column, Row, Section
from hayai.show.sections.words import label, region_legend, region_list, region_shorts, time_unit, word

_SPREAD_ROWS = (
    "e2e", "ttft", "ttfv", "tpot", "output_speed", "output_characters_per_s", "e2e_tokens_per_s", "e2e_characters_per_s",
    "output_tokens", "chunk_gap", "dns", "tcp", "tunnel", "tls", "service_time", "service_first_byte", "lateness",
)  # fmt: skip
_DURATIONS = frozenset(
    {
        "e2e",
        "ttft",
        "ttfv",
        "tpot",
        "chunk_gap",
        "dns",
        "tcp",
        "tunnel",
        "tls",
        "service_time",
        "service_first_byte",
        "lateness",
    }
)
_SPEEDS = frozenset({"output_speed", "output_characters_per_s", "e2e_tokens_per_s", "e2e_characters_per_s"})
"""Shown as a median only: their largest value is the best moment, not the worst."""


def list_of_targets(findings: Findings, texts: Texts) -> Section:
    """Number, full name, model and telling options of each target."""
    lines: list[str] = []
    for target in findings.targets:
        facts = [f"{fmt.clean(target.provider)}:{word(target.model, 200)}"]
        facts += [f"{name}={word(text)}" for name, text in target.options.items()]
        if target.is_baseline and len(findings.targets) > 1:
            facts.append(texts("report.baseline"))
        lines.append(f"{label(target)}: {texts('report.list').join(facts)}")
    return Section(title=texts("report.targets"), lines=tuple(lines))


def per_target(findings: Findings, texts: Texts) -> Section:
    """A row per metric that is known of any target, a column per target."""
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
        unit = time_unit(findings) if name in ("e2e", "service_time") else None
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
    legend = region_legend(region_shorts(regions), regions, texts)
    return Section(
        title=texts("report.per_target"),
        notes=(texts("report.per_target.note"), *legend),
        columns=columns,
        blocks=(Block(rows=tuple(rows)),),
    )


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
    shorts = region_shorts(target.regions for target in targets)
    rows.append((texts("report.row.regions"), *(region_list(target.regions, shorts, texts) for target in targets)))
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
    return ", ".join(word(mode, 24) for mode in asked if mode is not None) or fmt.UNKNOWN


def _served(counts: Sequence[ServedCount], texts: Texts) -> str:
    named = (
        (texts("report.not_told") if count.served is None else word(count.served, 24), fmt.count(count.count))
        for count in counts
    )
    return ", ".join(f"{name} {number}" for name, number in named) or fmt.UNKNOWN
