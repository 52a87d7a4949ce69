"""Every no of Bedrock's becomes the right outcome, in its own words and without our secrets; and some come with advice."""

from __future__ import annotations

import string

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.keep.records import Failure
from hayai.measure.providers.bedrock_access import access_advice
from hayai.measure.providers.bedrock_errors import read_error, read_stream_error
from hayai.measure.providers.contract import Frame
from hayai.measure.providers.words import WORDS_KEPT, own_words
from hayai.show.locales import LANGUAGES, texts_in

MODELLED = [
    # (name, status, outcome): the errors of the service's model.
    ("ValidationException", 400, "refused"),
    ("ServiceQuotaExceededException", 400, "throttled"),
    ("ServiceQuotaExceededException", 429, "throttled"),
    ("AccessDeniedException", 403, "refused"),
    ("ResourceNotFoundException", 404, "refused"),
    ("ModelTimeoutException", 408, "server_error"),
    ("ModelErrorException", 424, "server_error"),
    ("ModelStreamErrorException", 424, "server_error"),
    ("ThrottlingException", 429, "throttled"),
    ("ModelNotReadyException", 429, "throttled"),
    ("InternalServerException", 500, "server_error"),
    ("ServiceUnavailableException", 503, "server_error"),
    ("SomethingNewException", 429, "throttled"),
    ("SomethingNewException", 418, "refused"),
    ("SomethingNewException", 507, "server_error"),
]
IN_STREAM = [
    ("internalServerException", "InternalServerException", "server_error"),
    ("modelStreamErrorException", "ModelStreamErrorException", "server_error"),
    ("validationException", "ValidationException", "refused"),
    ("throttlingException", "ThrottlingException", "throttled"),
    ("modelTimeoutException", "ModelTimeoutException", "server_error"),
    ("serviceUnavailableException", "ServiceUnavailableException", "server_error"),
    ("somethingNewException", "SomethingNewException", "server_error"),
]


def body(**fields: object) -> bytes:
    """A JSON body."""
    return msgspec.json.encode(fields)


@pytest.mark.parametrize(("name", "status", "outcome"), MODELLED)
def test_an_error_is_known_by_header_body_or_status(name: str, status: int, outcome: str) -> None:
    """The name stands in the header before the colon, else in the body after the hash, else the status must do."""
    by_header = read_error(
        status,
        {"x-amzn-errortype": f"{name}:http://internal.amazon.com/coral/com.amazon.bedrock/"},
        body(message="Its words", __type="com.amazon#Other"),
    )
    by_body = read_error(status, {}, body(__type=f"com.amazon.bedrock#{name}", Message="Its words"))
    for failed in (by_header, by_body):
        assert (failed.outcome, failed.failure) == (outcome, Failure(code=name, message="Its words"))
    if name != "ServiceQuotaExceededException" or status == 429:
        nameless = read_error(status, {}, body(message="Its words"))
        assert (nameless.outcome, nameless.failure.code) == (outcome, f"http_{status}")


@pytest.mark.parametrize(("kind", "code", "outcome"), IN_STREAM)
def test_an_exception_inside_a_stream_gets_the_same_name(kind: str, code: str, outcome: str) -> None:
    """In a stream the names are spelled in lower camel case; the record has one spelling."""
    frame = Frame(
        kind=kind,
        payload=body(message="Its words"),
        headers={":message-type": "exception", ":exception-type": kind},
    )
    failed = read_stream_error(frame)
    assert failed is not None
    assert (failed.outcome, failed.failure) == (outcome, Failure(code=code, message="Its words"))


def test_an_ordinary_event_is_no_error() -> None:
    """Even if a model's answer looks like one."""
    frame = Frame(kind="throttlingException", payload=b"{}", headers={":message-type": "event"})
    assert read_stream_error(frame) is None


