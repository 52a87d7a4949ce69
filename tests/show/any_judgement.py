"""Any judgement: every field drawn from what its type allows, whether or not a sample could bring it about."""

from __future__ import annotations

from typing import Any, Literal, get_args

from hypothesis import strategies as st

from hayai.decide import conclusions as c
from hayai.decide import judgements as j

ratios = st.one_of(st.floats(1e-9, 1e9), st.floats(0.5, 2.0), st.just(1.0))
shares = st.floats(0.0, 1.0)
times_ns = st.floats(0.0, 1e13)
counts = st.integers(0, 10**6)
words = st.text(max_size=30)
NAMES = ("a", "b", "c\x1b[31m", "長い名前" * 9)
names = st.sampled_from((*NAMES, "no such target"))
p_values = st.floats(0.0, 1.0)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value of it, or None."""
    return st.one_of(st.none(), strategy)


def one_of(words: object) -> st.SearchStrategy[Any]:
    """One of the words of a Literal."""
    return st.sampled_from(get_args(words))


@st.composite
def intervals(draw: st.DrawFn, bounds: st.SearchStrategy[float] = ratios) -> c.Interval:
    """Bounds in order, each of which may be missing."""
    low, high = sorted((draw(bounds), draw(bounds)))
    return c.Interval(low=draw(maybe(st.just(low))), high=draw(maybe(st.just(high))))


units = one_of(c.Unit)
metrics = one_of(Literal["e2e", "ttft"])
ps = st.sampled_from((0.5, 0.9, 0.95, 0.99, 0.999))
estimates = st.builds(
    c.Estimate, ratio=ratios, anytime=maybe(intervals()), such_prompts=maybe(intervals()), pairs=counts, prompts=counts
)
effects = st.builds(c.Effect, ratio=ratios, interval=intervals(), count=counts)
forecasts = st.builds(
    c.Forecast,
    cycles=counts,
    requests=counts,
    time_ns=maybe(st.integers(0, 10**15)),
    within_limits=maybe(st.booleans()),
)
verdicts = st.builds(
    c.Verdict,
    target=names,
    baseline=names,
    judged=st.booleans(),
    answer=one_of(c.Answer),
    why_none=maybe(one_of(c.WhyNone)),
    settled=st.booleans(),
    margin_ratio=shares,
    precision_ratio=maybe(shares),
    alpha=st.floats(0.001, 0.2),
    form=one_of(c.Form),
    anytime=st.booleans(),
    looks=counts,
    asked_prompts=counts,
    headline=maybe(estimates),
    within_sd=maybe(st.floats(0, 9)),
    between_sd=maybe(st.floats(0, 9)),
    estimates=st.dictionaries(
        st.sampled_from(
            (
                "e2e",
                "ttft",
                "tpot",
                "output_tokens",
                "output_characters",
                "e2e_per_token",
                "e2e_per_character",
                "new\x07",
            )
        ),
        estimates,
    ),
    streamed=st.booleans(),
    same_tokens=st.booleans(),
    parts=maybe(st.builds(c.Parts, unit=units, start=estimates, amount=estimates, per_unit=estimates, whole=estimates)),
    equal_length=maybe(
        st.builds(
            c.EqualLength,
            unit=units,
            method=st.sampled_from(("streams", "regression")),
            estimate=estimates,
            slope=maybe(st.floats(-9, 9)),
            slope_interval=maybe(intervals(st.floats(-9, 9))),
        )
    ),
    starts=st.lists(
        st.builds(
            c.StartGuess,
            target=names,
            start_ns=st.floats(-1e12, 1e12),
            low_ns=st.floats(-1e12, 1e12),
            high_ns=st.floats(-1e12, 1e12),
            per_unit_ns=st.floats(-1e12, 1e12),
            identified=st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
    drift=maybe(
        st.builds(c.Drift, cycles=counts, factor=st.floats(0, 99), p=maybe(p_values), lag1=maybe(st.floats(-1, 1)))
    ),
    position=maybe(effects),
    warm_up=maybe(effects),
    without_slowest=maybe(ratios),
    failing=maybe(
        st.builds(
            c.Failing,
            rounds=counts,
            target_failed=counts,
            baseline_failed=counts,
            difference=maybe(intervals(st.floats(-1, 1))),
            target_throttled=counts,
            baseline_throttled=counts,
            win_ratio=maybe(shares),
            win_interval=maybe(intervals(shares)),
        )
    ),
    as_served=maybe(estimates),
    with_waits=maybe(estimates),
    groups=st.lists(st.builds(c.GroupEffect, name=maybe(words), estimate=estimates), max_size=3).map(tuple),
    length=maybe(
        st.builds(
            c.LengthEffect,
            unit=units,
            per_doubling=effects,
            rank_correlation=maybe(st.floats(-1, 1)),
            rank_p=maybe(p_values),
        )
    ),
    prompts=st.lists(
        st.builds(c.PromptEffect, prompt=words, ratio=ratios, interval=maybe(intervals()), pairs=counts), max_size=30
    ).map(tuple),
    percentiles=st.lists(
        st.builds(c.PercentileDifference, metric=metrics, p=ps, ratio=ratios, interval=maybe(intervals())), max_size=3
    ).map(tuple),
    sessions=maybe(
        st.builds(
            c.SessionsAnswer,
            ratios=st.lists(ratios, max_size=4).map(tuple),
            ratio=ratios,
            interval=maybe(intervals()),
        )
    ),
    cross_checks=maybe(
        st.builds(
            c.CrossChecks,
            t_p=p_values,
            wilcoxon_p=maybe(p_values),
            sign_flip_p=maybe(p_values),
            middle=maybe(effects),
        )
    ),
    forecast=maybe(forecasts),
)
readings = st.builds(
    j.ClaimReading,
    face=st.sampled_from(("speed", "time", "times")),
    needed=ratios,
    quantity=st.sampled_from(("e2e", "ttft", "tpot", "e2e_per_token", "e2e_per_character")),
    status=one_of(c.Status),
    typical=estimates,
    reached=counts,
    prompts=counts,
    reached_interval=maybe(intervals(shares)),
    best_tenth=maybe(ratios),
    single=st.booleans(),
)
judgements = st.builds(
    j.Judgement,
    verdicts=st.lists(verdicts, max_size=3).map(tuple),
    percentiles=st.lists(
        st.builds(
            j.Percentile,
            target=names,
            metric=metrics,
            p=ps,
            n=counts,
            gate=st.sampled_from(("hidden", "at_least", "wide", "shown")),
            value=maybe(times_ns),
            interval=maybe(intervals(times_ns)),
            needed=counts,
            useful=counts,
        ),
        max_size=6,
    ).map(tuple),
    fallbacks=st.lists(
        st.builds(
            j.Fallback, target=names, asked=counts, otherwise=counts, untold=counts, interval=maybe(intervals(shares))
        ),
        max_size=2,
    ).map(tuple),
    slowest=st.lists(
        st.builds(
            j.SlowAnswer,
            target=names,
            prompt=words,
            cycle=counts,
            record=words,
            request_id=maybe(words),
            e2e_ns=times_ns,
            robust_z=maybe(st.floats(-99, 99)),
            stands_out=st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    claims=st.lists(
        st.builds(
            j.ClaimFinding,
            text=st.text(max_size=200),
            target=names,
            baseline=names,
            kind=st.sampled_from(("typical", "at_least", "up_to")),
            readings=st.lists(readings, max_size=3).map(tuple),
            status=one_of(c.Status),
            withheld=maybe(st.sampled_from(c.BEYOND_HELP)),
        ),
        max_size=2,
    ).map(tuple),
    self_test=maybe(names),
)
looks = st.builds(
    j.Look,
    cycles=counts,
    rounds=counts,
    open_claims=st.integers(0, 3),
    requests=counts,
    verdicts=st.lists(verdicts, max_size=3).map(tuple),
    enough=st.booleans(),
    forecast=maybe(forecasts),
)
detectables = st.lists(
    st.builds(
        j.Detectable,
        noise=st.sampled_from(("calm", "realistic", "rough", "seen")),
        sd=st.floats(0, 9),
        times_as_fast=maybe(st.floats(1, 1e9)),
        requests=counts,
    ),
    max_size=4,
).map(tuple)
