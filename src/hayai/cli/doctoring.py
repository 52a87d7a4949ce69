"""From targets as typed to what stands between here and a comparison.

Each target's way is opened as a run would open it; what is wrong on the way is a finding like the others. The one real call goes through
the measuring agent itself, so that what it meets is what a run would meet.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import TextIO

import msgspec

from hayai.ask.plan import Limits, Plan, Rules, Suite, Target
from hayai.ask.prices.stated import StatedPrice
from hayai.ask.suites.warmup import warmup_prompt
from hayai.aws.checks.patient import Patient
from hayai.aws.checks.registry import CHECKS, SHARED
from hayai.aws.cloud import Unanswered
from hayai.aws.doctor import admit, examine
from hayai.aws.offers import offers
from hayai.aws.policy import policy_for
from hayai.cli.agent_process import AgentProcess
from hayai.cli.asked import Asked
from hayai.cli.charging import stated_prices
from hayai.cli.measuring import ask_for_code, create_run, find_endpoints
from hayai.cli.planning import build_plan
from hayai.cli.telling import fitted, put_out, say, sentence
from hayai.clock import utc_today
from hayai.decide.checkup import Check, Checkup, State
from hayai.decide.prices.snapshot import prices_for
from hayai.errors import AccessError, Problem, UsageError
from hayai.keep.charges import bound_of
from hayai.keep.records import RequestRecord
from hayai.measure.messages import CycleEnded, Ended, GoOn, Run
from hayai.measure.providers.registry import PROVIDERS
from hayai.show import terminal
from hayai.show.doctor import doctor_json, doctor_text
from hayai.show.locales import Texts
from hayai.show.offers import offers_json, offers_page

ACCOUNT = Target(name="AWS", provider="bedrock", model="")
"""Who is looked at where nobody named a target: the account and the way to it."""
REFUSED = 3


def doctor(asked: Asked, texts: Texts, stdin: TextIO, *, call: bool, as_json: bool) -> int:
    """Looks at everything and tells it on stdout. Returns 0, or 3 when something is bad."""
    plan = build_plan(asked, language=texts.language, stdin=stdin) if asked.targets else None
    checkup = look(plan, asked, texts, call=call)
    if as_json:
        put_out(doctor_json(checkup, texts))
    else:
        put_out("\n".join(fitted(line, sys.stdout) for line in doctor_text(checkup, texts)) + "\n")
    return REFUSED if checkup.worst == "bad" else 0


def look(plan: Plan | None, asked: Asked, texts: Texts, *, call: bool) -> Checkup:
    """All checks of the targets of `plan`; without one, of the account alone."""
    targets = (_account(asked.defaults),) if plan is None else plan.targets
    patients: list[Patient] = []
    checks: list[Check] = []
    for target, found in admit(targets, plan=plan, today=utc_today(), ask_for_code=ask_for_code):
        if isinstance(found, Patient):
            patients.append(found)
        else:
            checks += _barred(target, found, texts)
    wanted = [name for name in CHECKS if plan is not None or name in SHARED]
    checks += examine(patients, wanted)
    if plan is not None and patients:
        if call:
            checks += [one_call(plan, patient.target, texts) for patient in patients]
        else:
            checks.append(_not_called(plan, patients, stated_prices(asked.price_file, asked.prices)))
    return Checkup(targets=tuple(target.name for target in targets), checks=tuple(checks))


def show_policy(asked: Asked, texts: Texts, stdin: TextIO) -> int:
    """The least policy for these targets, as JSON on stdout."""
    if not asked.targets:
        raise UsageError(Problem(place="--policy", key="cli.policy_needs_targets"))
    plan = build_plan(asked, language=texts.language, stdin=stdin)
    patients: list[Patient] = []
    for _, found in admit(plan.targets, plan=plan, today=utc_today(), ask_for_code=ask_for_code):
        if not isinstance(found, Patient):
            raise found
        if found.cloud is not None:
            patients.append(found)
    put_out(json.dumps(policy_for(patients, account=_account_id(patients)), indent=2) + "\n")
    if any(not one.access.credentials_source.startswith("none") for one in patients):
        say([texts("cli.policy.told")])
    return 0


def list_models(word: str | None, way: Mapping[str, str], texts: Texts, *, as_json: bool) -> int:
    """The account's models whose id, name or maker contains `word`, on stdout. Raises AccessError when AWS does not list them."""
    ((_, found),) = admit((_account(way),), plan=None, today=utc_today(), ask_for_code=ask_for_code)
    if not isinstance(found, Patient):
        raise found
    try:
        listed = offers(found.aws(), today=found.today, stated=stated_prices())
    except Unanswered as none:
        raise AccessError("models.unanswered", action="bedrock:ListFoundationModels", words=none.words) from none
    if word is not None:
        wanted = word.lower()
        chosen = tuple(
            one
            for one in listed.models
            if any(wanted in text.lower() for text in (one.id, one.name, one.maker, *one.profiles))
        )
        listed = replace(listed, models=chosen)
    if as_json:
        put_out(offers_json(listed))
    else:
        colour = terminal.wants_colour(os.environ, is_terminal=sys.stdout.isatty())
        width = shutil.get_terminal_size((80, 24)).columns
        put_out(terminal.lay_out(offers_page(listed, texts), width=width, colour=colour))
    return 0


