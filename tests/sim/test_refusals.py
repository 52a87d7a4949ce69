"""What the simulator promises when it says no: Bedrock's status, error name and words, before anything else happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hayai.sim.process import serve_in_thread
from hayai.sim.profile import parse_profile
from hayai.sim.refusals import STATUS
from hayai.sim.truth import read_truth
from tests.sim.raw import HAIKU, NOVA, Answer, call, claude_body, converse_body, nova_body

HAIKU_3 = "us.anthropic.claude-3-haiku-20240307-v1:0"
OPTIMIZED = {"performanceConfig": {"latency": "optimized"}}


def told(answer: Answer) -> tuple[int, str, str]:
    """Status, error name and words."""
    return answer.status, answer.headers["x-amzn-errortype"].split(":")[0], answer.json["message"]


def refused(url: str, model: str, **more: object) -> tuple[int, str, str]:
    """What a Converse call is told."""
    return told(call(url, "converse", model, converse_body(**more)))


def test_unknown_models(steady: str) -> None:
    """An id that nobody has, a profile that does not contain the model, an ARN of nothing."""
    words = (400, "ValidationException", "The provided model identifier is invalid.")
    assert refused(steady, "anthropic.claude-99") == words
    assert refused(steady, "jp.anthropic.claude-3-5-haiku-20241022-v1:0") == words
    assert refused(steady, "arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aapplication-inference-profile%2Fx") == words


def test_a_model_that_needs_a_profile(steady: str) -> None:
    """The words with their curly apostrophe, in UTF-8."""
    status, name, words = refused(steady, "anthropic.claude-haiku-4-5-20251001-v1:0")
    assert (status, name) == (400, "ValidationException")
    assert words.startswith(
        "Invocation of model ID anthropic.claude-haiku-4-5-20251001-v1:0 with on-demand throughput isn’t supported."
    )


@pytest.mark.parametrize("model", [HAIKU_3, "amazon.nova-pro-v1:0"])
def test_latency_mode_where_there_is_none(steady: str, model: str) -> None:
    """Claude 3 Haiku has no optimized mode, and Nova Pro only through a profile."""
    words = f"Latency performance configuration is not supported for {model} in us-west-2"
    assert refused(steady, model, **OPTIMIZED) == (400, "ValidationException", words)
    header = {"X-Amzn-Bedrock-PerformanceConfig-Latency": "optimized"}
    body = claude_body() if "claude" in model else nova_body()
    assert told(call(steady, "invoke", model, body, header)) == (400, "ValidationException", words)


def test_bad_values(steady: str) -> None:
    """Latency and tier that do not exist, a tier nobody reserved or the model lacks, more tokens than the model gives."""
    assert refused(steady, HAIKU, performanceConfig={"latency": "fast"})[2].endswith(
        "Member must satisfy enum value set: [optimized, standard]"
    )
    assert refused(steady, NOVA, serviceTier={"type": "gold"})[2] == "service tier provided is invalid"
    assert refused(steady, HAIKU, serviceTier={"type": "flex"})[2] == "service tier provided is invalid"
    assert refused(steady, NOVA, serviceTier={"type": "reserved"})[2] == "Reservation not found."
    assert refused(steady, HAIKU, inferenceConfig={"maxTokens": 8193})[2].startswith(
        "The maximum tokens you requested exceeds the model limit of 8192"
    )


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff"])
def test_bodies_that_are_no_json_object(steady: str, body: bytes) -> None:
    """All of them are malformed, none breaks the server."""
    for operation in ("converse", "converse-stream", "invoke", "invoke-with-response-stream"):
        status, name, words = told(call(steady, operation, HAIKU, body))
        assert (status, name) == (400, "ValidationException")
        assert words.startswith("Malformed input request")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"messages": []},
        {"messages": "hello"},
        {"messages": [1, None, {"role": "user", "content": 7}], "inferenceConfig": [], "toolConfig": {"tools": {}}},
        {"messages": [{"role": "user", "content": [{"text": "x"}]}], "inferenceConfig": {"maxTokens": "many"}},
        {"messages": [{"role": "user", "content": [{"text": "x"}]}], "performanceConfig": "optimized"},
        {"messages": [{"role": "user", "content": [{"text": "x"}]}], "performanceConfig": {"latency": ["optimized"]}},
        {"messages": [{"role": "user", "content": [{"text": "x"}]}], "serviceTier": {"type": {}}},
    ],
)
def test_odd_bodies_are_answered_somehow(steady: str, body: object) -> None:
    """Whatever JSON comes, the answer is HTTP: a success or a refusal, never a broken connection."""
    assert call(steady, "converse", HAIKU, body).status in {200, 400}


def test_settings_in_an_invoke_body(steady: str) -> None:
    """performanceConfig belongs into a header there."""
    words = "Malformed input request: #: extraneous key [performanceConfig] is not permitted, please reformat your input and try again."
    answer = call(steady, "invoke", HAIKU, claude_body(**OPTIMIZED))
    assert told(answer) == (400, "ValidationException", words)


def test_claude_insists_on_its_keys_but_not_on_a_version(steady: str) -> None:
    """SDKs send other versions than the documentation's; max_tokens must be there."""
    assert call(steady, "invoke", HAIKU, claude_body(anthropic_version="2026-10-21")).status == 200
    body = claude_body()
    del body["max_tokens"]
    assert "required key [max_tokens] not found" in told(call(steady, "invoke", HAIKU, body))[2]


