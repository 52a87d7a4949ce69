"""The pages on suites and configuration: their examples work, and they leave nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hayai.ask.config import read_config
from hayai.ask.config.schema import RunFields, TimeoutFields
from hayai.ask.expect_schema import ExpectFields
from hayai.ask.suites.builtin import list_suites
from hayai.ask.suites.formats import FORMATS
from hayai.ask.suites.prompt_schema import MessageFields, PartFields, PromptFields, ToolFields
from hayai.ask.suites.read import read_suite
from hayai.ask.targets import resolve_targets
from hayai.measure.providers.registry import PROVIDERS

DOCS = Path(__file__).parents[2] / "docs"


def _blocks(page: str) -> list[str]:
    return re.findall(r"^```toml\n(.*?)^```$", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def _unsaid(page: str, words: set[str]) -> set[str]:
    """Those of `words` that stand in no code of the page's prose and tables."""
    prose = re.sub(r"^```.*?^```$", "", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return words - set(re.findall(r"[\w.-]+", " ".join(re.findall(r"`([^`]+)`", prose))))


@pytest.mark.parametrize("block", _blocks("suites.md"))
def test_the_suites_on_the_page_can_be_read(block: str, tmp_path: Path) -> None:
    """As they stand there."""
    (tmp_path / "a.toml").write_text(block, encoding="utf-8")
    assert read_suite(str(tmp_path / "a.toml")).prompts


@pytest.mark.parametrize("block", _blocks("config.md"))
def test_the_configurations_on_the_page_can_be_run(block: str, tmp_path: Path) -> None:
    """As they stand there, with the real providers."""
    (tmp_path / "a.toml").write_text(block, encoding="utf-8")
    config = read_config(tmp_path / "a.toml")
    schemas = {name: provider.OPTIONS for name, provider in PROVIDERS.items()}
    assert len(resolve_targets(config.targets, config.vary, schemas)) in {2, 4}


def test_the_pages_name_every_key() -> None:
    """Also after somebody adds one."""
    keys = {
        field.alias or name
        for model in (PromptFields, ExpectFields, MessageFields, PartFields, ToolFields)
        for name, field in model.model_fields.items()
    }
    assert _unsaid("suites.md", keys | set(list_suites()) | set(FORMATS)) == set()
    assert (
        _unsaid("config.md", set(RunFields.model_fields) | set(TimeoutFields.model_fields) | {"like", "name"}) == set()
    )
