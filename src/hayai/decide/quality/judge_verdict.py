"""What do the votes prove? From judgings to findings: is the answer as good, better, worse, or is it not to be told?

With several judges a pair counts when all of them voted on it in both orders; their scores are averaged, and judges are never counted as
observations. No verdict where fewer than twenty prompts carry it, where no prompt was ever won by anybody, or where more than half
of the pairs were decided by the order: a judge that looks at places instead of answers finds everything equal.

Votes are not missing by chance: a judge may refuse just where an answer would lose. "Not worse" and "better" must hold as well if every
vote that is missing was against the target. Whoever picks one target among several has as many chances to pick a worse one, so the
comparisons with one baseline share the 5 % of "not worse". Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from hayai.ask.plan import Plan, Target
from hayai.ask.rubric import QUESTIONS
from hayai.decide.cautions import model_family
from hayai.decide.quality.judge_pairs import comparisons
from hayai.decide.quality.judge_tally import (
    BothVotes,
    PairKey,
    Range,
    Tally,
    flip_share,
    numbered,
    order_effect,
    place_share,
    tally,
)
from hayai.decide.quality.judged import (
    NOT_WORSE,
    EqualLengthRate,
    JudgedAnswer,
    JudgedComparison,
    JudgedFindings,
    JudgeRate,
    JudgeSummary,
    Preference,
    WhyCannotTell,
    WhyNoJudgement,
    WinRate,
)
from hayai.decide.recommendations import Quality
from hayai.decide.sample import KNOWN_MAKERS
from hayai.decide.stats.agreement import krippendorff_alpha
from hayai.decide.stats.win_rate import (
    ALPHA,
    EVEN,
    PLANNED_VARIANCE,
    AtEqualLength,
    Bounds,
    at_equal_length,
    held_margin,
    needed_prompts,
    standing,
    win_rate,
)
from hayai.keep.judging import Judged, judge_identity
from hayai.keep.query import simulation_of
from hayai.keep.records import RequestRecord

FEWEST_PROMPTS = 20
"""Below, Student's interval of such coarse scores is not to be trusted, and no verdict is told."""
ENOUGH_OF_PAIRS = 0.8
"""Share of the pairs of the most diligent judge that another must have voted on to be averaged in: pairs without it are left out."""
ORDER_DECIDES = 0.5
"""Share of pairs whose winner may change with the order before the votes say nothing about the answers."""

_BOTH_WAYS: dict[JudgedAnswer, tuple[Quality, Quality]] = {
    "better": ("not_worse", "worse"),
    "equivalent": ("not_worse", "not_worse"),
    "not_worse": ("not_worse", "open"),
    "worse": ("worse", "not_worse"),
    "cannot_tell": ("open", "open"),
    "none": ("open", "open"),
}
"""What an answer says of the target against the baseline, and of the baseline against the target."""

Voted = tuple[PairKey, tuple[BothVotes, ...]]
"""A pair and the votes of each judge on it."""
Lacking = Mapping[PairKey, Sequence[Mapping[str, Range]]]
"""Pairs that lack a vote, and what each judge may have scored them."""


class Terms(NamedTuple):
    """On which votes are read."""

    margin: float
    alpha: float
    """Of each one-sided bound."""


