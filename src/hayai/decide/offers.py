"""What does an account offer in a Region? One noun: a model with its ways of being asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Life = Literal["active", "legacy", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPrice:
    """US dollars per million tokens, as texts of decimal numbers; None: not known."""

    id: str
    """The id it is asked by."""
    input_usd: str | None
    output_usd: str | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One foundation model. `None` and empty: AWS does not say, and hayai's own data do not either."""

    id: str
    name: str
    maker: str
    life: Life
    ends: date | None
    on_demand: bool
    """May be called by its own id."""
    profiles: tuple[str, ...]
    """Inference profiles that contain it, by id."""
    streams: bool | None
    optimized: bool | None
    """Takes `latency=optimized` in this Region."""
    tiers: tuple[str, ...]
    prices: tuple[OfferPrice, ...] = ()
    """In standard mode, of those of its ids whose price is known: a profile of a geography may cost more than a global one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """All of them. `profiles_unknown`: the service's words why inference profiles could not be listed."""

    region: str
    models: tuple[Offer, ...]
    as_of: date
    """Of hayai's own data: latency modes and tiers are in no list of AWS."""
    profiles_unknown: str | None = None
