"""What did judges find? The nouns of a comparison of answers; nothing in here computes.

A win rate is the target's against the baseline: one half means equally good, above it the target is preferred. All intervals are for a
number of prompts that was fixed beforehand, prompts being the observations. Margins are held against the share of votes that did not go by
place: see `stats.win_rate`. None is "not known" or "does not apply".
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

JudgedAnswer = Literal["better", "equivalent", "not_worse", "worse", "cannot_tell", "none"]
"""`equivalent`: within the margin on both sides; `not_worse`: not worse by more than the margin; `none`: see `why_none`."""
WhyNoJudgement = Literal["no_votes", "few_prompts", "no_variation", "order_decides"]
WhyCannotTell = Literal["votes_missing"]
"""Not worse by the votes that are there, and not if those that are missing were against the target."""
WhyNoLength = Literal["few_prompts", "same_length", "split", "same_scores"]
NOT_WORSE: tuple[JudgedAnswer, ...] = ("better", "equivalent", "not_worse")
"""Answers that exclude that the target is worse by more than the margin."""


class WinRate(msgspec.Struct, frozen=True, kw_only=True):
    """How often the target is preferred, ties being half a win."""

    rate: float
    low: float
    """Of the two-sided 95 % interval."""
    high: float
    lower: float
    """One-sided bound, at `confidence`: what non-inferiority looks at."""
    upper: float
    """The same from above, for equivalence."""
    lowest: float
    """As `lower`, if all votes that are missing were against the target; the same where none is."""
    highest: float
    """As `upper`, if all of them were for it."""
    confidence: float
    """Of each one-sided bound: 95 %, or more where one target among several may be picked."""
    prompts: int
    variance: float
    """Of the prompts' mean scores."""


class Preference(msgspec.Struct, frozen=True, kw_only=True):
    """One question to the judge, over the pairs with a vote in both orders."""

    question: str
    answer: JudgedAnswer
    """What the votes on this question prove by themselves."""
    margin: float
    """What the win rate is held to: the margin that was chosen, less the share of these votes that went by place."""
    wins: int
    """Pairs of which the target won more than half."""
    ties: int
    losses: int
    win_rate: WinRate | None
    """None below two prompts."""


class EqualLengthRate(msgspec.Struct, frozen=True, kw_only=True):
    """The win rate if both had written the same amount; 95 %."""

    rate: float
    low: float
    high: float
    per_doubling: float
    """Factor on the odds of winning for an answer twice as long."""


class OrderEffect(msgspec.Struct, frozen=True, kw_only=True):
    """What the order of the answers did to the votes on `overall`."""

    pairs: int
    """With several judges each pair once for each of them."""
    flips: int
    """Pairs whose winner changed with the order."""
    flip_ratio: float | None
    flip_low: float | None
    flip_high: float | None
    by_place: float | None
    """Share of votes that went by place instead of by answer: how far a pair's two votes are apart."""
    bias: float | None
    """How much more often than half the first answer won; None below two prompts."""
    bias_low: float | None
    bias_high: float | None


class JudgeRate(msgspec.Struct, frozen=True, kw_only=True):
    """What one judge says of a comparison by itself."""

    judge: str
    win_rate: WinRate | None
    pairs: int
    counted: bool
    """Whether its votes are in what all judges say together."""


class JudgedComparison(msgspec.Struct, frozen=True, kw_only=True):
    """What the judges say of one target against the baseline. With several: of pairs that all of them judged, with their mean scores."""

    target: str
    baseline: str
    is_self_test: bool
    answer: JudgedAnswer
    why_none: WhyNoJudgement | None
    why_cannot_tell: WhyCannotTell | None
    """None also where the interval is the reason."""
    pairs: int
    """With a vote in both orders of every judge."""
    missing: int
    """Pairs that were asked about and lack one: no vote in the answer, a refusal, a call that failed."""
    prompts: int
    needed_prompts: int
    """With which two that are equally good are found not worse four times out of five: from the votes where there are enough of them."""
    questions: tuple[Preference, ...]
    at_equal_length: EqualLengthRate | None
    why_no_length: WhyNoLength | None
    length_ratio: float | None
    """Characters of the target's answers over the baseline's, geometric mean over pairs."""
    order: OrderEffect
    by_judge: tuple[JudgeRate, ...]
    agreement: float | None
    """Krippendorff's alpha, ordinal, of the judges' scores; None for one judge, or where there is nothing to agree about."""

    @property
    def not_worse(self) -> bool:
        """Whether it is excluded that the target is worse by more than the margin."""
        return self.answer in NOT_WORSE

    def preference(self, question: str) -> Preference | None:
        """What was said to this question."""
        return next((one for one in self.questions if one.question == question), None)


class JudgeSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One judge over everything that it was asked about this run."""

    judge: str
    model: str
    ballots: int
    votes: int
    invalid: int
    """Answers without a vote in them."""
    refused: int
    failed: int
    """Calls that never got an answer."""
    open: int
    """Not asked yet."""
    order: OrderEffect
    contestants: tuple[str, ...]
    """Targets that are the same model: it judges itself."""
    relatives: tuple[str, ...]
    """Targets of the same maker."""
    simulated: bool
    """A simulator voted, not a model."""
    cost_usd: Decimal
    """Of the calls whose cost is known."""
    cost_unknown: int
    """Calls whose cost is not."""


class JudgedFindings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that judges found about a run."""

    comparisons: tuple[JudgedComparison, ...]
    judges: tuple[JudgeSummary, ...]
    rubric: str
    margin: float
    """How far below one half a win rate still counts as not worse."""
    left_out: int
    """Votes that earlier judgings hold by another rubric."""
    silent: tuple[str, ...] = ()
    """Judges that were named and never gave an answer; nothing else here counts them."""


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """How one judge did on pairs that people have labelled."""

    judge: str
    source: str
    pairs: int
    """With a label and a vote in both orders."""
    asked: int
    agreed: int
    agreement: float | None
    agreement_low: float | None
    """Wilson's interval, 95 %."""
    agreement_high: float | None
    kappa: float | None
    """Cohen's: 1 is always, 0 is as often as chance."""
    by_chance: float | None
    """How often somebody who always says the most frequent label would agree."""
    order: OrderEffect
    invalid: int
    refused: int
    failed: int
    reading: Literal["too_few", "no_better", "fair", "good"]
    cost_usd: Decimal
    cost_unknown: int
