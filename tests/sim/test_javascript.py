"""What the AWS SDK for JavaScript makes of the simulator: it signs with a content hash, decodes event streams its own way."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hayai.sim.process import serve_in_thread
from tests.sim.raw import HAIKU

FOLDER = Path(__file__).parent.parent / "js"

pytestmark = pytest.mark.needs_node


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A simulator that knows the key in tests/js/call.js."""
    with serve_in_thread("steady", speed=20, check_signatures={"AKIDJAVASCRIPT": "a secret of the tests"}) as server:
        yield server.url


def javascript(url: str, operation: str, model: str) -> Any:
    """What the SDK handed over."""
    done = subprocess.run(
        ["node", "--no-warnings", str(FOLDER / "call.js"), url, operation, model],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


def test_converse(url: str) -> None:
    """Text, usage and echo."""
    said = javascript(url, "converse", HAIKU)
    assert said["stopReason"] == "max_tokens"
    assert said["usage"]["outputTokens"] == 12
    assert said["performanceConfig"] == {"latency": "optimized"}
    assert len(said["text"]) > 12


def test_converse_stream(url: str) -> None:
    """Every event, in order."""
    kinds = [next(iter(event)) for event in javascript(url, "converse-stream", HAIKU)["events"]]
    assert kinds == ["messageStart", *["contentBlockDelta"] * 12, "contentBlockStop", "messageStop", "metadata"]


def test_invoke_with_response_stream(url: str) -> None:
    """Native chunks, and the echo in a header."""
    said = javascript(url, "invoke-with-response-stream", HAIKU)
    assert said["performanceConfigLatency"] == "optimized"
    assert said["chunks"][-1]["amazon-bedrock-invocationMetrics"]["outputTokenCount"] == 12


def test_errors(url: str) -> None:
    """By name and status."""
    said = javascript(url, "converse", "nothing")
    assert said == {
        "error": "ValidationException",
        "message": "The provided model identifier is invalid.",
        "status": 400,
    }
