"""What would the published comparison have written? One request per prompt and target: the first complete round of each prompt.

The published results files have room for one time per cell. hayai measures more than once; so that people who kept such files can go on
comparing like with like, the first measured cycle fills them, and the files say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

from hayai.ask.plan import Plan, Prompt
from hayai.clock import local_text
from hayai.decide.findings import PublishedAnswer, PublishedDifference, PublishedPrompt
from hayai.decide.metrics.metric import value
from hayai.decide.metrics.times import E2E
from hayai.keep.query import complete_rounds
from hayai.keep.records import AnswerText, RequestRecord


def published_prompts(
    plan: Plan, records: Iterable[RequestRecord], answers: Mapping[str, AnswerText]
) -> dict[str, PublishedPrompt]:
    """Prompt id -> its published page, for every prompt that has a complete round.

    `answers` maps record ids to what the models said; where none was kept, the answer is empty.
    """
    names = [target.name for target in plan.targets]
    first: dict[str, dict[str, RequestRecord]] = {}
    for record in sorted(complete_rounds(records, names).paired, key=lambda r: r.cycle):
        first.setdefault(record.prompt, {}).setdefault(record.target, record)
    return {
        prompt.id: _page(prompt, [first[prompt.id][name] for name in names], answers)
        for prompt in plan.suite.prompts
        if prompt.id in first
    }


def _page(prompt: Prompt, round_: list[RequestRecord], answers: Mapping[str, AnswerText]) -> PublishedPrompt:
    seconds = {record.target: _seconds(record) for record in round_}
    sent = [record.sent_wall_ns for record in round_ if record.sent_wall_ns is not None]
    return PublishedPrompt(
        compared_at=local_text(min(sent)) if sent else "",
        prompt=prompt.text,
        answers=tuple(
            PublishedAnswer(
                name=record.target,
                time_s=seconds[record.target],
                output_tokens=record.usage.output_tokens if record.outcome == "ok" else None,
                text=answers[record.id].text if record.id in answers else "",
            )
            for record in round_
        ),
        differences=tuple(
            PublishedDifference(first=a, second=b, difference_s=_minus(seconds[a], seconds[b]))
            for a, b in combinations(seconds, 2)
        ),
    )


def _seconds(record: RequestRecord) -> float | None:
    time_ns = value(E2E, record)
    return None if time_ns is None else time_ns / 1e9


def _minus(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other
