"""Judgings made for tests: votes that somebody cast, as a journal would hold them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from hayai.ask.plan import ModePrice, Plan, Suite, Target
from hayai.ask.rubric import QUESTIONS, Rubric, read_rubric
from hayai.decide.quality.judge_pairs import Pair, ballots_of
from hayai.keep.judging import Ballot, Judged, Judging
from hayai.keep.records import AnswerText, Outcome, RequestRecord, Usage
from hayai.keep.run_directory import Manifest
from tests.decide.made import a_record, a_target

JUDGE = a_target("sonnet", "us.anthropic.claude-sonnet-4-5-20250929-v1:0")
RUBRIC = read_rubric("general", "en")
PRICE = ModePrice(
    target="sonnet", input_usd=Decimal(3), output_usd=Decimal(15), source="tests", as_of=date(2026, 11, 29)
)
Said = str | dict[str, str] | None
"""What a judge said to a ballot: all of it, the sides of a vote, or nothing (the call failed)."""


def a_pair(prompt: str, target: str = "b", baseline: str = "a", cycle: int = 0) -> Pair:
    """Two answers to one prompt."""
    return Pair(
        id=f"{prompt}.c{cycle}.1-2",
        prompt=prompt,
        cycle=cycle,
        target=target,
        baseline=baseline,
        question=f"What is {prompt}?",
        target_answer=f"{target}-{prompt}-{cycle}",
        baseline_answer=f"{baseline}-{prompt}-{cycle}",
        target_text="It is this.",
        baseline_text="It is that.",
    )


def vote(ballot: Ballot, **sides: str) -> str:
    """A vote as it is written; `overall` stands for the questions that are not said."""
    said = {question: sides.get(question, sides.get("overall", "tie")) for question in QUESTIONS}
    return json.dumps({"reason": "So it is.", **said, "ballot": ballot.nonce})


def preferring(score: float) -> Callable[[Ballot], str]:
    """A judge that gives the target this score: 0, 1/4, 1/2, 3/4 or 1 over both orders; a quarter is a tie in one of them."""

    def say(ballot: Ballot) -> str:
        target_is = "A" if ballot.first == ballot.target else "B"
        other_is = "B" if target_is == "A" else "A"
        if score in (0.25, 0.75) and target_is == "B":
            return vote(ballot, overall="tie")
        return vote(ballot, overall="tie" if score == 0.5 else target_is if score > 0.5 else other_is)

    return say


def a_judging(
    pairs: Sequence[Pair],
    say: Callable[[Ballot], str | None],
    *,
    judge: Target = JUDGE,
    rubric: Rubric = RUBRIC,
    seed: int = 1,
    margin: float = 0.10,
    created: str = "2026-11-29T12:00:00Z",
    **record: Any,
) -> Judged:
    """What `say` answers to each ballot; None: the call failed. Only ballots in `record["only"]` are asked, where that is given."""
    only: set[str] | None = record.pop("only", None)
    ballots = tuple(ballot for pair in pairs for ballot, _ in ballots_of(pair, rubric, seed))
    records: list[RequestRecord] = []
    answers: dict[str, AnswerText] = {}
    for ballot in ballots:
        if only is not None and ballot.id not in only:
            continue
        said = say(ballot)
        outcome: Outcome = "ok" if said is not None else "server_error"
        usage = Usage(input_tokens=1000, output_tokens=100, source="stream") if said is not None else Usage()
        one = a_record(judge.name, ballot.id, outcome=outcome, usage=usage, **record)
        records.append(one)
        if said is not None:
            answers[one.id] = AnswerText(id=one.id, text=said)
    plan = Plan(targets=(judge,), suite=Suite(name="judging", prompts=(), source="tests"), seed=seed)
    return Judged(
        judging=Judging(
            subject="r",
            rubric=rubric.name,
            rubric_text=rubric.text,
            language=rubric.language,
            repeats=1,
            all_pairs=False,
            margin=margin,
            ballots=ballots,
        ),
        manifest=Manifest(
            schema_version=1,
            run=f"judging-{created}",
            hayai_version="0",
            created_utc=created,
            argv=(),
            plan=plan,
            prompts=(),
            endpoints=(),
            environment={},
            prices=(PRICE,),
        ),
        judge=judge,
        records=tuple(records),
        answers=answers,
    )
