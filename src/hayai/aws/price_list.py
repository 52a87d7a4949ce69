"""Which prices does AWS's price list tell? Products and their terms, from offer files or GetProducts, into prices that are certain.

A price is taken where everything about it is understood: on-demand text tokens, a model whose id is certain, one amount in US dollars above
zero, per thousand or per million tokens, input and output both. The rest is counted by why it was left, and never guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import msgspec

from hayai.ask.prices.stated import StatedPrice
from hayai.aws.price_list_names import bare_name, ids_of, says_optimized, spelled
from hayai.aws.price_list_usage import Kind, Usage, read_usage
from hayai.decide.prices.catalogue import price_of

PER_MILLION = {"1k tokens": Decimal(1000), "1m tokens": Decimal(1)}
"""Units of text tokens, and how many of them are a million."""
MOST = Decimal(10**9)
_BEGINNINGS: dict[Kind, tuple[str, ...]] = {
    "input": ("input tokens", "text input tokens"),
    "output": ("output tokens", "text output tokens"),
    "cache_read": ("prompt cache read",),
    "cache_write": ("prompt cache write",),
}
"""What `inferenceType` says, where it is there, of each kind."""

Left = Literal["other", "unclear", "unknown_model", "ambiguous", "absurd", "two_prices", "half", "long"]
LEFT: tuple[Left, ...] = ("other", "unclear", "unknown_model", "ambiguous", "absurd", "two_prices", "half", "long")
"""Why a product was not taken; all but `other` could have been prices of a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product, as the list has it."""

    service: str
    attributes: Mapping[str, Any]
    dimensions: tuple[Mapping[str, Any], ...]
    """Of all its on-demand terms."""
    published: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a list told."""

    prices: tuple[StatedPrice, ...]
    products: int
    taken: int
    """Products that are part of `prices`."""
    left: Mapping[Left, int]
    names: tuple[str, ...]
    """Models whose ids are not certain, as the list names them."""


class NotAPriceList(Exception):
    """The answer is something else."""


def products_of_file(data: bytes, service: str) -> list[Product]:
    """The products of an offer file. Raises NotAPriceList."""
    document = _object(data)
    products, terms = document.get("products"), document.get("terms")
    on_demand = terms.get("OnDemand", {}) if isinstance(terms, dict) else None
    if not isinstance(products, dict) or not isinstance(on_demand, dict):
        raise NotAPriceList("no products and terms")
    published = _day(document.get("publicationDate"))
    return [_product(service, one, on_demand.get(sku), published) for sku, one in products.items()]


def products_of_api(items: Iterable[str], service: str) -> list[Product]:
    """The products of GetProducts, each a JSON text of its own. Raises NotAPriceList."""
    found = []
    for item in items:
        document = _object(item.encode())
        terms = document.get("terms")
        on_demand = terms.get("OnDemand") if isinstance(terms, dict) else None
        found.append(_product(service, document.get("product"), on_demand, _day(document.get("publicationDate"))))
    return found


def _object(data: bytes) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAPriceList(str(error)) from error
    if not isinstance(document, dict):
        raise NotAPriceList("not an object")
    return document


def _product(service: str, product: Any, terms: Any, published: date | None) -> Product:
    attributes = product.get("attributes") if isinstance(product, dict) else None
    return Product(
        service=service,
        attributes=attributes if isinstance(attributes, dict) else {},
        dimensions=tuple(_dimensions(terms)),
        published=published,
    )


def _dimensions(terms: Any) -> Iterator[Mapping[str, Any]]:
    for term in terms.values() if isinstance(terms, dict) else ():
        dimensions = term.get("priceDimensions") if isinstance(term, dict) else None
        for one in dimensions.values() if isinstance(dimensions, dict) else ():
            if isinstance(one, dict):
                yield one


def _day(told: object) -> date | None:
    try:
        return date.fromisoformat(str(told)[:10])
    except ValueError:
        return None


Subject = tuple[str, str | None, str | None]
"""Model, latency, tier."""


@dataclass(slots=True)
class _Found:
    """What was told of one subject."""

    amounts: dict[Kind, set[Decimal]] = field(default_factory=dict)
    usage_types: dict[Kind, list[str]] = field(default_factory=dict)
    services: dict[str, None] = field(default_factory=dict)
    published: list[date] = field(default_factory=list)

    def take(self, product: Product, usage: Usage, usd: Decimal, today: date) -> None:
        self.amounts.setdefault(usage.kind, set()).add(usd)
        self.usage_types.setdefault(usage.kind, []).append(str(product.attributes["usagetype"]))
        self.services[product.service] = None
        self.published.append(product.published or today)

    def usd(self, kind: Kind) -> Decimal | None:
        amounts = self.amounts.get(kind, set())
        return next(iter(amounts)) if len(amounts) == 1 else None


