"""How far can a judge be trusted? Its votes beside the labels of people, on pairs that people have labelled.

A pair counts when both orders have a vote: the judge prefers the answer with the higher score, or neither. Agreement is the share of pairs
with the label that the person gave, ties being a label like the others; kappa takes off what guessing would reach. Twenty pairs are the
least for a word on it. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from hayai.ask.labelled import Label, LabelledPair
from hayai.decide.quality.judge_pairs import Pair
from hayai.decide.quality.judge_tally import PairKey, order_effect, tally
from hayai.decide.quality.judged import Calibration
from hayai.decide.stats.agreement import cohen_kappa
from hayai.decide.stats.proportions import wilson
from hayai.keep.judging import Judged

FEWEST_PAIRS = 20
GOOD_KAPPA = 0.6
"""From here on agreement beyond chance is called substantial (Landis and Koch 1977)."""
A, B = "answer_a", "answer_b"


def pairs_of_labelled(rows: Sequence[LabelledPair]) -> tuple[Pair, ...]:
    """The pairs as a judge is asked about them; B is the target."""
    return tuple(
        Pair(
            id=row.id,
            prompt=row.id,
            cycle=0,
            target=B,
            baseline=A,
            question=row.prompt,
            target_answer=f"{row.id}.B",
            baseline_answer=f"{row.id}.A",
            target_text=row.answer_b,
            baseline_text=row.answer_a,
        )
        for row in rows
    )


def calibration(judge: str, source: str, rows: Sequence[LabelledPair], judgings: Sequence[Judged]) -> Calibration:
    """What the votes of one judge in `judgings` (of these rows alone) say beside the labels."""
    found = tally(judgings)
    said: list[tuple[str, str]] = []
    counted = []
    for row in rows:
        key = PairKey(row.id, 0, B, A)
        if key in found.pairs:
            said.append((row.label, _preferred(found.pairs[key].score("overall"))))
            counted.append((key, (found.pairs[key],)))
    agreed = sum(label == voted for label, voted in said)
    bounds = wilson(agreed, len(said))
    kappa = cohen_kappa(said)
    by_chance = max(Counter(label for label, _ in said).values()) / len(said) if said else None
    low = None if bounds is None else bounds[0]
    return Calibration(
        judge=judge,
        source=source,
        pairs=len(said),
        asked=len(rows),
        agreed=agreed,
        agreement=agreed / len(said) if said else None,
        agreement_low=low,
        agreement_high=None if bounds is None else bounds[1],
        kappa=kappa,
        by_chance=by_chance,
        order=order_effect(counted),
        invalid=found.fates["invalid"],
        refused=found.fates["refused"],
        failed=found.fates["failed"] + found.fates["open"],
        reading=_reading(len(said), low, by_chance, kappa),
        cost_usd=found.cost_usd,
        cost_unknown=found.cost_unknown,
    )


def _preferred(score: float) -> Label:
    return "tie" if score == 0.5 else "B" if score > 0.5 else "A"


def _reading(
    pairs: int, low: float | None, by_chance: float | None, kappa: float | None
) -> Literal["too_few", "no_better", "fair", "good"]:
    """In a word. No better than always saying the most frequent label, or better, or much better."""
    if pairs < FEWEST_PAIRS or low is None or by_chance is None:
        return "too_few"
    if low <= by_chance:
        return "no_better"
    return "good" if kappa is not None and kappa >= GOOD_KAPPA else "fair"
