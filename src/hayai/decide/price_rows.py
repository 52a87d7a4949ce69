"""What is shown of a price that counts for some models? One noun, and the list of all that are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from hayai.ask.prices.stated import StatedPrice
from hayai.decide.prices.catalogue import known_prices
from hayai.decide.prices.matching import as_price, names_model
from hayai.decide.prices.price import Price


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """US dollars per million tokens. None: not known."""

    model: str
    """A name or a pattern; a model's own id means its profiles of a geography too."""
    region: str | None
    """Where it holds; None: everywhere."""
    latency: str | None
    tier: str | None
    input_usd: Decimal | None
    output_usd: Decimal | None
    cache_read_usd: Decimal | None
    cache_write_usd: Decimal | None
    flat_to: int | None
    """Longer prompts than so many tokens cost something else."""
    source: str
    usage_types: tuple[str, ...] = ()
    """What AWS's bills call it."""
    as_of: date
    own: bool
    currency: str | None = None
    """What it was stated in; None: US dollars."""
    usd_per_unit: Decimal | None = None


def price_rows(stated: Iterable[StatedPrice]) -> tuple[PriceRow, ...]:
    """All prices: one's own, AWS's, those that hayai knows; of each the models in the order of their names."""
    known = (_row(model, None, mode, price) for model, mode, price in known_prices())
    ordered = sorted(stated, key=lambda one: (not one.own, *(word or "" for word in one.subject)))
    return (*map(stated_row, ordered), *known)


def stated_row(one: StatedPrice) -> PriceRow:
    """A price that somebody stated."""
    row = _row(one.model or "", one.region, one.mode, as_price(one))
    return replace(row, source=one.source, usage_types=one.usage_types)


def chosen(rows: Iterable[PriceRow], words: Iterable[str]) -> tuple[PriceRow, ...]:
    """The rows for which each word is part of what they say, or the id of a model that they price."""
    wanted = [word.lower() for word in words]
    return tuple(row for row in rows if all(_has(row, word) for word in wanted))


def _has(row: PriceRow, word: str) -> bool:
    return any(word in text.lower() for text in _said(row)) or names_model(row.model.lower(), "bedrock", word)


def _said(row: PriceRow) -> Iterator[str]:
    yield row.model
    yield row.source
    yield row.latency or "standard"
    yield row.tier or "default"
    yield row.region or ""
    yield from row.usage_types


def _row(model: str, region: str | None, mode: tuple[str | None, str | None], price: Price) -> PriceRow:
    return PriceRow(
        model=model,
        region=region,
        latency=mode[0],
        tier=mode[1],
        input_usd=price.input_usd,
        output_usd=price.output_usd,
        cache_read_usd=price.cache_read_usd,
        cache_write_usd=price.cache_write_usd,
        flat_to=price.flat_to,
        source=price.source,
        as_of=price.as_of,
        own=price.own,
        currency=price.currency,
        usd_per_unit=price.usd_per_unit,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """One price that a list tells, before and after. None: it did not tell it then."""

    before: PriceRow | None
    after: PriceRow | None


def changes_between(before: Iterable[StatedPrice], after: Iterable[StatedPrice]) -> tuple[PriceChange, ...]:
    """What is new, other, or gone, by model, Region and mode; what stayed as it was is left out."""
    old, new = ({one.subject: stated_row(one) for one in prices} for prices in (before, after))
    subjects = sorted(old.keys() | new.keys(), key=lambda subject: tuple(word or "" for word in subject))
    changes = (PriceChange(before=old.get(subject), after=new.get(subject)) for subject in subjects)
    return tuple(one for one in changes if _amounts(one.before) != _amounts(one.after))


def _amounts(row: PriceRow | None) -> tuple[object, ...] | None:
    return (
        None if row is None else (row.input_usd, row.output_usd, row.cache_read_usd, row.cache_write_usd, row.flat_to)
    )
