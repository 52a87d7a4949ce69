"""What does a model charge in this mode? A list of standard prices, and our own overlay for other modes; both dated and sourced."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources

import msgspec

from hayai.decide.prices.price import Price
from hayai.keep.charges import DEFAULT_TIERS, STANDARD

GEOGRAPHIES = frozenset({"us", "eu", "apac", "jp", "au", "in", "ca", "us-gov"})
"""Prefixes of inference profiles that stay within a geography: priced alike, as a model called by its own id is."""


class _Listed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    input: str
    output: str
    cache_read: str | None = None
    cache_write: str | None = None
    flat_to: int | None = None


class _List(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    as_of: date
    prices: tuple[_Listed, ...]


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


def price_of(model: str, *, latency: str | None = None, tier: str | None = None) -> Price | None:
    """The price of a Bedrock model, inference profile (its scope counts) or ARN of these, for what was served. None: not known."""
    prefix, bare = _scope_and_id(model)
    if latency in STANDARD and tier in DEFAULT_TIERS:
        listed, prices = _list()
        found = prices.get(f"{prefix}.{bare}") or prices.get(bare)
        return None if found is None else _price(found, listed)
    asked = (None if latency in STANDARD else latency, None if tier in DEFAULT_TIERS else tier)
    entry = next((one for one in _overlay() if one.id == bare and (one.latency, one.tier) == asked), None)
    if entry is None:
        return None
    return Price(input_usd=_usd(entry.input), output_usd=_usd(entry.output), source=entry.source, as_of=entry.as_of)


def known_prices() -> Iterator[tuple[str, tuple[str | None, str | None], Price]]:
    """Every price: the id, its latency and tier, and the price. An id without `global.` means its profiles of a geography too."""
    listed, prices = _list()
    for entry in _overlay():
        price = Price(
            input_usd=_usd(entry.input), output_usd=_usd(entry.output), source=entry.source, as_of=entry.as_of
        )
        yield entry.id, (entry.latency, entry.tier), price
    for ident, found in prices.items():
        yield ident.removeprefix("regional."), (None, None), _price(found, listed)


def id_in(model: str) -> str:
    """The id that an ARN of a model or an inference profile tells, or the id itself; empty where an ARN hides what is behind it."""
    if not model.startswith("arn:"):
        return model
    kind, _, name = model.split(":", 5)[-1].partition("/")
    return name if kind in ("foundation-model", "inference-profile") else ""


def _scope_and_id(model: str) -> tuple[str, str]:
    """`global` or `regional`, and the foundation model's own id."""
    name = id_in(model)
    prefix, dot, rest = name.partition(".")
    if dot and prefix == "global":
        return "global", rest
    return "regional", rest if dot and prefix in GEOGRAPHIES else name


def _price(found: _Listed, listed: _List) -> Price:
    return Price(
        input_usd=Decimal(found.input),
        output_usd=Decimal(found.output),
        cache_read_usd=_usd(found.cache_read),
        cache_write_usd=_usd(found.cache_write),
        flat_to=found.flat_to,
        source=listed.source,
        as_of=listed.as_of,
    )


def _usd(told: str | None) -> Decimal | None:
    return None if told is None else Decimal(told)


@cache
def _list() -> tuple[_List, dict[str, _Listed]]:
    listed = msgspec.convert(tomllib.loads(_text("listed.toml")), _List)
    return listed, {one.id: one for one in listed.prices}


@cache
def _overlay() -> tuple[_Entry, ...]:
    return msgspec.convert(tomllib.loads(_text("overlay.toml")), _Overlay).prices


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
