"""What is shown when judges have been asked? Their section of the report and the cautions about them, or how a calibration ended."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hayai.decide.conclusions import Interval
from hayai.decide.findings import Findings
from hayai.decide.quality.judged import Calibration
from hayai.show import format as fmt
from hayai.show import terminal
from hayai.show.json_report import indented, judged_fields, visible
from hayai.show.locales import Texts
from hayai.show.sections.faces import between
from hayai.show.sections.judge import cost_words, judge_section, order_words
from hayai.show.sections.notices import cautions_section
from hayai.show.sections.opening import banner, opening
from hayai.show.sections.parts import Page, Point, Section
from hayai.show.sections.targets import list_of_targets
from hayai.show.sections.words import word

OF_JUDGES = "W32"
"""How the codes of cautions about judges begin."""


def as_text(findings: Findings, texts: Texts, *, width: int = 80, colour: bool = False) -> str:
    """For a terminal."""
    found = [caution for caution in findings.cautions if caution.code.startswith(OF_JUDGES)]
    page = Page(
        banner=banner(findings, texts),
        title=opening(findings, texts)[0],
        facts=(),
        sections=(
            list_of_targets(findings, texts),
            judge_section(findings, texts),
            *((cautions_section(found, texts),) if found else ()),
        ),
    )
    return terminal.lay_out(page, width=width, colour=colour)


def as_json(findings: Findings, texts: Texts) -> str:
    """For programs: the report's field `judged`, and the cautions about it."""
    found = [{"code": one.code, "values": one.values} for one in findings.cautions if one.code.startswith(OF_JUDGES)]
    document = {
        "simulated": list(banner(findings, texts)),
        "version": 1,
        "judged": judged_fields(findings, texts),
        "cautions": found,
    }
    return visible(indented(document)) + "\n"


def calibration_text(found: Sequence[Calibration], texts: Texts, *, width: int = 80, colour: bool = False) -> str:
    """How the judges did, for a terminal."""
    points = tuple(Point(text=_reading(one, texts), more=tuple(_details(one, texts))) for one in found)
    section = Section(title=texts("calibration.section"), points=points, notes=(texts("calibration.note"),))
    title = texts("calibration.title", source=word(found[0].source), pairs=fmt.count(found[0].asked))
    return terminal.lay_out(Page(banner=(), title=title, facts=(), sections=(section,)), width=width, colour=colour)


def calibration_json(found: Sequence[Calibration], texts: Texts) -> str:
    """The same for programs."""
    judges = [{**msgspec.to_builtins(one), "sentence": _reading(one, texts)} for one in found]
    return visible(indented({"version": 1, "judges": judges})) + "\n"


def _reading(one: Calibration, texts: Texts) -> str:
    return texts(
        f"calibration.{one.reading}",
        judge=word(one.judge),
        agreed=fmt.count(one.agreed),
        pairs=fmt.count(one.pairs),
        agreement=fmt.share(one.agreement),
        interval=between(Interval(low=one.agreement_low, high=one.agreement_high), texts, fmt.share),
        chance=fmt.share(one.by_chance),
    )


def _details(one: Calibration, texts: Texts) -> list[str]:
    lines = [
        texts("calibration.kappa", kappa=fmt.UNKNOWN if one.kappa is None else fmt.correlation(one.kappa)),
        order_words(one.order, texts),
    ]
    if one.invalid or one.refused or one.failed:
        counts = {name: fmt.count(getattr(one, name)) for name in ("invalid", "refused", "failed")}
        lines.append(texts("calibration.troubles", **counts))
    return [*lines, texts("calibration.cost", cost=cost_words(one, texts))]
