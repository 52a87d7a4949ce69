"""Prices of one's own: shown, written, taken away."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hayai.ask.prices.fields import (
    DEFAULT,
    LATENCIES,
    STANDARD,
    TIERS,
    PriceFields,
    amount,
    currency_code,
    exchange_rate,
    one_of,
)
from hayai.ask.prices.read import read_fields
from hayai.ask.prices.stated import DOLLARS
from hayai.ask.prices.write import Value, prices_text
from hayai.ask.suggest import echo, suggest
from hayai.ask.validation import FieldProblem
from hayai.cli.charging import stated_prices
from hayai.cli.telling import put_out, say
from hayai.clock import utc_today
from hayai.decide.price_rows import PriceRow, chosen, price_rows
from hayai.decide.prices.matching import names_model
from hayai.errors import Problem, UsageError
from hayai.keep.price_files import own_prices_at, write_whole
from hayai.show import terminal
from hayai.show.format import clean
from hayai.show.locales import Texts
from hayai.show.prices import prices_json, prices_page

REMARKS = (
    "Prices of your own, per million tokens; they count before those that hayai knows. Written by `hayai prices set`, sorted.",
    "You may change it by hand; what you remark here is lost with the next `hayai prices set` (the old file stays as prices.toml.old).",
)
NUMBERS = ("input", "output", "cache_read", "cache_write")


def show_prices(words: Sequence[str], texts: Texts, *, as_json: bool) -> int:
    """All prices that have the words, on stdout. UsageError where there is none, or a file of the user's is not right."""
    rows = price_rows(stated_prices())
    found = chosen(rows, words)
    if words and not found:
        near = suggest(words[0], dict.fromkeys(row.model for row in rows))
        key = "cli.prices.none" + (".maybe" if near else "")
        raise UsageError(Problem(place=echo(" ".join(words)), key=key, values={"suggestion": near or ""}))
    show(found, texts, as_json=as_json)
    return 0


def show(rows: Sequence[PriceRow], texts: Texts, *, as_json: bool) -> None:
    """The rows on stdout, and on stderr where one's own lie."""
    if as_json:
        put_out(prices_json(rows, file=str(own_prices_at(os.environ))))
        return
    colour = terminal.wants_colour(os.environ, is_terminal=sys.stdout.isatty())
    width = shutil.get_terminal_size((80, 24)).columns
    put_out(terminal.lay_out(prices_page(rows, texts), width=width, colour=colour))


def keep_price(
    words: Sequence[str], said: Mapping[str, Any], wrong: Sequence[Problem], texts: Texts, *, as_json: bool
) -> int:
    """Writes or removes one price, and shows what counts now. UsageError with all that is wrong with it, `wrong` too."""
    path = own_prices_at(os.environ)
    problems = list(wrong)
    if len(words) != 1 or not words[0].strip():
        problems.append(Problem(place="hayai prices set", key="cli.prices.one_model"))
    entry = _entry(said, problems)
    if problems:
        raise UsageError(*problems)
    model = words[0].strip()
    fields = read_fields(path) if path.exists() else []
    rest = [one for one in fields if _subject(one) != (model, entry["latency"], entry["tier"])]
    if said["remove"]:
        if len(rest) == len(fields):
            modes = ", ".join(_named(one) for one in fields) or "–"
            values: dict[str, object] = {"path": str(path), "known": modes}
            raise UsageError(Problem(place=echo(model), key="cli.prices.not_there", values=values))
        tables = [_table(one) for one in rest]
    else:
        tables = [*(_table(one) for one in rest), {"model": model, **entry, "as_of": utc_today()}]
    _write(path, tables, texts)
    if not said["remove"]:
        _remark(model, texts)
    rows = price_rows(stated_prices())
    show(
        [row for row in rows if row.model == model or names_model(row.model, "bedrock", model)], texts, as_json=as_json
    )
    return 0


def _entry(said: Mapping[str, Any], problems: list[Problem]) -> dict[str, Value]:
    """The price as a table of the file, as far as it can be read; what is wrong with it is added to `problems`."""
    entry: dict[str, Value] = {}

    def read(name: str, how: Any, *more: Any) -> None:
        if said[name] is None:
            return
        try:
            entry[name] = how(said[name], name, *more)
        except FieldProblem as error:
            problems.append(Problem(place=f"--{name.replace('_', '-')}", key=error.key, values=error.values))

    entry |= {"latency": STANDARD, "tier": DEFAULT}
    read("latency", one_of, LATENCIES)
    read("tier", one_of, TIERS)
    for name in NUMBERS:
        read(name, amount)
    read("currency", currency_code)
    read("rate", exchange_rate)
    if said["source"] is not None and not said["source"].strip():
        problems.append(Problem(place="--source", key="field.blank", values={"word": "source"}))
    entry["source"] = said["source"]
    if said["remove"]:
        extra = [name for name in (*NUMBERS, "currency", "rate", "source") if said[name] is not None]
        problems += [Problem(place=f"--{name.replace('_', '-')}", key="cli.prices.with_remove") for name in extra]
        return entry
    problems += [
        Problem(place=f"--{name}", key="cli.prices.needed") for name in ("input", "output") if said[name] is None
    ]
    foreign = said["currency"] not in (None, DOLLARS)
    if foreign and said["rate"] is None:
        problems.append(
            Problem(place="--currency", key="price.no_rate", values={"currency": echo(str(said["currency"]))})
        )
    if said["rate"] is not None and not foreign:
        problems.append(Problem(place="--rate", key="price.rate_of_what"))
    return entry


def _subject(fields: PriceFields) -> tuple[str | None, str, str]:
    return fields.model, fields.latency, fields.tier


def _named(fields: PriceFields) -> str:
    mode = [word for word in (fields.latency, fields.tier) if word not in (STANDARD, DEFAULT)]
    return " ".join([str(fields.model), *mode])


def _table(fields: PriceFields) -> dict[str, Value]:
    table: dict[str, Value] = {name: getattr(fields, name) for name in PriceFields.model_fields}
    return table


def _write(path: Path, tables: Sequence[Mapping[str, Value]], texts: Texts) -> None:
    """Writes the whole file, sorted; one that holds somebody's remarks is kept beside it."""
    ordered = sorted(tables, key=lambda one: (str(one["model"]), str(one.get("latency")), str(one.get("tier"))))
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    if any(line.startswith("#") and line[1:].strip() not in REMARKS for line in map(str.strip, old.splitlines())):
        kept = path.with_name(f"{path.name}.old")
        write_whole(kept, old)
        say([texts("cli.prices.old_kept", path=clean(str(kept)))])
    write_whole(path, prices_text(map(_as_said, ordered), remarks=REMARKS))
    say([texts("cli.written", path=clean(str(path)))], to_copy=True)


def _as_said(table: Mapping[str, Value]) -> dict[str, Value]:
    """Without what goes without saying."""
    silent = {"latency": STANDARD, "tier": DEFAULT, "currency": DOLLARS, "target": None}
    return {key: value for key, value in table.items() if key not in silent or silent[key] != value}


def _remark(model: str, texts: Texts) -> None:
    """A slip of the hand in a model's name is no mistake that anybody else would tell."""
    known = [row.model for row in price_rows(())]
    if "*" in model or any(names_model(one, "bedrock", model) for one in known) or model in known:
        return
    near = suggest(model, known)
    say([texts("cli.prices.unknown_model" + (".maybe" if near else ""), model=clean(model), suggestion=near or "")])
