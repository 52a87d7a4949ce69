"""What boto3, written by others, makes of the simulator: all four calls, its exceptions, the echo of a fallback, broken streams."""

from __future__ import annotations

import gc
import json
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import boto3
import botocore.exceptions
import pytest
import urllib3.exceptions
from botocore.config import Config

from hayai.sim.process import serve_in_thread
from hayai.sim.profile import parse_profile
from hayai.sim.truth import read_truth
from tests.sim.raw import HAIKU, PROMPT, claude_body

KEYS = {"AKIDEXAMPLE": "a secret of the tests"}
MESSAGES = [{"role": "user", "content": [{"text": PROMPT}]}]


@pytest.fixture(autouse=True)
def left_behind() -> Iterator[None]:
    """boto3 leaves the sockets of broken streams to the garbage collector, which complains; that is its own affair."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@contextmanager
def client(url: str, *, attempts: int = 1, access: dict[str, str] | None = None) -> Iterator[Any]:
    """A Bedrock Runtime client without surprises from the environment, closed at the end."""
    known = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": KEYS["AKIDEXAMPLE"]}
    config = Config(retries={"total_max_attempts": attempts, "mode": "standard"}, read_timeout=20, connect_timeout=5)
    session = boto3.Session(region_name="us-west-2", **(known | (access or {})))
    with closing(session.client("bedrock-runtime", endpoint_url=url, config=config)) as bedrock:
        yield bedrock


@pytest.fixture(scope="module")
def signed() -> Iterator[Any]:
    """A client of a simulator that checks signatures."""
    with serve_in_thread("steady", speed=20, check_signatures=KEYS) as server, client(server.url) as bedrock:
        yield bedrock


@contextmanager
def scripted(bedrock: Any, **script: str) -> Iterator[None]:
    """Send overrides with every request."""

    def add(request: Any, **_: Any) -> None:
        for name, value in script.items():
            request.headers[f"x-hayai-sim-{name.replace('_', '-')}"] = value

    bedrock.meta.events.register("before-sign.bedrock-runtime", add, unique_id="script")
    try:
        yield
    finally:
        bedrock.meta.events.unregister("before-sign.bedrock-runtime", unique_id="script")


def test_converse(signed: Any) -> None:
    """Text, stop reason, usage, latency, and the echo of what was asked for."""
    answer = signed.converse(modelId=HAIKU, messages=MESSAGES, performanceConfig={"latency": "optimized"})
    assert "Docker" in answer["output"]["message"]["content"][0]["text"]
    assert answer["stopReason"] == "end_turn"
    assert answer["usage"]["outputTokens"] == 50
    assert answer["metrics"]["latencyMs"] == 29  # (100 ms + 49 x 10 ms) / 20
    assert answer["performanceConfig"] == {"latency": "optimized"}


def test_converse_stream(signed: Any) -> None:
    """The whole stream, from messageStart to metadata."""
    events = list(signed.converse_stream(modelId=HAIKU, messages=MESSAGES, inferenceConfig={"maxTokens": 9})["stream"])
    assert events[0] == {"messageStart": {"role": "assistant"}}
    assert len([event for event in events if "contentBlockDelta" in event]) == 9
    assert events[-2] == {"messageStop": {"stopReason": "max_tokens"}}
    assert events[-1]["metadata"]["usage"]["outputTokens"] == 9


def test_invoke_model(signed: Any) -> None:
    """Body, and counts and echo in headers."""
    answer = signed.invoke_model(modelId=HAIKU, body=json.dumps(claude_body()), performanceConfigLatency="standard")
    assert answer["performanceConfigLatency"] == "standard"
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-bedrock-output-token-count"] == "50"
    assert json.loads(answer["body"].read())["usage"]["output_tokens"] == 50


def test_invoke_model_with_response_stream(signed: Any) -> None:
    """Chunks in base64, decoded by boto3; the last one with metrics."""
    answer = signed.invoke_model_with_response_stream(modelId=HAIKU, body=json.dumps(claude_body()))
    chunks = [json.loads(event["chunk"]["bytes"]) for event in answer["body"]]
    assert chunks[0]["type"] == "message_start"
    assert chunks[-1]["amazon-bedrock-invocationMetrics"]["outputTokenCount"] == 50
    assert answer["contentType"] == "application/json"


@pytest.mark.parametrize(
    "name",
    [
        "ValidationException",
        "AccessDeniedException",
        "ResourceNotFoundException",
        "ModelTimeoutException",
        "ModelErrorException",
        "ThrottlingException",
        "ModelNotReadyException",
        "InternalServerException",
        "ServiceUnavailableException",
    ],
)
def test_modelled_errors_become_boto3_s_own_exceptions(signed: Any, name: str) -> None:
    """By class and by code, with the words of the service."""
    with (
        scripted(signed, fault=f"error,error={name},message=So it is."),
        pytest.raises(getattr(signed.exceptions, name)) as raised,
    ):
        signed.converse(modelId=HAIKU, messages=MESSAGES)
    assert raised.value.response["Error"] == {"Code": name, "Message": "So it is."}
    if name == "ModelErrorException":
        assert raised.value.response["originalStatusCode"] == 500


@pytest.mark.parametrize("name", ["ThrottlingException", "ModelStreamErrorException", "InternalServerException"])
def test_errors_in_the_stream(signed: Any, name: str) -> None:
    """After two pieces the exception comes as an event, with a lower-camel code."""
    with (
        scripted(signed, fault=f"in_stream_exception,after_chunks=2,error={name},message=Enough."),
        closing(signed.converse_stream(modelId=HAIKU, messages=MESSAGES)["stream"]) as stream,
    ):
        seen: list[Any] = []
        with pytest.raises(botocore.exceptions.EventStreamError) as raised:
            seen.extend(stream)
    assert raised.value.response["Error"] == {"Code": name[0].lower() + name[1:], "Message": "Enough."}


@pytest.mark.parametrize("kind", ["close", "reset"])
def test_a_cut_connection(signed: Any, kind: str) -> None:
    """It surfaces as a broken protocol, not as an AWS error."""
    with (
        scripted(signed, fault=f"{kind},after_chunks=4"),
        closing(signed.converse_stream(modelId=HAIKU, messages=MESSAGES)["stream"]) as stream,
    ):
        pieces: list[Any] = []
        with pytest.raises((urllib3.exceptions.ProtocolError, botocore.exceptions.HTTPClientError)):
            pieces.extend(stream)


def test_fallback_to_standard_is_echoed_in_all_four_calls() -> None:
    """Optimized asked, standard given, at standard's pace: told where each call tells it."""
    text = f"""
    about = "The quota for optimized requests is one a minute."
    [[models]]
    id = "{HAIKU}"
    [models.arms.standard]
    ttft_ms = 40
    itl_ms = 0
    [models.arms.optimized]
    ttft_ms = 20
    itl_ms = 0
    requests_per_minute = 1
    """
    optimized = {"latency": "optimized"}
    with serve_in_thread(parse_profile(text, name="quota", place="quota")) as server, client(server.url) as bedrock:
        first = bedrock.converse(modelId=HAIKU, messages=MESSAGES, performanceConfig=optimized)
        assert first["performanceConfig"] == {"latency": "optimized"}
        assert first["metrics"]["latencyMs"] == 20
        second = bedrock.converse(modelId=HAIKU, messages=MESSAGES, performanceConfig=optimized)
        assert second["performanceConfig"] == {"latency": "standard"}
        assert second["metrics"]["latencyMs"] == 40
        stream = bedrock.converse_stream(modelId=HAIKU, messages=MESSAGES, performanceConfig=optimized)["stream"]
        assert list(stream)[-1]["metadata"]["performanceConfig"] == {"latency": "standard"}
        body = json.dumps(claude_body())
        whole = bedrock.invoke_model(modelId=HAIKU, body=body, performanceConfigLatency="optimized")
        assert whole["performanceConfigLatency"] == "standard"
        streamed = bedrock.invoke_model_with_response_stream(
            modelId=HAIKU, body=body, performanceConfigLatency="optimized"
        )
        assert streamed["performanceConfigLatency"] == "standard"


