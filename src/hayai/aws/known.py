"""What does hayai know of models without asking AWS? Ends of life, stand-ins, who offers which mode: dated and sourced data."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib import resources

import msgspec


class KnownModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One foundation model. Empty tuples: nothing is known, which is not the same as none."""

    id: str
    name: str
    end_of_life: date | None = None
    stand_ins: tuple[str, ...] = ()
    """Newer models for the same work, the nearest first."""
    latency_optimized: tuple[str, ...] = ()
    """Source Regions in which its inference profile takes `latency=optimized`."""
    stand_ins_optimized: tuple[str, ...] = ()
    """Models that take `latency=optimized` today."""
    tiers: tuple[str, ...] = ()
    burndown: int = 1
    """How often an output token counts against the quota of tokens."""


class Sources(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the data come from, and as of when."""

    lifecycle: str
    latency: str
    tiers: str
    burndown: str
    as_of: date


class Known(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it."""

    sources: Sources
    models: tuple[KnownModel, ...]

    def model(self, bare: str | None) -> KnownModel | None:
        """What is known of the model with this id."""
        return next((one for one in self.models if one.id == bare), None)


@cache
def known() -> Known:
    """The data that come with this hayai."""
    text = (resources.files("hayai.aws") / "known.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Known)
