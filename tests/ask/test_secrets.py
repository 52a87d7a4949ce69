"""Secrets: refused wherever they are typed, and never repeated anywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hayai.ask.secrets import REDACTED, find_secret, redact, redact_argv, secret_name
from hayai.ask.targets import parse_target, resolve_targets
from hayai.errors import Problem, UsageError
from hayai.measure.providers.contract import Option

BEDROCK = {
    option.name: option
    for option in (
        Option(name="region", kind="text"),
        Option(name="system", kind="text"),
        Option(name="max_tokens", kind="integer"),
        Option(name="endpoint", kind="text"),
        Option(name="extra", kind="json"),
        Option(name="header.", kind="text"),
    )
}
OPENAI = {o.name: o for o in (Option(name="api_key_env", kind="text"), Option(name="header.", kind="text"))}
SCHEMAS = {"bedrock": BEDROCK, "openai": OPENAI}

# Put together here, so that no scanner takes this file for a leak. None of them is or was a key.
ACCESS_KEY = "AKIA" + "QWERTYUIOPASDFGH"
TEMPORARY_KEY = "ASIA" + "QWERTYUIOPASDF12"
SECRET_KEY = "q1w2e3r4t5y6u7i8o9p0" + "A1S2D3F4/G5H6+J7K8L9"
BEDROCK_KEY = "ABSK" + "QmVkcm9ja0FQSUtleS1leGFtcGxlLWF0LTEy"
SHORT_BEDROCK_KEY = "bedrock-api-key-" + "YmVkcm9jay5hbWF6b25hd3MuY29t"
OPENAI_KEY = "sk-" + "proj-q1w2e3r4t5y6u7i8o9p0"
JWT = "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl"

TYPED = [
    (f"bedrock:m,region={ACCESS_KEY}", ACCESS_KEY, "aws"),
    (f"bedrock:m,system=use {TEMPORARY_KEY} please", TEMPORARY_KEY, "aws"),
    (f"bedrock:m,aws_secret_access_key={SECRET_KEY}", SECRET_KEY, "aws"),
    (f"bedrock:m,aws-session-token={SECRET_KEY}", SECRET_KEY, "aws"),
    (f"bedrock:m,header.X-Amz-Security-Token={SECRET_KEY}", SECRET_KEY, "aws"),
    (f"bedrock:{BEDROCK_KEY}", BEDROCK_KEY, "bedrock"),
    (f"bedrock:m,bearer={SHORT_BEDROCK_KEY}", SHORT_BEDROCK_KEY, "bedrock"),
    ("bedrock:m,AWS_BEARER_TOKEN_BEDROCK=hunter2", "hunter2", "bedrock"),
    ("bedrock:m,api_key=hunter2", "hunter2", "bedrock"),
    ("bedrock:m,token=hunter2", "hunter2", "bedrock"),
    ("bedrock:m,Password=hunter2", "hunter2", "bedrock"),
    ("bedrock:m,header.Authorization=Basic hunter2", "hunter2", "bedrock"),
    (f"openai:m,header.X=Bearer {SECRET_KEY}", SECRET_KEY, "api_key"),
    (f"openai:m,api_key_env={OPENAI_KEY}", OPENAI_KEY, "api_key"),
    ("openai:m,api_key=hunter2", "hunter2", "api_key"),
    (f"azure:m,api_key={OPENAI_KEY}", OPENAI_KEY, "api_key"),
    (f"{OPENAI_KEY}:m", OPENAI_KEY, "api_key"),
    (f"openai:m,header.X={JWT}", JWT, "api_key"),
    ("bedrock:m,endpoint=https://me:hunter2@proxy.example/", "hunter2", "url"),
    ("bedrock:m，api_key=hunter2", "hunter2", "bedrock"),
    ("bedrock：m,api_key=hunter2", "hunter2", "api_key"),
    (f'bedrock:m,extra={{"note": "{ACCESS_KEY}"}}', ACCESS_KEY, "aws"),
    ('bedrock:m,extra={"a": [{"api_key": "hunter2"}]}', "hunter2", "api_key"),
]


def _never_repeated(secret: str, problems: tuple[Problem, ...]) -> None:
    assert secret not in str([(p.place, p.key, p.values) for p in problems])
    assert secret not in str(UsageError(*problems))


@pytest.mark.parametrize(("text", "secret", "kind"), TYPED)
def test_a_secret_in_a_target_is_refused_and_not_repeated(text: str, secret: str, kind: str) -> None:
    """The message says which way is right for this kind, and has no gap to leak through."""
    target, problems = parse_target(text, SCHEMAS)
    assert target is None
    _never_repeated(secret, problems)
    assert f"secret.{kind}" in {problem.key for problem in problems}


@pytest.mark.parametrize(("text", "secret", "kind"), TYPED)
def test_a_secret_never_reaches_the_manifest(text: str, secret: str, kind: str) -> None:
    """Whatever was typed, the recorded command line does not hold it."""
    argv = redact_argv(["hayai", "compare", text, "--vary", text.partition(",")[2]])
    assert secret not in " ".join(argv)
    assert REDACTED in " ".join(argv)


@pytest.mark.parametrize("vary", [f"region=a,{ACCESS_KEY}", "password=hunter2,hunter3", f"nonsense={OPENAI_KEY}"])
def test_a_secret_in_vary_is_refused_and_not_repeated(vary: str) -> None:
    """`--vary` is typed into the same command line."""
    with pytest.raises(UsageError) as caught:
        resolve_targets(["bedrock:m"], [vary], SCHEMAS)
    assert all(problem.key.startswith("secret.") for problem in caught.value.problems)
    for secret in (ACCESS_KEY, OPENAI_KEY, "hunter2"):
        _never_repeated(secret, caught.value.problems)


def test_a_secret_in_a_default_is_refused() -> None:
    """`--endpoint` with a password in it."""
    with pytest.raises(UsageError) as caught:
        resolve_targets(["bedrock:m"], [], SCHEMAS, {"endpoint": "https://me:hunter2@proxy.example"})
    assert [(p.place, p.key) for p in caught.value.problems] == [("--endpoint", "secret.url")]
    _never_repeated("hunter2", caught.value.problems)


def test_a_secret_in_a_file_is_refused_because_plans_are_stored(tmp_path: Path) -> None:
    """`extra=@file.json` ends in the manifest too."""
    (tmp_path / "extra.json").write_text(json.dumps({"metadata": {"owner": ACCESS_KEY}}), encoding="utf-8")
    target, problems = parse_target("bedrock:m,extra=@extra.json", SCHEMAS, folder=tmp_path)
    assert target is None
    assert [problem.key for problem in problems] == ["secret.aws"]


@pytest.mark.parametrize(
    "text",
    [
        "bedrock:us.amazon.nova-pro-v1:0,max_tokens=300",
        "bedrock:m,system=Which token comes next? Explain bearer authentication\\, and sk-learn-pipelines-in-python",
        "bedrock:m,system=合言葉(password)とは何か",
        "bedrock:m,endpoint=https://vpce-0123456789abcdef0-abcd1234.bedrock-runtime.us-east-1.vpce.amazonaws.com",
        "bedrock:m,header.X-Amzn-Bedrock-Trace=ENABLED",
        'bedrock:m,extra={"requestMetadata": {"team": "search"}}',
        "openai:m,api_key_env=OPENAI_API_KEY",
        "bedrock:arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdef012345",
    ],
)
def test_harmless_texts_are_let_through_unchanged(text: str) -> None:
    """Words that only sound like secrets are not; the recorded command line is what was typed."""
    target, problems = parse_target(text, SCHEMAS)
    assert problems == ()
    assert target is not None
    assert redact_argv([text]) == [text]


def test_everyday_keys_inside_json_are_no_secrets() -> None:
    """`key` and `token` are words of request metadata and of tool schemas; only as options do they mean a secret."""
    target, problems = parse_target('bedrock:m,extra={"requestMetadata": {"key": "a", "token": "b"}}', SCHEMAS)
    assert (problems, target is None) == ((), False)


def test_options_that_are_followed_by_a_secret_are_redacted() -> None:
    """`--api-key VALUE`, `--password=VALUE`; the words around stay."""
    typed = ["hayai", "compare", "--api-key", "hunter2", "a:b", "--password=hunter3", "--max-tokens", "5"]
    assert redact_argv(typed) == [
        "hayai", "compare", "--api-key", REDACTED, "a:b", f"--password={REDACTED}", "--max-tokens", "5",
    ]  # fmt: skip


def test_redacting_keeps_the_rest_of_a_text() -> None:
    """Only the secret goes."""
    assert redact(f"region=a,api_key=hunter2,max_tokens=3 {ACCESS_KEY}.") == (
        f"region=a,api_key={REDACTED},max_tokens=3 {REDACTED}."
    )


@pytest.mark.parametrize("name", ["api_key", "API-KEY", "--token", "header.Authorization", "aws_secret_access_key"])
def test_names_of_secrets_are_known(name: str) -> None:
    """In every spelling of case and dashes."""
    assert secret_name(name) is not None


@pytest.mark.parametrize("name", ["api_key_env", "max_tokens", "region", "tokenizer", ""])
def test_other_names_are_not(name: str) -> None:
    """Names that only look alike."""
    assert secret_name(name) is None
    assert find_secret(name) is None
