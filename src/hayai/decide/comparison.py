"""How do the targets differ? Per prompt, per category, and over all prompts, each average called by its name.

All ratios are target / baseline of the prompts' medians. Time saved (`1 - ratio`) and times as fast (`1 / ratio`) always go together,
because a claim in one unit tested against a number in the other is how "60 % faster" and "30 % shorter" came to look like a contradiction.
Descriptions only: nothing in here says whether a difference is more than noise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

from hayai.decide.findings import (
    AverageName,
    CategoryCell,
    Cell,
    Comparison,
    Difference,
    Gain,
    PromptRow,
    RatioAverages,
)
from hayai.decide.stats.averages import (
    geometric_mean,
    geometric_mean_of_ratios,
    mean,
    mean_of_ratios,
    median,
    ratio_of_totals,
)

COMPARED = ("e2e", "ttft", "tpot", "output_tokens", "e2e_tokens_per_s", "e2e_characters_per_s")
"""Metrics whose ratio to the baseline is told."""
OF_CATEGORIES = ("e2e", "ttft", "output_tokens", "e2e_tokens_per_s")
"""Metrics whose geometric mean over the prompts of a category is told."""

Pair = tuple[float, float]
"""A target's value and the baseline's, of one prompt."""
Pairs = Sequence[Pair]
_AVERAGES: dict[AverageName, Callable[[Pairs], float | None]] = {
    "geometric": geometric_mean_of_ratios,
    "totals": ratio_of_totals,
    "mean": mean_of_ratios,
    "median": lambda pairs: median([a / b for a, b in pairs]),
    "lowest": lambda pairs: min((a / b for a, b in pairs), default=None),
    "highest": lambda pairs: max((a / b for a, b in pairs), default=None),
}


def gain(time: float | None, baseline: float | None) -> Gain | None:
    """Time saved and times as fast; None unless both times are known and positive."""
    if time is None or baseline is None or time <= 0 or baseline <= 0:
        return None
    return Gain(time_saved_ratio=1 - time / baseline, times_as_fast=baseline / time)


def ratio_averages(pairs: Pairs) -> dict[AverageName, float]:
    """Every average of first / second over positive pairs; empty for no pair."""
    found = {name: average(pairs) for name, average in _AVERAGES.items()}
    return {name: average for name, average in found.items() if average is not None}


def gain_averages(pairs: Pairs) -> dict[AverageName, Gain]:
    """Every average over prompts of time saved and of times as fast, each unit averaged on its own values.

    `pairs` are (target's time, baseline's time). "lowest" is the prompt that gains least, "highest" the one that gains most.
    """
    ratios = ratio_averages(pairs)
    speeds = ratio_averages([(baseline, time) for time, baseline in pairs])
    opposite: dict[AverageName, AverageName] = {"lowest": "highest", "highest": "lowest"}
    return {
        name: Gain(time_saved_ratio=1 - ratios[opposite.get(name, name)], times_as_fast=speeds[name]) for name in speeds
    }


def compare(rows: Sequence[PromptRow], target: str, baseline: str) -> Comparison:
    """`target` against `baseline` over all prompts that both answered."""
    by_metric = {name: _pairs(rows, name, target, baseline) for name in COMPARED}
    return Comparison(
        target=target,
        baseline=baseline,
        prompts=len(by_metric["e2e"]),
        gains=gain_averages(by_metric["e2e"]),
        ratios={name: RatioAverages(prompts=len(p), averages=ratio_averages(p)) for name, p in by_metric.items()},
    )


def categories(rows: Sequence[PromptRow], target_names: Sequence[str], baseline: str) -> tuple[CategoryCell, ...]:
    """Category x target, categories in order of appearance; empty when no prompt has a category."""
    names = list(dict.fromkeys(row.category for row in rows))
    if names in ([], [None]):
        return ()
    return tuple(
        _category_cell([row for row in rows if row.category == category], category, target, baseline)
        for category in names
        for target in target_names
    )


def _category_cell(rows: Sequence[PromptRow], category: str | None, target: str, baseline: str) -> CategoryCell:
    cells = [_cell(row, target) for row in rows]
    gains = gain_averages(_pairs(rows, "e2e", target, baseline)) if target != baseline else {}
    return CategoryCell(
        category=category,
        target=target,
        prompts=sum(cell.medians["e2e"] is not None for cell in cells),
        geometric_means={name: _geometric(cell.medians[name] for cell in cells) for name in OF_CATEGORIES},
        gain=gains.get("geometric"),
    )


def differences(rows: Sequence[PromptRow], target_names: Sequence[str]) -> tuple[Difference, ...]:
    """First minus second in end-to-end time: all pairs of targets, each prompt, and last the mean over the prompts."""
    found: list[Difference] = []
    for first, second in combinations(target_names, 2):
        per_prompt: list[float] = []
        for row in rows:
            one, other = _cell(row, first).medians["e2e"], _cell(row, second).medians["e2e"]
            if one is not None and other is not None:
                per_prompt.append(one - other)
                found.append(Difference(prompt=row.prompt, first=first, second=second, difference_ns=one - other))
        average = mean(per_prompt)
        if average is not None:
            found.append(Difference(prompt=None, first=first, second=second, difference_ns=average))
    return tuple(found)


def shared_rows(rows: Sequence[PromptRow], metric: str) -> tuple[PromptRow, ...]:
    """The prompts on which every target that knows `metric` at all knows it.

    Averages that stand beside each other are taken over these: a target that failed on the longest prompts would else look fast for it.
    """
    knowing = {cell.target for row in rows for cell in row.cells if cell.medians[metric] is not None}
    return tuple(row for row in rows if all(_cell(row, target).medians[metric] is not None for target in knowing))


def _cell(row: PromptRow, target: str) -> Cell:
    return next(cell for cell in row.cells if cell.target == target)


def _pairs(rows: Iterable[PromptRow], metric: str, target: str, baseline: str) -> list[Pair]:
    """Values of both sides, of the prompts where both are known and positive."""
    found = ((_cell(row, target).medians[metric], _cell(row, baseline).medians[metric]) for row in rows)
    return [(a, b) for a, b in found if a is not None and b is not None and a > 0 and b > 0]


def _geometric(amounts: Iterable[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return geometric_mean(known) if all(amount > 0 for amount in known) else None
