"""Who answers a question about the account? Signature, permission, then the one who knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from hayai.sim.account import Account
from hayai.sim.control import identity, models, prices, quotas
from hayai.sim.control.answering import answer_reply, refusal_reply
from hayai.sim.control.asking import OFFER_FILE, Ask
from hayai.sim.control.books import Books
from hayai.sim.control.identity import caller_arn, is_denied
from hayai.sim.refusals import Refusal
from hayai.sim.reply import Facts, Reply
from hayai.sim.signature import check_signature
from hayai.wire.http1 import Request

Answer = Callable[[Account, Ask], Mapping[str, Any] | bytes]

ALWAYS_ALLOWED = frozenset({"sts:GetCallerIdentity"})
"""AWS answers this even to who may do nothing."""

ANSWERS: dict[tuple[str, str], Answer] = {
    ("bedrock", "ListFoundationModels"): models.list_foundation_models,
    ("bedrock", "GetFoundationModel"): models.get_foundation_model,
    ("bedrock", "GetFoundationModelAvailability"): models.get_availability,
    ("bedrock", "ListInferenceProfiles"): models.list_inference_profiles,
    ("bedrock", "GetInferenceProfile"): models.get_inference_profile,
    ("bedrock", "GetModelInvocationLoggingConfiguration"): models.logging_configuration,
    ("servicequotas", "ListServiceQuotas"): quotas.list_service_quotas,
    ("sts", "GetCallerIdentity"): identity.get_caller_identity,
    ("iam", "SimulatePrincipalPolicy"): identity.simulate_principal_policy,
    ("pricing", "GetProducts"): prices.get_products,
    ("pricing", OFFER_FILE): prices.offer_file,
}
"""By signing name and operation; what looks at the clock is in `ControlPlane`."""


class ControlPlane:
    """The services of one account that tell about it."""

    def __init__(self, account: Account) -> None:
        self._account, self._books = account, Books(account)

    def respond(self, request: Request, ask: Ask, *, request_id: str, now_ns: int, wall_ns: int) -> Reply:
        """The response to one complete request. What is wrong with the request is the response: nothing is raised."""
        account, facts = self._account, Facts(operation=ask.operation)
        head = account.head(request, request_id=request_id, id_header="x-amzn-RequestId", wall_ns=wall_ns)
        headers = {name.lower(): value for name, value in request.headers}
        facts.attempt = headers.get("amz-sdk-request")
        try:
            if account.keys is not None and ask.operation != OFFER_FILE:
                check_signature(request, headers, account.keys, wall_ns=wall_ns, service=ask.service)
            answer = self._answer_for(ask, now_ns=now_ns, wall_ns=wall_ns)
            self._must_be_allowed(ask)
            return answer_reply(ask, answer(account, ask), head, facts)
        except Refusal as refusal:
            return refusal_reply(ask, refusal, head, facts)

    def _answer_for(self, ask: Ask, *, now_ns: int, wall_ns: int) -> Answer:
        timed: dict[tuple[str, str], Answer] = {
            ("cloudtrail", "LookupEvents"): partial(self._books.lookup_events, now_ns=now_ns, wall_ns=wall_ns),
            ("logs", "FilterLogEvents"): partial(self._books.filter_log_events, wall_ns=wall_ns),
            ("s3", "ListBucket"): partial(self._books.list_bucket, wall_ns=wall_ns),
            ("s3", "GetObject"): partial(self._books.get_object, wall_ns=wall_ns),
        }
        found = ANSWERS.get((ask.service, ask.operation)) or timed.get((ask.service, ask.operation))
        if found is None:
            raise Refusal("UnknownOperationException")
        return found

    def _must_be_allowed(self, ask: Ask) -> None:
        entry, action = self._account.profile.account, f"{ask.service}:{ask.operation}"
        if action in ALWAYS_ALLOWED or not is_denied(entry, action):
            return
        text = (
            f"User: {caller_arn(entry)} is not authorized to perform: {action} because no identity-based policy allows "
            f"the {action} action"
        )
        raise Refusal("AccessDeniedException" if ask.protocol != "s3" else "AccessDenied", text)
