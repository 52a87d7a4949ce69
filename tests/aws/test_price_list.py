"""AWS's price list: what is understood with certainty is taken, exactly; everything else is counted and never guessed."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.aws.price_list import NotAPriceList, Understood, products_of_api, products_of_file, understand
from hayai.aws.price_list_names import ids_of
from hayai.aws.price_list_usage import read_usage

TODAY = date(2026, 11, 29)
FLEX = "USE1-NovaPro-input-tokens-flex"


def item(number: int, usage_type: str, usd: str, unit: str = "1K tokens", **attributes: Any) -> dict[str, Any]:
    """A product with its term, as GetProducts tells it."""
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}}
    return {
        "product": {
            "sku": f"S{number}",
            "attributes": {"usagetype": usage_type, "regionCode": "us-east-1", **attributes},
        },
        "terms": {"OnDemand": {f"S{number}.T": {"priceDimensions": {f"S{number}.T.R": dimension}}}},
        "publicationDate": "2026-11-20T00:00:00Z",
    }


def nova(number: int, more: str, usd: str, **attributes: Any) -> dict[str, Any]:
    """A product of Nova Pro."""
    return item(number, f"USE1-NovaPro-{more}", usd, **({"model": "Nova Pro"} | attributes))


def other(number: int, name: str, usage: str, usd: str) -> dict[str, Any]:
    """A product of another maker's model."""
    told = f"{name} (Amazon Bedrock Edition)"
    return item(number, f"USE1-MP:USE1_{usage}-Units", usd, "1M tokens", servicename=told)


def told(*items: dict[str, Any], region: str = "us-east-1") -> Understood:
    """What is understood of these products, from a file and from the API alike."""
    document = {
        "publicationDate": "2026-11-20T00:00:00Z",
        "products": {one["product"]["sku"]: one["product"] for one in items},
        "terms": {"OnDemand": {one["product"]["sku"]: one["terms"]["OnDemand"] for one in items}},
    }
    ways = (
        products_of_file(json.dumps(document).encode(), "AmazonBedrock"),
        products_of_api([json.dumps(one) for one in items], "AmazonBedrock"),
    )
    one, same = (understand(way, region=region, source="list", today=TODAY) for way in ways)
    assert one == same
    assert one.taken + sum(one.left.values()) == one.products == len(items)
    return one


def prices(found: Understood) -> dict[Any, tuple[str, str]]:
    """Input and output by model and mode."""
    return {
        (one.model, one.latency, one.tier): (f"{one.input_usd.normalize():f}", f"{one.output_usd.normalize():f}")
        for one in found.prices
    }


NOVA = "amazon.nova-pro-v1:0"


def test_modes_and_units_are_kept_apart() -> None:
    """A thousand tokens and a million become the same, to the last digit."""
    found = told(
        nova(1, "input-tokens", "0.0008000000"),
        nova(2, "output-tokens", "0.0032000001"),
        nova(3, "input-tokens-flex", "0.0004"),
        nova(4, "output-tokens-flex", "0.0016"),
        nova(5, "input-tokens-latency-optimized", "0.001", model="Nova Pro Latency Optimized"),
        nova(6, "output-tokens-latency-optimized", "0.004"),
        nova(7, "cache-read-input-token-count", "0.0002", inferenceType="Prompt cache read input tokens"),
        other(8, "Claude Haiku 4.5", "InputTokenCount_Global", "1.0"),
        other(9, "Claude Haiku 4.5", "OutputTokenCount_Global", "5.0"),
        other(10, "Claude Opus 5.5", "input_tokens_standard", "4.4"),
        other(11, "Claude Opus 5.5", "output_tokens_standard", "22"),
    )
    assert prices(found) == {
        (NOVA, None, None): ("0.8", "3.2000001"),
        (NOVA, None, "flex"): ("0.4", "1.6"),
        (NOVA, "optimized", None): ("1", "4"),
        ("global.anthropic.claude-haiku-4-5-20251001-v1:0", None, None): ("1", "5"),
        ("anthropic.claude-opus-5-5", None, None): ("4.4", "22"),
    }
    standard = next(one for one in found.prices if one.mode == (None, None))
    assert (standard.cache_read_usd, standard.cache_write_usd) == (Decimal("0.2"), None)
    assert (standard.region, standard.as_of, standard.own) == ("us-east-1", date(2026, 11, 20), False)
    assert "USE1-NovaPro-input-tokens" in standard.usage_types
    assert found.left == {}


