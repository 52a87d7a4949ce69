"""What Anthropic's own SDK for Bedrock makes of the simulator: it signs every header, leaves colons alone, reads Messages streams."""

from __future__ import annotations

from collections.abc import Iterator

import anthropic
import pytest

from hayai.sim.process import serve_in_thread
from tests.sim.raw import HAIKU, PROMPT

KEYS = {"AKIDANTHROPIC": "a secret of the tests"}


@pytest.fixture(scope="module")
def client() -> Iterator[anthropic.AnthropicBedrock]:
    """A client of a simulator that checks signatures."""
    with (
        serve_in_thread("steady", speed=20, check_signatures=KEYS) as server,
        anthropic.AnthropicBedrock(
            aws_access_key="AKIDANTHROPIC",
            aws_secret_key=KEYS["AKIDANTHROPIC"],
            aws_region="us-west-2",
            base_url=server.url,
            max_retries=0,
        ) as bedrock,
    ):
        yield bedrock


def test_create(client: anthropic.AnthropicBedrock) -> None:
    """A whole message with usage."""
    message = client.messages.create(model=HAIKU, max_tokens=20, messages=[{"role": "user", "content": PROMPT}])
    assert message.content[0].type == "text"
    assert message.stop_reason == "max_tokens"
    assert message.usage.output_tokens == 20


def test_stream(client: anthropic.AnthropicBedrock) -> None:
    """The SDK's accumulator gives the message whose pieces it has seen."""
    with client.messages.stream(model=HAIKU, max_tokens=60, messages=[{"role": "user", "content": PROMPT}]) as stream:
        pieces = list(stream.text_stream)
        message = stream.get_final_message()
    assert len(pieces) == 50
    assert message.content[0].type == "text"
    assert "".join(pieces) == message.content[0].text
    assert message.stop_reason == "end_turn"
    assert message.usage.output_tokens == 50


def test_thinking_and_tools(client: anthropic.AnthropicBedrock) -> None:
    """Thinking comes as a block of its own; a tool call as JSON that the SDK parses."""
    with client.messages.stream(
        model=HAIKU,
        max_tokens=2000,
        thinking={"type": "enabled", "budget_tokens": 1024},
        messages=[{"role": "user", "content": PROMPT}],
    ) as stream:
        message = stream.get_final_message()
    assert [block.type for block in message.content] == ["thinking", "text"]
    with client.messages.stream(
        model=HAIKU,
        max_tokens=200,
        tools=[{"name": "search", "input_schema": {"type": "object", "properties": {"words": {"type": "string"}}}}],
        messages=[{"role": "user", "content": PROMPT}],
        extra_headers={"x-hayai-sim-answer": "tool_use"},
    ) as stream:
        message = stream.get_final_message()
    assert message.stop_reason == "tool_use"
    assert message.content[0].type == "tool_use"
    assert message.content[0].input == {"words": "example"}


def test_errors(client: anthropic.AnthropicBedrock) -> None:
    """Statuses become the SDK's exceptions."""
    with pytest.raises(anthropic.BadRequestError, match="The provided model identifier is invalid"):
        client.messages.create(model="nothing", max_tokens=20, messages=[{"role": "user", "content": PROMPT}])
    with pytest.raises(anthropic.RateLimitError):
        client.messages.create(
            model=HAIKU,
            max_tokens=20,
            messages=[{"role": "user", "content": PROMPT}],
            extra_headers={"x-hayai-sim-fault": "error,error=ThrottlingException"},
        )


def test_latency_mode_goes_by_header(client: anthropic.AnthropicBedrock) -> None:
    """The echo comes back in the raw response's headers."""
    raw = client.messages.with_raw_response.create(
        model=HAIKU,
        max_tokens=20,
        messages=[{"role": "user", "content": PROMPT}],
        extra_headers={"X-Amzn-Bedrock-PerformanceConfig-Latency": "optimized"},
    )
    assert raw.headers["x-amzn-bedrock-performanceconfig-latency"] == "optimized"
