"""How much is `10%`?

Margins and precisions are typed as percent (`10%`), as a part of one (`0.1`) or as times (`1.1x`). All three mean the same ratio, 0.1: up
to 1.1 times as fast, or 1.1 times as slow.
"""

from __future__ import annotations

import re

from hayai.ask.suggest import echo
from hayai.errors import Problem, UsageError

_RATIO = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*([%％x×]?)", re.ASCII | re.IGNORECASE)


def parse_ratio(text: str, *, place: str = "ratio") -> float:
    """The ratio, more than 0 and less than 1. Raises `UsageError` with one problem at `place`."""
    read = _RATIO.fullmatch(text.strip())
    if read is None:
        raise UsageError(Problem(place=place, key="ratio.not_a_ratio", values={"word": echo(text)}))
    number, unit = float(read[1]), read[2].lower()
    # What was typed has few digits; the noise of binary fractions is not part of it.
    ratio = round(number / 100 if unit in ("%", "％") else number - 1 if unit else number, 12)
    if not 0 < ratio < 1:
        raise UsageError(Problem(place=place, key="ratio.out_of_bounds", values={"word": echo(text)}))
    return ratio
