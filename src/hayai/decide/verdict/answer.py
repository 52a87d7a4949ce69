"""What may be said of a difference that lies in this interval? Seven answers and "undecided", by comparing it with 0 and the margin.

Bounds are log ratios target / baseline of times: below 0 the target is faster. "Practically the same" is a finding of its own, reached only
when the whole interval lies inside the margin; an interval that merely covers 0 is undecided.
"""

from __future__ import annotations

from hayai.decide.conclusions import Answer

CERTAIN_AND_SAME: frozenset[Answer] = frozenset({"same", "same_but_faster", "same_but_slower"})


def classify(low: float, high: float, margin: float) -> Answer:
    """The answer for the interval `low`..`high` (log ratio of times) and the margin (log, positive).

    ValueError if they are not numbers in order.
    """
    if not low <= high or not margin > 0:
        raise ValueError(f"no interval: {low}..{high}, margin {margin}")
    if high < -margin:
        return "much_faster"
    if low > margin:
        return "much_slower"
    if -margin < low and high < margin:
        return "same_but_faster" if high < 0 else "same_but_slower" if low > 0 else "same"
    if high < 0:
        return "faster"
    return "slower" if low > 0 else "undecided"


def settled(answer: Answer, half_width: float, precision: float | None) -> bool:
    """Whether this is certain, and as precise as was asked for (log half-width; None: certainty is enough)."""
    if answer in ("undecided", "none"):
        return False
    return precision is None or answer in CERTAIN_AND_SAME or half_width <= precision
