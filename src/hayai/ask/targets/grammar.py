r"""How is a target written down?

    target  = provider ":" model { "," option "=" value }

Only the first `:` splits, because model ids and ARNs hold `:` and `/`. A comma ends a value, except

* written `\,` — a run of 2n+1 backslashes before a comma is n backslashes and a comma, 2n are n backslashes and the end of the value;
  backslashes anywhere else are just backslashes, so Windows paths need no care;
* within the braces or brackets of JSON, in options that take JSON, where everything stands for itself.

White space around names and values is dropped. This file knows nothing of providers; it only needs to be told which options take JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable

import msgspec

_COMMA = re.compile(r"(\\*),")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One `option=value`. `value` is None where no `=` was written."""

    name: str
    value: str | None


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A target as it was written, split up. `provider` is None where no `:` was written."""

    provider: str | None
    model: str
    items: tuple[Item, ...]


def split_target(text: str, takes_json: Callable[[str], bool]) -> Written:
    """Splits `text` by the grammar above; any text has a reading."""
    head, comma, rest = text.partition(",")
    before, colon, after = head.partition(":")
    provider, model = (before.strip(), after.strip()) if colon else (None, before.strip())
    return Written(provider=provider, model=model, items=split_items(rest, takes_json) if comma else ())


def split_items(text: str, takes_json: Callable[[str], bool]) -> tuple[Item, ...]:
    """Splits `option=value,option=value`."""
    items: list[Item] = []
    at = 0
    while at <= len(text):
        name_ends = re.compile(r"[=,]").search(text, at)
        if name_ends is None or name_ends[0] == ",":
            end = len(text) if name_ends is None else name_ends.start()
            items.append(Item(name=text[at:end].strip(), value=None))
            at = end + 1
            continue
        name = text[at : name_ends.start()].strip()
        value, at = _take_value(text, name_ends.end(), json_value=takes_json(name))
        items.append(Item(name=name, value=value))
    return tuple(items)


def split_values(text: str, *, json_values: bool) -> tuple[str, ...]:
    """Splits the values of `--vary option=value,value`; the same commas as in a target."""
    values: list[str] = []
    at = 0
    while at <= len(text):
        value, at = _take_value(text, at, json_value=json_values)
        values.append(value)
    return tuple(values)


def _take_value(text: str, start: int, *, json_value: bool) -> tuple[str, int]:
    """The value that begins at `start`, and where the next item begins (beyond the end: there is none)."""
    verbatim_until = _json_end(text, start) if json_value else start
    for comma in _COMMA.finditer(text, verbatim_until):
        if len(comma[1]) % 2 == 0:
            end = comma.end() - 1
            return _finish(text, start, verbatim_until, end, ends_at_comma=True), comma.end()
    return _finish(text, start, verbatim_until, len(text), ends_at_comma=False), len(text) + 1


def _finish(text: str, start: int, verbatim_until: int, end: int, *, ends_at_comma: bool) -> str:
    tail = text[verbatim_until : end + ends_at_comma]
    plain = unescape(tail)
    return (text[start:verbatim_until] + (plain[:-1] if ends_at_comma else plain)).strip()


def unescape(text: str) -> str:
    """Halves the run of backslashes before each comma."""
    return _COMMA.sub(lambda run: "\\" * (len(run[1]) // 2) + ",", text)


def _json_end(text: str, start: int) -> int:
    """Where the JSON object or list that begins at `start` is closed; `start` itself when none begins or it is never closed."""
    at = start
    while at < len(text) and text[at].isspace():
        at += 1
    if at == len(text) or text[at] not in "{[":
        return start
    depth, in_string, escaped = 0, False, False
    for here in range(at, len(text)):
        char = text[here]
        if in_string:
            in_string = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            in_string = True
        elif char in "{[":
            depth += 1
        elif char in "}]":
            depth -= 1
            if depth == 0:
                return here + 1
    return start


def format_value(value: object) -> str:
    """An option's value as it is written in a target: the inverse of reading it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    return _COMMA.sub(lambda run: run[1] * 2 + "\\,", str(value))


def format_target(provider: str, model: str, options: Iterable[tuple[str, object]]) -> str:
    """A target as a user would type it (before quoting for a shell)."""
    return join_items(f"{provider}:{model}", options)


def join_items(head: str, options: Iterable[tuple[str, object]]) -> str:
    """`head` and the options behind it, separated by commas."""
    return ",".join([head, *_closed([f"{name}={format_value(value)}" for name, value in options])])


def format_vary(option: str, values: Iterable[object]) -> str:
    """A `--vary` as a user would type it."""
    return f"{option}={','.join(_closed([format_value(value) for value in values]))}"


def _closed(texts: list[str]) -> list[str]:
    """All but the last get ready to be followed by a comma: backslashes at their end are doubled."""
    return [text + "\\" * (len(text) - len(text.rstrip("\\"))) for text in texts[:-1]] + texts[-1:]
