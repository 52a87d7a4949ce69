"""What every provider promises, whoever it speaks to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from hayai.ask.plan import Message, Prompt, Target, TextPart
from hayai.ask.targets.options import find_option, read_value
from hayai.errors import TheirMistake
from hayai.measure.providers.contract import Frame, Piece, Provider
from hayai.measure.providers.registry import PROVIDERS
from hayai.show.locales import LANGUAGES, texts_in

MODELS = {"bedrock": "us.amazon.nova-pro-v1:0", "openai": "gpt-5-mini", "bedrock-boto3": "us.amazon.nova-pro-v1:0"}
"""A model of each provider."""
PROMPT = Prompt(id="p", messages=(Message(role="user", parts=(TextPart(text="Hello"),)),))

BODIES = [b"", b"{}", b"[]", b"null", b"\xff\x00", b'{"message":null}', b'{"message":{"a":1}}', b"<html>"]
BODIES += [b"[" * 100_000, b'{"message":' + b"9" * 9999 + b"}", b'{"__type":["a"]}', b'{"message":"\\ud83e"}']
"""What may stand in the body of a refusal."""

each = pytest.mark.parametrize(("name", "provider"), PROVIDERS.items())


def asked(name: str, **options: object) -> Target:
    """A target of this provider."""
    return Target(name="A", provider=name, model=MODELS[name], options=options)


@each
def test_a_provider_is_known_by_its_own_name(name: str, provider: Provider) -> None:
    """The name before the colon is the provider's."""
    assert name == provider.NAME


@each
def test_every_option_is_described_in_every_language(name: str, provider: Provider) -> None:
    """Help can show each option, and says something different about each."""
    for language in LANGUAGES:
        texts = texts_in(language)
        described = [texts(f"option.{name}.{option}") for option in provider.OPTIONS]
        assert len(set(described)) == len(described)


@each
def test_every_example_is_right(name: str, provider: Provider, tmp_path: Path) -> None:
    """What help shows as an example can be typed, passes, and makes a target without problems."""
    for option in provider.OPTIONS.values():
        typed = option.name if not option.name.endswith(".") else option.example.partition("=")[0]
        text = option.example if not option.name.endswith(".") else option.example.partition("=")[2]
        assert find_option(typed, provider.OPTIONS) == option
        value, problem = read_value(typed, text, option, place="here", folder=tmp_path)
        assert problem is None
        assert text
        assert provider.validate(asked(name, **{typed: value})) == []


@each
def test_kept_headers_are_lower_case_and_hold_no_secret(name: str, provider: Provider) -> None:
    """A record keeps these headers; what proves an identity is not among them."""
    assert all(header == header.lower() for header in provider.HEADERS_KEPT)
    assert not provider.HEADERS_KEPT & {"authorization", "set-cookie", "cookie", "x-amz-security-token"}


@each
def test_a_request_leaves_host_and_length_to_the_connection(name: str, provider: Provider) -> None:
    """A provider knows neither where a request goes nor how it is framed."""
    request = provider.build_request(asked(name), PROMPT, max_tokens=16, nonce=None)
    assert request.path.startswith("/")
    assert not {header.lower() for header, _ in request.headers} & {"host", "content-length", "authorization"}


@each
def test_what_is_not_asked_for_is_not_requested(name: str, provider: Provider) -> None:
    """None means that nothing was asked."""
    served = provider.requested(asked(name))
    assert (served.latency, served.tier) == (None, None)


@each
@pytest.mark.parametrize("payload", [b"{}", b"[DONE]", b'{"choices":[{"delta":{"content":"a"}}]}', b"<html>", b"\xff"])
def test_a_stream_of_events_is_read_as_its_events_are(name: str, provider: Provider, payload: bytes) -> None:
    """All at once or one by one: the same pieces, and the same mistake."""

    def said(events: Callable[[], Iterable[tuple[Piece, ...]]]) -> object:
        try:
            return list(events())
        except TheirMistake as mistake:
            return str(mistake)

    target, frame = asked(name), Frame(kind="message", payload=payload)
    one_by_one = said(lambda: [provider.read_frame(target, frame), provider.read_frame(target, frame)])
    assert said(lambda: provider.read_events(target, [payload, payload])) == one_by_one


@each
@pytest.mark.parametrize("status", [300, 400, 401, 403, 404, 408, 413, 424, 429, 500, 502, 503, 504, 529])
@pytest.mark.parametrize("body", BODIES)
def test_every_refusal_has_an_outcome_and_a_code(name: str, provider: Provider, status: int, body: bytes) -> None:
    """Whatever stands in the body: a refusal is one, and says by which name."""
    failed = provider.read_error(asked(name), status, {}, body)
    assert failed.outcome in ("throttled", "refused", "server_error")
    assert failed.failure.code
    assert (failed.outcome == "throttled") == (status == 429)


LOCATIONS = {
    "https://new.example/v1/chat?code=secret#secret": "https://new.example/v1/chat",
    "https://me:secret@new.example:8443/login": "https://new.example:8443/login",
    "/login?next=secret": "/login",
    "//new.example/x": "://new.example/x",
    "http://[new.example/": "no address that can be read",
    "": "no address that can be read",
    "https://new.example/\x1b[31m": "https://new.example/[31m",
}


@each
@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_refusal_that_names_the_new_address(
    name: str, provider: Provider, location: str, status: int
) -> None:
    """Scheme, host and path; with advice, because asking again leads to the same place."""
    failed = provider.read_error(asked(name), status, {"location": location} if location else {}, b"<html>Moved</html>")
    assert (failed.outcome, failed.failure.code) == ("refused", f"http_{status}")
    assert failed.failure.message == f"redirected to {LOCATIONS[location]}"
    assert str(provider.access_advice(failed.failure)).endswith(".redirected")
