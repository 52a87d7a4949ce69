"""Which suites come with hayai?

The ten tasks of the published comparison, and 75 of everyday work, enough for a verdict on quality; both in Japanese and in English. They
are read without pydantic, because a command that only uses them must start fast; a test holds that the careful reader gives the same.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

from hayai.ask.expectations import expectations_of
from hayai.ask.plan import Message, Prompt, Suite, TextPart

BUILTIN_SUITES = {"published-en": "en", "published-ja": "ja", "work-en": "en", "work-ja": "ja"}
"""Name and language of each; the file is the name, with `_` and `.toml`."""

BY_LANGUAGE = ("published", "work")
"""Each stands for the suite in the user's own language."""


def list_suites() -> tuple[str, ...]:
    """Names of the built-in suites, those that stand for one in the user's language included."""
    return (*BY_LANGUAGE, *BUILTIN_SUITES)


def builtin_text(name: str) -> str:
    """The TOML text of a built-in suite."""
    return resources.files(__package__).joinpath(f"{name.replace('-', '_')}.toml").read_text(encoding="utf-8")


def read_builtin(name: str, language: str) -> Suite | None:
    """The built-in suite called `name`; None when there is none. `language` (`ja`, `en`) decides what `published` and `work` are."""
    if name in BY_LANGUAGE:
        name = f"{name}-{'ja' if language == 'ja' else 'en'}"
    if name not in BUILTIN_SUITES:
        return None
    rows = tomllib.loads(builtin_text(name))["prompts"]
    return Suite(name=name, source=name, prompts=tuple(_prompt(row) for row in rows))


def _prompt(row: dict[str, Any]) -> Prompt:
    message = Message(role="user", parts=(TextPart(text=row["text"]),))
    return Prompt(
        id=row["id"],
        category=row["category"],
        language=row["language"],
        messages=(message,),
        max_tokens=row.get("max_tokens"),
        expect=expectations_of(row["expect"]) if "expect" in row else None,
    )
