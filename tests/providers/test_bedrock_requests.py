"""hayai's requests are boto3's: the same path, the same signed headers, and a body that means the same."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.plan import ImagePart, Message, Prompt, Target, TextPart, Tool
from hayai.errors import UsageError
from hayai.measure.net.credentials import open_session
from hayai.measure.providers.address import host_header
from hayai.measure.providers.contract import HttpRequest, Served
from hayai.measure.providers.registry import PROVIDERS
from tests.providers import boto

BEDROCK = PROVIDERS["bedrock"]
HAIKU = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
NOVA = "us.amazon.nova-pro-v1:0"
ARN = "arn:aws:bedrock:us-east-2:123456789012:application-inference-profile/a1b2c3d4e5f6"
PNG = b"\x89PNG\r\n\x1a\n\x00\xff"
QUESTION = '京都の春は? \U0001f338 "quoted" \\ \u2028'


def said(*texts: str) -> tuple[Message, ...]:
    """A conversation, the user first."""
    return tuple(
        Message(role="user" if turn % 2 == 0 else "assistant", parts=(TextPart(text=text),))
        for turn, text in enumerate(texts)
    )


PLAIN = Prompt(id="plain", messages=said(QUESTION))
WHOLE = Prompt(
    id="whole",
    messages=(
        *said("Hello", "Good day."),
        Message(role="user", parts=(ImagePart(format="png", data=PNG), TextPart(text="What is this?"))),
    ),
    system="Be brief.",
    tools=(Tool(name="lookup", description="Look it up", schema={"type": "object", "properties": {}}),),
)
CONVERSE_WHOLE: dict[str, Any] = {
    "messages": [
        {"role": "user", "content": [{"text": "Hello"}]},
        {"role": "assistant", "content": [{"text": "Good day."}]},
        {
            "role": "user",
            "content": [{"image": {"format": "png", "source": {"bytes": PNG}}}, {"text": "What is this?"}],
        },
    ],
    "system": [{"text": "You are hayai."}, {"text": "Be brief."}],
    "toolConfig": {
        "tools": [
            {
                "toolSpec": {
                    "name": "lookup",
                    "description": "Look it up",
                    "inputSchema": {"json": {"type": "object", "properties": {}}},
                }
            }
        ]
    },
}


def target(model: str, **options: Any) -> Target:
    """A target of this model."""
    return Target(name="A", provider="bedrock", model=model, options=options)


def built(
    asked: Target, prompt: Prompt = PLAIN, max_tokens: int | None = None, nonce: str | None = None
) -> HttpRequest:
    """hayai's request."""
    return BEDROCK.build_request(asked, prompt, max_tokens=max_tokens, nonce=nonce)


def body_of(request: HttpRequest) -> Any:
    """What the body says."""
    return json.loads(request.body)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    boto.without_aws_settings(monkeypatch, tmp_path)
    boto.stop_the_clock(monkeypatch)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", boto.ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", boto.SECRET_KEY)
    monkeypatch.setenv("AWS_SESSION_TOKEN", boto.SESSION_TOKEN)


def assert_same(ours: HttpRequest, theirs: boto.Caught) -> None:
    """Path, body meaning, and everything under the signature are equal; the signature itself differs with the bytes of the body only."""
    access = open_session(profile=None, region="us-east-2", signing_region=None, endpoint=None)
    headers = {
        name.lower(): value
        for name, value in (*ours.headers, *access.signer.sign(ours), ("host", host_header(access.endpoint_url)))
    }
    assert (ours.method, urlsplit(access.endpoint_url).path + ours.path) == (theirs.method, theirs.path)
    assert json.loads(ours.body) == json.loads(theirs.body)
    ours_signed = headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    assert ours_signed == theirs.signed
    skipped = {"host"}
    assert {name: headers[name] for name in theirs.signed if name not in skipped} == {
        name: theirs.headers[name] for name in theirs.signed if name not in skipped
    }
    assert host_header(access.endpoint_url) == theirs.url.split("/")[2]
    if ours.body == theirs.body:
        assert headers["authorization"] == theirs.headers["authorization"]


