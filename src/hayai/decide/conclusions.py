"""What was concluded about two targets? The nouns of a verdict; nothing in here computes.

Every comparison is a ratio *target / baseline* of times (or amounts), on the log scale inside and as a plain ratio out here: 0.68 is 32
percent less time and 1.47 times as fast. `show` turns one ratio into these three faces. None is "not known" or "does not apply".

Two intervals stand beside each other and are never mixed. `anytime` holds for these prompts in this window and stays valid however often
one looks and whenever one stops (a confidence sequence). `such_prompts` is an ordinary 95 % t interval over the prompts' means: it speaks
about prompts like these, for a number of cycles that was fixed beforehand.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Answer = Literal[
    "much_faster",
    "faster",
    "same_but_faster",
    "same",
    "same_but_slower",
    "slower",
    "much_slower",
    "undecided",
    "none",
]
"""`much_`: by more than the margin, beyond doubt. `same`: inside the margin, beyond doubt; `same_but_`: and measurably apart. `none`: the
data cannot carry a verdict, see `Verdict.why_none`."""
WhyNone = Literal["no_pairs", "few_pairs", "no_variation", "cut", "fell_back", "below_instrument", "failed"]
BEYOND_HELP: tuple[WhyNone, ...] = ("cut", "fell_back", "below_instrument", "no_variation")
"""Reasons that lie in the times themselves: they prove nothing, of claims either, and more of the same would not help."""
Form = Literal["stratified", "pairs"]
"""`stratified`: prompts were repeated, noise is what differs within a prompt. `pairs`: one pass, each pair is one observation."""
Status = Literal["confirmed", "contradicted", "undecided"]
Unit = Literal["tokens", "characters"]


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of a ratio or a share; None: no bound on that side."""

    low: float | None
    high: float | None

    def side(self, middle: float = 1.0) -> int:
        """-1: below `middle` beyond doubt; 1: above; 0: neither."""
        if self.high is not None and self.high < middle:
            return -1
        return 1 if self.low is not None and self.low > middle else 0


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """One quantity, target / baseline."""

    ratio: float
    """Geometric mean over pairs, every prompt weighing the same."""
    anytime: Interval | None
    """Confidence sequence; None: too little data for any bound."""
    such_prompts: Interval | None
    """t interval over prompt means; None below two prompts."""
    pairs: int
    prompts: int


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """Where the end-to-end difference comes from: three factors whose product is `whole`, exactly (LMDI)."""

    unit: Unit
    start: Estimate
    """Time to the first piece."""
    amount: Estimate
    """Verbosity: how much was written."""
    per_unit: Estimate
    """Time per token or character after the first."""
    whole: Estimate
    """End to end over the pairs for which all parts are known."""


class EqualLength(msgspec.Struct, frozen=True, kw_only=True):
    """End to end as if both had written the same amount."""

    unit: Unit
    method: Literal["streams", "regression"]
    """`streams`: each pair computed from its own start and speed, at the prompt's geometric mean length. `regression`: intercept of the log
    ratio of times on the log ratio of lengths, over prompts; not anytime-valid."""
    estimate: Estimate
    slope: float | None = None
    """Regression only: share of the time that grows with length."""
    slope_interval: Interval | None = None


class StartGuess(msgspec.Struct, frozen=True, kw_only=True):
    """What regression of whole times on lengths says of a time to first token that was never observed."""

    target: str
    start_ns: float
    low_ns: float
    high_ns: float
    per_unit_ns: float
    identified: bool
    """False: the interval covers 0 or is wider than the estimate; then no time to first token may be told."""


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """Did the difference wander from cycle to cycle?"""

    cycles: int
    factor: float
    """Variance of cycle means over what independent pairs would give; the interval is widened by sqrt(max(1, factor))."""
    p: float | None
    lag1: float | None
    """Correlation of neighbouring cycles; None below 4 cycles."""


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """A ratio with an ordinary interval; its confidence is said where it is used."""

    ratio: float
    interval: Interval
    count: int


class Failing(msgspec.Struct, frozen=True, kw_only=True):
    """What did not end well, over the same complete rounds. All intervals are descriptive (95 %, for a fixed size)."""

    rounds: int
    target_failed: int
    baseline_failed: int
    difference: Interval | None
    """Failure rate of the target minus the baseline's: Newcombe's interval for paired shares."""
    target_throttled: int
    baseline_throttled: int
    win_ratio: float | None
    """Share of rounds in which the target's answer was complete first; a failure loses, two failures are half a win each."""
    win_interval: Interval | None


