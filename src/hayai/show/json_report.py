r"""What does another program read? The findings as JSON: nanoseconds, ratios and null, nothing formatted.

The banner of a simulated run and the sentences of the cautions are in it too, in the reader's language. Requests are left out: they are in
the journal and in the `csv` report. Characters that could act on a terminal are written as `\u` escapes, which lose nothing.
"""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec

from hayai.decide.findings import Findings
from hayai.show.format import is_hidden
from hayai.show.locales import Texts
from hayai.show.sections.notices import caution_text
from hayai.show.sections.opening import banner

VERSION = 1
"""Raised when a field changes its meaning or goes away."""


def render(findings: Findings, texts: Texts, *, width: int = 80) -> str:
    """The findings as one JSON object, indented. `width` does not matter here."""
    del width
    fields = msgspec.to_builtins(replace(findings, requests=()))
    del fields["requests"]
    for told, caution in zip(fields["cautions"], findings.cautions, strict=True):
        told["text"] = caution_text(caution, texts)
    document = {"simulated": list(banner(findings, texts)), "version": VERSION} | fields
    return _visible(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


def _visible(text: str) -> str:
    """`text` with hidden characters escaped. They stand only inside strings: JSON's own line feeds are kept."""
    return "".join(_escape(c) if c != "\n" and is_hidden(c) else c for c in text)


def _escape(character: str) -> str:
    point = ord(character)
    if point < 0x10000:
        return f"\\u{point:04x}"
    point -= 0x10000
    return f"\\u{0xD800 + (point >> 10):04x}\\u{0xDC00 + (point & 0x3FF):04x}"
