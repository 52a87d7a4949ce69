"""Which votes are there? Everything that one judge was ever asked about a run, each ballot once.

A ballot that failed may have been asked again later; the first answer counts, whatever it says, and no other is asked for: who asks until a
vote comes out that can be read chooses among votes. Pure.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

import numpy as np

from hayai.decide.quality.judge_votes import Vote, read_vote
from hayai.decide.quality.judged import OrderEffect
from hayai.decide.stats.proportions import wilson
from hayai.decide.stats.win_rate import position_bias, prompt_means
from hayai.keep.charges import cost_of
from hayai.keep.judging import Ballot, Judged
from hayai.keep.records import RequestRecord

Fate = Literal["vote", "invalid", "refused", "failed", "open"]
BallotKey = tuple[str, str]
"""Id and hash of what is read: the same for the same question."""


class PairKey(NamedTuple):
    """Which two answers."""

    prompt: str
    cycle: int
    target: str
    baseline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BothVotes:
    """A pair with a vote in both orders. Scores are the target's: 1, 1/2 or 0."""

    baseline_first: Mapping[str, float]
    """Question -> score."""
    target_first: Mapping[str, float]
    target_answer: str
    baseline_answer: str

    def score(self, question: str) -> float:
        """The mean of both orders."""
        return (self.baseline_first[question] + self.target_first[question]) / 2

    @property
    def first_wins(self) -> float:
        """How often the answer that stood first won."""
        return (1 - self.baseline_first["overall"] + self.target_first["overall"]) / 2

    @property
    def flipped(self) -> bool:
        """Whether both orders name a winner, and not the same one."""
        return {self.baseline_first["overall"], self.target_first["overall"]} == {0.0, 1.0}


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one judge said."""

    fates: Counter[Fate] = field(default_factory=Counter)
    pairs: dict[PairKey, BothVotes] = field(default_factory=dict)
    cost_usd: Decimal = Decimal(0)
    cost_unknown: int = 0


def final_records(records: Iterable[RequestRecord]) -> dict[str, RequestRecord]:
    """Prompt -> the record that ended it: one with an answer where there is one, else the last attempt."""
    final: dict[str, RequestRecord] = {}
    for record in records:
        if record.phase == "measure" and (record.prompt not in final or final[record.prompt].outcome != "ok"):
            final[record.prompt] = record
    return final


def answered(judgings: Sequence[Judged]) -> frozenset[BallotKey]:
    """The ballots that need not be asked again: an answer came, whether there was a vote in it or not."""
    return frozenset(
        (ballot.id, ballot.sha256)
        for one in judgings
        for final in (final_records(one.records),)
        for ballot in one.judging.ballots
        if ballot.id in final and final[ballot.id].outcome == "ok"
    )


def tally(judgings: Sequence[Judged]) -> Tally:
    """Everything in judgings of one judge by one rubric, the oldest first."""
    found: dict[BallotKey, tuple[Ballot, Fate, Vote | None]] = {}
    counted = Tally()
    for one in judgings:
        final = final_records(one.records)
        for record in one.records:
            cost = cost_of(record, one.manifest.prices)
            counted.cost_usd += cost or 0
            counted.cost_unknown += cost is None
        for ballot in one.judging.ballots:
            key = ballot.id, ballot.sha256
            if key not in found or found[key][1] in ("failed", "open"):
                found[key] = ballot, *_fate(ballot, final.get(ballot.id), one)
    counted.fates.update(fate for _, fate, _ in found.values())
    counted.pairs.update(_pairs((ballot, vote) for ballot, _, vote in found.values() if vote is not None))
    return counted


def _fate(ballot: Ballot, record: RequestRecord | None, judged: Judged) -> tuple[Fate, Vote | None]:
    if record is None or record.outcome == "cancelled":
        return "open", None
    if record.outcome != "ok":
        return "failed", None
    text = judged.answers.get(record.id)
    vote = read_vote("" if text is None else text.text, ballot.nonce, record.stop_reason)
    return ("vote", vote) if isinstance(vote, Vote) else (vote, None)


def _pairs(votes: Iterable[tuple[Ballot, Vote]]) -> dict[PairKey, BothVotes]:
    """Pairs of which both orders have a vote. One order alone says too much about the order."""
    orders: dict[PairKey, dict[bool, tuple[Ballot, Mapping[str, float]]]] = {}
    for ballot, vote in votes:
        key = PairKey(ballot.prompt, ballot.cycle, ballot.target, ballot.baseline)
        target_first = ballot.first == ballot.target
        winner = "A" if target_first else "B"
        scores = {question: 0.5 if side == "tie" else float(side == winner) for question, side in vote.sides.items()}
        orders.setdefault(key, {})[target_first] = ballot, scores
    return {
        key: BothVotes(
            baseline_first=found[False][1],
            target_first=found[True][1],
            target_answer=found[True][0].target_answer,
            baseline_answer=found[True][0].baseline_answer,
        )
        for key, found in orders.items()
        if len(found) == 2
    }


def order_effect(pairs: Sequence[tuple[PairKey, Sequence[BothVotes]]]) -> OrderEffect:
    """What the order did, over pairs with the votes of one judge or of several; prompts are the observations."""
    numbers = {prompt: number for number, prompt in enumerate(dict.fromkeys(key.prompt for key, _ in pairs))}
    prompt = np.array([numbers[key.prompt] for key, _ in pairs], dtype=np.intp)
    flips = [np.mean([vote.flipped for vote in votes]) for _, votes in pairs]
    of_prompts = prompt_means(np.array(flips, dtype=np.float64), prompt)
    bounds = wilson(math.fsum(of_prompts), of_prompts.size)
    bias = position_bias(np.array([np.mean([vote.first_wins for vote in votes]) for _, votes in pairs]), prompt)
    return OrderEffect(
        pairs=sum(len(votes) for _, votes in pairs),
        flips=sum(vote.flipped for _, votes in pairs for vote in votes),
        flip_ratio=float(of_prompts.mean()) if of_prompts.size else None,
        flip_low=None if bounds is None else bounds[0],
        flip_high=None if bounds is None else bounds[1],
        bias=None if bias is None else bias.mean,
        bias_low=None if bias is None else bias.low,
        bias_high=None if bias is None else bias.high,
    )