def judged_findings(plan: Plan, records: Iterable[RequestRecord], judgings: Sequence[Judged]) -> JudgedFindings | None:
    """What judges found about a run, by the rubric of the last judging; None where none was asked.

    `records` are the run's: lengths of its answers are read from them.
    """
    if not judgings:
        return None
    last = judgings[-1].judging
    ours = [one for one in judgings if one.judging.rubric_text == last.rubric_text]
    of: dict[str, list[Judged]] = {}
    for one in ours:
        of.setdefault(judge_identity(one.judge), []).append(one)
    tallies = {identity: tally(found) for identity, found in of.items()}
    names = _names({identity: found[-1].judge for identity, found in of.items()})
    lengths = {record.id: record.text_chars for record in records}
    plan_names = [target.name for target in plan.targets]
    asked = {(ballot.target, ballot.baseline) for one in ours for ballot in one.judging.ballots}
    terms = Terms(margin=last.margin, alpha=ALPHA / _choices(asked, plan))
    return JudgedFindings(
        comparisons=tuple(
            _comparison(plan, pair, {names[key]: found for key, found in tallies.items()}, lengths, terms)
            for pair in comparisons(plan_names, all_pairs=True)
            if pair in asked
        ),
        judges=tuple(_summary(names[identity], found, tallies[identity], plan) for identity, found in of.items()),
        rubric=last.rubric,
        margin=last.margin,
        left_out=sum(one.outcome == "ok" for other in judgings if other not in ours for one in other.records),
    )


def judged_qualities(judged: JudgedFindings | None) -> dict[tuple[str, str], Quality]:
    """Of each judged target against its baseline, and the other way round, for whoever weighs quality with cost and time."""
    found: dict[tuple[str, str], Quality] = {}
    for one in () if judged is None else judged.comparisons:
        there, back = _BOTH_WAYS[one.answer]
        if back == "not_worse" and not _excludes_better(one):
            back = "open"
        found[one.target, one.baseline], found[one.baseline, one.target] = there, back
    return found


def _excludes_better(one: JudgedComparison) -> bool:
    """Whether the target is not better by more than the margin, whatever the missing votes had said."""
    overall = one.questions[0]
    return overall.win_rate is not None and overall.win_rate.highest < EVEN + overall.margin


def _choices(asked: Iterable[tuple[str, str]], plan: Plan) -> int:
    """Among how many others one may be picked: all that are judged, but for one and its double of a self-test. At least 1."""
    names = {name for pair in asked for name in pair if name != plan.rules.self_test}
    return max(1, len(names) - 1)


def _names(judges: Mapping[str, Target]) -> dict[str, str]:
    """What each judge is called; two of the same name are numbered."""
    names: dict[str, str] = {}
    for identity, judge in judges.items():
        name, number = judge.name, 1
        while name in names.values():
            number += 1
            name = f"{judge.name}#{number}"
        names[identity] = name
    return names


def _summary(name: str, judgings: Sequence[Judged], found: Tally, plan: Plan) -> JudgeSummary:
    judge = judgings[-1].judge
    same = [target for target in plan.targets if _model(target.model) == _model(judge.model)]
    maker = _maker(judge.model)
    related = [
        target for target in plan.targets if target not in same and maker is not None and _maker(target.model) == maker
    ]
    return JudgeSummary(
        judge=name,
        model=judge.model,
        ballots=found.fates.total(),
        votes=found.fates["vote"],
        invalid=found.fates["invalid"],
        refused=found.fates["refused"],
        failed=found.fates["failed"],
        open=found.fates["open"],
        order=order_effect([(key, (votes,)) for key, votes in found.pairs.items()]),
        contestants=tuple(target.name for target in same),
        relatives=tuple(target.name for target in related),
        simulated=any(simulation_of(one.records) for one in judgings),
        cost_usd=found.cost_usd,
        cost_unknown=found.cost_unknown,
    )


def _maker(model: str) -> str | None:
    """Who made it, whichever service offers it; None where the name does not tell."""
    words = (model_family(model) or "").split(".")
    return next((KNOWN_MAKERS[word] for word in words if word in KNOWN_MAKERS), words[0] or None)


def _model(model: str) -> str:
    """The model whichever Region group or address names it."""
    family = model_family(model)
    maker = None if family is None else family.partition(".")[0]
    at = -1 if maker is None else model.find(f"{maker}.")
    return model[at:] if at >= 0 else model


