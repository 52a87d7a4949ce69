"""Which options does an OpenAI-compatible target have, and which combinations cannot work?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from hayai.ask.plan import Target
from hayai.errors import Problem
from hayai.measure.providers.address import address_mistake
from hayai.measure.providers.contract import Option
from hayai.measure.providers.own_fields import header_problems, problem, shape_problems

DEFAULT_BASE_URL = "https://api.openai.com/v1"
DEFAULT_KEY_VARIABLE = "OPENAI_API_KEY"

_OPTIONS = (
    Option(name="base_url", kind="text", example="http://127.0.0.1:8000/v1"),
    # What `--endpoint` fills in, and Bedrock targets call it; the same thing here.
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

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def base_url_of(target: Target) -> str:
    """Where the service listens, without a slash at the end."""
    given = target.options.get("base_url") or target.options.get("endpoint") or DEFAULT_BASE_URL
    return str(given).rstrip("/")


def streams(target: Target) -> bool:
    """Whether the answer is asked for piece by piece."""
    return bool(target.options.get("stream", True))


def length_field(target: Target) -> str:
    """The field that bounds the answer. OpenAI's newer models refuse `max_tokens`, and most other servers know nothing else."""
    ours = "max_completion_tokens" if base_url_of(target) == DEFAULT_BASE_URL else "max_tokens"
    return str(target.options.get("max_tokens_field", ours))


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
    base_url, endpoint = options.get("base_url"), options.get("endpoint")
    if base_url is not None and endpoint is not None and base_url != endpoint:
        problems.append(problem(target, "openai.two_addresses", base_url=base_url, endpoint=endpoint))
    for given in {base_url, endpoint} - {None}:
        mistake = address_mistake(str(given))
        if mistake is not None:
            problems.append(Problem(place=target.name, key=mistake))
        elif str(given).rstrip("/").endswith("/chat/completions"):
            shorter = str(given).rstrip("/").removesuffix("/chat/completions")
            problems.append(problem(target, "openai.whole_address", suggestion=shorter))
    variable = options.get("api_key_env")
    if variable is not None and not _VARIABLE.fullmatch(str(variable)):
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
