"""What is a price?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """US dollars per million tokens of one model in one mode. None: not known."""

    input_usd: Decimal | None
    output_usd: Decimal | None
    source: str
    as_of: date
    cache_read_usd: Decimal | None = None
    cache_write_usd: Decimal | None = None
    flat_to: int | None = None
    """Longer prompts than so many tokens cost something else; None: all cost the same."""
    own: bool = False
    """The user's own word."""
    currency: str | None = None
    """What it was stated in; None: US dollars."""
    usd_per_unit: Decimal | None = None
    """US dollars for one unit of `currency`."""
