"""Which options does an OpenAI-compatible target have, and which combinations cannot work?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from hayai.ask.plan import Target
from hayai.errors import Problem
from hayai.measure.providers.address import address_mistake
from hayai.measure.providers.contract import Option
from hayai.measure.providers.own_fields import header_problems, problem, shape_problems

DEFAULT_BASE_URL = "https://api.openai.com/v1"
DEFAULT_KEY_VARIABLE = "OPENAI_API_KEY"
NO_KEY = "none"
"""What `api_key_env=` says when no key is to be sent."""

_OPTIONS = (
    Option(name="base_url", kind="text", example="http://127.0.0.1:8000/v1"),
    # What `--endpoint` fills in, and Bedrock targets call it. A target's own `base_url` wins over it.
    Option(name="endpoint", kind="text", example="http://127.0.0.1:8000/v1"),
    Option(name="api_key_env", kind="text", example=DEFAULT_KEY_VARIABLE),
    Option(name="stream", kind="flag", example="false"),
    Option(name="usage", kind="flag", example="false"),
    Option(name="tier", kind="text", example="priority"),
    Option(name="temperature", kind="number", low=0, high=2, example="0.2"),
    Option(name="top_p", kind="number", low=0, high=1, example="0.9"),
    Option(name="frequency_penalty", kind="number", low=-2, high=2, example="0"),
    Option(name="presence_penalty", kind="number", low=-2, high=2, example="0"),
    Option(name="seed", kind="integer", example="1"),
    Option(name="reasoning_effort", kind="text", example="low"),
    Option(name="max_tokens", kind="integer", low=1, example="512"),
    Option(name="max_tokens_field", kind="choice", choices=("max_tokens", "max_completion_tokens"), example="max_tokens"),
    Option(name="system", kind="text", example="Answer in one sentence."),
    Option(name="stop", kind="json", example='["END"]'),
    Option(name="extra", kind="json", example='{"logit_bias":{"50256":-100}}'),
    Option(name="header.", kind="text", example="header.X-Team=search"),
)  # fmt: skip
OPTIONS: Mapping[str, Option] = {option.name: option for option in _OPTIONS}

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
"""Capitals only, as such variables are named: a key that somebody puts here by mistake mostly has other letters, and is not repeated."""
_OPENAI = ("api.openai.com", ".api.openai.com")
_NEWER_FIELD = (*_OPENAI, ".openai.azure.com")


def base_url_of(target: Target) -> str:
    """Where the service listens, without a slash at the end."""
    given = target.options.get("base_url") or target.options.get("endpoint") or DEFAULT_BASE_URL
    return str(given).rstrip("/")


def streams(target: Target) -> bool:
    """Whether the answer is asked for piece by piece."""
    return bool(target.options.get("stream", True))


def length_field(target: Target) -> str:
    """The field that bounds the answer. OpenAI's newer models refuse `max_tokens`, and most other servers know nothing else."""
    ours = "max_completion_tokens" if _is_at(base_url_of(target), _NEWER_FIELD) else "max_tokens"
    return str(target.options.get("max_tokens_field", ours))


def key_variable(target: Target) -> str | None:
    """The environment variable whose key is sent; None: no key.

    `OPENAI_API_KEY` belongs to OpenAI's own addresses (Regions' too). Any other service gets the key that somebody names for it.
    """
    named = target.options.get("api_key_env")
    if named is None:
        return DEFAULT_KEY_VARIABLE if _is_at(base_url_of(target), _OPENAI) else None
    return None if named == NO_KEY else str(named)


def _is_at(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether the address is one of these hosts, or lies below one that begins with a dot."""
    host = urlsplit(url).hostname or ""
    return any(host.endswith(known) if known.startswith(".") else host == known for known in hosts)


def problems_in(target: Target) -> list[Problem]:
    """Everything about this target that cannot work, whatever the prompt."""
    return [
        *_address_problems(target),
        *shape_problems(target),
        *_extra_problems(target),
        *header_problems(target),
    ]


def _address_problems(target: Target) -> list[Problem]:
    options, problems = target.options, []
    address = base_url_of(target)
    mistake = address_mistake(address)
    if mistake is not None:
        problems.append(Problem(place=target.name, key=mistake))
    elif address.endswith("/chat/completions"):
        problems.append(problem(target, "openai.whole_address", suggestion=address.removesuffix("/chat/completions")))
    variable = options.get("api_key_env")
    if variable not in (None, NO_KEY) and not _VARIABLE.fullmatch(str(variable)):
        # Not repeated: somebody may have put the key itself here.
        problems.append(problem(target, "openai.key_variable"))
    return problems


def _extra_problems(target: Target) -> list[Problem]:
    extra = target.options.get("extra", {})
    if not isinstance(extra, dict):
        return []
    problems = []
    if extra.get("n", 1) != 1:
        problems.append(problem(target, "openai.several_answers"))
    problems += [
        problem(target, "openai.extra_option", field=field, option=option)
        for field, option in (("stream", "stream="), ("stream_options", "usage="))
        if field in extra
    ]
    return problems
