"""What follows for whoever must choose? The nouns of a recommendation; nothing in here computes.

Everything rests on intervals: what they do not tell is `open`, never guessed. None is "not known" or "does not apply".
"""

from __future__ import annotations

from typing import Literal

import msgspec

from hayai.ask.plan import Goal
from hayai.decide.conclusions import Interval

Quality = Literal["not_worse", "worse", "open", "unknown"]
"""Of a target's answers against another's: `open`: looked at, and not to be told; `unknown`: nobody looked."""
Beside = Literal["better", "same", "open", "worse", "unknown"]
"""Of one target against another, in cost or time: `same` is within the margin beyond doubt; `unknown`: it cannot be compared."""
Reading = Literal["met", "missed", "open", "unknown"]
Place = Literal["frontier", "beaten", "open", "unknown"]
Need = Literal["lowest_cost", "best_value", "fastest"]
NEEDS: tuple[Need, ...] = ("lowest_cost", "best_value", "fastest")
WhyNone = Literal["no_prices", "costs_unknown", "no_goal", "none_meets", "goals_open", "not_comparable"]


class Fulfilment(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one target reaches one goal. The interval is a 95 % one, for a number of answers that was fixed beforehand."""

    target: str
    goal: Goal
    reading: Reading
    value: float | None
    """In the goal's unit; None also where too many requests failed for it to be a number."""
    interval: Interval | None


class Rival(msgspec.Struct, frozen=True, kw_only=True):
    """Another target beside the one that was chosen, in what the need is about."""

    target: str
    ratio: float | None
    """Its cost or time over that of the chosen one, geometric mean over the prompts; above 1: it is worse."""
    interval: Interval | None
    """None: no bound yet."""
    beside: Beside
    """Of the chosen one."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Which target serves a need best, as far as it can be told."""

    need: Need
    target: str | None
    """None: see `why_none`."""
    clear: bool
    """It is better than each rival beyond doubt, or practically the same as those in `ties`."""
    rivals: tuple[Rival, ...] = ()
    ties: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    """Targets that may be the better choice as well: neither beaten nor excluded."""
    excluded: tuple[str, ...] = ()
    """Those that miss a goal, or whose answers are worse."""
    why_none: WhyNone | None = None
    quality: Quality = "unknown"
    """Of the chosen one's answers: against the baseline; not worse where it is the baseline."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where one target stands between cost and time. Intervals are 95 % t intervals over the prompts' means, descriptive."""

    target: str
    per_thousand_usd: float | None
    usd_interval: Interval | None
    """Of a thousand requests."""
    e2e_ns: float | None
    """Geometric mean over the prompts."""
    e2e_interval: Interval | None
    quality: Quality
    """Against the baseline."""
    is_baseline: bool
    requests: int
    failed: int
    """Of the requests; costs and times are those of the others."""
    standing: Place
    """`frontier`: against each other target it is cheaper or faster beyond doubt; `beaten`: another one is
    both, or one of them and as good in the other."""
    beaten_by: str | None = None


class Combined(msgspec.Struct, frozen=True, kw_only=True):
    """Faster and not worse? A conjunction: each part holds at its own error rate, and no correction is needed."""

    target: str
    baseline: str
    faster: Beside
    quality: Quality
    answer: Literal["yes", "no", "open"]
    cost: Rival | None
    """The target's cost over that of the baseline; None: there is no ratio."""


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """What to choose, by need."""

    choices: tuple[Choice, ...]
    fulfilments: tuple[Fulfilment, ...]
    standings: tuple[Standing, ...]
    combined: tuple[Combined, ...]
    quality_known: bool
    """Somebody looked at the quality of the answers."""
    kind: Literal["anytime", "looks", "planned"]
    """Of the intervals of rivals: hold whenever one looks; at the looks that were planned; for a number of prompts fixed beforehand."""
    alpha: float
    """Error rate of each of them."""
