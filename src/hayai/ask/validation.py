"""What is wrong with these fields, and where?

Files of users are held against pydantic models; this file turns what pydantic found into our problems: all of them, each with the place as
the user counts (`prompts[3].messages[1]`, from 1, as lines are) and, for a misspelt key, the key that was probably meant. Values are not
repeated: a prompt is private, and a value may be long.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from hayai.ask.suggest import echo, suggest, unknown_word
from hayai.errors import Problem


class Fields(BaseModel):
    """A table a user writes: no key that is not known, no value of another type than asked for, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


class FieldProblem(ValueError):
    """Raised by a validator: the key of a text and the values of its gaps."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


_KEYS = {
    "missing": "field.missing",
    "string_type": "field.not_text",
    "int_type": "field.not_integer",
    "int_from_float": "field.not_integer",
    "bool_type": "field.not_flag",
    "list_type": "field.not_list",
    "dict_type": "field.not_table",
    "model_type": "field.not_table",
    "model_attributes_type": "field.not_table",
    "too_short": "field.empty_list",
    "greater_than_equal": "field.too_small",
}
"""Our text for each kind of error pydantic finds in our models."""


def one_of(word: str, choices: Sequence[str]) -> Callable[[str], str]:
    """A validator for the key `word`, whose value is one of `choices`."""

    def check(value: str) -> str:
        if value in choices:
            return value
        gaps: dict[str, object] = {"word": word, "value": echo(value), "choices": ", ".join(choices)}
        near = suggest(value, choices)
        if near is None:
            raise FieldProblem("field.not_a_choice", **gaps)
        raise FieldProblem("field.not_a_choice.maybe", suggestion=near, **gaps)

    return check


def problems_of(error: ValidationError, model: type[BaseModel], *, place: str) -> list[Problem]:
    """Everything pydantic found, as problems; `place` is where the validated table begins."""
    return [_problem(dict(found), model, place) for found in error.errors(include_url=False, include_input=False)]


def _problem(found: dict[str, Any], model: type[BaseModel], place: str) -> Problem:
    path: tuple[str | int, ...] = found["loc"]
    if found["type"] == "invalid_key" or path[-1:] == ("[key]",):
        *above, wrong = path[:-1] if path[-1] == "[key]" else path
        return Problem(place=join_place(place, above), key="field.key_not_text", values={"word": echo(str(wrong))})
    where, context = join_place(place, path), found.get("ctx", {})
    if found["type"] == "extra_forbidden":
        return unknown_word(where, "field.unknown", str(path[-1]), known_keys(model, path[:-1]))
    cause = context.get("error")
    if isinstance(cause, FieldProblem):
        return Problem(place=where, key=cause.key, values=cause.values)
    key = _KEYS.get(found["type"])
    if key is None:
        return Problem(place=where, key="field.invalid", values={"reason": str(found["msg"])})
    values: dict[str, object] = {"word": next((str(step) for step in reversed(path) if isinstance(step, str)), "")}
    if "ge" in context:
        values["low"] = context["ge"]
    return Problem(place=where, key=key, values=values)


def join_place(place: str, path: Sequence[str | int]) -> str:
    """`place` and the way into it, counted from 1: `suite.toml prompts[3].messages[1]`, `prompts.csv line 7: text`."""
    way = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
    if not way:
        return place
    return f"{place}.{way}" if place.endswith("]") else f"{place}: {way}"


def half_characters(value: object, *, place: str) -> list[Problem]:
    """Texts and keys anywhere in `value` that hold a lone surrogate: JSON and YAML can write them, no request can carry them."""
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return [
            Problem(
                place=join_place(place, path), key="field.half_character", values={"word": path[-1] if path else ""}
            )
            for path in _half_paths(value, ())
        ]
    except (TypeError, ValueError, RecursionError):
        pass  # not JSON, or endless: pydantic tells
    return []


def _half_paths(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, str):
        if not _is_whole(value):
            yield path
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(key, str) and not _is_whole(key):
                yield path
            yield from _half_paths(inner, (*path, str(key)))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _half_paths(inner, (*path, number))


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def known_keys(model: type[BaseModel], path: Iterable[str | int]) -> tuple[str, ...]:
    """The keys that may stand at `path` within a table of `model`."""
    here: type[BaseModel] | None = model
    for step in path:
        if isinstance(step, int) or here is None:
            continue
        fields = {field.alias or name: field for name, field in here.model_fields.items()}
        here = _model_within(fields[step].annotation) if step in fields else None
    return () if here is None else tuple(field.alias or name for name, field in here.model_fields.items())


def _model_within(annotation: Any) -> type[BaseModel] | None:
    """The model inside `list[Model] | None` and the like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_within(inner)) is not None), None)
