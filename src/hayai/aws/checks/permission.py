"""May these credentials call the model in every Region that may serve it? Asked of IAM's own simulator, where that may be asked.

It knows the principal's policies and, inside an organisation, those of the organisation; not conditions on sessions, nor policies of
endpoints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hayai.aws.checks.model import SEPARATOR
from hayai.aws.checks.patient import Patient
from hayai.aws.cloud import Unanswered
from hayai.aws.model_ids import region_of_arn
from hayai.aws.policy import resources_of, statement_for
from hayai.decide.checkup import Check

_ROLE = re.compile(r"arn:(?P<partition>[a-z-]+):sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/]+)/")


def permission(patient: Patient) -> Iterator[Check]:
    """The model call itself, on the profile and on the model in each Region."""
    try:
        caller = patient.aws().ask("sts", "get_caller_identity")
    except Unanswered:
        return  # Told by `identity` already.
    source = principal_of(caller["Arn"])
    if source is None:
        yield patient.check("permission", "unknown", "permission.not_simulated", action=patient.action)
        return
    resources = resources_of(patient, account=caller["Account"])
    try:
        found = patient.aws().pages(
            "iam",
            "simulate_principal_policy",
            "EvaluationResults",
            PolicySourceArn=source,
            ActionNames=[patient.action],
            ResourceArns=resources,
        )
    except Unanswered as none:
        yield patient.unknown("permission", none, "iam:SimulatePrincipalPolicy")
        return
    closed = [one for one in found if not _organisation_allows(one)]
    denied = [one for one in found if one not in closed and one["EvalDecision"] != "allowed"]
    if closed:
        regions = [region_of_arn(one["EvalResourceName"]) or one["EvalResourceName"] for one in closed]
        yield patient.check(
            "permission",
            "bad",
            "permission.organisation",
            action=patient.action,
            regions=SEPARATOR.join(dict.fromkeys(regions)),
            advice="organisation",
        )
    if denied:
        yield patient.check(
            "permission",
            "bad",
            "permission.denied",
            action=patient.action,
            regions=SEPARATOR.join(dict.fromkeys(region_of_arn(one["EvalResourceName"]) or "*" for one in denied)),
            advice="allow_call",
            statement=statement_for([patient.action], resources),
        )
    if not closed and not denied:
        yield patient.check("permission", "good", "permission", action=patient.action, count=len(resources))


def principal_of(arn: str) -> str | None:
    """Whose policies count: the role of a session, or the user. None: the account's root, or a federated user."""
    role = _ROLE.match(arn)
    if role is not None:
        return f"arn:{role['partition']}:iam::{role['account']}:role/{role['role']}"
    return arn if ":user/" in arn else None


def _organisation_allows(one: dict[str, Any]) -> bool:
    return bool((one.get("OrganizationsDecisionDetail") or {}).get("AllowedByOrganizations", True))