def test_boto3_s_own_retries_are_seen(tmp_path: Path) -> None:
    """A throttle and then success: two requests in the truth log, the second one marked as a retry."""
    text = f"""
    about = "The first request is throttled."
    models = [{{ id = "{HAIKU}", arms = {{ standard = {{ ttft_ms = 10, itl_ms = 0.01 }} }} }}]
    faults = [{{ kind = "error", request = 1, error = "ThrottlingException" }}]
    """
    log = tmp_path / "truth.jsonl"
    profile = parse_profile(text, name="x", place="x")
    with serve_in_thread(profile, truth=log) as server, client(server.url, attempts=2) as bedrock:
        answer = bedrock.converse(modelId=HAIKU, messages=MESSAGES)
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    truths = sorted(read_truth(log).values(), key=lambda truth: truth.number)
    assert [truth.status for truth in truths] == [429, 200]
    assert "attempt=1; max=2" in str(truths[0].attempt)
    assert "attempt=2; max=2" in str(truths[1].attempt)


@pytest.mark.parametrize(
    ("access", "code"),
    [
        ({"aws_access_key_id": "AKIDSTRANGER"}, "UnrecognizedClientException"),
        ({"aws_secret_access_key": "a wrong secret"}, "InvalidSignatureException"),
        ({"aws_session_token": "expired, says the test"}, "ExpiredTokenException"),
    ],
)
def test_who_may_not_call(signed: Any, access: dict[str, str], code: str) -> None:
    """Unknown key, wrong secret, expired session: 403 each, by name."""
    with (
        client(signed.meta.endpoint_url, access=access) as stranger,
        pytest.raises(botocore.exceptions.ClientError) as raised,
    ):
        stranger.converse(modelId=HAIKU, messages=MESSAGES)
    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_arn_and_session_token_are_signed_right(signed: Any) -> None:
    """Colons and the slash of an ARN are encoded twice in what is signed; so is everything else that boto3 signs."""
    arn = f"arn:aws:bedrock:us-west-2:123456789012:inference-profile/{HAIKU}"
    with client(signed.meta.endpoint_url, access={"aws_session_token": "a token that is good"}) as bedrock:
        answer = bedrock.invoke_model(
            modelId=arn, body=json.dumps(claude_body()), contentType="application/json", trace="DISABLED"
        )
        assert json.loads(answer["body"].read())["type"] == "message"


@pytest.mark.parametrize(
    ("key", "code"),
    [("a-good-key", None), ("a-bad-key", "UnrecognizedClientException"), ("expired-key", "ExpiredTokenException")],
)
def test_api_key_over_tls(monkeypatch: pytest.MonkeyPatch, key: str, code: str | None) -> None:
    """boto3 takes a Bedrock API key from the environment, wants TLS for it, and trusts the authority it is shown."""
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", key)
    with serve_in_thread("steady", speed=20, tls=True, check_signatures={"bearer": "a-good-key"}) as server:
        session = boto3.Session(region_name="us-west-2")
        trust = str(server.authority)
        with closing(session.client("bedrock-runtime", endpoint_url=server.url, verify=trust)) as bedrock:
            if code is None:
                assert len(list(bedrock.converse_stream(modelId=HAIKU, messages=MESSAGES)["stream"])) == 54
                return
            with pytest.raises(botocore.exceptions.ClientError) as raised:
                bedrock.converse(modelId=HAIKU, messages=MESSAGES)
    assert raised.value.response["Error"]["Code"] == code
