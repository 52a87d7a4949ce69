"""Which prices does a run keep? Those of every mode that its targets may be charged in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hayai.ask.plan import ModePrice, Target
from hayai.ask.prices.stated import StatedPrice
from hayai.decide.prices.matching import find_price
from hayai.decide.prices.price import Price
from hayai.keep.charges import mode_of

COUNTS_CACHE_AS_INPUT = frozenset({"openai"})
"""Providers whose services tell tokens read from a cache among those of the input."""
NOWHERE: Mapping[str, str | None] = {}


def prices_for(
    targets: Iterable[Target], own: Sequence[StatedPrice] = (), regions: Mapping[str, str | None] = NOWHERE
) -> tuple[ModePrice, ...]:
    """A snapshot of what each target may be charged: in the mode it asks for, and in standard, which a fallback is charged at.

    `own`: stated prices, the first of which counts. `regions`: where each target is asked, by its name, for prices that hold in one
    Region; where it is not known, its option says it, or such prices do not count.
    """
    found: list[ModePrice] = []
    for target in targets:
        asked = mode_of(target.options.get("latency"), target.options.get("tier"))
        region = regions.get(target.name) or target.options.get("region")
        for latency in dict.fromkeys((None, asked[0])):
            for tier in dict.fromkeys((None, asked[1])):
                price = find_price(target, own, latency=latency, tier=tier, region=region)
                if price is not None:
                    found.append(_kept(target, latency, tier, price))
    return tuple(found)


def _kept(target: Target, latency: str | None, tier: str | None, price: Price) -> ModePrice:
    return ModePrice(
        target=target.name,
        latency=latency,
        tier=tier,
        input_usd=price.input_usd,
        output_usd=price.output_usd,
        cache_read_usd=price.cache_read_usd,
        cache_write_usd=price.cache_write_usd,
        flat_to=price.flat_to,
        source=price.source,
        as_of=price.as_of,
        own=price.own,
        currency=price.currency,
        usd_per_unit=price.usd_per_unit,
        input_holds_cache=target.provider in COUNTS_CACHE_AS_INPUT,
    )
