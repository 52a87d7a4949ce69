"""Which command is offered at the end? One that works, and no more than is needed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hayai.ask.plan import Limits, Plan, Rules
from hayai.cli.extent import options_for, rest_of
from hayai.cli.looking import Looker, pace_of
from hayai.cli.offering import offer
from hayai.decide.conclusions import BEYOND_HELP, Answer, Forecast, Status, Verdict, WhyNone
from hayai.decide.judgements import ClaimFinding, Judgement
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import Contents, Manifest
from hayai.show.locales import LANGUAGES, texts_in
from tests.decide.made import a_plan, a_prompt, a_record, a_target

PROMPTS = ("p0", "p1", "p2")
PLAN = a_plan((a_target("a"), a_target("b")), tuple(a_prompt(name) for name in PROMPTS), limits=Limits(max_requests=20))
SECOND_NS = 1_000_000_000


def cycles_of(number: int) -> list[RequestRecord]:
    """The records of so many complete cycles; a round takes 10 s."""
    return [
        a_record(target, prompt, cycle=cycle, sent_at_ns=(10 * (cycle * 3 + place) + 5 * position) * SECOND_NS)
        for cycle in range(number)
        for place, prompt in enumerate(PROMPTS)
        for position, target in enumerate("ab")
    ]


def a_verdict(
    answer: Answer, *, settled: bool, more_cycles: int | None = None, why_none: WhyNone | None = None, target: str = "b"
) -> Verdict:
    """How it came out, and what it would still take."""
    forecast = (
        None
        if more_cycles is None
        else Forecast(cycles=more_cycles, requests=6 * more_cycles, time_ns=None, within_limits=None)
    )
    return Verdict(
        target=target, baseline="a", judged=True, answer=answer, why_none=why_none, settled=settled, margin_ratio=0.1,
        precision_ratio=0.1, alpha=0.05, form="stratified", anytime=True, looks=3, asked_prompts=3, headline=None,
        within_sd=None, between_sd=None, forecast=forecast,
    )  # fmt: skip


def a_claim(status: Status, withheld: WhyNone | None = None) -> ClaimFinding:
    """One about b."""
    return ClaimFinding(
        text="b 2x as fast",
        target="b",
        baseline="a",
        kind="typical",
        readings=(),
        status=status,
        withheld=withheld,
    )


def offered(
    *verdicts: Verdict,
    plan: Plan = PLAN,
    limits: Limits | None = None,
    cycles: int = 3,
    claims: Sequence[ClaimFinding] = (),
    language: str = "en",
    **how: Any,
) -> str:
    """The lines that are shown for a run of three cycles (20 requests are 3 cycles and the warm-up)."""
    records = tuple(cycles_of(cycles))
    manifest = Manifest(
        schema_version=1, run="r", hayai_version="0", created_utc="", argv=(), plan=plan, prompts=(), endpoints=(),
        environment={},
    )  # fmt: skip
    contents = Contents(manifest=manifest, plan=plan, records=records, regions={}, events=(), damaged=0, done=True)
    judgement = Judgement(
        verdicts=verdicts,
        percentiles=(),
        fallbacks=(),
        slowest=(),
        claims=tuple(claims),
        baseline="a",
        self_test=None,
    )
    how = {"cut_short": False, "results": None, **how}
    return "\n".join(offer("RUN", contents, limits or plan.limits, judgement, texts_in(language), **how))


RESUME = "hayai compare --resume RUN"


def test_what_is_undecided_is_extended_by_what_the_forecast_says() -> None:
    """In whole cycles, on top of what was sent; and it is said that the answer stays valid."""
    told = offered(a_verdict("undecided", settled=False, more_cycles=5))
    assert told.endswith(f"{RESUME} --max-requests {2 + 8 * 6}")
    assert "About 30 more requests" in told
    assert "stays valid" in told


def test_a_limit_that_is_no_obstacle_is_not_named() -> None:
    """Where time ended the run and requests are left, the same limits do."""
    plan = replace(PLAN, limits=Limits(max_requests=400))
    assert offered(a_verdict("undecided", settled=False, more_cycles=5), plan=plan).endswith(RESUME)


def test_every_limit_that_is_an_obstacle_is_named() -> None:
    """Cycles, requests, and time: 90 cycles of three rounds of 9.7 s are 44 minutes; a fifth is spare."""
    plan = replace(PLAN, limits=Limits(max_requests=20, cycles=3))
    told = offered(a_verdict("undecided", settled=False, more_cycles=90), plan=plan)
    assert told.endswith(f"{RESUME} --cycles 93 --max-requests {2 + 93 * 6} --max-time 53m")


def test_what_is_decided_but_not_exact_says_so() -> None:
    """It is no undecided run."""
    told = offered(a_verdict("faster", settled=False, more_cycles=2))
    assert "exact" in told
    assert told.endswith("--max-requests 32")


def test_what_is_settled_is_offered_quietly() -> None:
    """Twice as much, because new limits are how one asks for more of it."""
    told = offered(a_verdict("faster", settled=True))
    assert told == f"Settled. To measure more all the same: {RESUME} --cycles 6 --max-requests 38"


def test_without_a_forecast_there_is_still_an_offer() -> None:
    """One cycle more of a single target; as much again where nobody can tell what it takes."""
    assert offered() == f"To measure more: {RESUME} --max-requests 26"
    assert offered(a_verdict("undecided", settled=False)) == f"To measure more: {RESUME} --max-requests 38"


def test_what_was_interrupted_is_completed() -> None:
    """Undecided or not, under its own limits; where nothing is missing any more, one cycle more."""
    for verdicts in ((), (a_verdict("undecided", settled=False, more_cycles=5),)):
        assert offered(*verdicts, cycles=2, cut_short=True) == f"Go on with: {RESUME}"
    assert offered(cut_short=True) == f"Go on with: {RESUME} --max-requests 26"
    wider = Limits(max_requests=50, max_time_s=90.0)
    assert offered(limits=wider, cut_short=True) == f"Go on with: {RESUME} --max-requests 50 --max-time 90"


def test_an_interrupted_run_that_is_settled_needs_nothing() -> None:
    """Going on would be refused: the answer is there. To the limits is another matter."""
    assert offered(a_verdict("faster", settled=True), cycles=2, cut_short=True).startswith("Settled.")
    plan = replace(PLAN, rules=Rules(stopping="limits"))
    told = offered(a_verdict("faster", settled=True), plan=plan, cycles=2, cut_short=True)
    assert told == f"Go on with: {RESUME}"


def test_planned_looks_end_where_they_were_planned() -> None:
    """Nothing is offered at the end; what is missing is."""
    plan = replace(PLAN, rules=Rules(stopping="fixed"))
    for verdict in (a_verdict("undecided", settled=False, more_cycles=5), a_verdict("faster", settled=True)):
        assert offered(verdict, plan=plan) == ""
        assert offered(verdict, plan=plan, cut_short=True) == ""
    assert offered(a_verdict("undecided", settled=False), plan=plan, cycles=2) == f"Go on with: {RESUME}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", BEYOND_HELP)
def test_nothing_is_offered_where_it_could_not_help(why: WhyNone, language: str) -> None:
    """What would help is said instead: also when the run ended before its limits, and when its looks were planned."""
    lost = a_verdict("none", settled=False, why_none=why)
    told = offered(lost, language=language)
    assert told == texts_in(language)(f"cli.no_extension.{why}")
    assert "hayai compare" not in told
    assert ("max_tokens" in told) == (why == "cut")
    fixed = replace(PLAN, rules=Rules(stopping="fixed"))
    for plan in (PLAN, fixed):
        for cut_short in (False, True):
            assert offered(lost, plan=plan, cycles=2, cut_short=cut_short, language=language) == told
    assert offered(lost, a_verdict("faster", settled=True, target="c"), language=language) == told


def test_what_can_be_settled_is_offered_beside_what_cannot() -> None:
    """As much as the open comparison takes."""
    lost = a_verdict("none", settled=False, why_none="cut")
    told = offered(lost, a_verdict("undecided", settled=False, more_cycles=5, target="c")).splitlines()
    assert "max_tokens" in told[0]
    assert told[1].endswith(f"{RESUME} --max-requests {2 + 8 * 6}")
    assert len(told) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_claim_that_is_undecided_is_named_as_the_reason(language: str) -> None:
    """The comparison is settled: not a word of settling it, and no flat offer."""
    texts = texts_in(language)
    claims = (a_claim("undecided"), a_claim("confirmed"))
    settled = a_verdict("faster", settled=True)
    told = offered(settled, claims=claims, language=language)
    assert told == texts("cli.claims_open.extend", count="1", all="2", command=f"{RESUME} --max-requests 38")
    fixed = replace(PLAN, rules=Rules(stopping="fixed"))
    assert offered(settled, claims=claims, plan=fixed, language=language) == texts(
        "cli.claims_open", count="1", all="2"
    )
    # Nobody forgets it beside a comparison that is open as well.
    both = offered(a_verdict("undecided", settled=False, more_cycles=5), claims=claims, language=language).splitlines()
    assert both[0] == texts("cli.claims_open.too", count="1", all="2")
    assert both[1].endswith(f"{RESUME} --max-requests {2 + 8 * 6}")
    # A comparison that is certain but not exact is not undecided because of a claim.
    inexact = offered(a_verdict("faster", settled=False, more_cycles=2), claims=claims, language=language).splitlines()
    assert inexact[1] == texts("cli.extend_not_exact", requests="12", command=f"{RESUME} --max-requests 32")


def test_a_claim_that_cannot_be_decided_asks_for_nothing() -> None:
    """Where its answers were cut, more of them would not help it either."""
    told = offered(a_verdict("none", settled=False, why_none="cut"), claims=[a_claim("undecided", "cut")])
    assert told == texts_in("en")("cli.no_extension.cut")
    assert offered(a_verdict("faster", settled=True), claims=[a_claim("contradicted")]).startswith("Settled.")


def test_a_folder_named_by_the_user_stays_in_the_command() -> None:
    """Quoted where a shell needs it."""
    assert offered(results="my results").endswith("--results 'my results'")


@given(st.integers(0, 4), st.integers(1, 9), st.integers(8, 60), st.none() | st.integers(1, 9), st.integers(0, 23))
def test_the_options_let_the_run_get_there(
    done: int, more: int, max_requests: int, cycles: int | None, kept: int
) -> None:
    """Under the limits that are offered, exactly the cycles asked for can be run, whatever is missing of the earlier ones."""
    records: Sequence[RequestRecord] = cycles_of(4)[: done * 6 + kept]
    limits = Limits(max_requests=max_requests, cycles=cycles)
    wanted = rest_of(PLAN, limits, records).complete_cycles + more
    options = options_for(PLAN, limits, records, cycles=wanted)
    wider = Limits(
        max_requests=int(options.get("--max-requests", max_requests)),
        cycles=int(options["--cycles"]) if "--cycles" in options else cycles,
    )
    rest = rest_of(PLAN, wider, records)
    complete = len({(r.cycle, r.prompt) for r in records if r.target == "b"})
    assert rest.rounds + complete >= 3 * wanted
    if "--max-requests" in options:
        tighter = replace(wider, max_requests=wider.max_requests - 1)
        assert rest_of(PLAN, tighter, records).rounds + complete < 3 * wanted


def test_the_pace_is_the_time_of_a_round() -> None:
    """From when the first request was due to the end of the last answer, over the rounds; the warm-up apart."""
    warm = a_record("a", phase="warmup", sent_at_ns=-100 * SECOND_NS)
    # The last of 9 rounds has its second request sent 85 s after the first of all, and answered 2 s later.
    assert math.isclose(pace_of([warm, *cycles_of(3)], 2) or 0, 87 * SECOND_NS / 9, rel_tol=1e-3)
    assert pace_of([warm], 2) is None


def test_a_single_target_is_never_looked_at() -> None:
    """Nor is a target beside its own self-test: there is no question to settle."""
    alone = replace(PLAN, targets=PLAN.targets[:1])
    tested = replace(PLAN, rules=Rules(self_test="b"))
    for plan in (alone, tested):
        looker = Looker(plan, plan.limits, cycles_of(3), may_end=True)
        assert looker.go_on(())
        assert (looker.answer, looker.trouble) == (None, None)
