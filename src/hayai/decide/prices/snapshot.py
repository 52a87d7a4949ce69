"""Which prices does a run keep? Those of every mode that its targets may be charged in."""

from __future__ import annotations

from collections.abc import Iterable

from hayai.ask.plan import ModePrice, Target
from hayai.decide.prices.catalogue import price_of
from hayai.decide.prices.price import Price
from hayai.keep.charges import mode_of

BEDROCK = ("bedrock", "bedrock-boto3")


def prices_for(targets: Iterable[Target]) -> tuple[ModePrice, ...]:
    """A snapshot of what each target may be charged: in the mode it asks for, and in standard, which a fallback is charged at."""
    found: list[ModePrice] = []
    for target in targets:
        if target.provider not in BEDROCK:
            continue
        asked = mode_of(target.options.get("latency"), target.options.get("tier"))
        for latency in dict.fromkeys((None, asked[0])):
            for tier in dict.fromkeys((None, asked[1])):
                price = price_of(target.model, latency=latency, tier=tier)
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
    )
