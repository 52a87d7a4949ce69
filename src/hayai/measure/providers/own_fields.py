"""What did the user add by hand, and can it be sent? `header.X=`, `extra=` and `stop=`, which every provider takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hayai.ask.plan import Target
from hayai.errors import Problem

_HEADER_PREFIX = "header."
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?|")
_HEADERS_NOT_FOR_USERS = frozenset(
    {"host", "date", "content-length", "authorization", "transfer-encoding", "connection", "expect", "upgrade", "te", "trailer"}
)  # fmt: skip


def headers_for(target: Target) -> dict[str, str]:
    """The user's own headers (`header.X=`), by name as written."""
    return {
        name.removeprefix(_HEADER_PREFIX): str(value)
        for name, value in target.options.items()
        if name.startswith(_HEADER_PREFIX)
    }


def extra_for(target: Target) -> dict[str, Any]:
    """The user's own body fields (`extra=`)."""
    extra: dict[str, Any] = target.options.get("extra", {})
    return extra


def merged(body: dict[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """`extra` laid over `body`: objects are merged key by key at every depth, anything else (lists too) is replaced by `extra`'s."""
    whole = dict(body)
    for key, value in extra.items():
        below = whole.get(key)
        whole[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return whole


def header_problems(target: Target) -> list[Problem]:
    """Headers of the user's own that cannot go out, or that only the connection or the signature may set."""
    problems = []
    for name, value in headers_for(target).items():
        if not _HEADER_NAME.fullmatch(name):
            problems.append(problem(target, "header_name", header=name))
        elif name.lower() in _HEADERS_NOT_FOR_USERS or name.lower().startswith("x-amz-"):
            problems.append(problem(target, "header_reserved", header=name))
        elif not _HEADER_VALUE.fullmatch(value):
            problems.append(problem(target, "header_value", header=name))
    return problems


def with_own(headers: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """`own` headers win over ours of the same name, whatever the case of either."""
    names = {name.lower() for name in own}
    return {name: value for name, value in headers.items() if name.lower() not in names} | dict(own)


def shape_problems(target: Target) -> list[Problem]:
    """`stop=` and `extra=` that are JSON, but not of the kind that is needed."""
    problems = []
    stop, extra = target.options.get("stop", []), target.options.get("extra", {})
    if not isinstance(stop, list) or not all(isinstance(word, str) and word for word in stop):
        problems.append(problem(target, "stop_not_list"))
    if not isinstance(extra, dict):
        problems.append(problem(target, "extra_not_object"))
    return problems


def problem(target: Target, key: str, **values: object) -> Problem:
    """A problem of this target, in the words `providers.<key>`."""
    return Problem(place=target.name, key=f"providers.{key}", values=values)
