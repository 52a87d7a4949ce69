"""How much may this account ask for in a minute? ListServiceQuotas, in the names that AWS gives them."""

from __future__ import annotations

from typing import Any

from hayai.sim.account import Account
from hayai.sim.control.asking import Ask
from hayai.sim.control.models import models_of
from hayai.sim.models import NAMES, Model
from hayai.sim.profile import Arm, ModelEntry
from hayai.sim.refusals import Refusal

_MOST = 100
DEFAULT_REQUESTS, DEFAULT_TOKENS = 2000, 4_000_000
"""Where the profile sets no quota: what large accounts had in 2025."""


def list_service_quotas(account: Account, ask: Ask) -> dict[str, Any]:
    """The quotas of Bedrock, page by page."""
    if ask.values.get("ServiceCode") != "bedrock":
        raise Refusal("NoSuchResourceException", "The specified service does not exist.", status=400)
    size = int(ask.values.get("MaxResults", _MOST))
    if not 1 <= size <= _MOST:
        raise Refusal("IllegalArgumentException", "MaxResults is out of range.", status=400)
    token = str(ask.values.get("NextToken", "0"))
    if not token.isdigit():
        raise Refusal("InvalidPaginationTokenException", "Invalid token.", status=400)
    quotas = [one for model, entry in models_of(account) for one in _quotas(account, model, entry)]
    start = int(token)
    page: dict[str, Any] = {"Quotas": quotas[start : start + size]}
    return page | ({"NextToken": str(start + size)} if start + size < len(quotas) else {})


def _quotas(account: Account, model: Model, entry: ModelEntry) -> list[dict[str, Any]]:
    maker, name = NAMES.get(model.id, ("", model.id))
    standard, optimized = entry.arms["standard"], entry.arms.get("optimized")
    told = f"{maker} {name}".strip()
    found = []
    ways = [*(["On-demand"] if model.bare else []), *(["Cross-region"] if model.profiles else [])]
    for way in ways:
        found += _pair(account, f"{way} model inference {{unit}} per minute for {told}", standard)
    if model.optimized and optimized is not None:
        found += _pair(
            account, f"On-demand, latency-optimized model inference {{unit}} per minute for {told} V1", optimized
        )
    return found


def _pair(account: Account, name: str, arm: Arm) -> list[dict[str, Any]]:
    return [
        _quota(account, name.format(unit="requests"), arm.requests_per_minute or DEFAULT_REQUESTS),
        _quota(account, name.format(unit="tokens"), arm.tokens_per_minute or DEFAULT_TOKENS),
    ]


def _quota(account: Account, name: str, value: int) -> dict[str, Any]:
    code = f"L-{sum(ord(letter) * 31**at for at, letter in enumerate(name)) % 16**8:08X}"
    region, number = account.profile.region, account.profile.account.id
    return {
        "ServiceCode": "bedrock",
        "ServiceName": "Amazon Bedrock",
        "QuotaArn": f"arn:aws:servicequotas:{region}:{number}:bedrock/{code}",
        "QuotaCode": code,
        "QuotaName": name,
        "Value": float(value),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }
