"""What was asked? The plan of a run, frozen and complete before the first request.

A plan holds everything that decides which bytes will be sent, in which order, and when the run ends. It is stored in
the manifest, so the same plan can be carried out again, resumed, or extended. Times are monotonic nowhere in here: a
plan knows durations only (seconds, as the user wrote them).
"""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec

from hayai.ask.expectations import Expectations

Role = Literal["user", "assistant"]
CacheMode = Literal["as-is", "avoid", "warm"]
ConnectionMode = Literal["warm", "cold"]
Stopping = Literal["anytime", "fixed", "limits"]


class TextPart(msgspec.Struct, frozen=True, kw_only=True, tag="text"):
    """A stretch of text in a message."""

    text: str


class ImagePart(msgspec.Struct, frozen=True, kw_only=True, tag="image"):
    """An image in a message. `format` is png, jpeg, gif or webp; `data` the raw bytes (base64 in JSON)."""

    format: str
    data: bytes


Part = TextPart | ImagePart


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One turn of a conversation."""

    role: Role
    parts: tuple[Part, ...]


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A tool the model may call. `schema` is the JSON Schema of its input. hayai never runs tools; it times the answer."""

    name: str
    description: str
    schema: dict[str, Any]


class Prompt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One prompt of a suite: a whole request, not only a line of text."""

    id: str
    """Unique within the suite; letters, digits, `_`, `-`, `.`."""
    messages: tuple[Message, ...]
    """At least one; the last is the user's."""
    category: str | None = None
    """Group in the by-category table; None: no category."""
    language: str | None = None
    """`ja`, `en`, ...; metadata."""
    system: str | None = None
    """System text sent with this prompt; a target's own `system=` comes first."""
    max_tokens: int | None = None
    """Longest answer in tokens; a target's own `max_tokens=` wins."""
    tools: tuple[Tool, ...] = ()
    expect: Expectations | None = None
    """What is expected of its answers; never sent. None: no more than of all."""

    @property
    def text(self) -> str:
        """The prompt as people read it: the text of all user turns, turns separated by a blank line."""
        turns = ["".join(p.text for p in m.parts if isinstance(p, TextPart)) for m in self.messages if m.role == "user"]
        return "\n\n".join(turns)


class Suite(msgspec.Struct, frozen=True, kw_only=True):
    """A set of prompts. `source` is the name of a built-in suite or the file it was read from."""

    name: str
    prompts: tuple[Prompt, ...]
    source: str


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured: a provider, a model, and the options that were set (nothing else is ever sent)."""

    name: str
    """Unique within the run."""
    provider: str
    model: str
    options: dict[str, Any] = {}
    """Validated values by option name, as the provider's `OPTIONS` declare them."""


class ModePrice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a target is charged in one mode, as it was known when the run began: US dollars per million tokens. None: not known."""

    target: str
    latency: str | None = None
    """None: standard."""
    tier: str | None = None
    """None: default."""
    input_usd: Decimal | None = None
    output_usd: Decimal | None = None
    cache_read_usd: Decimal | None = None
    cache_write_usd: Decimal | None = None
    flat_to: int | None = None
    """Longer prompts than so many tokens cost something else; None: all cost the same."""
    source: str
    as_of: date
    own: bool = False
    """The user's own word; `source` names the file then."""
    currency: str | None = None
    """What it was stated in; None: US dollars."""
    usd_per_unit: Decimal | None = None
    """US dollars for one unit of `currency`."""
    input_holds_cache: bool = False
    """This service counts tokens read from a cache among those of the input; others tell them apart."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """When a run ends at the latest. Requests count all targets together, warm-up included."""

    max_requests: int = 400
    max_time_s: float = 600.0
    cycles: int | None = None
    """At most this many complete cycles (in each session); None: until another limit is reached."""
    max_cost_usd: Decimal | None = None
    """Nothing leaves that could make the run, all its sessions together, cost more; None: no limit."""


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """The pace of a run: at most so many requests in a second, a minute or an hour, all targets together, evenly spaced."""

    requests: float
    per: Literal["s", "m", "h"]

    def __str__(self) -> str:
        return f"{self.requests:.10g}/{self.per}"

    @property
    def span_s(self) -> int:
        """The second, the minute or the hour."""
        return {"s": 1, "m": 60, "h": 3600}[self.per]

    @property
    def interval_ns(self) -> int:
        """From one request to the next at the least, in ns; rounded up, so that the rate is never passed."""
        return math.ceil(self.span_s * 1e9 / self.requests)


class Timeouts(msgspec.Struct, frozen=True, kw_only=True):
    """Longest waits, in seconds."""

    connect_s: float = 10.0
    """DNS, TCP and TLS together."""
    first_byte_s: float = 120.0
    """From the request's last byte sent to the first byte of the response."""
    gap_s: float = 120.0
    """Between two reads of one response."""
    total_s: float = 900.0
    """From sent to the end of the response."""


