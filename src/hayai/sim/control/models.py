"""What does Bedrock say of its models? Lists, lifecycles, inference profiles with their Regions, and whether the account may use them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from hayai.sim.account import Account
from hayai.sim.control.asking import Ask
from hayai.sim.models import CATALOGUE, NAMES, ROUTES, Model, plain_id, split_prefix
from hayai.sim.profile import ModelEntry
from hayai.sim.refusals import Refusal

_CREATED = "2024-11-04T00:00:00Z"
_MOST = 1000


def list_foundation_models(account: Account, ask: Ask) -> dict[str, Any]:
    """ListFoundationModels: all at once, as the service does."""
    maker, kind = ask.values.get("byProvider"), ask.values.get("byInferenceType")
    summaries = [_summary(account, model, entry) for model, entry in models_of(account)]
    return {
        "modelSummaries": [
            one
            for one in summaries
            if (maker is None or one["providerName"] == maker)
            and (kind is None or kind in one["inferenceTypesSupported"])
        ]
    }


def get_foundation_model(account: Account, ask: Ask) -> dict[str, Any]:
    """GetFoundationModel, by id or ARN."""
    model, entry = _found(account, ask.values["modelIdentifier"])
    return {"modelDetails": _summary(account, model, entry)}


def get_availability(account: Account, ask: Ask) -> dict[str, Any]:
    """GetFoundationModelAvailability: agreement, entitlement and authorization of this account."""
    model, entry = _found(account, ask.values["modelId"])
    granted = entry.state != "no_access"
    return {
        "modelId": model.id,
        "agreementAvailability": {"status": "AVAILABLE" if granted else "NOT_AVAILABLE"},
        "authorizationStatus": "AUTHORIZED" if granted else "NOT_AUTHORIZED",
        "entitlementAvailability": "AVAILABLE" if granted else "NOT_AVAILABLE",
        "regionAvailability": "AVAILABLE",
    }


def list_inference_profiles(account: Account, ask: Ask) -> dict[str, Any]:
    """ListInferenceProfiles, page by page."""
    kind = ask.values.get("type")
    found = [one for one in profiles_of(account) if kind is None or one["type"] == kind]
    size = int(ask.values.get("maxResults", _MOST))
    if not 1 <= size <= _MOST:
        raise Refusal("ValidationException", f"maxResults must be between 1 and {_MOST}")
    start = _place(ask.values.get("nextToken"))
    page: dict[str, Any] = {"inferenceProfileSummaries": found[start : start + size]}
    return page | ({"nextToken": str(start + size)} if start + size < len(found) else {})


def get_inference_profile(account: Account, ask: Ask) -> dict[str, Any]:
    """GetInferenceProfile, by id or ARN."""
    wanted = ask.values["inferenceProfileIdentifier"]
    for one in profiles_of(account):
        if plain_id(wanted) == one["inferenceProfileId"] or wanted == one["inferenceProfileArn"]:
            return one
    raise Refusal("ResourceNotFoundException", "The specified inference profile was not found.")


def logging_configuration(account: Account, _ask: Ask) -> dict[str, Any]:
    """GetModelInvocationLoggingConfiguration; an account without logging has none."""
    where, number = account.profile.account.logging, account.profile.account.id
    if where == "none":
        return {}
    told: dict[str, Any] = {"textDataDeliveryEnabled": False}
    if where == "cloudwatch":
        told["cloudWatchConfig"] = {"logGroupName": LOG_GROUP, "roleArn": f"arn:aws:iam::{number}:role/bedrock-logging"}
    else:
        told["s3Config"] = {"bucketName": BUCKET, "keyPrefix": KEY_PREFIX}
    return {"loggingConfig": told}


LOG_GROUP = "/bedrock/invocations"
BUCKET, KEY_PREFIX = "bedrock-logs", "models"


def models_of(account: Account) -> Iterator[tuple[Model, ModelEntry]]:
    """Every model of the account with the entry that speaks for it."""
    entries = account.profile.models
    seen: set[str] = set()
    for entry in entries:
        bare = split_prefix(entry.id)[1]
        wanted = CATALOGUE if entry.id == "*" else (bare,)
        for name in wanted:
            if name not in seen:
                seen.add(name)
                best = next((one for one in entries if split_prefix(one.id)[1] == name), entry)
                yield CATALOGUE.get(name) or Model(id=name, family="nova", max_output=best.max_output or 1), best


def profiles_of(account: Account) -> Iterator[dict[str, Any]]:
    """The inference profiles of the account: the system's, and the application's that the profile names by ARN."""
    region, number = account.profile.region, account.profile.account.id
    for model, entry in models_of(account):
        for prefix in model.profiles:
            if prefix == "global" or region in ROUTES.get(prefix, ()):
                ident = f"{prefix}.{model.id}"
                yield _profile(
                    ident,
                    f"{prefix.upper()} {_names(model)[1]}",
                    f"arn:aws:bedrock:{region}:{number}:inference-profile/{ident}",
                    "SYSTEM_DEFINED",
                    arns_of(model.id, prefix, region),
                )
        for arn in entry.also:
            kind, _, ident = arn.split(":", 5)[-1].partition("/")
            if kind == "application-inference-profile":
                yield _profile(
                    ident, ident, arn, "APPLICATION", arns_of(model.id, split_prefix(entry.id)[0] or "", region)
                )


def arns_of(bare: str, prefix: str, region: str) -> list[str]:
    """Where a request through the profile of `prefix` may run: the model, by its ARN, in each Region."""
    if prefix == "global":
        return [f"arn:aws:bedrock:::foundation-model/{bare}", f"arn:aws:bedrock:{region}::foundation-model/{bare}"]
    return [f"arn:aws:bedrock:{one}::foundation-model/{bare}" for one in ROUTES.get(prefix, (region,))]


def _profile(ident: str, name: str, arn: str, kind: str, arns: list[str]) -> dict[str, Any]:
    return {
        "inferenceProfileName": name,
        "description": f"Routes requests to {name}.",
        "createdAt": _CREATED,
        "updatedAt": _CREATED,
        "inferenceProfileArn": arn,
        "models": [{"modelArn": one} for one in arns],
        "inferenceProfileId": ident,
        "status": "ACTIVE",
        "type": kind,
    }


def _summary(account: Account, model: Model, entry: ModelEntry) -> dict[str, Any]:
    maker, name = _names(model)
    dates = entry.lifecycle
    lifecycle = {
        "status": "ACTIVE" if entry.state in ("active", "no_access") and dates.legacy is None else "LEGACY",
        "startOfLifeTime": _instant(dates.started),
        "legacyTime": _instant(dates.legacy),
        "publicExtendedAccessTime": _instant(dates.extended_access),
        "endOfLifeTime": _instant(dates.end_of_life),
    }
    return {
        "modelArn": f"arn:aws:bedrock:{account.profile.region}::foundation-model/{model.id}",
        "modelId": model.id,
        "modelName": name,
        "providerName": maker,
        "inputModalities": ["TEXT"],
        "outputModalities": ["TEXT"],
        "responseStreamingSupported": True,
        "customizationsSupported": [],
        "inferenceTypesSupported": ["ON_DEMAND"] if model.bare else ["INFERENCE_PROFILE"],
        "modelLifecycle": {key: value for key, value in lifecycle.items() if value is not None},
    }


def _names(model: Model) -> tuple[str, str]:
    return NAMES.get(model.id, ("", model.id))


def _found(account: Account, ident: str) -> tuple[Model, ModelEntry]:
    for model, entry in models_of(account):
        if plain_id(ident) == model.id:
            return model, entry
    raise Refusal("ValidationException", "The provided model identifier is invalid.")


def _instant(day: date | None) -> str | None:
    return None if day is None else f"{day.isoformat()}T00:00:00Z"


def _place(token: str | None) -> int:
    """Where the next page begins."""
    if token is None:
        return 0
    if not token.isdigit():
        raise Refusal("ValidationException", "The provided nextToken is invalid.")
    return int(token)
