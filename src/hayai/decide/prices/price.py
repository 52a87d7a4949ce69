"""What is a price, and what does a request cost at it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars per million tokens of one model in one mode. None: not known."""

    input_usd: Decimal | None
    output_usd: Decimal | None
    source: str
    as_of: date | None
    """None: the source gives no date; its version stands in `source`."""

    def cost(self, *, input_tokens: int, output_tokens: int) -> Decimal | None:
        """What so many tokens cost, in US dollars; None where a price that is needed is not known. ValueError for fewer than none."""
        if input_tokens < 0 or output_tokens < 0:
            raise ValueError("fewer than no tokens")
        whole = Decimal(0)
        for tokens, price in ((input_tokens, self.input_usd), (output_tokens, self.output_usd)):
            if tokens and price is None:
                return None
            if price is not None:
                whole += price * tokens / MILLION
        return whole
