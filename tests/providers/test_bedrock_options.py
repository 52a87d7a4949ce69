"""What cannot work is told before anything is sent, all of it at once; what can work is let through."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.plan import Message, Prompt, Target, TextPart
from hayai.measure.providers.bedrock_model import family_of, path_of
from hayai.measure.providers.bedrock_options import api_of
from hayai.measure.providers.own_fields import merged
from hayai.measure.providers.registry import PROVIDERS
from hayai.show.locales import LANGUAGES, texts_in

BEDROCK = PROVIDERS["bedrock"]
HAIKU = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
LLAMA = "us.meta.llama3-1-70b-instruct-v1:0"
ARN = "arn:aws:bedrock:us-east-2:123456789012:"


def target(model: str, **options: Any) -> Target:
    """A target of this model."""
    return Target(name="A", provider="bedrock", model=model, options=options)


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("anthropic.claude-3-haiku-20240307-v1:0", "claude"),
        (HAIKU, "claude"),
        ("us-gov.anthropic.claude-3-5-haiku-20241022-v1:0", "claude"),
        ("global.anthropic.claude-haiku-4-5-20251001-v1:0", "claude"),
        ("anthropic.claude-haiku-5-5", "claude"),
        ("amazon.nova-pro-v1:0", "nova"),
        ("jp.amazon.nova-2-lite-v1:0", "nova"),
        ("in.amazon.nova-micro-v1:0:24k", "nova"),
        ("amazon.nova-canvas-v1:0", "other"),
        ("amazon.titan-text-express-v1", "other"),
        (LLAMA, "other"),
        ("mistral.mistral-large-2407-v1:0", "other"),
        ("openai.gpt-oss-120b-1:0", "other"),
        ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0", "claude"),
        (f"{ARN}inference-profile/us.amazon.nova-pro-v1:0", "nova"),
        ("arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.meta.llama3-8b", "other"),
        (f"{ARN}application-inference-profile/a1b2c3d4e5f6", None),
        (f"{ARN}provisioned-model/a1b2c3d4e5f6", None),
        (f"{ARN}custom-model-deployment/a1b2c3", None),
        (f"{ARN}imported-model/a1b2c3d4e5f6", None),
        ("arn:aws:bedrock", None),
    ],
)
def test_an_id_tells_its_family(model: str, family: str | None) -> None:
    """Behind any Region prefix and inside ARNs that hold the name; None where the id hides it."""
    assert family_of(model) == family


def test_an_id_is_one_segment_of_the_path() -> None:
    """As AWS's own SDKs send it: colons and slashes are encoded."""
    arn = f"{ARN}inference-profile/us.amazon.nova-pro-v1:0"
    assert path_of("amazon.nova-pro-v1:0", "converse") == "/model/amazon.nova-pro-v1%3A0/converse"
    assert path_of(arn, "invoke").split("/")[2] == arn.replace(":", "%3A").replace("/", "%2F")


@pytest.mark.parametrize(
    ("written", "api"),
    [
        ("converse-stream", "converse-stream"),
        ("ConverseStream", "converse-stream"),
        ("Converse", "converse"),
        ("INVOKEMODELWITHRESPONSESTREAM", "invoke-stream"),
        ("invokeModel", "invoke"),
        ("invoke", "invoke"),
    ],
)
def test_a_call_may_be_named_as_aws_names_it(written: str, api: str) -> None:
    """In any case; without a name it is ConverseStream."""
    assert api_of(target(HAIKU, api=written)) == api
    assert api_of(target(HAIKU)) == "converse-stream"
    assert BEDROCK.validate(target(HAIKU, api=written, max_tokens=8)) == []


