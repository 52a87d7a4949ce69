"""boto3 reads the same from the same bytes: AWS's own client takes the transcripts for Bedrock, and hayai misses nothing in them."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from hayai.measure.providers.bedrock_options import api_of
from hayai.measure.providers.contract import Completed, Failed, Reasoning, Served, ServiceTime, Stop, Text, UsageReport
from tests.providers import boto
from tests.providers.bedrock_transcripts import TRANSCRIPTS, Transcript
from tests.providers.test_bedrock_transcripts import pieces_in

T = TypeVar("T")
CALLS = {
    "converse-stream": "converse_stream",
    "converse": "converse",
    "invoke-stream": "invoke_model_with_response_stream",
    "invoke": "invoke_model",
}


@contextmanager
def served(response: bytes) -> Iterator[str]:
    """The address of a server that answers one request with these bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_answer_once, args=(listener, response))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(10)


def _answer_once(listener: socket.socket, response: bytes) -> None:
    listener.settimeout(10)
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(10)
        request = connection.makefile("rb")
        length = 0
        while (line := request.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        request.read(length)
        connection.sendall(response)


@contextmanager
def asked(transcript: Transcript) -> Iterator[Any]:
    """What boto3 returns for the transcript's call, without retries; its connection is closed at the end."""
    session = boto3.session.Session(aws_access_key_id=boto.ACCESS_KEY, aws_secret_access_key=boto.SECRET_KEY)
    config = Config(retries={"total_max_attempts": 1}, read_timeout=10)
    call = CALLS[api_of(transcript.target)]
    arguments: dict[str, Any] = {"body": b"{}"}
    if call.startswith("converse"):
        arguments = {"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}
    with served(transcript.response) as endpoint:
        client = session.client("bedrock-runtime", region_name="us-east-2", endpoint_url=endpoint, config=config)
        answer: dict[str, Any] = {}
        try:
            answer = getattr(client, call)(modelId=transcript.model, **arguments)
            yield answer
        finally:
            for part in ("stream", "body"):
                if part in answer:
                    answer[part].close()
            client.close()


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    boto.without_aws_settings(monkeypatch, tmp_path)


def named(*names: str) -> pytest.MarkDecorator:
    """These transcripts."""
    found = [transcript for transcript in TRANSCRIPTS if transcript.name in names]
    assert len(found) == len(names)
    return pytest.mark.parametrize("transcript", found, ids=lambda transcript: transcript.name)


def joined(transcript: Transcript, kind: type[Text | Reasoning]) -> str:
    """All the text of one kind that hayai reads."""
    pieces = pieces_in([transcript.response], transcript.target)
    return "".join(piece.text for piece in pieces if isinstance(piece, kind))


def last(transcript: Transcript, kind: type[T]) -> T:
    """The last piece of one kind that hayai reads."""
    return [piece for piece in pieces_in([transcript.response], transcript.target) if isinstance(piece, kind)][-1]


def assert_same_end(transcript: Transcript, told: Any, stop: str) -> None:
    """Usage, latency, mode, tier and stop reason are what boto3 found in `told`."""
    usage, served_as = last(transcript, UsageReport), last(transcript, Served)
    assert told["usage"]["inputTokens"] == usage.input_tokens
    assert told["usage"]["outputTokens"] == usage.output_tokens
    assert told["usage"].get("cacheReadInputTokens") == usage.cache_read_tokens
    assert told["usage"].get("cacheWriteInputTokens") == usage.cache_write_tokens
    assert told["metrics"]["latencyMs"] * 1_000_000 == last(transcript, ServiceTime).total_ns
    assert told.get("performanceConfig", {}).get("latency") == served_as.latency
    assert told.get("serviceTier", {}).get("type") == served_as.tier
    assert stop == last(transcript, Stop).reason
    assert last(transcript, Completed)


@named("converse_stream_text", "converse_stream_reasoning_and_tools")
def test_a_stream_of_converse(transcript: Transcript) -> None:
    """Text, reasoning, usage, latency, what was served, why it ended."""
    with asked(transcript) as answer:
        events = list(answer["stream"])
    deltas = [event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event]
    assert "".join(delta.get("text", "") for delta in deltas) == joined(transcript, Text)
    reasoning = "".join(delta.get("reasoningContent", {}).get("text", "") for delta in deltas)
    assert reasoning == joined(transcript, Reasoning)
    stop = next(event["messageStop"]["stopReason"] for event in events if "messageStop" in event)
    assert_same_end(transcript, events[-1]["metadata"], stop)


@named("converse")
def test_an_answer_of_converse(transcript: Transcript) -> None:
    """The same from one body."""
    with asked(transcript) as answer:
        content = answer["output"]["message"]["content"]
    assert "".join(block.get("text", "") for block in content) == joined(transcript, Text)
    assert content[0]["reasoningContent"]["reasoningText"]["text"] == joined(transcript, Reasoning)
    assert_same_end(transcript, answer, answer["stopReason"])


@named("invoke_stream_claude", "invoke_stream_nova")
def test_a_stream_of_invoke(transcript: Transcript) -> None:
    """The model's own chunks come out of their wrapping, the last one with the metrics; the served mode is in the head."""
    with asked(transcript) as answer:
        chunks = [json.loads(event["chunk"]["bytes"]) for event in answer["body"]]
    claude = [chunk.get("delta", {}).get("text", "") for chunk in chunks]
    nova = [chunk.get("contentBlockDelta", {}).get("delta", {}).get("text", "") for chunk in chunks]
    assert "".join(claude + nova) == joined(transcript, Text)
    metrics = chunks[-1]["amazon-bedrock-invocationMetrics"]
    assert metrics["firstByteLatency"] * 1_000_000 == last(transcript, ServiceTime).first_byte_ns
    assert metrics["outputTokenCount"] == last(transcript, UsageReport).output_tokens
    pieces = pieces_in([transcript.response], transcript.target)
    modes = [piece.latency for piece in pieces if isinstance(piece, Served)]
    assert (
        [answer["performanceConfigLatency"]] * len(modes) == modes
        if modes
        else "performanceConfigLatency" not in answer
    )


@named("invoke_claude", "invoke_nova")
def test_an_answer_of_invoke(transcript: Transcript) -> None:
    """The body is the model's own; tier and counts are in the head."""
    with asked(transcript) as answer:
        body = json.loads(answer["body"].read())
    content = body["content"] if "content" in body else body["output"]["message"]["content"]
    assert "".join(block.get("text", "") for block in content) == joined(transcript, Text)
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    if transcript.name == "invoke_claude":
        assert answer["serviceTier"] == last(transcript, Served).tier
        assert int(headers["x-amzn-bedrock-output-token-count"]) == last(transcript, UsageReport).output_tokens


REFUSED = [transcript.name for transcript in TRANSCRIPTS if transcript.name.startswith("refused_")]


@named(*REFUSED)
def test_a_refusal(transcript: Transcript) -> None:
    """The same name and, but for what hayai blanks, the same words."""
    with pytest.raises(ClientError) as raised, asked(transcript):
        pass
    failure = last(transcript, Failed).failure
    assert raised.value.response["Error"]["Code"] == failure.code.removeprefix("http_")
    if not failure.code.startswith("http_"):
        words = raised.value.response["Error"]["Message"]
        assert words.replace("123456789012", "************") == failure.message


@named("converse_stream_throttled_midway", "converse_stream_model_error", "invoke_stream_timed_out")
def test_an_exception_inside_a_stream(transcript: Transcript) -> None:
    """boto3 keeps the spelling of the stream, hayai the exception's own."""
    with asked(transcript) as answer:
        events = answer["stream" if "stream" in answer else "body"]
        with pytest.raises(EventStreamError) as raised:
            list(events)
    failure = last(transcript, Failed).failure
    code = raised.value.response["Error"]["Code"]
    assert code[:1].upper() + code[1:] == failure.code
    assert failure.message.startswith(raised.value.response["Error"]["Message"])
