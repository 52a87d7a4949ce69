"""What does a model charge in this mode? genai-prices for standard, our own dated overlay for what it lacks; both lie on this machine.

genai-prices is imported when the first price is asked for: its table takes 0.2 s to load, and most commands ask for none.
"""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from importlib.metadata import version

import msgspec

from hayai.decide.prices.price import MILLION, Price

STANDARD = (None, "standard")
DEFAULT_TIERS = (None, "default")
SAMPLE = 1000
"""Tokens that are priced to learn a price per million: below every threshold of long prompts."""


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    source: str
    as_of: date
    latency: str | None = None
    tier: str | None = None
    input: str | None = None
    output: str | None = None


class _Overlay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    prices: tuple[_Entry, ...]


@cache
def price_of(model: str, *, latency: str | None = None, tier: str | None = None) -> Price | None:
    """The price of a Bedrock model, inference profile (its scope counts) or ARN, for what was served. None: not known."""
    standard = latency in STANDARD and tier in DEFAULT_TIERS
    return _listed(model) if standard else _overlaid(model, latency, tier)


def _overlaid(model: str, latency: str | None, tier: str | None) -> Price | None:
    asked = (None if latency in STANDARD else latency, None if tier in DEFAULT_TIERS else tier)
    for entry in _overlay():
        if (entry.latency, entry.tier) == asked and (
            model == entry.id or model.endswith((f".{entry.id}", f"/{entry.id}"))
        ):
            return Price(
                input_usd=None if entry.input is None else Decimal(entry.input),
                output_usd=None if entry.output is None else Decimal(entry.output),
                source=entry.source,
                as_of=entry.as_of,
            )
    return None


@cache
def _overlay() -> tuple[_Entry, ...]:
    text = resources.files(__package__).joinpath("overlay.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _Overlay).prices


def _listed(model: str) -> Price | None:
    from genai_prices import Usage, calc_price

    def per_million(usage: Usage) -> Decimal:
        return calc_price(usage, model_ref=model, provider_id="aws").total_price * MILLION / SAMPLE

    try:
        found = per_million(Usage(input_tokens=SAMPLE)), per_million(Usage(output_tokens=SAMPLE))
    except LookupError:
        return None
    return Price(input_usd=found[0], output_usd=found[1], source=f"genai-prices {version('genai-prices')}", as_of=None)
