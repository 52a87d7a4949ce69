"""Which of the goals are met? Each is a bound on a median over runs, and says what was found, also where it was not reached."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.peers.kept import Results, cpu_per_request_ms, cpu_without_startup_ms, good, runs
from benchmarks.peers.tables import median, near

RATE = "50,000 chunks/s"
MANY = "4,000 streams"
WIDE, TIGHT = "chunks 120 ms apart", "chunks 10 ms apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One goal. `met` is None when it has not been measured."""

    what: str
    bound: str
    found: str
    met: bool | None


def goals(results: Results) -> list[Goal]:
    """All of them."""
    return [*exactness(results), *cost(results), *recording(results), *stalled(results)]


def exactness(results: Results) -> list[Goal]:
    """TTFT and chunks against the truth."""
    own = [run.own for run in runs(results.race, "hayai", 1000)] if results.race else []
    fast, many = good(results.ramp, name=RATE), good(results.ramp, name=MANY)
    fast_tls = good(results.ramp, name=f"{RATE} TLS")
    held = [one.chunks_per_s for one in fast]
    return [
        _most("TTFT error at 1,000 streams, p50", 0.1, "ms", [figures.get("ttft_error_p50_ms") for figures in own]),
        _most("TTFT error at 1,000 streams, p99", 2, "ms", [figures.get("ttft_error_p99_ms") for figures in own]),
        _most("chunk arrival error at 1,000 streams, uncoalesced, p99", 0.1, "ms", [f.get("chunk_error_p99_ms") for f in own]),
        _least("chunks in a second, one core, the server asked for 50,000", 50_000 * 0.98, "", held),
        _most("chunk arrival error at that rate, plain, p99", 0.1, "ms", [o.own.get("chunk_error_p99_ms") for o in fast]),
        _most("chunk arrival error at that rate, TLS, p99", 0.5, "ms", [o.own.get("chunk_error_p99_ms") for o in fast_tls]),
        _most("chunk arrival error with 4,000 streams at once, p99", 0.1, "ms", [o.own.get("chunk_error_p99_ms") for o in many]),
    ]  # fmt: skip


def cost(results: Results) -> list[Goal]:
    """CPU, memory and start-up beside the peers."""
    race = results.race
    if race is None:
        return [Goal(what="CPU, memory and start-up beside the peers", bound="", found="not measured", met=None)]
    peers = [entry.name for entry in race.entries if entry.name != "hayai"]
    total = {name: median([cpu_per_request_ms(run) for run in runs(race, name, 1000)]) for name in [*peers, "hayai"]}
    bare = {name: cpu_without_startup_ms(race, name, 1000) for name in [*peers, "hayai"]}
    all_peers = [value for name in peers if (value := total[name]) is not None]
    bare_peers = [value for name in peers if (value := bare[name]) is not None]
    own, own_bare = total["hayai"], bare["hayai"]
    ours = runs(race, "hayai", 1000)
    return [
        _ratio("CPU per request at 1,000 streams: best peer ÷ hayai", 5, min(all_peers, default=None), own),
        _ratio("CPU per request at 1,000 streams: peers' median ÷ hayai", 7, median(all_peers), own),
        _ratio("the same without start-up: best peer ÷ hayai", 2, min(bare_peers, default=None), own_bare),
        _most(
            "peak memory at 1,000 streams, all processes, shared pages counted once (PSS, sampled)",
            150,
            "MB",
            [run.cost.pss_mb for run in ours if run.cost],
        ),
        _most(
            "the same with shared pages counted in each process (RSS)",
            150,
            "MB",
            [run.cost.rss_mb for run in ours if run.cost],
        ),
        _most("command to first request at 1,000 streams", 0.5, "s", [run.startup_s for run in ours]),
        _most("command to first request at 1 stream", 0.5, "s", [run.startup_s for run in runs(race, "hayai", 1)]),
    ]


def recording(results: Results) -> list[Goal]:
    """Beside the C client, and beside boto3."""
    found = []
    kept = results.recording.runs if results.recording else []
    for model, streams in dict.fromkeys((one.model, one.streams) for one in kept):
        mine = median([one.per_million for one in kept if one.client == "hayai" and one.model == model])
        least = median([one.per_million for one in kept if one.client == "C" and one.model == model])
        what = f"recording CPU per million chunks, {streams:,} streams ({model}): hayai ÷ C client"
        ratio = mine / least if mine is not None and least else None
        found.append(
            Goal(
                what=what,
                bound="at most 2",
                found="not measured" if ratio is None else f"{ratio:.2f} ({mine:.1f} and {least:.1f} s)",
                met=None if ratio is None else ratio <= 2,
            )
        )
    streamed = [one for one in results.boto3.runs if one.failed is None] if results.boto3 else []
    for call, word in (("converse", "ConverseStream"), ("invoke", "InvokeModelWithResponseStream")):
        theirs = median([one.per_stream_ms for one in streamed if one.client == "boto3" and one.call == call])
        mine = median([one.per_stream_ms for one in streamed if one.client == "hayai" and one.call == call])
        found.append(_ratio(f"CPU of one {word} of 200 chunks: boto3 ÷ hayai", 2, theirs, mine))
    return found


def stalled(results: Results) -> list[Goal]:
    """Stopped for 50 ms in every 200."""
    wide, tight = good(results.stall, name=WIDE), good(results.stall, name=TIGHT)
    flagged = [one.own.get("coalesced_share", 0.0) for one in tight]
    outside = sum(one.own.get("outside", 0.0) for one in tight)
    return [
        _most("stopped 50 ms in 200, chunks 120 ms apart: error p99", 0.5, "ms", [o.own.get("chunk_error_p99_ms") for o in wide]),
        _most("stopped, chunks 10 ms apart: error p99 of those not flagged", 0.5, "ms", [o.own.get("chunk_error_p99_ms") for o in tight]),
        Goal(
            what="stopped, chunks 10 ms apart: intervals of flagged chunks hold the truth",
            bound="all",
            found=f"{outside:.0f} do not; flagged {statistics.median(flagged) * 100:.1f} %" if tight else "not measured",
            met=outside == 0 and min(flagged) > 0 if tight else None,
        ),
    ]  # fmt: skip


def _most(what: str, bound: float, unit: str, values: Sequence[float | None]) -> Goal:
    middle = median(values)
    return Goal(
        what=what,
        bound=f"at most {bound:g} {unit}".strip(),
        found="not measured" if middle is None else f"{near(values)} {unit}".strip(),
        met=None if middle is None else middle <= bound,
    )


def _least(what: str, bound: float, unit: str, values: Sequence[float | None]) -> Goal:
    middle = median(values)
    return Goal(
        what=what,
        bound=f"at least {bound:,.0f} {unit}".strip(),
        found="not measured" if middle is None else f"{near(values)} {unit}".strip(),
        met=None if middle is None else middle >= bound,
    )


def _ratio(what: str, bound: float, theirs: float | None, ours: float | None) -> Goal:
    if theirs is None or not ours:
        return Goal(what=what, bound=f"at least {bound:g}", found="not measured", met=None)
    ratio = theirs / ours
    return Goal(
        what=what,
        bound=f"at least {bound:g}",
        found=f"{ratio:.1f} ({theirs:.2f} and {ours:.2f} ms)",
        met=ratio >= bound,
    )
