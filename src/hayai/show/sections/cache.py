"""What did the prompt cache do? One row per target, and a sentence on how much sooner answers began."""

from __future__ import annotations

from hayai.decide.findings import Findings
from hayai.decide.judgements import CacheUse
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.faces import between, called
from hayai.show.sections.parts import Block, Column, Section


def prompt_cache(findings: Findings, texts: Texts) -> Section:
    """Empty where no target has to do with a cache."""
    names = [target.name for target in findings.targets]
    columns = (
        Column(title=texts("report.column.target"), right=False, shortens="all"),
        *(Column(title=texts(f"cache.column.{name}")) for name in ("hits", "read", "written", "share")),
    )
    rows = tuple(
        (
            called(names, one.target),
            texts("report.row.of", part=fmt.count(one.hits), whole=fmt.count(one.answers)),
            fmt.count(one.read_tokens),
            fmt.count(one.written_tokens),
            fmt.share(one.read_share),
        )
        for one in findings.cache
    )
    lines = tuple(line for one in findings.cache for line in _effects(one, names, texts))
    return Section(
        title=texts("cache.title"),
        notes=(texts("cache.note"),) if rows else (),
        columns=columns if rows else (),
        blocks=(Block(rows=rows),) if rows else (),
        lines=lines,
    )


def _effects(one: CacheUse, names: list[str], texts: Texts) -> list[str]:
    told = []
    for name, effect in (("ttft", one.ttft), ("e2e", one.e2e)):
        if effect is not None:
            told.append(
                texts(
                    f"cache.effect.{name}",
                    target=called(names, one.target),
                    ratio=fmt.times(effect.ratio),
                    interval=between(effect.interval, texts),
                )
            )
    return told
