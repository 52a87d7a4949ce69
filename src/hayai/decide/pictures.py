"""What is drawn? Points and lines, computed here, so that a chart only places them.

Forest and decomposition need nothing beyond a verdict. The others do: how values are distributed, how time depends on length, what
happened when, and how the interval settled from cycle to cycle.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hayai.ask.plan import Plan
from hayai.decide.conclusions import Unit
from hayai.decide.metrics.metric import value
from hayai.decide.metrics.speeds import all_characters
from hayai.decide.metrics.times import E2E, TTFT
from hayai.decide.sample import Sample, first_rounds
from hayai.decide.verdict.judge import headline, pairings
from hayai.decide.verdict.look import bounds_of
from hayai.keep.records import Outcome, RequestRecord

CURVE_POINTS = 200
"""Most points of one curve; more cannot be told apart on a page."""
METRICS_DRAWN: tuple[Literal["e2e", "ttft"], ...] = ("e2e", "ttft")
MOST_DOTS = 1500
"""Most answers drawn one by one; of more, those that failed and a random choice of the others, drawn from the seed."""
MOST_LOOKS = 40
"""Most instants at which the interval is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How one target's answers lie: `values_ns[i]` has the share `shares[i]` of them at or below it."""

    target: str
    metric: Literal["e2e", "ttft"]
    values_ns: tuple[float, ...]
    shares: tuple[float, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One request of a complete round."""

    target: str
    prompt: str
    cycle: int
    sent_wall_ns: int | None
    e2e_ns: float | None
    length: float | None
    """Of the answer, in `Pictures.unit`."""
    outcome: Outcome
    otherwise: bool
    """Served in another mode than asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was known after so many rounds."""

    target: str
    baseline: str
    rounds: int
    ratio: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """The data of all charts that need more than a verdict."""

    curves: tuple[Curve, ...]
    dots: tuple[Dot, ...]
    all_dots: int
    """How many there would be."""
    unit: Unit
    settling: tuple[Settled, ...]


def pictures(plan: Plan, paired: Sequence[RequestRecord], sample: Sample) -> Pictures:
    """Everything to be drawn of complete rounds; `sample` is the one that was judged."""
    dots = [_dot(record) for record in paired]
    unit: Unit = "tokens" if any(dot.length is not None for dot in dots) else "characters"
    if unit == "characters":
        dots = [_dot(record, characters=True) for record in paired]
    return Pictures(
        curves=tuple(
            curve
            for metric in METRICS_DRAWN
            for target in plan.targets
            if (curve := _curve(target.name, metric, paired)) is not None
        ),
        dots=tuple(_some(dots, plan.seed)),
        all_dots=len(dots),
        unit=unit,
        settling=tuple(_settling(plan, sample)),
    )


def _curve(target: str, metric: Literal["e2e", "ttft"], paired: Sequence[RequestRecord]) -> Curve | None:
    of = E2E if metric == "e2e" else TTFT
    known = (value(of, r) for r in paired if r.target == target and r.outcome == "ok")
    values = sorted(v for v in known if v is not None)
    if not values:
        return None
    count = len(values)
    step = max(1, count / CURVE_POINTS)
    places = sorted({min(count - 1, round(n * step)) for n in range(min(count, CURVE_POINTS))} | {count - 1})
    return Curve(
        target=target,
        metric=metric,
        values_ns=tuple(values[place] for place in places),
        shares=tuple((place + 1) / count for place in places),
        count=count,
    )


def _dot(record: RequestRecord, *, characters: bool = False) -> Dot:
    ok = record.outcome == "ok"
    pairs = ((record.requested_latency, record.served_latency), (record.requested_tier, record.served_tier))
    length = all_characters(record) if characters else record.usage.output_tokens
    return Dot(
        target=record.target,
        prompt=record.prompt,
        cycle=record.cycle,
        sent_wall_ns=record.sent_wall_ns,
        e2e_ns=value(E2E, record) if ok else None,
        length=length if ok else None,
        outcome=record.outcome,
        otherwise=any(None not in (asked, got) and asked != got for asked, got in pairs),
    )


def _some(dots: Sequence[Dot], seed: int) -> Sequence[Dot]:
    if len(dots) <= MOST_DOTS:
        return dots
    odd = [number for number, dot in enumerate(dots) if dot.outcome != "ok" or dot.otherwise][:MOST_DOTS]
    rest = [number for number, dot in enumerate(dots) if dot.outcome == "ok" and not dot.otherwise]
    chosen = random.Random(f"{seed}/dots").sample(rest, min(len(rest), MOST_DOTS - len(odd)))
    return [dots[number] for number in sorted((*odd, *chosen))]


def _settling(plan: Plan, sample: Sample) -> list[Settled]:
    """The interval as it would have stood after each cycle from the second on; in a single pass, after ever more rounds."""
    found = []
    for rounds in _looks(sample):
        part = first_rounds(sample, rounds)
        for pairing in pairings(tuple(sample.arms), plan.rules, bounds_of(plan, part.cycles)):
            estimate = headline(part, pairing, plan.rules)[0].headline if pairing.judged else None
            if estimate is not None:
                bounds = estimate.anytime
                found.append(
                    Settled(
                        target=pairing.target,
                        baseline=pairing.baseline,
                        rounds=rounds,
                        ratio=estimate.ratio,
                        low=None if bounds is None else bounds.low,
                        high=None if bounds is None else bounds.high,
                    )
                )
    return found


def _looks(sample: Sample) -> list[int]:
    """After how many rounds to look: at the ends of cycles, or anywhere in a single pass; at most `MOST_LOOKS` of them, and the last."""
    cycles = sample.cycle.tolist()
    ends = [number for number in range(1, len(cycles)) if cycles[number] != cycles[number - 1]] + [len(cycles)]
    places = ends[1:] if len(ends) > 1 else list(range(5, len(cycles) + 1))
    if len(places) <= MOST_LOOKS:
        return places
    return sorted({places[round(n * (len(places) - 1) / (MOST_LOOKS - 1))] for n in range(MOST_LOOKS)})