CONVERSE_OPTIONS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"latency": "optimized"}, {"performanceConfig": {"latency": "optimized"}}),
    ({"latency": "standard"}, {"performanceConfig": {"latency": "standard"}}),
    ({"tier": "flex"}, {"serviceTier": {"type": "flex"}}),
    ({"temperature": 0.0}, {"inferenceConfig": {"temperature": 0.0}}),
    (
        {"temperature": 0.5, "top_p": 0.9, "stop": ["END"]},
        {"inferenceConfig": {"temperature": 0.5, "topP": 0.9, "stopSequences": ["END"]}},
    ),
    ({"top_k": 5}, {"additionalModelRequestFields": {"top_k": 5}}),
    ({"system": "Be brief."}, {"system": [{"text": "Be brief."}]}),
    (
        {
            "top_k": 5,
            "extra": {"additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 1024}}},
        },
        {"additionalModelRequestFields": {"top_k": 5, "thinking": {"type": "enabled", "budget_tokens": 1024}}},
    ),
    (
        {
            "extra": {
                "requestMetadata": {"team": "search"},
                "guardrailConfig": {"guardrailIdentifier": "gr-1234567", "guardrailVersion": "1"},
            }
        },
        {
            "requestMetadata": {"team": "search"},
            "guardrailConfig": {"guardrailIdentifier": "gr-1234567", "guardrailVersion": "1"},
        },
    ),
]


@pytest.mark.parametrize("api", ["converse", "converse-stream"])
@pytest.mark.parametrize(("options", "arguments"), CONVERSE_OPTIONS)
def test_converse_is_asked_as_boto3_asks(api: str, options: dict[str, Any], arguments: dict[str, Any]) -> None:
    """Every option of the Converse calls, in the body where boto3 puts it, and nothing that was not set."""
    theirs = boto.boto3_sends(
        api.replace("-", "_"),
        modelId=HAIKU,
        messages=[{"role": "user", "content": [{"text": QUESTION}]}],
        **arguments,
    )
    assert_same(built(target(HAIKU, api=api, **options)), theirs)


@pytest.mark.parametrize("api", ["converse", "converse-stream"])
@pytest.mark.parametrize("model", [HAIKU, NOVA, ARN, "meta.llama3-1-70b-instruct-v1:0"])
def test_a_whole_conversation_is_asked_as_boto3_asks(api: str, model: str) -> None:
    """Turns, images, tools, system texts and the longest answer; ids with colons and ARNs with slashes in the path."""
    theirs = boto.boto3_sends(api.replace("-", "_"), modelId=model, inferenceConfig={"maxTokens": 64}, **CONVERSE_WHOLE)
    assert_same(built(target(model, api=api, system="You are hayai."), WHOLE, max_tokens=64), theirs)


def test_top_k_of_nova_goes_where_nova_expects_it() -> None:
    """Converse has no field for it, and each family its own."""
    body = body_of(built(target(NOVA, top_k=5)))
    assert body["additionalModelRequestFields"] == {"inferenceConfig": {"topK": 5}}


@pytest.mark.parametrize(
    ("api", "call"), [("invoke", "invoke_model"), ("invoke-stream", "invoke_model_with_response_stream")]
)
@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        ({}, {}),
        ({"latency": "optimized"}, {"performanceConfigLatency": "optimized"}),
        (
            {"tier": "priority", "latency": "standard"},
            {"serviceTier": "priority", "performanceConfigLatency": "standard"},
        ),
        ({"header.X-Amzn-Bedrock-Trace": "ENABLED"}, {"trace": "ENABLED"}),
        (
            {"header.X-Amzn-Bedrock-GuardrailIdentifier": "gr-1", "header.x-amzn-bedrock-guardrailversion": "1"},
            {"guardrailIdentifier": "gr-1", "guardrailVersion": "1"},
        ),
        ({"header.X-Amzn-Bedrock-Request-Metadata": '{"team":"a"}'}, {"requestMetadata": '{"team":"a"}'}),
    ],
)
@pytest.mark.parametrize("model", [HAIKU, NOVA])
def test_invoke_is_asked_as_boto3_asks(
    api: str, call: str, options: dict[str, Any], arguments: dict[str, Any], model: str
) -> None:
    """Latency mode, tier and the rest go in headers; with the same body even the signature is the same."""
    ours = built(target(model, api=api, **options), max_tokens=64)
    theirs = boto.boto3_sends(
        call, modelId=model, body=ours.body, contentType="application/json", accept="application/json", **arguments
    )
    assert ours.body == theirs.body
    assert_same(ours, theirs)


