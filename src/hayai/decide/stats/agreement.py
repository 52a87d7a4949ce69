"""Do several who judge the same things agree more than chance lets them?

Krippendorff's alpha for any number of judges with gaps (K. Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011), nominal or
ordinal; Cohen's kappa for one against labels (Educ. Psychol. Meas. 20, 1960, 37-46). 1: always; 0: as often as chance; below: less. None
where nothing was judged twice, or where only one value ever occurs: then there is nothing to agree about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Level = Literal["nominal", "ordinal"]


def krippendorff_alpha(units: Sequence[Sequence[float | None]], level: Level = "ordinal") -> float | None:
    """Alpha over units (what was judged), each with a value per judge; None: that judge has none."""
    judged = [[value for value in unit if value is not None] for unit in units]
    pairable = [values for values in judged if len(values) > 1]
    known = sorted({value for values in pairable for value in values})
    if len(known) < 2:
        return None
    place = {value: number for number, value in enumerate(known)}
    coincidences = np.zeros((len(known), len(known)))
    for values in pairable:
        counts = Counter(values)
        for one, of_one in counts.items():
            for other, of_other in counts.items():
                pairs = of_one * (of_other - (one == other))
                coincidences[place[one], place[other]] += pairs / (len(values) - 1)
    totals = coincidences.sum(axis=1)
    apart = _distances(totals, level)
    expected = float((np.outer(totals, totals) * apart).sum()) / (float(totals.sum()) - 1)
    return 1 - float((coincidences * apart).sum()) / expected


def _distances(totals: NDArray[np.float64], level: Level) -> NDArray[np.float64]:
    """How far apart two values are: 1 where they differ, or the square of how many values lie from one to the other, half of the ends."""
    size = totals.size
    if level == "nominal":
        return 1.0 - np.eye(size)
    reached = np.cumsum(totals)
    middle = reached - totals / 2
    return np.asarray((middle[:, None] - middle[None, :]) ** 2, dtype=np.float64)


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Kappa of two who labelled the same things; None without any, or where both only ever used one and the same label."""
    if not pairs:
        return None
    n = len(pairs)
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    by_chance = sum(ones[label] * others[label] for label in ones) / n**2
    if by_chance == 1:
        return None
    return (sum(one == other for one, other in pairs) / n - by_chance) / (1 - by_chance)
