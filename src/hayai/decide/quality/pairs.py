"""Does a target pass as often as its baseline? Paired pass and fail, with prompts as the observations.

Only complete rounds count, and of these the ones in which both answered: a failed request is a failure of the service, told elsewhere, and
no answer of poor quality. Two answers are compared by the checks that could be made on both, whatever they found: who leaves an answer out
because one of its checks could not be made, but keeps it when another one fails, chooses by outcome. Repeats of one prompt are no new
prompts: each prompt gives one observation, spread over the cells of the table of pairs (both pass, one of the two, neither) as its rounds
were. With one round per prompt that is the ordinary table; with several, a prompt counts as if it could only be passed or not: the interval
is wider than need be, and never narrower.

The interval is Newcombe's for paired shares (`stats.proportions`), the p value exact McNemar's over the prompts on which one side passed
more often. "Not worse" needs the interval's lower bound above minus the margin, each bound alone holding at 1 - alpha, and needs it as well
if every check that could not be made had failed on the target and been passed by the baseline; "worse" needs all of the interval below 0,
and p within alpha. Below `fewest_prompts` nothing is "not worse" unless p says so: even without a single miss, chance alone may be the
reason. Nor is it where hardly anything passes on either side: then something is wrong with what is expected, and two that are wrong are
alike. Comparisons share alpha.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from hayai.decide.conclusions import Interval
from hayai.decide.quality.checking import Checked, Found, misses_of
from hayai.decide.quality.findings import (
    LISTED,
    CheckCount,
    CheckFindings,
    Looked,
    Miss,
    MissedAnswers,
    NotWorse,
    Outcome,
    PassDifference,
    TargetChecks,
    Unmade,
    WhyOpen,
)
from hayai.decide.stats.proportions import Difference, paired_difference
from hayai.decide.stats.special import special
from hayai.keep.records import RequestRecord

MARGIN = 0.05
"""Shares may differ by so much and count as no worse, unless somebody says otherwise."""
POWER = 0.8
"""The chance with which `needed_prompts` lead to an answer."""
Pair = tuple[bool, bool]
"""Of a round: whether the baseline passed, and whether the target did."""
HARDLY_ANY = 2.0
"""Margins. Where no side passes more than so much, a loss within the margin may be half of all that passes, or all of it."""


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
        prompts=checked.prompts,
        form_only=checked.form_only,
    )


def outcome_of(found: Found) -> Outcome:
    """Of an answer: unknown when one of its checks could not be made, whatever the others say; else passed when all of them are."""
    outcomes = {looked.outcome for _, looked in found}
    if "unknown" in outcomes:
        return "unknown"
    return "failed" if "failed" in outcomes else "passed"


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
    sides: Mapping[str, dict[tuple[str, int], Mapping[str, Looked]]] = {target: {}, baseline: {}}
    for record in answered:
        if record.target in sides:
            sides[record.target][record.prompt, record.cycle] = dict(checked.found[record.id])
    by_prompt: dict[str, list[Pair]] = {}
    worst: dict[str, list[Pair]] = {}
    unmade: Counter[str] = Counter()
    for key in sorted(sides[target].keys() & sides[baseline].keys()):
        ours, theirs = sides[target][key], sides[baseline][key]
        # What applies to a prompt applies to both of its answers.
        made = [name for name in ours if "unknown" not in (ours[name].outcome, theirs[name].outcome)]
        unmade.update(ours.keys() - made)
        if made or not ours:
            pair = _all_passed(theirs[name] for name in made), _all_passed(ours[name] for name in made)
            by_prompt.setdefault(key[0], []).append(pair)
        none_failed = all(looked.outcome != "failed" for looked in theirs.values())
        worst.setdefault(key[0], []).append((none_failed, _all_passed(ours.values())))
    return of_pairs(
        tuple(by_prompt.values()),
        tuple(worst.values()),
        target=target,
        baseline=baseline,
        left_out=rounds - sum(map(len, by_prompt.values())),
        unmade=tuple(Unmade(check=name, pairs=unmade[name]) for name in checked.names if unmade[name]),
        alpha=alpha,
        margin=margin,
    )


def _all_passed(looks: Iterable[Looked]) -> bool:
    return all(looked.outcome == "passed" for looked in looks)


def of_pairs(
    by_prompt: Sequence[Sequence[Pair]],
    worst: Sequence[Sequence[Pair]] | None = None,
    *,
    target: str = "",
    baseline: str = "",
    left_out: int = 0,
    unmade: tuple[Unmade, ...] = (),
    alpha: float = 0.05,
    margin: float = MARGIN,
) -> PassDifference | None:
    """The comparison itself: of each prompt its rounds. None without any.

    `worst`: the same if all that could not be checked speaks against the target; None: everything could be.
    """
    both_pass, base_only, target_only, _ = cells = _cells(by_prompt)
    difference = paired_difference(*cells, 1 - 2 * alpha)
    if difference is None:
        return None
    at_worst = difference if worst is None else paired_difference(*_cells(worst), 1 - 2 * alpha)
    prompts = len(by_prompt)
    moved = [sum(t - b for b, t in pairs) for pairs in by_prompt]
    more, less = sum(one > 0 for one in moved), sum(one < 0 for one in moved)
    p = mcnemar(more, less)
    shares = (both_pass + target_only) / prompts, (both_pass + base_only) / prompts
    answer, why_open = _answer(difference, at_worst or difference, p, prompts, shares, alpha=alpha, margin=margin)
    return PassDifference(
        target=target,
        baseline=baseline,
        prompts=prompts,
        pairs=sum(map(len, by_prompt)),
        left_out=left_out,
        unmade=unmade,
        target_share=shares[0],
        baseline_share=shares[1],
        difference=difference.estimate,
        interval=Interval(low=difference.low, high=difference.high),
        confidence=1 - 2 * alpha,
        more_often=more,
        less_often=less,
        p=p,
        margin=margin,
        answer=answer,
        why_open=why_open,
        fewest_prompts=fewest_prompts(alpha=alpha, margin=margin),
        needed_prompts=needed_prompts((base_only + target_only) / prompts, prompts, alpha=alpha, margin=margin),
    )


def _cells(by_prompt: Sequence[Sequence[Pair]]) -> tuple[float, float, float, float]:
    """Prompts that both pass, the baseline alone, the target alone, neither: together exactly as many as there are."""
    cells = [
        math.fsum(sum(pair == cell for pair in pairs) / len(pairs) for pairs in by_prompt)
        for cell in ((True, True), (True, False), (False, True))
    ]
    return cells[0], cells[1], cells[2], max(0.0, len(by_prompt) - math.fsum(cells))


def _answer(
    difference: Difference,
    at_worst: Difference,
    p: float,
    prompts: int,
    shares: tuple[float, float],
    *,
    alpha: float,
    margin: float,
) -> tuple[NotWorse, WhyOpen | None]:
    few = prompts < fewest_prompts(alpha=alpha, margin=margin)
    none_passed = max(shares) <= HARDLY_ANY * margin
    if difference.low > -margin and not none_passed and (not few or p <= alpha):
        return ("not_worse", None) if at_worst.low > -margin else ("open", "unchecked")
    if difference.high < 0 and p <= alpha and difference.low <= -margin:
        return "worse", None
    if none_passed:
        return "open", "none_passed"
    if at_worst.estimate <= -margin < difference.estimate:
        return "open", "unchecked"  # More prompts like these would not show it either.
    return "open", "few_prompts" if few else None


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
