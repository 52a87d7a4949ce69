"""How is shown what an account offers? A table to choose ids from."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

from hayai.decide.offers import Offer, Offers
from hayai.show import format as fmt
from hayai.show.json_report import visible
from hayai.show.locales import Texts
from hayai.show.sections.parts import Block, Column, Page, Row, Section


def offers_page(offers: Offers, texts: Texts) -> Page:
    """The models by maker, and how to read the table."""
    makers = dict.fromkeys(one.maker for one in offers.models)
    columns = (
        Column(title=texts("models.column.id"), right=False, wraps=True),
        Column(title=texts("models.column.life"), right=False),
        Column(title=texts("models.column.price"), right=False),
        Column(title=texts("models.column.takes"), right=False, wraps=True),
    )
    blocks = tuple(
        Block(
            heading=fmt.clean(maker) or "–",
            rows=tuple(row for one in offers.models if one.maker == maker for row in _rows(one, texts)),
        )
        for maker in makers
    )
    facts = [texts("models.legend", as_of=offers.as_of.isoformat())]
    if offers.profiles_unknown is not None:
        facts.append(texts("models.no_profiles", words=fmt.clean(offers.profiles_unknown)))
    section = Section(title=texts("models.table", count=len(offers.models)), columns=columns, blocks=blocks)
    return Page(banner=(), title=texts("models.title", region=offers.region), facts=tuple(facts), sections=(section,))


def offers_json(offers: Offers) -> str:
    """The same for programs."""
    return (
        visible(json.dumps({"version": 1, **dataclasses.asdict(offers)}, ensure_ascii=False, indent=2, default=str))
        + "\n"
    )


def _rows(one: Offer, texts: Texts) -> list[Row]:
    """A line for each id that it can be called by; what holds for all of them stands on the first, prices on each."""
    ids = [*([one.id] if one.on_demand else []), *one.profiles] or [one.id]
    life = texts(f"models.life.{one.life}") + ("" if one.ends is None else f" {one.ends.isoformat()}")
    takes = " ".join(_takes(one))
    rows = ((ident, _price(one, ident), place == 0) for place, ident in enumerate(ids))
    return [(fmt.clean(ident), life if first else "", price, takes if first else "") for ident, price, first in rows]


def _price(one: Offer, ident: str) -> str:
    price = next((price for price in one.prices if price.id == ident), None)
    return "?" if price is None else f"{price.input_usd or '?'} / {price.output_usd or '?'}"


def _takes(one: Offer) -> Iterator[str]:
    """What may be asked of it, in the words of target options."""
    if one.streams:
        yield "stream"
    if one.optimized:
        yield "latency=optimized"
    yield from (f"tier={tier}" for tier in one.tiers if tier != "default")
