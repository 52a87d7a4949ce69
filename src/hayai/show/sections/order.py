"""What does a report say, in which order? Findings become sections of finished strings; terminal and Markdown only lay them out.

So both show the same numbers, and neither formats one. Strings are clean (no control characters) but not escaped for any markup.
"""

from __future__ import annotations

from hayai.decide.findings import Findings
from hayai.show.locales import Texts
from hayai.show.sections.averages import differences, gains, ratios, speeds
from hayai.show.sections.cache import prompt_cache
from hayai.show.sections.choice import recommendation_sections
from hayai.show.sections.cost import costs
from hayai.show.sections.judge import judge_section
from hayai.show.sections.judgement import evidence_sections, verdict_sections
from hayai.show.sections.look import short_lines
from hayai.show.sections.notices import cautions, failures
from hayai.show.sections.opening import banner, later, opening, scope
from hayai.show.sections.parts import Page, Section
from hayai.show.sections.prompts import by_category, by_prompt
from hayai.show.sections.quality import quality_checks
from hayai.show.sections.regions import by_region
from hayai.show.sections.targets import list_of_targets, per_target


def page_of(findings: Findings, texts: Texts) -> Page:
    """The report of a run."""
    title, *facts = opening(findings, texts)
    return Page(
        banner=banner(findings, texts),
        title=title,
        facts=tuple(facts),
        sections=sections(findings, texts),
        closing=short_lines(findings.judgement, [target.name for target in findings.targets], texts),
    )


def sections(findings: Findings, texts: Texts) -> tuple[Section, ...]:
    """Everything after the opening, in order of reading; sections without content are left out.

    The verdict first; then what was compared and seen; then what the verdict rests on; at the end, where a terminal stops, what went wrong.
    """
    names = [target.name for target in findings.targets]
    found = [
        *verdict_sections(findings.judgement, names, texts, scope=scope(findings, texts), later=later(findings, texts))
    ]
    choice = recommendation_sections(findings.recommendation, names, texts)
    found += choice[:1]
    found.append(list_of_targets(findings, texts))
    if findings.counts.answered:
        found += [table(findings, texts) for table in (by_prompt, by_category, per_target, gains)]
        if not findings.judgement.verdicts:
            found.append(ratios(findings, texts))
        found += [table(findings, texts) for table in (speeds, differences)]
    found += evidence_sections(findings.judgement, names, texts)
    found += [*choice[1:], quality_checks(findings, texts), judge_section(findings, texts), costs(findings, texts)]
    found += [by_region(findings, texts), prompt_cache(findings, texts)]
    found += [failures(findings, texts), cautions(findings, texts)]
    return tuple(section for section in found if section.points or section.blocks or section.lines)
