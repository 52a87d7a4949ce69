"""An OpenAI-compatible target sends what was set, reads what servers really say, and calls a no by its name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.plan import ImagePart, Message, Prompt, Target, TextPart, Tool
from hayai.errors import AccessError, TheirMistake, UsageError
from hayai.keep.records import Failure
from hayai.measure.net.access import open_with_key
from hayai.measure.providers.contract import (
    Completed,
    Failed,
    Frame,
    Piece,
    Reasoning,
    Served,
    ServiceTime,
    Stop,
    Text,
    ToolInput,
    UsageReport,
)
from hayai.measure.providers.openai import OpenAI
from hayai.measure.providers.openai_errors import read_error
from hayai.measure.providers.openai_options import key_variable
from hayai.wire.sse import Decoder, encode_event

OPENAI = OpenAI()
LOCAL = "http://127.0.0.1:8000/v1"


def target(**options: object) -> Target:
    """A target with these options."""
    return Target(name="A", provider="openai", model="gpt-x", options=options)


def prompt(*parts: TextPart | ImagePart, **fields: Any) -> Prompt:
    """One turn of the user's."""
    said = parts or (TextPart(text="Hello"),)
    return Prompt(id="p", messages=(Message(role="user", parts=said),), **fields)


def body(asked: Target, what: Prompt | None = None, *, max_tokens: int | None = None, nonce: str | None = None) -> Any:
    """The body that goes out."""
    return msgspec.json.decode(OPENAI.build_request(asked, what or prompt(), max_tokens=max_tokens, nonce=nonce).body)


def chunk(**fields: object) -> tuple[Piece, ...]:
    """What a chunk of a stream says."""
    return OPENAI.read_frame(target(), Frame(kind="message", payload=msgspec.json.encode(fields)))


def delta(finish: str | None = None, **said: object) -> tuple[Piece, ...]:
    """What a delta says."""
    return chunk(choices=[{"index": 0, "delta": said, "finish_reason": finish}])


# What is sent


def test_only_what_was_set_is_sent() -> None:
    """Model, messages and the two fields of a stream; newer models refuse what older ones took."""
    assert body(target()) == {
        "model": "gpt-x",
        "messages": [{"role": "user", "content": "Hello"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert body(target(stream=False)) == {"model": "gpt-x", "messages": [{"role": "user", "content": "Hello"}]}
    assert "stream_options" not in body(target(usage=False))


def test_every_option_has_its_field() -> None:
    """Each under the service's own name, and `extra=` over all of it."""
    sent = body(
        target(
            temperature=0.2,
            top_p=0.9,
            frequency_penalty=0.5,
            presence_penalty=-0.5,
            seed=0,
            stop=["END"],
            reasoning_effort="low",
            tier="priority",
            system="Be brief.",
            extra={"logit_bias": {"1": -100}, "temperature": 0.3},
        ),
        prompt(system="Speak Japanese."),
        nonce="n-1 ",
    )
    assert sent == {
        "model": "gpt-x",
        "messages": [
            {"role": "system", "content": "n-1 Be brief.\n\nSpeak Japanese."},
            {"role": "user", "content": "Hello"},
        ],
        "temperature": 0.3,
        "top_p": 0.9,
        "frequency_penalty": 0.5,
        "presence_penalty": -0.5,
        "seed": 0,
        "stop": ["END"],
        "reasoning_effort": "low",
        "service_tier": "priority",
        "logit_bias": {"1": -100},
        "stream": True,
        "stream_options": {"include_usage": True},
    }


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({}, "max_completion_tokens"),
        ({"base_url": "https://api.openai.com/v1/"}, "max_completion_tokens"),
        ({"base_url": LOCAL}, "max_tokens"),
        ({"endpoint": LOCAL}, "max_tokens"),
        ({"base_url": LOCAL, "max_tokens_field": "max_completion_tokens"}, "max_completion_tokens"),
        ({"max_tokens_field": "max_tokens"}, "max_tokens"),
    ],
)
def test_the_longest_answer_goes_where_the_service_looks(options: dict[str, object], field: str) -> None:
    """OpenAI's newer models refuse `max_tokens`; most other servers know nothing else."""
    sent = body(target(**options), max_tokens=300)
    assert [name for name in sent if name.startswith("max_")] == [field]
    assert sent[field] == 300


def test_images_and_tools() -> None:
    """Images as data URLs beside the text, tools as functions."""
    tool = Tool(name="look", description="Looks.", schema={"type": "object"})
    sent = body(target(), prompt(TextPart(text="What?"), ImagePart(format="png", data=b"\x89P"), tools=(tool,)))
    assert sent["messages"][0]["content"] == [
        {"type": "text", "text": "What?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVA="}},
    ]
    assert sent["tools"] == [
        {"type": "function", "function": {"name": "look", "description": "Looks.", "parameters": {"type": "object"}}}
    ]


