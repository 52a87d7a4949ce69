"""How is one ratio said? Three faces of the same number: times as fast, speed in percent, time in percent.

Inside, everything is a ratio of times, target / baseline. People read "times as fast"; "60 percent faster" and "60 percent
less time" are not the same, so the headline always says all three. The conversions here are exact and the only ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from hayai.decide.conclusions import Interval, Verdict
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.words import word

_NAME = 40
"""Cells of a target's name within a sentence."""


def number(names: Sequence[str], name: str) -> str:
    """`[2]`; the name itself where it is none of these."""
    return f"[{names.index(name) + 1}]" if name in names else word(name, _NAME)


def called(names: Sequence[str], name: str) -> str:
    """`[2] name`."""
    return f"[{names.index(name) + 1}] {word(name, _NAME)}" if name in names else word(name, _NAME)


def pair(names: Sequence[str], target: str, baseline: str, texts: Texts) -> str:
    """`[2] name against [1] name`, the heading of whatever is told of two targets."""
    return texts("verdict.pair", target=called(names, target), baseline=called(names, baseline))


def inverse(interval: Interval | None) -> Interval | None:
    """An interval of a ratio of times as one of times as fast, and the other way round."""
    if interval is None:
        return None
    return Interval(low=_inverse(interval.high), high=_inverse(interval.low))


def _inverse(bound: float | None) -> float | None:
    return 1 / bound if bound is not None and bound > 0 else None


def between(
    interval: Interval | None,
    texts: Texts,
    show: Callable[[float], str] = fmt.times,
    *,
    key: str = "verdict.between",
    one_sided: str = "verdict",
) -> str:
    """`1.32 to 1.64`; "at least" or "at most" where one bound is missing, a dash where both are.

    `key` is the text of both bounds, `one_sided` begins the keys of a single one.
    """
    low, high = (None, None) if interval is None else (interval.low, interval.high)
    if low is not None and high is not None:
        return texts(key, low=show(low), high=show(high))
    if low is not None:
        return texts(f"{one_sided}.at_least", number=show(low))
    return fmt.UNKNOWN if high is None else texts(f"{one_sided}.at_most", number=show(high))


def has_bounds(interval: Interval | None) -> bool:
    """Whether there is anything to show of it."""
    return interval is not None and (interval.low is not None or interval.high is not None)


def kind(one: Verdict, texts: Texts) -> str:
    """What the main intervals of a verdict are, with their level: `97.5% anytime`, `95% planned`."""
    return texts(f"verdict.kind.{_valid(one)}", level=fmt.confidence(one.alpha))


def kind_of_all(verdicts: Sequence[Verdict], texts: Texts, *, anytime: bool = False) -> str:
    """The same of a column that several verdicts share; without a level where they have different ones.

    `anytime`: these intervals are that in any case, as those of prompts and categories.
    """
    levels = list(dict.fromkeys(fmt.confidence(one.alpha) for one in verdicts))
    valid = "anytime" if anytime or all(one.anytime for one in verdicts) else "planned"
    if len(levels) == 1:
        return texts(f"verdict.kind.{valid}", level=levels[0])
    return texts(f"verdict.kind.{valid}.some")


def _valid(one: Verdict) -> str:
    return "anytime" if one.anytime else "planned"


def fast(ratio: float | None) -> str:
    """Times as fast, of a ratio of times."""
    return fmt.UNKNOWN if ratio is None else fmt.times(1 / ratio)


def fast_between(interval: Interval | None, texts: Texts) -> str:
    """The interval of times as fast, of one of times, as a cell of a table."""
    return between(inverse(interval), texts)


def fast_within(interval: Interval | None, texts: Texts) -> str:
    """The same within a sentence, where some languages need the word for "times"."""
    return between(inverse(interval), texts, key="verdict.times.between", one_sided="verdict.times")


def speed(ratio: float) -> str:
    """Change of speed, of a ratio of times: 0.68 -> +47%."""
    return fmt.percent_short(1 / ratio - 1)


def change(ratio: float) -> str:
    """Change of the thing itself: 0.68 -> -32%."""
    return fmt.percent_short(ratio - 1)


def change_between(interval: Interval | None, texts: Texts) -> str:
    """The interval of changes: -39% to -24%."""
    return between(interval, texts, change)


def points_of(part: float, whole: float) -> str:
    """How many percentage points of the whole change a factor of it accounts for; the points of all factors add up to the whole change.

    The logarithmic mean again (as in the split itself): points = log(part) * (whole - 1) / log(whole).
    """
    scale = (whole - 1) / math.log(whole) if whole != 1 else 1.0
    return fmt.points(math.log(part) * scale)
