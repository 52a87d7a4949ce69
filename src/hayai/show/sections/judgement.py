"""Which sections does a judgement become? The verdict and the claims, which come first; and the evidence, which comes after.

They need the names of the targets and no run, so that numbers measured elsewhere are shown alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from hayai.decide.judgements import Judgement
from hayai.show.locales import Texts
from hayai.show.sections.claims import claims
from hayai.show.sections.evidence import evidence, slowest
from hayai.show.sections.groups import by_group, by_prompt_effect
from hayai.show.sections.parts import Section
from hayai.show.sections.percentiles import compared, percentiles
from hayai.show.sections.verdict import verdict
from hayai.show.sections.why import origin, quantities


def verdict_sections(
    judgement: Judgement, names: Sequence[str], texts: Texts, *, scope: str, later: str | None = None
) -> tuple[Section, ...]:
    """What a reader wants first: the verdicts, and what is left of the claims.

    `later` says what one session cannot tell, where it is not the usual sentence.
    """
    return _filled(verdict(judgement, names, texts, scope=scope, later=later), claims(judgement, names, texts))


def evidence_sections(judgement: Judgement, names: Sequence[str], texts: Texts) -> tuple[Section, ...]:
    """What the verdicts rest on. Of pairs that were only described, the JSON report has it."""
    judged = [one for one in judgement.verdicts if one.judged]
    return _filled(
        origin(judged, names, texts),
        quantities(judged, names, texts),
        by_group(judged, names, texts),
        by_prompt_effect(judged, names, texts),
        percentiles(judgement.percentiles, judgement.verdicts, names, texts),
        compared(judged, names, texts),
        evidence(judgement, names, texts),
        slowest(judgement.slowest, names, texts),
    )


def _filled(*sections: Section) -> tuple[Section, ...]:
    return tuple(section for section in sections if section.points or section.blocks or section.lines)