PAIR = (nova(1, "input-tokens", "0.0008"), nova(2, "output-tokens", "0.0032"))


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (nova(3, "input-tokens-batch", "0.0004"), "other"),
        (nova(3, "input-tokens-custom-model", "0.0009"), "other"),
        (nova(3, "input-tokens", "0.0009", feature="Model Customization"), "other"),
        (nova(3, "input-tokens", "0.0009", regionCode="us-west-2"), "other"),
        (item(3, "USE1-NovaCanvas-T2I", "0.04", "image", model="Nova Canvas"), "other"),
        (other(3, "Claude Haiku 4.5", "CacheWrite1hInputTokenCount", "2"), "other"),
        (other(3, "Claude Haiku 4.5", "InputTokenCount_Global_Batch", "2"), "other"),
        (nova(3, "input-tokens-flex", "0.0009", inferenceType="Output tokens"), "unclear"),
        (nova(3, "speech-input-tokens-flex", "0.0009"), "unclear"),
        (nova(3, "input-tokens-flex", "0.0009", model="Nova Lite"), "unclear"),
        (item(3, "USE1-Nobody1-input-tokens", "0.001", model="Nobody 1"), "unknown_model"),
        (other(3, "Claude 3.5 Sonnet", "InputTokenCount", "3"), "ambiguous"),
        (nova(3, "input-tokens-flex", "0"), "absurd"),
        (nova(3, "input-tokens-flex", "-1"), "absurd"),
        (nova(3, "input-tokens-flex", "NaN"), "absurd"),
        (nova(3, "input-tokens-flex", "free"), "absurd"),
        (nova(3, "input-tokens-flex", "1e12"), "absurd"),
        (nova(3, "input-tokens-flex", "0.0004"), "half"),
        (nova(3, "output-tokens-long-context", "0.0009"), "long"),
    ],
)
def test_what_is_not_certain_is_counted(one: dict[str, Any], why: str) -> None:
    """It changes no other price."""
    found = told(*PAIR, one)
    assert found.left[why] >= 1  # type: ignore[index]  # The parameter is one of its keys.
    assert prices(found) == ({} if why == "long" else {(NOVA, None, None): ("0.8", "3.2")})


def test_two_prices_of_one_thing_are_none() -> None:
    """Whether two products say them or one does; told twice alike they are one."""
    again = told(*PAIR, nova(3, "input-tokens", "0.0008"))
    assert prices(again) == {(NOVA, None, None): ("0.8", "3.2")}
    against = told(*PAIR, nova(3, "input-tokens", "0.0009"))
    assert prices(against) == {}
    assert against.left == {"two_prices": 2, "half": 1}
    stepped = nova(1, "input-tokens", "0.0008")
    stepped["terms"]["OnDemand"]["S1.T"]["priceDimensions"]["more"] = {
        "unit": "1K tokens",
        "pricePerUnit": {"USD": "0.0007"},
    }
    assert told(stepped, PAIR[1]).left == {"two_prices": 1, "half": 1}


def test_a_price_that_rises_with_length_is_taken_only_where_the_length_is_known() -> None:
    """The list does not tell from where on; hayai's own list does for some models."""
    rows = [
        other(1, "Claude Haiku 5.5", "input_tokens_global_standard", "0.1"),
        other(2, "Claude Haiku 5.5", "output_tokens_global_standard", "0.5"),
        other(3, "Claude Haiku 5.5", "input_tokens_global_long_context_standard", "0.5"),
    ]
    (price,) = told(*rows).prices
    assert price.flat_to == 100_000


def test_a_name_means_a_model_or_none() -> None:
    """Letters and digits decide; where two models share them nobody can say."""
    assert ids_of("Nova 2.0 Lite") == {"amazon.nova-2-lite-v1:0"}
    assert ids_of("Llama 3.1 70B") == {"meta.llama3-1-70b-instruct-v1:0"}
    assert ids_of("DeepSeek-R1") == {"deepseek.r1-v1:0"}
    assert len(ids_of("Claude 3.5 Sonnet")) == 2
    assert ids_of("Nova") == frozenset()


@pytest.mark.parametrize(
    "data", [b"", b"<html>", b"[]", b"{}", b'{"products": [], "terms": {}}', b"\xff", b'{"products": {']
)
def test_what_is_no_price_list_is_told(data: bytes) -> None:
    """A page of a proxy, half a file."""
    with pytest.raises(NotAPriceList):
        products_of_file(data, "AmazonBedrock")


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from([FLEX, "1K tokens", "0.1", "Nova Pro"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["attributes", "priceDimensions", "pricePerUnit", "unit", "USD", "usagetype", "model", "x"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=3), ANY, max_size=3), st.dictionaries(st.text(max_size=3), ANY, max_size=3))
def test_no_answer_breaks_the_reader(products: dict[str, Any], terms: dict[str, Any]) -> None:
    """Whatever a server says, each product is taken or counted."""
    data = json.dumps({"products": products, "terms": {"OnDemand": terms}}).encode()
    found = understand(products_of_file(data, "x"), region="us-east-1", source="list", today=TODAY)
    assert found.taken + sum(found.left.values()) == found.products == len(products)


@given(st.text())
def test_no_usage_type_breaks_the_reader(text: str) -> None:
    """It is understood, or it is not."""
    assert read_usage(text) is None or "-" in text
