"""`python -m benchmarks.peers.page`: writes docs/benchmarks.md from the results that are kept. It measures nothing."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.peers.bedrock import Bedrock
from benchmarks.peers.captured import Captured
from benchmarks.peers.exactness import Exactness
from benchmarks.peers.goals import goals
from benchmarks.peers.kept import Results, cpu_per_million_s, cpu_per_request_ms, cpu_without_startup_ms, read, runs
from benchmarks.peers.machine import RESULTS, Machine
from benchmarks.peers.race import Race
from benchmarks.peers.recording import Recording
from benchmarks.peers.running import Run
from benchmarks.peers.tables import near, spread, table
from benchmarks.peers.work import CELLS, Cell

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
MET = {True: "yes", False: "**no**", None: "not measured"}

TEMPLATE = Path(__file__).with_name("page.template.md")
NOTHING = ["Not measured yet."]


def main() -> None:
    """Writes the page."""
    PAGE.write_text(page(read(RESULTS)), encoding="utf-8")


def page(results: Results) -> str:
    """The template with its tables."""
    parts = {
        "goals": _goals(results),
        "race": _race(results.race) if results.race else NOTHING,
        "entries": _entries(results.race) if results.race else NOTHING,
        "ramp": _exactness(results.ramp) if results.ramp else NOTHING,
        "stall": _exactness(results.stall) if results.stall else NOTHING,
        "capture": _capture(results.capture) if results.capture else NOTHING,
        "recording": _recording(results.recording) if results.recording else NOTHING,
        "boto3": _boto3(results.boto3) if results.boto3 else NOTHING,
        "machines": _machines(results),
    }
    text = TEMPLATE.read_text("utf-8")
    for name, lines in parts.items():
        text = text.replace(f"{{{name}}}", "\n".join(lines))
    return text


def _goals(results: Results) -> list[str]:
    return table(
        ["goal", "bound", "found", "met"],
        [[goal.what, goal.bound, goal.found, MET[goal.met]] for goal in goals(results)],
    )


def _race(race: Race) -> Iterator[str]:
    present = [entry.name for entry in race.entries if not entry.absent]
    for streams in sorted({run.streams for run in race.runs}):
        cell = CELLS[streams]
        yield f"### {streams:,} {'stream' if streams == 1 else 'streams'}"
        yield ""
        yield (
            f"{cell.requests:,} requests, {cell.chunks} chunks each; TTFT {cell.ttft_ms} ms, then a chunk each {cell.itl_ms} ms. "
            f"No run can take less than {ideal_s(cell):.2f} s."
        )
        yield ""
        yield from _reported(race, present, streams)
        yield ""
        yield from _costs(race, present, streams)
        yield from _failures(race, present, streams)
        yield ""


def ideal_s(cell: Cell) -> float:
    """The load of a client without any cost, in s."""
    turns = -(-cell.requests // cell.streams)
    return turns * (cell.ttft_ms + cell.itl_ms * (cell.chunks - 1)) / 1e3


def _entries(race: Race) -> list[str]:
    rows = [
        [e.name, e.version or "–", e.besides, f"did not run: {e.absent}" if e.absent else e.notes] for e in race.entries
    ]
    return table(["tool", "version", "besides", "notes"], rows)


def _reported(race: Race, names: Sequence[str], streams: int) -> Iterator[str]:
    rows = []
    for name in names:
        found = runs(race, name, streams)
        said = [run.reported for run in found if run.reported]
        true = [run.true for run in found if run.true]
        if not said:
            continue
        rows.append([
            f"**{name}**" if name == "hayai" else name,
            spread([one.ttft_p50 for one in said]),
            spread([one.ttft_p50 for one in true]),
            spread([one.ttft_p99 for one in said]),
            spread([one.ttft_p99 for one in true]),
            spread([one.per_request_p50 for one in said]),
            spread([one.per_request_p99 for one in said]),
            spread([one.per_chunk_p50 for one in said]),
            spread([one.per_chunk_p99 for one in said]),
            spread([one.per_chunk_p99 for one in true]),
        ])  # fmt: skip
    head = [
        "tool", "TTFT p50", "true", "TTFT p99", "true", "time per token of a request, p50", "p99", "gap between chunks, p50", "p99",
        "true gap p99",
    ]  # fmt: skip
    yield from table(head, rows)


def _costs(race: Race, names: Sequence[str], streams: int) -> Iterator[str]:
    rows = []
    for name in names:
        found = runs(race, name, streams)
        if not found:
            continue
        bare = cpu_without_startup_ms(race, name, streams)
        rows.append([
            f"**{name}**" if name == "hayai" else name,
            near([cpu_per_request_ms(run) for run in found]),
            "–" if bare is None else f"{bare:.2f}",
            near([cpu_per_million_s(run) for run in found]),
            spread([run.startup_s for run in found]),
            spread([run.load_s for run in found]),
            spread([run.cost.wall_s for run in found if run.cost], 1),
            spread([run.cost.rss_mb for run in found if run.cost], 0),
            spread([run.cost.pss_mb for run in found if run.cost], 0),
            spread([float(run.cost.processes) for run in found if run.cost], 0),
            spread([float(run.true.connections) for run in found if run.true], 0),
            _requests(found),
        ])  # fmt: skip
    head = [
        "tool", "CPU ms a request", "without start-up", "CPU s per million chunks", "start-up s", "load s", "wall s", "peak RSS MB",
        "peak PSS MB", "processes", "connections", "requests",
    ]  # fmt: skip
    yield from table(head, rows)


def _requests(found: Sequence[Run]) -> str:
    counts = sorted({run.true.requests for run in found if run.true})
    return "–".join(map(str, dict.fromkeys((counts[0], counts[-1])))) if counts else "–"


def _failures(race: Race, names: Sequence[str], streams: int) -> Iterator[str]:
    for run in race.runs:
        if run.tool in names and run.streams == streams and run.failed:
            words = " ".join(run.failed.split())
            yield from ("", f"- {run.tool}, repetition {run.repetition + 1}, has no figures: {words[:200]}")


def _exactness(kept: Exactness) -> list[str]:
    rows = []
    for name in dict.fromkeys(one.name for one in kept.outcomes):
        found = [one for one in kept.outcomes if one.name == name and one.failed is None]
        failed = [one.failed for one in kept.outcomes if one.name == name and one.failed]
        if not found:
            rows.append([name, f"no figures: {' '.join((failed[0] or '').split())[:120]}", *["–"] * 11])
            continue
        own = [one.own for one in found]
        rows.append([
            f"{name}; {len(failed)} more without figures" if failed else name,
            spread([one.chunks_per_s for one in found], 0),
            *(near([figures.get(f"chunk_error_{point}_ms") for figures in own]) for point in ("p50", "p99", "max")),
            *(near([figures.get(f"ttft_error_{point}_ms") for figures in own]) for point in ("p50", "p99")),
            spread([figures.get("coalesced_share", 0.0) * 100 for figures in own], 2, " %"),
            spread([figures.get("outside", 0.0) for figures in own], 0),
            near([one.reported.per_chunk_p99 for one in found if one.reported]),
            near([one.true.per_chunk_p99 for one in found if one.true]),
            near([one.cost.cpu_s / max(1.0, figures["chunks"]) * 1e6 for one, figures in zip(found, own, strict=True)]),
            spread([one.cost.rss_mb for one in found], 0),
        ])  # fmt: skip
    head = [
        "case", "chunks in the busiest second", "chunk error p50", "p99", "most", "TTFT error p50", "p99", "flagged",
        "outside their interval", "gap p99", "true", "CPU s per million chunks, all included", "peak RSS MB",
    ]  # fmt: skip
    return table(head, rows)


def _capture(kept: Captured) -> list[str]:
    rows = []
    for streams in dict.fromkeys(one.streams for one in kept.runs):
        found = [one for one in kept.runs if one.streams == streams and one.failed is None]
        lost = [one for one in kept.runs if one.streams == streams and one.failed]
        if not found:
            rows.append([f"{streams}", f"no figures: {' '.join((lost[0].failed or '').split())[:120]}", *["–"] * 7])
            continue
        rows.append([
            f"{streams}",
            spread([float(one.packets) for one in found], 0),
            f"{sum(one.dropped for one in found)}" + (f"; {len(lost)} runs without figures" if lost else ""),
            near([one.capture_minus_server["p50"] for one in found]),
            near([one.capture_minus_server["p99"] for one in found]),
            near([one.hayai.get("chunk_error_p50_ms") for one in found]),
            near([one.hayai.get("chunk_error_p99_ms") for one in found]),
            near([one.hayai.get("ttft_error_p50_ms") for one in found]),
            near([one.hayai.get("ttft_error_p99_ms") for one in found]),
        ])  # fmt: skip
    head = [
        "streams", "packets", "dropped", "chunk: capture − server, p50", "p99", "chunk: hayai − capture, p50", "p99",
        "TTFT: hayai − capture, p50", "p99",
    ]  # fmt: skip
    return table(head, rows)


def _recording(kept: Recording) -> list[str]:
    rows = []
    for model, streams in dict.fromkeys((one.model, one.streams) for one in kept.runs):
        for client in ("C", "hayai"):
            found = [one for one in kept.runs if one.model == model and one.client == client]
            rows.append([
                f"{streams:,} × {model}", client, near([one.per_million for one in found]),
                spread([one.reads / one.chunks for one in found], 3), spread([one.wall_s for one in found]),
            ])  # fmt: skip
    return table(["work", "client", "CPU s per million chunks", "reads per chunk", "wall s"], rows)


def _boto3(kept: Bedrock) -> list[str]:
    rows = []
    for call, word in (("converse", "ConverseStream"), ("invoke", "InvokeModelWithResponseStream")):
        for client in ("boto3", "hayai"):
            found = [one for one in kept.runs if one.client == client and one.call == call and not one.failed]
            rows.append(
                [word, client, near([one.per_stream_ms for one in found]), spread([one.many_cpu_s for one in found])]
            )
    return table(["call", "client", "CPU ms a stream", "CPU s of 240 streams, start-up included"], rows)


def _machines(results: Results) -> Iterator[str]:
    named: list[tuple[str, Machine | None]] = [
        ("race", results.race.machine if results.race else None),
        ("ramp", results.ramp.machine if results.ramp else None),
        ("stall", results.stall.machine if results.stall else None),
        ("capture", results.capture.machine if results.capture else None),
        ("recording", results.recording.machine if results.recording else None),
        ("boto3", results.boto3.machine if results.boto3 else None),
    ]
    rows = [
        [
            name,
            m.date,
            m.command,
            f"{m.cpu}, {m.cores} cores, {m.memory_gb:g} GB",
            f"{m.system}, Python {m.python}, hayai {m.hayai}",
        ]
        for name, m in named
        if m is not None
    ]
    yield from table(["part", "when", "command", "machine", "software"], rows)
    if results.race:
        loads = [run.load_before for run in results.race.runs]
        if loads:
            yield from (
                "",
                f"The machine's load average before the runs of the race: median {statistics.median(loads):.1f}, most {max(loads):.1f}.",
            )


if __name__ == "__main__":
    main()
