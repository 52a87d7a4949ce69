"""What was concluded from a whole sample? Verdicts together with what concerns all targets; nothing in here computes.

A judgement is what a report shows, an analysis that of measurements made elsewhere, a look what is known after a cycle.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from hayai.ask.plan import ModePrice
from hayai.decide.conclusions import Effect, Estimate, Forecast, Interval, Status, Verdict, WhyNone
from hayai.decide.recommendations import Recommendation


class Percentile(msgspec.Struct, frozen=True, kw_only=True):
    """A percentile of one target's answers over these prompts, gated by how much the sample can tell."""

    target: str
    metric: Literal["e2e", "ttft"]
    p: float
    n: int
    gate: Literal["hidden", "at_least", "wide", "shown"]
    value: float | None
    """None when hidden; the largest value seen when `at_least` (which may lie on either side of the percentile)."""
    interval: Interval | None
    """Order statistics, exact for independent answers: two-sided where `wide` or `shown`, an upper bound alone where `at_least`. 95 %."""
    needed: int
    """Answers needed for any (one-sided) upper bound."""
    useful: int
    """Answers needed for a useful one."""


class Fallback(msgspec.Struct, frozen=True, kw_only=True):
    """Answers served in another mode than asked for, of one target."""

    target: str
    asked: int
    otherwise: int
    untold: int
    interval: Interval | None
    """Of the share served otherwise among those told."""


class RegionCell(msgspec.Struct, frozen=True, kw_only=True):
    """The paired answers of one target that one Region served; `region` None: unknown."""

    target: str
    region: str | None
    answers: int
    e2e_ns: float | None
    """Median."""
    ttft_ns: float | None
    """Median; None also where nothing was streamed."""


class RegionShift(msgspec.Struct, frozen=True, kw_only=True):
    """What another Region does to the end-to-end time of one target, prompts compared with themselves."""

    target: str
    usual: str
    """The Region that served it most often."""
    region: str
    effect: Effect
    """Time in `region` over time in `usual`; 95 %, descriptive."""


Reading = Literal["stays", "goes", "open", "apart", "no_difference", "unknown"]
"""Of the difference over all rounds: there too, gone, not to be told, never in one Region, none to explain, no Region known."""


class SameRegion(msgspec.Struct, frozen=True, kw_only=True):
    """Two targets in the rounds in which the same Region served both."""

    target: str
    baseline: str
    pairs: int
    known: int
    """Pairs of which both Regions are known."""
    all_pairs: int
    estimate: Estimate | None
    reading: Reading


class RegionFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What Regions have to do with latency, where two of them or more served."""

    cells: tuple[RegionCell, ...]
    shifts: tuple[RegionShift, ...]
    same: tuple[SameRegion, ...]


class CacheUse(msgspec.Struct, frozen=True, kw_only=True):
    """What the prompt cache did for one target, over its paired answers."""

    target: str
    asked: bool
    """It sets a cache point."""
    answers: int
    hits: int
    """Answers that read something from it."""
    read_tokens: int
    written_tokens: int
    read_share: float | None
    """Of all input tokens."""
    ttft: Effect | None
    """Time to the first token of a hit over that of a miss of the same prompt; 95 %, descriptive."""
    e2e: Effect | None


class TargetCost(msgspec.Struct, frozen=True, kw_only=True):
    """What one target cost, in US dollars."""

    target: str
    requests: int
    """All that were sent, warm-up and failures included."""
    unknown: int
    """How many of them have no known cost."""
    total_usd: Decimal
    """Of those whose cost is known."""
    per_thousand_usd: float | None
    """A thousand answers to these prompts, every prompt weighing the same; of paired answers."""


class CostOf(msgspec.Struct, frozen=True, kw_only=True):
    """What a target costs beside the baseline, over the pairs whose cost and time are both known."""

    target: str
    baseline: str
    ratio: Estimate | None
    """Cost of the target over cost of the baseline."""
    per_output_token: Estimate | None
    """The same per output token, so that longer answers do not count as dearer; None where tokens are not alike."""
    at_equal_length: Estimate | None
    """The ratio as if both had written the same to each prompt, the geometric mean of their lengths; None where tokens are not alike."""
    longer_per_thousand_usd: float | None
    """How many dollars of the difference come from the length of the answers; negative: shorter answers spare them."""
    extra_per_thousand_usd: float | None
    """How many dollars more a thousand requests cost; negative: less."""
    saved_ns: float | None
    """Time saved per request, mean over prompts; negative: lost."""
    usd_per_saved_second: float | None
    """None unless it costs more and saves time."""


class CostFindings(msgspec.Struct, frozen=True, kw_only=True):
    """Costs at the prices that the run keeps."""

    targets: tuple[TargetCost, ...]
    comparisons: tuple[CostOf, ...]
    prices: tuple[ModePrice, ...]
    output_only: bool = False
    """What was read is not known, and is not charged."""


class SlowAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One of the slowest answers, compared with the rest of its prompt and target."""

    target: str
    prompt: str
    cycle: int
    record: str
    request_id: str | None
    e2e_ns: float
    robust_z: float | None
    stands_out: bool
    """Its robust z is beyond 5."""


