"""The verdict as a picture, to paste anywhere: the answer, its three numbers, and on what it rests; one comparison, 1,200 by 630.

Drawn from an SVG of our own by the library that draws the charts, in the fonts of this machine: Japanese needs one that has it. Every word
is escaped; a picture of a simulated run says so, as everything does.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from hayai.decide.conclusions import Verdict
from hayai.decide.findings import Findings
from hayai.show import format as fmt
from hayai.show.charts.style import FONT
from hayai.show.html.page import faces
from hayai.show.locales import Texts
from hayai.show.sections.answers import answer_sentence
from hayai.show.sections.opening import banner, scope

WIDTH, HEIGHT = 1200, 630
_MARGIN = 64
_INK, _DIM, _GROUND, _SUNK = "#1b1f24", "#5b6470", "#ffffff", "#f4f6f8"
_TONES = {"apart": "#0b6b3a", "same": "#5b6470", "open": "#8a5200"}


def render_png(findings: Findings, texts: Texts) -> bytes:
    """The first judged comparison as PNG. ValueError where nothing was judged."""
    import vl_convert

    drawn: bytes = vl_convert.svg_to_png(svg(findings, texts), scale=1.0)
    return drawn


def svg(findings: Findings, texts: Texts) -> str:
    """The same as SVG. ValueError where nothing was judged."""
    verdict = next((one for one in findings.judgement.verdicts if one.judged), None)
    if verdict is None:
        raise ValueError("nothing was judged")
    names = [target.name for target in findings.targets]
    tone = (
        "open" if verdict.answer in ("none", "undecided") else "same" if verdict.answer.startswith("same") else "apart"
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="{escape(FONT)}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_GROUND}"/>',
        f'<rect width="18" height="{HEIGHT}" fill="{_TONES[tone]}"/>',
        _line("hayai 速い", _MARGIN, 70, 26, _DIM, bold=True),
    ]
    told = banner(findings, texts)
    if told:
        parts.append(
            f'<rect x="{_MARGIN}" y="92" width="{WIDTH - 2 * _MARGIN}" height="40" rx="6" fill="{_TONES["open"]}"/>'
        )
        parts.append(_line(fmt.cut(told[0], 96), _MARGIN + 14, 119, 20, _GROUND, bold=True))
    parts += _paragraph(answer_sentence(verdict, names, texts), 190, 30, 66, _INK, lines=4)
    parts += _faces(verdict, texts)
    parts += _paragraph(scope(findings, texts), 562, 19, 108, _DIM, lines=2)
    parts.append("</svg>")
    return "".join(parts)


def _faces(verdict: Verdict, texts: Texts) -> list[str]:
    values = faces(verdict, texts)
    if not values:
        return []
    each = (WIDTH - 2 * _MARGIN) / len(values)
    found = [f'<rect x="{_MARGIN}" y="350" width="{WIDTH - 2 * _MARGIN}" height="166" rx="12" fill="{_SUNK}"/>']
    for place, face in enumerate(values):
        x = _MARGIN + 30 + place * each
        found += [
            _line(face.name, x, 388, 20, _DIM),
            _line(face.value, x, 452, 58, _INK, bold=True),
            _line(face.interval, x, 492, 20, _DIM),
        ]
    return found


def _paragraph(text: str, y: float, size: int, cells: int, colour: str, *, lines: int) -> list[str]:
    shown: Sequence[str] = fmt.wrap(text, cells)
    if len(shown) > lines:
        shown = [*shown[: lines - 1], fmt.cut(" ".join(shown[lines - 1 :]), cells)]
    return [_line(line, _MARGIN, y + number * size * 1.35, size, colour) for number, line in enumerate(shown)]


def _line(text: str, x: float, y: float, size: int, colour: str, *, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" fill="{colour}"{weight}>{escape(fmt.clean(text))}</text>'
