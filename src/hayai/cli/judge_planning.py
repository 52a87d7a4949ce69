"""Which calls does a judging need? From what was asked, the pairs and the votes that exist to one plan per judge.

What was said once stands until something else is said: without `--with` the judges of before go on, and a further judge gets the rubric,
the repeats and the margin of the last one. Nothing that was answered is asked again.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import msgspec

from hayai.ask.plan import Limits, Plan, Prompt, Rate, Rules, Suite, Target
from hayai.ask.rounds import cycle_trials
from hayai.ask.rubric import GENERAL, Rubric, read_rubric
from hayai.ask.targets.resolve import resolve_targets
from hayai.cli.planning import SCHEMAS
from hayai.decide.quality.judge_pairs import Pair, ballots_of
from hayai.decide.quality.judge_tally import answered
from hayai.errors import Problem, UsageError
from hayai.keep.judging import Ballot, Judged, Judging, judge_identity
from hayai.measure.providers.registry import PROVIDERS

MARGIN = 0.10
"""How far below one half a win rate still counts as not worse, unless something else is said."""
REACH = ("region", "profile", "endpoint")


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeAsked:
    """What was asked for, as written; None where nothing was said."""

    judges: tuple[str, ...] = ()
    place: str = "--with"
    """Where they are written."""
    rubric: str | None = None
    repeats: int | None = None
    all_pairs: bool = False
    margin: float | None = None
    max_requests: int | None = None
    max_cost_usd: Decimal | None = None
    """US dollars; infinity: no limit is wanted."""
    prices: Path | None = None
    """A file of prices that counts before all others."""
    max_time_s: float = 3600.0
    max_tokens: int = 1024
    concurrency: int = 4
    rate: Rate | None = None
    retries: int = 3
    seed: int | None = None
    region: str | None = None
    profile: str | None = None
    endpoint: str | None = None
    dry_run: bool = False
    json: bool = False
    runs: Path = Path("runs")

    @property
    def reach(self) -> dict[str, str]:
        """Options for every judge that does not set them itself."""
        return {name: value for name in REACH if (value := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What follows from what was asked and from what was asked before."""

    judges: tuple[Target, ...]
    rubric: Rubric
    repeats: int
    all_pairs: bool
    margin: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one judge is to be asked now."""

    plan: Plan
    judging: Judging
    known: int
    """Votes of this judge on the same pairs that need not be asked for."""
    left: int
    """Votes for which the limit of requests does not reach."""

    @property
    def judge(self) -> Target:
        """Who is asked."""
        return self.plan.targets[0]


def settle(asked: JudgeAsked, earlier: Sequence[Judged], language: str) -> Settled:
    """Judges, rubric and rules. Raises one UsageError with all that is wrong with them."""
    problems: list[Problem] = []
    last = earlier[-1].judging if earlier else None
    rubric: Rubric | None = None
    try:
        if asked.rubric is None and last is not None:
            rubric = Rubric(name=last.rubric, text=last.rubric_text, language=last.language)
        else:
            rubric = read_rubric(asked.rubric or GENERAL, language)
    except UsageError as error:
        problems += error.problems
    by_same = [one for one in earlier if rubric is not None and one.judging.rubric_text == rubric.text]
    judges: tuple[Target, ...] = ()
    try:
        judges = _judges(asked, by_same or earlier)
    except UsageError as error:
        problems[:0] = error.problems
    margin = asked.margin if asked.margin is not None else MARGIN if last is None else last.margin
    if not 0 < margin < 0.5:
        problems.append(Problem(place="--margin", key="judge.margin_range"))
    if by_same and margin != by_same[-1].judging.margin and any(answered([one]) for one in by_same):
        values: dict[str, object] = {"margin": f"{by_same[-1].judging.margin:g}"}
        problems.append(Problem(place="--margin", key="judge.margin_stands", values=values))
    if asked.max_requests is not None and asked.max_requests < 2 * max(1, len(judges)):
        gaps: dict[str, object] = {"limit": asked.max_requests, "needed": 2 * max(1, len(judges))}
        problems.append(Problem(place="--max-requests", key="judge.limit_below_one_pair", values=gaps))
    if problems or rubric is None:
        raise UsageError(*problems)
    return Settled(
        judges=judges,
        rubric=rubric,
        repeats=asked.repeats or (1 if last is None else last.repeats),
        all_pairs=asked.all_pairs or (last is not None and last.all_pairs),
        margin=margin,
    )


def _judges(asked: JudgeAsked, earlier: Sequence[Judged]) -> tuple[Target, ...]:
    """Those that were named, or those of before, reached as is said now."""
    if not asked.judges:
        if not earlier:
            raise UsageError(Problem(place=asked.place, key="judge.no_judge"))
        # Who never answered (a slip in the name, no access) is not asked again by itself.
        answering = [one for one in earlier if any(record.outcome == "ok" for record in one.records)] or earlier
        known = {judge_identity(one.judge): one.judge for one in answering}
        return tuple(_reached(judge, asked) for judge in known.values())
    several = len(asked.judges) > 1
    places = [f"{asked.place} {number}" if several else asked.place for number in range(1, len(asked.judges) + 1)]

    def objections(target: Target) -> list[Problem]:
        return PROVIDERS[target.provider].validate(target, max_tokens=asked.max_tokens)

    judges = resolve_targets(asked.judges, (), SCHEMAS, asked.reach, places=places, objections=objections)
    problems = [problem for judge in judges for problem in objections(judge)]
    if problems:
        raise UsageError(*problems)
    if len({judge_identity(judge) for judge in judges}) < len(judges):
        raise UsageError(Problem(place=asked.place, key="judge.twice"))
    return judges


def _reached(judge: Target, asked: JudgeAsked) -> Target:
    ours = {name: value for name, value in asked.reach.items() if name in SCHEMAS[judge.provider]}
    return msgspec.structs.replace(judge, options={**judge.options, **ours})


def tasks_of(
    settled: Settled, pairs: Sequence[Pair], earlier: Sequence[Judged], asked: JudgeAsked, *, subject: str
) -> tuple[Task, ...]:
    """What each judge has not been asked yet. With `--max-requests` every judge gets an equal part, in whole pairs drawn by the seed."""
    each = None if asked.max_requests is None else asked.max_requests // len(settled.judges)
    seed = secrets.randbits(32) if asked.seed is None else asked.seed
    in_lots = list(pairs)
    random.Random(f"{seed}/judge").shuffle(in_lots)
    tasks = []
    for judge in settled.judges:
        own = [one for one in earlier if judge_identity(one.judge) == judge_identity(judge)]
        known = answered(own)
        chosen: list[tuple[Ballot, Prompt]] = []
        of_all = left = 0
        for pair in in_lots:
            both = list(ballots_of(pair, settled.rubric, seed))
            missing = [one for one in both if (one[0].id, one[0].sha256) not in known]
            of_all += len(both)
            if each is not None and len(chosen) + len(missing) > each:
                left += len(missing)
            else:
                chosen += missing
        tasks.append(
            Task(
                plan=plan_of_judge(judge, [prompt for _, prompt in chosen], seed, asked, each),
                judging=Judging(
                    subject=subject,
                    rubric=settled.rubric.name,
                    rubric_text=settled.rubric.text,
                    language=settled.rubric.language,
                    repeats=settled.repeats,
                    all_pairs=settled.all_pairs,
                    margin=settled.margin,
                    ballots=tuple(ballot for ballot, _ in chosen),
                ),
                known=of_all - left - len(chosen),
                left=left,
            )
        )
    return tuple(tasks)


def plan_of_judge(judge: Target, prompts: Sequence[Prompt], seed: int, asked: JudgeAsked, at_most: int | None) -> Plan:
    """One call for each ballot, and no more: no warm-up, since nothing is timed, and one cycle, since each is asked once."""
    most = len(prompts) * (1 + asked.retries)
    plan = Plan(
        targets=(judge,),
        suite=Suite(name="judging", prompts=tuple(prompts), source="hayai judge"),
        seed=seed,
        limits=Limits(
            max_requests=most if at_most is None else min(most, at_most),
            max_time_s=asked.max_time_s,
            cycles=1,
        ),
        warmup=0,
        concurrency=max(1, min(asked.concurrency, len(prompts))),
        rate=asked.rate,
        retries=asked.retries,
        max_tokens=asked.max_tokens,
        rules=Rules(stopping="limits"),
    )
    return sent_in_order(plan) if prompts else plan


def sent_in_order(plan: Plan) -> Plan:
    """The plan with its prompts placed so that its first cycle sends them in the order in which they stand now.

    A cycle draws its order from the seed. Nothing is timed here, and both orders of a pair are to be asked one after the other: then a
    judging that ends early, by Ctrl-C or a limit, leaves whole pairs.
    """
    prompts = plan.suite.prompts
    numbered = tuple(msgspec.structs.replace(prompt, id=str(number)) for number, prompt in enumerate(prompts))
    suite = msgspec.structs.replace(plan.suite, prompts=numbered)
    drawn = [int(trials[0].prompt) for trials in cycle_trials(msgspec.structs.replace(plan, suite=suite), 0)]
    placed = dict(zip(drawn, prompts, strict=True))
    in_place = tuple(placed[place] for place in range(len(prompts)))
    return msgspec.structs.replace(plan, suite=msgspec.structs.replace(plan.suite, prompts=in_place))
