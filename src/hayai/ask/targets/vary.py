"""What does `--vary option=value,value` make of one target?

One target per value; with several `--vary`, one per combination (the last option varies fastest). The first combination is the baseline.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hayai.ask.plan import Target
from hayai.ask.suggest import echo, unknown_word
from hayai.ask.targets.grammar import Item, split_values
from hayai.ask.targets.options import find_option
from hayai.ask.targets.parse import (
    Schema,
    Schemas,
    full_width,
    is_full_width,
    provider_of,
    read_item,
    secret_in,
    takes_json,
)
from hayai.errors import Problem


class Axis(msgspec.Struct, frozen=True, kw_only=True):
    """One `--vary`: an option and the values it takes in turn."""

    option: str
    values: tuple[object, ...]


def read_axes(
    texts: Sequence[str], vary: Sequence[str], schemas: Schemas, *, place: str, folder: Path
) -> tuple[tuple[Axis, ...], tuple[Problem, ...]]:
    """Reads all `--vary`, for the one target in `texts`. A target of an unknown provider is reported elsewhere."""
    if not vary:
        return (), ()
    if len(texts) != 1:
        return (), (Problem(place=place, key="vary.one_target", values={"count": len(texts)}),)
    schema = schemas.get(provider_of(texts[0]))
    axes: list[Axis] = []
    problems: list[Problem] = []
    for text in vary:
        name, equals, rest = text.partition("=")
        item = Item(name=name.strip(), value=rest if equals else None)
        secret = secret_in(text, (item,), schema or {}, place=place)
        if secret is not None:
            problems.append(secret)
        elif schema is not None:
            axis, found = _read_axis(item, schema, place, folder)
            problems += found
            if axis is not None and any(other.option == axis.option for other in axes):
                problems.append(Problem(place=place, key="vary.twice", values={"word": axis.option}))
            elif axis is not None:
                axes.append(axis)
    return tuple(axes), tuple(problems)


def _read_axis(item: Item, schema: Schema, place: str, folder: Path) -> tuple[Axis | None, tuple[Problem, ...]]:
    if not item.value:
        return None, (Problem(place=place, key="vary.syntax", values={"word": echo(item.name)}),)
    if find_option(item.name, schema) is None:
        names = sorted(f"{name}X" if name.endswith(".") else name for name in schema)
        return None, (unknown_word(place, "target.unknown_option", item.name, names),)
    texts = split_values(item.value, json_values=takes_json(item.name, schema))
    values: list[object] = []
    problems: list[Problem] = []
    for text in texts:
        read: dict[str, object] = {}
        found = read_item(Item(name=item.name, value=text), schema, read, own_place=place, folder=folder)
        problems += found
        if not found and read[item.name] in values:
            problems.append(
                Problem(place=place, key="vary.same_value", values={"word": item.name, "value": echo(text)})
            )
        values += read.values()
    if len(texts) < 2 and not problems:
        problems.append(full_width(item.value, place) if is_full_width(item.value) else _one_value(item, place))
    return (None if problems else Axis(option=item.name, values=tuple(values))), tuple(problems)


def _one_value(item: Item, place: str) -> Problem:
    return Problem(place=place, key="vary.one_value", values={"word": item.name, "value": echo(item.value or "")})


def multiply(target: Target, axes: Sequence[Axis], *, place: str) -> tuple[list[Target], list[Problem]]:
    """One target per combination. A name the user gave to the target gets the varied values behind it."""
    problems = [
        Problem(place=place, key="vary.already_set", values={"word": axis.option})
        for axis in axes
        if axis.option in target.options
    ]
    made = []
    for values in itertools.product(*(axis.values for axis in axes)):
        options = {**target.options, **dict(zip((axis.option for axis in axes), values, strict=True))}
        made.append(Target(name=target.name, provider=target.provider, model=target.model, options=options))
    return made, problems