WRONG: list[tuple[str, dict[str, Any], str]] = [
    (HAIKU, {"api": "stream"}, "api_unknown"),
    ("", {}, "model_id"),
    ("..", {}, "model_id"),
    ("us anthropic", {}, "model_id"),
    ("モデル", {}, "model_id"),
    ("m" * 2049, {}, "model_id"),
    (LLAMA, {"api": "invoke"}, "invoke_family"),
    (LLAMA, {"api": "invoke-stream"}, "invoke_family"),
    (f"{ARN}application-inference-profile/a1", {"api": "invoke"}, "family_needed"),
    (f"{ARN}application-inference-profile/a1", {"top_k": 5}, "top_k_family_needed"),
    (LLAMA, {"top_k": 5}, "top_k_family"),
    (HAIKU, {"stop": {"a": 1}}, "stop_not_list"),
    (HAIKU, {"stop": [1]}, "stop_not_list"),
    (HAIKU, {"stop": [""]}, "stop_not_list"),
    (HAIKU, {"extra": [1]}, "extra_not_object"),
    (HAIKU, {"api": "invoke", "extra": {"performanceConfig": {}}}, "extra_in_invoke"),
    (HAIKU, {"api": "invoke", "extra": {"serviceTier": {}}}, "extra_in_invoke"),
    (HAIKU, {"header.Host": "example.com"}, "header_reserved"),
    (HAIKU, {"header.content-length": "1"}, "header_reserved"),
    (HAIKU, {"header.Authorization": "x"}, "header_reserved"),
    (HAIKU, {"header.X-Amz-Date": "x"}, "header_reserved"),
    (HAIKU, {"header.date": "x"}, "header_reserved"),
    (HAIKU, {"header.Transfer-Encoding": "chunked"}, "header_reserved"),
    (HAIKU, {"header.": "x"}, "header_name"),
    (HAIKU, {"header.a b": "x"}, "header_name"),
    (HAIKU, {"header.A": "x\r\nB: y"}, "header_value"),
    (HAIKU, {"header.A": "é"}, "header_value"),
    (HAIKU, {"header.A": " x"}, "header_value"),
    (HAIKU, {"endpoint": "example.com"}, "endpoint_url"),
    (HAIKU, {"endpoint": "ftp://example.com"}, "endpoint_url"),
    (HAIKU, {"endpoint": "http://"}, "endpoint_url"),
    (HAIKU, {"endpoint": "http://example.com:99999"}, "endpoint_url"),
    (HAIKU, {"endpoint": "http://example.com:0"}, "endpoint_url"),
    (HAIKU, {"endpoint": "http://example.com/?a=b"}, "endpoint_url"),
    (HAIKU, {"endpoint": "http://[::1"}, "endpoint_url"),
    (HAIKU, {"endpoint": "http://例え.jp"}, "endpoint_url"),
    (HAIKU, {"endpoint": "https://user:secret@example.com"}, "endpoint_secret"),
]


@pytest.mark.parametrize(("model", "options", "key"), WRONG)
def test_what_cannot_work_is_told(model: str, options: dict[str, Any], key: str) -> None:
    """Named after the target, in both languages, and never with a secret in it."""
    problems = BEDROCK.validate(target(model, **options))
    assert [(problem.place, problem.key) for problem in problems] == [("A", f"providers.{key}")]
    for language in LANGUAGES:
        assert "secret" not in texts_in(language)(problems[0].key, **problems[0].values)


@pytest.mark.parametrize(
    ("model", "options"),
    [
        (LLAMA, {"api": "converse", "latency": "optimized"}),
        (f"{ARN}application-inference-profile/a1", {"api": "invoke", "family": "claude"}),
        (f"{ARN}application-inference-profile/a1", {"top_k": 5, "family": "nova"}),
        (HAIKU, {"stop": [], "extra": {"performanceConfig": {"latency": "optimized"}}}),
        (HAIKU, {"header.X-Amzn-Bedrock-Trace": "ENABLED", "header.Empty": ""}),
        (HAIKU, {"endpoint": "https://vpce-0a.bedrock-runtime.us-east-1.vpce.amazonaws.com"}),
        (HAIKU, {"endpoint": "http://[::1]:8000/bedrock"}),
    ],
)
def test_what_can_work_is_let_through(model: str, options: dict[str, Any]) -> None:
    """hayai does not refuse what the service may well accept."""
    assert BEDROCK.validate(target(model, **options)) == []


def test_all_problems_are_told_at_once() -> None:
    """One attempt shows everything that has to be changed."""
    options = {"api": "invoke", "stop": [1], "extra": [1], "header.Host": "x", "endpoint": "x"}
    assert len(BEDROCK.validate(target(LLAMA, **options))) == 5


def test_claudes_native_body_needs_a_longest_answer_from_somewhere() -> None:
    """From the target, the plan or the prompt; the prompts that have none are named."""
    turn = (Message(role="user", parts=(TextPart(text="Hi"),)),)
    prompts = [Prompt(id="long", messages=turn), Prompt(id="short", messages=turn, max_tokens=8)]
    asked = target(HAIKU, api="invoke")
    problems = BEDROCK.validate(asked, prompts=prompts)
    assert [(problem.key, problem.values) for problem in problems] == [
        ("providers.max_tokens_needed", {"prompts": "long"})
    ]
    assert BEDROCK.validate(asked, prompts=prompts[1:]) == []
    assert BEDROCK.validate(asked, prompts=prompts, max_tokens=8) == []
    assert BEDROCK.validate(target(HAIKU, api="invoke", max_tokens=8), prompts=prompts) == []
    assert BEDROCK.validate(target(HAIKU), prompts=prompts) == []


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
_OBJECTS = st.dictionaries(st.sampled_from("abc"), _JSON, max_size=3)


@given(_OBJECTS, _OBJECTS)
def test_merging_keeps_what_extra_says_and_loses_nothing_else(body: dict[str, Any], extra: dict[str, Any]) -> None:
    """Every leaf of `extra` is in the result, every key of the body too, and neither argument changes."""
    before = repr(body), repr(extra)
    whole = merged(body, extra)
    assert set(whole) == set(body) | set(extra)
    for key, value in extra.items():
        if isinstance(value, dict) and isinstance(body.get(key), dict):
            assert whole[key] == merged(body[key], value)
        else:
            assert whole[key] == value
    assert merged(whole, extra) == whole
    assert (repr(body), repr(extra)) == before