def test_own_headers_win() -> None:
    """Whatever their case."""
    request = OPENAI.build_request(
        target(**{"header.accept": "*/*", "header.X-Team": "search"}), prompt(), max_tokens=None, nonce=None
    )
    assert dict(request.headers) == {"Content-Type": "application/json", "accept": "*/*", "X-Team": "search"}
    assert (request.method, request.path) == ("POST", "/chat/completions")


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"base_url": LOCAL + "/chat/completions"}, "providers.openai.whole_address"),
        ({"base_url": "127.0.0.1:8000"}, "providers.endpoint_url"),
        ({"base_url": "http://me:secret@host/v1"}, "providers.endpoint_secret"),
        ({"api_key_env": "sk-abcdefgh"}, "providers.openai.key_variable"),
        ({"extra": {"n": 2}}, "providers.openai.several_answers"),
        ({"extra": {"stream": False}}, "providers.openai.extra_option"),
        ({"extra": []}, "providers.extra_not_object"),
        ({"stop": "END"}, "providers.stop_not_list"),
        ({"header.Host": "x"}, "providers.header_reserved"),
    ],
)
def test_what_cannot_work_is_told_before_anything_is_sent(options: dict[str, object], key: str) -> None:
    """One problem each; a right target has none."""
    (problem,) = OPENAI.validate(target(**options))
    assert problem.key == key
    assert "sk-abcdefgh" not in str(problem.values)
    assert OPENAI.validate(target(base_url=LOCAL)) == []


# What is read


def test_a_role_is_no_piece() -> None:
    """Nor are empty and missing content, nulls, and choices of other answers: counting them would make TTFT too short."""
    assert delta(role="assistant") == ()
    assert delta(role="assistant", content="") == ()
    assert delta(content=None, reasoning_content=None, tool_calls=None) == ()
    assert chunk(choices=[]) == ()
    assert chunk(choices=[None, {"index": None, "delta": None, "finish_reason": None}]) == ()
    assert chunk(choices=None, usage=None) == ()
    assert chunk(choices=[{"index": 1, "delta": {"content": "x"}, "finish_reason": "stop"}]) == ()


def test_text_reasoning_and_tools_are_pieces() -> None:
    """Under whichever name they come; reasoning that is said twice counts once."""
    assert delta(content="x") == (Text(text="x"),)
    assert delta(content=[{"type": "text", "text": "x"}, {"type": "text", "text": "y"}]) == (Text(text="xy"),)
    assert delta(reasoning_content="r") == (Reasoning(text="r"),)
    assert delta(reasoning="r") == (Reasoning(text="r"),)
    assert delta(reasoning_content="r", reasoning="r", reasoning_details=[{"text": "r"}]) == (Reasoning(text="r"),)
    assert delta(refusal="no") == (Text(text="no"),)
    thinking = [{"type": "thinking", "thinking": [{"type": "text", "text": "r"}]}, {"type": "text", "text": "x"}, None]
    assert delta(content=thinking) == (Reasoning(text="r"), Text(text="x"))
    assert delta(tool_calls=[{"index": 0, "function": {"name": "look", "arguments": ""}}]) == ()
    assert delta(tool_calls=[{"index": 0, "function": {"arguments": '{"a":'}}]) == (ToolInput(text='{"a":'),)


def test_the_end_and_the_usage() -> None:
    """Usage in a chunk of its own, beside the last choice, or in every chunk."""
    usage = {"prompt_tokens": 9, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 4}}
    report = UsageReport(source="stream", input_tokens=9, output_tokens=5, cache_read_tokens=4)
    assert delta("stop") == (Stop(reason="stop"), Completed())
    assert chunk(choices=[], usage=usage) == (report,)
    assert chunk(choices=[{"delta": {"content": "x"}}], usage=usage) == (Text(text="x"), report)
    assert chunk(choices=[], service_tier="default") == (Served(tier="default"),)
    assert OPENAI.read_frame(target(), Frame(kind="message", payload=b"[DONE]")) == (Completed(),)


