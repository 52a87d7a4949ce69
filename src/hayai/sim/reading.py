"""Is this TOML what its schema says, and if not, what is wrong with all of it?

msgspec stops at the first mistake. A person who writes a profile wants them all at once, each with its place, so tables are walked field by
field and every single value is converted on its own.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from hayai.errors import Problem

S = TypeVar("S", bound=msgspec.Struct)


def read_table(kind: type[S], table: object, place: str, problems: list[Problem]) -> S | None:
    """`table` as `kind`; what is wrong with it goes to `problems`, and then the result is None."""
    if not isinstance(table, dict):
        problems.append(Problem(place=place, key="sim.profile_not_a_table"))
        return None
    before = len(problems)
    hints = get_type_hints(kind, include_extras=True)
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in sorted(table.keys() - fields.keys()):
        close = get_close_matches(name, fields, n=1) or [", ".join(sorted(fields))]
        problems.append(Problem(place=f"{place}.{name}", key="sim.profile_unknown_key", values={"close": close[0]}))
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name in table:
            values[field.name] = _read_value(hints[field.name], table[name], f"{place}.{name}", problems)
        elif field.required:
            problems.append(Problem(place=f"{place}.{name}", key="sim.profile_missing_key"))
    if len(problems) > before:
        return None
    try:
        return kind(**values)
    except ValueError as reason:
        problems.append(_bad_value(place, reason))
        return None


def _read_value(kind: Any, value: object, place: str, problems: list[Problem]) -> Any:
    struct = _struct_in(kind)
    origin = get_origin(kind)
    if struct is None:
        return _convert(kind, value, place, problems)
    if origin is dict and isinstance(value, dict):
        keys = get_args(kind)[0]
        return {
            _convert(keys, name, f"{place}.{name}", problems): read_table(struct, inner, f"{place}.{name}", problems)
            for name, inner in value.items()
        }
    if origin is tuple and isinstance(value, list):
        return tuple(read_table(struct, inner, f"{place}[{at}]", problems) for at, inner in enumerate(value))
    if origin in {dict, tuple}:
        return _convert(kind, value, place, problems)
    return read_table(struct, value, place, problems)


def _convert(kind: Any, value: object, place: str, problems: list[Problem]) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as reason:
        problems.append(_bad_value(place, reason))
        return None


def _bad_value(place: str, reason: Exception) -> Problem:
    return Problem(place=place, key="sim.profile_bad_value", values={"reason": str(reason)})


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    """The Struct that `kind` is or holds (`S`, `S | None`, `dict[str, S]`, `tuple[S, ...]`), or None."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    if get_origin(kind) is Annotated:
        return None
    return next((found for inner in get_args(kind) if (found := _struct_in(inner)) is not None), None)
