"""How is shown what models cost, and what an update changed? A table by models, in the order in which prices count."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from hayai.decide.price_rows import PriceChange, PriceRow
from hayai.show import format as fmt
from hayai.show.json_report import visible
from hayai.show.locales import Texts
from hayai.show.sections.cost import source_words
from hayai.show.sections.parts import Block, Column, Page, Row, Section

PLAIN_NUMBERS = ("input_usd", "output_usd", "cache_read_usd", "cache_write_usd")


def prices_page(rows: Sequence[PriceRow], texts: Texts) -> Page:
    """The prices of each model in the order in which they count, and below them where they come from."""
    columns = (
        Column(title=texts("prices.column.mode"), right=False),
        Column(title=texts("prices.column.price"), right=False, wraps=True),
        Column(title=texts("prices.column.cache"), right=False),
        Column(title=texts("prices.column.source"), right=False),
    )
    sources = {
        words: number for number, words in enumerate(dict.fromkeys(_source(row, texts) for row in rows), start=1)
    }
    by_model: dict[str, list[PriceRow]] = {}
    for row in rows:
        by_model.setdefault(row.model, []).append(row)
    blocks = tuple(
        Block(heading=fmt.clean(model), rows=tuple(_cells(row, sources, texts) for row in own))
        for model, own in by_model.items()
    )
    lines = tuple(f"[{number}] {words}" for words, number in sources.items())
    section = Section(title=texts("prices.table", count=len(rows)), columns=columns, blocks=blocks, lines=lines)
    return Page(banner=(), title=texts("prices.title"), facts=(texts("prices.legend"),), sections=(section,))


def prices_json(rows: Sequence[PriceRow], **more: object) -> str:
    """The same for programs."""
    document = {"version": 1, "prices": [price_as_json(row) for row in rows], **more}
    return visible(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def price_as_json(row: PriceRow) -> dict[str, object]:
    """One price; dollars as texts of decimal numbers, null where they are not known."""
    return {
        "model": row.model,
        "region": row.region,
        "latency": row.latency or "standard",
        "tier": row.tier or "default",
        **{name: None if (usd := getattr(row, name)) is None else plain(usd) for name in PLAIN_NUMBERS},
        "flat_to": row.flat_to,
        "source": row.source,
        "usage_types": list(row.usage_types),
        "as_of": row.as_of.isoformat(),
        "own": row.own,
        "currency": row.currency or "USD",
        "usd_per_unit": "1" if row.usd_per_unit is None else plain(row.usd_per_unit),
    }


def plain(usd: Decimal) -> str:
    """A decimal number without an exponent and without zeros that say nothing."""
    return f"{usd.normalize():f}"


def mode_words(row: PriceRow, texts: Texts) -> str:
    """The mode, in the words of target options, and where it holds."""
    return " ".join(_mode(row, texts))


def _mode(row: PriceRow, texts: Texts) -> Iterator[str]:
    if row.latency is None and row.tier is None:
        yield texts("prices.mode.standard")
    yield from (fmt.clean(word) for word in (row.latency, row.tier, row.region) if word is not None)


def _source(row: PriceRow, texts: Texts) -> str:
    words = source_words(row, texts)
    return texts("prices.source.own" if row.own else "prices.source", source=words, as_of=row.as_of.isoformat())


def _cells(row: PriceRow, sources: Mapping[str, int], texts: Texts) -> Row:
    price = _pair(row.input_usd, row.output_usd, texts)
    if row.flat_to is not None:
        price = texts("prices.flat_to", price=price, tokens=fmt.count(row.flat_to))
    cache = _pair(row.cache_read_usd, row.cache_write_usd, texts)
    mark = "* " if row.own else ""
    return mode_words(row, texts), price, cache, f"{mark}[{sources[_source(row, texts)]}]"


def _pair(first: Decimal | None, second: Decimal | None, texts: Texts) -> str:
    unknown = texts("prices.unknown")
    if first is None and second is None:
        return unknown
    return " / ".join(unknown if usd is None else plain(usd) for usd in (first, second))


def changes_page(changes: Sequence[PriceChange], count: int, texts: Texts, *, facts: Iterable[str]) -> Page:
    """What an update changed: old → new of each price that is another one now."""
    columns = (
        Column(title=texts("prices.column.mode"), right=False),
        Column(title=texts("prices.column.change"), right=False, wraps=True),
    )
    models = dict.fromkeys(_side(one).model for one in changes)
    blocks = tuple(
        Block(
            heading=fmt.clean(model),
            rows=tuple(row for one in changes if _side(one).model == model for row in _rows(one, texts)),
        )
        for model in models
    )
    title = texts("prices.changes", changes=len(changes), count=count)
    section = Section(title=title, columns=columns if changes else (), blocks=blocks)
    return Page(banner=(), title=texts("prices.update.title"), facts=tuple(facts), sections=(section,))


def _rows(one: PriceChange, texts: Texts) -> Iterator[Row]:
    """What is read and written, and below it the cache where that is another one too."""
    sides = (one.before, one.after)
    prices = [None if row is None else _pair(row.input_usd, row.output_usd, texts) for row in sides]
    caches = [None if row is None else _pair(row.cache_read_usd, row.cache_write_usd, texts) for row in sides]
    yield mode_words(_side(one), texts), _arrow(prices, texts)
    if not {None, texts("prices.unknown")} >= set(caches) and caches[0] != caches[1]:
        yield texts("prices.row.cache"), _arrow(caches, texts)


def _arrow(sides: Sequence[str | None], texts: Texts) -> str:
    before, after = (texts("prices.none") if side is None else side for side in sides)
    return after if before == after else f"{before} → {after}"


def _side(one: PriceChange) -> PriceRow:
    """What the change is about: the same on both sides."""
    row = one.after or one.before
    if row is None:
        raise ValueError("a change without a side")
    return row


def change_as_json(one: PriceChange) -> dict[str, object]:
    """The same for programs."""
    return {
        "before": None if one.before is None else price_as_json(one.before),
        "after": None if one.after is None else price_as_json(one.after),
    }
