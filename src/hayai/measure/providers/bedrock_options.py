"""Which options does a Bedrock target have, and which combinations cannot work?

The option table is what `ask` validates values against; `problems_in` then looks at what only this service can know, before
anything is sent. An option that was not set leaves no trace in the request.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from hayai.ask.plan import Target
from hayai.errors import Problem
from hayai.measure.providers.address import address_mistake
from hayai.measure.providers.bedrock_model import MAX_ID_LENGTH, Family, family_of
from hayai.measure.providers.contract import Option
from hayai.measure.providers.own_fields import header_problems, problem, shape_problems

Api = Literal["converse-stream", "converse", "invoke-stream", "invoke"]

APIS: dict[str, Api] = {
    "converse-stream": "converse-stream",
    "converse": "converse",
    "invoke-stream": "invoke-stream",
    "invoke": "invoke",
    "conversestream": "converse-stream",
    "invokemodelwithresponsestream": "invoke-stream",
    "invokemodel": "invoke",
}
"""Every accepted spelling in lower case, and the call it means."""

CANONICAL_APIS: tuple[Api, ...] = ("converse-stream", "converse", "invoke-stream", "invoke")
DEFAULT_API: Api = "converse-stream"

LATENCY_HEADER = "X-Amzn-Bedrock-PerformanceConfig-Latency"
TIER_HEADER = "X-Amzn-Bedrock-Service-Tier"

_OPTIONS = (
    # The operation names stand in any case, so this is checked in `problems_in` rather than as a closed choice.
    Option(name="api", kind="text", example="invoke-stream"),
    Option(name="latency", kind="choice", choices=("standard", "optimized"), example="optimized"),
    Option(name="tier", kind="choice", choices=("default", "priority", "flex", "reserved"), example="priority"),
    Option(name="region", kind="text", example="us-east-2"),
    Option(name="profile", kind="text", example="work"),
    Option(name="endpoint", kind="text", example="https://vpce-0a1b2c3d.bedrock-runtime.us-east-1.vpce.amazonaws.com"),
    Option(name="signing_region", kind="text", example="us-east-1"),
    Option(name="family", kind="choice", choices=("claude", "nova"), example="claude"),
    Option(name="temperature", kind="number", low=0, high=1, example="0.2"),
    Option(name="top_p", kind="number", low=0, high=1, example="0.9"),
    Option(name="top_k", kind="integer", low=0, high=500, example="50"),
    Option(name="max_tokens", kind="integer", low=1, example="512"),
    Option(name="system", kind="text", example="Answer in one sentence."),
    Option(name="cache", kind="choice", choices=("off", "on"), example="on"),
    Option(name="stop", kind="json", example='["END"]'),
    Option(name="extra", kind="json", example='{"requestMetadata":{"team":"search"}}'),
    Option(name="header.", kind="text", example="header.X-Amzn-Bedrock-Trace=ENABLED"),
)
OPTIONS: Mapping[str, Option] = {option.name: option for option in _OPTIONS}

_MODEL_ID = re.compile(r"(?=.*[0-9A-Za-z])[!-~]+")


def api_of(target: Target) -> Api:
    """The call this target uses. Spellings that do not exist never come here: `problems_in` names them first."""
    return APIS[str(target.options.get("api", DEFAULT_API)).lower()]


def family_for(target: Target) -> Family | None:
    """The model's family: what the user said, else what the id tells."""
    said: Family | None = target.options.get("family")
    return said or family_of(target.model)


def problems_in(target: Target) -> list[Problem]:
    """Everything about this target that cannot work, whatever the prompt."""
    if str(target.options.get("api", DEFAULT_API)).lower() not in APIS:
        return [problem(target, "api_unknown", api=target.options["api"], choices=", ".join(CANONICAL_APIS))]
    return [
        *_model_problems(target),
        *_body_problems(target),
        *header_problems(target),
        *_endpoint_problems(target),
    ]


def _model_problems(target: Target) -> list[Problem]:
    model, family, invoke = target.model, family_for(target), api_of(target).startswith("invoke")
    if not _MODEL_ID.fullmatch(model) or len(model) > MAX_ID_LENGTH:
        return [problem(target, "model_id", model=model[:80], longest=MAX_ID_LENGTH)]
    if invoke and family is None:
        return [problem(target, "family_needed", model=model)]
    if invoke and family == "other":
        return [problem(target, "invoke_family", model=model)]
    if "top_k" in target.options and family is None:
        return [problem(target, "top_k_family_needed", model=model)]
    if "top_k" in target.options and family == "other":
        return [problem(target, "top_k_family", model=model)]
    return []


def _body_problems(target: Target) -> list[Problem]:
    problems, extra = shape_problems(target), target.options.get("extra", {})
    if target.options.get("cache") == "on" and api_of(target).startswith("invoke"):
        problems.append(problem(target, "cache_in_invoke"))
    if isinstance(extra, dict) and api_of(target).startswith("invoke"):
        problems += [
            problem(target, "extra_in_invoke", field=field, option=option)
            for field, option in (("performanceConfig", "latency="), ("serviceTier", "tier="))
            if field in extra
        ]
    return problems


def _endpoint_problems(target: Target) -> list[Problem]:
    endpoint = target.options.get("endpoint")
    key = None if endpoint is None else address_mistake(str(endpoint))
    return [] if key is None else [Problem(place=target.name, key=key)]