def test_claude_is_asked_natively() -> None:
    """The messages body of Anthropic's API, with Bedrock's version and without a model."""
    options = {
        "temperature": 0.0,
        "top_p": 0.9,
        "top_k": 5,
        "stop": ["END"],
        "extra": {"thinking": {"type": "disabled"}},
    }
    body = body_of(built(target(HAIKU, api="invoke", **options), WHOLE, max_tokens=64))
    picture = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(PNG).decode()}
    assert body == {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 64,
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Hello"}]},
            {"role": "assistant", "content": [{"type": "text", "text": "Good day."}]},
            {
                "role": "user",
                "content": [{"type": "image", "source": picture}, {"type": "text", "text": "What is this?"}],
            },
        ],
        "system": "Be brief.",
        "temperature": 0.0,
        "top_p": 0.9,
        "top_k": 5,
        "stop_sequences": ["END"],
        "tools": [
            {"name": "lookup", "description": "Look it up", "input_schema": {"type": "object", "properties": {}}}
        ],
        "thinking": {"type": "disabled"},
    }


def test_claude_keeps_two_system_texts_apart() -> None:
    """The target's own comes first, and neither is rewritten."""
    body = body_of(built(target(HAIKU, api="invoke", system="You are hayai."), WHOLE, max_tokens=64))
    assert body["system"] == [{"type": "text", "text": "You are hayai."}, {"type": "text", "text": "Be brief."}]


def test_nova_is_asked_natively() -> None:
    """The messages-v1 body; what it shares with Converse is written as Converse writes it."""
    options = {"temperature": 0.0, "top_p": 0.9, "top_k": 5, "stop": ["END"]}
    asked = built(target(NOVA, api="invoke", system="You are hayai.", **options), WHOLE, max_tokens=64)
    converse = body_of(built(target(NOVA, system="You are hayai."), WHOLE))
    assert body_of(asked) == {
        "schemaVersion": "messages-v1",
        **converse,
        "inferenceConfig": {"maxTokens": 64, "temperature": 0.0, "topP": 0.9, "topK": 5, "stopSequences": ["END"]},
    }


def test_an_arn_that_hides_its_maker_is_invoked_as_the_user_says() -> None:
    """Application inference profiles do not tell whose model stands behind them."""
    assert "anthropic_version" in body_of(built(target(ARN, api="invoke", family="claude"), max_tokens=8))
    assert "schemaVersion" in body_of(built(target(ARN, api="invoke", family="nova")))


def test_claude_without_a_longest_answer_is_not_sent() -> None:
    """Its native body cannot do without; that is told before anything is sent."""
    with pytest.raises(UsageError) as told:
        built(target(HAIKU, api="invoke"))
    assert told.value.problems[0].key == "providers.max_tokens_needed"
    assert "inferenceConfig" not in body_of(built(target(HAIKU)))