def test_a_whole_answer() -> None:
    """Without a stream the message is one body."""
    answer = {
        "choices": [{"index": 0, "message": {"content": "x", "reasoning_content": "r"}, "finish_reason": "length"}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 5},
    }
    pieces = OPENAI.read_frame(target(stream=False), Frame(kind="body", payload=msgspec.json.encode(answer)))
    assert pieces == (
        Reasoning(text="r"),
        Text(text="x"),
        Stop(reason="length"),
        Completed(),
        UsageReport(source="body", input_tokens=9, output_tokens=5),
        Completed(),
    )


@pytest.mark.parametrize(
    "payload", [b"{}", b'{"detail":"Sign in"}', b'{"choices":[]}', b'{"choices":null}', b"<html>", b"[]"]
)
def test_what_holds_no_message_is_no_answer(payload: bytes) -> None:
    """Somebody else's JSON under status 200 must not count as an empty answer, and a very fast one."""
    with pytest.raises(TheirMistake, match=r"^bad_payload "):
        OPENAI.read_frame(target(stream=False), Frame(kind="body", payload=payload))


def test_an_error_under_status_200_is_one() -> None:
    """Gateways send them so."""
    told = b'{"error":{"message":"upstream is down","code":502}}'
    (failed,) = OPENAI.read_frame(target(stream=False), Frame(kind="body", payload=told))
    assert failed == Failed(outcome="server_error", failure=Failure(code="http_502", message="upstream is down"))


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"[]", b'"x"', b'{"choices":[{"index":"a"}]}', b'{"usage":{"prompt_tokens":-1}}']
)
def test_what_is_no_chunk_breaks_the_protocol(payload: bytes) -> None:
    """Never a guess."""
    with pytest.raises(TheirMistake, match=r"^bad_payload "):
        OPENAI.read_frame(target(), Frame(kind="message", payload=payload))


def test_the_services_own_time() -> None:
    """Of a whole answer; the head of a stream leaves before the answer is written, so its time is not the answer's."""
    head = {"content-type": "application/json", "openai-processing-ms": "120"}
    assert OPENAI.read_head(target(stream=False), 200, head) == (ServiceTime(total_ns=120_000_000),)
    assert OPENAI.read_head(target(), 200, head) == ()


@given(st.data())
def test_framing_makes_no_difference(data: st.DataObject) -> None:
    """CR, LF or CRLF, a space after the colon or none, comments between: cut anywhere, the same pieces."""
    said = data.draw(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=5))
    payloads = [msgspec.json.encode({"choices": [{"index": 0, "delta": {"content": text}}]}).decode() for text in said]
    stream = b"".join(encode_event(payload) for payload in [*payloads, "[DONE]"])
    if data.draw(st.booleans()):
        stream = stream.replace(b"data: ", b"data:")
    if data.draw(st.booleans()):
        stream = b": ping\n\n" + stream.replace(b"\n\n", b"\n\n: ping\n\n")
    stream = stream.replace(b"\n", data.draw(st.sampled_from([b"\n", b"\r\n", b"\r"])))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    decoder = Decoder()
    pieces: list[Piece] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        for event in decoder.feed(stream[start:end]):
            pieces += OPENAI.read_frame(target(), Frame(kind=event.event, payload=event.data.encode()))
    assert pieces == [*(Text(text=text) for text in said), Completed()]


# When the service says no


@pytest.mark.parametrize(
    ("status", "told", "outcome", "code", "words"),
    [
        (429, b'{"error":{"message":"slow","type":"requests","code":"rate_limit_exceeded"}}', "throttled", "rate_limit_exceeded", "slow"),
        (429, b'{"error":{"message":"pay","type":"x","code":"insufficient_quota"}}', "refused", "insufficient_quota", "pay"),
        (429, b"too many", "throttled", "http_429", "too many"),
        (400, b'{"error":{"message":"no","type":"invalid_request_error","code":null}}', "refused", "invalid_request_error", "no"),
        (400, b'{"object":"error","message":"too long","type":"BadRequestError","code":400}', "refused", "http_400", "too long"),
        (404, b'{"error":{"message":"none","code":"model_not_found"}}', "refused", "model_not_found", "none"),
        (422, b'{"detail":[{"msg":"bad"}]}', "refused", "http_422", '[{"msg":"bad"}]'),
        (404, b'{"error":"model not found"}', "refused", "http_404", "model not found"),
        (500, b"", "server_error", "http_500", ""),
        (503, b'{"error":{"message":"busy","type":"server_error"}}', "server_error", "server_error", "busy"),
        (502, b"<html>Bad gateway</html>", "server_error", "http_502", "<html>Bad gateway</html>"),
        (408, b"", "server_error", "http_408", ""),
        (401, b'{"error":{"message":"no key","type":"invalid_request_error","code":null}}', "refused", "http_401", "no key"),
        (401, b'{"error":{"message":"no key","type":"auth_error","code":"401"}}', "refused", "http_401", "no key"),
        (404, b'{"error":{"message":"none","type":"NotFoundError","code":404}}', "refused", "http_404", "none"),
        (402, b'{"error":{"message":"pay","type":"unknown_error","code":"invalid_request_error"}}', "refused", "http_402", "pay"),
        (429, b'{"error":"busy","error_type":"overloaded"}', "throttled", "http_429", "busy"),
    ],
)  # fmt: skip
def test_a_refusal_keeps_the_services_words(status: int, told: bytes, outcome: str, code: str, words: str) -> None:
    """In each of the shapes in which servers say no."""
    failed = read_error(status, told)
    assert (failed.outcome, failed.failure.code, failed.failure.message) == (outcome, code, words)


