"""Does what was claimed hold? Each reading of a claim, tested on each quantity that it may be about.

What must be shown depends on how often the claim says it happens. With X the factor claimed, K prompts, and bounds valid under peeking:

- *typical*: confirmed when the whole interval of the typical effect lies at or beyond X, contradicted when it lies short of it.
- *at least*: about every prompt. Confirmed when every prompt's own lower bound reaches X, each at alpha: all must hold, so no share is due.
  Contradicted when something stays short: the upper bound of one prompt, or that of their mean, which is not below X unless some prompt is.
- *up to*: about one prompt. Confirmed when something reaches X: the lower bound of one prompt with five repeats or more (the first step of
  Holm's procedure, which is all that "one" asks for), or that of their mean. Contradicted when every prompt's upper bound stays short,
  each at alpha.

Where "something" is enough, the error rate is halved: one half for the mean, the other shared out over the prompts. Where prompts are not
repeated, nothing is known of one alone and the mean has the whole of it: it may contradict "at least" and confirm "up to", never the
reverse. The raw best of single measurements is no evidence at all: of ten equal prompts one always stands out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hayai.ask.plan import Claim
from hayai.ask.plan import ClaimReading as Reading
from hayai.decide.conclusions import Interval, Status
from hayai.decide.judgements import ClaimFinding, ClaimReading
from hayai.decide.stats.confidence_sequence import NOTHING
from hayai.decide.stats.proportions import clopper_pearson
from hayai.decide.stats.student import normal_quantile
from hayai.decide.verdict.estimate import CONFIDENCE, FEWEST_REPEATS, Effects

Quantity = Literal["e2e", "ttft", "tpot", "e2e_per_token", "e2e_per_character"]

_SPEEDS: tuple[Quantity, ...] = ("tpot", "e2e_per_token", "e2e_per_character")
"""The first one known is the speed: the others hold the start as well, and stand in where nothing was streamed."""
_EQUAL = 1e-9
"""In log units: what differs by less is the same number."""


def examine(claim: Claim, effects: Mapping[str, Effects], alpha: float) -> ClaimFinding:
    """The claim, tested on `effects`: by quantity, the ratio of times of the claim's target over its baseline.

    `alpha` is the error rate of each statement about prompts; the typical effect has its interval already. A quantity that is not known
    has no reading; without any, the claim is undecided.
    """
    readings = tuple(
        _tested(claim.kind, reading, quantity, effects[quantity], alpha)
        for reading in claim.readings
        for quantity in _quantities(claim, effects)
    )
    return ClaimFinding(
        text=claim.text,
        target=claim.target,
        baseline=claim.baseline,
        kind=claim.kind,
        readings=readings,
        status=readings[0].status if readings else "undecided",
    )


def _quantities(claim: Claim, effects: Mapping[str, Effects]) -> tuple[Quantity, ...]:
    """What the claim is about, as far as it is known; where it does not say, end to end decides and the speed stands beside it."""
    speed = tuple(quantity for quantity in _SPEEDS if quantity in effects)[:1]
    match claim.quantity:
        case "speed":
            return speed
        case "e2e" | "ttft":
            return (claim.quantity,) if claim.quantity in effects else ()
        case None:
            return ("e2e", *speed) if "e2e" in effects else speed


def _tested(
    kind: Literal["typical", "at_least", "up_to"], reading: Reading, quantity: Quantity, effects: Effects, alpha: float
) -> ClaimReading:
    need = math.log(reading.times_as_fast)
    gains = _Gains(effects=effects, alpha=alpha)
    status = {"typical": gains.typical, "at_least": gains.at_least, "up_to": gains.up_to}[kind](need)
    reached = sum(gain >= need - _EQUAL for gain in gains.of_prompts)
    spread = effects.between_sd
    return ClaimReading(
        face=reading.face,
        needed=reading.times_as_fast,
        quantity=quantity,
        status=status,
        typical=effects.estimate,
        reached=reached,
        prompts=len(gains.of_prompts),
        reached_interval=_share(reached, len(gains.of_prompts)),
        best_tenth=None if spread is None else math.exp(gains.mean + normal_quantile(0.9) * spread),
        single=effects.single,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gains:
    """The effects seen as gains: log times as fast, the larger the faster."""

    effects: Effects
    alpha: float

    @property
    def mean(self) -> float:
        return -math.log(self.effects.estimate.ratio)

    @property
    def of_prompts(self) -> tuple[float, ...]:
        return tuple(-float(mean) for mean in self.effects.prompt_means)

    def typical(self, need: float) -> Status:
        """By the interval of the typical effect."""
        interval = self.effects.estimate.anytime
        if interval is None or interval.low is None or interval.high is None:
            return "undecided"
        if -math.log(interval.high) >= need - _EQUAL:
            return "confirmed"
        return "contradicted" if -math.log(interval.low) < need - _EQUAL else "undecided"

    def at_least(self, need: float) -> Status:
        """By every prompt, or by something that stays short."""
        if all(gain - half >= need - _EQUAL for gain, half in self._each(self.alpha)):
            return "confirmed"
        if any(gain + half < need - _EQUAL for gain, half in self._some()):
            return "contradicted"
        return "undecided"

    def up_to(self, need: float) -> Status:
        """By something that reaches it, or by every prompt that does not."""
        if any(gain - half >= need - _EQUAL for gain, half in self._some(FEWEST_REPEATS)):
            return "confirmed"
        if all(gain + half < need - _EQUAL for gain, half in self._each(self.alpha)):
            return "contradicted"
        return "undecided"

    def _each(self, alpha: float) -> list[tuple[float, float]]:
        """Gain and half-width of every prompt alone, at `alpha`; the half-width is infinite where it was not repeated."""
        return [(gain, self.effects.prompt_half_width(at, alpha)) for at, gain in enumerate(self.of_prompts)]

    def _some(self, repeats: int = 1) -> list[tuple[float, float]]:
        """Gain and half-width of the mean and of every prompt, so that all hold together at the error rate.

        Left out are prompts with fewer than `repeats`.
        """
        mean, count = self.effects.mean, len(self.of_prompts)
        alone = self._each(self.alpha / 2.0 / count)
        share = self.alpha if self.effects.bounds.form == "pairs" else self.alpha / 2.0
        whole = math.inf
        if mean is not None and mean.sd > NOTHING:
            whole = self.effects.bounds.half_width(mean, self.effects.cycles, alpha=share)
        enough = [one for one, pairs in zip(alone, self.effects.prompt_pairs, strict=True) if pairs >= repeats]
        return [(self.mean, whole), *enough]


def _share(reached: int, prompts: int) -> Interval | None:
    """The share of prompts like these that reach it: each bound alone holds at 95 % (Clopper and Pearson). Descriptive."""
    found = clopper_pearson(reached, prompts, 2 * CONFIDENCE - 1)
    return None if found is None else Interval(low=found[0], high=found[1])