def _comparison(
    plan: Plan,
    pair: tuple[str, str],
    tallies: Mapping[str, Tally],
    lengths: Mapping[str, int | None],
    terms: Terms,
) -> JudgedComparison:
    target, baseline = pair
    of_judges = {
        name: {key: votes for key, votes in found.pairs.items() if (key.target, key.baseline) == pair}
        for name, found in tallies.items()
    }
    voting = _counted(of_judges, tallies)
    shared = [key for key in next(iter(voting.values()), {}) if all(key in found for found in voting.values())]
    voted: list[Voted] = [(key, tuple(found[key] for found in voting.values())) for key in shared]
    order = order_effect(voted)
    lacking = _lacking(pair, [tallies[name] for name in voting], shared)
    questions = tuple(_preference(question, voted, lacking, terms) for question in QUESTIONS)
    overall = questions[0].win_rate
    answer, why_none, why_cannot_tell = _answer(overall, order.flip_ratio, questions[0].margin)
    even = _at_equal_length(voted, lengths)
    enough = overall is not None and overall.prompts >= FEWEST_PROMPTS and overall.variance > 0
    planned = (
        (overall.variance, questions[0].margin) if overall is not None and enough else (PLANNED_VARIANCE, terms.margin)
    )
    return JudgedComparison(
        target=target,
        baseline=baseline,
        is_self_test=target == plan.rules.self_test and baseline == plan.targets[0].name,
        answer=answer,
        why_none=why_none,
        why_cannot_tell=why_cannot_tell,
        pairs=len(voted),
        missing=len(lacking),
        prompts=len({key.prompt for key in shared}),
        needed_prompts=max(FEWEST_PROMPTS, needed_prompts(*planned, alpha=terms.alpha)),
        questions=questions,
        at_equal_length=EqualLengthRate(**even._asdict()) if isinstance(even, AtEqualLength) else None,
        why_no_length=None if isinstance(even, AtEqualLength) else even,  # type: ignore[arg-type]  # the words of both are the same
        length_ratio=_length_ratio(voted, lengths),
        order=order,
        by_judge=tuple(
            JudgeRate(
                judge=name,
                win_rate=_win_rate(QUESTIONS[0], [(key, (votes,)) for key, votes in found.items()], {}, terms.alpha),
                pairs=len(found),
                counted=name in voting,
            )
            for name, found in of_judges.items()
        ),
        agreement=_agreement([found for found in of_judges.values() if found]),
    )


def _counted(
    of_judges: Mapping[str, Mapping[PairKey, BothVotes]], tallies: Mapping[str, Tally]
) -> dict[str, Mapping[PairKey, BothVotes]]:
    """The judges whose votes are averaged: those that are done, if any is, and have voted on nearly all that anybody has."""
    voting = {name: found for name, found in of_judges.items() if found}
    done = {name: found for name, found in voting.items() if not tallies[name].fates["open"]} or voting
    most = max((len(found) for found in done.values()), default=0)
    return {name: found for name, found in done.items() if len(found) >= ENOUGH_OF_PAIRS * most}


def _lacking(pair: tuple[str, str], tallies: Sequence[Tally], shared: Iterable[PairKey]) -> Lacking:
    """Pairs that every judge was asked about, and that are not among the `shared` ones because somebody's vote is missing."""
    asked = [{**found.missing, **{key: _exactly(votes) for key, votes in found.pairs.items()}} for found in tallies]
    done = [key for key in asked[0] if all(key in found for found in asked)] if asked else []
    known = set(shared)
    return {
        key: [found[key] for found in asked] for key in done if (key.target, key.baseline) == pair and key not in known
    }


def _exactly(votes: BothVotes) -> Mapping[str, Range]:
    """A pair that lacks nothing."""
    return {question: (votes.score(question), votes.score(question)) for question in QUESTIONS}


