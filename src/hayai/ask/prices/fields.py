"""Which keys may a stated price have, and what is wrong with the ones it has?

Numbers may be texts (`"0.70"`), so that they stay as they were written; what a float cannot hold exactly is taken as it would be printed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from hayai.ask.prices.stated import DOLLARS, StatedPrice
from hayai.ask.suggest import echo, suggest
from hayai.ask.validation import FieldProblem, Fields
from hayai.clock import utc_today
from hayai.errors import Problem

LATENCIES = ("standard", "optimized")
TIERS = ("default", "priority", "flex", "reserved", "scale")
STANDARD, DEFAULT = LATENCIES[0], TIERS[0]
MOST = Decimal(10**9)
"""Per million tokens, dearer than any model in any currency: a slip of the hand."""

_NUMBER = re.compile(r"\d+(\.\d*)?|\.\d+", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def amount(value: object, word: str) -> Decimal:
    """A price per million tokens. Raises FieldProblem."""
    found = _number(value, word)
    if found < 0:
        raise FieldProblem("price.negative", word=word, value=echo(str(value)))
    if found > MOST:
        raise FieldProblem("price.absurd", word=word, value=echo(str(value)))
    return found


def exchange_rate(value: object, word: str) -> Decimal:
    """US dollars for one unit of a currency. Raises FieldProblem."""
    found = _number(value, word)
    if found <= 0:
        raise FieldProblem("price.rate_not_positive", word=word, value=echo(str(value)))
    if found > MOST:
        raise FieldProblem("price.absurd_rate", word=word, value=echo(str(value)))
    return found


def currency_code(value: object, word: str = "currency") -> str:
    """Three capital letters. Raises FieldProblem."""
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value):
        raise FieldProblem("price.not_a_currency", word=word, value=echo(str(value)))
    return value


def _number(value: object, word: str) -> Decimal:
    """As it was written: a float as it would be printed."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise FieldProblem("price.not_a_number", word=word, value=echo(str(value)))
    text = str(value).strip()
    if isinstance(value, str) and not _NUMBER.fullmatch(text.removeprefix("-")):
        raise FieldProblem("price.not_a_number", word=word, value=echo(text) or "''")
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise FieldProblem("price.not_a_number", word=word, value=echo(text)) from None
    if not found.is_finite():
        raise FieldProblem("price.not_a_number", word=word, value=echo(text))
    return found


def one_of(value: object, word: str, choices: tuple[str, ...]) -> str:
    """A word that is known. Raises FieldProblem with the nearest one."""
    if isinstance(value, str) and value in choices:
        return value
    gaps: dict[str, object] = {"word": word, "value": echo(str(value)), "choices": ", ".join(choices)}
    near = suggest(str(value), choices)
    if near is None:
        raise FieldProblem("field.not_a_choice", **gaps)
    raise FieldProblem("field.not_a_choice.maybe", suggestion=near, **gaps)


def _day(value: object) -> object:
    """TOML and YAML know days; a text may be one."""
    if isinstance(value, datetime) or not isinstance(value, str | date):
        raise FieldProblem("price.not_a_day", word="as_of", value=echo(str(value)))
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise FieldProblem("price.not_a_day", word="as_of", value=echo(str(value))) from None


def _filled(text: str) -> str:
    if not text.strip():
        raise FieldProblem("field.blank", word="")
    return text


def _amount_of(word: str) -> BeforeValidator:
    return BeforeValidator(lambda value: amount(value, word))


Word = Annotated[str, AfterValidator(_filled)]


