"""Does the account's quota bear what the plan will ask? Requests and tokens a minute, by the way of asking, latency-optimized apart.

Quotas have no ids that can be told from a model: they are found by their names, in which AWS writes the same model and the same way of
asking in several manners.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hayai.aws.checks.patient import Patient
from hayai.aws.cloud import Unanswered
from hayai.decide.checkup import Check

Unit = Literal["requests", "tokens"]

_WORDS = re.compile(r"[a-z0-9]+")
_VERSION = re.compile(r"v1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """One quota of a minute."""

    name: str
    unit: Unit
    value: float


def quota(patient: Patient) -> Iterator[Check]:
    """The quotas of this model, and what they mean for the plan."""
    try:
        entries = patient.aws().pages("service-quotas", "list_service_quotas", "Quotas", ServiceCode="bedrock")
    except Unanswered as none:
        yield patient.unknown("quota", none, "servicequotas:ListServiceQuotas")
        return
    found = quotas_for(entries, _names(patient), way=_way(patient))
    if not found:
        yield patient.check("quota", "unknown", "quota.none")
        return
    for one in found:
        yield from _against_plan(patient, one)


def _against_plan(patient: Patient, one: Quota) -> Iterator[Check]:
    demand = patient.demand
    values: dict[str, Any] = {"quota": one.value, "name": one.name}
    if demand is None:
        yield patient.check("quota", "note", f"quota.{one.unit}", **values)
        return
    if one.unit == "requests":
        allowed = one.value
    else:
        own = patient.known()
        factor = 1 if own is None else own.burndown
        if demand.max_tokens is None:
            yield patient.check("quota", "warning", "quota.tokens.no_limit", **values, advice="max_tokens")
            return
        each = demand.input_tokens + factor * demand.max_tokens
        values |= {"each": each, "input": demand.input_tokens, "max_tokens": demand.max_tokens, "factor": factor}
        allowed = one.value / each
    values |= {"allowed": allowed, "asked": demand.requests_per_minute}
    if demand.requests_per_minute <= allowed:
        yield patient.check("quota", "good", f"quota.{one.unit}.enough", **values)
        return
    falls_back = patient.latency == "optimized"
    yield patient.check(
        "quota",
        "warning",
        f"quota.{one.unit}.{'falls_back' if falls_back else 'short'}",
        **values,
        rate=max(1, int(allowed * 0.8 / demand.share)),
        advice="rate",
    )


def quotas_for(entries: Iterable[Mapping[str, Any]], names: Iterable[str], *, way: str) -> list[Quota]:
    """The quotas a minute of the model called one of `names`, for one way of asking: cross region, global, on demand, optimized."""
    wanted = [_words(name) for name in names]
    found: list[Quota] = []
    for entry in entries:
        words = _words(str(entry.get("QuotaName", "")))
        unit: Unit | None = (
            "requests" if _has(words, "requests per minute") else "tokens" if _has(words, "tokens per minute") else None
        )
        if unit is None or way_of(words) != way or not any(_is_about(words, name) for name in wanted):
            continue
        found.append(Quota(name=str(entry["QuotaName"]), unit=unit, value=float(entry["Value"])))
    return sorted(
        {one.unit: one for one in sorted(found, key=lambda one: -one.value)}.values(), key=lambda one: one.unit
    )


def way_of(words: list[str]) -> str:
    """Which way of asking a quota is about."""
    if _has(words, "latency optimized"):
        return "optimized"
    if _has(words, "global cross region"):
        return "global"
    return "cross region" if _has(words, "cross region") else "on demand"


def _way(patient: Patient) -> str:
    if patient.latency == "optimized":
        return "optimized"
    if patient.named.kind == "application":
        return "cross region"
    return {"global": "global", None: "on demand"}.get(patient.named.prefix, "cross region")


def _names(patient: Patient) -> list[str]:
    """What AWS may call the model: with its maker's name and without."""
    try:
        facts = patient.facts()
        maker, name = str(facts.get("providerName", "")), str(facts.get("modelName", ""))
    except Unanswered:
        own = patient.known()
        maker, name = "", "" if own is None else own.name
    return [one for one in (f"{maker} {name}", name) if one.strip()]


def _is_about(words: list[str], name: list[str]) -> bool:
    """Whether the quota's name ends with the model's, a first version's number left out."""
    plain = words[:-1] if _VERSION.fullmatch(words[-1]) else words
    return bool(name) and plain[-len(name) :] == name and _starts_there(plain[: -len(name)])


def _starts_there(before: list[str]) -> bool:
    """Whether a model's name may begin after these words: after `for`, or after its maker's name behind `for`."""
    return "for" in before[-3:]


def _has(words: list[str], phrase: str) -> bool:
    return f" {phrase} " in f" {' '.join(words)} "


def _words(text: str) -> list[str]:
    return _WORDS.findall(text.lower())
