"""What is there to judge? Complete rounds as arrays, one row per round, one arm per target.

A verdict does not care who measured: records of a run and rows of somebody's table both become a `Sample`. Unknown is NaN in here; a
request that failed has no time. The rows of all arms belong together: row 7 is the same prompt in the same round for every target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hayai.ask.plan import Plan, Target
from hayai.ask.rounds import cycles_per_session
from hayai.decide.cautions import model_family
from hayai.decide.instrument import Instrument, stamped_by
from hayai.decide.metrics.metric import value
from hayai.decide.metrics.speeds import all_characters
from hayai.decide.metrics.times import E2E, TTFT
from hayai.decide.stop_reasons import CUT
from hayai.keep.measurements import Measurement
from hayai.keep.records import RequestRecord

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]

KNOWN_MAKERS = {
    word: maker
    for maker, words in {
        "anthropic": ("claude", "anthropic"),
        "openai": ("gpt", "openai", "chatgpt"),
        "amazon": ("nova", "amazon", "titan"),
        "meta": ("llama", "meta"),
        "mistral": ("mistral", "mixtral", "codestral"),
        "google": ("gemini", "gemma", "google"),
        "deepseek": ("deepseek",),
        "alibaba": ("qwen",),
        "cohere": ("command", "cohere"),
        "xai": ("grok",),
    }.items()
    for word in words
}
"""First word of a target's name in somebody's table, and whose tokens it stands for. Of other names nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One target's side of every round; all arrays have the sample's length."""

    name: str
    tokenizer: str | None
    """What tells how tokens are counted.

    Maker and family of the model, or the model itself where its name does not tell; None: not known.
    """
    e2e: Floats
    """ns; NaN: failed or not known."""
    with_waits: Floats
    """ns from the first attempt's sending on, the waits for retries included; the same as e2e where nothing was retried."""
    ttft: Floats
    tokens: Floats
    """That were written."""
    input_tokens: Floats
    """That were read, those of a prompt cache apart."""
    characters: Floats
    there: Flags
    """It was asked in this round; always so in a run."""
    answered: Flags
    throttled: Flags
    """Some attempt of it was throttled, whatever came of it."""
    cut: Flags
    """The answer was as long as it was allowed to be."""
    asked: Flags
    """A latency mode or tier was asked for."""
    told: Flags
    """What was asked for was told in the answer."""
    otherwise: Flags
    """Served in another mode than asked for."""
    position: Ints
    """Place in the round, from 0; -1 not known."""
    ids: tuple[str, ...]
    request_ids: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Rounds in the order of cycles: complete ones of a run, and of somebody's table those in which two targets or more have a row."""

    prompts: tuple[str, ...]
    categories: tuple[str | None, ...]
    """Of each prompt."""
    prompt: Ints
    """Index of each round's prompt."""
    cycle: Ints
    """Number of each round's cycle, from 0; there may be holes."""
    session: Ints
    arms: dict[str, Arm]
    cycles: int
    """Cycles that hold a round of every prompt."""
    instrument: Instrument | None
    """How far a time of ours may be off; None where others measured and it is not known."""

    def __len__(self) -> int:
        return int(self.prompt.size)