def _account(way: Mapping[str, str]) -> Target:
    return msgspec.structs.replace(ACCOUNT, options=dict(way))


def _account_id(patients: Sequence[Patient]) -> str:
    """The account's number; a star where nobody tells it."""
    for patient in patients:
        try:
            return str(patient.aws().ask("sts", "get_caller_identity")["Account"])
        except Unanswered:
            continue
    return "*"


def _barred(target: Target, error: AccessError | UsageError, texts: Texts) -> Iterator[Check]:
    """A target whose way is closed from the start: in the words that a run would say."""
    told = (
        [(problem.key, problem.values) for problem in error.problems]
        if isinstance(error, UsageError)
        else [(error.key, error.values)]
    )
    for key, values in told:
        words = sentence(key, values, texts)
        yield Check(
            topic="credentials",
            state="bad",
            key="doctor.credentials.missing",
            values={"words": words},
            target=target.name,
        )


def one_call(plan: Plan, target: Target, texts: Texts) -> Check:
    """One request for one token to `target`, through the agent, in a run that is thrown away."""
    target = _for_one_token(target)
    small = msgspec.structs.replace(
        plan,
        targets=(target,),
        suite=Suite(name="doctor", prompts=(warmup_prompt(plan.suite),), source="doctor"),
        limits=Limits(max_requests=1, max_time_s=60, cycles=1),
        warmup=0,
        concurrency=1,
        rate=None,
        retries=0,
        sessions=None,
        save_texts=False,
        rules=Rules(stopping="limits"),
    )
    with tempfile.TemporaryDirectory(prefix="hayai-doctor-") as folder, AgentProcess() as agent:
        directory = create_run(Path(folder), small, find_endpoints(agent, small), ())
        agent.say(Run(path=str(directory.path), limits=small.limits))
        while True:
            match agent.hear(1.0):
                case CycleEnded():
                    agent.say(GoOn(go_on=False))
                case Ended() as ended:
                    records = directory.read().records
                    return _called(target, records[-1] if records else None, ended, texts)


def _for_one_token(target: Target) -> Target:
    """The same, asked for the shortest answer."""
    return msgspec.structs.replace(target, options={**target.options, "max_tokens": 1})


def _not_called(plan: Plan, patients: Sequence[Patient], stated: Sequence[StatedPrice]) -> Check:
    """That no call was made, and what one for each target would cost at most."""
    prompt = warmup_prompt(plan.suite)
    targets = [patient.target for patient in patients]
    prices = prices_for(targets, stated, {patient.target.name: patient.access.region for patient in patients})
    bounds = [bound_of(plan, prices, _for_one_token(target), prompt) for target in targets]
    known = [bound.usd for bound in bounds if bound.usd is not None]
    told: dict[str, object] = {"tokens": max(bound.input_tokens for bound in bounds)}
    if len(known) < len(bounds):
        return Check(topic="call", state="note", key="doctor.call.not_made", values=told, target=targets[-1].name)
    sources = dict.fromkeys(f"{price.source}, {price.as_of.isoformat()}" for price in prices)
    told |= {
        "usd": f"{sum(known, Decimal(0)).quantize(Decimal('0.000001'), ROUND_CEILING):f}",
        "source": ", ".join(sources),
    }
    return Check(topic="call", state="note", key="doctor.call.not_made.priced", values=told, target=targets[-1].name)


def _called(target: Target, record: RequestRecord | None, ended: Ended, texts: Texts) -> Check:
    """How the call of `target` went."""
    if record is not None and record.outcome == "ok":
        values: dict[str, object] = {
            "e2e_ns": None
            if record.ended_at_ns is None or record.sent_at_ns is None
            else record.ended_at_ns - record.sent_at_ns
        }
        if record.requested_latency is None:
            return Check(topic="call", state="good", key="doctor.call", values=values, target=target.name)
        values |= {"asked": record.requested_latency, "served": record.served_latency or "?"}
        state: State = "good" if record.served_latency == record.requested_latency else "warning"
        return Check(topic="call", state=state, key="doctor.call.served", values=values, target=target.name)
    failure = None if record is None else record.failure
    if failure is not None:
        key = PROVIDERS[target.provider].access_advice(failure)
        told = {"model": target.model, "words": failure.message}
        words = sentence(key, told, texts) if key is not None else f"{failure.code}: {failure.message}"
    elif ended.fault is not None:
        words = sentence(ended.fault.key, ended.fault.values, texts)
    else:
        words = texts("report.unknown")
    return Check(topic="call", state="bad", key="doctor.call.failed", values={"words": words}, target=target.name)
