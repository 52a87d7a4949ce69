"""What can be said so far, while the run goes on? A line per judged comparison; and what a plan can tell, before it is paid."""

from __future__ import annotations

from collections.abc import Sequence

from hayai.decide.conclusions import Forecast, Verdict
from hayai.decide.judgements import Detectable, Judgement, Look
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.faces import between, fast, inverse
from hayai.show.sections.words import word

WIDTH = 79
"""Cells that a line may take."""
_LEAST_NAME = 8


def look_lines(look: Look, plan_names: Sequence[str], texts: Texts) -> tuple[str, ...]:
    """The provisional answer: a line per judged comparison, claims that keep the run going, and a forecast.

    Each is short enough for a narrow terminal.
    """
    part = look.cycles == 0 and look.rounds > 0
    after = texts(
        "look.after.rounds" if part else "look.after", cycles=fmt.count(look.cycles), rounds=fmt.count(look.rounds)
    )
    lines = [
        after + _line(one, plan_names, texts, WIDTH - fmt.cell_width(after)) for one in look.verdicts if one.judged
    ]
    if look.open_claims:
        lines.append(texts("look.open_claims", count=fmt.count(look.open_claims)))
    if look.forecast is not None:
        lines.append(_forecast(look.forecast, texts))
    return tuple(fmt.cut(line, WIDTH) for line in lines)


def short_lines(judgement: Judgement, names: Sequence[str], texts: Texts) -> tuple[str, ...]:
    """The verdicts again, a line each: for the end of a long page."""
    return tuple(fmt.cut(_line(one, names, texts, WIDTH), WIDTH) for one in judgement.verdicts if one.judged)


def _line(one: Verdict, names: Sequence[str], texts: Texts, width: int) -> str:
    headline = one.headline
    key = "look.none" if headline is None else "look.bare" if headline.anytime is None else "look.line"
    values = {
        "baseline": _number(names, one.baseline),
        "fast": fast(None if headline is None else headline.ratio),
        "fasts": between(inverse(None if headline is None else headline.anytime), texts, key="look.range"),
    }

    def line(target: str, *, margin: bool = True, exactness: bool = True) -> str:
        return texts(key, target=target, answer=_short(one, texts, margin=margin, exactness=exactness), **values)

    # What gives way first is the name, then the margin, then how exact the answer is.
    number = _number(names, one.target)
    room = width - fmt.cell_width(line(number)) - 1
    if one.target in names and room >= _LEAST_NAME:
        return line(f"{number} {fmt.shorten(word(one.target), room)}")
    tries = (line(number), line(number, margin=False))
    short = line(number, margin=False, exactness=False)
    return next((one for one in tries if fmt.cell_width(one) <= width), short)


def _number(names: Sequence[str], name: str) -> str:
    return f"[{names.index(name) + 1}]" if name in names else word(name, _LEAST_NAME)


def _forecast(forecast: Forecast, texts: Texts) -> str:
    beyond = texts("look.forecast.beyond") if forecast.within_limits is False else ""
    key = "look.forecast.untimed" if forecast.time_ns is None else "look.forecast"
    time = fmt.clock_span(forecast.time_ns, texts)
    return texts(key, requests=fmt.count(forecast.requests), time=time, limits=beyond)


def _short(one: Verdict, texts: Texts, *, margin: bool, exactness: bool) -> str:
    if one.answer == "none":
        return texts(f"look.none.{one.why_none or 'no_pairs'}")
    told = texts(f"look.answer.{one.answer}", margin=fmt.percent_short(one.margin_ratio, sign=False))
    if margin and one.answer in ("much_faster", "much_slower"):
        told += texts("look.beyond", margin=fmt.percent_short(one.margin_ratio, sign=False))
    if exactness and one.answer != "undecided" and not one.settled and one.precision_ratio is not None:
        return told + texts("look.not_exact", precision=fmt.percent_short(one.precision_ratio, sign=False))
    return told


def detectable_line(detectables: Sequence[Detectable], texts: Texts) -> str:
    """Which difference a plan can tell from nothing, for each kind of noise."""
    told = [texts(f"detectable.{one.noise}", difference=_difference(one, texts)) for one in detectables]
    if not told:
        return texts("detectable.nothing")
    return texts("detectable", told=texts("report.list").join(told), requests=fmt.count(detectables[0].requests))


def _difference(one: Detectable, texts: Texts) -> str:
    if one.times_as_fast is None:
        return texts("detectable.none")
    return texts("report.times", number=fmt.times(one.times_as_fast))
