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
from numpy.typing import NDArray

from hayai.ask.rubric import QUESTIONS
from hayai.decide.quality.judge_votes import Vote, read_vote
from hayai.decide.quality.judged import OrderEffect
from hayai.decide.stats.proportions import wilson
from hayai.decide.stats.win_rate import by_place, position_bias, prompt_means
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

    def flipped(self, question: str = "overall") -> bool:
        """Whether both orders name a winner, and not the same one."""
        return {self.baseline_first[question], self.target_first[question]} == {0.0, 1.0}


Range = tuple[float, float]
"""The least and the most that a pair may have scored for the target, if the votes that it lacks were against it, or for it."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one judge said."""

    fates: Counter[Fate] = field(default_factory=Counter)
    pairs: dict[PairKey, BothVotes] = field(default_factory=dict)
    missing: dict[PairKey, Mapping[str, Range]] = field(default_factory=dict)
    """Pairs that were asked about and lack a vote; by question. Not those that are still to be asked about."""
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
    voted = [(ballot, vote) for ballot, _, vote in found.values() if vote is not None]
    orders = _orders(voted)
    counted.pairs.update(_pairs(orders))
    waiting = {_key(ballot) for ballot, fate, _ in found.values() if fate == "open"}
    asked = dict.fromkeys(_key(ballot) for ballot, _, _ in found.values())
    counted.missing.update(
        (key, _may_have_scored([scores for _, scores in orders.get(key, {}).values()]))
        for key in asked
        if key not in counted.pairs and key not in waiting
    )
    return counted


def _fate(ballot: Ballot, record: RequestRecord | None, judged: Judged) -> tuple[Fate, Vote | None]:
    if record is None or record.outcome == "cancelled":
        return "open", None
    if record.outcome != "ok":
        return "failed", None
    text = judged.answers.get(record.id)
    vote = read_vote("" if text is None else text.text, ballot.nonce, record.stop_reason)
    return ("vote", vote) if isinstance(vote, Vote) else (vote, None)


Scores = Mapping[str, float]
Orders = dict[PairKey, dict[bool, tuple[Ballot, Scores]]]
"""Pair -> whether the target stood first -> the ballot and the target's scores."""


def _key(ballot: Ballot) -> PairKey:
    return PairKey(ballot.prompt, ballot.cycle, ballot.target, ballot.baseline)


def _orders(votes: Iterable[tuple[Ballot, Vote]]) -> Orders:
    orders: Orders = {}
    for ballot, vote in votes:
        target_first = ballot.first == ballot.target
        winner = "A" if target_first else "B"
        scores = {question: 0.5 if side == "tie" else float(side == winner) for question, side in vote.sides.items()}
        orders.setdefault(_key(ballot), {})[target_first] = ballot, scores
    return orders


def _pairs(orders: Orders) -> dict[PairKey, BothVotes]:
    """Pairs of which both orders have a vote. One order alone says too much about the order."""
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


def _may_have_scored(votes: Sequence[Scores]) -> dict[str, Range]:
    """Of a pair with these votes, one of them or none."""
    known = {question: sum(scores[question] for scores in votes) for question in QUESTIONS}
    return {question: (score / 2, (score + 2 - len(votes)) / 2) for question, score in known.items()}


def order_effect(pairs: Sequence[tuple[PairKey, Sequence[BothVotes]]]) -> OrderEffect:
    """What the order did, over pairs with the votes of one judge or of several; prompts are the observations."""
    prompt = np.array(numbered(key for key, _ in pairs), dtype=np.intp)
    of_prompts = _flips("overall", pairs)
    bounds = wilson(math.fsum(of_prompts), of_prompts.size)
    bias = position_bias(np.array([np.mean([vote.first_wins for vote in votes]) for _, votes in pairs]), prompt)
    return OrderEffect(
        pairs=sum(len(votes) for _, votes in pairs),
        flips=sum(vote.flipped() for _, votes in pairs for vote in votes),
        flip_ratio=flip_share("overall", pairs),
        flip_low=None if bounds is None else bounds[0],
        flip_high=None if bounds is None else bounds[1],
        by_place=place_share("overall", pairs),
        bias=None if bias is None else bias.mean,
        bias_low=None if bias is None else bias.low,
        bias_high=None if bias is None else bias.high,
    )


def flip_share(question: str, pairs: Sequence[tuple[PairKey, Sequence[BothVotes]]]) -> float | None:
    """The share of pairs whose winner by this question changed with the order, as a mean over prompts. None without any."""
    of_prompts = _flips(question, pairs)
    return float(of_prompts.mean()) if of_prompts.size else None


def _flips(question: str, pairs: Sequence[tuple[PairKey, Sequence[BothVotes]]]) -> NDArray[np.float64]:
    """Of each prompt."""
    flips = [float(np.mean([vote.flipped(question) for vote in votes])) for _, votes in pairs]
    return prompt_means(flips, numbered(key for key, _ in pairs))


def place_share(question: str, pairs: Sequence[tuple[PairKey, Sequence[BothVotes]]]) -> float | None:
    """The share of the votes on this question that went by place; of several judges the mean of theirs. None without any."""
    votes = [(key, vote) for key, of_judges in pairs for vote in of_judges]
    return by_place(
        [vote.baseline_first[question] for _, vote in votes],
        [vote.target_first[question] for _, vote in votes],
        numbered(key for key, _ in votes),
    )


def numbered(keys: Iterable[PairKey]) -> list[int]:
    """The number of each pair's prompt."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(key.prompt, len(numbers)) for key in keys]
