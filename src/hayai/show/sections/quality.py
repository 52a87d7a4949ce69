"""Are the answers as good? Which checks the answers of each target passed, the comparison in a sentence, and the answers that did not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hayai.decide.findings import Findings
from hayai.decide.quality.findings import CheckCount, CheckFindings, Miss, MissedAnswers, PassDifference
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.faces import between, number, pair
from hayai.show.sections.parts import Block, Column, Row, Section
from hayai.show.sections.words import counted, label, word

LISTED = 6
"""Kinds of missed answers that a report lists; the rest is counted."""
_OWN = ":"
"""In the name of every check of the user's own, and in no other."""


def quality_checks(findings: Findings, texts: Texts) -> Section:
    """Empty where the answers were not looked at."""
    title = texts("quality.checks.title")
    found = None if findings.quality is None else findings.quality.checks
    if found is None or not any(of.answers for of in found.targets):
        return Section(title=title)
    names = [target.name for target in findings.targets]
    columns = (
        Column(title=texts("quality.column.check"), right=False, wraps=True),
        *(Column(title=label(target), shortens="title") for target in findings.targets),
    )
    lines = (
        *(pair_sentence(one, names, texts) for one in found.pairs),
        *_facts(found, texts),
        *_missed(found, names, texts),
    )
    return Section(
        title=title,
        notes=(texts("quality.checks.note"),),
        columns=columns,
        blocks=(Block(rows=tuple(_rows(found, texts))),),
        lines=lines,
    )


def _rows(found: CheckFindings, texts: Texts) -> Iterator[Row]:
    """A row per check; without texts those alone that the service tells."""
    for place, check in enumerate(found.checks):
        if not found.texts_kept and all(of.checks[place].unknown == _applies(of.checks[place]) for of in found.targets):
            continue
        yield (check_name(check, texts), *(_cell(of.checks[place], texts) for of in found.targets))
    if found.texts_kept:
        yield (texts("quality.row.all"), *(_share(of.passed, of.answers, of.unknown, texts) for of in found.targets))


def _cell(one: CheckCount, texts: Texts) -> str:
    return _share(one.passed, _applies(one), one.unknown, texts)


def _applies(one: CheckCount) -> int:
    return one.passed + one.failed + one.unknown


def _share(passed: int, whole: int, unknown: int, texts: Texts) -> str:
    """How many of those that could be checked; a dash where none could."""
    if whole == unknown:
        return fmt.UNKNOWN
    return texts("report.row.of", part=fmt.count(passed), whole=fmt.count(whole - unknown))


def check_name(check: str, texts: Texts) -> str:
    """What a check is called; one of the user's own by its own name."""
    return word(check) if _OWN in check else texts(f"quality.check.{check}")


def pair_sentence(one: PassDifference, names: Sequence[str], texts: Texts) -> str:
    """Not worse, worse, or why that cannot be told; with the numbers."""
    told = [
        texts(
            f"quality.pair.{one.why_open or one.answer}",
            pair=pair(names, one.target, one.baseline, texts),
            prompts=fmt.count(one.prompts),
            needed=fmt.count(one.needed_prompts),
            margin=fmt.points(one.margin).lstrip("+"),
        ),
        texts(
            "quality.pair.numbers",
            share=fmt.share(one.target_share),
            baseline=fmt.share(one.baseline_share),
            difference=fmt.points(one.difference),
            level=fmt.confidence(1 - one.confidence),
            interval=between(one.interval, texts, fmt.points),
        ),
    ]
    if one.more_often or one.less_often:
        more, less = fmt.count(one.more_often), fmt.count(one.less_often)
        told.append(texts("quality.pair.moved", more=more, less=less, p=fmt.probability(one.p)))
    if one.unmade:
        checks = (
            texts(
                "quality.pair.unmade.one", check=check_name(of.check, texts), rounds=counted("rounds", of.pairs, texts)
            )
            for of in one.unmade
        )
        told.append(texts("quality.pair.unmade", checks=texts("report.list").join(checks)))
    if one.left_out:
        told.append(texts("quality.pair.left_out", rounds=counted("rounds", one.left_out, texts)))
    return texts("verdict.space").join(told)


def _facts(found: CheckFindings, texts: Texts) -> Iterator[str]:
    if any(one.pairs > one.prompts for one in found.pairs):
        yield texts("quality.repeats")
    if found.form_only and any(one.answer == "not_worse" for one in found.pairs):
        yield texts("quality.form_only", count=fmt.count(found.form_only), prompts=fmt.count(found.prompts))
    if not found.texts_kept:
        yield texts("quality.no_texts")
    if found.failed_requests:
        count, section = fmt.count(found.failed_requests), texts("report.failures")
        yield texts("quality.failed_requests", count=count, section=section)


def _missed(found: CheckFindings, names: Sequence[str], texts: Texts) -> Iterator[str]:
    """The answers that did not pass, those alike together."""
    if not found.texts_kept:
        missed = [one for one in found.missed if any(miss.outcome == "failed" for miss in one.misses)]
    else:
        missed = list(found.missed)
    for one in missed[:LISTED]:
        yield _miss(one, names, texts)
    rest = found.missed_count - sum(one.count for one in found.missed[:LISTED])
    if rest > 0 and found.texts_kept:
        yield texts("quality.missed.more", count=fmt.count(rest))


def _miss(one: MissedAnswers, names: Sequence[str], texts: Texts) -> str:
    return texts(
        "quality.missed" if one.count == 1 else "quality.missed.several",
        prompt=word(one.prompt),
        target=number(names, one.target),
        cycle=fmt.count(one.cycle + 1),
        count=fmt.count(one.count),
        reasons=texts("quality.list").join(_reason(miss, texts) for miss in one.misses),
    )


def _reason(miss: Miss, texts: Texts) -> str:
    reason = texts(f"quality.reason.{miss.reason}")
    if miss.detail:
        reason = texts("quality.reason.with", reason=reason, detail=word(miss.detail, 60))
    return texts("quality.reason.of", check=check_name(miss.check, texts), reason=reason)
