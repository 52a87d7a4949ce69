"""Prices: by what was served, each with a source; unknown stays unknown."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from genai_prices import Usage, calc_price
from hypothesis import given
from hypothesis import strategies as st

from hayai.decide.prices.catalogue import price_of
from hayai.decide.prices.price import Price
from hayai.keep.charges import cost_at
from tests.decide.listed_prices import listed

NOVA = "us.amazon.nova-pro-v1:0"


def pair(found: Price | None) -> tuple[str | None, str | None]:
    """Input and output as numbers people write."""
    assert found is not None
    assert found.source
    return tuple(None if usd is None else f"{usd:.2f}" for usd in (found.input_usd, found.output_usd))  # type: ignore[return-value]  # two of them


@pytest.mark.parametrize(
    ("model", "price"),
    [
        (NOVA, ("0.80", "3.20")),
        ("amazon.nova-pro-v1:0", ("0.80", "3.20")),
        ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0", ("0.80", "3.20")),
        ("anthropic.claude-3-haiku-20240307-v1:0", ("0.25", "1.25")),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", ("1.10", "5.50")),
        ("global.anthropic.claude-haiku-4-5-20251001-v1:0", ("1.00", "5.00")),
    ],
)
def test_standard_prices(model: str, price: tuple[str, str]) -> None:
    """By the id that was asked, its scope included: what the facts page says of November 2026."""
    assert pair(price_of(model)) == price
    assert pair(price_of(model, latency="standard", tier="default")) == price


def test_the_list_is_that_of_the_installed_genai_prices() -> None:
    """Made again when the lock is renewed, and never changed by hand; and it finds what genai-prices finds."""
    place = Path(__file__).parents[2] / "src/hayai/decide/prices/listed.toml"
    assert place.read_text("utf-8") == listed()
    for model in (
        NOVA,
        "eu.amazon.nova-lite-v1:0",
        "us.anthropic.claude-haiku-5-5",
        "global.anthropic.claude-haiku-5-5",
    ):
        theirs = calc_price(Usage(input_tokens=1000, output_tokens=500), model_ref=model, provider_id="aws").total_price
        ours = price_of(model)
        assert ours is not None
        assert cost_at(ours, input_tokens=1000, output_tokens=500) == theirs


def test_caches_and_long_prompts() -> None:
    """Tokens read and written have prices of their own; beyond what a price is flat for, nothing is known."""
    haiku = price_of("us.anthropic.claude-haiku-5-5")
    assert haiku is not None
    assert cost_at(haiku, input_tokens=0, output_tokens=0, cache_read_tokens=1000, cache_write_tokens=1000) == Decimal(
        "0.0001485"
    )
    assert cost_at(haiku, input_tokens=99_000, output_tokens=0, cache_read_tokens=1001) is None
    nova = price_of(NOVA)
    assert nova is not None
    assert cost_at(nova, input_tokens=0, output_tokens=0, cache_write_tokens=1) is None


def test_other_modes_have_prices_of_their_own() -> None:
    """Or none: a mode's price is never another's, and half a price is half a price."""
    assert pair(price_of("us.anthropic.claude-3-5-haiku-20241022-v1:0", latency="optimized")) == ("1.00", "5.00")
    assert pair(price_of(NOVA, latency="optimized")) == ("1.00", None)
    assert pair(price_of(NOVA, tier="flex")) == ("0.40", "1.60")
    assert price_of(NOVA, latency="optimized", tier="flex") is None
    assert price_of("us.meta.llama3-1-70b-instruct-v1:0", latency="optimized") is None
    assert price_of("nobody.knows-v1:0") is None
    assert price_of("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3") is None


def test_what_requests_cost() -> None:
    """Exact, in decimals; nothing costs nothing; a price that is needed and not known makes the cost unknown."""
    standard, optimized = price_of(NOVA), price_of(NOVA, latency="optimized")
    assert standard is not None
    assert optimized is not None
    assert cost_at(standard, input_tokens=1000, output_tokens=500) == Decimal("0.0024")
    assert cost_at(standard, input_tokens=0, output_tokens=0) == 0
    assert cost_at(optimized, input_tokens=1000, output_tokens=0) == Decimal("0.001")
    assert cost_at(optimized, input_tokens=1000, output_tokens=1) is None
    with pytest.raises(ValueError, match="fewer"):
        cost_at(standard, input_tokens=-1, output_tokens=0)


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7))
def test_costs_add_up(first: int, second: int, output: int) -> None:
    """To the last digit, as money must."""
    price = price_of(NOVA)
    assert price is not None
    parts = [
        cost_at(price, input_tokens=first, output_tokens=output),
        cost_at(price, input_tokens=second, output_tokens=0),
    ]
    whole = cost_at(price, input_tokens=first + second, output_tokens=output)
    assert None not in parts
    assert sum(one for one in parts if one is not None) == whole
