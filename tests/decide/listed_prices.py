"""Where the list of standard prices comes from: `python -m tests.decide.listed_prices > src/hayai/decide/prices/listed.toml`.

genai-prices is a tool of whoever makes hayai: its table is taken over when the lock is renewed, with its version. At run time nothing is
imported, and no HTTP client comes along.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from genai_prices.data import providers

FIELDS = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cache_read": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
}
HEAD = """\
# Standard prices of models on Amazon Bedrock, US dollars per million tokens, taken over from genai-prices (MIT).
# Made by `python -m tests.decide.listed_prices`; not to be changed by hand. `regional.` and `global.` are the scopes of inference
# profiles; ids without a scope cost the same in each. `flat_to`: longer prompts cost more, and are not priced here.
"""
AT = datetime(2026, 11, 29, tzinfo=UTC)
"""Prices with a date in them are taken as of this day."""


def listed() -> str:
    """The file."""
    (aws,) = [provider for provider in providers if provider.id == "aws"]
    lines = [HEAD, f'source = "genai-prices {version("genai-prices")}"', f"as_of = {AT.date().isoformat()}", ""]
    for model in sorted(aws.models, key=lambda one: one.id):
        prices = model.get_prices(AT)
        told = {name: _plain(getattr(prices, field, None)) for name, field in FIELDS.items()}
        if None in (told["input"], told["output"]):
            continue
        flats = [flat for field in FIELDS.values() if (flat := _flat_to(getattr(prices, field, None))) is not None]
        lines += ["[[prices]]", f'id = "{model.id}"', *(f'{name} = "{price}"' for name, price in told.items() if price)]
        lines += [f"flat_to = {min(flats)}"] if flats else []
        lines.append("")
    return "\n".join(lines)


def _plain(price: Any) -> str | None:
    base = getattr(price, "base", price)
    return None if base is None else f"{Decimal(base).normalize():f}"


def _flat_to(price: Any) -> int | None:
    tiers = getattr(price, "tiers", None)
    return None if not tiers else min(int(tier.start) for tier in tiers)


if __name__ == "__main__":
    sys.stdout.write(listed())
