"""What did a request cost? By the mode in which it was served, at the prices that the run keeps; unknown where one of them is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from hayai.ask.plan import ModePrice, Prompt, Target, TextPart
from hayai.decide.prices.catalogue import DEFAULT_TIERS, STANDARD, price_of
from hayai.decide.prices.price import Price, cost_at
from hayai.keep.records import RequestRecord

BEDROCK = ("bedrock", "bedrock-boto3")
TURN_TOKENS = 64
"""What a service may add to a turn, a system text or a tool by itself: marks of who speaks, and the like."""
FREE = frozenset({"throttled", "refused", "no_connection"})
"""Outcomes of which nothing was ever charged: no model was asked."""


def prices_for(targets: Iterable[Target]) -> tuple[ModePrice, ...]:
    """A snapshot of what each target may be charged: in the mode it asks for, and in standard, which a fallback is charged at."""
    found: list[ModePrice] = []
    for target in targets:
        if target.provider not in BEDROCK:
            continue
        asked = _mode(target.options.get("latency"), target.options.get("tier"))
        for latency in dict.fromkeys((None, asked[0])):
            for tier in dict.fromkeys((None, asked[1])):
                price = price_of(target.model, latency=latency, tier=tier)
                if price is not None:
                    found.append(_kept(target, latency, tier, price))
    return tuple(found)


def _mode(latency: str | None, tier: str | None) -> tuple[str | None, str | None]:
    """None stands for what one gets without asking."""
    return None if latency in STANDARD else latency, None if tier in DEFAULT_TIERS else tier


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


def price_served(record: RequestRecord, prices: Sequence[ModePrice]) -> ModePrice | None:
    """The price of the mode that `record` was served in; None: not known, or the answer does not tell the mode."""
    latency, tier = record.served_latency, record.served_tier
    if (latency is None and record.requested_latency not in STANDARD) or (
        tier is None and record.requested_tier not in DEFAULT_TIERS
    ):
        return None
    served = _mode(latency, tier)
    return next((one for one in prices if one.target == record.target and (one.latency, one.tier) == served), None)


def cost_of(record: RequestRecord, prices: Sequence[ModePrice]) -> Decimal | None:
    """US dollars; None: not known."""
    if record.outcome in FREE:
        return Decimal(0)
    usage, price = record.usage, price_served(record, prices)
    if price is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    return cost_at(
        price,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_tokens or 0,
        cache_write_tokens=usage.cache_write_tokens or 0,
    )


def most_input_tokens(prompt: Prompt, target: Target) -> int:
    """The most tokens that `target` is charged for reading `prompt`: no token is shorter than a byte, and turns cost some of their own."""
    texts = [part.text for message in prompt.messages for part in message.parts if isinstance(part, TextPart)]
    system = [str(text) for text in (target.options.get("system"), prompt.system) if text]
    tools = [tool.name + tool.description + str(tool.schema) for tool in prompt.tools]
    everything = (*texts, *system, *tools)
    return sum(len(text.encode()) + TURN_TOKENS for text in everything)


def worst_cost(
    target: Target, prices: Sequence[ModePrice], *, input_tokens: int, max_tokens: int | None
) -> Decimal | None:
    """The most that one request may cost, in any mode that it may be served in: no token is shorter than a byte. None: not known."""
    own = [one for one in prices if one.target == target.name]
    if not own or max_tokens is None:
        return None
    most = Decimal(0)
    for one in own:
        if one.input_usd is None or one.output_usd is None or (one.flat_to is not None and input_tokens > one.flat_to):
            return None
        dearest = max(one.input_usd, one.cache_write_usd or one.input_usd)
        most = max(most, (dearest * input_tokens + one.output_usd * max_tokens) / 1_000_000)
    modes = _mode(target.options.get("latency"), target.options.get("tier"))
    return most if any((one.latency, one.tier) == modes for one in own) else None