def _answer(
    overall: WinRate | None, flip_ratio: float | None, margin: float
) -> tuple[JudgedAnswer, WhyNoJudgement | None, WhyCannotTell | None]:
    if overall is None:
        return "none", "few_prompts" if flip_ratio is not None else "no_votes", None
    if overall.prompts < FEWEST_PROMPTS:
        return "none", "few_prompts", None
    if flip_ratio is not None and flip_ratio > ORDER_DECIDES:
        return "none", "order_decides", None
    if overall.variance == 0 and overall.rate == EVEN:
        return "none", "no_variation", None  # Who never prefers anything tells nothing about what was judged.
    found = standing(_bounds(overall), margin)
    if found in NOT_WORSE and overall.lowest < overall.lower and overall.lowest <= EVEN - margin:
        return "cannot_tell", None, "votes_missing"
    if found == "equivalent" and overall.highest >= EVEN + margin:
        return "not_worse", None, None
    if found == "better" and overall.lowest < overall.lower and overall.lowest <= EVEN:
        return "not_worse", None, None
    return found, None, None


def _bounds(rate: WinRate) -> Bounds:
    return Bounds(**{name: getattr(rate, name) for name in Bounds._fields})


def _preference(question: str, voted: Sequence[Voted], lacking: Lacking, terms: Terms) -> Preference:
    """One question over all pairs."""
    scores, found = _scores(question, voted), _win_rate(question, voted, lacking, terms.alpha)
    held = held_margin(terms.margin, place_share(question, voted))
    return Preference(
        question=question,
        answer=_answer(found, flip_share(question, voted), held)[0],
        margin=held,
        wins=sum(score > 0.5 for score in scores),
        ties=sum(score == 0.5 for score in scores),
        losses=sum(score < 0.5 for score in scores),
        win_rate=found,
    )


def _scores(question: str, voted: Sequence[Voted]) -> list[float]:
    """The mean score of all judges for each pair."""
    return [float(np.mean([one.score(question) for one in votes])) for _, votes in voted]


def _win_rate(question: str, voted: Sequence[Voted], lacking: Lacking, alpha: float) -> WinRate | None:
    scores = _scores(question, voted)
    found = win_rate(scores, numbered(key for key, _ in voted), alpha=alpha)
    if found is None:
        return None
    keys = [*(key for key, _ in voted), *lacking]
    least, most = (
        win_rate(
            [*scores, *(float(np.mean([of[question][end] for of in judges])) for judges in lacking.values())],
            numbered(keys),
            alpha=alpha,
        )
        if lacking
        else found
        for end in (0, 1)
    )
    return WinRate(
        **found._asdict(),
        lowest=found.lower if least is None else min(found.lower, least.lower),
        highest=found.upper if most is None else max(found.upper, most.upper),
        confidence=1 - alpha,
    )


def _log_length_ratios(voted: Sequence[Voted], lengths: Mapping[str, int | None]) -> list[float | None]:
    """Of each pair the logarithm of the target's length over the baseline's; None where one is not known or empty."""
    found: list[float | None] = []
    for _, votes in voted:
        ours, theirs = lengths.get(votes[0].target_answer), lengths.get(votes[0].baseline_answer)
        found.append(math.log(ours / theirs) if ours and theirs else None)
    return found


def _at_equal_length(voted: Sequence[Voted], lengths: Mapping[str, int | None]) -> AtEqualLength | str:
    ratios = _log_length_ratios(voted, lengths)
    known = [(one, ratio) for one, ratio in zip(voted, ratios, strict=True) if ratio is not None]
    pairs = [one for one, _ in known]
    return at_equal_length(
        _scores(QUESTIONS[0], pairs), [ratio for _, ratio in known], numbered(key for key, _ in pairs)
    )


def _length_ratio(voted: Sequence[Voted], lengths: Mapping[str, int | None]) -> float | None:
    known = [ratio for ratio in _log_length_ratios(voted, lengths) if ratio is not None]
    return math.exp(math.fsum(known) / len(known)) if known else None


def _agreement(voting: Sequence[Mapping[PairKey, BothVotes]]) -> float | None:
    """Alpha of the scores that each judge gave to the pairs it voted on; None for one judge."""
    keys = dict.fromkeys(key for found in voting for key in found)
    return krippendorff_alpha(
        [[found[key].score(QUESTIONS[0]) if key in found else None for found in voting] for key in keys]
    )
