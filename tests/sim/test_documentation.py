"""What docs/simulator.md promises, held to the code: its example is a profile, and it names all there is to name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from hayai.sim.profile import (
    AccountEntry,
    Arm,
    Cell,
    Drift,
    Fault,
    FaultKind,
    Judge,
    Lifecycle,
    ModelEntry,
    Profile,
    Tail,
    parse_profile,
    shipped_profiles,
)
from hayai.sim.script import PREFIX, Script
from hayai.sim.truth import Truth

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")
IN_THE_RESPONSE = {"request_id", "number", "operation", "model", "connection"}
"""Fields of the truth that need no word: they say which request it is."""


def test_the_example_is_a_profile() -> None:
    """It parses, with a model, an arm, a cell and a fault."""
    match = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert match
    profile = parse_profile(match[1], name="example", place="docs/simulator.md")
    assert profile.models[0].arms["standard"].prompts["web_scraping"].tokens == 1595
    assert profile.faults[0].hits(7)


@pytest.mark.parametrize("kind", [Profile, ModelEntry, Arm, Cell, Tail, Drift, Fault, AccountEntry, Lifecycle, Judge])
def test_every_key_of_a_profile_is_told(kind: type[msgspec.Struct]) -> None:
    """In the example or in a comment of it."""
    missing = [name for name in kind.__struct_fields__ if not re.search(rf"\b{name}\b", PAGE)]
    assert missing == []


def test_every_name_is_told() -> None:
    """Profiles, faults, scripts, fields of the truth, options of the command."""
    from hayai.sim.__main__ import _parser

    scripts = [PREFIX + name.replace("_", "-") for name in Script.__struct_fields__]
    options = re.findall(r"--[a-z][a-z-]+", _parser().format_help())
    fields = set(Truth.__struct_fields__) - IN_THE_RESPONSE
    names = [*shipped_profiles(), *get_args(FaultKind), *scripts, *fields, *options]
    assert [name for name in names if name not in PAGE and name != "--help"] == []
