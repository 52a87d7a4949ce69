"""Which targets do the tables of a configuration file stand for?

A table with `like = "name"` begins as a copy of the target of that name (not of its name), and its own keys win. Chains are followed;
circles are told. What comes out are texts of the target grammar. Works on tables as they were read, valid or not, so that its problems can
be told together with those that pydantic finds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hayai.ask.suggest import echo, unknown_word
from hayai.ask.targets.grammar import format_vary, join_items
from hayai.errors import Problem

_OPTION = re.compile(r"[^\s,=]+")
_OWN_KEYS = ("target", "provider", "model", "name", "like")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """What one table says itself. `provider` and `model` are None where it does not."""

    place: str
    provider: str | None
    model: str | None
    name: str | None
    like: str | None
    options: Mapping[str, object]


def resolve_tables(tables: Sequence[object], path: str) -> tuple[tuple[str, ...], list[Problem]]:
    """One target text per table, in order; empty with problems."""
    problems: list[Problem] = []
    read: list[_Table] = []
    for number, table in enumerate(tables, start=1):
        if isinstance(table, Mapping):
            read.append(_read_table(table, f"{path}: targets[{number}]", problems))
    by_name: dict[str, _Table] = {}
    for table in read:
        if table.name is not None:
            by_name.setdefault(table.name, table)
    told: set[str] = set()
    chains = [chain for table in read if (chain := _chain(table, by_name, told, problems)) is not None]
    problems += [Problem(place=chain[0].place, key="config.no_model") for chain in chains if not _is_named(chain)]
    return (() if problems else tuple(_text(chain) for chain in chains)), problems


def _read_table(table: Mapping[Any, Any], place: str, problems: list[Problem]) -> _Table:
    own = {key: table[key] if isinstance(table.get(key), str) else None for key in _OWN_KEYS}
    target = own["target"]
    if target is not None and ("provider" in table or "model" in table):
        problems.append(Problem(place=place, key="config.two_models"))
    for key in ("target", "provider", "model"):
        if "," in (own[key] or ""):
            gaps: dict[str, object] = {"word": echo(own[key] or "")}
            problems.append(Problem(place=f"{place}.{key}", key="config.options_in_target", values=gaps))
    provider, model = own["provider"], own["model"]
    if target is not None:
        head, colon, rest = target.partition(":")
        provider, model = (head, rest) if colon else ("", head)
    options: dict[str, object] = {}
    for key, value in table.items():
        if key == "header" and isinstance(value, Mapping):
            options |= {f"header.{name}": inner for name, inner in value.items()}
        elif key not in _OWN_KEYS:
            options[str(key)] = value
    for name, value in options.items():
        problem = _value_problem(value, f"{place}.{echo(name)}", name)
        if problem is not None:
            problems.append(problem)
    return _Table(place=place, provider=provider, model=model, name=own["name"], like=own["like"], options=options)


def _value_problem(value: object, place: str, name: str) -> Problem | None:
    """What no provider could mean: a name that is none, no value at all, a value that JSON does not know."""
    if not _OPTION.fullmatch(name):
        return Problem(place=place, key="config.bad_option", values={"word": echo(name)})
    if value is None or value == "":
        return Problem(place=place, key="field.blank", values={"word": echo(name)})
    try:
        json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return Problem(place=place, key="field.not_json", values={"word": echo(name)})
    return None


def _chain(
    table: _Table, by_name: Mapping[str, _Table], told: set[str], problems: list[Problem]
) -> list[_Table] | None:
    """`table` and what it is like, what that is like, …; None where that never ends or leads nowhere."""
    chain = [table]
    while chain[-1].like is not None:
        last = chain[-1]
        wanted = last.like or ""
        if wanted not in by_name:
            if len(chain) == 1:
                names = [name for name in by_name if name != table.name]
                problems.append(unknown_word(f"{last.place}.like", "config.unknown_like", wanted, names))
            return None
        following = by_name[wanted]
        if following in chain:
            circle = chain[chain.index(following) :]
            if not told & {one.place for one in circle}:
                way = " → ".join(echo(one.name or one.place) for one in [*circle, following])
                problems.append(Problem(place=f"{circle[0].place}.like", key="config.like_circle", values={"way": way}))
            told |= {one.place for one in circle}
            return None
        chain.append(following)
    return chain


def _is_named(chain: Sequence[_Table]) -> bool:
    return any(table.provider is not None for table in chain) and any(table.model is not None for table in chain)


def _text(chain: Sequence[_Table]) -> str:
    """The target text of the first of `chain`; nearer tables win, the options' order is that of the farthest."""
    provider = next(table.provider for table in chain if table.provider is not None)
    model = next(table.model for table in chain if table.model is not None)
    options: dict[str, object] = {}
    for table in reversed(chain):
        options |= table.options
    if chain[0].name is not None:
        options = {"name": chain[0].name, **options}
    # `target = "model"` without a provider goes on as it was written, and is told by the door all targets go through.
    return join_items(f"{provider}:{model}" if provider else model, options.items())


def vary_texts(vary: Mapping[Any, Any], path: str) -> tuple[tuple[str, ...], list[Problem]]:
    """One `--vary` text per key of `[vary]`; empty with problems."""
    problems: list[Problem] = []
    texts = []
    for key, values in vary.items():
        if not isinstance(values, list):
            continue  # pydantic tells
        if not values:
            problems.append(
                Problem(place=f"{path}: vary.{echo(str(key))}", key="field.empty_list", values={"word": key})
            )
        for number, value in enumerate(values, start=1):
            problem = _value_problem(value, f"{path}: vary.{echo(str(key))}[{number}]", str(key))
            if problem is not None:
                problems.append(problem)
        texts.append((str(key), values))
    return (() if problems else tuple(format_vary(key, values) for key, values in texts)), problems
