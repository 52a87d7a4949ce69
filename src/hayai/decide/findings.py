"""What did we conclude? The nouns that `describe` fills and every report reads.

Everything a report shows is in here, already computed: reports only turn it into text. Times are nanoseconds, shares and savings are ratios
(0.32 saved = 32 percent), None is "not known" or "does not apply". Statistics of metrics are dictionaries by metric name, because metric
and statistic are two axes and their product is never spelled out.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from hayai.ask.plan import Rate
from hayai.decide.instrument import Instrument
from hayai.decide.judgements import CacheUse, CostFindings, Judgement, RegionFindings
from hayai.decide.quality.findings import Miss, QualityFindings
from hayai.decide.quality.judged import JudgedFindings
from hayai.decide.recommendations import Recommendation
from hayai.keep.query import Simulation
from hayai.keep.records import Outcome, RequestRecord

AverageName = Literal["geometric", "totals", "mean", "median", "lowest", "highest"]
"""How values of several prompts become one: geometric mean of ratios, ratio of totals, mean of ratios, median, lowest, highest."""
Standing = Literal["paired", "unpaired", "retried", "warmup"]


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How one metric lay over the requests of one target.

    A percentile is None where fewer than five values lie beyond it: the sample cannot tell it, and its largest value is shown instead.
    """

    known: int
    missing: int
    """Answered requests that could not tell this metric."""
    median: float | None
    lowest: float | None
    highest: float | None
    p90: float | None
    p95: float | None
    p99: float | None


class Gain(msgspec.Struct, frozen=True, kw_only=True):
    """How much sooner than the baseline, in both units. 32 percent saved and 1.47 times as fast are the same thing."""

    time_saved_ratio: float
    """1 - time / baseline's time; negative: slower."""
    times_as_fast: float
    """Baseline's time / time."""


class RegionCount(msgspec.Struct, frozen=True, kw_only=True):
    """A region and how many answers it served; `region` None: unknown."""

    region: str | None
    count: int


