"""Is the model there, for this account, in this mode? Lifecycle, inference profile, access, latency mode, tier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from hayai.aws.checks.patient import Patient
from hayai.aws.cloud import Unanswered
from hayai.aws.known import KnownModel, known
from hayai.aws.model_ids import read_model_id, region_of_arn
from hayai.decide.checkup import Check

SEPARATOR = ", "


def lifecycle(patient: Patient) -> Iterator[Check]:
    """Active, legacy, in extended access, or gone: as AWS lists it, else as hayai knows it."""
    if patient.bare() is None:
        yield patient.check("model", "unknown", "model.unnamed")
        return
    try:
        details = patient.facts()
    except Unanswered as none:
        yield from _lifecycle_known(patient, none)
        return
    life: Mapping[str, Any] = details.get("modelLifecycle") or {}
    ends, legacy, extended = (
        _day(life.get(name)) for name in ("endOfLifeTime", "legacyTime", "publicExtendedAccessTime")
    )
    values: dict[str, Any] = {"name": details.get("modelName") or patient.bare(), "ends": ends, "since": legacy}
    advice = _stand_ins(patient, values)
    if ends is not None and ends <= patient.today:
        yield patient.check("model", "bad", "model.gone", **values, advice=advice)
    elif life.get("status") == "LEGACY":
        yield patient.check(
            "model", "warning", "model.legacy" if ends is None else "model.legacy.ends", **values, advice=advice
        )
        if extended is not None and extended <= patient.today:
            yield patient.check("model", "warning", "model.extended", since=extended)
    else:
        yield patient.check("model", "good", "model.active" if ends is None else "model.active.ends", **values)
    if details.get("responseStreamingSupported") is False and patient.action.endswith("Stream"):
        yield patient.check("model", "bad", "model.no_stream", advice="no_stream")


def _lifecycle_known(patient: Patient, none: Unanswered) -> Iterator[Check]:
    """What can be said when AWS does not say it."""
    own = patient.known()
    if own is not None and own.end_of_life is not None and own.end_of_life <= patient.today:
        values: dict[str, Any] = {"name": own.name, "ends": own.end_of_life, "as_of": known().sources.as_of}
        yield patient.check("model", "bad", "model.gone.known", **values, advice=_stand_ins(patient, values))
    elif none.why == "missing" or none.code == "ValidationException":
        yield patient.check("model", "bad", "model.not_here", words=none.words, advice="not_here")
    else:
        yield patient.unknown("model", none, "bedrock:GetFoundationModel")


def _stand_ins(patient: Patient, values: dict[str, Any]) -> str | None:
    """Puts live models that take the same switch into `values`; the advice that names them."""
    own = patient.known()
    found = () if own is None else own.stand_ins_optimized if patient.latency == "optimized" else own.stand_ins
    if not found:
        return "newer"
    values["stand_ins"] = SEPARATOR.join(found)
    return "stand_ins_optimized" if patient.latency == "optimized" else "stand_ins"


def profile(patient: Patient) -> Iterator[Check]:
    """The inference profile and where it may send a request; or whether the model can do without one."""
    if patient.named.kind == "model":
        yield from _without_profile(patient)
        return
    if patient.named.kind == "other":
        return
    try:
        facts = patient.profile_facts() or {}
    except Unanswered as none:
        if none.why != "missing":
            yield patient.unknown("profile", none, "bedrock:GetInferenceProfile")
            return
        others = _profiles_for(patient)
        yield patient.check(
            "profile",
            "bad",
            "profile.missing",
            others=SEPARATOR.join(others),
            advice="other_profiles" if others else "no_profile",
        )
        return
    regions = regions_of(facts)
    key = "profile.anywhere" if None in regions else "profile"
    yield patient.check(
        "profile", "good", key, regions=SEPARATOR.join(one for one in regions if one), status=facts.get("status")
    )


def regions_of(facts: Mapping[str, Any]) -> list[str | None]:
    """The Regions of an inference profile; None among them: any."""
    found: list[str | None] = [region_of_arn(model["modelArn"]) for model in facts.get("models", [])]
    return list(dict.fromkeys(found))


def _without_profile(patient: Patient) -> Iterator[Check]:
    try:
        kinds = patient.facts().get("inferenceTypesSupported") or []
    except Unanswered:
        return  # Told by `lifecycle` already.
    if kinds and "ON_DEMAND" not in kinds:
        others = _profiles_for(patient)
        yield patient.check(
            "profile",
            "bad",
            "profile.needed",
            others=SEPARATOR.join(others),
            advice="other_profiles" if others else "no_profile",
        )


def _profiles_for(patient: Patient) -> list[str]:
    """Inference profiles of this account and Region that contain the model."""
    try:
        found = patient.aws().pages("bedrock", "list_inference_profiles", "inferenceProfileSummaries")
    except Unanswered:
        return []
    return [
        one["inferenceProfileId"]
        for one in found
        if read_model_id(one["inferenceProfileId"]).bare == patient.named.bare
    ]


def access(patient: Patient) -> Iterator[Check]:
    """Whether this account may use the model at all: agreement, entitlement, authorization."""
    bare = patient.bare()
    if bare is None:
        return
    try:
        told = patient.aws().ask("bedrock", "get_foundation_model_availability", modelId=bare)
    except Unanswered as none:
        if none.why != "missing" and none.code != "ValidationException":
            yield patient.unknown("access", none, "bedrock:GetFoundationModelAvailability")
        return
    missing = [
        name
        for name, value, wanted in (
            ("agreement", (told.get("agreementAvailability") or {}).get("status"), "AVAILABLE"),
            ("entitlement", told.get("entitlementAvailability"), "AVAILABLE"),
            ("authorization", told.get("authorizationStatus"), "AUTHORIZED"),
            ("region", told.get("regionAvailability"), "AVAILABLE"),
        )
        if value is not None and value != wanted
    ]
    if missing:
        yield patient.check("access", "bad", "access.missing", missing=SEPARATOR.join(missing), advice="access")
    else:
        yield patient.check("access", "good", "access")


def latency(patient: Patient) -> Iterator[Check]:
    """Whether `latency=optimized` is offered for this model here. No list of AWS tells; its documentation does."""
    if patient.latency != "optimized":
        return
    own, data = patient.known(), known()
    values: dict[str, Any] = {"as_of": data.sources.as_of}
    if patient.named.kind == "model":
        values["stand_ins"] = _optimized(data.models)
        yield patient.check("latency", "bad", "latency.needs_profile", **values, advice="latency_profile")
    elif own is None:
        yield patient.check("latency", "unknown", "latency.unknown", **values)
    elif patient.access.region in own.latency_optimized:
        yield patient.check("latency", "good", "latency", **values)
    else:
        values |= {"regions": SEPARATOR.join(own.latency_optimized), "stand_ins": _optimized(data.models)}
        key = "latency.other_region" if own.latency_optimized else "latency.not_offered"
        yield patient.check("latency", "warning", key, **values, advice="latency_models")


def _optimized(models: tuple[KnownModel, ...]) -> str:
    """Models that are answered today and take the switch."""
    return SEPARATOR.join(f"us.{one.id}" for one in models if one.latency_optimized and one.end_of_life is None)


def tier(patient: Patient) -> Iterator[Check]:
    """Whether the service tier is offered for this model."""
    asked = patient.target.options.get("tier")
    if asked in (None, "default"):
        return
    own, as_of = patient.known(), known().sources.as_of
    if asked == "reserved":
        yield patient.check("tier", "unknown", "tier.reserved", tier=asked)
    elif own is None or not own.tiers:
        yield patient.check("tier", "unknown", "tier.unknown", tier=asked, as_of=as_of)
    elif asked in own.tiers:
        yield patient.check("tier", "good", "tier", tier=asked, as_of=as_of)
    else:
        yield patient.check(
            "tier", "warning", "tier.not_offered", tier=asked, tiers=SEPARATOR.join(own.tiers), as_of=as_of
        )


def _day(value: object) -> date | None:
    return value.date() if isinstance(value, datetime) else None
