"""Which is faster? The first thing under the title: a sentence for every verdict, and what a reader must know before believing it.

Below each sentence stands what belongs to it alone (what is missing, failures, prompts like these, where it comes from); below all of them
what they share: these prompts, this window, how the intervals are meant, and what one session cannot tell.
"""

from __future__ import annotations

from collections.abc import Sequence

from hayai.decide.conclusions import EqualLength, Estimate, Failing, SessionsAnswer, Verdict, WhyNone
from hayai.decide.judgements import Judgement
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.answers import answer_sentence, next_lines, none_sentence, numbers, seen_lines
from hayai.show.sections.faces import change, fast, fast_within, has_bounds, kind, number, points_of
from hayai.show.sections.parts import Point, Section
from hayai.show.sections.words import counted


def verdict(
    judgement: Judgement, names: Sequence[str], texts: Texts, *, scope: str, later: str | None = None
) -> Section:
    """Every verdict with what it rests on. `scope` says in a sentence which prompts, window and client it is about.

    `later` says what one session cannot tell; by default, that several sessions could.
    """
    test = judgement.self_test
    told = [one for one in judgement.verdicts if test not in (one.target, one.baseline)]
    points = [
        Point(text=answer_sentence(one, names, texts), more=_more(one, names, texts))
        for one in told
        if one.answer != "none"
    ]
    missing: dict[WhyNone | None, list[Verdict]] = {}
    for one in told:
        if one.answer == "none" and one.judged:
            missing.setdefault(one.why_none, []).append(one)
    points += [
        Point(text=none_sentence(those, names, texts), more=seen_lines(those, names, texts))
        for those in missing.values()
    ]
    points += [
        _self_test(one, names, texts) for one in judgement.verdicts if one.target == test and one.baseline == names[0]
    ]
    return Section(title=texts("verdict.title"), points=tuple(points), notes=_notes(judgement, texts, scope, later))


def _notes(judgement: Judgement, texts: Texts, scope: str, later: str | None) -> tuple[str, ...]:
    answered = [one for one in judgement.verdicts if one.answer != "none"]
    if not answered:
        return ()
    holds = {"verdict.holds" if one.anytime else "verdict.holds.planned": None for one in answered}
    notes = [texts("verdict.space").join([scope, *map(texts, holds), texts("verdict.holds.descriptive")])]
    judged = [one for one in judgement.verdicts if one.judged]
    if len(judged) > 1:
        notes.append(
            texts(
                "verdict.shared",
                count=fmt.count(len(judged)),
                each=texts("verdict.list").join(dict.fromkeys(fmt.confidence(one.alpha) for one in judged)),
                together=fmt.confidence(min(1.0, sum(one.alpha for one in judged))),
            )
        )
    if all(one.sessions is None for one in answered):
        notes.append(texts("verdict.one_session") if later is None else later)
    return tuple(notes)


def _more(one: Verdict, names: Sequence[str], texts: Texts) -> tuple[str, ...]:
    if one.answer == "none" or not one.judged:
        return ()
    lines = []
    if one.as_served is not None:
        pairs = 0 if one.headline is None else one.headline.pairs
        lines.append(
            texts(
                "verdict.as_served",
                numbers=_of(one, one.as_served, texts),
                part=fmt.count(one.as_served.pairs),
                whole=fmt.count(pairs),
            )
        )
    lines += next_lines(one, texts)
    if one.with_waits is not None:
        lines.append(texts("verdict.with_waits", numbers=_of(one, one.with_waits, texts)))
    if one.failing is not None and one.failing.target_failed + one.failing.baseline_failed:
        lines.append(_conditional(one, one.failing, names, texts))
    if one.headline is not None and one.headline.such_prompts is not None:
        such = fast_within(one.headline.such_prompts, texts)
        lines.append(texts("verdict.such_prompts", fasts=such))
    lines += _origin(one, texts)
    if one.sessions is not None:
        lines.append(_sessions(one.sessions, texts))
    return tuple(lines)


def _self_test(one: Verdict, names: Sequence[str], texts: Texts) -> Point:
    """The same target twice must not have a winner. The pair is described, and takes no share of the error rate."""
    odd = "faster" in one.answer or "slower" in one.answer
    key = "verdict.self_test.odd" if odd else "verdict.self_test.none" if one.answer == "none" else "verdict.self_test"
    headline = one.headline
    told = "" if headline is None else numbers(headline, kind(one, texts), texts)
    return Point(text=texts(key, target=number(names, one.target), baseline=number(names, one.baseline), numbers=told))


def _of(one: Verdict, estimate: Estimate, texts: Texts) -> str:
    return numbers(estimate, kind(one, texts), texts, slower=estimate.ratio > 1)


def _conditional(one: Verdict, failing: Failing, names: Sequence[str], texts: Texts) -> str:
    return texts(
        "verdict.conditional",
        target=number(names, one.target),
        baseline=number(names, one.baseline),
        target_failed=fmt.count(failing.target_failed),
        baseline_failed=fmt.count(failing.baseline_failed),
        rounds=counted("rounds", failing.rounds, texts),
    )


def _origin(one: Verdict, texts: Texts) -> list[str]:
    """One line on where the difference comes from, in points of the change of time; the section `why` has the rest."""
    told = []
    if one.parts is not None:
        whole = one.parts.whole.ratio
        told.append(
            texts(
                f"verdict.origin.{one.parts.unit}",
                change=change(whole),
                start=points_of(one.parts.start.ratio, whole),
                amount=points_of(one.parts.amount.ratio, whole),
                per_unit=points_of(one.parts.per_unit.ratio, whole),
            )
        )
    if one.equal_length is not None:
        told.append(_equal_length(one, one.equal_length, texts))
    return [texts("verdict.space").join(told)] if told else []


def _equal_length(one: Verdict, equal: EqualLength, texts: Texts) -> str:
    """Streams carry the verdict's own kind of interval, regression an ordinary one."""
    estimate, streams = equal.estimate, equal.method == "streams"
    interval = estimate.anytime if streams else estimate.such_prompts
    values = {"unit": texts(f"why.unit.{equal.unit}"), "fast": fast(estimate.ratio)}
    if not has_bounds(interval):
        return texts("verdict.origin.equal.bare", **values)
    said = kind(one, texts) if streams else texts("verdict.kind.descriptive")
    shown = texts("report.list").join((fast_within(interval, texts), said))
    return texts("verdict.origin.equal", interval=shown, **values)


def _sessions(sessions: SessionsAnswer, texts: Texts) -> str:
    return texts(
        "verdict.sessions" if sessions.interval is not None else "verdict.sessions.few",
        count=fmt.count(len(sessions.ratios)),
        fast=fast(sessions.ratio),
        fasts=fast_within(sessions.interval, texts),
        each=texts("verdict.list").join(map(fast, sessions.ratios)),
    )
