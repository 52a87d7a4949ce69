"""What OpenAI's own SDK makes of the simulator: streams, usage, tools, reasoning, and its exceptions for every refusal."""

from __future__ import annotations

from collections.abc import Iterator

import openai
import pytest
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam, ChatCompletionToolParam

from hayai.sim.process import serve_in_thread
from hayai.sim.profile import parse_profile
from tests.sim.raw import NOVA, PROMPT

KEY = "a-key-of-the-tests"
MESSAGES: list[ChatCompletionMessageParam] = [{"role": "user", "content": PROMPT}]
WEATHER: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        },
    },
}


def client_of(url: str, key: str = KEY) -> openai.OpenAI:
    """A client that does not try again."""
    return openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0, timeout=20)


@pytest.fixture(scope="module")
def client() -> Iterator[openai.OpenAI]:
    """A client of a simulator that checks keys."""
    with serve_in_thread("steady", speed=20, check_signatures={"openai": KEY}) as server, client_of(server.url) as chat:
        yield chat


def test_create(client: openai.OpenAI) -> None:
    """A whole answer with usage; any name is a model where the profile has `*`."""
    answer = client.chat.completions.create(model="my-own-model", messages=MESSAGES, max_completion_tokens=20)
    (choice,) = answer.choices
    assert answer.model == "my-own-model"
    assert choice.message.content
    assert choice.finish_reason == "length"
    assert answer.usage
    assert answer.usage.completion_tokens == 20
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + 20
    assert answer.service_tier is None


def test_stream(client: openai.OpenAI) -> None:
    """The role alone, fifty pieces, the reason, and no usage that nobody asked for."""
    stream = client.chat.completions.create(model=NOVA, messages=MESSAGES, stream=True)
    first, *pieces, last = list(stream)
    assert (first.choices[0].delta.role, first.choices[0].delta.content) == ("assistant", "")
    assert len(pieces) == 50
    assert all(chunk.choices[0].delta.content for chunk in pieces)
    assert last.choices[0].finish_reason == "stop"
    assert len({chunk.id for chunk in (first, *pieces, last)}) == 1
    assert all(chunk.usage is None for chunk in (first, *pieces, last))


