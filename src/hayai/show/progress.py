"""What is on the screen while a run goes on? A line per target for a terminal, one line for a log.

Pure: the state comes in, lines go out; the command redraws them. A simulated run says so here as well, on every line that has a number.
"""

from __future__ import annotations

from hayai.decide.findings import Progress, TargetProgress
from hayai.show import format as fmt
from hayai.show.locales import Texts


def progress_lines(progress: Progress, texts: Texts, *, width: int) -> list[str]:
    """A line per target and one for the run, each at most `width` cells."""
    rows = [_fields(target, texts) for target in progress.targets]
    widths = [max(fmt.cell_width(row[place]) for row in rows) for place in range(1, len(rows[0]))]
    room = max(6, width - sum(widths) - 2 * len(widths))
    names = [fmt.shorten(row[0], room) for row in rows]
    room = max(fmt.cell_width(name) for name in names)
    lines = [
        "  ".join([fmt.pad(name, room), *(fmt.pad(f, w, right=True) for f, w in zip(row[1:], widths, strict=True))])
        for name, row in zip(names, rows, strict=True)
    ]
    return [fmt.cut(line, width) for line in [*lines, progress_line(progress, texts)]]


def progress_line(progress: Progress, texts: Texts) -> str:
    """The state of the run in one line, for where lines cannot be redrawn."""
    line = texts(
        "progress.line" if progress.left_ns is None else "progress.line.left",
        cycle=fmt.count(progress.cycle),
        done=fmt.count(progress.done),
        planned=fmt.count(progress.planned),
        failed=fmt.count(progress.failed),
        elapsed=fmt.clock_span(progress.elapsed_ns, texts),
        left=fmt.clock_span(progress.left_ns, texts),
    )
    if progress.spent_usd:
        line = texts("progress.spent", line=line, spent=fmt.dollars(float(progress.spent_usd)))
    return texts("progress.simulated", line=line) if progress.simulations else line


def _fields(target: TargetProgress, texts: Texts) -> tuple[str, ...]:
    return (
        f"[{target.number}] {fmt.clean(target.name)}",
        texts("report.row.of", part=fmt.count(target.done), whole=fmt.count(target.planned)),
        texts("progress.failed", count=fmt.count(target.failed)),
        texts("progress.speed", number=fmt.number(target.tokens_per_s)),
        texts("progress.ttft", duration=fmt.duration_alone(target.ttft_median_ns)),
    )
