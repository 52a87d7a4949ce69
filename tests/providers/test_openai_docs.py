"""The page about OpenAI-compatible targets tells what is there: every option, and examples that can be typed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from hayai.ask.targets.parse import parse_target
from hayai.measure.providers.registry import PROVIDERS

PAGE = (Path(__file__).parent.parent.parent / "docs" / "openai.md").read_text(encoding="utf-8")
OPENAI = PROVIDERS["openai"]
SCHEMAS = {name: provider.OPTIONS for name, provider in PROVIDERS.items()}
EXAMPLES = [f"openai:m,{example}" for example in re.findall(r"^    ((?:extra=|header\.).+)$", PAGE, re.MULTILINE)]
TARGETS = [target for target in re.findall(r"\bopenai:[^\s`]+", PAGE) if "…" not in target]


def test_every_option_is_on_the_page() -> None:
    """The table lists what a target may set, no more and no less."""
    table = PAGE.partition("## Options")[2].partition("###")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    named = {name.replace("header.NAME", "header.") for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert named == set(OPENAI.OPTIONS)


def test_there_are_examples() -> None:
    """The next test has something to try."""
    assert len(EXAMPLES) >= 4
    assert len(TARGETS) >= 6


@pytest.mark.parametrize("typed", [*EXAMPLES, *TARGETS])
def test_the_examples_can_be_typed(typed: str, tmp_path: Path) -> None:
    """As a shell would hand them over."""
    target, problems = parse_target(typed, SCHEMAS, place="here", folder=tmp_path)
    assert not problems
    assert target is not None
    assert OPENAI.validate(target) == []


def test_a_key_needs_nothing_of_aws() -> None:
    """botocore is slow to load; a target that wants a key, or none, does without it."""
    code = (
        "import sys; from hayai.measure.net.access import OPENERS; from hayai.ask.plan import Target;"
        "OPENERS['api_key'](Target(name='A', provider='openai', model='m', options={'base_url': 'http://127.0.0.1:8000/v1'}));"
        "import hayai.measure.agent; print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert not {"botocore", "pydantic", "yaml", "rich", "numpy"} & {name.split(".")[0] for name in loaded.split()}
