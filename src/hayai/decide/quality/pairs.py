"""Does a target pass as often as its baseline? Paired pass and fail, with prompts as the observations.

Only complete rounds count, and of these the ones in which both answered and both could be checked: a failed request is a failure of the
service, told elsewhere, and no answer of poor quality. Repeats of one prompt are no new prompts: each prompt gives one observation, spread
over the cells of the table of pairs (both pass, one of the two, neither) as its rounds were. With one round per prompt that is the
ordinary table; with several, a prompt counts as if it could only be passed or not: the interval is wider than need be, and never narrower.

The interval is Newcombe's for paired shares (`stats.proportions`), the p value exact McNemar's over the prompts on which one side passed
more often. "Not worse" needs the interval's lower bound above minus the margin, each bound alone holding at 1 - alpha; "worse" needs all of
it below 0, and p within alpha. Below `fewest_prompts` nothing is "not worse" unless p says so: even without a single miss, chance alone may
be the reason. Comparisons share alpha.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from hayai.decide.conclusions import Interval
from hayai.decide.quality.checking import Checked, Found, misses_of
from hayai.decide.quality.findings import (
    LISTED,
    CheckCount,
    CheckFindings,
    Miss,
    MissedAnswers,
    NotWorse,
    Outcome,
    PassDifference,
    TargetChecks,
)
from hayai.decide.stats.proportions import Difference, paired_difference
from hayai.decide.stats.special import special
from hayai.keep.records import RequestRecord

MARGIN = 0.05
"""Shares may differ by so much and count as no worse, unless somebody says otherwise."""
POWER = 0.8
"""The chance with which `needed_prompts` lead to an answer."""


def check_findings(
    paired: Sequence[RequestRecord],
    checked: Checked,
    targets: Sequence[str],
    comparisons: Sequence[tuple[str, str]],
    *,
    alpha: float = 0.05,
    margin: float = MARGIN,
) -> CheckFindings:
    """What checks found in complete rounds. `paired`: their records; `comparisons`: target and baseline of each."""
    answered = [record for record in paired if record.id in checked.found]
    each = alpha / max(1, len(comparisons))
    found = (
        pass_difference(
            answered, checked, target, baseline, rounds=len(paired) // max(1, len(targets)), alpha=each, margin=margin
        )
        for target, baseline in comparisons
    )
    order = list(dict.fromkeys(record.prompt for record in answered))
    missed = sorted(
        _missed(answered, checked),
        key=lambda one: (_none_failed(one), order.index(one.prompt), targets.index(one.target)),
    )
    return CheckFindings(
        checks=checked.names,
        targets=tuple(_of_target(name, answered, checked) for name in targets),
        pairs=tuple(one for one in found if one is not None),
        missed=tuple(missed[:LISTED]),
        missed_count=sum(one.count for one in missed),
        failed_requests=len(paired) - len(answered),
        texts_kept=checked.texts_kept,
    )


def outcome_of(found: Found) -> Outcome:
    """Of an answer: it passes when all of its checks do, and fails when one does."""
    outcomes = {looked.outcome for _, looked in found}
    if "failed" in outcomes:
        return "failed"
    return "unknown" if "unknown" in outcomes else "passed"


def _none_failed(one: MissedAnswers) -> bool:
    return all(miss.outcome != "failed" for miss in one.misses)


def _missed(answered: Iterable[RequestRecord], checked: Checked) -> list[MissedAnswers]:
    alike: dict[tuple[object, ...], list[tuple[RequestRecord, tuple[Miss, ...]]]] = {}
    for record in answered:
        misses = misses_of(record, checked)
        if misses:
            kind = (record.target, record.prompt, tuple((miss.check, miss.outcome, miss.reason) for miss in misses))
            alike.setdefault(kind, []).append((record, misses))
    return [
        MissedAnswers(
            target=first.target,
            prompt=first.prompt,
            count=len(those),
            cycle=first.cycle,
            record=first.id,
            misses=misses,
        )
        for those in alike.values()
        for first, misses in (those[0],)
    ]


def _of_target(name: str, answered: Iterable[RequestRecord], checked: Checked) -> TargetChecks:
    own = [checked.found[record.id] for record in answered if record.target == name]
    whole = [outcome_of(found) for found in own]
    counts = {check: {"passed": 0, "failed": 0, "unknown": 0} for check in checked.names}
    for found in own:
        for check, looked in found:
            counts[check][looked.outcome] += 1
    return TargetChecks(
        target=name,
        passed=whole.count("passed"),
        failed=whole.count("failed"),
        unknown=whole.count("unknown"),
        checks=tuple(CheckCount(check=check, **of) for check, of in counts.items()),
    )


def pass_difference(
    answered: Iterable[RequestRecord],
    checked: Checked,
    target: str,
    baseline: str,
    *,
    rounds: int,
    alpha: float = 0.05,
    margin: float = MARGIN,
) -> PassDifference | None:
    """Target minus baseline; None where no round can be compared. `rounds`: complete ones, whatever came of them."""
    sides: Mapping[str, dict[tuple[str, int], bool]] = {target: {}, baseline: {}}
    for record in answered:
        outcome = outcome_of(checked.found[record.id])
        if record.target in sides and outcome != "unknown":
            sides[record.target][record.prompt, record.cycle] = outcome == "passed"
    both = sides[target].keys() & sides[baseline].keys()
    by_prompt: dict[str, list[tuple[bool, bool]]] = {}
    for prompt, cycle in sorted(both):
        pair = sides[baseline][prompt, cycle], sides[target][prompt, cycle]
        by_prompt.setdefault(prompt, []).append(pair)
    return of_pairs(
        tuple(by_prompt.values()),
        target=target,
        baseline=baseline,
        left_out=rounds - len(both),
        alpha=alpha,
        margin=margin,
    )


def of_pairs(
    by_prompt: Sequence[Sequence[tuple[bool, bool]]],
    *,
    target: str = "",
    baseline: str = "",
    left_out: int = 0,
    alpha: float = 0.05,
    margin: float = MARGIN,
) -> PassDifference | None:
    """The comparison itself: of each prompt its rounds, as whether the baseline passed and whether the target did. None without any."""
    if not by_prompt:
        return None
    prompts = len(by_prompt)
    cells = [
        math.fsum(sum(pair == cell for pair in pairs) / len(pairs) for pairs in by_prompt)
        for cell in ((True, True), (True, False), (False, True))
    ]
    both_pass, base_only, target_only = cells
    neither = max(0.0, prompts - math.fsum(cells))  # Together exactly as many as there are prompts.
    difference = paired_difference(both_pass, base_only, target_only, neither, 1 - 2 * alpha)
    if difference is None:
        return None
    moved = [sum(t - b for b, t in pairs) for pairs in by_prompt]
    more, less = sum(one > 0 for one in moved), sum(one < 0 for one in moved)
    p = mcnemar(more, less)
    return PassDifference(
        target=target,
        baseline=baseline,
        prompts=prompts,
        pairs=sum(map(len, by_prompt)),
        left_out=left_out,
        target_share=(both_pass + target_only) / prompts,
        baseline_share=(both_pass + base_only) / prompts,
        difference=difference.estimate,
        interval=Interval(low=difference.low, high=difference.high),
        confidence=1 - 2 * alpha,
        more_often=more,
        less_often=less,
        p=p,
        margin=margin,
        answer=_answer(difference, p, prompts, alpha=alpha, margin=margin),
        fewest_prompts=fewest_prompts(alpha=alpha, margin=margin),
        needed_prompts=needed_prompts((base_only + target_only) / prompts, prompts, alpha=alpha, margin=margin),
    )


def _answer(difference: Difference, p: float, prompts: int, *, alpha: float, margin: float) -> NotWorse:
    if difference.low > -margin and (prompts >= fewest_prompts(alpha=alpha, margin=margin) or p <= alpha):
        return "not_worse"
    return "worse" if difference.high < 0 and p <= alpha else "open"


def mcnemar(more: int, less: int) -> float:
    """Exact p value, two-sided, of so many prompts going one way and so many the other; 1 where none does."""
    n = more + less
    return min(1.0, 2.0 * float(special.bdtr(min(more, less), n, 0.5))) if n else 1.0


def fewest_prompts(*, alpha: float = 0.05, margin: float = MARGIN) -> int:
    """Fewer prompts cannot show "not worse", even if both sides pass all of them; 59 for 5 % each.

    A target that fails on a share of `margin` would pass all of so few with a chance above alpha.
    """
    return math.ceil(math.log(alpha) / math.log1p(-margin))


def needed_prompts(differing: float, prompts: int, *, alpha: float = 0.05, margin: float = MARGIN) -> int:
    """Prompts for "not worse" with a chance of 80 % where nothing differs in truth: (z + z)² × share of differing pairs / margin².

    `differing` as seen on `prompts`; fewer than one differing prompt is taken as one, since so few prompts cannot show less.
    """
    z = float(special.ndtri(1.0 - alpha)) + float(special.ndtri(POWER))
    needed = math.ceil(z * z * max(differing, 1.0 / prompts) / (margin * margin))
    return max(needed, fewest_prompts(alpha=alpha, margin=margin))
