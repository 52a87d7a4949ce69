"""What do measurements made elsewhere prove? The same verdict as for a run, on somebody's rows.

Nobody planned these with hayai, so the form of the estimate follows from what is there: where most prompts were repeated, noise is what
differs within prompts; else each prompt is one observation. The anytime-valid interval is the right one here too: it holds however its
author decided when to stop. That rows of one round were measured close in time, and in random order, hayai cannot know.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hayai.ask.plan import ModePrice, Rules
from hayai.decide.costs import cost_of_measurements
from hayai.decide.judgements import Analysis, MeasuredCell
from hayai.decide.recommend import recommend
from hayai.decide.sample import Sample, sample_of_measurements
from hayai.decide.stats.averages import mean, median
from hayai.decide.verdict.estimate import Bounds
from hayai.decide.verdict.judge import judge
from hayai.keep.measurements import Measurement, Measurements

MOSTLY = 0.8
"""Share of prompts that must have been repeated before the noise within prompts is known well enough."""
SEED = 2024
"""Of the bootstrap; any fixed one, so that the same file gives the same output."""


def analyze(
    measurements: Measurements,
    rules: Rules,
    *,
    targets: Sequence[str],
    judged: Sequence[str] | None = None,
    published: bool = False,
    prices: Sequence[ModePrice] = (),
) -> Analysis:
    """The verdict on `measurements` of `targets`, the first being the baseline.

    `judged`: targets that are judged (None: all), the others described. `prices`: of targets, as far as they are known.
    """
    sample, alone = sample_of_measurements(measurements.rows, targets)
    rows = [row for row in measurements.rows if row.target in targets]
    cells = _cells(rows, sample.prompts, targets)
    bounds = bounds_of_sample(sample, rules)
    judgement = judge(sample, targets, rules, bounds, seed=SEED, only=judged)
    costs, usd = cost_of_measurements(sample, prices, judgement.verdicts, bounds)
    return Analysis(
        source=measurements.source,
        targets=tuple(targets),
        prompts=len(sample.prompts),
        rounds=len(sample),
        alone=alone,
        cells=cells,
        tokens_per_s=_tokens_per_s(cells, targets),
        judgement=judgement,
        published=published,
        costs=costs,
        recommendation=recommend(sample, judgement, bounds, rules, usd=usd, qualities={}, planned=True),
    )


def bounds_of_sample(sample: Sample, rules: Rules) -> Bounds:
    """Intervals for a sample whose plan is not known."""
    counts = np.bincount(sample.prompt) if len(sample) else np.zeros(0)
    asked = counts[counts > 0]
    repeated = asked.size > 0 and (asked > 1).mean() >= MOSTLY
    return Bounds(form="stratified" if repeated else "pairs", alpha=rules.alpha)


def _cells(rows: Sequence[Measurement], prompts: Sequence[str], targets: Sequence[str]) -> tuple[MeasuredCell, ...]:
    of: dict[tuple[str, str], list[Measurement]] = {}
    for row in rows:
        of.setdefault((row.prompt, row.target), []).append(row)
    return tuple(_cell(prompt, target, of.get((prompt, target), ())) for prompt in prompts for target in targets)


def _tokens_per_s(cells: Sequence[MeasuredCell], targets: Sequence[str]) -> dict[str, float]:
    found = {
        target: mean(
            [
                cell.output_tokens / cell.e2e_ns * 1e9
                for cell in cells
                if cell.target == target and cell.output_tokens is not None and cell.e2e_ns
            ]
        )
        for target in targets
    }
    return {target: speed for target, speed in found.items() if speed is not None}


def _cell(prompt: str, target: str, rows: Sequence[Measurement]) -> MeasuredCell:
    answered = [row for row in rows if row.seconds is not None]
    return MeasuredCell(
        prompt=prompt,
        category=rows[0].category if rows else None,
        target=target,
        requests=len(rows),
        answered=len(answered),
        e2e_ns=median([row.seconds * 1e9 for row in answered if row.seconds is not None]),
        output_tokens=median([row.output_tokens for row in answered if row.output_tokens is not None]),
    )
