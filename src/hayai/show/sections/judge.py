"""What do judges say of the answers? A sentence for each comparison, the three questions in a table, and what is known of the judges.

Judges' own words stand nowhere: they are kept with the judging, and are a stranger's text.
"""

from __future__ import annotations

from collections.abc import Iterator

from hayai.decide.conclusions import Interval
from hayai.decide.findings import Findings
from hayai.decide.quality.judged import (
    Calibration,
    JudgedAnswer,
    JudgedComparison,
    JudgedFindings,
    JudgeSummary,
    OrderEffect,
    Preference,
    WinRate,
)
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.cost import usd
from hayai.show.sections.faces import between, pair
from hayai.show.sections.parts import Block, Column, Point, Section
from hayai.show.sections.words import counted, word

EVEN = 0.5
"""How often the first answer wins where the order has no say."""
LEVEL = 0.05
"""Error rate of a two-sided interval."""


def judge_section(findings: Findings, texts: Texts) -> Section:
    """Empty where no judge was asked."""
    title, judged = texts("judge.title"), findings.judged
    if judged is None:
        return Section(title=title)
    names = _names(findings)
    columns = (
        Column(title=texts("judge.column.question"), right=False),
        Column(title=texts("judge.column.rate")),
        Column(title=texts("judge.column.interval")),
        *(Column(title=texts(f"judge.column.{name}")) for name in ("won", "tied", "lost")),
        Column(title=texts("judge.column.meaning"), right=False),
    )
    blocks = tuple(
        Block(
            heading=pair(names, one.target, one.baseline, texts),
            rows=tuple(_row(question, texts) for question in one.questions),
            remarks=tuple(_remarks(one, texts)),
        )
        for one in judged.comparisons
        if one.pairs
    )
    return Section(
        title=title,
        points=tuple(Point(text=judged_sentence(one, findings, texts)) for one in judged.comparisons),
        notes=(
            texts("judge.note", margin=_points(judged.margin), level=_one_sided(judged), rubric=word(judged.rubric)),
        ),
        columns=columns if blocks else (),
        blocks=blocks,
        lines=tuple(_judges(judged, texts)),
        heading_column=texts("judge.column.pair"),
    )


def _one_sided(judged: JudgedFindings) -> str:
    """At which level "not worse" is said."""
    rates = [one.questions[0].win_rate for one in judged.comparisons if one.questions]
    return fmt.confidence(min((1 - rate.confidence for rate in rates if rate is not None), default=LEVEL))


def judged_sentence(one: JudgedComparison, findings: Findings, texts: Texts) -> str:
    """What is found about one comparison."""
    key = f"judge.none.{one.why_none}" if one.answer == "none" else f"judge.answer.{one.why_cannot_tell or one.answer}"
    rate = one.questions[0].win_rate
    return texts(
        key,
        pair=pair(_names(findings), one.target, one.baseline, texts),
        rate=fmt.UNKNOWN if rate is None else fmt.share(rate.rate),
        interval=_that_decides(one.answer, rate, texts),
        prompts=counted("prompts", one.prompts, texts),
        missing=fmt.count(one.missing),
        margin=_points(0.0 if findings.judged is None else findings.judged.margin),
        needed=fmt.count(one.needed_prompts),
        flips=fmt.count(one.order.flips),
        pairs=fmt.count(one.pairs),
    )


def _row(one: Preference, texts: Texts) -> tuple[str, ...]:
    rate = one.win_rate
    return (
        texts(f"judge.question.{one.question}"),
        fmt.UNKNOWN if rate is None else fmt.share(rate.rate),
        _that_decides(one.answer, rate, texts),
        *(fmt.count(count) for count in (one.wins, one.ties, one.losses)),
        texts(f"judge.meaning.{one.question}.{one.answer}"),
    )