@pytest.mark.parametrize("api", ["converse", "converse-stream", "invoke", "invoke-stream"])
@pytest.mark.parametrize("model", [HAIKU, NOVA])
def test_the_nonce_is_the_first_thing_read(api: str, model: str) -> None:
    """Before the system text if there is one, else before the first turn, and before an image that begins it."""
    plain = body_of(built(target(model, api=api), max_tokens=8, nonce="[0] "))
    assert plain["messages"][0]["content"][0]["text"] == f"[0] {QUESTION}"
    whole = body_of(built(target(model, api=api), WHOLE, max_tokens=8, nonce="[0] "))
    assert json.dumps(whole["system"]).count("[0] Be brief.") == 1
    assert "[0] " not in json.dumps(whole["messages"])
    picture = Prompt(id="p", messages=(Message(role="user", parts=(ImagePart(format="png", data=PNG),)),))
    alone = body_of(built(target(model, api=api), picture, max_tokens=8, nonce="[0] "))
    assert alone["messages"][0]["content"][0]["text"] == "[0] "
    assert len(alone["messages"][0]["content"]) == 2
    later = Prompt(id="l", messages=(Message(role="user", parts=(*picture.messages[0].parts, TextPart(text="Hi"))),))
    mixed = body_of(built(target(model, api=api), later, max_tokens=8, nonce="[0] "))
    assert mixed["messages"][0]["content"][0]["text"] == "[0] "
    assert mixed["messages"][0]["content"][2]["text"] == "Hi"


def test_extra_is_merged_at_every_depth() -> None:
    """Objects are merged key by key and win over what an option says; lists are replaced."""
    extra = {"inferenceConfig": {"topP": 0.1}, "messages": [{"role": "user", "content": [{"text": "Other"}]}]}
    body = body_of(built(target(HAIKU, temperature=0.5, top_p=0.9, extra=extra)))
    assert body == {"messages": extra["messages"], "inferenceConfig": {"temperature": 0.5, "topP": 0.1}}


def test_building_changes_nothing_that_was_given() -> None:
    """One target serves many requests: neither its options nor the prompt may carry anything over."""
    asked = target(HAIKU, stop=["END"], extra={"inferenceConfig": {"topP": 0.1}})
    first = built(asked, WHOLE, max_tokens=8, nonce="[0] ")
    assert built(asked, WHOLE, max_tokens=8, nonce="[0] ") == first
    assert asked.options == {"stop": ["END"], "extra": {"inferenceConfig": {"topP": 0.1}}}


def test_a_users_header_replaces_ours() -> None:
    """Whatever the case of the name: a header goes out once."""
    request = built(target(HAIKU, api="invoke", **{"header.accept": "*/*"}), max_tokens=8)
    assert [(name, value) for name, value in request.headers if name.lower() == "accept"] == [("accept", "*/*")]


@pytest.mark.parametrize(
    ("options", "served"),
    [
        ({}, Served()),
        ({"latency": "optimized", "tier": "flex"}, Served(latency="optimized", tier="flex")),
        ({"extra": {"performanceConfig": {"latency": "optimized"}}}, Served(latency="optimized")),
        ({"extra": {"serviceTier": {"type": "flex"}}, "tier": "priority"}, Served(tier="flex")),
        ({"api": "invoke", "latency": "optimized"}, Served(latency="optimized")),
        ({"api": "invoke", "header.X-Amzn-Bedrock-Service-Tier": "flex"}, Served(tier="flex")),
        ({"header.X-Amzn-Bedrock-Service-Tier": "flex"}, Served()),
    ],
)
def test_what_was_asked_for_is_known_however_it_was_written(options: dict[str, Any], served: Served) -> None:
    """A fallback is seen only by comparing asked with given: an option, `extra=` and a header are all asking."""
    assert BEDROCK.requested(target(HAIKU, **options)) == served


@given(
    st.text(st.characters(codec="utf-8"), min_size=1),
    st.sampled_from([HAIKU, NOVA, ARN]),
    st.sampled_from(["converse", "converse-stream", "invoke", "invoke-stream"]),
)
def test_any_text_arrives_as_it_was_written(text: str, model: str, api: str) -> None:
    """Whatever a prompt holds: it is read back unchanged, and head and path stay plain ASCII on one line."""
    request = built(target(model, api=api, family="claude"), Prompt(id="x", messages=said(text)), max_tokens=8)
    assert body_of(request)["messages"][0]["content"][0]["text"] == text
    assert request.path.isascii()
    assert request.path.isprintable()
    assert request.path.count("/") == 3
    assert all(part.isascii() and part.isprintable() for header in request.headers for part in header)
