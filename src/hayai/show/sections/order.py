"""What does a report say, in which order? Findings become sections of finished strings; terminal and Markdown only lay them out.

So both show the same numbers, and neither formats one. Strings are clean (no control characters) but not escaped for any markup.
"""

from __future__ import annotations

from hayai.decide.findings import Findings
from hayai.show.locales import Texts
from hayai.show.sections.averages import differences, gains, ratios, speeds
from hayai.show.sections.notices import cautions, failures
from hayai.show.sections.parts import Section
from hayai.show.sections.prompts import by_category, by_prompt
from hayai.show.sections.targets import list_of_targets, per_target


def sections(findings: Findings, texts: Texts) -> tuple[Section, ...]:
    """Everything after the opening, in order of reading; sections without content are left out."""
    found = [list_of_targets(findings, texts)]
    if findings.counts.answered:
        tables = (by_prompt, by_category, per_target, gains, ratios, speeds, differences)
        found += [table(findings, texts) for table in tables]
    found += [failures(findings, texts), cautions(findings, texts)]
    return tuple(section for section in found if section.blocks or section.lines)
