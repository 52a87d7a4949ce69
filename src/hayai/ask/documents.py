"""What stands in this file?

Reading the files that users write: bytes to text (UTF-8, with or without a byte order mark), text to tables (TOML, YAML). What is
wrong with a file as a file is told here, with its line; what it says is judged elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

from hayai.errors import Problem, UsageError

LARGEST_FILE = 64 << 20
"""Bytes; far above any suite, far below what would hurt."""


def read_text(path: Path, *, place: str) -> str:
    """The text of a file. Raises `UsageError` at `place` when it is missing, unreadable, too big or not UTF-8."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise UsageError(Problem(place=place, key="file.missing", values={"path": str(path)})) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(Problem(place=place, key="file.unreadable", values={"reason": reason})) from None
    return decode(data, place=place)


def decode(data: bytes, *, place: str) -> str:
    """UTF-8 bytes as text, without byte order mark and carriage returns. Raises `UsageError` at `place`."""
    if len(data) > LARGEST_FILE:
        raise UsageError(Problem(place=place, key="file.too_big", values={"limit": LARGEST_FILE >> 20}))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(Problem(place=f"{place} line {line}", key="file.not_utf8")) from None
    return text.replace("\r\n", "\n")


def parse_toml(text: str, *, place: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises `UsageError` at the line that breaks the syntax."""
    import tomllib

    try:
        return tomllib.loads(text)
    # TOMLDecodeError is a ValueError; so are over-long numbers and impossible dates.
    except (ValueError, RecursionError) as error:
        reason = _reason(error)
        line = re.search(r" ?\(at line (\d+), column \d+\)", reason)
        at_end = " (at end of document)" in reason
        reason = reason.replace(line[0], "") if line else reason.replace(" (at end of document)", "")
        number = line[1] if line else str(text.count("\n") + 1) if at_end else None
        raise _syntax(place, "TOML", reason, number) from None


def parse_yaml(text: str, *, place: str) -> object:
    """The value of a YAML text (plain data only; a key twice is an error). Raises `UsageError` at the line that breaks the syntax."""
    import yaml

    class Loader(yaml.SafeLoader):
        """Plain data, and no key twice: YAML would silently let the last one win."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 (its signature)
            seen = set()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key.value!r} is there twice", key.start_mark
                    )
                seen.add(key.value if isinstance(key, yaml.ScalarNode) else None)
            return super().construct_mapping(node, deep=deep)

    try:
        return yaml.load(text, Loader)  # noqa: S506 (a subclass of SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _syntax(
            place, "YAML", error.problem or str(error), None if mark is None else str(mark.line + 1)
        ) from None
    except yaml.reader.ReaderError as error:
        number = str(text.count("\n", 0, error.position) + 1)
        raise _syntax(place, "YAML", str(error.reason), number) from None
    except (yaml.YAMLError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise _syntax(place, "YAML", _reason(error), None) from None


def _reason(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _syntax(place: str, language: str, reason: str, line: str | None) -> UsageError:
    where = place if line is None else f"{place} line {line}"
    return UsageError(Problem(place=where, key="file.syntax", values={"language": language, "reason": reason}))
