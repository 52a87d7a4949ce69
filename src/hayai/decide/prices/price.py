"""What is a price, and what does a request cost at it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hayai.ask.plan import ModePrice

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars per million tokens of one model in one mode. None: not known."""

    input_usd: Decimal | None
    output_usd: Decimal | None
    source: str
    as_of: date
    cache_read_usd: Decimal | None = None
    cache_write_usd: Decimal | None = None
    flat_to: int | None = None
    """Longer prompts than so many tokens cost something else; None: all cost the same."""


def cost_at(
    price: Price | ModePrice,
    *,
    input_tokens: int,
    output_tokens: int,
    cache_read_tokens: int = 0,
    cache_write_tokens: int = 0,
) -> Decimal | None:
    """What so many tokens cost at `price`, in US dollars; None where a price that is needed is not known.

    `input_tokens` without those read from or written to a cache, as Bedrock tells them. ValueError for fewer than none.
    """
    parts = (
        (input_tokens, price.input_usd),
        (output_tokens, price.output_usd),
        (cache_read_tokens, price.cache_read_usd),
        (cache_write_tokens, price.cache_write_usd),
    )
    if any(tokens < 0 for tokens, _ in parts):
        raise ValueError("fewer than no tokens")
    if price.flat_to is not None and input_tokens + cache_read_tokens + cache_write_tokens > price.flat_to:
        return None
    if any(tokens and usd is None for tokens, usd in parts):
        return None
    return sum((usd * tokens / MILLION for tokens, usd in parts if usd is not None), Decimal(0))
