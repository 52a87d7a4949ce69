"""What did a configuration file say, in the command line's terms?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from hayai.ask.expectations import Expectations
from hayai.ask.plan import Rate
from hayai.ask.prices.stated import StatedPrice
from hayai.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchConfig:
    """A configuration file, in the command line's terms. None, or empty: the file does not say."""

    path: str
    """The file, as it was named."""
    folder: Path
    """Where the file lies: `@file` options are relative to it."""
    targets: tuple[str, ...]
    places: tuple[str, ...]
    """Where each target stands, for messages."""
    vary: tuple[str, ...] = ()
    vary_place: str = "--vary"
    suite: str | None = None
    prompts: tuple[str, ...] = ()
    seed: int | None = None
    warmup: int | None = None
    concurrency: int | None = None
    rate: Rate | None = None
    together: bool | None = None
    cache: str | None = None
    connections: str | None = None
    retries: int | None = None
    max_requests: int | None = None
    max_cost: Decimal | None = None
    max_time_s: float | None = None
    cycles: int | None = None
    max_tokens: int | None = None
    timeouts: Mapping[str, float] = field(default_factory=dict)
    """Seconds by the field of `plan.Timeouts`: `connect_s`, `first_byte_s`, `gap_s`, `total_s`; only those the file sets."""
    margin: float | None = None
    precision: float | None = None
    verdict_only: bool | None = None
    stopping: str | None = None
    claim: tuple[str, ...] = ()
    goal: tuple[str, ...] = ()
    goal_place: str = "--goal"
    claim_place: str = "--claim"
    all_pairs: bool | None = None
    aa: bool | None = None
    sessions: int | None = None
    every_s: float | None = None
    lang: str | None = None
    no_texts: bool | None = None
    results: str | None = None
    prices: tuple[StatedPrice, ...] = ()
    price_subjects: tuple[tuple[str | None, str | None], ...] = ()
    """The target and the model that each table of `[[prices]]` names."""
    price_place: str = "--prices"
    expect: Expectations | None = None
    checks: tuple[str, ...] = ()
    """The user's own checks, `module:function`."""
    checks_place: str = "--check"


Judge = Callable[[BenchConfig], Sequence[Problem]]
"""What is wrong with the targets of a file and the claims about them; asked when something else in it is wrong, so nothing else is told."""
