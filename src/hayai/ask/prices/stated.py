"""What is a price that somebody stated, and for what does it count?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

DOLLARS = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPrice:
    """What a model or target is charged in one mode, per million tokens, in US dollars whatever it was stated in. None: not known."""

    model: str | None
    """`model` or `provider:model` as they are written; `*` stands for anything. None: `target` says what it is the price of."""
    target: str | None = None
    """The name of a target of this run."""
    region: str | None = None
    """Where it holds; None: everywhere."""
    latency: str | None = None
    """None: standard."""
    tier: str | None = None
    """None: default."""
    input_usd: Decimal
    output_usd: Decimal
    cache_read_usd: Decimal | None = None
    cache_write_usd: Decimal | None = None
    flat_to: int | None = None
    """Longer prompts than so many tokens cost something else."""
    currency: str = DOLLARS
    """What it was stated in."""
    rate: Decimal = Decimal(1)
    """US dollars for one unit of `currency`."""
    source: str
    usage_types: tuple[str, ...] = ()
    """What AWS's bills call it."""
    as_of: date
    own: bool = True
    """The user's own word, not AWS's."""
    elsewhere: bool = False
    """Told by a list that is not AWS's own: where anything real is asked, it does not count."""

    @property
    def mode(self) -> tuple[str | None, str | None]:
        """Latency and tier."""
        return self.latency, self.tier

    @property
    def subject(self) -> tuple[str | None, str | None, str | None, str | None, str | None]:
        """What it is the price of: two of the same contradict each other."""
        return self.model, self.target, self.region, self.latency, self.tier

    @property
    def exactness(self) -> tuple[bool, bool, int]:
        """How exactly it names what it is the price of; the greater counts."""
        pattern = self.model or ""
        return self.target is not None, "*" not in pattern, len(pattern.replace("*", ""))