def _remarks(one: JudgedComparison, texts: Texts) -> Iterator[str]:
    """Length, order, and what each of several judges says."""
    if one.length_ratio is not None:
        even = one.at_equal_length
        length = fmt.times(one.length_ratio)
        if even is not None:
            interval = _between(even.low, even.high, texts)
            yield texts("judge.equal_length", length=length, rate=fmt.share(even.rate), interval=interval)
        else:
            yield texts(f"judge.no_length.{one.why_no_length}", length=length)
    yield order_words(one.order, texts)
    if one.order.by_place:
        yield texts(
            "judge.held_margin",
            share=fmt.share(one.order.by_place),
            held=_points(one.questions[0].margin),
        )
    voting = [by for by in one.by_judge if by.pairs]
    if len(voting) > 1:
        told = (
            texts(
                "judge.by_one",
                judge=word(by.judge),
                rate=fmt.UNKNOWN if by.win_rate is None else fmt.share(by.win_rate.rate),
                interval=_within(by.win_rate, texts),
            )
            for by in voting
        )
        alpha = fmt.UNKNOWN if one.agreement is None else fmt.correlation(one.agreement).removeprefix("+")
        yield texts("judge.by_each", judges=texts("report.list").join(told), alpha=alpha)
        left_out = [word(by.judge) for by in voting if not by.counted]
        if left_out:
            yield texts("judge.not_counted", judges=texts("report.list").join(left_out))


def order_words(order: OrderEffect, texts: Texts) -> str:
    """What the order did to the votes."""
    known = order.bias_low is not None and order.bias_low != order.bias_high
    return texts(
        "judge.order",
        first=fmt.UNKNOWN if order.bias is None else fmt.share(EVEN + order.bias),
        interval=_between(EVEN + (order.bias_low or 0), EVEN + (order.bias_high or 0), texts) if known else fmt.UNKNOWN,
        flips=fmt.count(order.flips),
        pairs=fmt.count(order.pairs),
    )


def _judges(judged: JudgedFindings, texts: Texts) -> Iterator[str]:
    """What each judge did and cost."""
    several = len(judged.judges) > 1 or len(judged.comparisons) > 1
    for one in judged.judges:
        yield texts(
            "judge.judge",
            judge=word(one.judge),
            votes=fmt.count(one.votes),
            ballots=fmt.count(one.ballots),
            troubles=_troubles(one, texts),
            order=texts("verdict.space").join(("", order_words(one.order, texts)))
            if several and one.order.pairs
            else "",
            cost=cost_words(one, texts),
        )
        if one.simulated:
            yield texts("judge.simulated", judge=word(one.judge))
    if judged.silent:
        yield texts("judge.silent", judges=texts("report.list").join(map(word, judged.silent)))
    if judged.left_out:
        yield texts("judge.left_out", count=fmt.count(judged.left_out))


def _troubles(one: JudgeSummary, texts: Texts) -> str:
    """What happened to the ballots that have no vote."""
    counts = (("invalid", one.invalid), ("refused", one.refused), ("failed", one.failed), ("open", one.open))
    told = [texts(f"judge.trouble.{name}", count=fmt.count(count)) for name, count in counts if count]
    return texts("judge.troubles", troubles=texts("report.list").join(told)) if told else ""


def cost_words(one: JudgeSummary | Calibration, texts: Texts) -> str:
    """What the calls cost, as far as it is known."""
    if one.cost_unknown:
        known = usd(float(one.cost_usd)) if one.cost_usd else texts("report.unknown")
        return texts("judge.cost.unknown", cost=known, count=fmt.count(one.cost_unknown))
    return usd(float(one.cost_usd))


def _that_decides(answer: JudgedAnswer, rate: WinRate | None, texts: Texts) -> str:
    """The interval that the answer rests on, with its level: of two one-sided bounds, but where one half is left out."""
    if rate is None or answer in ("better", "worse", "none"):
        return _within(rate, texts)
    interval = _between(rate.lower, rate.upper, texts)
    return texts("judge.interval", level=fmt.confidence(2 * (1 - rate.confidence)), interval=interval)


def _within(rate: WinRate | None, texts: Texts) -> str:
    """Its 95 % interval. Of scores that never name a winner there is none worth the name."""
    if rate is None or (not rate.variance and rate.rate == EVEN):
        return fmt.UNKNOWN
    return texts("judge.interval", level=fmt.confidence(LEVEL), interval=_between(rate.low, rate.high, texts))


def _names(findings: Findings) -> list[str]:
    return [target.name for target in findings.targets]


def _between(low: float, high: float, texts: Texts) -> str:
    return between(Interval(low=low, high=high), texts, fmt.share)


def _points(margin: float) -> str:
    return fmt.points(margin).removeprefix("+")