class PriceFields(Fields):
    """`[[prices]]`."""

    model: Word | None = None
    target: Word | None = None
    latency: Annotated[str, BeforeValidator(lambda value: one_of(value, "latency", LATENCIES))] = STANDARD
    tier: Annotated[str, BeforeValidator(lambda value: one_of(value, "tier", TIERS))] = DEFAULT
    input: Annotated[Decimal, _amount_of("input")]
    output: Annotated[Decimal, _amount_of("output")]
    cache_read: Annotated[Decimal, _amount_of("cache_read")] | None = None
    cache_write: Annotated[Decimal, _amount_of("cache_write")] | None = None
    currency: Annotated[str, BeforeValidator(currency_code)] = DOLLARS
    rate: Annotated[Decimal, BeforeValidator(lambda value: exchange_rate(value, "rate"))] | None = None
    source: Word | None = None
    as_of: Annotated[date, BeforeValidator(_day)] | None = None


class PriceFileFields(Fields):
    """A file of prices."""

    prices: list[PriceFields] = Field(default_factory=list)


def stated(fields: PriceFields, file: str) -> StatedPrice:
    """The price in US dollars. One without a day is stated today: whoever writes it down says that it holds."""
    rate = Decimal(1) if fields.rate is None else fields.rate
    return StatedPrice(
        model=fields.model,
        target=fields.target,
        latency=None if fields.latency == STANDARD else fields.latency,
        tier=None if fields.tier == DEFAULT else fields.tier,
        input_usd=fields.input * rate,
        output_usd=fields.output * rate,
        cache_read_usd=None if fields.cache_read is None else fields.cache_read * rate,
        cache_write_usd=None if fields.cache_write is None else fields.cache_write * rate,
        currency=fields.currency,
        rate=rate,
        source=file if fields.source is None else f"{fields.source}, {file}",
        as_of=fields.as_of or utc_today(),
    )


def joint_problems(tables: Sequence[object], place: str, *, targets: bool) -> list[Problem]:
    """What no key alone has wrong, whatever else is wrong with the tables: whose price it is, in which currency, and said twice.

    `targets`: whether names of targets mean anything in this file.
    """
    problems: list[Problem] = []
    first: dict[tuple[str, ...], int] = {}
    for number, table in enumerate(tables, start=1):
        if not isinstance(table, Mapping):
            continue
        where = f"{place}[{number}]"
        problems += _of_table(table, where, targets=targets)
        subject = _subject(table)
        earlier = first.setdefault(subject, number)
        if earlier != number and any(subject[:2]):
            values: dict[str, object] = {"word": echo(subject[0] or subject[1]), "other": f"{place}[{earlier}]"}
            problems.append(Problem(place=where, key="price.twice", values=values))
    return problems


def _of_table(table: Mapping[Any, Any], where: str, *, targets: bool) -> list[Problem]:
    problems: list[Problem] = []
    if "target" in table and not targets:
        problems.append(Problem(place=f"{where}.target", key="price.target_elsewhere"))
    elif "model" in table and "target" in table:
        problems.append(Problem(place=where, key="price.model_and_target"))
    elif "model" not in table and "target" not in table:
        problems.append(Problem(place=where, key="price.of_what" if targets else "price.of_which_model"))
    currency, foreign = table.get("currency"), table.get("currency", DOLLARS) != DOLLARS
    if foreign and "rate" not in table:
        problems.append(
            Problem(place=f"{where}.currency", key="price.no_rate", values={"currency": echo(str(currency))})
        )
    if "rate" in table and not foreign:
        problems.append(Problem(place=f"{where}.rate", key="price.rate_of_what"))
    return problems


def _subject(table: Mapping[Any, Any]) -> tuple[str, ...]:
    latency, tier = table.get("latency", STANDARD), table.get("tier", DEFAULT)
    return tuple(str(word) for word in (table.get("model", ""), table.get("target", ""), latency, tier))


def subjects_of(tables: Sequence[object]) -> tuple[tuple[str | None, str | None], ...]:
    """The target and the model that each table names, as far as it does, whatever else is wrong with it."""
    return tuple((_text(table, "target"), _text(table, "model")) for table in tables)


def _text(table: object, key: str) -> str | None:
    found = table.get(key) if isinstance(table, Mapping) else None
    return found if isinstance(found, str) and found.strip() else None
