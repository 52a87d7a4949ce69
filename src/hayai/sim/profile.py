"""What may a profile say? The nouns of a simulated account, and how they are read from TOML.

Times are real-world milliseconds or seconds as the field's name says; `speed` divides them all at the end. A spread called `sigma` is the
standard deviation of the natural logarithm: 0.1 is about ten percent. The whole format is told in `docs/simulator.md`.
"""

from __future__ import annotations

import tomllib
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hayai.errors import Problem, UsageError
from hayai.sim.models import CATALOGUE, Family, split_prefix
from hayai.sim.reading import read_table
from hayai.sim.refusals import STATUS

Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=1)]

FaultKind = Literal[
    "reset",
    "close",
    "stall",
    "buffered",
    "cut_frame",
    "bad_crc",
    "in_stream_exception",
    "no_last_events",
    "slow_headers",
    "error",
]


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Tail(_Table, frozen=True, kw_only=True):
    """A rare extra wait: with `chance`, a lognormal wait of this median and spread is added, never more than `most_ms`."""

    chance: Share
    median_ms: Positive
    sigma: NotNegative = 0.0
    most_ms: Positive = 600_000.0


class Drift(_Table, frozen=True, kw_only=True):
    """Slow change in time: the log of the pace walks as AR(1), with this standard deviation and correlation time."""

    sd: NotNegative
    correlation_s: Positive


class Cell(_Table, frozen=True, kw_only=True):
    """What one prompt gets from one arm; fields left out come from the arm."""

    tokens: Count | None = None
    total_s: Positive | None = None
    """Whole response time; the time per token follows from it, from the time to first token and from the tokens."""
    ttft_ms: Positive | None = None
    region: str | None = None


class Arm(_Table, frozen=True, kw_only=True):
    """How one model answers in one mode."""

    ttft_ms: Positive
    """Median time from the complete request to the first piece of text or reasoning."""
    itl_ms: NotNegative
    """Median time per token after the first one."""
    ttft_sigma: NotNegative = 0.0
    itl_sigma: NotNegative = 0.0
    """Spread of the pace from request to request."""
    jitter: NotNegative = 0.0
    """Spread of each single gap; its mean stays the pace."""
    tail: Tail | None = None
    """Extra wait before the first piece."""
    pause: Tail | None = None
    """Extra wait before any later chunk; the chance is per chunk."""
    drift: Drift | None = None
    """Own drift, beside the one all arms share."""
    tokens: Count = 200
    """Median tokens of the visible answer."""
    tokens_sigma: NotNegative = 0.0
    reasoning_tokens: Annotated[int, Meta(ge=0)] = 0
    """Tokens of reasoning shown before the answer even when not asked for."""
    tokens_per_chunk: Count | Annotated[tuple[Count, ...], Meta(min_length=1)] = 1
    """A number, or a bag of numbers from which each chunk draws. The first chunk always holds one token."""
    head_share: Share = 0.5
    """When response head and opening event go out, as a share of the time to first token."""
    regions: dict[str, Positive] = {}
    """Serving regions with their weights; none: the account's own region."""
    prompts: dict[str, Cell] = {}
    """What single prompts get, by topic."""
    requests_per_minute: Count | None = None
    """Quota; above it an optimized request falls back to standard, any other is throttled."""
    tokens_per_minute: Count | None = None
    """The same in tokens: each request counts its input and its `max_tokens` when it begins."""
    fallback_chance: Share = 0.0
    """Optimized requests that are served as standard although the quota is not used up."""
    throttle_chance: Share = 0.0
    cache_read_tokens: Annotated[int, Meta(ge=0)] = 0
    """Input tokens that usage reports as read from a prompt cache, whatever is asked."""
    cache_min_tokens: Count = 1024
    """Shortest prefix before a cache point that is cached."""
    cache_saves: Share = 0.0
    """Share of the time to the first token that is saved where the prefix is read from the cache."""
    quality: Share | None = None
    """Share of the sentences that are right; the others end in a mark (`sim/judging.py`). None: nothing is marked."""
    quality_sd: NotNegative = 0.0
    """Spread of that share from answer to answer."""


class Lifecycle(_Table, frozen=True, kw_only=True):
    """Dates of a model's life as the model list tells them; each is a day (UTC)."""

    started: date | None = None
    legacy: date | None = None
    extended_access: date | None = None
    """From when on prices may be higher."""
    end_of_life: date | None = None


class Judge(_Table, frozen=True, kw_only=True):
    """How a model votes on two answers that are put before it. What is drawn first wins: a tie, the place, the answers."""

    skill: Share = 1.0
    """How often it looks at the answers at all; otherwise it votes by lot."""
    position_bias: Annotated[float, Meta(ge=-1, le=1)] = 0.0
    """How often it votes for whoever stands first without looking; below 0: for whoever stands second."""
    tie_ratio: Share = 0.0
    """How often it says tie without looking."""
    nonsense_ratio: Share = 0.0
    """How often there is no vote in what it says."""
    refusal_ratio: Share = 0.0
    obeys: Share = 0.0
    """How often it repeats the vote that it finds within one of the answers, instead of casting its own."""


