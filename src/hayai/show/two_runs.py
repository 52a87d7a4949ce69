"""What changed between two runs, in words: a sentence per target, the numbers, what else was different, and each run's own verdict."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec

from hayai.decide.two_runs import Change, TargetChange, TwoRuns
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.markdown import lay_out as as_markdown
from hayai.show.sections.answers import answer_sentence
from hayai.show.sections.faces import between, fast, fast_within, inverse
from hayai.show.sections.opening import banner
from hayai.show.sections.parts import Block, Column, Page, Point, Section
from hayai.show.sections.words import counted, word
from hayai.show.terminal import lay_out as on_terminal

VERSION = 1
"""Of the JSON form; raised when a field changes its meaning or goes away."""


def page_of(found: TwoRuns, texts: Texts) -> Page:
    """The comparison as a page for any form of report."""
    old, new = found.old, found.new
    sections = [
        _changes(found, texts),
        _numbers(found, texts),
        _by_prompt(found, texts),
        _differs(found, texts),
        _own(found, texts),
    ]
    return Page(
        banner=tuple(dict.fromkeys((*banner(old.findings, texts), *banner(new.findings, texts)))),
        title=texts("two.title"),
        facts=(
            texts("two.old", run=word(old.run, 100), created=fmt.clean(old.created_utc)),
            texts("two.new", run=word(new.run, 100), created=fmt.clean(new.created_utc)),
            texts("two.common", prompts=counted("prompts", found.prompts, texts)),
        ),
        sections=tuple(section for section in sections if section.points or section.blocks or section.lines),
    )


def _changes(found: TwoRuns, texts: Texts) -> Section:
    points = [Point(text=_sentence(target, texts)) for target in found.targets]
    points += [Point(text=texts("two.only_old", targets=_list(found.only_old, texts)))] if found.only_old else []
    points += [Point(text=texts("two.only_new", targets=_list(found.only_new, texts)))] if found.only_new else []
    return Section(title=texts("two.changed"), points=tuple(points), notes=(texts("two.no_verdict"),))


def _sentence(target: TargetChange, texts: Texts) -> str:
    name = word(target.name, 60)
    change = next((one for one in target.changes if one.metric == "e2e"), None)
    if change is None:
        return texts("two.nothing", target=name)
    side = 0 if change.interval is None else change.interval.side()
    key = "two.slower" if side > 0 else "two.faster" if side < 0 else "two.open"
    if change.interval is None:
        return texts(
            "two.bare", target=name, fast=fast(change.ratio), prompts=counted("prompts", change.prompts, texts)
        )
    return texts(key, target=name, fast=fast(change.ratio), fasts=fast_within(change.interval, texts))


def _numbers(found: TwoRuns, texts: Texts) -> Section:
    """A row per target and metric. Times are shown as times as fast, like everywhere; so for all of them more is better."""
    columns = ("target", "metric", "ratio", "interval", "prompts", "answered")
    return Section(
        title=texts("two.numbers"),
        heading_column=texts("two.column.target"),
        columns=tuple(
            Column(title=texts(f"two.column.{name}"), right=name not in ("metric", "interval")) for name in columns[1:]
        ),
        blocks=tuple(
            Block(heading=word(target.name, 60), rows=tuple(_row(target, change, texts) for change in target.changes))
            for target in found.targets
            if target.changes
        ),
    )


def _row(target: TargetChange, change: Change, texts: Texts) -> tuple[str, ...]:
    is_time = change.metric != "e2e_tokens_per_s"
    ratio = 1 / change.ratio if is_time else change.ratio
    interval = inverse(change.interval) if is_time else change.interval
    return (
        texts(f"two.metric.{change.metric}"),
        texts("report.times", number=fmt.times(ratio)),
        between(interval, texts),
        fmt.count(change.prompts),
        " → ".join(
            texts("report.row.of", part=fmt.count(part), whole=fmt.count(whole))
            for part, whole in zip(target.answered, target.sent, strict=True)
        ),
    )


def _by_prompt(found: TwoRuns, texts: Texts) -> Section:
    prompts = sorted({prompt for target in found.targets for prompt in target.by_prompt})
    targets = [target for target in found.targets if target.by_prompt]
    rows = tuple(
        (word(prompt), *(_times(target.by_prompt.get(prompt), texts) for target in targets)) for prompt in prompts
    )
    return Section(
        title=texts("two.by_prompt"),
        columns=(
            Column(title=texts("two.column.prompt"), right=False, shortens="all"),
            *(Column(title=word(target.name), shortens="title") for target in targets),
        ),
        blocks=(Block(rows=rows),) if rows else (),
    )


def _times(ratio: float | None, texts: Texts) -> str:
    return fmt.UNKNOWN if ratio is None else texts("report.times", number=fast(ratio))


def _differs(found: TwoRuns, texts: Texts) -> Section:
    lines = tuple(
        texts(f"two.differs.{one.kind}", old=word(one.old, 160) or fmt.UNKNOWN, new=word(one.new, 160) or fmt.UNKNOWN)
        for one in found.differs
    )
    return Section(title=texts("two.differs"), lines=lines or (texts("two.differs.nothing"),))


def _own(found: TwoRuns, texts: Texts) -> Section:
    lines = []
    for key, side in (("two.own.old", found.old), ("two.own.new", found.new)):
        names = [target.name for target in side.findings.targets]
        judged = [answer_sentence(one, names, texts) for one in side.findings.judgement.verdicts if one.judged]
        lines += [texts(key, sentence=sentence) for sentence in judged or [texts("two.own.none")]]
    return Section(title=texts("two.own"), lines=tuple(lines))


def _list(names: tuple[str, ...], texts: Texts) -> str:
    return texts("report.list").join(word(name, 60) for name in names)


def _json(found: TwoRuns, texts: Texts, width: int) -> str:
    """Ratios are new ÷ old, of times in ns and of tokens per second."""
    del width
    document = {
        "version": VERSION,
        "old": {"run": found.old.run, "created_utc": found.old.created_utc},
        "new": {"run": found.new.run, "created_utc": found.new.created_utc},
        "simulated": list(dict.fromkeys((*banner(found.old.findings, texts), *banner(found.new.findings, texts)))),
        "prompts": found.prompts,
        "targets": [msgspec.to_builtins(target) | {"sentence": _sentence(target, texts)} for target in found.targets],
        "only_old": found.only_old,
        "only_new": found.only_new,
        "differs": msgspec.to_builtins(found.differs),
    }
    return json.dumps(document, ensure_ascii=True, allow_nan=False, indent=2) + "\n"


FORMS: dict[str, Callable[[TwoRuns, Texts, int], str]] = {
    "terminal": lambda found, texts, width: on_terminal(page_of(found, texts), width=width),
    "markdown": lambda found, texts, width: as_markdown(page_of(found, texts)),  # noqa: ARG005  One width for all.
    "json": _json,
}
"""Form -> comparison, texts, width -> text."""
