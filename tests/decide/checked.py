"""Runs whose answers were looked at, for tests: what was said is chosen by target, prompt and cycle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hayai.ask.plan import Plan
from hayai.decide.describe import describe
from hayai.decide.findings import Findings
from hayai.decide.quality.checking import Checked, OwnCheck, check_answers
from hayai.decide.quality.findings import CheckFindings
from hayai.keep.records import RequestRecord, SaidText
from tests.decide.made import a_plan, a_prompt, a_record, a_target

Say = Callable[[str, int, int], str | None]
"""Target, number of the prompt, cycle -> text; None: there is none."""


def a_run(prompts: int, cycles: int = 1, targets: str = "ab", **more: Any) -> tuple[Plan, list[RequestRecord]]:
    """A plan and its answers, all of which ended well."""
    plan = a_plan(tuple(map(a_target, targets)), tuple(a_prompt(f"p{n}") for n in range(prompts)), **more)
    records = [
        a_record(name, f"p{n}", cycle=cycle, sent_at_ns=(1 + cycle * prompts + n) * 10**10 + place * 10**9)
        for cycle in range(cycles)
        for n in range(prompts)
        for place, name in enumerate(targets)
    ]
    return plan, records


def looked_at(
    plan: Plan, records: list[RequestRecord], say: Say, *, own: dict[str, OwnCheck] | None = None, **more: Any
) -> Checked:
    """What the checks say of these answers."""
    texts = ((r.id, say(r.target, int(r.prompt[1:]), r.cycle)) for r in records if r.outcome == "ok")
    said = (SaidText(id=ident, text=text) for ident, text in texts if text is not None)
    return check_answers(plan, records, said, own=own, **more)


def described(plan: Plan, records: list[RequestRecord], say: Say, **more: Any) -> Findings:
    """The findings of a run, its answers looked at."""
    checked = looked_at(plan, records, say, **more)
    return describe(plan, records, regions={}, interrupted=False, ended_reason="cycles", checked=checked)


def checks_of(findings: Findings) -> CheckFindings:
    """What was found in the answers."""
    assert findings.quality is not None
    assert findings.quality.checks is not None
    return findings.quality.checks
