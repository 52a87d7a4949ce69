"""What does a verdict say, in one sentence? The answer in words, then the same number from three sides, with its interval.

"Undecided" is no finding, but what it rules out is one. Where there is no verdict, the sentence says why, and what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence

from hayai.decide.conclusions import Estimate, Forecast, Interval, Verdict
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.faces import (
    called,
    change,
    change_between,
    fast,
    fast_within,
    has_bounds,
    inverse,
    kind,
    number,
    pair,
    speed,
)

SLOWER = frozenset({"same_but_slower", "slower", "much_slower"})


def answer_sentence(verdict: Verdict, names: Sequence[str], texts: Texts) -> str:
    """The verdict in words with numbers."""
    target, baseline = called(names, verdict.target), called(names, verdict.baseline)
    if verdict.answer == "none":
        return texts("verdict.space").join(
            [none_sentence([verdict], names, texts), *seen_lines([verdict], names, texts)]
        )
    if not verdict.judged:
        return texts(
            "verdict.described",
            pair=pair(names, verdict.target, verdict.baseline, texts),
            numbers=_numbers(verdict, texts),
        )
    if verdict.answer == "undecided":
        return _undecided(verdict, target, baseline, texts)
    return texts(
        f"verdict.answer.{verdict.answer}",
        target=target,
        baseline=baseline,
        margin=fmt.percent_short(verdict.margin_ratio, sign=False),
        numbers=_numbers(verdict, texts),
    )


def _numbers(verdict: Verdict, texts: Texts) -> str:
    if verdict.headline is None:
        return texts("verdict.numbers.none")
    ratio = verdict.headline.ratio
    slower = ratio > 1 and (verdict.answer in SLOWER or not verdict.judged)
    return numbers(verdict.headline, kind(verdict, texts), texts, slower=slower)


def numbers(estimate: Estimate, kind: str, texts: Texts, *, slower: bool = False) -> str:
    """Times as fast with its interval and what `kind` that is, speed in percent, time in percent.

    `slower` begins with how much longer it takes.
    """
    ratio, interval = estimate.ratio, estimate.anytime
    values = {"long": fmt.times(ratio), "fast": fast(ratio), "speed": speed(ratio), "time": change(ratio)}
    key = "verdict.numbers.slower" if slower else "verdict.numbers"
    if not has_bounds(interval):
        return texts(f"{key}.bare", **values)
    return texts(key, **values, kind=kind, fasts=fast_within(interval, texts), times=change_between(interval, texts))


def none_sentence(those: Sequence[Verdict], names: Sequence[str], texts: Texts) -> str:
    """Why there is no verdict, for all comparisons that have none for the same reason; and what to do."""
    pairs = texts("verdict.list").join(pair(names, one.target, one.baseline, texts) for one in those)
    return texts(f"verdict.none.{those[0].why_none or 'no_pairs'}", pairs=pairs)


def seen_lines(those: Sequence[Verdict], names: Sequence[str], texts: Texts) -> tuple[str, ...]:
    """What was measured though it is no verdict."""
    return tuple(
        texts(
            key,
            pair=f"{number(names, one.target)} / {number(names, one.baseline)}",
            numbers=numbers(estimate, kind(one, texts), texts, slower=estimate.ratio > 1),
        )
        for one in those
        for key, estimate in (
            ("verdict.none.seen", one.headline),
            ("verdict.none.seen.as_served", one.as_served if one.why_none == "fell_back" else None),
        )
        if estimate is not None
    )


def _undecided(verdict: Verdict, target: str, baseline: str, texts: Texts) -> str:
    shown = _numbers(verdict, texts)
    bounds = inverse(verdict.headline.anytime) if verdict.headline is not None else None
    if bounds is None or (bounds.low is None and bounds.high is None):
        return texts("verdict.undecided.unbounded", target=target, baseline=baseline, numbers=shown)
    return texts(
        "verdict.undecided",
        target=target,
        baseline=baseline,
        low=_side(bounds.low, "low", texts),
        high=_side(bounds.high, "high", texts),
        numbers=shown,
        excluded=_excluded(bounds, texts),
    )


def _side(bound: float | None, which: str, texts: Texts) -> str:
    """`4% slower`, `13% faster`."""
    if bound is None:
        return texts(f"verdict.side.open.{which}")
    percent = fmt.percent_short(bound - 1, sign=False)
    return texts("verdict.side.slower" if bound < 1 else "verdict.side.faster", percent=percent)


def _excluded(bounds: Interval, texts: Texts) -> str:
    gain = None if bounds.high is None or bounds.high < 1 else fmt.percent_short(bounds.high - 1, sign=False)
    loss = None if bounds.low is None or bounds.low > 1 else fmt.percent_short(bounds.low - 1, sign=False)
    if gain is not None and loss is not None:
        return texts("verdict.excluded.both", gain=gain, loss=loss)
    if gain is not None:
        return texts("verdict.excluded.gain", gain=gain)
    return "" if loss is None else texts("verdict.excluded.loss", loss=loss)


def next_lines(verdict: Verdict, texts: Texts) -> tuple[str, ...]:
    """What is still missing until the question is settled, and what it would take."""
    if not verdict.judged or verdict.settled or verdict.answer == "none":
        return ()
    told = []
    if verdict.answer != "undecided" and verdict.precision_ratio is not None:
        told.append(texts("verdict.not_exact", precision=fmt.percent_short(verdict.precision_ratio, sign=False)))
    if verdict.forecast is not None:
        told.append(forecast_sentence(verdict.forecast, texts))
    return (texts("verdict.space").join(told),) if told else ()


def forecast_sentence(forecast: Forecast, texts: Texts) -> str:
    """How many more requests, how many cycles, how long; and whether the limits allow it."""
    spent = texts(
        "verdict.forecast" if forecast.time_ns is not None else "verdict.forecast.untimed",
        requests=fmt.count(forecast.requests),
        cycles=fmt.count(forecast.cycles),
        time=fmt.clock_span(forecast.time_ns, texts),
    )
    if forecast.within_limits is False:
        return spent + texts("verdict.space") + texts("verdict.forecast.beyond")
    return spent
