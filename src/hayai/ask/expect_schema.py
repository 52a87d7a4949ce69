"""What may a table of expectations say, and what is wrong with this one?

The one schema for `[prompts.expect]`, for `[expect]` of a configuration file and for `--expect KEY=VALUE`. Patterns and schemas are tried
here, so that a mistake is told before anything is spent, and not after.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo, field_validator

from hayai.ask.documents import read_text
from hayai.ask.expectations import AlwaysChecked, AnswerLanguage, CodeLanguage, Expectations, expectations_of
from hayai.ask.json_schemas import schema_problem
from hayai.ask.patterns import compiled
from hayai.ask.suggest import echo
from hayai.ask.validation import FieldProblem, Fields, half_characters, join_place, one_of, problems_of
from hayai.errors import Problem, UsageError


def _filled(text: str) -> str:
    if not text.strip():
        raise FieldProblem("expect.blank")
    return text


def _pattern(text: str) -> str:
    try:
        compiled(text)
    except ValueError as error:
        raise FieldProblem("expect.bad_regex", reason=str(error)) from None
    return text


def _schema(value: dict[str, Any]) -> dict[str, Any]:
    """TOML and YAML know values that JSON does not, and YAML even circles."""
    try:
        plain: dict[str, Any] = json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise FieldProblem("field.not_json", word="json_schema") from None
    problem = schema_problem(plain)
    if problem is not None:
        raise FieldProblem("expect.bad_schema", reason=problem)
    return plain


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise FieldProblem("expect.not_a_number")
    return value


def _not_negative(value: float) -> float:
    if value < 0:
        raise FieldProblem("expect.negative")
    return value


def _to_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _to_number(value: object) -> object:
    return value if isinstance(value, Mapping) else {"value": value}


Number = Annotated[int | float, BeforeValidator(_number)]
Characters = Annotated[int, Field(ge=1)]
Text = Annotated[str, AfterValidator(_filled)]
Texts = Annotated[list[Text], BeforeValidator(_to_list), Field(min_length=1)]
Pattern = Annotated[str, AfterValidator(_filled), AfterValidator(_pattern)]
Language = Annotated[str, AfterValidator(one_of("languages", get_args(AnswerLanguage)))]
Code = Annotated[str, AfterValidator(one_of("code", get_args(CodeLanguage)))]
Skipped = Annotated[str, AfterValidator(one_of("skip", get_args(AlwaysChecked)))]


class NumberFields(Fields):
    """The number an answer ends with."""

    value: Number
    tolerance: Annotated[Number, AfterValidator(_not_negative)] | None = None


class ExpectFields(Fields):
    """What is expected of an answer."""

    min_chars: Characters | None = None
    max_chars: Characters | None = None
    languages: Annotated[list[Language], BeforeValidator(_to_list), Field(min_length=1)] | None = None
    code: Annotated[list[Code], BeforeValidator(_to_list), Field(min_length=1)] | None = None
    json_schema: Annotated[dict[str, Any], AfterValidator(_schema)] | None = None
    contains: Texts | None = None
    regex: Annotated[list[Pattern], BeforeValidator(_to_list), Field(min_length=1)] | None = None
    exact: Texts | None = None
    number: Annotated[NumberFields, BeforeValidator(_to_number)] | None = None
    skip: Annotated[list[Skipped], BeforeValidator(_to_list), Field(min_length=1)] | None = None

    @field_validator("max_chars")
    @classmethod
    def _fits_together(cls, high: int | None, info: ValidationInfo) -> int | None:
        low = info.data.get("min_chars")
        if low is not None and high is not None and low > high:
            raise FieldProblem("expect.min_above_max", low=low, high=high)
        return high

    @property
    def expectations(self) -> Expectations:
        """As the plan holds them."""
        return expectations_of(self.model_dump(exclude_none=True))


def read_expectations(table: object, *, place: str) -> tuple[Expectations | None, list[Problem]]:
    """The expectations in a table, or every problem with them."""
    problems = half_characters(table, place=place)
    try:
        valid = ExpectFields.model_validate(table)
    except ValidationError as error:
        return None, [*problems_of(error, ExpectFields, place=place), *problems]
    return (None, problems) if problems else (valid.expectations, [])


LISTS = ("contains", "regex", "exact")
"""Keys of which each `--expect` gives one text; that may have commas in it."""
WORDS = ("languages", "code", "skip")
"""Keys whose words are parted by commas."""


def read_expect_options(texts: Sequence[str], *, place: str = "--expect") -> Expectations | None:
    """What `--expect KEY=VALUE`, several of them, say; None without any. Raises one `UsageError` with all problems."""
    table: dict[str, Any] = {}
    problems: list[Problem] = []
    for text in texts:
        key, sign, value = text.partition("=")
        key = key.strip()
        if not sign or not key:
            problems.append(Problem(place=place, key="expect.not_key_value", values={"word": echo(text)}))
        elif key in LISTS:
            table.setdefault(key, []).append(value)
        elif key in WORDS:
            table.setdefault(key, []).extend(part.strip() for part in value.split(",") if part.strip())
        elif key in table:
            problems.append(Problem(place=join_place(place, (key,)), key="expect.twice", values={"word": key}))
        else:
            try:
                table[key] = _value(key, value, join_place(place, (key,)))
            except UsageError as error:
                problems += error.problems
    if not table and not problems:
        return None
    found, wrong = read_expectations(table, place=place)
    if problems or found is None:
        raise UsageError(*problems, *wrong)
    return found


def _value(key: str, value: str, place: str) -> object:
    """What a text on the command line stands for."""
    if key == "json_schema":
        if value.startswith("@"):
            value = read_text(Path(value[1:]).expanduser(), place=place)
        try:
            return json.loads(value)
        except (ValueError, RecursionError) as error:
            raise UsageError(Problem(place=place, key="expect.not_json", values={"reason": str(error)})) from None
    if key == "number":
        number, sign, tolerance = value.replace("+-", "±").partition("±")
        return {"value": _plain(number), "tolerance": _plain(tolerance)} if sign else _plain(number)
    return _plain(value)


def _plain(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
