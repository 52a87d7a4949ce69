"""Which round of each prompt is shown as a race, and what is in it?

One race is not the verdict. The round shown is the one that is most like all rounds of its prompt: whose ratios of response times between
the targets lie nearest to the prompt's medians, the earliest of equal ones. Answers that failed take part with what they said; they do
not finish.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hayai.decide.metrics.metric import value
from hayai.decide.metrics.times import E2E
from hayai.decide.stats.averages import median
from hayai.keep.records import AnswerText, Outcome, RequestRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One target's side of a race. Times in ns since its request was sent."""

    target: str
    outcome: Outcome
    arrived_ns: tuple[int, ...]
    """Of each piece of visible text."""
    pieces: tuple[str, ...]
    """The text that came with each. Untrusted."""
    ttft_ns: int | None
    """First piece of text or reasoning."""
    thinking_ns: int | None
    """First piece of reasoning, where that came before any visible text."""
    end_ns: int | None
    """Last piece; None: it did not finish."""
    output_tokens: int | None
    visible_tokens: int | None
    """Those of the text that is shown; None: not known, also where there was reasoning, which services count with the rest."""
    region: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """One round, as it happened. In the run its requests left one after the other, or together; here they start on one line."""

    prompt: str
    cycle: int
    lanes: tuple[Lane, ...]
    """In the plan's order."""
    chosen: bool
    """It is the one that stands for its prompt."""


Round = tuple[str, int]
"""Prompt and cycle."""


ROOM = 720_000
"""Bytes that the races may take in a page, about: with all else it stays under a megabyte for ten prompts, under two for five hundred."""
PER_PIECE = 13
"""Bytes of a piece beside its text: its instant, quotes and commas."""


def that_fit(found: Sequence[Race], room: int = ROOM) -> tuple[Race, ...]:
    """The first of these races, as many as a page has room for, and one at least. Each text is in it twice: to play, and to read."""
    kept: list[Race] = []
    for race in found:
        size = sum(PER_PIECE * len(lane.pieces) + 2 * sum(map(len, lane.pieces)) for lane in race.lanes)
        room -= size
        if room < 0 and kept:
            break
        kept.append(race)
    return tuple(kept)


def typical_rounds(paired: Iterable[RequestRecord], targets: Sequence[str]) -> dict[str, int]:
    """Prompt -> the cycle whose round is most like all of them; of prompts without any answered round the first."""
    rounds: dict[str, dict[int, dict[str, float | None]]] = {}
    for record in paired:
        rounds.setdefault(record.prompt, {}).setdefault(record.cycle, {})[record.target] = value(E2E, record)
    return {prompt: _typical(cycles, targets) for prompt, cycles in rounds.items()}


def _typical(cycles: Mapping[int, Mapping[str, float | None]], targets: Sequence[str]) -> int:
    """Distances are of log times: every target's, from the median of its own over all rounds."""
    logs = {
        cycle: [math.log(time) if (time := times.get(target)) else None for target in targets]
        for cycle, times in cycles.items()
    }
    middles = [
        median([own for row in logs.values() if (own := row[place]) is not None]) for place in range(len(targets))
    ]

    def distance(cycle: int) -> tuple[int, float, int]:
        known = [
            (own, middle)
            for own, middle in zip(logs[cycle], middles, strict=True)
            if own is not None and middle is not None
        ]
        centre = sum(own - middle for own, middle in known) / len(known) if known else 0.0
        # What slowed all targets alike does not matter in a race: only how they differ.
        apart = sum((own - middle - centre) ** 2 + 0.01 * centre**2 for own, middle in known)
        return len(targets) - len(known), apart, cycle

    return min(logs, key=distance)


def races(
    records: Iterable[RequestRecord],
    answers: Mapping[str, AnswerText],
    targets: Sequence[str],
    typical: Mapping[str, int],
    regions: Mapping[str, str | None],
) -> tuple[Race, ...]:
    """Races of these records of complete rounds (with their pieces), in the order of prompts and cycles as they come."""
    rounds: dict[Round, dict[str, RequestRecord]] = {}
    for record in records:
        rounds.setdefault((record.prompt, record.cycle), {})[record.target] = record
    return tuple(
        Race(
            prompt=prompt,
            cycle=cycle,
            lanes=tuple(_lane(sides[name], answers.get(sides[name].id), regions) for name in targets if name in sides),
            chosen=typical.get(prompt) == cycle,
        )
        for (prompt, cycle), sides in rounds.items()
    )


def _lane(record: RequestRecord, answer: AnswerText | None, regions: Mapping[str, str | None]) -> Lane:
    columns = record.pieces
    visible = [at for kind, at in zip(columns.kinds, columns.arrived_ns, strict=True) if kind == "t"]
    text = "" if answer is None else answer.text
    ends = () if answer is None else answer.piece_ends
    if (len(ends) != len(visible) or not ends) and record.last_at_ns is not None and record.sent_at_ns is not None:
        # Not streamed, or without piece ends: all of it was there at the end, and nothing before.
        visible, ends = ([record.last_at_ns - record.sent_at_ns], (len(text),)) if text else ([], ())
    starts = (0, *ends[:-1])
    first = _since(record, record.first_visible_at_ns)
    thinking = _since(record, record.first_reasoning_at_ns)
    known = record.tells_inner_times
    return Lane(
        target=record.target,
        outcome=record.outcome,
        arrived_ns=tuple(visible[: len(ends)]),
        pieces=tuple(text[start:end] for start, end in zip(starts, ends, strict=False)),
        ttft_ns=min((at for at in (first, thinking) if at is not None and known), default=None),
        thinking_ns=thinking if thinking is not None and known and (first is None or thinking < first) else None,
        end_ns=_since(record, record.last_at_ns) if record.outcome == "ok" else None,
        output_tokens=record.usage.output_tokens,
        visible_tokens=None if record.reasoning_chars or "r" in columns.kinds else record.usage.output_tokens,
        region=regions.get(record.id),
    )


def _since(record: RequestRecord, at_ns: int | None) -> int | None:
    return None if at_ns is None or record.sent_at_ns is None else at_ns - record.sent_at_ns
