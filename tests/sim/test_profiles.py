"""What profiles promise: those that are shipped can be read, and of one that cannot every mistake is told at once, with its place."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from hayai.errors import UsageError
from hayai.show.locales import LANGUAGES, texts_in
from hayai.sim.answers.topics import TOPICS
from hayai.sim.profile import parse_profile, read_profile, shipped_profiles

PUBLISHED = Path(__file__).parent.parent / "data" / "published_measurements.csv"


@pytest.mark.parametrize("name", shipped_profiles())
def test_shipped_profiles_can_be_read(name: str) -> None:
    """By name; and each says what it is."""
    profile = read_profile(name)
    assert profile.name == name
    assert len(profile.about) > 20


def test_which_are_shipped() -> None:
    """Their names are part of the interface."""
    assert shipped_profiles() == ("aws-blog-2025", "faulty", "judging", "published-2024", "selfcheck", "steady")


def test_the_published_profile_holds_the_published_numbers() -> None:
    """All thirty cells: tokens, seconds and region, under topics that prompts are recognised by."""
    haiku_3, haiku_35 = read_profile("published-2024").models
    arms = {
        "claude-3-haiku": haiku_3.arms["standard"],
        "claude-3-5-haiku": haiku_35.arms["standard"],
        "claude-3-5-haiku-optimized": haiku_35.arms["optimized"],
    }
    with PUBLISHED.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 30
    for row in rows:
        cell = arms[row["target"]].prompts[row["prompt_id"]]
        expected = (int(row["output_tokens"]), float(row["response_time_s"]), row["serving_region"])
        assert (cell.tokens, cell.total_s, cell.region) == expected
    assert {row["prompt_id"] for row in rows} == set(arms["claude-3-haiku"].prompts) <= set(TOPICS)
    assert sum(len(arm.prompts) for arm in arms.values()) == 30


def test_all_mistakes_are_told_at_once() -> None:
    """Unknown and missing keys, values of wrong kind or range, in any depth; each with its place."""
    text = """
    about = 3
    sped = 2.0
    [[models]]
    id = "*"
    [models.arms.standard]
    ttft_ms = -3
    tokens_per_chunk = [0]
    tail = { chance = 2, median_ms = 1 }
    [models.arms.fast]
    ttft_ms = 1
    itl_ms = 1
    [[models]]
    id = "us.amazon.nova-pro-v1:0"
    arms = { optimized = { ttft_ms = 1, itl_ms = 1 } }
    [[models]]
    id = "us.example.brand-new"
    arms = { standard = { ttft_ms = 1, itl_ms = 1 } }
    [[faults]]
    kind = "explode"
    [[faults]]
    kind = "reset"
    """
    with pytest.raises(UsageError) as raised:
        parse_profile(text, name="x", place="x.toml")
    told = {problem.place.removeprefix("x.toml."): problem.key for problem in raised.value.problems}
    assert told == {
        "about": "sim.profile_bad_value",
        "sped": "sim.profile_unknown_key",
        "models[0].arms.standard.ttft_ms": "sim.profile_bad_value",
        "models[0].arms.standard.itl_ms": "sim.profile_missing_key",
        "models[0].arms.standard.tokens_per_chunk": "sim.profile_bad_value",
        "models[0].arms.standard.tail.chance": "sim.profile_bad_value",
        "models[0].arms.fast": "sim.profile_bad_value",
        "models[1]": "sim.profile_bad_value",
        "models[2]": "sim.profile_bad_value",
        "faults[0].kind": "sim.profile_bad_value",
        "faults[1]": "sim.profile_bad_value",
    }
    suggestion = next(problem.values for problem in raised.value.problems if problem.key == "sim.profile_unknown_key")
    assert suggestion == {"close": "speed"}
    for language in LANGUAGES:
        for problem in raised.value.problems:
            assert texts_in(language)(problem.key, **problem.values)


@pytest.mark.parametrize(
    "text", ["", "models = []", "about = 'x'\nmodels = []", "models = 3", "models = [3]", "about = 'x'\ndrift = 1"]
)
def test_profiles_that_are_hardly_any(text: str) -> None:
    """Always a UsageError, never another exception."""
    with pytest.raises(UsageError):
        parse_profile(text, name="x", place="x")


def test_files(tmp_path: Path) -> None:
    """A path is read; its name is the profile's; what is no TOML, not there, or an unknown name is told."""
    path = tmp_path / "mine.toml"
    path.write_text(
        'about = "Mine."\nmodels = [{ id = "*", arms = { standard = { ttft_ms = 1, itl_ms = 1 } } }]', encoding="utf-8"
    )
    assert read_profile(path).name == read_profile(str(path)).name == "mine"
    keys = []
    path.write_bytes(b"\xff = 1")
    for name in (path, tmp_path / "none.toml", tmp_path, "stedy"):
        with pytest.raises(UsageError) as raised:
            read_profile(name)
        keys.append(raised.value.problems[0].key)
    path.write_text("about = ", encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        read_profile(path)
    keys.append(raised.value.problems[0].key)
    unreadable = "sim.profile_unreadable"
    assert keys == [unreadable, unreadable, unreadable, "sim.profile_unknown", "sim.profile_not_toml"]