class ModelEntry(_Table, frozen=True, kw_only=True):
    """One model of the profile."""

    id: str
    """A foundation model id, an inference profile id (which goes before it), or `*` for all that are known."""
    arms: dict[Literal["standard", "optimized", "priority", "flex"], Arm]
    also: tuple[str, ...] = ()
    """ARNs that mean this model (application inference profiles, provisioned throughput)."""
    state: Literal["active", "end_of_life", "legacy", "no_access"] = "active"
    """`end_of_life` and `legacy`: refused for that reason, and told so by the model list. `no_access`: nobody asked for access."""
    lifecycle: Lifecycle = Lifecycle()
    answer: Literal["text", "tool_use"] = "text"
    """`tool_use`: requests that bring tools are answered with a call of the first one."""
    family: Family | None = None
    """Needed for models that hayai does not know."""
    max_output: Count | None = None
    judge: Judge | None = None
    """How it votes where two answers are put before it; None: it answers as to any other question."""
    optimized: bool | None = None
    """Takes latency-optimized requests; None: as the catalogue says."""
    tiers: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if "standard" not in self.arms:
            raise ValueError("arms.standard is missing")
        if (
            self.id != "*"
            and split_prefix(self.id)[1] not in CATALOGUE
            and (self.family is None or self.max_output is None)
        ):
            raise ValueError(f"{self.id} is not a model that hayai knows, so family and max_output are needed")


class Fault(_Table, frozen=True, kw_only=True):
    """Something that breaks: for the requests numbered, or for a share of all."""

    kind: FaultKind
    request: Count | tuple[Count, ...] | None = None
    """Number of the request since the start, from 1; or several numbers."""
    chance: Share | None = None
    model: str | None = None
    """Only requests for model ids that contain this."""
    after_chunks: Annotated[int, Meta(ge=0)] = 3
    """Chunks with text that are sent whole before the fault."""
    wait_ms: Positive = 30_000.0
    """How long a stall or slow headers hold."""
    error: str = "ThrottlingException"
    """Which error `error` and `in_stream_exception` tell."""
    message: str | None = None

    def __post_init__(self) -> None:
        if (self.request is None) == (self.chance is None):
            raise ValueError("say either request or chance")
        if self.error not in STATUS:
            raise ValueError(f"error is not one of {', '.join(STATUS)}")

    def hits(self, number: int) -> bool:
        """Scripted for this request number?"""
        return number == self.request if isinstance(self.request, int) else number in (self.request or ())


class AccountEntry(_Table, frozen=True, kw_only=True):
    """Who asks, what they may do, and how the account keeps its books: what is not in any stream."""

    id: Annotated[str, Meta(pattern=r"^\d{12}$")] = "123456789012"
    principal: str = "assumed-role/measuring/analyst"
    """What stands after the account in the caller's ARN; `user/NAME`, `assumed-role/ROLE/SESSION`."""
    denied: tuple[str, ...] = ()
    """IAM actions that no policy allows (`bedrock:ListFoundationModels`); `*` at the end stands for any rest."""
    denied_regions: tuple[str, ...] = ()
    """Regions in which a policy of the organisation denies model calls."""
    trail_delay_s: NotNegative = 300.0
    """How long CloudTrail takes to show an event."""
    trail_tells_home: bool = True
    """Events name the serving Region also where it is the one that was called; otherwise they say nothing then, as older ones did."""
    trail_per_s: Positive = 2.0
    """How many look-ups a second CloudTrail answers."""
    trail_loses: Share = 0.0
    """Share of the requests whose event never comes."""
    logging: Literal["none", "cloudwatch", "s3"] = "none"
    """Where model invocations are logged."""
    tells_region: bool = True
    """Answers name the serving Region in a header of the simulator's own; the real service's never do."""
    clock_s: float = 0.0
    """How far the service's clock is ahead of this machine's."""


class Profile(_Table, frozen=True, kw_only=True):
    """A simulated account in one region."""

    name: str
    about: str
    models: tuple[ModelEntry, ...]
    region: str = "us-west-2"
    """The endpoint's region."""
    seed: int = 1
    speed: Positive = 1.0
    drift: Drift | None = None
    """Drift shared by all arms."""
    faults: tuple[Fault, ...] = ()
    account: AccountEntry = AccountEntry()

    def __post_init__(self) -> None:
        """A service without models answers nothing."""
        if not self.models:
            raise ValueError("models is empty")


def shipped_profiles() -> tuple[str, ...]:
    """Names of the profiles that come with hayai."""
    folder = resources.files("hayai.sim") / "profiles"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def read_profile(name_or_path: str | Path) -> Profile:
    """The profile of that name, or in that TOML file (anything with a `.toml` ending or a folder in it).

    Raises UsageError with every problem at once: unknown name, unreadable file, unknown keys, missing keys, values out of range.
    """
    given = str(name_or_path)
    try:
        if given.endswith(".toml") or "/" in given or isinstance(name_or_path, Path):
            text = Path(name_or_path).read_text(encoding="utf-8")
            name = Path(name_or_path).stem
        else:
            if given not in shipped_profiles():
                known = ", ".join(shipped_profiles())
                raise UsageError(Problem(place=given, key="sim.profile_unknown", values={"known": known}))
            text = (resources.files("hayai.sim") / "profiles" / f"{given}.toml").read_text(encoding="utf-8")
            name = given
    except (OSError, UnicodeDecodeError) as reason:
        raise UsageError(Problem(place=given, key="sim.profile_unreadable", values={"reason": reason})) from reason
    return parse_profile(text, name=name, place=given)


def parse_profile(text: str, *, name: str, place: str) -> Profile:
    """The profile in `text`; `name` is used where it does not name itself. Raises UsageError as `read_profile` does."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as reason:
        raise UsageError(Problem(place=place, key="sim.profile_not_toml", values={"reason": reason})) from reason
    problems: list[Problem] = []
    profile = read_table(Profile, {"name": name} | table, place, problems)
    if profile is None:
        raise UsageError(*problems)
    return profile
