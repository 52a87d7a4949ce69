"""`--share`: no prompt, answer, account, host, profile or ARN in any form; every number as it was."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import msgspec
import pytest

from hayai.ask.plan import Plan, Prompt
from hayai.decide.dossier import Dossier
from hayai.decide.findings import Findings
from hayai.decide.sharing import Scrub, scrub_for, share, share_findings
from hayai.keep.records import Failure, RequestRecord
from hayai.keep.run_directory import Endpoint, Manifest
from hayai.show.html.page import render
from hayai.show.locales import texts_in
from hayai.show.reports import REPORTS
from tests.decide.made import lively
from tests.pages.made import answer, dossier

ACCOUNT = "123456789012"
ARN = f"arn:aws:bedrock:us-east-2:{ACCOUNT}:application-inference-profile/a1b2c3"
HOST, PROFILE, GATEWAY = "annas-laptop", "prod-admin", "llm.intern.example"
SECRET_PROMPT = "merger_with_acme"
SECRETS = (
    ACCOUNT,
    "a1b2c3",
    HOST,
    PROFILE,
    GATEWAY,
    "10.1.2.3",
    SECRET_PROMPT,
    "word 0 of",
    "AROA-session",
    "req-secret",
)
EN = texts_in("en")


@cache
def run() -> tuple[Dossier, Scrub]:
    """A lively run of somebody who has something to hide."""
    plan, records = lively(cycles=3)
    first, second, third = plan.targets
    named = (
        msgspec.structs.replace(first, model=ARN, name=ARN, options={**first.options, "profile": PROFILE}),
        msgspec.structs.replace(second, options={**second.options, "endpoint": f"https://{GATEWAY}/v1"}),
        third,
    )
    prompts = tuple(
        Prompt(id=SECRET_PROMPT if n == 0 else p.id, messages=p.messages) for n, p in enumerate(plan.suite.prompts)
    )
    before = {plan.suite.prompts[0].id: SECRET_PROMPT, first.name: ARN}
    plan = msgspec.structs.replace(plan, targets=named, suite=msgspec.structs.replace(plan.suite, prompts=prompts))
    told = Failure(
        code="AccessDeniedException",
        message=f"User: arn:aws:sts::{ACCOUNT}:assumed-role/x/AROA-session at 10.1.2.3 is not authorized",
    )
    changed: list[RequestRecord] = [
        msgspec.structs.replace(
            r,
            prompt=before.get(r.prompt, r.prompt),
            target=before.get(r.target, r.target),
            request_id=f"req-secret-{r.id}",
            failure=told if r.failure is not None else None,
            headers={**r.headers, "x-amzn-bedrock-guardrail": f"{HOST}"},
        )
        for r in records
    ]
    made = dossier(plan, changed, [answer(r) for r in changed if r.outcome == "ok"])
    return made, scrub_for(a_manifest(plan), plan)


def a_manifest(plan: Plan) -> Manifest:
    """What a manifest knows."""
    return Manifest(
        schema_version=1,
        run="r",
        hayai_version="0.1.0",
        created_utc="2026-11-29T00:00:00.000Z",
        argv=("hayai", "compare", ARN),
        plan=plan,
        prompts=(),
        endpoints=(
            Endpoint(
                target="a",
                url="https://bedrock-runtime.us-east-2.amazonaws.com",
                credentials_source=f"profile {PROFILE}",
            ),
            Endpoint(target="b", url=f"https://{GATEWAY}/v1"),
        ),
        environment={"host": HOST},
    )


@pytest.mark.parametrize("form", REPORTS)
def test_no_report_tells_them(form: str) -> None:
    """In no form; and they would be there otherwise."""
    made, scrub = run()
    open_text = REPORTS[form](made.findings, EN)
    shared = REPORTS[form](share_findings(made.findings, scrub), EN)
    assert [secret for secret in SECRETS if secret in shared] == []
    assert form == "slack" or ACCOUNT in open_text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_does_not_tell_them(language: Any) -> None:
    """Neither its tables, nor its race, nor its foot."""
    made, scrub = run()
    whole = render(made, EN)
    assert all(secret in whole for secret in (ACCOUNT, SECRET_PROMPT, "word 0 of"))
    page = render(share(made, scrub), texts_in(language))
    assert [secret for secret in SECRETS if secret in page] == []
    assert "hayai-race" in page


def test_numbers_stay() -> None:
    """The JSON differs in words only."""
    made, scrub = run()

    def numbers(findings: Findings) -> list[Any]:
        found: list[Any] = []

        def walk(value: Any) -> None:
            if isinstance(value, dict):
                for name, inner in value.items():
                    if name == "request_id":
                        continue  # Left out.
                    found.append(name)
                    walk(inner)
            elif isinstance(value, list):
                for inner in value:
                    walk(inner)
            elif not isinstance(value, str):
                found.append(value)

        walk(json.loads(REPORTS["json"](findings, EN)))
        return found

    assert numbers(made.findings) == numbers(share_findings(made.findings, scrub))
    shared = share_findings(made.findings, scrub)
    assert shared.judgement.verdicts[0].answer == made.findings.judgement.verdicts[0].answer
    assert [row.record.outcome for row in shared.requests] == [row.record.outcome for row in made.findings.requests]
    assert shared.simulations == made.findings.simulations


@pytest.mark.parametrize("word", ["standard", "faster", "e2e", "ttft", "ok", "geometric", "kernel", "us-east-1"])
def test_a_host_or_prompt_with_a_name_of_ours_breaks_nothing(word: str) -> None:
    """Names of metrics, modes and answers are ours, whoever calls a machine or a prompt so."""
    plan, records = lively()
    prompts = tuple(Prompt(id=word if n == 0 else p.id, messages=p.messages) for n, p in enumerate(plan.suite.prompts))
    old = plan.suite.prompts[0].id
    plan = msgspec.structs.replace(plan, suite=msgspec.structs.replace(plan.suite, prompts=prompts))
    renamed = [msgspec.structs.replace(r, prompt=word) if r.prompt == old else r for r in records]
    made = dossier(plan, renamed, [])
    manifest = msgspec.structs.replace(a_manifest(plan), environment={"host": word})
    shared = share(made, scrub_for(manifest, plan))
    assert render(shared, EN)
    assert shared.findings.judgement.verdicts[0].answer == made.findings.judgement.verdicts[0].answer
    assert shared.findings.prompts[0].prompt == "prompt-1"
