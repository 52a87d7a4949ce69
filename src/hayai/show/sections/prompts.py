"""What did each prompt take? The published table, prompt by target, and the same by category."""

from __future__ import annotations

from hayai.decide.findings import Cell, Findings, TargetSummary
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.parts import Block, Column, Row, Section
from hayai.show.sections.words import baseline, gain_texts, label, region_legend, region_list, region_shorts, time_unit


def by_prompt(findings: Findings, texts: Texts) -> Section:
    """The published table: a block per prompt, a row per target."""
    many = len(findings.targets) > 1
    cells = [cell for row in findings.prompts for cell in row.cells]
    unit = time_unit(findings)
    shorts = region_shorts(cell.regions for cell in cells)
    columns = [
        Column(title=texts("report.column.target"), right=False, shortens="all"),
        Column(title=texts("report.column.region"), right=False, wraps=True),
        Column(title=texts("report.column.time", unit=unit.label)),
    ]
    if many:
        columns += [Column(title=texts("report.column.saved")), Column(title=texts("report.column.fast"))]
    columns += [Column(title=texts("report.column.tokens")), Column(title=texts("report.column.speed"))]

    def row(cell: Cell, target: TargetSummary) -> Row:
        gain = gain_texts(cell.gain, texts) if many and not target.is_baseline else ("", "") if many else ()
        return (
            label(target),
            region_list(cell.regions, shorts, texts),
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
    notes = [texts("report.prompts.note" if many else "report.prompts.note.one", baseline=baseline(findings))]
    notes += region_legend(shorts, (cell.regions for cell in cells), texts)
    return Section(
        title=texts("report.prompts"),
        notes=tuple(notes),
        columns=tuple(columns),
        blocks=tuple(blocks),
        heading_column=texts("report.column.prompt"),
    )


def _heading(prompt: str, category: str | None) -> str:
    return fmt.clean(prompt) if category is None else f"{fmt.clean(prompt)} ({fmt.clean(category)})"


def by_category(findings: Findings, texts: Texts) -> Section:
    """The same, prompts of a category taken together; nothing where there is but one.

    Gains stand here only where no verdict tells them with their intervals.
    """
    if len({cell.category for cell in findings.categories}) < 2:
        return Section(title="")
    if any(verdict.judged and verdict.groups for verdict in findings.judgement.verdicts):
        return _side_by_side(findings, texts)
    many = len(findings.targets) > 1
    unit = time_unit(findings)
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
        gain = gain_texts(cell.gain, texts) if many and not target.is_baseline else ("", "") if many else ()
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


def _side_by_side(findings: Findings, texts: Texts) -> Section:
    """A row per category, all targets beside each other."""
    unit = time_unit(findings)
    of = {(cell.category, cell.target): cell for cell in findings.categories}
    columns = [Column(title=texts("report.column.category"), right=False, shortens="all")]
    for target in findings.targets:
        titles = (unit.label, texts("report.column.tokens"), texts("report.column.speed"))
        columns += [Column(title=f"[{target.number}] {title}") for title in titles]

    def row(category: str | None) -> Row:
        shown: list[str] = []
        for target in findings.targets:
            cell = of.get((category, target.name))
            means = {} if cell is None else cell.geometric_means
            shown += [
                fmt.duration(means.get("e2e"), unit),
                fmt.number(means.get("output_tokens")),
                fmt.number(means.get("e2e_tokens_per_s")),
            ]
        return (texts("report.category.none") if category is None else fmt.clean(category), *shown)

    categories = list(dict.fromkeys(cell.category for cell in findings.categories))
    return Section(
        title=texts("report.categories"),
        notes=(texts("report.categories.note.gains", section=texts("groups.title")),),
        columns=tuple(columns),
        blocks=(Block(rows=tuple(row(category) for category in categories)),),
    )
