"""Is this a JSON Schema that an answer can be held against, without asking anybody else?

By the library `jsonschema`, draft 2020-12 unless `$schema` names another. References may only lead into the schema itself: nothing is ever
fetched because of a suite.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

from hayai.ask.patterns import compiled

REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
NESTED = 64
"""Tables within tables that a schema may have."""


def validator_class(schema: Mapping[str, Any]) -> type[Validator]:
    """The dialect of a schema. ValueError for one that is not known."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for

    unknown: Any = None
    found: type[Validator] | None = validator_for(
        schema, default=unknown if "$schema" in schema else Draft202012Validator
    )
    if found is None:
        raise ValueError(f"$schema: {schema['$schema']!s:.80}")
    return found


def schema_problem(schema: dict[str, Any]) -> str | None:
    """What is wrong with a schema, in English, with the way to the place; None: nothing."""
    from jsonschema.exceptions import SchemaError

    try:
        kind = validator_class(schema)
        kind.check_schema(schema)
    except SchemaError as error:
        return f"{error.json_path}: {error.message[:200]}"
    except ValueError as error:
        return str(error)
    except RecursionError:
        return "nested too deeply"
    return next(_own_problems(schema), None)


def _own_problems(schema: dict[str, Any]) -> Iterator[str]:
    tables = list(_tables(schema, "$", 0))
    if any(place is None for place, _ in tables):
        yield "nested too deeply"
        return
    names = {name for _, table in tables for name in table}
    if {"patternProperties", "unevaluatedProperties"} <= names:
        yield "patternProperties together with unevaluatedProperties"
    if nested := [place for place, table in tables if place != "$" and isinstance(table.get("$id"), str)]:
        yield f"{nested[0]}: $id"
    for place, table in tables:
        for name in REFERENCES:
            reference = table.get(name)
            if isinstance(reference, str) and not _leads_inside(reference, schema):
                yield f"{place}.{name}: {reference[:80]}"
        patterns = [table["pattern"]] if isinstance(table.get("pattern"), str) else []
        if isinstance(table.get("patternProperties"), Mapping):
            patterns += table["patternProperties"]
        for pattern in patterns:
            try:
                compiled(pattern)
            except ValueError as error:
                yield f"{place}: {error}"


def _tables(value: object, place: str, depth: int) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    """Every table within `value` with the way to it; None instead of a way that is too long."""
    if depth > NESTED:
        yield None, {}
    elif isinstance(value, Mapping):
        yield place, value
        for name, inner in value.items():
            yield from _tables(inner, f"{place}.{name}", depth + 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _tables(inner, f"{place}[{number}]", depth + 1)


def _leads_inside(reference: str, schema: Mapping[str, Any]) -> bool:
    """Whether `#`, or `#/a/b` with everything on the way there."""
    from urllib.parse import unquote

    if reference == "#":
        return True
    if not reference.startswith("#/"):
        return False
    here: object = schema
    for step in reference[2:].split("/"):
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(here, Mapping) and name in here:
            here = here[name]
        elif isinstance(here, list) and name.isdecimal() and int(name) < len(here):
            here = here[int(name)]
        else:
            return False
    return isinstance(here, Mapping | bool)
