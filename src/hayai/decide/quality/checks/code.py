"""Is the code there, and can it be read? Parsed only, never run, and within bounds that keep a hostile answer from taking us down.

Beyond the bounds (size, nesting, depth) a block could not be checked. Python is parsed by the version that hayai runs on. YAML is composed
without building values, so that aliases stay what they are; several documents in a block are fine.
"""

from __future__ import annotations

import ast
import json
import re
import textwrap
import tomllib
import warnings
from collections.abc import Callable

from hayai.ask.expectations import CodeLanguage, Expectations
from hayai.decide.quality.checks.check import PASSED, Look, failed, in_text, unknown
from hayai.decide.quality.checks.fences import fenced_blocks
from hayai.decide.quality.checks.searches import Searches
from hayai.decide.quality.findings import Looked

LARGEST = {"python": 100_000, "json": 1_000_000, "toml": 50_000, "yaml": 20_000}
"""Characters of a block; what reads YAML takes a second for a few times as much."""
DEEPEST = 60
"""Brackets within brackets."""
NAMES: dict[str, CodeLanguage] = {
    "python": "python", "py": "python", "python3": "python", "json": "json", "toml": "toml", "yaml": "yaml", "yml": "yaml",
}  # fmt: skip
"""What a language is called behind a fence."""
_LONGEST_CHAIN = 2000
"""Operators in one line of Python: each may be a level of the tree."""
_MOST_DOTS = 300
"""In one line of TOML: reading a key of many parts takes time with the square of them."""
_CHAIN = re.compile(r"[-+~*/%&|^.@<>=,:(\[{]|\b(?:not|and|or|in|is|if|else|await|lambda)\b")


class TooMuch(Exception):
    """Beyond the bounds."""


def parse_json(text: str) -> object:
    """The value of a JSON text, without the NaN and infinities that JSON does not have. ValueError, RecursionError."""
    return json.loads(text, parse_constant=_no_constant, parse_int=_whole)


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def _whole(digits: str) -> int | float:
    """Python refuses to read very long whole numbers; as a fraction they can be anything."""
    return int(digits) if len(digits) < 400 else float(digits)


def _python(text: str) -> None:
    if any(len(_CHAIN.findall(line)) > _LONGEST_CHAIN for line in text.split("\n")):
        raise TooMuch
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # An odd escape in a stranger's text is nothing that this program's user did.
        ast.parse(textwrap.dedent(text))


def _toml(text: str) -> None:
    if any(line.count(".") > _MOST_DOTS for line in text.split("\n")):
        raise TooMuch
    tomllib.loads(text)


def _yaml(text: str) -> None:
    import yaml

    try:
        for _ in yaml.compose_all(text, yaml.SafeLoader):
            pass
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


PARSERS: dict[CodeLanguage, Callable[[str], object]] = {
    "python": _python,
    "json": parse_json,
    "toml": _toml,
    "yaml": _yaml,
}
"""What reads each language; raises SyntaxError or ValueError for what is not in it."""


def nesting(text: str) -> int:
    """How deep brackets of any kind lie in each other at the most, never too little: those in texts and comments count too."""
    depth = deepest = 0
    for sign in re.findall(r"[\[\](){}]", text):
        depth = depth + 1 if sign in "[({" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def parses(language: CodeLanguage, text: str) -> Looked:
    """Whether a text is in this language."""
    if len(text) > LARGEST[language]:
        return unknown("too_large", language)
    if nesting(text) > DEEPEST:
        return unknown("too_deep", language)
    try:
        PARSERS[language](text)
    except (RecursionError, MemoryError, TooMuch):
        return unknown("too_deep", language)
    except (SyntaxError, ValueError, IndexError, TypeError, OverflowError) as error:
        line = getattr(error, "lineno", None)
        return failed("block_broken", language if line is None else f"{language}:{line}")
    return PASSED


def code(expect: Expectations, _searches: Searches) -> Look | None:
    """A block of each language in `code` is there, and every block of these languages parses."""
    wanted = expect.code
    if not wanted:
        return None

    def look(text: str) -> Looked:
        blocks, _ = fenced_blocks(text)
        told = [(NAMES.get(block.language), block.text) for block in blocks]
        there = {language for language, _ in told}
        missing = [language for language in wanted if language not in there]
        if missing:
            return failed("block_missing", ", ".join(missing))
        looked = [parses(language, block) for language, block in told if language in wanted and language is not None]
        broken = [one for one in looked if one.outcome == "failed"]
        return next(iter(broken or [one for one in looked if one.outcome != "passed"]), PASSED)

    return in_text(look)
