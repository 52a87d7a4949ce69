"""Judgements made by hand: every answer, every reason for none, parts and no parts, several targets, claims, sessions.

They need not come from one sample: reports show what they are given.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from hayai.decide.conclusions import (
    Answer,
    CrossChecks,
    Drift,
    Effect,
    EqualLength,
    Estimate,
    Failing,
    Forecast,
    GroupEffect,
    Interval,
    LengthEffect,
    Parts,
    PercentileDifference,
    PromptEffect,
    SessionsAnswer,
    StartGuess,
    Verdict,
    WhyNone,
)
from hayai.decide.judgements import (
    ClaimFinding,
    ClaimReading,
    Detectable,
    Fallback,
    Judgement,
    Look,
    Percentile,
    SlowAnswer,
)
from tests.decide.made import S
from tests.show.hostile import EVIL, LONG, WIDE

NAMES = ("3.5-haiku", "3.5-haiku-optimized", "3-haiku")
PROMPTS = (
    "web_scraping", "fastapi_auth", "microservices", "data_processing", "llm_impact",
    "blockchain", "quality_multilingual", "ml_project", "docker_intro", "cicd",
)  # fmt: skip


def within(low: float | None, high: float | None) -> Interval:
    """An interval."""
    return Interval(low=low, high=high)


def an_estimate(ratio: float, half: float | None = 1.1, such: float | None = 1.2, **more: Any) -> Estimate:
    """A ratio with intervals of so many times to each side."""
    return Estimate(
        ratio=ratio,
        anytime=None if half is None else within(ratio / half, ratio * half),
        such_prompts=None if such is None else within(ratio / such, ratio * such),
        **({"pairs": 40, "prompts": 10} | more),
    )


def a_verdict(
    answer: Answer = "much_faster", ratio: float = 1 / 1.4724, half: float = 1.1135, **changed: Any
) -> Verdict:
    """A judged verdict on the second target, with a headline and nothing else."""
    values: dict[str, Any] = {
        "target": NAMES[1],
        "baseline": NAMES[0],
        "judged": True,
        "answer": answer,
        "why_none": None,
        "settled": answer not in ("undecided", "none"),
        "margin_ratio": 0.10,
        "precision_ratio": 0.10,
        "alpha": 0.05,
        "form": "stratified",
        "anytime": True,
        "looks": 4,
        "asked_prompts": 10,
        "headline": an_estimate(ratio, half),
        "within_sd": 0.118,
        "between_sd": 0.094,
    }
    return Verdict(**(values | changed))


def surroundings() -> dict[str, Any]:
    """Everything that can stand beside a headline of a streamed comparison."""
    return {
        "estimates": {
            "e2e": an_estimate(1 / 1.4724),
            "ttft": an_estimate(0.93, 1.24),
            "tpot": an_estimate(1 / 1.5972, 1.09),
            "output_tokens": an_estimate(1.0848),
            "output_characters": an_estimate(1.0712),
            "e2e_per_token": an_estimate(1 / 1.5972),
            "e2e_per_character": an_estimate(1 / 1.577),
        },
        "parts": Parts(
            unit="tokens",
            start=an_estimate(0.958, 1.03),
            amount=an_estimate(1.0908, 1.04),
            per_unit=an_estimate(0.65, 1.05),
            whole=an_estimate(0.958 * 1.0908 * 0.65),
        ),
        "equal_length": EqualLength(unit="tokens", method="streams", estimate=an_estimate(1 / 1.5547, 1.07)),
        "drift": Drift(cycles=4, factor=1.4, p=0.21, lag1=-0.12),
        "position": Effect(ratio=1.012, interval=within(0.98, 1.045), count=40),
        "warm_up": Effect(ratio=1.02, interval=within(0.95, 1.09), count=10),
        "without_slowest": 1 / 1.4512,
        "failing": Failing(
            rounds=40,
            target_failed=0,
            baseline_failed=0,
            difference=within(-0.07, 0.07),
            target_throttled=0,
            baseline_throttled=0,
            win_ratio=0.975,
            win_interval=within(0.871, 0.9956),
        ),
        "groups": tuple(
            GroupEffect(name=name, estimate=an_estimate(ratio, 1.25, 2.6, pairs=8, prompts=2))
            for name, ratio in (("code", 0.72), ("reasoning", 0.66), ("writing", 0.81), (None, 0.61))
        ),
        "length": LengthEffect(
            unit="tokens",
            per_doubling=Effect(ratio=0.97, interval=within(0.85, 1.10), count=10),
            rank_correlation=0.212,
            rank_p=0.556,
        ),
        "prompts": tuple(
            PromptEffect(
                prompt=name,
                ratio=0.55 + place * 0.04,
                interval=within(0.45 + place * 0.04, 0.7 + place * 0.04),
                pairs=4,
            )
            for place, name in enumerate(PROMPTS)
        ),
        "percentiles": tuple(
            PercentileDifference(metric=metric, p=p, ratio=0.7, interval=within(0.6, 0.8))
            for metric in ("e2e", "ttft")
            for p in (0.5, 0.9)
        ),
    }


def percentiles(names: tuple[str, ...] = NAMES[:2], n: int = 100) -> tuple[Percentile, ...]:
    """p50 and p90 shown, p95 wide, p99 not, of both times."""
    found = []
    for metric, scale in (("e2e", 1.0), ("ttft", 0.1)):
        for p, gate, value, high in (
            (0.5, "shown", 8.2, 9.3),
            (0.9, "shown", 19.1, 24.0),
            (0.95, "wide", 24.3, None),
            (0.99, "at_least", 41.2, None),
        ):
            for place, name in enumerate(names):
                unit = scale * S * (1 + 0.5 * place)
                found.append(
                    Percentile(
                        target=name,
                        metric=metric,  # type: ignore[arg-type]  # mypy sees str in a tuple of tuples.
                        p=p,
                        n=n,
                        gate=gate,  # type: ignore[arg-type]  # As above.
                        value=value * unit,
                        interval=_bounds(gate, value * unit, high and high * unit, n),
                        needed=299 if p == 0.99 else 59,
                        useful=1000 if p == 0.99 else 200,
                    )
                )
    return tuple(found)


def _bounds(gate: str, value: float, high: float | None, n: int) -> Interval | None:
    """As they are decided: the slowest of 299 answers bounds the p99 from above, of fewer it bounds nothing."""
    if gate == "at_least":
        return within(None, value) if n >= 299 else None
    return within(value * 0.9, high)


def a_judgement(*verdicts: Verdict, **changed: Any) -> Judgement:
    """A judgement of these."""
    values: dict[str, Any] = {
        "percentiles": (),
        "fallbacks": (),
        "slowest": (),
        "claims": (),
        "self_test": None,
        "baseline": "3.5-haiku",
    }
    return Judgement(verdicts=verdicts, **(values | changed))


def slow_answers(name: str = NAMES[0]) -> tuple[SlowAnswer, ...]:
    """Three of them."""
    return tuple(
        SlowAnswer(
            target=name,
            prompt=PROMPTS[place],
            cycle=place,
            record=f"a1-{place}",
            request_id=None if place == 2 else f"6f9619ff-8b86-d011-b42d-00cf4fc964f{place}",
            e2e_ns=(41.2 - place * 7) * S,
            robust_z=7.12 - place,
            stands_out=True,
        )
        for place in range(3)
    )


def clear() -> Judgement:
    """A clear win with all that belongs to it."""
    return a_judgement(a_verdict(**surroundings()), percentiles=percentiles(), slowest=slow_answers())


def undecided() -> Judgement:
    """Between 4 % slower and 13 % faster, with a forecast beyond the limits."""
    forecast = Forecast(cycles=12, requests=240, time_ns=840 * S, within_limits=False)
    headline = Estimate(
        ratio=1 / 1.042, anytime=within(1 / 1.13, 1 / 0.96), such_prompts=within(0.9, 1.05), pairs=200, prompts=10
    )
    return a_judgement(a_verdict("undecided", headline=headline, forecast=forecast))


def early() -> Judgement:
    """Undecided without any bound, and with one bound only."""
    nothing = an_estimate(0.9, None, None)
    below = Estimate(ratio=0.9, anytime=within(None, 1.04), such_prompts=None, pairs=10, prompts=10)
    return a_judgement(
        a_verdict("undecided", headline=nothing, alpha=0.025),
        a_verdict("undecided", headline=below, alpha=0.025, target=NAMES[2]),
    )


def same() -> Judgement:
    """All three kinds of the same."""
    return a_judgement(
        a_verdict("same", 1.004, 1.04, alpha=0.05 / 3),
        a_verdict("same_but_faster", 1 / 1.052, 1.02, alpha=0.05 / 3, target=NAMES[2]),
        a_verdict("same_but_slower", 1.052, 1.02, alpha=0.05 / 3, target="fourth"),
    )


def slower() -> Judgement:
    """Slower targets; one certain and not yet as exact as asked, one described only."""
    forecast = Forecast(cycles=3, requests=90, time_ns=130 * S, within_limits=True)
    return a_judgement(
        a_verdict("much_slower", 1.30, 1.12, alpha=0.025, settled=False, forecast=forecast),
        a_verdict("slower", 1.12, 1.08, alpha=0.025, target=NAMES[2]),
        a_verdict("much_slower", 1.9, 1.2, judged=False, target=NAMES[2], baseline=NAMES[1], **surroundings()),
    )


def troubled() -> Judgement:
    """Failures, throttles, fallbacks, drift, effects of order and warm-up: everything that can be held against a verdict."""
    failing = Failing(
        rounds=40,
        target_failed=3,
        baseline_failed=1,
        difference=within(-0.042, 0.151),
        target_throttled=2,
        baseline_throttled=0,
        win_ratio=0.9,
        win_interval=within(0.769, 0.96),
    )
    more = surroundings() | {
        "failing": failing,
        "as_served": an_estimate(1 / 1.61, 1.12),
        "with_waits": an_estimate(1 / 1.11, 1.3),
        "drift": Drift(cycles=4, factor=3.1, p=0.002, lag1=0.62),
        "position": Effect(ratio=1.09, interval=within(1.02, 1.17), count=40),
        "warm_up": Effect(ratio=1.3, interval=within(1.1, 1.5), count=10),
        "sessions": SessionsAnswer(ratios=(1 / 1.41, 1 / 1.48, 1 / 1.43), ratio=1 / 1.44, interval=within(0.63, 0.76)),
    }
    fallbacks = (
        Fallback(target=NAMES[1], asked=40, otherwise=3, untold=2, interval=within(0.026, 0.2)),
        Fallback(target=NAMES[2], asked=10, otherwise=0, untold=10, interval=None),
    )
    return a_judgement(
        a_verdict("faster", 1 / 1.21, 1.18, anytime=False, settled=False, **more),
        fallbacks=fallbacks,
        slowest=slow_answers(),
        percentiles=percentiles(n=40),
    )


def of_published() -> Judgement:
    """Not streamed, one pass, as in the published table."""
    standard_e2e = Estimate(
        ratio=1 / 1.4724, anytime=within(1 / 1.983, 1 / 1.093), such_prompts=within(0.61, 0.7561), pairs=10, prompts=10
    )
    return a_judgement(
        a_verdict(
            "faster",
            headline=standard_e2e,
            settled=False,
            form="pairs",
            looks=1,
            between_sd=None,
            within_sd=0.150,
            streamed=False,
            estimates={
                "e2e": standard_e2e,
                "output_tokens": Estimate(
                    ratio=1.0848, anytime=within(0.8, 1.46), such_prompts=within(0.9698, 1.2134), pairs=10, prompts=10
                ),
                "e2e_per_token": Estimate(
                    ratio=1 / 1.5972,
                    anytime=within(0.49, 0.79),
                    such_prompts=within(1 / 1.7398, 1 / 1.4664),
                    pairs=10,
                    prompts=10,
                ),
            },
            equal_length=EqualLength(
                unit="tokens",
                method="regression",
                estimate=Estimate(
                    ratio=1 / 1.5547, anytime=None, such_prompts=within(0.585, 0.7073), pairs=10, prompts=10
                ),
                slope=0.668,
                slope_interval=within(0.11, 1.23),
            ),
            starts=(
                StartGuess(
                    target=NAMES[0],
                    start_ns=2.367 * S,
                    low_ns=0.64 * S,
                    high_ns=4.10 * S,
                    per_unit_ns=0.01524 * S,
                    identified=False,
                ),
                StartGuess(
                    target=NAMES[1],
                    start_ns=1.736 * S,
                    low_ns=1.5 * S,
                    high_ns=1.9 * S,
                    per_unit_ns=0.009486 * S,
                    identified=True,
                ),
            ),
            cross_checks=CrossChecks(
                t_p=1.91e-5,
                wilcoxon_p=0.001953,
                sign_flip_p=0.001953,
                middle=Effect(ratio=0.6696, interval=within(0.6101, 0.7564), count=10),
            ),
        ),
        claims=claims(),
    )


def claims() -> tuple[ClaimFinding, ...]:
    """Each kind, each status, several readings, each prompt measured once."""

    def reading(
        face: Any, needed: float, status: Any, quantity: Any = "e2e", reached: int = 5, **more: Any
    ) -> ClaimReading:
        return ClaimReading(
            **(
                {
                    "face": face,
                    "needed": needed,
                    "quantity": quantity,
                    "status": status,
                    "typical": an_estimate(1 / 1.4724, 1.347),
                    "reached": reached,
                    "prompts": 10,
                    "reached_interval": within(0.187, 0.813),
                    "best_tenth": 1.71,
                    "single": True,
                }
                | more
            )
        )

    def claim(text: str, kind: Any, *readings: ClaimReading) -> ClaimFinding:
        return ClaimFinding(
            text=text, target=NAMES[1], baseline=NAMES[0], kind=kind, readings=readings, status=readings[0].status
        )

    return (
        claim(
            "B up to 60% faster than A",
            "up_to",
            reading("speed", 1.6, "undecided"),
            reading("speed", 1.6, "confirmed", "e2e_per_token"),
            reading("time", 2.5, "contradicted", reached=0, reached_interval=within(0.0, 0.2589)),
        ),
        claim(
            "B at least 25% less time than A",
            "at_least",
            reading("time", 1.333, "contradicted", reached=9, single=False),
        ),
        claim("B typically 1.5x as fast as A", "typical", reading("times", 1.5, "undecided", best_tenth=None)),
    )


def self_test() -> Judgement:
    """The baseline once more, as it should be."""
    return a_judgement(
        a_verdict(),
        a_verdict("undecided", 1.02, 1.2, judged=False, target="3.5-haiku#2"),
        a_verdict("faster", 1.5, 1.2, judged=False, target="3.5-haiku#2", baseline=NAMES[1]),
        self_test="3.5-haiku#2",
    )


def failed_self_test() -> Judgement:
    """The same target twice, and one of the two wins."""
    return a_judgement(
        a_verdict(), a_verdict("faster", 0.9, 1.05, judged=False, target="3.5-haiku#2"), self_test="3.5-haiku#2"
    )


def none_because(why: WhyNone) -> Judgement:
    """No verdict, for this reason."""
    headline = None if why in ("no_pairs", "failed") else an_estimate(1 / 1.47, None, None)
    return a_judgement(a_verdict("none", why_none=why, headline=headline, settled=False))


def of_strangers() -> Judgement:
    """Every word that comes from outside is hostile, wide or long; characters because tokens do not compare."""
    more = surroundings()
    more["prompts"] = (PromptEffect(prompt=EVIL, ratio=0.7, interval=within(0.6, 0.8), pairs=4),)
    more["groups"] = (
        GroupEffect(name=EVIL, estimate=an_estimate(0.7)),
        GroupEffect(name=WIDE, estimate=an_estimate(0.7)),
    )
    more["parts"] = None
    more["same_tokens"] = False
    claim = ClaimFinding(text=EVIL * 9, target=EVIL, baseline=LONG, kind="up_to", readings=(), status="undecided")
    slow = SlowAnswer(
        target=EVIL, prompt=EVIL, cycle=0, record=EVIL, request_id=EVIL, e2e_ns=S, robust_z=None, stands_out=False
    )
    return a_judgement(
        a_verdict(target=EVIL, baseline=LONG, **more),
        a_verdict("undecided", target=WIDE, baseline=LONG),
        percentiles=percentiles((EVIL, WIDE, LONG)),
        fallbacks=(Fallback(target=EVIL, asked=9, otherwise=1, untold=0, interval=within(0.02, 0.4)),),
        slowest=(slow,),
        claims=(claim,),
        self_test=WIDE,
    )


WHY: tuple[WhyNone, ...] = ("no_pairs", "few_pairs", "no_variation", "cut", "fell_back", "below_instrument", "failed")
JUDGED: dict[str, Callable[[], Judgement]] = {
    "clear": clear,
    "undecided": undecided,
    "early": early,
    "same": same,
    "slower": slower,
    "troubled": troubled,
    "published": of_published,
    "self_test": self_test,
    "failed_self_test": failed_self_test,
    "strangers": of_strangers,
    "nothing": a_judgement,
    **{f"none_{why}": partial(none_because, why) for why in WHY},
}


def looks() -> tuple[Look, ...]:
    """After cycles: too early, undecided, certain and not exact, done."""
    soon = Forecast(cycles=3, requests=60, time_ns=130 * S, within_limits=True)
    never = Forecast(cycles=300, requests=123456, time_ns=None, within_limits=False)

    def look(cycles: int, *verdicts: Verdict, forecast: Forecast | None = None) -> Look:
        return Look(
            rounds=30,
            open_claims=0,
            cycles=cycles,
            requests=cycles * 20,
            verdicts=verdicts,
            enough=forecast is None,
            forecast=forecast,
        )

    return (
        look(1, a_verdict("none", why_none="few_pairs", headline=an_estimate(1 / 1.4, None, None))),
        look(2, a_verdict("undecided", 1 / 1.05, 1.3), forecast=never),
        look(3, a_verdict("much_faster", 1 / 1.44, 1.188, settled=False), forecast=soon),
        look(
            12,
            a_verdict("same_but_slower", 1.04, 1.02),
            a_verdict("much_slower", 12.4, 1.2, target=NAMES[2], settled=False),
        ),
        look(5, a_verdict("none", why_none="no_pairs", headline=None), a_verdict("same", 1.0, 1.05, target=WIDE)),
    )


DETECTABLE = (
    Detectable(noise="calm", sd=0.11, times_as_fast=1.072, requests=400),
    Detectable(noise="realistic", sd=0.2, times_as_fast=1.124, requests=400),
    Detectable(noise="rough", sd=0.4, times_as_fast=None, requests=400),
)
