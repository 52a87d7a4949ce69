"""What is pasted into a chat? Three lines without a table: the answer, what it rests on, and what to know before believing it.

`<`, `>` and `&` are escaped as Slack asks for it, so no link and no mention can come of a name. Its marks for bold, italic and code have no
escape; the worst that they do to a name is to make it bold.
"""

from __future__ import annotations

from collections.abc import Sequence

from hayai.decide.findings import Findings
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.answers import answer_sentence
from hayai.show.sections.opening import banner, scope

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
CODES_SHOWN = 8


def render(findings: Findings, texts: Texts, *, width: int = 80) -> str:
    """Three lines. `width` does not matter here: a chat breaks them itself."""
    del width
    return "\n".join(escape(line) for line in lines(findings, texts)) + "\n"


def lines(findings: Findings, texts: Texts) -> tuple[str, str, str]:
    """The answer (of every judged comparison, in one line), its scope, its cautions."""
    names = [target.name for target in findings.targets]
    return _answer(findings, names, texts), _scope(findings, texts), _cautions(findings, texts)


def escape(text: str) -> str:
    """`text` as Slack shows exactly it: no link, no mention, no entity comes of it."""
    return "".join(_ENTITIES.get(character, character) for character in fmt.clean(text))


def _answer(findings: Findings, names: Sequence[str], texts: Texts) -> str:
    judged = [verdict for verdict in findings.judgement.verdicts if verdict.judged]
    if not judged:
        return texts("chat.no_verdict", targets=texts("report.list").join(fmt.clean(name) for name in names))
    return texts("verdict.space").join(answer_sentence(verdict, names, texts) for verdict in judged)


def _scope(findings: Findings, texts: Texts) -> str:
    told = [texts("chat.simulated") if banner(findings, texts) else "", scope(findings, texts)]
    return texts("verdict.space").join(part for part in told if part)


def _cautions(findings: Findings, texts: Texts) -> str:
    codes = [caution.code for caution in findings.cautions]
    if not codes:
        return texts("chat.no_cautions")
    shown = texts("report.list").join(codes[:CODES_SHOWN])
    return texts("chat.cautions", codes=shown, first=codes[0])