def sample_of_run(
    plan: Plan,
    paired: Iterable[RequestRecord],
    retried: Iterable[RequestRecord] = (),
    *,
    instrument: Instrument | None = None,
) -> Sample:
    """The sample of a run from its paired records and the attempts before them (`keep.query.complete_rounds`).

    `instrument` is what a check of this machine says; None: there is none.
    """
    rows: dict[tuple[int, str], dict[str, RequestRecord]] = {}
    for record in paired:
        rows.setdefault((record.cycle, record.prompt), {})[record.target] = record
    earlier: dict[tuple[int, str, int, str], list[RequestRecord]] = {}
    for record in retried:
        earlier.setdefault((record.cycle, record.prompt, record.round_try, record.target), []).append(record)
    keys = sorted(rows, key=lambda key: key[0])
    place = {prompt.id: number for number, prompt in enumerate(plan.suite.prompts)}
    per_session = cycles_per_session(plan)
    cycle = [key[0] for key in keys]
    stamped = {record.clock for sides in rows.values() for record in sides.values()}
    return Sample(
        prompts=tuple(place),
        categories=tuple(prompt.category for prompt in plan.suite.prompts),
        prompt=np.array([place[key[1]] for key in keys], dtype=np.intp),
        cycle=np.array(cycle, dtype=np.intp),
        session=np.array([0 if per_session is None else c // per_session for c in cycle], dtype=np.intp),
        arms={target.name: _arm(target, [rows[key][target.name] for key in keys], earlier) for target in plan.targets},
        cycles=_complete(keys, len(place)),
        instrument=stamped_by(instrument, stamped),
    )


def means_by_prompt(values: Floats, sample: Sample) -> Floats:
    """The mean of each prompt that has values, in the order of the prompts; what is not finite is not known."""
    known = np.isfinite(values)
    prompt = sample.prompt[known]
    counts = np.bincount(prompt, minlength=len(sample.prompts))
    sums = np.bincount(prompt, weights=values[known], minlength=len(sample.prompts))
    there = counts > 0
    means: Floats = sums[there] / counts[there]
    return means


def first_rounds(sample: Sample, count: int) -> Sample:
    """The sample as it was after its first `count` rounds."""

    def part(arm: Arm) -> Arm:
        cut: dict[str, Any] = {
            field.name: value[:count]
            for field in fields(arm)
            if isinstance(value := getattr(arm, field.name), np.ndarray | tuple)
        }
        return replace(arm, **cut)

    keys = [(int(cycle), "") for cycle in sample.cycle[:count]]
    return replace(
        sample,
        prompt=sample.prompt[:count],
        cycle=sample.cycle[:count],
        session=sample.session[:count],
        arms={name: part(arm) for name, arm in sample.arms.items()},
        cycles=_complete(keys, len(sample.prompts)),
    )


def _arm(
    target: Target,
    records: Sequence[RequestRecord],
    earlier: Mapping[tuple[int, str, int, str], Sequence[RequestRecord]],
) -> Arm:
    before = [earlier.get((r.cycle, r.prompt, r.round_try, r.target), ()) for r in records]

    def floats(values: Iterable[float | None]) -> Floats:
        return np.array([np.nan if v is None else v for v in values], dtype=np.float64)

    answered = [r.outcome == "ok" for r in records]
    modes = [[(r.requested_latency, r.served_latency), (r.requested_tier, r.served_tier)] for r in records]
    return Arm(
        name=target.name,
        tokenizer=model_family(target.model) or target.model,
        e2e=floats(value(E2E, r) for r in records),
        with_waits=floats(_with_waits(r, attempts) for r, attempts in zip(records, before, strict=True)),
        ttft=floats(value(TTFT, r) for r in records),
        tokens=floats(r.usage.output_tokens if r.outcome == "ok" else None for r in records),
        input_tokens=floats(r.usage.input_tokens if r.outcome == "ok" else None for r in records),
        characters=floats(all_characters(r) if r.outcome == "ok" else None for r in records),
        there=np.ones(len(records), dtype=np.bool_),
        answered=np.array(answered, dtype=np.bool_),
        throttled=np.array(
            [
                any(a.outcome == "throttled" for a in (r, *attempts))
                for r, attempts in zip(records, before, strict=True)
            ],
            dtype=np.bool_,
        ),
        cut=np.array([r.outcome == "ok" and r.stop_reason in CUT for r in records], dtype=np.bool_),
        asked=np.array([any(asked is not None for asked, _ in pairs) for pairs in modes], dtype=np.bool_),
        told=np.array(
            [all(asked is None or got is not None for asked, got in pairs) for pairs in modes], dtype=np.bool_
        ),
        otherwise=np.array(
            [any(None not in (asked, got) and asked != got for asked, got in pairs) for pairs in modes], dtype=np.bool_
        ),
        position=np.array([r.position for r in records], dtype=np.intp),
        ids=tuple(r.id for r in records),
        request_ids=tuple(r.request_id for r in records),
    )


def _with_waits(record: RequestRecord, before: Sequence[RequestRecord]) -> float | None:
    """End to end as a user of retries sees it: from the first attempt's sending to the last piece of the answer."""
    whole = value(E2E, record)
    sent = [attempt.sent_at_ns for attempt in before if attempt.sent_at_ns is not None]
    if whole is None or not sent or record.sent_at_ns is None:
        return whole
    return whole + record.sent_at_ns - min(sent)


def sample_of_measurements(rows: Sequence[Measurement], names: Sequence[str]) -> tuple[Sample, int]:
    """The sample in somebody's measurements of the targets `names`, and how many of their rows have no partner at all in their round."""
    found: dict[tuple[int, str], dict[str, Measurement]] = {}
    for row in rows:
        if row.target in names:
            found.setdefault((row.round, row.prompt), {})[row.target] = row
    keys = sorted((key for key, sides in found.items() if len(sides) > 1), key=lambda key: key[0])
    whole = set(keys)
    alone = sum(len(sides) for key, sides in found.items() if key not in whole)
    prompts = list(dict.fromkeys(row.prompt for row in rows))
    category = {row.prompt: row.category for row in rows}
    place = {prompt: number for number, prompt in enumerate(prompts)}
    sample = Sample(
        prompts=tuple(prompts),
        categories=tuple(category[prompt] for prompt in prompts),
        prompt=np.array([place[key[1]] for key in keys], dtype=np.intp),
        cycle=_without_holes([key[0] for key in keys]),
        session=np.zeros(len(keys), dtype=np.intp),
        arms={name: _arm_of_rows(name, [found[key].get(name) for key in keys]) for name in names},
        cycles=_complete(keys, len(prompts)),
        instrument=None,
    )
    return sample, alone


def _arm_of_rows(name: str, rows: Sequence[Measurement | None]) -> Arm:
    """The arm of a target; None: it has no row in that round."""

    def floats(of: Callable[[Measurement], float | None]) -> Floats:
        known = (None if row is None else of(row) for row in rows)
        return np.array([np.nan if v is None else v for v in known], dtype=np.float64)

    def flags(of: Callable[[Measurement], bool]) -> Flags:
        return np.array([row is not None and of(row) for row in rows], dtype=np.bool_)

    e2e = floats(lambda row: None if row.seconds is None else row.seconds * 1e9)
    return Arm(
        name=name,
        tokenizer=_maker(name),
        e2e=e2e,
        with_waits=e2e,
        ttft=floats(lambda row: None if row.ttft_seconds is None else row.ttft_seconds * 1e9),
        tokens=floats(lambda row: row.output_tokens),
        input_tokens=floats(lambda row: row.input_tokens),
        characters=floats(lambda row: row.characters),
        there=flags(lambda _: True),
        answered=flags(lambda row: row.seconds is not None),
        throttled=flags(lambda row: row.throttled),
        cut=flags(lambda _: False),
        asked=flags(lambda row: row.served_as_asked is not None),
        told=np.ones(len(rows), dtype=np.bool_),
        otherwise=flags(lambda row: row.served_as_asked is False),
        position=np.array([-1 if row is None or row.position is None else row.position for row in rows], dtype=np.intp),
        ids=tuple("" if row is None else str(row.line) for row in rows),
        request_ids=(None,) * len(rows),
    )


def _maker(name: str) -> str | None:
    """Whose model a name in somebody's table stands for; None where it does not tell."""
    words = (model_family(name) or "").split(".")
    return next((KNOWN_MAKERS[word] for word in words if word in KNOWN_MAKERS), None)


def _without_holes(cycles: Sequence[int]) -> Ints:
    """Cycle numbers from 0, renumbered so that none is missing."""
    if not cycles:
        return np.empty(0, dtype=np.intp)
    return np.unique(np.array(cycles, dtype=np.intp), return_inverse=True)[1].astype(np.intp)


def _complete(keys: Sequence[tuple[int, str]], prompts: int) -> int:
    of: dict[int, int] = {}
    for cycle, _ in keys:
        of[cycle] = of.get(cycle, 0) + 1
    return sum(count == prompts for count in of.values())
