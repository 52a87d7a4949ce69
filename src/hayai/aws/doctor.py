"""Will this comparison work? Every check of every target; who may not ask gets "unknown"; nothing here ever blocks a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import msgspec

from hayai.ask.plan import Plan, Target
from hayai.aws.checks.patient import Patient
from hayai.aws.checks.registry import CHECKS, EVERYWHERE, SHARED
from hayai.aws.cloud import Cloud
from hayai.aws.demand import demand_of
from hayai.aws.model_ids import read_model_id
from hayai.decide.checkup import Check
from hayai.errors import AccessError, UsageError
from hayai.measure.net.access import DEPENDS_ON, OPENERS, Access
from hayai.measure.net.credentials import MFA_WANTED, answer_mfa_with
from hayai.measure.providers.registry import PROVIDERS

AskForCode = Callable[[], str | None]


def admit(
    targets: Sequence[Target], *, plan: Plan | None, today: date, ask_for_code: AskForCode = lambda: None
) -> Iterator[tuple[Target, Patient | AccessError | UsageError]]:
    """Each target with its way to the service, or with what is wrong on that way. Targets that share it share the questions.

    `ask_for_code`: asks for the MFA code that a role wants; None: there is nobody to ask.
    """
    ways: dict[tuple[object, ...], tuple[Access, Cloud | None] | AccessError | UsageError] = {}
    for target in targets:
        auth = PROVIDERS[target.provider].AUTH
        wanted = (auth, *map(target.options.get, DEPENDS_ON[auth]))
        if wanted not in ways:
            try:
                ways[wanted] = _way(target, auth, ask_for_code)
            except (AccessError, UsageError) as error:
                ways[wanted] = error
        found = ways[wanted]
        if isinstance(found, AccessError | UsageError):
            yield target, found
            continue
        access, cloud = found
        yield (
            target,
            Patient(
                target=target,
                access=access,
                cloud=cloud,
                named=read_model_id(target.model),
                demand=None if plan is None else demand_of(plan, target),
                today=today,
            ),
        )


def _way(target: Target, auth: str, ask_for_code: AskForCode) -> tuple[Access, Cloud | None]:
    try:
        access = OPENERS[auth](target)
    except AccessError as error:
        code = ask_for_code() if error.key == MFA_WANTED else None
        if code is None:
            raise
        answer_mfa_with(code)
        access = OPENERS[auth](target)
    if auth != "aws" or access.region is None:
        return access, None
    profile: str | None = target.options.get("profile")
    credentials = getattr(access.signer, "credentials", None)
    found = Cloud(profile=profile, region=access.region, endpoint=access.endpoint_url, credentials=credentials)
    return access, found


def examine(
    patients: Sequence[Patient], only: Sequence[str], *, go_on: Callable[[], bool] = lambda: True
) -> Iterator[Check]:
    """The checks `only`, of all `patients`, in the order of the checks. What several share is told once, about all of them."""
    sharing: dict[int, list[str]] = {}
    for patient in patients:
        sharing.setdefault(patient.way, []).append(patient.target.name)
    told: set[tuple[str, int]] = set()
    for name in only:
        for patient in patients:
            shared = name in SHARED
            if (patient.cloud is None and name not in EVERYWHERE) or (shared and (name, patient.way) in told):
                continue
            told.add((name, patient.way))
            if not go_on():
                return
            found = CHECKS[name](patient)
            together = ", ".join(sharing[patient.way])
            yield from (msgspec.structs.replace(check, target=together) for check in found) if shared else found
