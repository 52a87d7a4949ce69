"""How much is `--max-cost 0.50`?

A limit in US dollars, typed as a plain number with or without the sign of the currency, or `none` where somebody wants no limit. Exact:
money is never a binary fraction.
"""

from __future__ import annotations

import re
from decimal import Decimal

from hayai.ask.suggest import echo
from hayai.errors import Problem, UsageError

NO_LIMIT = Decimal("Infinity")
"""What `none` means."""


def limit_of(dollars: Decimal) -> Decimal | None:
    """The limit that these dollars are; None: none."""
    return None if dollars == NO_LIMIT else dollars


_DOLLARS = re.compile(r"\$?\s*(\d+(?:\.\d*)?|\.\d+)\s*(?:USD|\$)?", re.ASCII | re.IGNORECASE)


def parse_dollars(text: str, *, place: str = "dollars") -> Decimal:
    """US dollars, more than none, or `NO_LIMIT`. Raises `UsageError` with one problem at `place`."""
    if text.strip().lower() == "none":
        return NO_LIMIT
    read = _DOLLARS.fullmatch(text.strip())
    if read is None:
        raise UsageError(Problem(place=place, key="dollars.not_dollars", values={"word": echo(text)}))
    dollars = Decimal(read[1])
    if dollars <= 0:
        raise UsageError(Problem(place=place, key="dollars.not_positive", values={"word": echo(text)}))
    return dollars
