"""Who is asking, and what may they do? STS GetCallerIdentity and IAM SimulatePrincipalPolicy."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Any

from hayai.sim.account import Account
from hayai.sim.control.asking import Ask
from hayai.sim.profile import AccountEntry
from hayai.sim.refusals import Refusal

_RESOURCE_REGION = re.compile(r"arn:aws:bedrock:([a-z0-9-]*):")


def caller_arn(account: AccountEntry) -> str:
    """`arn:aws:sts::123456789012:assumed-role/ROLE/SESSION`; users are IAM's."""
    service = "sts" if account.principal.startswith("assumed-role/") else "iam"
    return f"arn:aws:{service}::{account.id}:{account.principal}"


def get_caller_identity(account: Account, _ask: Ask) -> dict[str, Any]:
    """GetCallerIdentity: may always be asked."""
    entry = account.profile.account
    return {"Arn": caller_arn(entry), "UserId": "AROAEXAMPLE:analyst", "Account": entry.id}


def simulate_principal_policy(account: Account, ask: Ask) -> dict[str, Any]:
    """SimulatePrincipalPolicy: every action on every resource named."""
    source = str(ask.values.get("PolicySourceArn", ""))
    if not re.fullmatch(r"arn:aws:iam::\d{12}:(role|user|group)/.+", source):
        raise Refusal(
            "InvalidInputException", f"Invalid Entity Arn: {source} does not clearly define entity type", status=400
        )
    entry = account.profile.account
    results = []
    for action in _members(ask, "ActionNames"):
        for resource in _members(ask, "ResourceArns") or ["*"]:
            region = _RESOURCE_REGION.match(resource)
            by_organisation = "Invoke" in action and region is not None and region[1] in entry.denied_regions
            decision = "explicitDeny" if by_organisation else "implicitDeny" if is_denied(entry, action) else "allowed"
            results.append(
                {
                    "EvalActionName": action,
                    "EvalResourceName": resource,
                    "EvalDecision": decision,
                    "MatchedStatements": [],
                    "MissingContextValues": [],
                    "OrganizationsDecisionDetail": {"AllowedByOrganizations": not by_organisation},
                }
            )
    return {"EvaluationResults": results, "IsTruncated": False}


def is_denied(account: AccountEntry, action: str) -> bool:
    """Whether no policy lets the caller do this."""
    return any(fnmatchcase(action, pattern) for pattern in account.denied)


def _members(ask: Ask, name: str) -> list[str]:
    numbered = ((key, value) for key, value in ask.values.items() if key.startswith(f"{name}.member."))
    return [value for _, value in sorted(numbered, key=lambda pair: int(pair[0].rpartition(".")[2]))]
