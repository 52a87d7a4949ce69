r"""What does another program read? The findings as JSON: nanoseconds, ratios and null, nothing formatted.

The banner of a simulated run and the sentences of verdicts, claims and cautions are in it too, in the reader's language. Requests are left
out: they are in the journal and in the `csv` report. Characters that could act on a terminal are written as `\u` escapes, which
lose nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from hayai.decide.findings import Findings
from hayai.decide.judgements import Judgement
from hayai.show.format import is_hidden
from hayai.show.locales import Texts
from hayai.show.sections.answers import answer_sentence
from hayai.show.sections.claims import claim_sentence
from hayai.show.sections.judge import judged_sentence
from hayai.show.sections.notices import caution_text
from hayai.show.sections.opening import banner
from hayai.show.sections.quality import pair_sentence

VERSION = 1
"""Raised when a field changes its meaning or goes away."""


def render(findings: Findings, texts: Texts, *, width: int = 80) -> str:
    """The findings as one JSON object, indented. `width` does not matter here."""
    del width
    fields = msgspec.to_builtins(msgspec.structs.replace(findings, requests=()))
    del fields["requests"]
    for told, caution in zip(fields["cautions"], findings.cautions, strict=True):
        told["text"] = caution_text(caution, texts)
    fields["judgement"] = judgement_fields(findings.judgement, [target.name for target in findings.targets], texts)
    checks = None if findings.quality is None else findings.quality.checks
    if checks is not None:
        names = [target.name for target in findings.targets]
        for told, pair in zip(fields["quality"]["checks"]["pairs"], checks.pairs, strict=True):
            told["sentence"] = pair_sentence(pair, names, texts)
    if findings.judged is not None:
        fields["judged"] = judged_fields(findings, texts)
    document = {"simulated": list(banner(findings, texts)), "version": VERSION} | fields
    return visible(indented(document)) + "\n"


def indented(document: dict[str, Any]) -> str:
    """As `json.dumps(document, indent=2)` writes it, for a third of the time: json indents in Python, msgspec puts only the blanks in."""
    compact = json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogatepass")
    return msgspec.json.format(compact, indent=2).decode("utf-8", "surrogatepass")


def judgement_fields(judgement: Judgement, names: Sequence[str], texts: Texts) -> dict[str, Any]:
    """A judgement as it is, and beside each verdict and claim its `sentence` in the reader's language."""
    fields: dict[str, Any] = msgspec.to_builtins(judgement)
    for told, verdict in zip(fields["verdicts"], judgement.verdicts, strict=True):
        told["sentence"] = answer_sentence(verdict, names, texts)
    for told, claim in zip(fields["claims"], judgement.claims, strict=True):
        told["sentence"] = claim_sentence(claim, names, texts)
    return fields


def judged_fields(findings: Findings, texts: Texts) -> dict[str, Any] | None:
    """What judges found, and beside each comparison its `sentence`; None where none was asked."""
    if findings.judged is None:
        return None
    fields: dict[str, Any] = msgspec.to_builtins(findings.judged)
    for told, one in zip(fields["comparisons"], findings.judged.comparisons, strict=True):
        told["not_worse"] = one.not_worse
        told["sentence"] = judged_sentence(one, findings, texts)
    return fields


def visible(text: str) -> str:
    """`text` with hidden characters escaped. They stand only inside strings: JSON's own line feeds are kept."""
    if text.replace("\n", "").isprintable():
        return text
    return "\n".join(
        line if line.isprintable() else "".join(_escape(c) if is_hidden(c) else c for c in line)
        for line in text.split("\n")
    )


def _escape(character: str) -> str:
    point = ord(character)
    if point < 0x10000:
        return f"\\u{point:04x}"
    point -= 0x10000
    return f"\\u{0xD800 + (point >> 10):04x}\\u{0xDC00 + (point & 0x3FF):04x}"
