"""How are measurements that somebody else made shown? With the sections of a run's verdict, and what is different said at the top.

The published table has a page of its own above them: what its author wrote, and what the numbers support, sentence by sentence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hayai.decide.conclusions import Interval, Verdict
from hayai.decide.findings import Caution
from hayai.decide.judgements import Analysis, MeasuredCell
from hayai.show import format as fmt
from hayai.show import markdown, terminal
from hayai.show.json_report import VERSION, judgement_fields, visible
from hayai.show.locales import Texts
from hayai.show.sections.choice import recommendation_sections
from hayai.show.sections.cost import cost_section
from hayai.show.sections.faces import called, change, change_between, fast, fast_within, speed
from hayai.show.sections.judgement import evidence_sections, verdict_sections
from hayai.show.sections.notices import caution_text, cautions_section
from hayai.show.sections.parts import Block, Column, Page, Row, Section
from hayai.show.sections.words import counted, word

STANDARD, OPTIMIZED = "claude-3-5-haiku", "claude-3-5-haiku-optimized"
"""What the published comparison asked: the second against the first."""
PLAINEST = "blockchain"
"""Its optimized answer was the longer one by far, and yet sooner complete."""
Notes = Sequence[tuple[str, Mapping[str, object]]]
"""What was assumed while reading, as keys with values."""


def render(
    analysis: Analysis,
    cautions: Sequence[Caution],
    notes: Notes,
    texts: Texts,
    *,
    form: str = "terminal",
    width: int = 80,
    colour: bool = False,
) -> str:
    """The analysis as `terminal`, `markdown` or `json` text."""
    if form == "json":
        return _json(analysis, cautions, notes, texts)
    page = page_of_analysis(analysis, cautions, notes, texts)
    return markdown.lay_out(page) if form == "markdown" else terminal.lay_out(page, width=width, colour=colour)


def page_of_analysis(analysis: Analysis, cautions: Sequence[Caution], notes: Notes, texts: Texts) -> Page:
    """Everything there is to say, in order of reading."""
    names = analysis.targets
    scope = texts(
        "analysis.scope.once" if 1 < analysis.prompts >= analysis.rounds else "analysis.scope",
        prompts=counted("these", analysis.prompts, texts),
        rounds=counted("rounds", analysis.rounds, texts),
    )
    found = list(verdict_sections(analysis.judgement, names, texts, scope=scope, later=texts("analysis.later")))
    question = _question(analysis)
    if question is not None:
        found.append(published(analysis, question, texts))
    output_only = analysis.costs is not None and analysis.costs.output_only
    choice = recommendation_sections(analysis.recommendation, names, texts, output_only=output_only)
    found += choice[:1]
    found += [targets(analysis, texts), cells(analysis, texts)]
    found += evidence_sections(analysis.judgement, names, texts)
    found += [*choice[1:], cost_section(analysis.costs, names, texts)]
    found.append(cautions_section(cautions, texts))
    return Page(
        banner=(),
        title=texts(
            "analysis.title.published" if analysis.published else "analysis.title", source=word(analysis.source, 60)
        ),
        facts=(_facts(analysis, texts), *(_note(key, values, texts) for key, values in notes)),
        sections=tuple(section for section in found if section.points or section.blocks or section.lines),
    )


def _facts(analysis: Analysis, texts: Texts) -> str:
    told = texts(
        "analysis.facts",
        targets=fmt.count(len(analysis.targets)),
        prompts=fmt.count(analysis.prompts),
        rounds=fmt.count(analysis.rounds),
    )
    if not analysis.alone:
        return told
    return told + texts("verdict.space") + texts("analysis.alone", count=fmt.count(analysis.alone))


def _note(key: str, values: Mapping[str, object], texts: Texts) -> str:
    shown = {
        name: fmt.count(value) if isinstance(value, int) else word(str(value), 60) for name, value in values.items()
    }
    return texts(key, **shown)


def targets(analysis: Analysis, texts: Texts) -> Section:
    """Which number is which target."""
    lines = []
    for place, name in enumerate(analysis.targets, start=1):
        line = f"[{place}] {word(name, 60)}"
        lines.append(texts("report.list").join((line, texts("report.baseline"))) if place == 1 else line)
    return Section(title=texts("report.targets"), lines=tuple(lines))


def cells(analysis: Analysis, texts: Texts) -> Section:
    """Prompt by target: time and tokens, medians where there are several."""
    unit = fmt.duration_unit(cell.e2e_ns for cell in analysis.cells)
    of = {(cell.prompt, cell.target): cell for cell in analysis.cells}
    prompts = list(dict.fromkeys(cell.prompt for cell in analysis.cells))
    columns = [Column(title=texts("report.column.prompt"), right=False, shortens="all")]
    for place, _ in enumerate(analysis.targets, start=1):
        columns += [
            Column(title=f"[{place}] {unit.label}"),
            Column(title=f"[{place}] {texts('report.column.tokens')}"),
        ]

    def row(prompt: str) -> Row:
        shown: list[str] = []
        for target in analysis.targets:
            cell: MeasuredCell = of[prompt, target]
            shown += [fmt.duration(cell.e2e_ns, unit), fmt.count(cell.output_tokens)]
        return (fmt.clean(prompt), *shown)

    return Section(
        title=texts("analysis.cells"),
        notes=(texts("analysis.cells.note"),),
        columns=tuple(columns),
        blocks=(Block(rows=tuple(row(prompt) for prompt in prompts)),),
    )


def _question(analysis: Analysis) -> Verdict | None:
    """The verdict on what the published text asked; None where something else was asked of its numbers."""
    if not analysis.published:
        return None
    return next(
        (v for v in analysis.judgement.verdicts if v.judged and (v.target, v.baseline) == (OPTIMIZED, STANDARD)), None
    )


def published(analysis: Analysis, question: Verdict, texts: Texts) -> Section:
    """What the published text says, and what its table supports: fair to its author, who gave every number away."""
    head = question.headline
    tokens = question.estimates["e2e_per_token"]
    written = question.estimates["output_tokens"]
    claim = analysis.judgement.claims[0]
    by_speed = next(r for r in claim.readings if r.face == "speed" and r.quantity == "e2e_per_token")
    by_time = next(r for r in claim.readings if r.face == "time" and r.quantity == "e2e")
    if head is None:
        return Section(title="")
    lines = [
        texts("published_table.thirty", time=change(head.ratio), times=_changes(head.such_prompts, texts)),
        texts(
            "published_table.sixty",
            needed_time=change(1 / by_speed.needed),
            needed_fast=fmt.times(by_time.needed),
            speed=speed(head.ratio),
            tokens=speed(tokens.ratio),
            tokens_between=_speeds(tokens.such_prompts, texts),
            reached=fmt.count(by_speed.reached),
            prompts=fmt.count(by_speed.prompts),
            reached_time=fmt.count(by_time.reached),
            most=fmt.share(by_time.reached_interval.high) if by_time.reached_interval else fmt.UNKNOWN,
        ),
        texts(
            "published_table.averages",
            averages=texts("verdict.list").join(fmt.number(analysis.tokens_per_s[name]) for name in analysis.targets),
        ),
        _longer(analysis, question, written.ratio, texts),
        texts(
            "published_table.intervals",
            fixed=fast_within(head.such_prompts, texts),
            anytime=fast_within(head.anytime, texts),
        ),
        _lengths(question, texts),
        *_older_model(analysis, question, texts),
        texts("published_table.not_shown"),
        texts("published_table.fair"),
    ]
    return Section(title=texts("published_table.title"), lines=tuple(lines))


def _changes(interval: Interval | None, texts: Texts) -> str:
    return change_between(interval, texts)


def _speeds(interval: Interval | None, texts: Texts) -> str:
    """Changes of speed, of an interval of times."""
    if interval is None or interval.low is None or interval.high is None:
        return fmt.UNKNOWN
    return texts("verdict.between", low=speed(interval.high), high=speed(interval.low))


def _longer(analysis: Analysis, question: Verdict, written: float, texts: Texts) -> str:
    """More was written in less time; the prompt for which that is plainest is named."""
    told = texts("published_table.longer", written=change(written), fast=_equal(question))
    of = {(cell.prompt, cell.target): cell for cell in analysis.cells}
    before, after = of.get((PLAINEST, question.baseline)), of.get((PLAINEST, question.target))
    if before is None or after is None:
        return told
    example = texts(
        "published_table.longer.example",
        prompt=PLAINEST,
        before=fmt.duration_alone(before.e2e_ns),
        after=fmt.duration_alone(after.e2e_ns),
        fewer=fmt.count(before.output_tokens),
        more=fmt.count(after.output_tokens),
    )
    return told + texts("verdict.space") + example


def _older_model(analysis: Analysis, question: Verdict, texts: Texts) -> list[str]:
    """The third target against the optimized one: which is faster is another question end to end than per token."""
    for one in analysis.judgement.verdicts:
        if one.baseline != question.target or one.headline is None or one.answer != "undecided":
            continue
        each = one.estimates["e2e_per_token"]
        return [
            texts(
                "published_table.older",
                target=called(analysis.targets, one.target),
                baseline=called(analysis.targets, one.baseline),
                fast=fast(one.headline.ratio),
                fasts=fast_within(one.headline.such_prompts, texts),
                each=fast(each.ratio),
                each_between=fast_within(each.such_prompts, texts),
                # Seen from the optimized side: how much more it wrote.
                written=fmt.percent_short(1 / one.estimates["output_tokens"].ratio - 1, sign=False),
            )
        ]
    return []


def _equal(verdict: Verdict) -> str:
    return fmt.UNKNOWN if verdict.equal_length is None else fast(verdict.equal_length.estimate.ratio)


def _lengths(verdict: Verdict, texts: Texts) -> str:
    length = verdict.length
    if length is None or length.rank_correlation is None or length.rank_p is None:
        return texts("published_table.lengths.unknown")
    return texts("published_table.lengths", correlation=f"{length.rank_correlation:.2f}", p=f"{length.rank_p:.2f}")


def _json(analysis: Analysis, cautions: Sequence[Caution], notes: Notes, texts: Texts) -> str:
    fields: dict[str, Any] = msgspec.to_builtins(analysis)
    fields["judgement"] = judgement_fields(analysis.judgement, analysis.targets, texts)
    fields["cautions"] = [msgspec.to_builtins(caution) | {"text": caution_text(caution, texts)} for caution in cautions]
    fields["notes"] = [_note(key, values, texts) for key, values in notes]
    return visible(json.dumps({"version": VERSION} | fields, ensure_ascii=False, indent=2, allow_nan=False)) + "\n"
