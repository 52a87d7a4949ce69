"""What went wrong, and what should the reader know before trusting the numbers? Failures and cautions, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from hayai.decide.findings import Caution, Findings
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.parts import Section
from hayai.show.sections.words import listed, numbers_of, word


def failures(findings: Findings, texts: Texts) -> Section:
    """Failed requests by target and kind, with the service's own words."""
    numbers = numbers_of(findings)
    lines: list[str] = []
    for failure in findings.failures:
        # What the reader stopped needs no code and no words of ours behind it: the outcome has said it.
        told = failure.outcome != "cancelled"
        line = texts(
            "report.failure.code" if told and failure.code is not None else "report.failure",
            target=numbers.get(failure.target, fmt.clean(failure.target)),
            count=fmt.count(failure.count),
            outcome=texts(f"report.outcome.{failure.outcome}"),
            code=word(failure.code or ""),
        )
        lines.append(f"{line}: {fmt.cut(fmt.clean(failure.message), 160)}" if told and failure.message else line)
    return Section(title=texts("report.failures"), lines=tuple(lines))


def cautions(findings: Findings, texts: Texts) -> Section:
    """Every caution of a run with its code."""
    return cautions_section(findings.cautions, texts)


def cautions_section(found: Sequence[Caution], texts: Texts) -> Section:
    """Every caution with its code."""
    if not found:
        return Section(title=texts("report.cautions"), lines=(texts("report.cautions.none"),))
    return Section(
        title=texts("report.cautions"),
        lines=tuple(f"{caution.code} {caution_text(caution, texts)}" for caution in found),
        notes=(texts("report.cautions.more", code=found[-1].code),),
    )


def caution_text(caution: Caution, texts: Texts) -> str:
    """The sentence of a caution, its raw values formatted by what their names say."""
    return texts(caution.key, **{name: _shown(name, value, texts) for name, value in caution.values.items()})


def _shown(name: str, value: object, texts: Texts) -> str:
    if isinstance(value, tuple):
        return listed(value, texts)
    if isinstance(value, int | float):
        if name.endswith("_ratio"):
            return fmt.share(value)
        if name.endswith("_times"):
            return fmt.times(value)
        return fmt.duration_alone(value) if name.endswith("_ns") else fmt.count(value)
    return word(str(value))
