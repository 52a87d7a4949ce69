"""Which permissions does a plan need, and no more? Statements of IAM for its calls, and for the questions around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from hayai.aws.cloud import Unanswered

if TYPE_CHECKING:
    from hayai.aws.checks.patient import Patient

Statement = dict[str, Any]

QUESTIONS: dict[str, tuple[str, ...]] = {
    "AskAboutModels": (
        "bedrock:GetFoundationModel",
        "bedrock:GetFoundationModelAvailability",
        "bedrock:GetInferenceProfile",
        "bedrock:ListFoundationModels",
        "bedrock:ListInferenceProfiles",
        "bedrock:GetModelInvocationLoggingConfiguration",
    ),
    "AskAboutQuotas": ("servicequotas:ListServiceQuotas",),
    "AskWhereRequestsRan": ("cloudtrail:LookupEvents",),
}
"""What `doctor`, `models` and `regions` ask; without them the answer is "unknown". They read, and are not tied to one resource."""


def policy_for(patients: Iterable[Patient], *, account: str) -> Statement:
    """The least policy for these targets: model calls on exactly their models, in every Region that may serve them."""
    by_action: dict[str, list[str]] = {}
    for patient in patients:
        found = by_action.setdefault(patient.action, [])
        found += [one for one in resources_of(patient, account=account) if one not in found]
    calls = [
        statement_for([action], resources, sid=f"Call{action.partition(':')[2]}")
        for action, resources in sorted(by_action.items())
    ]
    questions = [
        {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": "*"} for sid, actions in QUESTIONS.items()
    ]
    return {"Version": "2012-10-17", "Statement": [*calls, *questions]}


def statement_for(actions: Sequence[str], resources: Sequence[str], *, sid: str | None = None) -> Statement:
    """One statement that allows `actions` on `resources`."""
    named: Statement = {} if sid is None else {"Sid": sid}
    return {**named, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def resources_of(patient: Patient, *, account: str) -> list[str]:
    """The ARNs that a call for this target touches: the profile, and the model in each Region it may reach.

    Where the profile may not be looked at, any Region of the model stands for them.
    """
    named, region = patient.named, patient.access.region
    if named.kind == "other":
        return [named.given]
    if named.kind == "model":
        return [f"arn:aws:bedrock:{region}::foundation-model/{named.bare}"]
    own = (
        named.given
        if named.given.startswith("arn:")
        else f"arn:aws:bedrock:{region}:{account}:inference-profile/{named.ident}"
    )
    try:
        models = [one["modelArn"] for one in (patient.profile_facts() or {}).get("models", [])]
    except Unanswered:
        models = [f"arn:aws:bedrock:*::foundation-model/{named.bare or '*'}"]
    return [own, *models]
