"""Runs that reports must survive: hostile words everywhere, wide characters, long names, nothing known, everything failed."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from hayai.ask.expectations import Expectations
from hayai.ask.plan import Prompt
from hayai.decide.describe import describe
from hayai.decide.findings import Findings
from hayai.decide.quality.findings import Looked
from hayai.keep.query import REGION_HEADER, SIMULATION_HEADER
from hayai.keep.records import Failure, RequestRecord, Usage
from tests.decide.checked import a_run, described
from tests.decide.made import a_failure, a_plan, a_prompt, a_record, a_target, lively, published, published_regions

EVIL = "\x1b[31mred\x1b]0;owned\x07 \u202eesrever\x00 \x9b2J |`<img src=x>`| [link](http://evil.example) @admin *b* =1+1\r\n# h"
"""Terminal, reading direction, Markdown, HTML and spreadsheet at once."""
WIDE = "最適化された推論を使う非常に長い名前のターゲット・東京リージョン"
LONG = "arn:aws:bedrock:us-east-2:123456789012:application-inference-profile/" + "a1b2c3d4e5f6" * 8


def _bare(target: str, prompt: str) -> RequestRecord:
    return RequestRecord(
        id=f"{target}-{prompt}",
        run="r",
        machine="m",
        phase="measure",
        cycle=0,
        round=0,
        position=0,
        target=target,
        prompt=prompt,
        outcome="ok",
    )


def ordinary() -> Findings:
    """The lively run."""
    return describe(*lively(), regions={}, interrupted=False, ended_reason="cycles")


def of_published() -> Findings:
    """The published comparison against its standard arm."""
    plan, records = published()
    return describe(
        plan,
        records,
        regions=published_regions(),
        interrupted=False,
        ended_reason="cycles",
        baseline="claude-3-5-haiku",
    )


def hostile() -> Findings:
    """Every word that comes from outside is hostile."""
    plan = a_plan((a_target(EVIL, EVIL, latency=EVIL), a_target("b")), (a_prompt(EVIL, EVIL, EVIL), a_prompt("q")))
    told = {REGION_HEADER: EVIL, SIMULATION_HEADER: EVIL}
    more = {"machine": EVIL, "run": EVIL, "request_id": EVIL, "stop_reason": EVIL}
    records = [
        a_record(EVIL, EVIL, id="a1-1", headers=told, requested_latency=EVIL, served_latency="x" + EVIL, **more),
        a_record("b", EVIL, id="a1-2", headers={REGION_HEADER: "other" + EVIL}),
        a_failure(EVIL, "q", id="a1-3", failure=Failure(code=EVIL, message=EVIL), machine=EVIL),
        a_record("b", "q", id="a1-4"),
    ]
    return describe(plan, records, regions={}, interrupted=True, ended_reason=EVIL)


def wide() -> Findings:
    """Wide and very long names, six targets, several regions."""
    names = (WIDE, WIDE + "二", LONG, LONG + "-two", "é́́́" * 30, "👩‍👩‍👧" * 20)
    plan = a_plan(tuple(a_target(name, LONG) for name in names), (a_prompt(WIDE, WIDE), a_prompt("x" * 300, "y" * 300)))
    records = [
        a_record(
            name,
            prompt.id,
            cycle=cycle,
            id=f"{name}-{prompt.id}-{cycle}",
            headers={REGION_HEADER: f"ap-northeast-{cycle}"},
        )
        for name in names
        for prompt in plan.suite.prompts
        for cycle in range(3)
    ]
    return describe(plan, records, regions={}, interrupted=False, ended_reason="max_time")


def all_failed() -> Findings:
    """Not one answer."""
    plan, records = lively()
    failed = [a_failure(r.target, r.prompt, id=r.id, cycle=r.cycle, headers=r.headers) for r in records]
    return describe(plan, failed, regions={}, interrupted=False, ended_reason="failures")


def one_target() -> Findings:
    """A target alone: nothing to compare with."""
    plan, records = lively()
    plan = msgspec.structs.replace(plan, targets=plan.targets[:1])
    alone = [record for record in records if record.target == plan.targets[0].name]
    return describe(plan, alone, regions={}, interrupted=False, ended_reason="cycles")


def one_cycle() -> Findings:
    """One request per cell."""
    return describe(*lively(cycles=1, simulated=False), regions={}, interrupted=True, ended_reason="stopped")


def no_usage() -> Findings:
    """The service reported no tokens."""
    plan, records = lively()
    silent = [msgspec.structs.replace(record, usage=Usage()) for record in records]
    return describe(plan, silent, regions={}, interrupted=False, ended_reason="cycles")


def nothing_known() -> Findings:
    """Answers of which only the ids are known."""
    plan = a_plan((a_target("a"), a_target("b")), (a_prompt("p"), a_prompt("q")))
    records = [_bare(target, prompt) for target in ("a", "b") for prompt in ("p", "q")]
    return describe(plan, records, regions={}, interrupted=False, ended_reason=None)


def empty() -> Findings:
    """Stopped before the first answer."""
    plan, _ = lively()
    return describe(plan, (), regions={}, interrupted=True, ended_reason=None)


def checked() -> Findings:
    """Answers that were looked at: refusals, cut, wrong and hostile ones, some that could not be checked; and hostile names of checks."""
    plan, records = a_run(8, cycles=2, expect=Expectations(contains=(EVIL,), min_chars=5), checks=("mine:own",))
    records[0] = msgspec.structs.replace(records[0], stop_reason="max_tokens")
    records[4] = a_failure("a", "p2", sent_at_ns=records[4].sent_at_ns)

    def say(target: str, prompt: int, _cycle: int) -> str | None:
        said = (EVIL * 3, "", None, "I'm sorry, but I can't help with that.", EVIL, EVIL, WIDE, EVIL)[prompt]
        return EVIL if target == "a" else said

    def own(prompt: Prompt, text: str) -> Looked:
        return (
            Looked(outcome="unknown", reason="own_broken", detail=EVIL)
            if prompt.id == "p4"
            else Looked(outcome="passed")
        )

    return described(plan, records, say, own={"mine:own": own, f"mine:{EVIL}": own})


CASES: dict[str, Callable[[], Findings]] = {
    "ordinary": ordinary,
    "published": of_published,
    "hostile": hostile,
    "wide": wide,
    "all_failed": all_failed,
    "one_target": one_target,
    "one_cycle": one_cycle,
    "no_usage": no_usage,
    "nothing_known": nothing_known,
    "empty": empty,
    "checked": checked,
}
