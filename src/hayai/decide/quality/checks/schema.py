"""Is it JSON that is valid by a schema? The whole answer, or the only block of JSON in it.

What a schema asks of an answer can grow without end (references to itself, patterns, `uniqueItems`): each step is counted, and beyond a
bound the answer could not be checked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from hayai.ask.expectations import Expectations
from hayai.ask.json_schemas import validator_class
from hayai.decide.quality.checks.check import PASSED, Look, failed, in_text, unknown
from hayai.decide.quality.checks.code import DEEPEST, LARGEST, TooMuch, nesting, parse_json
from hayai.decide.quality.checks.fences import fenced_blocks
from hayai.decide.quality.checks.searches import Searches
from hayai.decide.quality.findings import Looked

MOST_STEPS = 30_000
"""Keywords of the schema, applied to parts of one answer."""
Keyword = Callable[..., Iterator[Any] | None]


class _Bounded:
    """Keywords that end: counted for one answer, and in our own words where `jsonschema` searches or compares all with all."""

    __slots__ = ("searches", "steps")

    def __init__(self, searches: Searches) -> None:
        self.searches = searches
        self.steps = 0

    def counted(self, keyword: Keyword) -> Keyword:
        """The keyword, which gives up when there were too many."""

        def apply(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise TooMuch
            yield from keyword(validator, value, instance, schema) or ()

        return apply

    def found(self, pattern: str, text: str) -> bool:
        """TooMuch where that takes too long."""
        there = self.searches.found(pattern, text)
        if there is None:
            raise TooMuch
        return there

    def pattern(self, validator: Any, value: str, instance: Any, _schema: Any) -> Iterator[Any]:
        """A text in which the pattern is found."""
        if validator.is_type(instance, "string") and not self.found(value, instance):
            yield _error("does not match")

    def pattern_properties(self, validator: Any, value: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        """Properties whose names match are valid by its schema."""
        if validator.is_type(instance, "object"):
            for regex, inner in value.items():
                for name in filter(partial(self.found, regex), instance):
                    yield from validator.descend(instance[name], inner, path=name, schema_path=regex)

    def additional_properties(self, validator: Any, value: Any, instance: Any, beside: Any) -> Iterator[Any]:
        """All other properties are valid by its schema, or are not allowed."""
        if not validator.is_type(instance, "object"):
            return
        known, patterns = beside.get("properties", {}), beside.get("patternProperties", {})
        others = (n for n in instance if n not in known and not any(self.found(regex, n) for regex in patterns))
        for name in others:
            yield from validator.descend(instance[name], value, path=name)

    def unique_items(self, validator: Any, value: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        """No item is there twice."""
        if value and validator.is_type(instance, "array"):
            seen = {json.dumps(_alike(item), sort_keys=True) for item in instance}
            if len(seen) < len(instance):
                yield _error("has an item twice")


def _error(words: str) -> Exception:
    from jsonschema.exceptions import ValidationError

    return ValidationError(words)


def json_schema(expect: Expectations, searches: Searches) -> Look | None:
    """Valid by `json_schema`."""
    schema = expect.json_schema
    if schema is None:
        return None
    bounded = _Bounded(searches)
    made: list[Any] = []

    def look(text: str) -> Looked:
        if not made:
            made.append(_validator(schema, bounded))
        bounded.steps = 0
        return _look(text, made[0])

    return in_text(look)


def _look(text: str, validator: Any) -> Looked:
    try:
        found = _the_json_in(text)
        error = None if isinstance(found, Looked) else next(validator.iter_errors(found.value), None)
    except (RecursionError, MemoryError, TooMuch, OverflowError):
        return unknown("too_deep", "json")
    if isinstance(found, Looked):
        return found
    return PASSED if error is None else failed("against_schema", f"{error.json_path[:100]}: {error.validator}")


@dataclass(frozen=True, slots=True)
class _Json:
    """A value that was read."""

    value: object


def _the_json_in(text: str) -> _Json | Looked:
    """The answer itself; or else its only block called JSON; with none of that name, its only block without one."""
    whole = _read(text.strip())
    if whole is not None:
        return whole
    blocks, _ = fenced_blocks(text)
    for name in ("json", ""):
        named = [block.text for block in blocks if block.language == name]
        if len(named) > 1:
            return failed("several_json", str(len(named)))
        if named:
            return _read(named[0]) or failed("block_broken", "json")
    return failed("not_json")


def _read(text: str) -> _Json | None:
    """None: not JSON. TooMuch beyond the bounds."""
    if text[:1] in ("{", "[") and (len(text) > LARGEST["json"] or nesting(text) > DEEPEST):
        raise TooMuch
    try:
        return _Json(parse_json(text))
    except ValueError:
        return None


def _validator(schema: dict[str, Any], bounded: _Bounded) -> Any:
    """The dialect's own validator with keywords that end, which asks nobody for schemas elsewhere."""
    from jsonschema import validators
    from referencing import Registry

    ours: dict[str, Keyword] = {
        "pattern": bounded.pattern,
        "patternProperties": bounded.pattern_properties,
        "additionalProperties": bounded.additional_properties,
        "uniqueItems": bounded.unique_items,
    }
    dialect: Any = validator_class(schema)
    keywords = {name: bounded.counted(ours.get(name, keyword)) for name, keyword in dialect.VALIDATORS.items()}
    extend: Any = validators.extend
    return extend(dialect, keywords)(schema, registry=Registry())


def _alike(value: Any) -> Any:
    """Equal in JSON, equal here: 1 and 1.0 are one number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _alike(inner) for name, inner in value.items()}
    return [_alike(inner) for inner in value] if isinstance(value, list) else value
