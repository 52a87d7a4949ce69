"""Which targets does a command name, and what is wrong with them?

All texts are read, `--vary` is multiplied out, defaults are filled in, names are given; every problem of every target is collected before
one error tells them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from hayai.ask.plan import Target
from hayai.ask.targets.grammar import Item
from hayai.ask.targets.names import name_targets
from hayai.ask.targets.options import OptionSchema, find_option
from hayai.ask.targets.parse import Schemas, parse_bare, parse_target, provider_of, read_item, secret_in
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
    objections: Callable[[Target], Sequence[Problem]] | None = None,
) -> tuple[Target, ...]:
    """All targets of a command, in order, with unique names; the first is the baseline.

    `vary` holds `option=value,value` and makes targets out of one; several are multiplied out, the last one fastest. `defaults` are options
    (as text, by name) for every target whose provider has them and that does not set them itself; `--name` is their place in messages.
    `places` names each text in messages (`TARGET 1`, … where not given); `folder` is where `@file` is looked for.
    Raises one `UsageError` with all problems. Then `objections` says what is wrong with the targets that could be read, so that mending the
    others does not bring it to light later; where all could be read, whoever called asks for it, with the names that the targets got.
    """
    where = places if places is not None else [f"TARGET {number}" for number in range(1, len(texts) + 1)]
    problems = [] if texts else [Problem(place="TARGET", key="target.none")]
    fill, wrong_defaults = _read_defaults(defaults or {}, texts, schemas, folder)
    problems += wrong_defaults
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
        if objections is not None:
            problems += [replace(problem, place=place) for place, target in placed for problem in objections(target)]
        raise UsageError(*problems)
    filled = [
        msgspec.structs.replace(target, options={**target.options, **_missing(fill[target.provider], target)})
        for target in targets
    ]
    return name_targets(filled, lambda provider, name: _is_choice(name, schemas[provider]))


def names_without_options(texts: Sequence[str], vary: Sequence[str], schemas: Schemas) -> tuple[str, ...] | None:
    """What the targets will be called however their options are mended; None where that depends on the options."""
    bare = [target for text in texts if (target := parse_bare(text, schemas)) is not None]
    if vary or not bare or len(bare) < len(texts):
        return None
    named = [target.name for target in bare if target.name]
    models = Counter((target.provider, target.model) for target in bare)
    if len(set(named)) < len(named) or any(not t.name and models[t.provider, t.model] > 1 for t in bare):
        return None
    return tuple(target.name for target in name_targets(bare, lambda *_: True))


def _missing(values: Mapping[str, object], target: Target) -> dict[str, object]:
    return {name: value for name, value in values.items() if name not in target.options}


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


def _read_defaults(
    defaults: Mapping[str, str], texts: Sequence[str], schemas: Schemas, folder: Path
) -> tuple[dict[str, dict[str, object]], list[Problem]]:
    """The values of the defaults for each provider that `texts` name. A problem that several providers have is told once."""
    providers = dict.fromkeys(provider_of(text) for text in texts)
    read: dict[str, dict[str, object]] = {}
    problems: list[Problem] = []
    for provider in providers:
        schema = schemas.get(provider, {})
        values = read.setdefault(provider, {})
        for name, text in defaults.items():
            place = f"--{name.replace('_', '-')}"
            if find_option(name, schema) is None:
                continue
            secret = secret_in(text, (), schema, place=place)
            item = Item(name=name, value=text)
            found = (secret,) if secret else read_item(item, schema, values, own_place=place, folder=folder)
            problems += [problem for problem in found if problem not in problems]
    return read, problems
