"""How does a number, a name or a stranger's text look? The one place where values become strings.

Numbers have three significant digits; a column of durations has one unit, told in its heading. Percent exists only here. Everything that
came from a server, a model or a file passes `clean` before it reaches a terminal: it can then neither move the cursor nor turn the reading
direction, and what was hidden in it becomes visible.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median_low

from hayai.show.locales import Texts

UNKNOWN = "-"
"""A value that is not known. Never 0, never empty."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that draw nothing or act on their surroundings: controls, escapes, bidi marks, zero widths, separators."""
_OF_PROSE = "\n\t\u200c\u200d"
_NO_LINE_START = frozenset("、。，．・：；！？）」』】〕〉》ー々〜)ぁぃぅぇぉっゃゅょァィゥェォッャュョ")
"""Characters that Japanese typesetting keeps off the start of a line."""
_NO_LINE_END = frozenset("（「『【〔〈《〜(")


@dataclass(frozen=True, slots=True)
class DurationUnit:
    """The unit of a column of durations."""

    label: str
    ns: float


SECONDS = DurationUnit("s", 1e9)
MILLISECONDS = DurationUnit("ms", 1e6)
MICROSECONDS = DurationUnit("µs", 1e3)


def dollars(value: float) -> str:
    """Three significant digits, with the sign of the currency."""
    return f"${significant(value)}"


def significant(number: float, digits: int = 3) -> str:
    """`number` with `digits` significant digits and no exponent; whole digits are never rounded away (1234.5 -> 1234)."""
    if number == 0:
        return "0"
    exponent = int(f"{abs(number):.{digits - 1}e}".partition("e")[2])
    text = f"{number:.{max(0, digits - 1 - exponent)}f}"
    return text if float(text) != 0 or exponent > -12 else "0"


def number(value: float | None) -> str:
    """A plain number with three significant digits."""
    return UNKNOWN if value is None else significant(value)


def count(value: float | None) -> str:
    """A count; a median between two small counts keeps its half."""
    if value is None:
        return UNKNOWN
    return f"{value:.0f}" if float(value).is_integer() or value >= 100 else f"{value:.1f}"


def percent(ratio: float | None, *, sign: bool = True) -> str:
    """A ratio as percent with one decimal: 0.325 -> +32.5%."""
    if ratio is None:
        return UNKNOWN
    text = f"{ratio * 100:+.1f}" if sign else f"{ratio * 100:.1f}"
    return ("0.0" if float(text) == 0 else text) + "%"


def percent_short(ratio: float | None, *, sign: bool = True) -> str:
    """A ratio as percent, as people say it: whole from 10 up, one decimal below (+47%, -3.2%). What is not all is never rounded to 100%."""
    if ratio is None:
        return UNKNOWN
    value = ratio * 100
    text = f"{value:+.0f}" if abs(value) >= 9.95 else f"{value:+.1f}".removesuffix(".0")
    if abs(value) < 100 and abs(float(text)) >= 100:
        text = f"{max(-99.9, min(99.9, value)):+.1f}"
    if float(text) == 0:
        return "0%"
    return (text if sign else text.lstrip("+-")) + "%"


def points(ratio: float | None) -> str:
    """A difference of shares in percentage points, without the word."""
    return percent_short(ratio).removesuffix("%")


def confidence(alpha: float) -> str:
    """What an interval with this error rate is called: 0.05 -> 95%, 0.025 -> 97.5%, 0.05/3 -> 98.3%."""
    return f"{(1 - alpha) * 100:.1f}".removesuffix(".0") + "%"


def percentile(p: float) -> str:
    """What a percentile is called: 0.99 -> p99, 0.999 -> p99.9."""
    return f"p{p * 100:.4g}"


def probability(p: float) -> str:
    """A p value: two digits, and "< 0.0001" below that."""
    return "< 0.0001" if p < 0.0001 else significant(p, 2)


def correlation(value: float) -> str:
    """A correlation with two decimals and its sign."""
    text = f"{value:+.2f}"
    return "0.00" if float(text) == 0 else text


def share(ratio: float | None) -> str:
    """A part of a whole as percent, without a sign."""
    return percent(ratio, sign=False)


def times(ratio: float | None) -> str:
    """How many times: 1.4724 -> 1.47 (the word for "times" is the language's)."""
    return UNKNOWN if ratio is None else significant(ratio)


def duration_unit(durations_ns: Iterable[float | None]) -> DurationUnit:
    """The unit that suits a column: the one in which its middle value is at least 1; seconds for an empty column."""
    known = [abs(ns) for ns in durations_ns if ns]
    if not known:
        return SECONDS
    middle = median_low(known)
    if middle >= SECONDS.ns / 2:
        return SECONDS
    return MILLISECONDS if middle >= MILLISECONDS.ns / 2 else MICROSECONDS


