"""The page about Bedrock targets tells what is there: every option, and examples that can be typed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from hayai.ask.targets.parse import parse_target
from hayai.measure.providers.registry import PROVIDERS

PAGE = (Path(__file__).parent.parent.parent / "docs" / "bedrock.md").read_text(encoding="utf-8")
BEDROCK = PROVIDERS["bedrock"]
SCHEMAS = {name: provider.OPTIONS for name, provider in PROVIDERS.items()}
EXAMPLES = re.findall(r"^    ((?:extra=|header\.).+)$", PAGE, re.MULTILINE)


def test_every_option_is_on_the_page() -> None:
    """The table lists what a target may set, no more and no less."""
    table = PAGE.partition("## Options")[2].partition("###")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    named = {name.replace("header.NAME", "header.") for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert named == set(BEDROCK.OPTIONS)


def test_there_are_examples() -> None:
    """The next test has something to try."""
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_can_be_typed(example: str, tmp_path: Path) -> None:
    """Behind a model, as a shell would hand them over."""
    model = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
    target, problems = parse_target(f"bedrock:{model},{example}", SCHEMAS, place="here", folder=tmp_path)
    assert not problems
    assert target is not None
    assert BEDROCK.validate(target) == []


def test_speaking_needs_nothing_heavy() -> None:
    """The measuring agent loads the providers and the credentials at its start: botocore comes with the first signature, the rest never."""
    code = "import sys, hayai.measure.providers.registry, hayai.measure.net.credentials; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert not {"botocore", "pydantic", "yaml", "rich", "numpy", "asyncio"} & {
        name.split(".")[0] for name in loaded.split()
    }
