"""Does this text hold a key, a token or a password?

Whatever is typed into a command line ends in the shell's history and in the process list, and a plan is written into a manifest, so hayai
takes secrets from the environment only. Two signs give one away: how it looks (the fixed beginnings that services give to their keys), and
what it is called (`api_key=`, `password=`, `Authorization`). This module finds them, says which way is right, and never repeats them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

Kind = Literal["aws", "bedrock", "api_key", "url"]
"""Which advice helps: AWS credentials, a Bedrock API key, any other key, a password inside an address."""

REDACTED = "[redacted]"

# Where a key could be an everyday word (`sk-learn-…`, "bearer of bad news"), a digit is asked for: keys have some, words do not.
_LOOKS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    # Bedrock API keys, long-term and short-term.
    ("bedrock", re.compile(r"ABSK[A-Za-z0-9+/=_-]{12,}|bedrock-api-key-[A-Za-z0-9+/=_-]{8,}")),
    # AWS access key ids: AKIA long-term, ASIA temporary, ABIA for bearer tokens. 16 characters follow.
    ("aws", re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA)[A-Z0-9]{12,}", re.ASCII)),
    ("url", re.compile(r"(?<=://)[^\s/@?#,]+:[^\s/@?#,]+(?=@)|(?<=X-Amz-Signature=)[^&\s,]+")),
    (
        "api_key",
        re.compile(r"(?<![A-Za-z0-9])(?:sk-|gsk_|hf_|xai-|AIza)(?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{12,}", re.ASCII),
    ),
    ("api_key", re.compile(r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]{8,}", re.ASCII)),
    (
        "api_key",
        re.compile(r"(?<![A-Za-z])bearer(?:\s|%20|\+)+(?=\S*[0-9])[A-Za-z0-9._~+/=-]{8,}", re.ASCII | re.IGNORECASE),
    ),
)

_AWS_NAMES = frozenset({
    "access_key_id", "aws_access_key_id", "aws_secret_access_key", "aws_security_token", "aws_session_token",
    "secret_access_key", "session_token", "x_amz_security_token",
})  # fmt: skip
_NAMES = frozenset({
    "access_token", "anthropic_api_key", "api_key", "apikey", "auth_token", "authorization",
    "aws_bearer_token_bedrock", "bearer_token", "client_secret", "openai_api_key", "passwd", "password",
    "proxy_authorization", "secret_key", "x_api_key", "x_goog_api_key",
})  # fmt: skip
# As the name of an option these mean a secret; as a key inside JSON they are everyday words.
_SHORT_NAMES = frozenset({"access_key", "bearer", "cookie", "credentials", "key", "secret", "token"})

_ALL_NAMES = sorted((n.replace("_", "[_-]") for n in _AWS_NAMES | _NAMES | _SHORT_NAMES), key=len, reverse=True)
# `name=value`, `name: value`, `"name": "value"` anywhere; over-long rather than over-short.
_NAMED = re.compile(
    rf"""(?<![A-Za-z0-9])((?:{"|".join(_ALL_NAMES)})["']?\s*[=:]\s*["']?)[^,"'&}}]+""", re.ASCII | re.IGNORECASE
)


def find_secret(text: str) -> Kind | None:
    """Which kind of secret `text` looks like; None: none."""
    return next((kind for kind, look in _LOOKS if look.search(text)), None)


def secret_name(name: str) -> Kind | None:
    """Which kind of secret an option, a header or a key of this name would hold; None: not a name for secrets.

    `api_key_env` (the name of a variable) and `max_tokens` are not.
    """
    plain = name.strip().lstrip("-").lower().removeprefix("header.").replace("-", "_")
    if plain == "aws_bearer_token_bedrock":
        return "bedrock"
    if plain in _AWS_NAMES:
        return "aws"
    return "api_key" if plain in _NAMES | _SHORT_NAMES else None


def find_secret_within(value: object) -> Kind | None:
    """As `find_secret` and `secret_name`, through every key and text of a JSON value."""
    if isinstance(value, str):
        return find_secret(value)
    if isinstance(value, Mapping):
        for name, inner in value.items():
            everyday = str(name).lower() in _SHORT_NAMES or not isinstance(inner, str)
            kind = (None if everyday else secret_name(str(name))) or find_secret(str(name)) or find_secret_within(inner)
            if kind is not None:
                return kind
        return None
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return next((kind for kind in map(find_secret_within, value) if kind is not None), None)
    return None


def redact(text: str) -> str:
    """`text` with everything that looks like a secret, or is called one, replaced by `[redacted]`."""
    for _, look in _LOOKS:
        text = look.sub(REDACTED, text)
    return _NAMED.sub(rf"\g<1>{REDACTED}", text)


def redact_argv(argv: Sequence[str]) -> list[str]:
    """A command line fit for the manifest: secrets replaced, also where the value follows its option (`--api-key VALUE`)."""
    clean: list[str] = []
    hide_next = False
    for word in argv:
        clean.append(REDACTED if hide_next else redact(word))
        hide_next = word.startswith("-") and "=" not in word and secret_name(word) is not None
    return clean
