"""Which targets does a command name, and what is wrong with them?

All texts are read, `--vary` is multiplied out, defaults are filled in, names are given; every problem of every target is collected before
one error tells them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from hayai.ask.plan import Target
from hayai.ask.targets.grammar import Item
from hayai.ask.targets.names import name_targets
from hayai.ask.targets.options import OptionSchema, find_option
from hayai.ask.targets.parse import Schemas, parse_target, read_item, secret_in
from hayai.ask.targets.vary import multiply, read_axes
from hayai.errors import Problem, UsageError


def resolve_targets(
    texts: Sequence[str],
    vary: Sequence[str],
    schemas: Schemas,
    defaults: Mapping[str, str] | None = None,
    *,
    places: Sequence[str] | None = None,
    vary_place: str = "--vary",
    folder: Path = Path(),
) -> tuple[Target, ...]:
    """All targets of a command, in order, with unique names; the first is the baseline.

    `vary` holds `option=value,value` and makes targets out of one; several are multiplied out, the last one fastest. `defaults` are options
    (as text, by name) for every target whose provider has them and that does not set them itself; `--name` is their place in messages.
    `places` names each text in messages (`TARGET 1`, … where not given); `folder` is where `@file` is looked for.
    Raises one `UsageError` with all problems.
    """
    where = places if places is not None else [f"TARGET {number}" for number in range(1, len(texts) + 1)]
    problems = [] if texts else [Problem(place="TARGET", key="target.none")]
    problems += _wrong_defaults(defaults or {}, schemas, folder)
    placed: list[tuple[str, Target]] = []
    for text, place in zip(texts, where, strict=True):
        target, found = parse_target(text, schemas, place=place, folder=folder)
        problems += found
        if target is not None:
            placed.append((place, target))
    problems += _same_names(placed)
    axes, wrong = read_axes(texts, vary, schemas, place=vary_place, folder=folder)
    problems += wrong
    targets = [target for _, target in placed]
    if vary and not problems:
        targets, set_twice = multiply(targets[0], axes, place=vary_place)
        problems += set_twice
    if problems:
        raise UsageError(*problems)
    filled = [_fill(target, defaults or {}, schemas[target.provider], folder) for target in targets]
    return name_targets(filled, lambda provider, name: _is_choice(name, schemas[provider]))


def _is_choice(name: str, schema: Mapping[str, OptionSchema]) -> bool:
    option = find_option(name, schema)
    return option is not None and option.kind == "choice"


def _same_names(placed: Sequence[tuple[str, Target]]) -> list[Problem]:
    """Names given twice. Names hayai gives itself are made unique instead."""
    first: dict[str, str] = {}
    problems = []
    for place, target in placed:
        if target.name and target.name in first:
            gaps: dict[str, object] = {"word": target.name, "first": first[target.name]}
            problems.append(Problem(place=place, key="target.name_twice", values=gaps))
        elif target.name:
            first[target.name] = place
    return problems


def _wrong_defaults(defaults: Mapping[str, str], schemas: Schemas, folder: Path) -> list[Problem]:
    """Problems with the defaults themselves, each told once, against the first provider that has the option."""
    problems: list[Problem] = []
    for name, text in defaults.items():
        schema = next((schema for schema in schemas.values() if find_option(name, schema) is not None), None)
        if schema is not None:
            item = Item(name=name, value=text)
            secret = secret_in(text, (), schema, place=_flag(name))
            problems += [secret] if secret else read_item(item, schema, {}, own_place=_flag(name), folder=folder)
    return problems


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _fill(target: Target, defaults: Mapping[str, str], schema: Mapping[str, OptionSchema], folder: Path) -> Target:
    options = dict(target.options)
    for name, text in defaults.items():
        if name not in options and find_option(name, schema) is not None:
            problems = read_item(Item(name=name, value=text), schema, options, own_place=_flag(name), folder=folder)
            if problems:
                raise UsageError(*problems)
    return Target(name=target.name, provider=target.provider, model=target.model, options=options)
