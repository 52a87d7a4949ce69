"""Does the Region explain the difference? Latency by the Region that served, and the rounds in which one Region served both.

Where two targets run in different Regions, the Region's part and the target's own cannot be told apart by looking at all rounds. Rounds
that happened to run in one Region can tell: if the difference is there too, the Region is not the reason; if it is gone, it may be.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from hayai.decide.conclusions import Effect, Interval, Verdict
from hayai.decide.judgements import Reading, RegionCell, RegionFindings, RegionShift, SameRegion
from hayai.decide.sample import Arm, Floats, Sample
from hayai.decide.stats.regression import fit_within
from hayai.decide.stats.student import around
from hayai.decide.verdict.estimate import CONFIDENCE, Bounds, both_known, effects
from hayai.decide.verdict.honest import middle

Names = tuple[str | None, ...]


def region_findings(
    sample: Sample, regions: Mapping[str, str | None], verdicts: Sequence[Verdict], bounds: Bounds
) -> RegionFindings | None:
    """What Regions have to do with it. `regions`: record id -> Region. None where fewer than two Regions are known to have served."""
    served: dict[str, Names] = {
        name: tuple(regions.get(ident) for ident in arm.ids) for name, arm in sample.arms.items()
    }
    answered = {name: zip(names, sample.arms[name].answered, strict=True) for name, names in served.items()}
    known = {one for pairs in answered.values() for one, there in pairs if there and one is not None}
    if len(known) < 2:
        return None
    return RegionFindings(
        cells=tuple(cell for name, arm in sample.arms.items() for cell in _cells(arm, served[name])),
        shifts=tuple(shift for name, arm in sample.arms.items() for shift in _shifts(arm, served[name], sample)),
        same=tuple(_same(one, sample, served, bounds) for one in verdicts),
    )


def _cells(arm: Arm, served: Names) -> Iterator[RegionCell]:
    """Medians per Region, the most frequent first, unknown last."""
    counts = Counter(one for one, answered in zip(served, arm.answered, strict=True) if answered)
    for region, count in sorted(counts.items(), key=lambda item: (item[0] is None, -item[1], item[0] or "")):
        here = arm.answered & np.array([one == region for one in served], dtype=np.bool_)
        yield RegionCell(
            target=arm.name,
            region=region,
            answers=count,
            e2e_ns=_median(arm.e2e[here]),
            ttft_ns=_median(arm.ttft[here]),
        )


def _shifts(arm: Arm, served: Names, sample: Sample) -> Iterator[RegionShift]:
    """Each other Region against the one that served this target most often, prompts compared with themselves.

    Answers in another mode than asked for are left out: the mode would be taken for the Region.
    """
    counts = Counter(one for one, answered in zip(served, arm.answered, strict=True) if answered and one is not None)
    if len(counts) < 2:
        return
    (usual, _), *others = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    for region, _ in sorted(others):
        where = (
            both_known(arm.e2e, arm.e2e)
            & ~arm.otherwise
            & np.array([one in (usual, region) for one in served], dtype=np.bool_)
        )
        marked = np.array([one == region for one in served], dtype=np.float64)[where]
        line = fit_within(marked, np.log(arm.e2e[where]), sample.prompt[where])
        if line is None:
            continue
        low, high = around(line.slope, line.slope_se, line.df, CONFIDENCE)
        yield RegionShift(
            target=arm.name,
            usual=usual,
            region=region,
            effect=Effect(
                ratio=math.exp(line.slope),
                interval=Interval(low=math.exp(low), high=math.exp(high)),
                count=int(marked.sum()),
            ),
        )


def _same(verdict: Verdict, sample: Sample, served: Mapping[str, Names], bounds: Bounds) -> SameRegion:
    target, baseline = sample.arms[verdict.target], sample.arms[verdict.baseline]
    pairs = list(zip(served[verdict.target], served[verdict.baseline], strict=True))
    both = both_known(target.e2e, baseline.e2e)
    known = both & np.array([None not in pair for pair in pairs], dtype=np.bool_)
    alike = known & np.array([first == second for first, second in pairs], dtype=np.bool_)
    found = effects(np.where(alike, target.e2e, np.nan), baseline.e2e, sample, bounds) if alike.any() else None
    estimate = None if found is None else found.estimate
    return SameRegion(
        target=verdict.target,
        baseline=verdict.baseline,
        pairs=int(alike.sum()),
        known=int(known.sum()),
        all_pairs=int(both.sum()),
        estimate=estimate,
        reading=_reading(
            verdict, int(known.sum()), None if estimate is None else estimate.anytime or estimate.such_prompts
        ),
    )


def _reading(verdict: Verdict, known: int, interval: Interval | None) -> Reading:
    """What that says of the difference over all rounds."""
    if not known:
        return "unknown"
    whole = verdict.headline
    if interval is None or whole is None:
        return "apart"
    side = 0 if whole.anytime is None else whole.anytime.side()
    if side and interval.side() == side:
        return "stays"
    if side and interval.side(whole.ratio) != 0:
        return "goes"
    return "open" if side else "no_difference"


def _median(values: Floats) -> float | None:
    there = values[np.isfinite(values)]
    return middle(there) if there.size else None