def test_stream_and_body_say_the_same_for_the_same_seed() -> None:
    """Two servers with one seed: streamed or whole, the text is the same, and so is the usage."""
    with serve_in_thread("faulty", speed=1000, seed=7) as one, serve_in_thread("faulty", speed=1000, seed=7) as other:
        calm = {"x-hayai-sim-fault": "stall,after_chunks=100000"}
        with client_of(one.url) as a, client_of(other.url) as b:
            whole = a.chat.completions.create(model=NOVA, messages=MESSAGES, extra_headers=calm)
            chunks = list(
                b.chat.completions.create(
                    model=NOVA,
                    messages=MESSAGES,
                    stream=True,
                    stream_options={"include_usage": True},
                    extra_headers=calm,
                )
            )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert whole.choices[0].message.content == text
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage
    assert [chunk.usage for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[0].id == whole.id


def test_the_sdk_s_own_accumulator(client: openai.OpenAI) -> None:
    """Its helper puts the stream together to what it has seen."""
    with client.chat.completions.stream(
        model=NOVA, messages=MESSAGES, stream_options={"include_usage": True}, service_tier="flex"
    ) as stream:
        pieces = [event.delta for event in stream if event.type == "content.delta"]
        answer = stream.get_final_completion()
    assert "".join(pieces) == answer.choices[0].message.content
    assert answer.usage
    assert answer.usage.completion_tokens == 50
    assert answer.service_tier == "flex"


def test_tools(client: openai.OpenAI) -> None:
    """A call whose arguments are JSON that fits the schema, streamed and whole."""
    script = {"x-hayai-sim-answer": "tool_use"}
    whole = client.chat.completions.create(model=NOVA, messages=MESSAGES, tools=[WEATHER], extra_headers=script)
    assert whole.choices[0].finish_reason == "tool_calls"
    assert whole.choices[0].message.content is None
    (call,) = whole.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert (call.function.name, call.function.arguments) == ("weather", '{"city":"example","days":3}')
    chunks = list(
        client.chat.completions.create(
            model=NOVA, messages=MESSAGES, tools=[WEATHER], stream=True, extra_headers=script
        )
    )
    deltas = [part for chunk in chunks for part in chunk.choices[0].delta.tool_calls or []]
    names = [part.function.name for part in deltas if part.function and part.function.name]
    assert names == ["weather"]
    assert deltas[0].id
    assert "".join(part.function.arguments or "" for part in deltas if part.function) == call.function.arguments
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


def test_reasoning_comes_apart_and_first(client: openai.OpenAI) -> None:
    """In a field of its own, counted in the details of the usage."""
    script = {"x-hayai-sim-reasoning-tokens": "6"}
    chunks = list(
        client.chat.completions.create(
            model=NOVA,
            messages=MESSAGES,
            stream=True,
            stream_options={"include_usage": True},
            extra_headers=script,
        )
    )
    deltas = [chunk.choices[0].delta.model_dump() for chunk in chunks if chunk.choices][1:-1]
    assert "".join("r" if "reasoning_content" in delta else "t" for delta in deltas) == "r" * 6 + "t" * 50
    usage = chunks[-1].usage
    assert usage
    assert usage.completion_tokens_details
    assert (usage.completion_tokens, usage.completion_tokens_details.reasoning_tokens) == (56, 6)
    asked = client.chat.completions.create(model=NOVA, messages=MESSAGES, reasoning_effort="low").model_dump()
    assert asked["choices"][0]["message"]["reasoning_content"]


def test_images_are_taken_and_counted(client: openai.OpenAI) -> None:
    """By a flat number, not by the letters of the data URL."""
    image = "data:image/png;base64," + "A" * 40_000
    content: list[ChatCompletionMessageParam] = [
        {
            "role": "user",
            "content": [{"type": "text", "text": PROMPT}, {"type": "image_url", "image_url": {"url": image}}],
        }
    ]
    plain = client.chat.completions.create(model=NOVA, messages=MESSAGES, max_tokens=2).usage
    seen = client.chat.completions.create(model=NOVA, messages=content, max_tokens=2).usage
    assert plain
    assert seen
    assert 1000 < seen.prompt_tokens - plain.prompt_tokens < 2000


def test_models(client: openai.OpenAI) -> None:
    """The list has the catalogue, where the profile has `*`."""
    assert "amazon.nova-pro-v1:0" in {model.id for model in client.models.list()}


def test_keys() -> None:
    """A wrong key, none of the account's kinds, and no key at all in the account."""
    with serve_in_thread("steady", speed=20, check_signatures={"bearer": KEY, "AKID": KEY}) as server:
        for key in (KEY, "other"):
            with client_of(server.url, key) as stranger, pytest.raises(openai.AuthenticationError) as raised:
                stranger.models.list()
            assert raised.value.code == "invalid_api_key"
            assert key not in str(raised.value)


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ("ThrottlingException", openai.RateLimitError, "rate_limit_exceeded"),
        ("ServiceQuotaExceededException", openai.RateLimitError, "insufficient_quota"),
        ("AccessDeniedException", openai.PermissionDeniedError, "model_not_found"),
        ("InternalServerException", openai.InternalServerError, None),
        ("ServiceUnavailableException", openai.InternalServerError, "server_is_overloaded"),
        ("ValidationException", openai.BadRequestError, None),
    ],
)
def test_errors_of_faults(client: openai.OpenAI, fault: str, kind: type[openai.APIStatusError], code: str) -> None:
    """Statuses become the SDK's exceptions, with OpenAI's codes; a streaming call too."""
    for streamed in (False, True):
        with pytest.raises(kind) as raised:
            client.chat.completions.create(
                model=NOVA,
                messages=MESSAGES,
                stream=streamed,
                extra_headers={"x-hayai-sim-fault": f"error,error={fault}"},
            )
        assert raised.value.code == code
        assert raised.value.request_id
        assert "Exception" not in raised.value.message


