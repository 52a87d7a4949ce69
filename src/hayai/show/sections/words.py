"""How are targets, regions and gains called within a report? The words that several sections share.

A target is called by its full name once, in the list of targets, and afterwards `[number] name`, so that a shortened name can still be
told. Whatever a stranger wrote is cleaned and cut to the length of a word here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hayai.ask.plan import Rate
from hayai.decide.findings import Findings, Gain, RegionCount, TargetSummary
from hayai.show import format as fmt
from hayai.show.locales import Texts

LISTED = 6
"""Names that a sentence lists; the rest is counted."""


def label(target: TargetSummary) -> str:
    """`[2] name`."""
    return f"[{target.number}] {fmt.clean(target.name)}"


def baseline(findings: Findings) -> str:
    """The baseline's number, `[1]`."""
    return next(f"[{target.number}]" for target in findings.targets if target.is_baseline)


def numbers_of(findings: Findings) -> dict[str, str]:
    """Target -> its number, `[2]`."""
    return {target.name: f"[{target.number}]" for target in findings.targets}


def time_unit(findings: Findings) -> fmt.DurationUnit:
    """The unit of response times, one for the whole report, so that tables can be read together."""
    return fmt.duration_unit(cell.medians["e2e"] for row in findings.prompts for cell in row.cells)


def listed(names: Sequence[object], texts: Texts) -> str:
    """The first names, and how many more there are."""
    told = [word(str(name)) for name in names[:LISTED]]
    if len(names) > LISTED:
        told.append(texts("report.list.more", count=fmt.count(len(names) - LISTED)))
    return texts("report.list").join(told)


def counted(what: str, count: int, texts: Texts) -> str:
    """`12 rounds`, `1 round`: the text `count.<what>`, or `count.<what>.one`."""
    return texts(f"count.{what}.one") if count == 1 else texts(f"count.{what}", count=fmt.count(count))


def rate_words(rate: Rate, texts: Texts, *, requests: float | None = None) -> str:
    """`20 per minute`; with `requests`, so many in the same span of time."""
    if requests is None:
        return texts(f"rate.{rate.per}", requests=f"{rate.requests:.10g}")
    return texts(f"rate.{rate.per}", requests=fmt.number(requests))


def word(text: str, cells: int = 40) -> str:
    """A stranger's word within a sentence or a table: clean, and not longer than a word may be."""
    return fmt.shorten(fmt.clean(text), cells)


def region_shorts(shown: Iterable[Sequence[RegionCount]]) -> dict[str, str]:
    """Region -> what it is called where several stand in one cell."""
    return fmt.region_shorts(word(r.region) for regions in shown for r in regions if r.region is not None)


def region_legend(shorts: dict[str, str], shown: Iterable[Sequence[RegionCount]], texts: Texts) -> list[str]:
    """What the short names stand for, if any was used."""
    used = {word(r.region) for regions in shown if len(regions) > 1 for r in regions if r.region is not None}
    names = [f"{short} = {full}" for full, short in shorts.items() if full in used and short != full]
    return [texts("report.region_names", names=texts("report.list").join(names))] if names else []


def region_list(regions: Sequence[RegionCount], shorts: dict[str, str], texts: Texts) -> str:
    """One region by its full name; several by their short names, with counts."""
    if not regions:
        return fmt.UNKNOWN
    if len(regions) == 1:
        return _region_name(regions[0].region, texts)
    named = (texts("report.unknown") if r.region is None else shorts[word(r.region)] for r in regions)
    return ", ".join(f"{name} {fmt.count(r.count)}" for name, r in zip(named, regions, strict=True))


def _region_name(region: str | None, texts: Texts) -> str:
    return texts("report.unknown") if region is None else word(region)


def gain_texts(gain: Gain | None, texts: Texts) -> tuple[str, str]:
    """Time saved and times as fast."""
    if gain is None:
        return fmt.UNKNOWN, fmt.UNKNOWN
    return fmt.percent(gain.time_saved_ratio), texts("report.times", number=fmt.times(gain.times_as_fast))


def times_text(ratio: float | None, texts: Texts) -> str:
    """`1.47x`, in the language's word for "times"."""
    return fmt.UNKNOWN if ratio is None else texts("report.times", number=fmt.times(ratio))
