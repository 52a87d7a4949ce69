"""`openai:` targets as a user types them, from the command line to the report, against a server that answers as scripted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hayai.sim.process import Running
from hayai.wire.http1 import LAST_CHUNK, encode_chunk
from tests.cli.scripted import Scripted, scripted
from tests.cli.shell import MEASURED, NOVA, Shell
from tests.providers.openai_transcripts import DONE, chunk, chunked, event, sized

KEY = "sk-proj-aVerySecretKey0123456789"
USAGE = event({"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 3}})
HEAD = chunked(headers=(("x-request-id", "req-7"), ("set-cookie", "a=1")), whole=False)


def stream(*parts: bytes) -> list[bytes]:
    """A chunked answer, a write for each part."""
    return [HEAD, *map(encode_chunk, parts), LAST_CHUNK]


GOOD = stream(
    chunk({"role": "assistant", "content": ""}),
    chunk({"reasoning_content": "Hm."}),
    chunk({"content": "Four"}),
    chunk({"content": " 四"}),
    chunk({}, "stop", service_tier="default"),
    USAGE,
    DONE,
)
WHOLE = {
    "choices": [{"index": 0, "message": {"content": "Four"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 5, "completion_tokens": 1},
}
WRONG_KEY = {"error": {"message": f"Incorrect API key provided: {KEY}.", "type": "invalid_request_error", "code": None}}
SCRIPT: dict[str, list[bytes]] = {
    "good": GOOD,
    "other": GOOD,
    "body": [sized(200, WHOLE)],
    "locked": [sized(401, WRONG_KEY)],
    "cut": [HEAD, encode_chunk(chunk({"content": "Once"})), b""],
    "page": [sized(200, b"<html>Sign in</html>", ("Content-Type", "text/html"))],
}


@pytest.fixture(scope="module")
def service() -> Iterator[Scripted]:
    """The server, for all tests of this file."""
    with scripted(SCRIPT) as server:
        yield server


@pytest.fixture(autouse=True)
def _one_prompt(shell: Shell, service: Scripted) -> None:
    (shell.folder / "one.txt").write_text("What is a mutex?")
    shell.environment.pop("OPENAI_API_KEY", None)
    service.heard.clear()


ONE = ("--suite", "one.txt", "--cycles", "2", "--stopping", "limits")


def test_two_models_of_one_server_are_compared(shell: Shell, service: Scripted) -> None:
    """Reasoning is the first token, a role is none; tokens, tier, request id and reason are kept, and nothing else of the head."""
    words = (f"openai:good,base_url={service.url}/,tier=flex", f"openai:other,base_url={service.url}")
    done = shell("compare", *words, *ONE, code=MEASURED)
    assert f"  good: {service.url} (credentials: none (local address))" in done.err
    assert f"openai:good, base_url={service.url}/, tier=flex, baseline" in " ".join(done.out.split())
    records = shell.records()
    assert len(records) == 4
    for record in records:
        assert (record.outcome, record.stop_reason, record.streamed) == ("ok", "stop", True)
        assert record.pieces.kinds == "rtt"
        assert None not in (record.sent_at_ns, record.first_reasoning_at_ns, record.first_visible_at_ns)
        assert (record.usage.input_tokens, record.usage.output_tokens, record.usage.source) == (5, 3, "stream")
        assert (record.request_id, record.served_tier, record.text_chars) == ("req-7", "default", 6)
        assert set(record.headers) == {"content-type", "date", "x-request-id"}
    assert {record.requested_tier for record in records if record.target == "good"} == {"flex"}
    asked = [heard for heard in service.heard if heard.body["model"] == "other"]
    assert {heard.path for heard in service.heard} == {"/v1/chat/completions"}
    assert all("authorization" not in heard.headers for heard in service.heard)
    assert asked[-1].body == {
        "model": "other",
        "messages": [{"role": "user", "content": "What is a mutex?"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_the_key_reaches_the_service_and_nobody_else(shell: Shell, service: Scripted) -> None:
    """Not the records, the manifest, the report or the terminal, even where the service quotes it."""
    done = shell.inside(
        "compare",
        f"openai:good,base_url={service.url},api_key_env=MY_KEY",
        f"openai:locked,base_url={service.url},api_key_env=MY_KEY",
        *ONE,
        environment={"MY_KEY": KEY},
        code=3,
    )
    assert "credentials: MY_KEY in the environment" in done.err
    assert {heard.headers["authorization"] for heard in service.heard} == {f"Bearer {KEY}"}
    assert "api_key_env=" in done.err
    kept = [path.read_text() for path in shell.folder.rglob("*") if path.is_file()]
    assert not any(KEY in text for text in (*kept, done.err, done.out))


@pytest.mark.parametrize(
    ("target", "environment", "code", "told"),
    [
        ("openai:gpt-x", {}, 3, "OPENAI_API_KEY"),
        ("openai:gpt-x,api_key_env=MY_KEY", {"OPENAI_API_KEY": KEY}, 3, "MY_KEY"),
        ("openai:gpt-x,api_key_env=MY_KEY", {"MY_KEY": f"{KEY} {KEY}"}, 3, "MY_KEY"),
        ("openai:gpt-x,base_url=http://8.8.8.8/v1,api_key_env=MY_KEY", {"MY_KEY": KEY}, 2, "https://"),
        (f"openai:gpt-x,api_key={KEY}", {}, 2, "api_key_env="),
        (f"openai:gpt-x,api_key_env={KEY}", {}, 2, "api_key_env="),
        ("openai:gpt-x,base_url=http://127.0.0.1:1/v1/chat/completions", {}, 2, "http://127.0.0.1:1/v1"),
        ("openai:gpt-x,extra={\"n\":2}", {}, 2, "n"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_told_before_anything_is_sent(
    shell: Shell, target: str, environment: dict[str, str], code: int, told: str
) -> None:
    """Which variable is empty, which address is whole already; the key itself is never said."""
    done = shell.inside("compare", target, *ONE, "--dry-run", environment=environment, code=code)
    assert told in done.err
    assert KEY not in done.err + done.out
    assert shell.runs == []


def test_a_body_in_place_of_a_stream_has_no_first_token(shell: Shell, service: Scripted) -> None:
    """A server that ignores `stream` is measured as what it is."""
    shell.inside("compare", f"openai:body,base_url={service.url}", *ONE, "--json", code=0)
    for record in shell.records():
        assert (record.outcome, record.streamed, record.first_visible_at_ns) == ("ok", False, None)
        assert (record.usage.source, record.text_chars) == ("body", 4)
        assert record.last_at_ns == record.ended_at_ns


@pytest.mark.parametrize(("model", "outcome"), [("cut", "cut_off"), ("page", "bad_protocol")])
def test_what_is_no_answer_is_none(shell: Shell, service: Scripted, model: str, outcome: str) -> None:
    """A stream that breaks off, and a login page under status 200."""
    shell.inside("compare", f"openai:{model},base_url={service.url}", *ONE, "--json", code=5)
    assert {record.outcome for record in shell.records()} == {outcome}


def test_bedrock_and_openai_stand_in_one_run(shell: Shell, service: Scripted, sim: Running) -> None:
    """Each with its own way in; the default endpoint is for whoever has none of its own."""
    words = (f"openai:good,base_url={service.url}", NOVA, "--endpoint", sim.url)
    done = shell.inside("compare", *words, *ONE, "--json", code=MEASURED)
    assert {record.target: record.outcome for record in shell.records()} == {"good": "ok", "nova-pro": "ok"}
    assert f"  good: {service.url} (credentials: none (local address))" in done.err
    assert f"  nova-pro: {sim.url} (region us-east-1, credentials: none (local address))" in done.err


def test_options_vary_and_files_hold_targets(shell: Shell, service: Scripted) -> None:
    """`--vary` with `--endpoint`, and the same from a file."""
    dry = shell.inside(
        "compare", "openai:good", "--endpoint", service.url, "--vary", "temperature=0,1", *ONE, "--dry-run", code=0
    )
    assert f"good temperature=1: {service.url}" in dry.err
    assert service.heard == []
    (shell.folder / "bench.toml").write_text(
        f'[run]\nsuite = "one.txt"\ncycles = 1\n[[targets]]\nprovider = "openai"\nmodel = "good"\nbase_url = "{service.url}"\nseed = 7\n'
    )
    report = shell.inside("run", "bench.toml", "--json", code=0).json
    assert [target["provider"] for target in report["targets"]] == ["openai"]
    assert service.heard[-1].body["seed"] == 7