@pytest.mark.parametrize("error", sorted(STATUS))
def test_every_error_can_be_told(steady: str, error: str) -> None:
    """Each with its own status and name, on streaming calls too."""
    script = {"x-hayai-sim-fault": f"error,error={error}"}
    status, name, _ = told(call(steady, "converse-stream", HAIKU, converse_body(), script))
    assert (status, name) == (STATUS[error], error)


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A simulator whose models are in every state, with its truth log."""
    arms = "[models.arms.standard]\nttft_ms = 20\nitl_ms = 0.1\n"
    text = f"""
    about = "States of models."
    [[models]]
    id = "us.amazon.nova-pro-v1:0"
    also = ["arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc"]
    {arms}
    [[models]]
    id = "anthropic.claude-3-haiku-20240307-v1:0"
    state = "end_of_life"
    {arms}
    [[models]]
    id = "anthropic.claude-3-5-haiku-20241022-v1:0"
    state = "legacy"
    {arms}
    [[models]]
    id = "amazon.nova-lite-v1:0"
    state = "no_access"
    {arms}
    [[models]]
    id = "amazon.nova-micro-v1:0"
    {arms}
    throttle_chance = 1.0
    [[models]]
    id = "us.example.brand-new-v1:0"
    family = "llama"
    max_output = 10
    {arms}
    """
    log = tmp_path_factory.mktemp("states") / "truth.jsonl"
    with serve_in_thread(parse_profile(text, name="states", place="states"), truth=log) as server:
        yield server.url, log


def test_states_of_models(states: tuple[str, Path]) -> None:
    """End of life and legacy are 404, no access is 403, throttled is 429; models nobody listed are unknown."""
    url, log = states
    assert refused(url, HAIKU_3)[:2] == (404, "ResourceNotFoundException")
    assert "has reached the end of its life" in refused(url, HAIKU_3)[2]
    assert "marked by provider as Legacy" in refused(url, HAIKU)[2]
    assert refused(url, "us.amazon.nova-lite-v1:0")[:2] == (403, "AccessDeniedException")
    throttled = (429, "ThrottlingException", "Too many requests, please wait before trying again.")
    assert refused(url, "amazon.nova-micro-v1:0") == throttled
    assert refused(url, "us.meta.llama3-1-70b-instruct-v1:0")[2] == "The provided model identifier is invalid."
    assert {"ResourceNotFoundException", "AccessDeniedException", "ThrottlingException"} <= {
        truth.error for truth in read_truth(log).values()
    }


def test_models_of_the_profile_s_own(states: tuple[str, Path]) -> None:
    """An application profile's ARN means its model; a model that hayai does not know speaks its family's form."""
    url, _ = states
    arn = "arn%3Aaws%3Abedrock%3Aus-west-2%3A123456789012%3Aapplication-inference-profile%2Fabc"
    assert call(url, "converse", arn, converse_body(**OPTIMIZED)).json["performanceConfig"] == {"latency": "optimized"}
    assert "generation" in call(url, "invoke", "us.example.brand-new-v1:0", {"prompt": "x", "max_gen_len": 10}).json
    assert call(url, "invoke", "us.example.brand-new-v1:0", {"prompt": "x", "max_gen_len": 11}).status == 400


def test_a_path_that_is_no_call(steady: str) -> None:
    """404 with the name of an unknown operation."""
    assert told(call(steady, "explode", HAIKU, {}))[:2] == (404, "UnknownOperationException")


def test_absurd_lengths_are_cut_at_the_model_s_limit(steady: str) -> None:
    """A billion scripted tokens are as many as the model gives, and cost no more."""
    script = {
        "x-hayai-sim-tokens": "1000000000",
        "x-hayai-sim-itl-ms": "0",
        "x-hayai-sim-reasoning-tokens": "1000000000",
    }
    answer = call(steady, "converse", HAIKU, converse_body(), script)
    assert answer.json["usage"]["outputTokens"] == 8192
    assert answer.json["stopReason"] == "max_tokens"
    for name, value in (
        ("tokens", "0"),
        ("tokens", "x"),
        ("itl-ms", "-1"),
        ("ttft-ms", "nan"),
        ("itl-ms", "inf"),
        ("speed", "2"),
    ):
        assert call(steady, "converse", HAIKU, converse_body(), {f"x-hayai-sim-{name}": value}).status == 400
