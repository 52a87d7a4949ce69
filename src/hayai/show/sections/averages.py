"""How do the targets differ over all prompts? Each average under its own name, and the differences of every pair."""

from __future__ import annotations

from hayai.decide.findings import Findings, TargetSummary
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.parts import Block, Column, Row, Section
from hayai.show.sections.words import baseline, gain_texts, label, numbers_of, time_unit, times_text


def gains(findings: Findings, texts: Texts) -> Section:
    """Response time against the baseline, by each average, in both units."""
    compared = [comparison for comparison in findings.comparisons if comparison.gains]
    if not compared:
        return Section(title="")
    numbers = numbers_of(findings)
    columns = [Column(title="", right=False)]
    for comparison in compared:
        number = numbers[comparison.target]
        columns += [
            Column(title=f"{number} {texts('report.column.saved')}"),
            Column(title=f"{number} {texts('report.column.fast')}"),
        ]
    rows = tuple(
        (texts(f"report.average.{name}"), *(text for c in compared for text in gain_texts(c.gains.get(name), texts)))
        for name in compared[0].gains
    )
    return Section(
        title=texts("report.gains", baseline=baseline(findings)),
        notes=(texts("report.gains.note"),),
        columns=tuple(columns),
        blocks=(Block(rows=rows),),
    )


def ratios(findings: Findings, texts: Texts) -> Section:
    """The other metrics' ratios to the baseline."""
    compared = findings.comparisons
    names = [
        name
        for name in (compared[0].ratios if compared else ())
        if name != "e2e" and any(comparison.ratios[name].averages for comparison in compared)
    ]
    columns = (Column(title="", right=False), *(Column(title=numbers_of(findings)[c.target]) for c in compared))
    rows = tuple(
        (
            texts(f"report.ratio.{name}"),
            *(times_text(c.ratios[name].averages.get("geometric"), texts) for c in compared),
        )
        for name in names
    )
    title = texts("report.ratios", baseline=baseline(findings))
    return Section(title=title, columns=columns, blocks=(Block(rows=rows),) if rows else ())


def speeds(findings: Findings, texts: Texts) -> Section:
    """End-to-end tokens per second of each target, three ways."""
    targets = findings.targets
    names = [name for name in ("mean", "totals", "geometric") if any(name in t.tokens_per_s for t in targets)]
    unit = time_unit(findings)
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
    averaged, prompts = max(target.averaged_prompts for target in targets), findings.run.prompts
    left_out = texts("report.speeds.note", count=fmt.count(averaged), prompts=fmt.count(prompts))
    return Section(
        title=texts("report.speeds"),
        notes=(left_out,) if averaged < prompts else (),
        columns=columns,
        blocks=(Block(rows=tuple(rows)),) if rows else (),
    )


def _average(target: TargetSummary, name: str) -> float | None:
    return next((value for average, value in target.tokens_per_s.items() if average == name), None)


def differences(findings: Findings, texts: Texts) -> Section:
    """Every pair of targets on every prompt, first minus second."""
    numbers = numbers_of(findings)
    pairs = list(dict.fromkeys((d.first, d.second) for d in findings.differences))
    unit = time_unit(findings)
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