class ClaimReading(msgspec.Struct, frozen=True, kw_only=True):
    """One way to understand the number of a claim. 60 % faster is 1.6 times as fast as a `speed`, 2.5 times as a `time` saved."""

    face: Literal["speed", "time", "times"]
    times_as_fast: float


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was said about two targets, to be tested."""

    text: str
    """As it was written."""
    target: str
    baseline: str
    kind: Literal["typical", "at_least", "up_to"]
    quantity: Literal["e2e", "ttft", "speed"] | None
    """What is said to be faster; None: not told, end to end is meant first."""
    readings: tuple[ClaimReading, ...]
    """The weakest first: it decides whether the claim is met."""


GoalOf = Literal["ttft", "e2e", "cost", "failures", "quality"]


class Goal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a target must reach to be worth choosing."""

    text: str
    """As it was written."""
    what: GoalOf
    p: float | None = None
    """Of times: which quantile, as a share."""
    most: float | None = None
    """ns, US dollars a request (mean), or a share of requests; None: of quality."""
    target: str | None = None
    """Of quality: not worse than this one."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What counts as an answer, chosen before the first request."""

    margin_ratio: float = 0.10
    """Differences up to this count as practically the same: between 1/1.1 and 1.1 times as fast."""
    precision_ratio: float | None = 0.10
    """How exact the answer must be before the run may end; None: the verdict alone is enough."""
    alpha: float = 0.05
    """Share of runs that may end in a false verdict, all judged comparisons together."""
    stopping: Stopping = "anytime"
    """`anytime`: end as soon as the answer is certain and precise; valid under extension. `fixed`: looks planned beforehand within the
    limits, no extension. `limits`: measure up to the limits whatever the answer."""
    all_pairs: bool = False
    """Judge every pair of targets, not only each against the baseline."""
    self_test: str | None = None
    """Name of a target that repeats the baseline, to see that nothing but noise differs; it never keeps a run from ending."""
    claims: tuple[Claim, ...] = ()
    goals: tuple[Goal, ...] = ()
    """What a target must reach to be recommended; all of them."""


class Sessions(msgspec.Struct, frozen=True, kw_only=True):
    """Measure again later: `count` sessions that begin `every_s` seconds apart, each with the same number of cycles."""

    count: int
    every_s: float


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a run will do. The first target is the baseline."""

    targets: tuple[Target, ...]
    suite: Suite
    seed: int
    limits: Limits = Limits()
    timeouts: Timeouts = Timeouts()
    warmup: int = 1
    """Discarded requests per target before the sample, with a prompt that is not in the suite."""
    concurrency: int = 1
    """Rounds in flight at once: at most this many streams per target, and exactly that with `together`."""
    together: bool = False
    """Send a round to all its targets at the same instant instead of one after another."""
    rate: Rate | None = None
    """How fast requests may leave at the most, warm-up and retries included; None: as soon as it is their turn."""
    cache: CacheMode = "as-is"
    connections: ConnectionMode = "warm"
    retries: int = 0
    """Further attempts after a throttle, a server error or a lost connection; each attempt is a record of its own."""
    max_tokens: int | None = None
    """Longest answer where neither target nor prompt says; None: not sent."""
    save_texts: bool = True
    rules: Rules = Rules()
    sessions: Sessions | None = None
    expect: Expectations | None = None
    """What is expected of all answers; what a prompt expects itself wins."""
    checks: tuple[str, ...] = ()
    """Names of the user's own checks, `module:function`. Names alone: nothing is ever loaded because a plan names it."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One planned request: prompt x target x repeat (the cycle is the repeat)."""

    phase: Literal["warmup", "measure"]
    cycle: int
    """Cycle number from 0; the warm-up counts its own."""
    round: int
    """Place of the round within its cycle, from 0, in the order drawn from the seed."""
    position: int
    """Place of the request within its round, from 0."""
    target: str
    prompt: str
    round_try: int = 0
    """0 unless a torn round runs again after an interruption: then 1, 2, ..."""
