"""Which comparisons have a name? Data with dates and sources, for who wants today's stand-in and not a model id."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib import resources

import msgspec

from hayai.ask.suggest import unknown_word
from hayai.errors import UsageError


class Preset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of them, in the words of a command line. `region` stands where the user names none."""

    name: str
    targets: tuple[str, ...]
    source: str
    as_of: date
    vary: tuple[str, ...] = ()
    region: str | None = None

    @property
    def words(self) -> str:
        """What one would type instead."""
        more = [*(f"--vary {axis}" for axis in self.vary), *([f"--region {self.region}"] if self.region else [])]
        return " ".join((*self.targets, *more))


class _Presets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    presets: tuple[Preset, ...]


@cache
def presets() -> dict[str, Preset]:
    """All of them, by name."""
    text = resources.files("hayai.ask").joinpath("presets.toml").read_text(encoding="utf-8")
    return {one.name: one for one in msgspec.convert(tomllib.loads(text), _Presets).presets}


def read_preset(name: str) -> Preset:
    """The preset of this name. Raises UsageError with those there are."""
    found = presets().get(name)
    if found is None:
        raise UsageError(unknown_word("--preset", "rules.unknown_preset", name, presets()))
    return found