def understand(products: Iterable[Product], *, region: str, source: str, today: date) -> Understood:
    """The prices of `region`. `source`: whose list it is. `today`: the day of products that tell none."""
    left: Counter[Left] = Counter()
    found: dict[Subject, _Found] = {}
    long: set[str] = set()
    names: dict[str, None] = {}
    count = 0
    for product in products:
        count += 1
        read = _read(product, region)
        if isinstance(read, str):
            left[read] += 1
            continue
        usage, name, latency, usd = read
        ids = ids_of(name)
        if len(ids) != 1:
            left["ambiguous" if ids else "unknown_model"] += 1
            names[bare_name(name)] = None
            continue
        model = ("global." if usage.is_global else "") + next(iter(ids))
        if usage.is_long:
            long.add(model)
            left["long"] += 1
            continue
        found.setdefault((model, latency, usage.tier), _Found()).take(product, usage, usd, today)
    prices = [_price(subject, one, left, long, region=region, source=source) for subject, one in found.items()]
    return Understood(
        prices=tuple(one for one in prices if one is not None),
        products=count,
        taken=count - left.total(),
        left={why: left[why] for why in LEFT if left[why]},
        names=tuple(names),
    )


def _read(product: Product, region: str) -> tuple[Usage, str, str | None, Decimal] | Left:
    """What is counted, of which model, in which latency mode and for how much in a million; or why it is left."""
    told = {key: value for key, value in product.attributes.items() if isinstance(value, str)}
    if told.get("regionCode", region) != region or told.get("feature", "On-demand Inference") != "On-demand Inference":
        return "other"
    units = {str(one.get("unit", "")).lower() for one in product.dimensions}
    if not units & PER_MILLION.keys():
        return "other"
    usage = read_usage(told.get("usagetype", ""))
    if usage is None:
        return "other"
    name = told.get("model") or told.get("servicename") or ""
    kind_told = told.get("inferenceType", "").lower()
    fits = not kind_told or kind_told.startswith(_BEGINNINGS[usage.kind])
    if not fits or (usage.name is not None and spelled(usage.name) != spelled(bare_name(name))):
        return "unclear"
    latency = "optimized" if says_optimized(name) else usage.latency
    if len(product.dimensions) != 1:
        return "two_prices"
    (dimension,) = product.dimensions
    usd = _usd(dimension)
    return "absurd" if usd is None else (usage, name, latency, usd * PER_MILLION[str(dimension["unit"]).lower()])


def _usd(dimension: Mapping[str, Any]) -> Decimal | None:
    """The amount; None where it is no price: nothing, less, or not in US dollars."""
    told = dimension.get("pricePerUnit")
    try:
        usd = Decimal(told["USD"]) if isinstance(told, dict) and isinstance(told.get("USD"), str) else Decimal(0)
    except InvalidOperation:
        return None
    return usd if usd.is_finite() and 0 < usd < MOST else None


def _price(
    subject: Subject, found: _Found, left: Counter[Left], long: set[str], *, region: str, source: str
) -> StatedPrice | None:
    """One price, if input and output are certain. What cannot be taken is counted in `left`."""
    model, latency, tier = subject
    for kind, amounts in found.amounts.items():
        if len(amounts) > 1:
            left["two_prices"] += len(found.usage_types.pop(kind))
    input_usd, output_usd = found.usd("input"), found.usd("output")
    rest = sum(map(len, found.usage_types.values()))
    known = price_of(model)
    flat_to = None if known is None else known.flat_to
    if input_usd is None or output_usd is None:
        left["half"] += rest
        return None
    if flat_to is None and model in long:
        # From which length on they cost more, the list does not say: these prices would be wrong for some prompts.
        left["long"] += rest
        return None
    return StatedPrice(
        model=model,
        region=region,
        latency=latency,
        tier=tier,
        input_usd=input_usd,
        output_usd=output_usd,
        cache_read_usd=found.usd("cache_read"),
        cache_write_usd=found.usd("cache_write"),
        flat_to=flat_to,
        source=f"{source}, {' and '.join(found.services)}",
        usage_types=tuple(dict.fromkeys(one for types in found.usage_types.values() for one in types)),
        as_of=min(found.published),
        own=False,
    )
