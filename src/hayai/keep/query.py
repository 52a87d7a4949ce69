"""Which of the kept records belong together?

Pure questions over records: which were measured, which form complete rounds, where each was served, and whether any of it was simulated.
Nothing here reads a file and nothing computes a metric.

The unit is the *round*: one prompt sent to every target close in time. Only complete rounds are compared, so that a slow minute of the
network never lies on one side only. After an interruption a torn round runs again whole (`round_try` + 1); its old half stays in the
journal and is counted as unpaired. Per cycle and prompt exactly one round is taken, hence the union of several sessions has every planned
pair exactly once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from hayai.keep.records import RequestRecord

REGION_HEADER = "x-hayai-sim-region"
"""Response header in which the simulator names the region that it pretends to serve from."""
SIMULATION_HEADER = "x-hayai-sim"
"""Response header of the simulator: `<profile>;speed=<times real speed>`."""


class Rounds(msgspec.Struct, frozen=True, kw_only=True):
    """Measured records, sorted into what may be compared and what may not. Each record is in exactly one of the three."""

    paired: tuple[RequestRecord, ...]
    """One final record per cycle, prompt and target, of complete rounds only."""
    unpaired: tuple[RequestRecord, ...]
    """Final records of torn rounds, of later tries of a round that was already complete, and cancelled requests."""
    retried: tuple[RequestRecord, ...]
    """Attempts that were followed by another attempt of the same trial."""


class Simulation(msgspec.Struct, frozen=True, kw_only=True):
    """What a simulator said of itself. `profile` is untrusted text; `speed` its clock in times real speed, None: not told."""

    profile: str
    speed: float | None


def measured(records: Iterable[RequestRecord]) -> tuple[RequestRecord, ...]:
    """The records of the sample: everything but the warm-up, in the order given."""
    return tuple(record for record in records if record.phase == "measure")


def complete_rounds(records: Iterable[RequestRecord], target_names: Sequence[str]) -> Rounds:
    """Sort measured records into complete rounds and the rest.

    A trial's final record is its last attempt. A round is complete when every target has a final record that was not cancelled: a request
    that we cut short ourselves says nothing about the service, a request that failed does. Of several tries of a round the first complete
    one counts.
    """
    sample = measured(records)
    final: dict[tuple[int, str, int, str], RequestRecord] = {}
    for record in sample:
        trial = (record.cycle, record.prompt, record.round_try, record.target)
        known = final.get(trial)
        if known is None or record.attempt > known.attempt:
            final[trial] = record

    tries: dict[tuple[int, str], dict[int, dict[str, RequestRecord]]] = {}
    for (cycle, prompt, round_try, target), record in final.items():
        if record.outcome != "cancelled":
            tries.setdefault((cycle, prompt), {}).setdefault(round_try, {})[target] = record

    chosen: set[str] = set()
    for by_try in tries.values():
        whole = [number for number in sorted(by_try) if all(name in by_try[number] for name in target_names)]
        if whole:
            chosen.update(by_try[whole[0]][name].id for name in target_names)

    finals = {record.id for record in final.values()}
    return Rounds(
        paired=tuple(record for record in sample if record.id in chosen),
        unpaired=tuple(record for record in sample if record.id in finals and record.id not in chosen),
        retried=tuple(record for record in sample if record.id not in finals),
    )


def complete_cycles(rounds: Rounds, prompt_ids: Iterable[str]) -> int:
    """How many cycles have a complete round for every prompt of the suite."""
    wanted = set(prompt_ids)
    done: dict[int, set[str]] = {}
    for record in rounds.paired:
        done.setdefault(record.cycle, set()).add(record.prompt)
    return sum(wanted <= prompts for prompts in done.values())


SDK_RETRIES_HEADER = "x-hayai-sdk-retries"
"""Where the engine notes how often an SDK retried within a request."""


def regions_of(records: Iterable[RequestRecord], known: Mapping[str, str]) -> dict[str, str | None]:
    """Record id -> region that served it.

    `known` maps the service's request ids to regions (`regions.jsonl`). Without an entry there, the simulator's own header counts; without
    either the region is unknown (None) and never guessed from the address that was called.
    """
    return {record.id: _region(record, known) for record in records}


def _region(record: RequestRecord, known: Mapping[str, str]) -> str | None:
    if record.request_id is not None and record.request_id in known:
        return known[record.request_id]
    return record.headers.get(REGION_HEADER)


def simulation_of(records: Iterable[RequestRecord]) -> tuple[Simulation, ...]:
    """The simulators that answered, each once, sorted; empty: none of the answers was simulated."""
    told = {record.headers[SIMULATION_HEADER] for record in records if SIMULATION_HEADER in record.headers}
    return tuple(sorted({_parse_simulation(value) for value in told}, key=lambda s: (s.profile, s.speed or 0.0)))


def _parse_simulation(value: str) -> Simulation:
    profile, *fields = (part.strip() for part in value.split(";"))
    speed: float | None = None
    for field in fields:
        name, _, number = field.partition("=")
        if name == "speed":
            try:
                speed = float(number)
            except ValueError:
                speed = None
    if speed is not None and not 0 < speed < float("inf"):
        speed = None
    return Simulation(profile=profile, speed=speed)