class ServedCount(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for against what the answers say was given."""

    what: Literal["latency", "tier"]
    requested: str | None
    served: str | None
    count: int


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One prompt on one target, over its repeats."""

    prompt: str
    target: str
    requests: int
    answered: int
    medians: dict[str, float | None]
    """Metric name -> median over the answered repeats."""
    regions: tuple[RegionCount, ...]
    gain: Gain | None
    """Against the baseline, from the two medians of end-to-end time; None for the baseline itself."""


class PromptRow(msgspec.Struct, frozen=True, kw_only=True):
    """One prompt with a cell per target, in the plan's order."""

    prompt: str
    category: str | None
    cells: tuple[Cell, ...]


class CategoryCell(msgspec.Struct, frozen=True, kw_only=True):
    """One category on one target: geometric means of its prompts' medians, so that times and gains agree with each other."""

    category: str | None
    target: str
    prompts: int
    geometric_means: dict[str, float | None]
    gain: Gain | None
    """Geometric mean over the prompts that both sides answered."""


class RatioAverages(msgspec.Struct, frozen=True, kw_only=True):
    """A metric of a target divided by the baseline's, prompt by prompt, and how the prompts become one number."""

    prompts: int
    averages: dict[AverageName, float]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One target against the baseline over the prompts that both answered."""

    target: str
    baseline: str
    prompts: int
    gains: dict[AverageName, Gain]
    """End-to-end time. Each unit is averaged on its own: the mean of percents is not the reciprocal of the mean of "times as fast"."""
    ratios: dict[str, RatioAverages]
    """Metric name -> target / baseline."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """End-to-end time of `first` minus `second`; positive: `first` took longer. `prompt` None: mean over the prompts both answered."""

    prompt: str | None
    first: str
    second: str
    difference_ns: float


class FailureCount(msgspec.Struct, frozen=True, kw_only=True):
    """Requests that failed alike. `message` is the first of their messages: untrusted text."""

    target: str
    outcome: Outcome
    code: str | None
    count: int
    message: str | None


class TargetSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One target over all its paired requests."""

    number: int
    """From 1, in the plan's order; tables point to targets by it."""
    name: str
    provider: str
    model: str
    options: dict[str, str]
    """The options that tell targets apart (API, latency, tier, region, ...), as text. Untrusted."""
    is_baseline: bool
    requests: int
    answered: int
    spreads: dict[str, Spread]
    tokens_per_s: dict[AverageName, float]
    """End-to-end tokens per second over the prompts: mean of the prompts' values, total tokens / total time, geometric mean."""
    time_mean_ns: float | None
    """Mean of the prompts' median end-to-end times."""
    averaged_prompts: int
    """Prompts behind `time_mean_ns`: those answered by every target that answered anything; the same ones for all targets."""
    regions: tuple[RegionCount, ...]
    served: tuple[ServedCount, ...]
    clocks: dict[str, int]
    """Stamping clock -> answered requests."""
    coalesced_ratio: float | None


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Where the records went; they add up to everything in the journal."""

    warmup: int
    paired: int
    unpaired: int
    retried: int
    answered: int
    """Of the paired ones, those that ended well."""


class RunFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What ran, when and from where."""

    suite: str
    prompts: int
    seed: int
    concurrency: int
    together: bool
    rate: Rate | None
    """How fast requests might leave at the most; None: as soon as it was their turn."""
    reached_per_s: float | None
    """How many of the sample left in a second, where there is a rate; None also where fewer than two left."""
    cache: str
    connections: str
    cycles: int
    """Complete ones."""
    started_wall_ns: int | None
    ended_wall_ns: int | None
    duration_ns: int | None
    """Of all sessions together, by the monotonic clock; the pauses between them left out."""
    machines: tuple[str, ...]
    sessions: int | None
    """Planned ones; None: one, and no more."""
    interrupted: bool
    ended_reason: str | None


class Caution(msgspec.Struct, frozen=True, kw_only=True):
    """A warning that travels with the findings. Its text is `caution.<code>`, the long explanation `explain.<code>`.

    Values are raw: names ending in `_ratio` are shares, `_ns` durations, `_times` factors; tuples are lists of untrusted names.
    """

    code: str
    key: str
    values: dict[str, object] = msgspec.field(default_factory=dict)


class RequestRow(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt with its metrics, for tables with a row per request."""

    record: RequestRecord
    standing: Standing
    region: str | None
    values: dict[str, float | None]
    """Metric name -> value; of many-valued metrics the median."""
    misses: tuple[Miss, ...] | None = None
    """Checks of its answer that were not passed, or could not be made; None: not looked at."""


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is shown of a run."""

    run: RunFacts
    simulations: tuple[Simulation, ...]
    counts: Counts
    targets: tuple[TargetSummary, ...]
    prompts: tuple[PromptRow, ...]
    categories: tuple[CategoryCell, ...]
    comparisons: tuple[Comparison, ...]
    differences: tuple[Difference, ...]
    failures: tuple[FailureCount, ...]
    cautions: tuple[Caution, ...]
    judgement: Judgement
    regions: RegionFindings | None
    """None: fewer than two Regions are known to have served."""
    costs: CostFindings | None
    """None: the run keeps no price."""
    recommendation: Recommendation | None
    """None: there is nothing to choose between, or nothing but time to choose by."""
    quality: QualityFindings | None
    """None: the answers were not looked at."""
    cache: tuple[CacheUse, ...]
    """Of targets that have to do with a prompt cache."""
    instrument: Instrument
    requests: Sequence[RequestRow]
    """Each row is made when it is looked at."""
    units: dict[str, str]
    """Metric name -> unit of all its values in here: ns, tokens, characters, tokens/s, characters/s or ratio."""
    judged: JudgedFindings | None = None
    """What judges found about the answers; None: none was asked."""


class TargetProgress(msgspec.Struct, frozen=True, kw_only=True):
    """One target while the run goes on."""

    number: int
    name: str
    done: int
    failed: int
    planned: int
    """Requests this target will have at most."""
    tokens_per_s: float | None
    """End to end, over the last answers."""
    ttft_median_ns: float | None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """A run while it goes on; counts are of measured requests."""

    simulations: tuple[Simulation, ...]
    targets: tuple[TargetProgress, ...]
    done: int
    failed: int
    planned: int
    cycle: int
    """The one that is running, from 1."""
    elapsed_ns: int
    left_ns: int | None
    """At the pace so far, at most until the limit of time; None: cannot be told yet."""
    spent_usd: Decimal | None = None
    """Known costs of this session, warm-up included; None: no price is known."""


class PublishedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One target's section of a published results file. None: not known (the request failed, or no usage was reported)."""

    name: str
    time_s: float | None
    output_tokens: int | None
    text: str
    """Untrusted."""


class PublishedDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the published differences: `first` minus `second`, in seconds."""

    first: str
    second: str
    difference_s: float | None


class PublishedPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """One published results file: one prompt, one answer per target."""

    compared_at: str
    """`YYYY-MM-DD HH:MM:SS`, local time; empty: not known."""
    prompt: str
    answers: tuple[PublishedAnswer, ...]
    differences: tuple[PublishedDifference, ...]
