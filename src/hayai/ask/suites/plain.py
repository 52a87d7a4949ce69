"""Which prompts need no schema? Those that are a text with at most a name and two labels, as nearly all in a file of hundreds are.

They are read here at once. Everything else is left to the schema (`prompt_schema`), mistakes above all, since it tells each with its place.
The schema takes 70 ms and 9 MB to load, before the first request, and most suites never need it.
"""

from __future__ import annotations

import re
from pathlib import Path

from hayai.ask.plan import Message, Prompt, TextPart
from hayai.ask.suites.warmup import WARMUP_ID
from hayai.errors import Problem

LONGEST_LABEL = 80
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
_PLAIN = frozenset(("id", "category", "language", "text", "prompt"))


def is_prompt_id(text: str) -> bool:
    """Letters, digits, `_`, `-`, `.` of ASCII, at most 80, not beginning with `-` or `.`: safe in the name of a file."""
    return _ID.fullmatch(text) is not None


def is_label(text: str) -> bool:
    """What a category or a language may be called: something that can be printed in one line of a table."""
    return bool(text.strip()) and text.isprintable() and len(text) <= LONGEST_LABEL


def read_prompt(fields: object, *, place: str, default_id: str, folder: Path) -> tuple[Prompt | None, list[Problem]]:
    """The prompt that `fields` describe, or every problem with them. `folder` is where images are looked for."""
    found = plain_prompt(fields, default_id)
    if found is not None:
        return found, []
    from hayai.ask.suites.prompt_schema import read_prompt as by_the_schema

    return by_the_schema(fields, place=place, default_id=default_id, folder=folder)


def plain_prompt(fields: object, default_id: str) -> Prompt | None:
    """The prompt, the same as by the schema; None where the schema must be asked."""
    if not isinstance(fields, dict) or not fields.keys() <= _PLAIN or ("text" in fields) == ("prompt" in fields):
        return None
    if not all(isinstance(value, str) and _is_whole(value) for value in fields.values()):
        return None
    text: str = fields["text"] if "text" in fields else fields["prompt"]
    name: str = fields.get("id", default_id)
    labels = [fields[key] for key in ("category", "language") if key in fields]
    if not text.strip() or not is_prompt_id(name) or name == WARMUP_ID or not all(map(is_label, labels)):
        return None
    return Prompt(
        id=name,
        messages=(Message(role="user", parts=(TextPart(text=text),)),),
        category=fields.get("category"),
        language=fields.get("language"),
    )


def _is_whole(text: str) -> bool:
    """No half of a character, which no request could carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