def test_an_error_inside_a_stream_ends_it() -> None:
    """With its words; a text that speaks of errors is a text."""
    told = msgspec.json.encode({"error": {"message": "worker died", "type": "server_error"}})
    failure = Failure(code="server_error", message="worker died")
    assert OPENAI.read_frame(target(), Frame(kind="message", payload=told)) == (
        Failed(outcome="server_error", failure=failure),
    )
    told = b'{"error":{"message":"too long","type":"BadRequestError","code":400}}'
    (failed,) = OPENAI.read_frame(target(), Frame(kind="message", payload=told))
    assert failed == Failed(outcome="refused", failure=Failure(code="http_400", message="too long"))
    (failed,) = OPENAI.read_frame(target(), Frame(kind="message", payload=b'{"error":{"code":429,"message":"slow"}}'))
    assert isinstance(failed, Failed)
    assert failed.outcome == "throttled"
    (failed,) = delta("error", content="")
    assert isinstance(failed, Failed)
    (failed,) = OPENAI.read_frame(target(), Frame(kind="error", payload=b'{"message":"overloaded"}'))
    assert isinstance(failed, Failed)
    assert failed.failure.message == "overloaded"
    assert delta(content="an error") == (Text(text="an error"),)
    assert chunk(choices=[{"index": 0, "delta": {"content": "x"}}], error=None) == (Text(text="x"),)


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("http_402", "quota"),
        ("invalid_api_key", "key"),
        ("http_401", "key"),
        ("http_403", "denied"),
        ("model_not_found", "model"),
        ("http_404", "model"),
        ("http_405", "address"),
        ("insufficient_quota", "quota"),
    ],
)
def test_a_refusal_that_asking_again_cannot_cure_has_advice(code: str, advice: str) -> None:
    """The run stops and says what to do."""
    assert OPENAI.access_advice(Failure(code=code, message="")) == f"providers.openai.access.{advice}"


@pytest.mark.parametrize("code", ["rate_limit_exceeded", "http_429", "http_500", "context_length_exceeded", "http_400"])
def test_other_failures_have_none(code: str) -> None:
    """They may pass, or concern one prompt only."""
    assert OPENAI.access_advice(Failure(code=code, message="")) is None


def test_a_key_that_the_service_repeats_is_blanked() -> None:
    """It quotes what it was sent, in part or whole."""
    told = b'{"error":{"message":"Incorrect API key provided: sk-proj-abcdEFGH1234567890. See docs.","code":"invalid_api_key"}}'
    assert read_error(401, told).failure.message == "Incorrect API key provided: ***. See docs."


# Who we are


REQUEST = OPENAI.build_request(target(), prompt(), max_tokens=None, nonce=None)


@pytest.mark.parametrize(
    ("options", "variable"),
    [
        ({}, "OPENAI_API_KEY"),
        ({"base_url": "https://eu.api.openai.com/v1"}, "OPENAI_API_KEY"),
        ({"base_url": "https://api.openai.com.example.com/v1"}, None),
        ({"base_url": "https://gateway.example.com/v1"}, None),
        ({"base_url": LOCAL}, None),
        ({"base_url": LOCAL, "api_key_env": "OTHER"}, "OTHER"),
        ({"api_key_env": "none"}, None),
    ],
)
def test_a_key_goes_only_where_somebody_said(options: dict[str, object], variable: str | None) -> None:
    """OPENAI_API_KEY to OpenAI's own addresses; any other address gets a key only by name."""
    assert key_variable(target(**options)) == variable


