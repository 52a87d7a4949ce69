"""Which models does the simulated account know, and what may be asked of each?

Facts from the public model cards and the latency-optimized and service-tier tables as of November 2026. End of life is not here: whether a
model still answers is a matter of the profile, so that the published comparison can be replayed years later. Which Regions an inference
profile may route to is the service's own table for its largest source Regions.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Family = Literal["claude", "nova", "llama", "mistral_text", "mistral_chat"]


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """One foundation model."""

    id: str
    """The foundation model id, without the prefix of an inference profile."""
    family: Family
    """Which native body InvokeModel takes and gives."""
    max_output: int
    """Most tokens one answer may have."""
    profiles: tuple[str, ...] = ()
    """Prefixes of the cross-Region inference profiles that contain it (`us`, `eu`, ...)."""
    bare: bool = True
    """May be called by its own id, without an inference profile."""
    optimized: bool = False
    """Takes latency-optimized requests, through an inference profile."""
    tiers: tuple[str, ...] = ("default",)
    """Service tiers it takes; `reserved` is always answered with "no reservation"."""


_GEO = ("us", "eu", "apac", "jp", "au", "global")
_ALL_TIERS = ("default", "priority", "flex")

CATALOGUE: dict[str, Model] = {
    model.id: model
    for model in (
        Model(id="anthropic.claude-3-haiku-20240307-v1:0", family="claude", max_output=4096, profiles=("us", "eu", "apac")),
        Model(id="anthropic.claude-3-5-haiku-20241022-v1:0", family="claude", max_output=8192, profiles=("us",), optimized=True),
        Model(id="anthropic.claude-haiku-4-5-20251001-v1:0", family="claude", max_output=64000, profiles=_GEO, bare=False),
        Model(id="anthropic.claude-sonnet-4-5-20250929-v1:0", family="claude", max_output=64000, profiles=_GEO, bare=False),
        Model(id="anthropic.claude-haiku-5-5", family="claude", max_output=128000, profiles=_GEO),
        Model(id="amazon.nova-pro-v1:0", family="nova", max_output=10000, profiles=("us", "eu", "apac"), optimized=True, tiers=_ALL_TIERS),
        Model(id="amazon.nova-lite-v1:0", family="nova", max_output=10000, profiles=("us", "eu", "apac")),
        Model(id="amazon.nova-micro-v1:0", family="nova", max_output=10000, profiles=("us", "eu", "apac")),
        Model(id="meta.llama3-1-70b-instruct-v1:0", family="llama", max_output=8192, profiles=("us",), optimized=True),
        Model(id="meta.llama3-1-405b-instruct-v1:0", family="llama", max_output=8192, profiles=("us",), optimized=True),
        Model(id="mistral.mistral-7b-instruct-v0:2", family="mistral_text", max_output=8192),
        Model(id="mistral.mistral-large-2402-v1:0", family="mistral_text", max_output=8192),
        Model(id="mistral.mistral-large-2407-v1:0", family="mistral_chat", max_output=8192),
        Model(id="openai.gpt-oss-120b-1:0", family="mistral_chat", max_output=32768, tiers=_ALL_TIERS),
        Model(id="deepseek.v3-v1:0", family="mistral_chat", max_output=32768, tiers=_ALL_TIERS),
    )
}  # fmt: skip

NAMES: dict[str, tuple[str, str]] = {
    "anthropic.claude-3-haiku-20240307-v1:0": ("Anthropic", "Claude 3 Haiku"),
    "anthropic.claude-3-5-haiku-20241022-v1:0": ("Anthropic", "Claude 3.5 Haiku"),
    "anthropic.claude-haiku-4-5-20251001-v1:0": ("Anthropic", "Claude Haiku 4.5"),
    "anthropic.claude-sonnet-4-5-20250929-v1:0": ("Anthropic", "Claude Sonnet 4.5"),
    "anthropic.claude-haiku-5-5": ("Anthropic", "Claude Haiku 5.5"),
    "amazon.nova-pro-v1:0": ("Amazon", "Nova Pro"),
    "amazon.nova-lite-v1:0": ("Amazon", "Nova Lite"),
    "amazon.nova-micro-v1:0": ("Amazon", "Nova Micro"),
    "meta.llama3-1-70b-instruct-v1:0": ("Meta", "Llama 3.1 70B Instruct"),
    "meta.llama3-1-405b-instruct-v1:0": ("Meta", "Llama 3.1 405B Instruct"),
    "mistral.mistral-7b-instruct-v0:2": ("Mistral AI", "Mistral 7B Instruct"),
    "mistral.mistral-large-2402-v1:0": ("Mistral AI", "Mistral Large (24.02)"),
    "mistral.mistral-large-2407-v1:0": ("Mistral AI", "Mistral Large (24.07)"),
    "openai.gpt-oss-120b-1:0": ("OpenAI", "gpt-oss-120b"),
    "deepseek.v3-v1:0": ("DeepSeek", "DeepSeek-V3.1"),
}
"""Who made each model of the catalogue, and its name in model lists and quotas."""

PREFIXES = frozenset({"us", "eu", "apac", "jp", "au", "in", "us-gov", "global"})

ROUTES: dict[str, tuple[str, ...]] = {
    "us": ("us-east-1", "us-east-2", "us-west-2"),
    "eu": ("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-3"),
    "apac": ("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
    "jp": ("ap-northeast-1", "ap-northeast-3"),
    "au": ("ap-southeast-2", "ap-southeast-4"),
}
"""Where the inference profile of a prefix may send a request. `global` names no Region: it may be any."""


def split_prefix(model_id: str) -> tuple[str | None, str]:
    """`us.amazon.nova-pro-v1:0` → (`us`, `amazon.nova-pro-v1:0`); without a known prefix → (None, the id)."""
    prefix, dot, rest = model_id.partition(".")
    return (prefix, rest) if dot and prefix in PREFIXES else (None, model_id)


def plain_id(model_id: str) -> str:
    """The id named by an ARN of a foundation model or of a system-defined inference profile; other ids and ARNs as they are."""
    if model_id.startswith("arn:"):
        resource = model_id.split(":", 5)[-1]
        kind, slash, name = resource.partition("/")
        if slash and kind in ("foundation-model", "inference-profile"):
            return name
    return model_id
