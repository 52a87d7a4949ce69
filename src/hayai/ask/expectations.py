"""What is expected of an answer, so that it can be said without a model whether it is as good?

Whatever is not said is not expected, but for three things that are looked at in every answer unless `skip` leaves them out: that it was
finished, that it is not empty, that it is no refusal. What is expected of all prompts is joined with what one prompt expects by
`joined`; the prompt's own word wins. Light on purpose: it is part of the plan, and the built-in suites are read with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import msgspec

AnswerLanguage = Literal["ja", "en", "zh", "ko"]
CodeLanguage = Literal["python", "json", "toml", "yaml"]
AlwaysChecked = Literal["finished", "not_empty", "no_refusal"]


class NumberExpectation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The number that an answer ends with, exact: `value`, more or less `tolerance`."""

    value: Decimal
    tolerance: Decimal = Decimal(0)


class Expectations(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is expected of an answer. None, or empty: nothing of that kind."""

    min_chars: int | None = None
    """Code points of visible text at the least."""
    max_chars: int | None = None
    languages: tuple[AnswerLanguage, ...] = ()
    """Each must be there, told by its script."""
    code: tuple[CodeLanguage, ...] = ()
    """A fenced block of each must be there, and all such blocks must parse."""
    json_schema: dict[str, Any] | None = None
    """The answer is JSON, or holds one block of it, and is valid by this."""
    contains: tuple[str, ...] = ()
    """Each text must be there."""
    regex: tuple[str, ...] = ()
    """Each pattern must be found."""
    exact: tuple[str, ...] = ()
    """The answer is one of these, but for blanks around it."""
    number: NumberExpectation | None = None
    """The last number in the answer."""
    skip: tuple[AlwaysChecked, ...] = ()
    """What is not to be looked at."""


NOTHING = Expectations()


def expectations_of(table: Mapping[str, Any]) -> Expectations:
    """The expectations in a table that is known to be right: one text stands for a list of one, a number for its exact value."""
    plain = dict(table)
    if isinstance(plain.get("exact"), str):
        plain["exact"] = [plain["exact"]]
    if "number" in plain:
        told = plain["number"]
        # By its shortest digits: 0.1 is a tenth, whatever binary fraction stands for it.
        parts = told.items() if isinstance(told, Mapping) else (("value", told),)
        plain["number"] = {name: str(value) for name, value in parts}
    return msgspec.convert(plain, Expectations)


def joined(of_all: Expectations | None, own: Expectations | None) -> Expectations:
    """What is expected of one prompt's answers, where something is expected of all; what is skipped by either is skipped."""
    if of_all is None or own is None:
        return own or of_all or NOTHING
    said = {name: value for name in own.__struct_fields__ if (value := getattr(own, name)) not in (None, ())}
    skip = tuple(dict.fromkeys((*of_all.skip, *own.skip)))
    return msgspec.structs.replace(of_all, **(said | {"skip": skip}))
