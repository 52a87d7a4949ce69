"""What does the user want measured, as written?

Command line and file lead to the same `Asked`: values as the command line gives them, None where nothing was said. Light on purpose: it
is loaded before the agent is started. `planning.py` turns it into a plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from hayai.ask.expectations import Expectations
from hayai.ask.plan import CacheMode, ConnectionMode, Rate, Stopping
from hayai.ask.prices.stated import StatedPrice


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for, as written."""

    targets: tuple[str, ...]
    places: tuple[str, ...] | None = None
    vary: tuple[str, ...] = ()
    vary_place: str = "--vary"
    folder: Path = Path()
    defaults: Mapping[str, str] = field(default_factory=dict)
    """Options for every target that does not set them itself."""
    baseline: int = 1
    """Number of the target that the others are compared with, from 1."""
    suite: str | None = None
    suite_format: str | None = None
    """How the suite is written, where its name does not tell it."""
    prompts: tuple[str, ...] = ()
    seed: int | None = None
    warmup: int | None = None
    concurrency: int | None = None
    rate: Rate | None = None
    together: bool = False
    cache: CacheMode | None = None
    connections: ConnectionMode | None = None
    retries: int | None = None
    max_requests: int | None = None
    max_time_s: float | None = None
    max_cost_usd: Decimal | None = None
    """US dollars; infinity: no limit is wanted. None: nothing was said."""
    cycles: int | None = None
    max_tokens: int | None = None
    timeouts: Mapping[str, float] = field(default_factory=dict)
    save_texts: bool = True
    margin_ratio: float | None = None
    precision_ratio: float | None = None
    verdict_only: bool = False
    stopping: Stopping | None = None
    claims: tuple[str, ...] = ()
    claim_place: str = "--claim"
    goals: tuple[str, ...] = ()
    goal_place: str = "--goal"
    all_pairs: bool = False
    self_test: bool = False
    """Measure the baseline once more under another name."""
    sessions: int | None = None
    every_s: float | None = None
    prices: tuple[StatedPrice, ...] = ()
    """Those of a configuration file."""
    price_subjects: tuple[tuple[str | None, str | None], ...] = ()
    """The target and the model that each of its tables names, right or wrong."""
    price_place: str = "--prices"
    price_file: Path | None = None
    """A file of prices that counts before all others."""
    expect: Expectations | None = None
    """Of all answers, as a file says it."""
    expect_options: tuple[str, ...] = ()
    """`KEY=VALUE`, as the command line says it; wins over the file."""
    checks: tuple[str, ...] = ()
    """The user's own checks, `module:function`."""
    checks_place: str = "--check"
