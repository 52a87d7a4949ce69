"""What should the reader of a verdict know before trusting it? Coded warnings about a judgement, W200 and up.

Each is a function from one verdict to its values or None; the first verdict that raises it names the targets. The texts, with advice, are
`caution.<code>` and `explain.<code>` in the catalogues. Those about records, whatever they are compared for, are W100 and up
(`decide/cautions`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from hayai.decide.conclusions import Effect, Verdict
from hayai.decide.findings import Caution
from hayai.decide.judgements import Judgement

FAILURES_APART = 0.02
"""Failure rates this far apart make a comparison of the answered requests conditional."""
THROTTLED_MUCH = 0.05
DRIFT_P = 0.01
LAG_HIGH = 0.3
FEW_PROMPTS = 5
FASTER = frozenset({"much_faster", "faster", "same_but_faster"})
SLOWER = frozenset({"much_slower", "slower", "same_but_slower"})

Values = Mapping[str, object]
Rule = Callable[[Verdict], Values | None]


def cut_blocks(verdict: Verdict) -> Values | None:
    """W200: answers cut on one side only, so no verdict on time."""
    return {} if verdict.why_none == "cut" else None


def failures_differ(verdict: Verdict) -> Values | None:
    """W201: one side fails more often, so the headline is about the requests that both answered."""
    failing = verdict.failing
    if failing is None or verdict.headline is None or failing.difference is None:
        return None
    apart = abs(failing.target_failed - failing.baseline_failed) > FAILURES_APART * failing.rounds
    if not apart or failing.difference.side(0.0) == 0:
        return None
    return {
        "failed": failing.target_failed,
        "baseline_failed": failing.baseline_failed,
        "rounds": failing.rounds,
    }


def throttled(verdict: Verdict) -> Values | None:
    """W202: throttled so often that the pace itself is part of what was measured."""
    failing = verdict.failing
    if failing is None:
        return None
    most = max(failing.target_throttled, failing.baseline_throttled)
    return {"count": most, "rounds": failing.rounds} if most > THROTTLED_MUCH * failing.rounds else None


def drifted(verdict: Verdict) -> Values | None:
    """W203: the difference wandered from cycle to cycle more than chance lets it."""
    drift = verdict.drift
    if drift is None:
        return None
    rare = drift.p is not None and drift.p < DRIFT_P
    # Of a dozen cycles a correlation of 0.3 is nothing: it must also lie beyond two standard errors.
    alike = drift.lag1 is not None and drift.lag1 > max(LAG_HIGH, 2 / math.sqrt(drift.cycles))
    return {"cycles": drift.cycles, "factor_times": drift.factor} if rare or alike else None


def position(verdict: Verdict) -> Values | None:
    """W204: whoever came second in a round was served differently."""
    return _effect(verdict.position)


def warm_up(verdict: Verdict) -> Values | None:
    """W205: the first cycle was unlike the others."""
    return _effect(verdict.warm_up)


def _effect(effect: Effect | None) -> Values | None:
    if effect is None or effect.interval.side() == 0:
        return None
    return {"change_ratio": effect.ratio - 1}


def these_prompts_only(verdict: Verdict) -> Values | None:
    """W206: certain for these prompts, not for prompts like these."""
    headline = verdict.headline
    if verdict.answer not in FASTER | SLOWER or headline is None or verdict.form == "pairs" or headline.prompts < 2:
        return None
    if not verdict.between_sd:
        return None  # The prompts do not differ beyond noise: more repeats would tell, not more prompts.
    such = headline.such_prompts
    return {"prompts": headline.prompts} if such is None or such.side() == 0 else None


def leans_on_slowest(verdict: Verdict) -> Values | None:
    """W207: without each side's slowest answer the picture is another one."""
    if verdict.headline is None or verdict.without_slowest is None or verdict.answer not in FASTER | SLOWER:
        return None
    moved = abs(math.log(verdict.without_slowest / verdict.headline.ratio))
    turned = (verdict.without_slowest > 1) != (verdict.headline.ratio > 1)
    if not turned and moved <= math.log1p(verdict.margin_ratio) / 2:
        return None
    return {"with_times": 1 / verdict.headline.ratio, "without_times": 1 / verdict.without_slowest}


def few_prompts(verdict: Verdict) -> Values | None:
    """W208: so few prompts that they stand for nothing but themselves."""
    headline = verdict.headline
    return None if headline is None or headline.prompts >= FEW_PROMPTS else {"prompts": headline.prompts}


def asked_once(verdict: Verdict) -> Values | None:
    """W209: one request per prompt and target, so that noise and the prompts' own effects cannot be told apart."""
    headline = verdict.headline
    if headline is None or verdict.form != "pairs" or headline.pairs > headline.prompts:
        return None
    return {"prompts": headline.prompts}


def beside_the_prompts(verdict: Verdict) -> Values | None:
    """W210: some prompts have no pair at all, so that the headline is about the others."""
    headline, every = verdict.headline, verdict.asked_prompts
    return (
        None
        if headline is None or headline.prompts >= every
        else {"missing": every - headline.prompts, "prompts": every}
    )


def sessions_disagree(verdict: Verdict) -> Values | None:
    """W212: certain for all sessions together, and the sessions as observations do not bear it out."""
    sessions = verdict.sessions
    if sessions is None or sessions.interval is None or verdict.answer not in FASTER | SLOWER:
        return None
    return {"count": len(sessions.ratios)} if sessions.interval.side() == 0 else None


def below_instrument(verdict: Verdict) -> Values | None:
    """W213: smaller than the instrument's own error, so no verdict."""
    return {"error_ns": verdict.instrument_ns or 0.0} if verdict.why_none == "below_instrument" else None


OF_JUDGED: tuple[tuple[str, Rule], ...] = (
    ("W200", cut_blocks),
    ("W201", failures_differ),
    ("W202", throttled),
    ("W203", drifted),
    ("W204", position),
    ("W205", warm_up),
    ("W206", these_prompts_only),
    ("W207", leans_on_slowest),
    ("W208", few_prompts),
    ("W209", asked_once),
    ("W210", beside_the_prompts),
    ("W212", sessions_disagree),
    ("W213", below_instrument),
)
SELF_TEST = "W211"
CODES = tuple(sorted((*(code for code, _ in OF_JUDGED), SELF_TEST)))


def verdict_cautions(judgement: Judgement) -> tuple[Caution, ...]:
    """All cautions about the judged comparisons, by code; last W211 when the self-test found a difference where there is none."""
    found: list[Caution] = []
    judged = [verdict for verdict in judgement.verdicts if verdict.judged]
    for code, rule in OF_JUDGED:
        raised = [(verdict, values) for verdict in judged if (values := rule(verdict)) is not None]
        if raised:
            values = raised[0][1]
            found.append(
                Caution(
                    code=code,
                    key=f"caution.{code}",
                    values={"targets": tuple(verdict.target for verdict, _ in raised), **values},
                )
            )
    return (*found, *self_test_failed(judgement))


def self_test_failed(judgement: Judgement) -> tuple[Caution, ...]:
    """W211: the same target twice, and one of the two came out faster."""
    return tuple(
        Caution(
            code=SELF_TEST,
            key=f"caution.{SELF_TEST}",
            values={"targets": (verdict.target,), "fast_times": 1 / verdict.headline.ratio},
        )
        for verdict in judgement.verdicts
        if verdict.target == judgement.self_test
        and verdict.baseline == judgement.baseline
        and verdict.headline is not None
        and verdict.answer in FASTER | SLOWER
    )
