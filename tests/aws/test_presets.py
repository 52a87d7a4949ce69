"""Comparisons that have a name: they list, run, and say where they come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hayai.ask.presets import presets
from hayai.aws.known import known
from hayai.cli.compare import asked_of_words
from hayai.show.locales import LANGUAGES, texts_in
from tests.aws.account import account, profile_text, shell_at
from tests.cli.shell import MEASURED, Shell, clean_environment

EVERYTHING = """
[[models]]
id = "*"
[models.arms.standard]
ttft_ms = 100
itl_ms = 5
tokens = 10
"""


@pytest.fixture
def user(tmp_path: Path) -> Shell:
    """Somebody without an account."""
    return Shell(folder=tmp_path, environment=clean_environment(tmp_path))


@pytest.mark.parametrize("name", presets())
def test_a_preset_is_a_comparison(tmp_path: Path, name: str) -> None:
    """It runs as it is against an account that has everything."""
    with account(tmp_path, profile_text("", EVERYTHING)) as running:
        user = shell_at(tmp_path, running)
        words = ("--cycles", "1", "--prompts", "cicd", "--max-tokens", "20", "--stopping", "limits")
        user.inside("compare", "--preset", name, *words, "--json", code=MEASURED)
    assert len({record.target for record in user.records()}) >= 2


@pytest.mark.parametrize("name", presets())
def test_its_words_mean_the_same(name: str) -> None:
    """What one would type instead is what it does; it has words in both languages; none of its models has ended."""
    texts = texts_in("en")
    by_name = asked_of_words(["--preset", name], texts)
    by_words = asked_of_words(presets()[name].words.split(), texts)
    assert (by_name.targets, by_name.vary, by_name.defaults) == (by_words.targets, by_words.vary, by_words.defaults)
    assert all(f"preset.{name}" in texts_in(language) for language in LANGUAGES)
    ended = {one.id for one in known().models if one.end_of_life is not None}
    assert not any(ident in target for ident in ended for target in by_name.targets)


def test_they_are_listed(user: Shell) -> None:
    """By --preset alone, with source and date, in JSON too; nothing is measured."""
    listed = user.inside("compare", "--preset", code=0).out
    assert all(name in listed for name in presets())
    assert "Source: Amazon Bedrock User Guide" in listed
    told = json.loads(user.inside("compare", "--preset", "--json", code=0).out)
    assert [one["name"] for one in told["presets"]] == list(presets())


def test_what_does_not_go_together(user: Shell) -> None:
    """An unknown name with the nearest, and targets of one's own."""
    assert "Did you mean tiers?" in user.inside("compare", "--preset", "teirs", code=2).err
    assert "brings its own targets" in user.inside("compare", "bedrock:x", "--preset", "tiers", code=2).err
    own = asked_of_words(["--preset", "tiers", "--region", "us-west-2"], texts_in("en"))
    assert own.defaults["region"] == "us-west-2"