class GroupEffect(msgspec.Struct, frozen=True, kw_only=True):
    """The end-to-end effect in one category."""

    name: str | None
    estimate: Estimate


class LengthEffect(msgspec.Struct, frozen=True, kw_only=True):
    """Does the effect grow with the length of the answer?"""

    unit: Unit
    per_doubling: Effect
    """95 %. Factor on the ratio of times for each doubling of the baseline's answer length; below 1: longer answers gain more."""
    rank_correlation: float | None
    """Spearman's, between length and time saved."""
    rank_p: float | None


class PromptEffect(msgspec.Struct, frozen=True, kw_only=True):
    """The end-to-end effect on one prompt."""

    prompt: str
    ratio: float
    interval: Interval | None
    """Confidence sequence at the error rate shared by all prompts; None: not repeated."""
    pairs: int


class PercentileDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A percentile of the target over the baseline's, with a cycle bootstrap; descriptive."""

    metric: Literal["e2e", "ttft"]
    p: float
    ratio: float
    interval: Interval | None


class SessionsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What several sessions say about other times: sessions are the observations."""

    ratios: tuple[float, ...]
    """Of each session, oldest first."""
    ratio: float
    interval: Interval | None
    """t interval over the sessions; None below two."""


class CrossChecks(msgspec.Struct, frozen=True, kw_only=True):
    """Other people's tests on the same pairs, where each is one observation (`pairs`): for a size fixed beforehand, descriptive."""

    t_p: float
    """Paired t test on log ratios."""
    wilcoxon_p: float | None
    sign_flip_p: float | None
    """Exact permutation of signs; None beyond 20 pairs."""
    middle: Effect | None
    """Hodges and Lehmann's estimate with the exact 95 % interval that inverts Wilcoxon's test."""


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What it would take to settle the question, if noise and difference stay as they are."""

    cycles: int
    requests: int
    """More requests, all targets together."""
    time_ns: int | None
    """At the pace so far."""
    within_limits: bool | None
    """None: the limits are not known here."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the sample says about one target against the baseline."""

    target: str
    baseline: str
    judged: bool
    """False: described only, it takes no share of the error rate and never stops a run."""
    answer: Answer
    why_none: WhyNone | None
    settled: bool
    """The answer is certain, and as precise as was asked for."""
    margin_ratio: float
    precision_ratio: float | None
    alpha: float
    """Error rate of this comparison, its share of the whole."""
    form: Form
    anytime: bool
    """True: the interval is a confidence sequence. False: group-sequential, valid at the planned looks only."""
    looks: int
    """Cycles after which the sample could have been looked at so far."""
    asked_prompts: int
    """Prompts that had a complete round, answered or not."""
    headline: Estimate | None
    """End to end, as asked for (intention to treat)."""
    within_sd: float | None
    """Standard deviation of the log ratio within prompts."""
    between_sd: float | None
    """Of the prompts' true effects, the noise taken off."""
    estimates: dict[str, Estimate] = msgspec.field(default_factory=dict)
    """Metric -> estimate: e2e, ttft, tpot, output_tokens, output_characters, e2e_per_token, e2e_per_character."""
    streamed: bool = True
    same_tokens: bool = True
    """Both count tokens alike, as far as the names of the models tell."""
    parts: Parts | None = None
    equal_length: EqualLength | None = None
    starts: tuple[StartGuess, ...] = ()
    drift: Drift | None = None
    instrument_ns: float | None = None
    """Typical differences below this error of the instrument are none; None: measured elsewhere."""
    position: Effect | None = None
    """Time of whoever came second in a round over whoever came first; 99 %, because it is an alarm that every run tests."""
    warm_up: Effect | None = None
    """The first cycle's ratio over that of the others; 99 %."""
    without_slowest: float | None = None
    """The headline ratio without each target's slowest answer."""
    failing: Failing | None = None
    with_waits: Estimate | None = None
    """End to end from the first attempt on, the waits for retries included; None where nothing was retried."""
    as_served: Estimate | None = None
    """Over the pairs in which both were served as asked; None where all or none were."""
    groups: tuple[GroupEffect, ...] = ()
    length: LengthEffect | None = None
    prompts: tuple[PromptEffect, ...] = ()
    percentiles: tuple[PercentileDifference, ...] = ()
    sessions: SessionsAnswer | None = None
    cross_checks: CrossChecks | None = None
    forecast: Forecast | None = None
