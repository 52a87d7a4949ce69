"""What does one target say, and what is wrong with it?

Secrets come first: a text that holds one is refused before anything else is looked at, so no other message can repeat it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from hayai.ask.plan import Target
from hayai.ask.secrets import find_secret, secret_name
from hayai.ask.suggest import echo, unknown_word
from hayai.ask.targets.grammar import Item, Written, split_target
from hayai.ask.targets.options import FULL_WIDTH, OptionSchema, find_option, read_value
from hayai.errors import Problem

Schema = Mapping[str, OptionSchema]
Schemas = Mapping[str, Schema]
"""Options by provider, then by name."""

LONGEST_NAME = 80
"""Longest name of a target, in characters; it must fit into tables."""

_HALF_WIDTH = str.maketrans(FULL_WIDTH, ",,:=;")
_FULL_WIDTH_OPTION = re.compile(r"[，、,]\s*([A-Za-z_][A-Za-z_.-]*)\s*[=＝]")


class _NameOption(msgspec.Struct, frozen=True):
    """`name=`, which every target may set."""

    name: str = "name"
    kind: str = "text"
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    example: str = "baseline"


_NAME = _NameOption()


def parse_target(
    text: str, schemas: Schemas, *, place: str = "TARGET", folder: Path = Path()
) -> tuple[Target | None, tuple[Problem, ...]]:
    """Reads one target, which is None when there are problems. Its `name` is the given one, or empty.

    `place` begins the place of each problem; `folder` is where `@file` is looked for.
    """
    schema = {**schemas.get(provider_of(text), {}), "name": _NAME}
    written = split_target(text, lambda name: takes_json(name, schema))
    # With a full-width comma an `api_key=` hides in what looks like the model.
    hidden = split_target(text.partition(",")[0].translate(_HALF_WIDTH), lambda _: False)
    secret = secret_in(text, (*written.items, *hidden.items), schema, place=place)
    if secret is not None:
        return None, (secret,)
    problems = _head_problems(text, written, schemas, place)
    options: dict[str, object] = {}
    if written.provider in schemas:
        for item in written.items:
            problems += read_item(item, schema, options, own_place=at(place, item.name), folder=folder)
    if problems or written.provider is None:
        return None, tuple(problems)
    name = str(options.pop("name", ""))
    return Target(name=name, provider=written.provider, model=written.model, options=options), ()


def parse_bare(text: str, schemas: Schemas) -> Target | None:
    """The target without its options, whatever is wrong with these; None when it is not even clear what it is called."""
    schema = {**schemas.get(provider_of(text), {}), "name": _NAME}
    written = split_target(text, lambda name: takes_json(name, schema))
    secret = secret_in(text, written.items, schema, place="")
    if secret is not None or written.provider is None or _head_problems(text, written, schemas, ""):
        return None
    given: dict[str, object] = {}
    for item in written.items:
        if item.name == "name" and read_item(item, schema, given, own_place="", folder=Path()):
            return None
    return Target(name=str(given.get("name", "")), provider=written.provider, model=written.model, options={})


def provider_of(text: str) -> str:
    """The provider a target text begins with, whether known or not."""
    return text.partition(",")[0].partition(":")[0].strip()


def read_item(
    item: Item, schema: Schema, options: dict[str, object], *, own_place: str, folder: Path
) -> tuple[Problem, ...]:
    """Reads `option=value` into `options`, or tells what is wrong with it."""
    if not item.name:
        return (Problem(place=own_place, key="target.empty_item"),)
    option = find_option(item.name, schema)
    if option is None:
        return (_not_an_option(item, schema, own_place),)
    if item.name in options:
        return (Problem(place=own_place, key="target.option_twice", values={"word": item.name}),)
    value = item.value if item.value is not None else "true" if option.kind == "flag" else ""
    # A full-width comma before another option of this provider is a typing mistake; anywhere else it is Japanese text.
    swallowed = _FULL_WIDTH_OPTION.search(value)
    if swallowed and swallowed[0][0] != "," and find_option(swallowed[1], schema) is not None:
        return (full_width(value, own_place),)
    read, problem = read_value(item.name, value, option, place=own_place, folder=folder)
    if problem is None and item.name == "name" and (len(value) > LONGEST_NAME or not value.isprintable()):
        problem = Problem(place=own_place, key="target.bad_name", values={"longest": LONGEST_NAME})
    if problem is not None:
        return (problem,)
    options[item.name] = read
    return ()


def secret_in(text: str, items: Sequence[Item], schema: Schema, *, place: str) -> Problem | None:
    """The one problem of a text that holds a secret. Its values are empty: nothing of the text may be repeated."""
    named = (secret_name(item.name) for item in items if item.value and item.name not in schema)
    kind = find_secret(text) or next((kind for kind in named if kind is not None), None)
    if kind == "api_key" and len(schema) > 1 and "api_key_env" not in schema:
        kind = "bedrock"  # a provider that takes no key of its own signs as AWS does
    return None if kind is None else Problem(place=place, key=f"secret.{kind}")


def takes_json(name: str, schema: Schema) -> bool:
    """Whether the option `name` takes JSON, in which commas need no escape."""
    option = find_option(name, schema)
    return option is not None and option.kind == "json"


def at(place: str, name: str) -> str:
    """The place of an option: `TARGET 2: latency`, `bench.toml: targets[2].latency`."""
    word = echo(name)
    if not word:
        return place
    return f"{place}.{word}" if place.endswith("]") else f"{place}: {word}"


def _head_problems(text: str, written: Written, schemas: Schemas, place: str) -> list[Problem]:
    """What is wrong before the first comma."""
    head = text.partition(",")[0].strip()
    example = f"{next(iter(schemas), 'bedrock')}:{head}"
    if not head:
        return [Problem(place=place, key="target.empty", values={"example": example + "MODEL"})]
    if is_full_width(head):
        return [full_width(head, place)]
    if written.provider not in schemas:
        if head in schemas:
            return [Problem(place=place, key="target.no_model", values={"provider": head})]
        if written.provider is None or "." in written.provider or written.provider == "arn":
            gaps: dict[str, object] = {"word": echo(head), "example": echo(example), "known": ", ".join(schemas)}
            return [Problem(place=place, key="target.no_provider", values=gaps)]
        return [unknown_word(place, "target.unknown_provider", written.provider, schemas)]
    if not written.model or "=" in written.model:
        return [Problem(place=place, key="target.no_model", values={"provider": written.provider})]
    if not written.model.isprintable() or " " in written.model:
        return [Problem(place=place, key="target.bad_model", values={"word": echo(written.model)})]
    return []


def _not_an_option(item: Item, schema: Schema, place: str) -> Problem:
    if is_full_width(item.name):
        return full_width(item.name if item.value is None else f"{item.name}={item.value}", place)
    if item.value is None:
        return Problem(place=place, key="target.not_an_option", values={"word": echo(item.name)})
    names = sorted(f"{name}X" if name.endswith(".") else name for name in schema)
    return unknown_word(place, "target.unknown_option", item.name, names)


def is_full_width(text: str) -> bool:
    """Whether signs of the grammar were typed in their full-width form."""
    return any(sign in text for sign in FULL_WIDTH)


def full_width(written: str, place: str) -> Problem:
    """The problem of a text whose signs are full-width, with the same text in half width."""
    values: dict[str, object] = {"word": echo(written), "suggestion": echo(written.translate(_HALF_WIDTH))}
    return Problem(place=place, key="target.full_width", values=values)