def test_errors_in_a_stream(client: openai.OpenAI) -> None:
    """The pieces before it, then the SDK's APIError with the words of the fault."""
    fault = "in_stream_exception,after_chunks=3,error=ServiceUnavailableException,message=Gone for lunch"
    stream = client.chat.completions.create(
        model=NOVA, messages=MESSAGES, stream=True, extra_headers={"x-hayai-sim-fault": fault}
    )
    seen: list[ChatCompletionChunk] = []
    with pytest.raises(openai.APIError, match="Gone for lunch") as raised:
        seen.extend(stream)
    assert len(seen) == 4
    assert raised.value.code == "server_is_overloaded"


STATES = """
about = "States of models."
[[models]]
id = "us.amazon.nova-pro-v1:0"
also = ["gpt-that-is-nova"]
arms = { standard = { ttft_ms = 20, itl_ms = 0.1, requests_per_minute = 2 } }
[[models]]
id = "amazon.nova-lite-v1:0"
state = "no_access"
arms = { standard = { ttft_ms = 20, itl_ms = 0.1 } }
[[models]]
id = "amazon.nova-micro-v1:0"
state = "end_of_life"
arms = { standard = { ttft_ms = 20, itl_ms = 0.1 } }
[[models]]
id = "my-own-model"
family = "llama"
max_output = 10
arms = { standard = { ttft_ms = 20, itl_ms = 0.1, cache_read_tokens = 30 } }
"""


@pytest.fixture(scope="module")
def states() -> Iterator[openai.OpenAI]:
    """A client of a simulator whose models are in every state."""
    with (
        serve_in_thread(parse_profile(STATES, name="states", place="states")) as server,
        client_of(server.url) as chat,
    ):
        yield chat


def test_which_models_there_are(states: openai.OpenAI) -> None:
    """By id and by other name; unknown and retired ones are 404, one without access 403; the list has those that answer."""
    create = states.chat.completions.create
    assert create(model="gpt-that-is-nova", messages=MESSAGES, max_tokens=3).model == "gpt-that-is-nova"
    for name in ("gpt-4.1", "amazon.nova-micro-v1:0", "us.meta.llama3-1-70b-instruct-v1:0"):
        with pytest.raises(openai.NotFoundError, match=name) as raised:
            create(model=name, messages=MESSAGES)
        assert (raised.value.code, raised.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.PermissionDeniedError):
        create(model="amazon.nova-lite-v1:0", messages=MESSAGES)
    assert [model.id for model in states.models.list()] == ["us.amazon.nova-pro-v1:0", "my-own-model"]


def test_a_model_s_own_limit_and_its_cache(states: openai.OpenAI) -> None:
    """More tokens than it gives are refused; what came from the cache is part of the prompt."""
    with pytest.raises(openai.BadRequestError, match="at most 10 completion tokens"):
        states.chat.completions.create(model="my-own-model", messages=MESSAGES, max_tokens=11)
    usage = states.chat.completions.create(model="my-own-model", messages=MESSAGES).usage
    assert usage
    assert usage.prompt_tokens_details
    assert usage.prompt_tokens_details.cached_tokens == 30
    assert usage.prompt_tokens > 30


def test_quotas_say_when_to_come_back() -> None:
    """Two a minute: the third is told to wait for the rest of it."""
    with (
        serve_in_thread(parse_profile(STATES, name="states", place="states")) as server,
        client_of(server.url) as chat,
    ):
        for _ in range(2):
            chat.chat.completions.create(model="gpt-that-is-nova", messages=MESSAGES, max_tokens=1)
        with pytest.raises(openai.RateLimitError) as raised:
            chat.chat.completions.create(model="gpt-that-is-nova", messages=MESSAGES, max_tokens=1)
    assert 1 <= int(raised.value.response.headers["retry-after"]) <= 60


@pytest.mark.parametrize(
    "framing", ["crlf", "cr", "no-space", "comments", "bom", "split", "crlf, no-space,comments,bom,split"]
)
def test_odd_framing_is_still_a_stream(client: openai.OpenAI, framing: str) -> None:
    """The SDK reads the same text from all of them."""
    script = {"x-hayai-sim-framing": framing, "x-hayai-sim-tokens": "9"}
    stream = client.chat.completions.create(model=NOVA, messages=MESSAGES, stream=True, extra_headers=script)
    assert len([chunk for chunk in stream if chunk.choices[0].delta.content]) == 9
