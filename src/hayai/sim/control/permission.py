"""May the caller ask this model at all? Its own policies, and those of the organisation in every Region that the request may reach."""

from __future__ import annotations

from hayai.sim.access import Access
from hayai.sim.control.identity import caller_arn, is_denied
from hayai.sim.models import ROUTES, plain_id, split_prefix
from hayai.sim.profile import AccountEntry, Profile
from hayai.sim.refusals import Refusal

_ACTIONS = {
    "invoke": "bedrock:InvokeModel",
    "converse": "bedrock:InvokeModel",
    "invoke-with-response-stream": "bedrock:InvokeModelWithResponseStream",
    "converse-stream": "bedrock:InvokeModelWithResponseStream",
}


def check_permission(profile: Profile, access: Access, operation: str, model_id: str) -> None:
    """Raises Refusal (403) where the caller may not call this model in this way, in one of the Regions that may serve it."""
    entry, action = profile.account, _ACTIONS[operation]
    if not entry.denied and not entry.denied_regions:
        return
    prefix, _ = split_prefix(access.plain_id)
    regions = ROUTES.get(prefix or "", (profile.region,))
    bare = access.model.id
    for region in regions:
        if region in entry.denied_regions:
            resource = f"arn:aws:bedrock:{region}::foundation-model/{bare}"
            raise _denied(entry, action, resource, "with an explicit deny in a service control policy")
    if is_denied(entry, action):
        resource = (
            f"arn:aws:bedrock:{profile.region}:{entry.id}:inference-profile/{plain_id(model_id)}"
            if prefix
            else f"arn:aws:bedrock:{profile.region}::foundation-model/{bare}"
        )
        raise _denied(entry, action, resource, f"because no identity-based policy allows the {action} action")


def _denied(entry: AccountEntry, action: str, resource: str, why: str) -> Refusal:
    text = f"User: {caller_arn(entry)} is not authorized to perform: {action} on resource: {resource} {why}"
    return Refusal("AccessDeniedException", text)