def test_the_key_stands_in_one_header_and_nowhere_else() -> None:
    """What is told of it is the name of its variable."""
    access = open_with_key("https://gateway.example.com/v1", "OTHER", {"OTHER": " sk-one\n"})
    assert dict(access.signer.sign(REQUEST)) == {"Authorization": "Bearer sk-one"}
    assert (access.credentials_source, "sk-one" in repr(access)) == ("OTHER (environment)", False)


@pytest.mark.parametrize(
    ("url", "source"),
    [(LOCAL, "none (local endpoint)"), ("http://10.0.0.5:8000/v1", "none"), ("https://a.example", "none")],
)
def test_without_a_key_requests_go_as_they_are(url: str, source: str) -> None:
    """To whom nobody named a key for."""
    access = open_with_key(url, None, {"OPENAI_API_KEY": "sk-one"})
    assert (access.signer.sign(REQUEST), access.credentials_source) == ((), source)


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://0.0.0.0:8000/v1", True),
        ("http://192.168.1.7/v1", True),
        ("http://[fd00::1]:8000/v1", True),
        ("http://vllm:8000/v1", True),
        ("http://gpu.internal/v1", True),
        ("http://gateway.example.com/v1", False),
        ("http://8.8.8.8/v1", False),
        ("http://internal.example.com/v1", False),
    ],
)
def test_a_key_travels_readable_in_private_networks_only(url: str, private: bool) -> None:
    """Over http a key can be read on the way; in one's own network that is one's own matter."""
    if private:
        assert open_with_key(url, "OTHER", {"OTHER": "sk-one"}).signer.sign(REQUEST) != ()
        return
    with pytest.raises(UsageError) as caught:
        open_with_key(url, "OTHER", {"OTHER": "sk-one"})
    assert [problem.key for problem in caught.value.problems] == ["providers.openai.key_needs_https"]
    assert "sk-one" not in str(caught.value.problems)


@pytest.mark.parametrize(("held", "key"), [(None, "key_missing"), (" ", "key_missing"), ("a b", "key_odd")])
def test_a_missing_key_is_told_with_its_variable(held: str | None, key: str) -> None:
    """Before anything is sent, and without what the variable holds."""
    environment = {} if held is None else {"OPENAI_API_KEY": held}
    with pytest.raises(AccessError) as caught:
        open_with_key("https://api.openai.com/v1", "OPENAI_API_KEY", environment)
    assert (caught.value.key, caught.value.values) == (f"providers.openai.{key}", {"variable": "OPENAI_API_KEY"})


EVENTS = st.one_of(
    st.sampled_from(
        [
            b"[DONE]", b"", b" ", b"{}", b"{", b"}", b"{}{}", b"{},{}", b'{"a":', b"1}", b'{"a":{}', b" {} ", b"null", b"[]", b"\xff",
            b'{"choices":null}', b'{"choices":[]}', b'{"choices":[null]}', b'{"choices":[{}]}', b'{"choices":[{},{"index":1}]}',
            b'{"choices":[{"delta":{"content":"a"}}]}', b'{"choices":[{"index":1,"delta":{"content":"other"}}]}',
            b'{"choices":[{"delta":{"content":"a","reasoning":"b"}}]}', b'{"choices":[{"delta":{"content":"","refusal":"no"}}]}',
            b'{"choices":[{"delta":{"content":[{"text":"part"}]}}]}', b'{"choices":[{"message":{"content":"whole"}}]}',
            b'{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}', b'{"choices":[{"delta":{"content":7}}]}',
            b'{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":1,"completion_tokens":2}}',
            b'{"choices":[{"delta":{"content":"a"}}],"service_tier":"flex"}', b'{"error":{"message":"slow","code":429}}',
            b'{"choices":[{"delta":{"content":"a"}}],"error":"broke"}',
            b'{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"{"}}]}}]}',
        ]
    ),
    st.binary(max_size=20),
)  # fmt: skip


@given(st.lists(EVENTS, max_size=8))
def test_a_stream_at_once_is_read_as_its_events_one_by_one(payloads: list[bytes]) -> None:
    """The same pieces in the same order, and the same mistake at the same place; no event swallows another."""
    payloads = [payload.replace(b"\n", b"").replace(b"\r", b"") for payload in payloads]

    def said(events: Iterable[tuple[Piece, ...]]) -> list[object]:
        found: list[object] = []
        try:
            for pieces in events:
                found.append(pieces)  # noqa: PERF402  What came before a mistake counts.
        except TheirMistake as mistake:
            found.append(str(mistake))
        return found

    one_by_one = (OPENAI.read_frame(target(), Frame(kind="message", payload=payload)) for payload in payloads)
    assert said(OPENAI.read_events(target(), payloads)) == said(one_by_one)
