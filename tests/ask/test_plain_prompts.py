"""The short way to a prompt: wherever it is taken it leads to what the schema says, and mistakes never take it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.suites.plain import plain_prompt
from hayai.ask.suites.prompt_schema import read_prompt as by_the_schema
from hayai.ask.suites.warmup import WARMUP_ID

VALUES = st.one_of(
    st.sampled_from(["p1", "", " ", "-x", "a b", "速い", "a\nb", WARMUP_ID, "x" * 81, "\ud800", "\u202e", "en"]),
    st.text(max_size=5),
    st.none(),
    st.integers(),
    st.lists(st.text(max_size=2), max_size=1),
)
KEYS = st.sampled_from(["id", "category", "language", "text", "prompt", "system", "max_tokens", "Text", "other"])


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_the_short_way_leads_where_the_schema_leads(fields: dict[str, Any]) -> None:
    """For any fields: the same prompt without any problem, or the schema is asked."""
    found = plain_prompt(fields, "p01")
    if found is not None:
        assert by_the_schema(fields, place="here", default_id="p01", folder=Path()) == (found, [])


@pytest.mark.parametrize(
    "fields", [{"text": "a"}, {"id": "x", "prompt": "a b"}, {"text": "速い", "category": "c", "language": "ja"}]
)
def test_what_is_plain_takes_the_short_way(fields: dict[str, Any]) -> None:
    """A text, with at most a name and two labels."""
    assert plain_prompt(fields, "p01") is not None


def test_a_plain_suite_loads_without_the_schema(tmp_path: Path) -> None:
    """Hundreds of prompts in a file cost no more to begin with than a built-in suite."""
    suite = tmp_path / "suite.jsonl"
    suite.write_text("".join(f'{{"id": "p{number}", "text": "Say {number}"}}\n' for number in range(200)))
    code = (
        "import sys; from hayai.ask.suites.read import read_suite; "
        f"assert len(read_suite({str(suite)!r}).prompts) == 200; print('pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
