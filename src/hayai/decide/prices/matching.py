"""Which price counts for this model in this mode? The first of those stated that names it, else what hayai knows; never another mode's.

Stated prices come in the order of their precedence: what a run says before what a user says before AWS's list. Within a list of theirs a
name counts before a pattern, and a longer pattern before a shorter one (`in_order`). A price is taken whole: what it leaves out is unknown,
and not filled up from another source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from hayai.ask.plan import Target
from hayai.ask.prices.stated import DOLLARS, StatedPrice
from hayai.decide.prices.catalogue import GEOGRAPHIES, id_in, price_of
from hayai.decide.prices.price import Price

BEDROCK = ("bedrock", "bedrock-boto3")
"""Providers that ask one service, and pay its prices."""


def in_order(prices: Iterable[StatedPrice]) -> tuple[StatedPrice, ...]:
    """The prices of one file, the most exact first."""
    return tuple(sorted(prices, key=lambda one: one.exactness, reverse=True))


def find_price(
    target: Target, stated: Iterable[StatedPrice], *, latency: str | None, tier: str | None, region: str | None
) -> Price | None:
    """What `target` is charged in this mode. `region`: where it is asked; None: not known. None: no price is known."""
    for one in stated:
        if one.mode == (latency, tier) and one.region in (None, region) and is_of(one, target):
            return as_price(one)
    return price_of(target.model, latency=latency, tier=tier) if target.provider in BEDROCK else None


def is_of(price: StatedPrice, target: Target) -> bool:
    """Whether it is the price of `target`, in some mode."""
    if price.target is not None:
        return price.target == target.name
    return price.model is not None and names_model(price.model, target.provider, target.model)


def names_model(pattern: str, provider: str, model: str) -> bool:
    """Whether `pattern` means this model.

    A model's own id means its profiles of a geography too, which AWS prices alike, as in the list that hayai knows.
    """
    provider = BEDROCK[0] if provider in BEDROCK else provider
    names = [model, f"{provider}:{model}"]
    if provider == BEDROCK[0]:
        told = id_in(model)
        prefix, dot, bare = told.partition(".")
        inner = [told, *([bare] if dot and prefix in GEOGRAPHIES else [])]
        names += [form for name in inner if name for form in (name, f"{provider}:{name}")]
    return any(_pattern(pattern).fullmatch(name) for name in names)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in text.split("*")), re.DOTALL)


def as_price(one: StatedPrice) -> Price:
    """The same noun as a price that hayai knows."""
    foreign = one.currency != DOLLARS
    return Price(
        input_usd=one.input_usd,
        output_usd=one.output_usd,
        cache_read_usd=one.cache_read_usd,
        cache_write_usd=one.cache_write_usd,
        flat_to=one.flat_to,
        source=", ".join((one.source, *one.usage_types)),
        as_of=one.as_of,
        own=one.own,
        currency=one.currency if foreign else None,
        usd_per_unit=one.rate if foreign else None,
    )
