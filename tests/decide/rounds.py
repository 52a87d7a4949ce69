"""Samples and records made for tests of the verdict: complete rounds with known truth."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hayai.ask.plan import Plan
from hayai.decide.conclusions import Interval
from hayai.decide.sample import Sample, sample_of_measurements, sample_of_run
from hayai.decide.verdict.estimate import Bounds
from hayai.keep.measurements import Measurement
from hayai.keep.records import RequestRecord, Usage
from tests.decide.made import MS, PUBLISHED_CSV, S, a_plan, a_prompt, a_record, a_target

STANDARD, OPTIMIZED, HAIKU_3 = "claude-3-5-haiku", "claude-3-5-haiku-optimized", "claude-3-haiku"
ANYTIME = Bounds(form="stratified", alpha=0.05)
ONE_PASS = Bounds(form="pairs", alpha=0.05)


def a_measurement(target: str, prompt: str, seconds: float | None, round_: int = 0, **more: Any) -> Measurement:
    """A row of somebody's table."""
    values: dict[str, Any] = {
        "ttft_seconds": None,
        "input_tokens": None,
        "output_tokens": None,
        "characters": None,
        "category": None,
        "position": None,
        "throttled": False,
        "served_as_asked": None,
        "region": None,
        "line": 2,
    }
    return Measurement(target=target, prompt=prompt, seconds=seconds, round=round_, **(values | more))


def published_sample(*names: str) -> Sample:
    """The published table, these targets."""
    with PUBLISHED_CSV.open(encoding="utf-8") as file:
        rows = [
            a_measurement(
                row["target"],
                row["prompt_id"],
                float(row["response_time_s"]),
                output_tokens=int(row["output_tokens"]),
                category=row["category"],
            )
            for row in csv.DictReader(file)
        ]
    return sample_of_measurements(rows, names)[0]


def streams(
    ratios: NDArray[np.float64],
    *,
    start: float = 0.4,
    change: Callable[[RequestRecord, int, int], dict[str, Any]] | None = None,
) -> tuple[Plan, list[RequestRecord]]:
    """A run of two streamed targets "a" and "b": b's whole time is `ratios[cycle, prompt]` times that of a, start and writing alike.

    Prompt k takes a (1 + k) seconds and 100 (1 + k) tokens. `change(record, cycle, prompt)` gives fields to replace.
    """
    cycles, prompts = ratios.shape
    names = [f"p{number}" for number in range(prompts)]
    targets = (a_target("a"), a_target("b"))
    plan = a_plan(targets, tuple(a_prompt(name, f"c{number % 2}") for number, name in enumerate(names)))
    records = []
    for cycle in range(cycles):
        for number, name in enumerate(names):
            for position, target in enumerate(("a", "b") if (cycle + number) % 2 else ("b", "a")):
                whole = (1 + number) * (ratios[cycle, number] if target == "b" else 1.0)
                sent = (cycle * 100 + number * 10 + position) * S
                record = a_record(
                    target,
                    name,
                    cycle=cycle,
                    position=position,
                    sent_at_ns=sent,
                    first_visible_at_ns=sent + round(whole * start * S),
                    last_at_ns=sent + round(whole * S),
                    ended_at_ns=sent + round(whole * S) + MS,
                    usage=Usage(input_tokens=10, output_tokens=100 * (1 + number), source="stream"),
                    text_chars=400 * (1 + number),
                )
                if change is not None:
                    fields = {name: getattr(record, name) for name in record.__struct_fields__}
                    record = RequestRecord(**(fields | change(record, cycle, number)))
                records.append(record)
    return plan, records


def stream_sample(ratios: NDArray[np.float64], **more: Any) -> Sample:
    """The sample of `streams`."""
    plan, records = streams(ratios, **more)
    return sample_of_run(plan, records)


def noisy(
    times_as_fast: float, *, cycles: int = 6, prompts: int = 10, sd: float = 0.1, seed: int = 1
) -> NDArray[np.float64]:
    """Ratios around 1 / times_as_fast with log-normal noise."""
    random = np.random.default_rng(seed)
    return np.exp(-math.log(times_as_fast) + sd * random.standard_normal((cycles, prompts)))


def ends(interval: Interval | None) -> tuple[float, float]:
    """Both bounds of an interval that has them."""
    assert interval is not None
    assert interval.low is not None
    assert interval.high is not None
    return interval.low, interval.high


def smaller(less: float | None, more: float | None) -> bool:
    """Both are known, and in this order."""
    return less is not None and more is not None and less < more
