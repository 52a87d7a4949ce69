"""On which prompts does the difference lie? By category, by length of the answer, and prompt by prompt where they were repeated."""

from __future__ import annotations

from collections.abc import Sequence

from hayai.decide.conclusions import GroupEffect, LengthEffect, PromptEffect, Verdict
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.faces import between, change, fast, fast_between, kind_of_all, number, pair
from hayai.show.sections.parts import Block, Column, Row, Section

MOST_PROMPTS = 24
"""Above this only the ends of the list are shown; the JSON report has all."""
_END = 8


def by_group(verdicts: Sequence[Verdict], names: Sequence[str], texts: Texts) -> Section:
    """The effect in each category, and whether it grows with the length of the answer."""
    blocks = tuple(
        Block(
            heading=pair(names, one.target, one.baseline, texts),
            rows=tuple(_group(group, texts) for group in one.groups),
        )
        for one in verdicts
        if one.groups
    )
    lines = tuple(
        f"{number(names, one.target)}: {_length(one.length, texts)}" for one in verdicts if one.length is not None
    )
    columns = (
        Column(title=texts("report.column.category"), right=False, shortens="all"),
        Column(title=texts("groups.column.fast")),
        Column(title=texts("groups.column.time")),
        Column(title=kind_of_all(verdicts, texts, anytime=True)),
        Column(title=texts("verdict.kind.descriptive")),
        Column(title=texts("report.column.prompts")),
    )
    return Section(
        title=texts("groups.title"),
        notes=(texts("groups.note"),) if blocks else (),
        columns=columns if blocks else (),
        blocks=blocks,
        lines=lines,
        heading_column=texts("verdict.column.pair"),
    )


def _group(group: GroupEffect, texts: Texts) -> Row:
    estimate = group.estimate
    return (
        texts("report.category.none") if group.name is None else fmt.clean(group.name),
        texts("report.times", number=fast(estimate.ratio)),
        change(estimate.ratio),
        fast_between(estimate.anytime, texts),
        fast_between(estimate.such_prompts, texts),
        fmt.count(estimate.prompts),
    )


def _length(length: LengthEffect, texts: Texts) -> str:
    trend = {-1: "more", 0: "none", 1: "less"}[length.per_doubling.interval.side()]
    told = texts(
        f"groups.length.{trend}",
        factor=fmt.times(length.per_doubling.ratio),
        interval=between(length.per_doubling.interval, texts),
        unit=texts(f"why.unit.{length.unit}"),
    )
    if length.rank_correlation is None or length.rank_p is None:
        return told
    ranks = texts(
        "groups.length.ranks", correlation=fmt.correlation(length.rank_correlation), p=fmt.probability(length.rank_p)
    )
    return told + texts("verdict.space") + ranks


def by_prompt_effect(verdicts: Sequence[Verdict], names: Sequence[str], texts: Texts) -> Section:
    """Each prompt with an interval of its own, greatest gain first; only where prompts were repeated."""
    blocks = []
    for one in verdicts:
        if not one.judged or all(effect.interval is None for effect in one.prompts):
            continue
        ordered = sorted(one.prompts, key=lambda effect: effect.ratio)
        shown = ordered
        remarks: tuple[str, ...] = ()
        if len(ordered) > MOST_PROMPTS:
            shown = ordered[:_END] + ordered[-_END:]
            remarks = (
                texts("groups.prompts.left_out", count=fmt.count(len(ordered) - len(shown)), end=fmt.count(_END)),
            )
        rows = tuple(_prompt(effect, texts) for effect in shown)
        blocks.append(Block(heading=pair(names, one.target, one.baseline, texts), rows=rows, remarks=remarks))
    columns = (
        Column(title=texts("report.column.prompt"), right=False, shortens="all"),
        Column(title=texts("groups.column.fast")),
        Column(title=texts("groups.column.time")),
        Column(title=kind_of_all(verdicts, texts, anytime=True)),
        Column(title=texts("why.column.pairs")),
    )
    return Section(
        title=texts("groups.prompts"),
        notes=(texts("groups.prompts.note"),),
        columns=columns,
        blocks=tuple(blocks),
        heading_column=texts("verdict.column.pair"),
    )


def _prompt(effect: PromptEffect, texts: Texts) -> Row:
    return (
        fmt.clean(effect.prompt),
        texts("report.times", number=fast(effect.ratio)),
        change(effect.ratio),
        fast_between(effect.interval, texts),
        fmt.count(effect.pairs),
    )