SECRETS = [
    "x-amz-security-token:FwoGZXIvYXdzEXAMPLE//token==",
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122, Signature=deadbeef",
    "Bearer bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t",
    "ABSKQmVkcm9ja0FQSUtleS0xMjM0NTY3ODkw",
    '"SecretAccessKey": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"',
    "SessionToken=FwoGZXIvYXdzEXAMPLE",
    "AKIAIOSFODNN7EXAMPLE",
    "ASIAIOSFODNN7EXAMPLE",
    "arn:aws:iam::123456789012:user/me",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_words_are_kept_without_secrets(secret: str) -> None:
    """A refused signature quotes the whole request; nothing of ours comes back in the record that way, the rest does."""
    kept = own_words(f"The string to sign was\n{secret}\nand so on.")
    for part in ("FwoGZXIv", "deadbeef", "YmVkcm9j", "QmVkcm9j", "wJalrXUtn", "IOSFODNN7", "123456789012"):
        assert part not in kept
    assert kept.startswith("The string to sign was")
    assert kept.endswith("and so on.")


def test_ordinary_words_are_kept_as_they_are() -> None:
    """Blanking does not touch what services say."""
    words = (
        "Malformed input request: #: extraneous key [performanceConfig] is not permitted, please reformat your input. "
        "The maximum tokens you requested exceeds the model limit of 8192. "
        "Invocation of model ID us.anthropic.claude-3-5-haiku-20241022-v1:0"
    )
    assert own_words(words) == words


@given(st.text())
def test_words_are_bounded(words: str) -> None:
    """A page of a proxy does not end in every record."""
    assert len(own_words(words)) <= WORDS_KEPT + 1


ADVICE = [
    ("AccessDeniedException", "User: X is not authorized to perform: bedrock:InvokeModel", "denied"),
    ("AccessDeniedException", "You don't have access to the model with the specified model ID.", "model_access"),
    ("AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.", "api_key"),
    ("ExpiredTokenException", "The security token included in the request is expired", "expired"),
    ("UnrecognizedClientException", "The security token included in the request is invalid.", "unrecognised"),
    ("MissingAuthenticationTokenException", "Missing Authentication Token", "unsigned"),
    ("InvalidSignatureException", "The request signature we calculated does not match", "signature"),
    ("InvalidSignatureException", "Signature expired: 20261122T120000Z is now earlier than 20261122T121000Z", "clock"),
    ("InvalidSignatureException", "Signature not yet current: 20261122T130000Z is still later", "clock"),
    (
        "ResourceNotFoundException",
        "This model version has reached the end of its life. Please refer to ...",
        "end_of_life",
    ),
    (
        "ResourceNotFoundException",
        "Access denied. This Model is marked by provider as Legacy and you have not ...",
        "legacy",
    ),
    ("ResourceNotFoundException", "Model use case details have not been submitted for this account.", "use_case_form"),
    ("ResourceNotFoundException", "Could not resolve the foundation model from the model identifier", "not_found"),
    ("ValidationException", "The provided model identifier is invalid.", "model_id"),
    ("ValidationException", "Invocation of model ID X with on-demand throughput isn’t supported.", "needs_profile"),
    (
        "ValidationException",
        "Latency performance configuration is not supported for X in us-east-1",
        "latency_unsupported",
    ),
    ("ValidationException", "Reservation not found.", "no_reservation"),
    ("ValidationException", "service tier provided is invalid", "tier_unsupported"),
    ("http_407", "", "proxy"),
]


@pytest.mark.parametrize(("code", "words", "advice"), ADVICE)
def test_an_access_problem_comes_with_advice(code: str, words: str, advice: str) -> None:
    """Asking again would not help; the text says what would, in both languages, with the model and the service's words."""
    failure = Failure(code=code, message=words)
    key = access_advice(failure)
    assert key == f"providers.access.{advice}"
    for language in LANGUAGES:
        text = texts_in(language)(key, model="the-model", words="THEIR WORDS")
        assert "the-model" in text
        assert "THEIR WORDS" in text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ThrottlingException", "Too many tokens, please wait before trying again."),
        ("ValidationException", "messages: at least one message is required"),
        ("ModelErrorException", "The model identifier is invalid."),
        ("InternalServerException", ""),
    ],
)
def test_other_failures_are_not_about_access(code: str, words: str) -> None:
    """A throttle or a broken prompt does not stop a run as if credentials were missing."""
    assert access_advice(Failure(code=code, message=words)) is None


def test_every_advice_has_the_same_gaps() -> None:
    """Whoever shows an advice fills `model` and `words`, whatever it is."""
    for language in LANGUAGES:
        texts = texts_in(language)
        keys = [key for key in texts.keys() if key.startswith("providers.access.")]  # noqa: SIM118  Texts is no dict.
        for key in keys:
            raw = texts(key, model="{model}", words="{words}")
            assert {gap for _, gap, _, _ in string.Formatter().parse(raw) if gap} == {"model", "words"}


@given(
    st.integers(300, 599),
    st.dictionaries(st.just("x-amzn-errortype"), st.text(max_size=40)),
    st.one_of(
        st.binary(max_size=200),
        st.recursive(st.none() | st.text() | st.integers(-5, 5), lambda inner: st.dictionaries(st.text(), inner)).map(
            msgspec.json.encode
        ),
    ),
)
def test_any_refusal_can_be_kept(status: int, headers: dict[str, str], sent: bytes) -> None:
    """Whatever a service or a proxy sends as an error becomes a failure that fits into a journal."""
    failed = read_error(status, headers, sent)
    assert failed.outcome in ("throttled", "refused", "server_error")
    assert msgspec.json.decode(msgspec.json.encode(failed.failure))["code"] == failed.failure.code
