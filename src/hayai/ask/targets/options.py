"""What does an option's text mean, and is it allowed?

A provider declares its options (name, kind, choices, bounds, an example); this file turns the text of one into its value, or into the
problem that tells what would have been right. It knows no provider, and only the shape of a declaration, not its class.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from hayai.ask.secrets import find_secret_within
from hayai.ask.suggest import echo, suggest
from hayai.ask.targets.grammar import unescape
from hayai.errors import Problem


class OptionSchema(Protocol):
    """What is needed of a provider's declaration of one option."""

    @property
    def name(self) -> str:
        """As typed; a name that ends in `.` stands for every name that begins so (`header.`)."""

    @property
    def kind(self) -> str:
        """`text`, `choice`, `number`, `integer`, `flag` or `json`."""

    @property
    def choices(self) -> tuple[str, ...]:
        """The allowed values of a choice."""

    @property
    def low(self) -> float | None:
        """Smallest allowed number; None: no bound."""

    @property
    def high(self) -> float | None:
        """Largest allowed number; None: no bound."""

    @property
    def example(self) -> str:
        """A value that would be right; may be empty."""


FULL_WIDTH = "，、：＝；"
"""What a Japanese keyboard writes in place of `,` `:` `=`."""

_FLAGS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")  # and halves of characters
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+\Z")  # a token of RFC 9110, section 5.6.2
_LARGEST_FILE = 1 << 20


def find_option(name: str, schema: Mapping[str, OptionSchema]) -> OptionSchema | None:
    """The declaration of the option `name`: by its own name, or by a declared beginning (`header.` for `header.X-Test`)."""
    if name in schema and not name.endswith("."):
        return schema[name]
    for declared in schema.values():
        if declared.name.endswith(".") and name.startswith(declared.name) and name != declared.name:
            return declared
    return None


def read_value(
    name: str, text: str, option: OptionSchema, *, place: str, folder: Path
) -> tuple[object, Problem | None]:
    """The value of `name=text`, or the problem with it. `folder` is where `@file` is looked for."""
    if not text:
        return None, Problem(place=place, key="target.empty_value", values={"word": name, "example": _example(option)})
    if option.name.endswith("."):
        return _read_header(name, text, option, place)
    match option.kind:
        case "choice":
            return _read_choice(name, text, option, place)
        case "integer" | "number":
            return _read_number(name, text, option, place)
        case "flag":
            if text.lower() in _FLAGS:
                return _FLAGS[text.lower()], None
            return None, _wrong("target.not_a_flag", name, text, option, place)
        case "json":
            return _read_json(name, text, option, place, folder)
        case _:
            if _CONTROL.search(text):
                return None, Problem(place=place, key="target.control_character", values={"word": name})
            return text, None


def _read_choice(name: str, text: str, option: OptionSchema, place: str) -> tuple[object, Problem | None]:
    if text in option.choices:
        return text, None
    problem = _wrong("target.not_a_choice", name, text, option, place)
    near = suggest(text, option.choices)
    if near is None or problem.key != "target.not_a_choice":
        return None, problem
    return None, Problem(place=place, key="target.not_a_choice.maybe", values={**problem.values, "suggestion": near})


def _read_number(name: str, text: str, option: OptionSchema, place: str) -> tuple[object, Problem | None]:
    whole = option.kind == "integer"
    try:
        value: float = int(text) if whole else float(text)
    except (ValueError, OverflowError):
        return None, _wrong("target.not_an_integer" if whole else "target.not_a_number", name, text, option, place)
    if not math.isfinite(value):
        return None, _wrong("target.not_a_number", name, text, option, place)
    if (option.low is not None and value < option.low) or (option.high is not None and value > option.high):
        return None, _wrong(_bounds_key(option), name, text, option, place)
    return value, None


def _bounds_key(option: OptionSchema) -> str:
    if option.low is None:
        return "target.above_bound"
    return "target.below_bound" if option.high is None else "target.out_of_bounds"


def _read_header(name: str, text: str, option: OptionSchema, place: str) -> tuple[object, Problem | None]:
    """A line break in a header's value would begin a header of its own; beyond ASCII, no two servers agree."""
    if not _HEADER_NAME.match(name.removeprefix(option.name)):
        return None, Problem(place=place, key="target.header_name", values={"word": echo(name)})
    if not (text.isascii() and text.isprintable()):
        return None, Problem(place=place, key="target.header_value", values={"word": echo(name)})
    return text, None


def _read_json(name: str, text: str, option: OptionSchema, place: str, folder: Path) -> tuple[object, Problem | None]:
    """Inline JSON, or `@file`. A file is checked for secrets too: the value is written into the manifest."""
    source = text
    if text.startswith("@"):
        file = folder / Path(text[1:]).expanduser()
        try:
            if not file.is_file():
                return None, Problem(place=place, key="target.file_missing", values={"word": name, "path": str(file)})
            if file.stat().st_size > _LARGEST_FILE:
                return None, Problem(place=place, key="target.file_too_big", values={"word": name, "path": str(file)})
            source = file.read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            gaps: dict[str, object] = {"word": name, "path": str(file), "reason": _reason(error)}
            return None, Problem(place=place, key="target.file_unreadable", values=gaps)
    value, reason = _parse_json(source)
    if reason is not None and not text.startswith("@"):
        value, still = _parse_json(unescape(source))
        reason = reason if still is not None else None
    if reason is not None:
        problem = _wrong("target.not_json", name, text, option, place)
        return None, Problem(place=place, key=problem.key, values={**problem.values, "reason": reason})
    if not isinstance(value, dict | list):
        return None, _wrong("target.not_json_object", name, text, option, place)
    secret = find_secret_within(value)
    if secret is not None:
        return None, Problem(place=place, key=f"secret.{secret}")
    return value, None


def _parse_json(text: str) -> tuple[object, str | None]:
    """The value, or why it is none. NaN and Infinity are not JSON, and no service takes them."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
        json.dumps(value, ensure_ascii=False).encode()  # refuses halves of characters, which no request could carry
        return value, None
    except json.JSONDecodeError as error:
        return None, f"{error.msg} (line {error.lineno}, column {error.colno})"
    except (ValueError, RecursionError) as error:
        return None, str(error)


def _refuse_constant(word: str) -> object:
    raise ValueError(f"{word} is not JSON")


def _reason(error: OSError | ValueError) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else "not UTF-8"


def _wrong(key: str, name: str, text: str, option: OptionSchema, place: str) -> Problem:
    """A problem with a value; where it holds full-width signs, those are the likelier mistake."""
    if any(sign in text for sign in FULL_WIDTH):
        key = "target.full_width"
    gaps: dict[str, object] = {"word": echo(name), "value": echo(text), "example": _example(option)}
    if option.choices:
        gaps["choices"] = ", ".join(option.choices)
    if option.low is not None:
        gaps["low"] = f"{option.low:g}"
    if option.high is not None:
        gaps["high"] = f"{option.high:g}"
    return Problem(place=place, key=key, values=gaps)


def _example(option: OptionSchema) -> str:
    """A right value for the message: the declared example, else the first choice, else one by kind.

    A declaration of a beginning (`header.`) has a whole `header.NAME=value` as its example.
    """
    by_kind = {"number": "0.5", "integer": "100", "flag": "true", "json": "@file.json"}
    declared = option.example.partition("=")[2] if option.name.endswith(".") else option.example
    return declared or next(iter(option.choices), "") or by_kind.get(option.kind, "…")
