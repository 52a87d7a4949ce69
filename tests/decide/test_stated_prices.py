"""Stated prices: the first that names a model counts, for its mode and its Region alone, and a price is taken whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.plan import ModePrice, Target
from hayai.ask.prices.stated import StatedPrice
from hayai.decide.prices.matching import in_order, names_model
from hayai.decide.prices.snapshot import prices_for
from hayai.keep.charges import bound_of, cost_of
from hayai.keep.records import Usage
from tests.decide.made import a_plan, a_prompt, a_record

NOVA = "us.amazon.nova-pro-v1:0"


def stated(model: str | None = NOVA, usd: str = "9", **more: Any) -> StatedPrice:
    """A price that is the same for input and output."""
    price, day = Decimal(usd), date(2026, 11, 1)
    return StatedPrice(model=model, input_usd=price, output_usd=price, source="mine", as_of=day, **more)


def target(model: str = NOVA, provider: str = "bedrock", **options: Any) -> Target:
    """A target called `a`."""
    return Target(name="a", provider=provider, model=model, options=options)


def inputs(*own: StatedPrice, of: Target | None = None, region: str | None = None) -> dict[Any, str]:
    """The price of the input in each mode that is kept."""
    kept = prices_for((of or target(),), own, {} if region is None else {"a": region})
    return {(one.latency, one.tier): str(one.input_usd) for one in kept}


@pytest.mark.parametrize(
    ("pattern", "provider", "model", "names"),
    [
        (NOVA, "bedrock", NOVA, True),
        (f"bedrock:{NOVA}", "bedrock-boto3", NOVA, True),
        ("amazon.nova-pro-v1:0", "bedrock", NOVA, True),
        ("amazon.nova-pro-v1:0", "bedrock", "global.amazon.nova-pro-v1:0", False),
        ("eu.amazon.nova-pro-v1:0", "bedrock", NOVA, False),
        (NOVA, "bedrock", "amazon.nova-pro-v1:0", False),
        ("amazon.nova-*", "bedrock", NOVA, True),
        ("*", "openai", "gpt", True),
        ("openai:gpt*", "openai", "gpt-oss", True),
        ("openai:gpt*", "bedrock", "gpt-oss", False),
        ("gpt.5", "openai", "gpt-5", False),
    ],
)
def test_what_a_name_means(pattern: str, provider: str, model: str, *, names: bool) -> None:
    """A model as it is written, a star for anything, a model's own id for its profiles of a geography."""
    assert names_model(pattern, provider, model) is names


@given(st.text(max_size=20), st.text(max_size=20))
def test_nothing_but_a_star_stands_for_anything(one: str, other: str) -> None:
    """Whatever signs a name is made of."""
    assert names_model(one, "openai", other) or one not in (other, f"openai:{other}")
    if "*" not in one:
        assert names_model(one, "openai", other) is (one in (other, f"openai:{other}"))


def test_own_prices_count_before_those_known_and_only_for_their_mode() -> None:
    """A price for standard says nothing of flex, and one for flex nothing of standard."""
    flex = target(tier="flex")
    assert inputs(of=flex) == {(None, None): "0.8", (None, "flex"): "0.40"}
    assert inputs(stated(), of=flex) == {(None, None): "9", (None, "flex"): "0.40"}
    assert inputs(stated(tier="flex"), of=flex) == {(None, None): "0.8", (None, "flex"): "9"}
    assert inputs(stated(latency="optimized")) == {(None, None): "0.8"}


def test_the_more_exact_price_of_a_file_counts() -> None:
    """A target before a model, a name before a pattern, a longer pattern before a shorter one, wherever they stand."""
    prices = [
        stated("*", "1"),
        stated("us.amazon.*", "2"),
        stated(NOVA, "3"),
        stated(None, "4", target="a"),
    ]
    while prices:
        assert inputs(*in_order(reversed(prices))) == {(None, None): str(len(prices))}
        prices.pop()


def test_a_price_of_a_region_counts_there_alone() -> None:
    """Where it is not known where a target is asked, it does not count."""
    listed = stated("amazon.nova-pro-v1:0", region="us-east-1", own=False)
    assert inputs(listed, region="us-east-1") == {(None, None): "9"}
    assert inputs(listed, of=target(region="us-east-1")) == {(None, None): "9"}
    assert inputs(listed, region="ap-south-1") == inputs(listed) == {(None, None): "0.8"}


def test_other_providers_are_priced_by_own_prices_alone() -> None:
    """An OpenAI-compatible service has no list."""
    assert inputs(of=target("gpt-oss", "openai")) == {}
    assert inputs(stated("openai:gpt-oss"), of=target("gpt-oss", "openai")) == {(None, None): "9"}


def test_a_snapshot_says_whose_word_it_is() -> None:
    """Currency and rate with it; it comes back from the manifest as it was."""
    (kept,) = prices_for((target(),), (stated(currency="JPY", rate=Decimal("0.0066")),))
    assert (kept.own, kept.currency, kept.usd_per_unit, kept.source) == (True, "JPY", Decimal("0.0066"), "mine")
    assert msgspec.json.decode(msgspec.json.encode(kept), type=ModePrice) == kept
    (known,) = prices_for((target(),))
    assert (known.own, known.currency, known.usd_per_unit) == (False, None, None)


def test_cached_tokens_are_paid_once() -> None:
    """OpenAI counts them among the input, Bedrock beside it."""
    own = stated("*", "10", cache_read_usd=Decimal(1))
    usage = Usage(input_tokens=1_000_000, output_tokens=0, cache_read_tokens=400_000)
    asked = a_record("a", usage=usage)
    costs = [cost_of(asked, prices_for((target("m", provider),), (own,))) for provider in ("openai", "bedrock")]
    assert costs == [Decimal("6.4"), Decimal("10.4")]


def test_a_cache_that_is_dearer_than_the_input_is_in_the_worst_case() -> None:
    """No price of what is read may pass the bound."""
    prices = prices_for((target(),), (stated(usd="1", cache_read_usd=Decimal(7)),))
    prompt = a_prompt("p")
    bound = bound_of(a_plan((target(),), (prompt,), max_tokens=100), prices, target(), prompt)
    assert bound.usd == (bound.input_tokens * 7 + Decimal(100)) / 1_000_000