def duration(ns: float | None, unit: DurationUnit, *, sign: bool = False) -> str:
    """A duration as a number in the column's unit, without the unit."""
    if ns is None:
        return UNKNOWN
    text = significant(ns / unit.ns)
    return f"+{text}" if sign and ns > 0 else text


def duration_alone(ns: float | None) -> str:
    """A duration that stands alone, with its unit."""
    if ns is None:
        return UNKNOWN
    unit = duration_unit([ns])
    return f"{duration(ns, unit)} {unit.label}"


def clock_span(ns: float | None, texts: Texts) -> str:
    """A span as people say it: `42 s`, `6 min 05 s`, `2 h 03 min`."""
    if ns is None:
        return UNKNOWN
    seconds = round(ns / 1e9)
    if seconds < 60:
        return texts("report.span.s", s=seconds)
    if seconds < 3600:
        return texts("report.span.min", min=seconds // 60, s=f"{seconds % 60:02d}")
    return texts("report.span.h", h=seconds // 3600, min=f"{seconds % 3600 // 60:02d}")


def is_hidden(character: str) -> bool:
    """True for characters that draw nothing or act on their surroundings."""
    return unicodedata.category(character) in _HIDDEN


def clean(text: str, *, prose: bool = False) -> str:
    """`text` safe for a terminal or a file: every control, escape, bidi, zero-width or lone surrogate character as a visible escape.

    In `prose`, line feeds, tabs and the joiners that some scripts and emoji need stay as they are, and CR LF becomes LF.
    """
    if text.isascii() and text.isprintable():
        return text
    if prose:
        text = text.replace("\r\n", "\n")
    kept = _OF_PROSE if prose else ""
    return "".join(c if c in kept or not is_hidden(c) else _escape(c) for c in text)


def _escape(character: str) -> str:
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    if named is not None:
        return named
    point = ord(character)
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def cell_width(text: str) -> int:
    """Terminal cells that `text` takes; wide characters take two."""
    from rich.cells import cell_len

    return cell_len(text)


def pad(text: str, cells: int, *, right: bool = False) -> str:
    """`text` filled with spaces to `cells`; `right` puts it at the right end. Longer text is left as it is."""
    space = " " * max(0, cells - cell_width(text))
    return space + text if right else text + space


def shorten(text: str, cells: int) -> str:
    """`text` in at most `cells`, cut in the middle: names of targets differ at their ends."""
    if cell_width(text) <= cells:
        return text
    if cells < 1:
        return ""
    keep = cells - 1
    head = _prefix(text, keep - keep // 2)
    tail = _prefix(text[::-1], keep - cell_width(head))[::-1]
    return f"{head}…{tail}"


def cut(text: str, cells: int) -> str:
    """`text` in at most `cells`, cut at its end: sentences begin with what matters."""
    return text if cell_width(text) <= cells else _prefix(text, cells - 1) + "…" if cells > 0 else ""


def _prefix(text: str, cells: int) -> str:
    used = 0
    for place, character in enumerate(text):
        used += cell_width(character)
        if used > cells:
            return text[:place]
    return text


def wrap(text: str, cells: int) -> list[str]:
    """`text` in lines of at most `cells`: between words, and between wide characters where Japanese allows it."""
    lines: list[str] = []
    line = ""
    for chunk in _chunks(text):
        if cell_width(line + chunk.rstrip()) <= cells:
            line += chunk
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = chunk.lstrip() if lines else chunk
        while cell_width(line.rstrip()) > cells:
            head = _prefix(line, cells) or line[:1]
            lines.append(head)
            line = line[len(head) :]
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def _chunks(text: str) -> list[str]:
    """Pieces between which a line may break."""
    chunks: list[str] = []
    for character in text:
        before = chunks[-1][-1] if chunks else ""
        joined = bool(before) and (
            character == " "
            or character in _NO_LINE_START
            or before in _NO_LINE_END
            or (before != " " and not _is_wide(before) and not _is_wide(character))
        )
        if joined:
            chunks[-1] += character
        else:
            chunks.append(character)
    return chunks


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def region_short(region: str) -> str:
    """`ap-northeast-1` -> `apne1`, as people abbreviate regions. Names of another shape stay as they are."""
    parts = region.split("-")
    if len(parts) < 3 or not parts[-1].isdigit():
        return region
    compass = {"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw"}
    middle = "".join(compass.get(part, part[:1]) for part in parts[1:-1])
    return f"{parts[0]}{middle}{parts[-1]}"


def region_shorts(regions: Iterable[str]) -> dict[str, str]:
    """Region -> short name, for regions whose short name means only them; a region that shares one keeps its full name."""
    names = sorted(set(regions))
    shorts = [region_short(name) for name in names]
    return {
        name: short if shorts.count(short) == 1 and short not in names else name
        for name, short in zip(names, shorts, strict=True)
    }