class ClaimReading(msgspec.Struct, frozen=True, kw_only=True):
    """One way to understand a claim, tested on one quantity."""

    face: Literal["speed", "time", "times"]
    needed: float
    """Times as fast that the claim asks for in this reading."""
    quantity: Literal["e2e", "ttft", "tpot", "e2e_per_token", "e2e_per_character"]
    status: Status
    typical: Estimate
    reached: int
    """Prompts whose own estimate reaches it."""
    prompts: int
    reached_interval: Interval | None
    """Of the share of prompts like these: each bound alone at 95 %; descriptive."""
    best_tenth: float | None
    """Times as fast that one prompt in ten like these would reach."""
    single: bool
    """Each prompt was measured once: no prompt alone is proof."""


class ClaimFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A claim and what the sample says of it. Its status is that of `readings[0]`: the weaker reading, on the quantity it names."""

    text: str
    """As it was written. Untrusted."""
    target: str
    baseline: str
    kind: Literal["typical", "at_least", "up_to"]
    readings: tuple[ClaimReading, ...]
    status: Status
    withheld: WhyNone | None = None
    """Why its times can prove nothing, whatever the readings; then it is undecided in all of them."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """Everything concluded from one sample."""

    verdicts: tuple[Verdict, ...]
    """Judged ones first, in the plan's order; then those only described."""
    percentiles: tuple[Percentile, ...]
    fallbacks: tuple[Fallback, ...]
    slowest: tuple[SlowAnswer, ...]
    claims: tuple[ClaimFinding, ...]
    baseline: str
    self_test: str | None
    """The target that repeats the baseline."""


class MeasuredCell(msgspec.Struct, frozen=True, kw_only=True):
    """One prompt at one target, in measurements made elsewhere: medians over the answered repeats, None where there is none."""

    prompt: str
    category: str | None
    target: str
    requests: int
    answered: int
    e2e_ns: float | None
    output_tokens: float | None


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """What measurements made elsewhere prove."""

    source: str
    """Untrusted."""
    targets: tuple[str, ...]
    """The baseline first. Untrusted."""
    prompts: int
    rounds: int
    """In which two targets or more have a row."""
    alone: int
    """Rows without a partner in their round; they are in no comparison."""
    cells: tuple[MeasuredCell, ...]
    """In the order of prompts, then targets."""
    tokens_per_s: dict[str, float]
    """Target -> mean over the prompts of end-to-end tokens per second (the published average); those without tokens are left out."""
    judgement: Judgement
    published: bool
    """It is the published table that ships with hayai."""
    costs: CostFindings | None = None
    """None: no prices."""
    recommendation: Recommendation | None = None


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """The provisional answer after a cycle."""

    cycles: int
    """Complete ones so far."""
    rounds: int
    """Complete ones so far."""
    requests: int
    """Paired requests so far, all targets together."""
    verdicts: tuple[Verdict, ...]
    """Headline, drift and answer only."""
    open_claims: int
    """Claims that are undecided so far; they keep a run from ending as well."""
    enough: bool
    """Every judged comparison is settled and every claim decided, or never will be: the run may end."""
    forecast: Forecast | None
    """What is still missing until `enough`; None: nothing, or it cannot be told (before the second cycle, or never at this rate)."""


class Detectable(msgspec.Struct, frozen=True, kw_only=True):
    """Which difference a plan can tell from nothing, with a chance of 80 %, if the noise is like this."""

    noise: Literal["calm", "realistic", "rough", "seen"]
    """`seen`: as in the records there are already."""
    sd: float
    """Of a pair's log ratio within a prompt."""
    times_as_fast: float | None
    """The smallest such speed-up; None: none at all."""
    requests: int
    """All targets together, at the plan's limits."""
