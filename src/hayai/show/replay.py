"""How does a race look in a terminal? Lanes side by side, each showing the last lines of what had arrived by then.

A frame is made from a race and an instant, of nothing else; who draws it decides how often.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from hayai.decide.races import Lane, Race
from hayai.show import format as fmt
from hayai.show.locales import Texts

NARROWEST = 26
"""Cells of a lane; where they do not fit side by side, lanes stand one below the other."""
_GAP = 3
_HEAD = 3
"""Lines of a lane above its text: name, state, rule."""
_LEAST = 3
"""Lines of text that a lane has, however small the terminal."""


def length_ns(race: Race) -> int:
    """When nothing more happens."""
    return max((_last_ns(lane) for lane in race.lanes), default=0)


def frame(
    race: Race, labels: Mapping[str, str], now_ns: int, texts: Texts, *, width: int, height: int
) -> tuple[str, ...]:
    """What is to be seen at `now_ns`, in lines of at most `width` cells and at most `height` of them (never fewer than it takes)."""
    title = texts("replay.title", prompt=fmt.clean(race.prompt), round=race.cycle + 1, clock=_seconds(now_ns))
    note = fmt.wrap(texts("race.not_verdict"), width)
    count, left = len(race.lanes), height - 2 - len(note)
    beside = (width - _GAP * (count - 1)) // max(1, count)
    if beside >= NARROWEST:
        room = max(_LEAST, left - _HEAD)
        columns = [_lane(lane, race, labels, now_ns, texts, cells=beside, rows=room) for lane in race.lanes]
        body = [
            (" " * _GAP).join(fmt.pad(column[row], beside) for column in columns).rstrip()
            for row in range(len(columns[0]) if columns else 0)
        ]
    else:
        room = max(_LEAST, left // max(1, count) - _HEAD)
        body = [
            line for lane in race.lanes for line in _lane(lane, race, labels, now_ns, texts, cells=width, rows=room)
        ]
    return (fmt.shorten(title, width), "", *body, *note)


def summary(race: Race, labels: Mapping[str, str], texts: Texts) -> tuple[str, ...]:
    """How it ended, a line for each lane: for whoever cannot watch."""
    end = length_ns(race)
    return (
        texts("replay.title", prompt=fmt.clean(race.prompt), round=race.cycle + 1, clock=_seconds(end)),
        *(f"{labels[lane.target]}: {_state(lane, race, end, texts)}" for lane in race.lanes),
        texts("race.not_verdict"),
    )


def _lane(
    lane: Lane, race: Race, labels: Mapping[str, str], now_ns: int, texts: Texts, *, cells: int, rows: int
) -> list[str]:
    name = fmt.shorten(labels[lane.target], cells)
    state = fmt.shorten(_state(lane, race, now_ns, texts), cells)
    return [name, state, "-" * cells, *_tail(lane, now_ns, cells=cells, rows=rows)]


def _tail(lane: Lane, now_ns: int, *, cells: int, rows: int) -> list[str]:
    """The last `rows` lines of the text so far, filled up with empty ones."""
    said = "".join(lane.pieces[: bisect_right(lane.arrived_ns, now_ns)])
    # Of a long answer only the end can be seen: no line is shorter than nothing, none longer than its cells.
    shown = fmt.clean(said[-(rows * cells + 1) :], prose=True).replace("\t", "  ")
    lines = [part for line in shown.split("\n") for part in (fmt.wrap(line, cells) if line.strip() else [""])]
    lines = lines[-rows:]
    return lines + [""] * (rows - len(lines))


def _state(lane: Lane, race: Race, now_ns: int, texts: Texts) -> str:
    if lane.outcome != "ok" and now_ns >= _last_ns(lane):
        return texts("race.failed", why=texts(f"report.outcome.{lane.outcome}"))
    if lane.end_ns is not None and lane.end_ns <= now_ns:
        ends = sorted(one.end_ns for one in race.lanes if one.end_ns is not None)
        place = ends.index(lane.end_ns)
        gap = _seconds(lane.end_ns - ends[0])
        order = texts("race.first") if place == 0 else texts("race.gap", place=place + 1, time=gap)
        return texts("report.list").join((texts("race.done", time=_seconds(lane.end_ns)), order))
    if lane.ttft_ns is not None and lane.ttft_ns <= now_ns:
        told = [texts("race.ttft", time=_seconds(lane.ttft_ns))]
        rate = _rate(lane, now_ns)
        if rate is not None:
            told.append(texts("race.tokens_per_s", rate=f"{rate:.0f}"))
        return texts("report.list").join(told)
    return texts("race.waits")


def _rate(lane: Lane, now_ns: int) -> float | None:
    """Tokens per second since the first one, as far as the pieces tell how many came."""
    arrived = bisect_right(lane.arrived_ns, now_ns)
    since = now_ns - (lane.ttft_ns or 0)
    if lane.visible_tokens is None or arrived < 2 or since <= 0:
        return None
    return lane.visible_tokens * arrived / len(lane.arrived_ns) / (since / 1e9)


def _last_ns(lane: Lane) -> int:
    return max(lane.end_ns or 0, lane.ttft_ns or 0, lane.arrived_ns[-1] if lane.arrived_ns else 0)


def _seconds(ns: int) -> str:
    return f"{ns / 1e9:.2f} s"


def labels_of(names: Sequence[str]) -> dict[str, str]:
    """Target -> `[2] name`."""
    return {name: f"[{place}] {fmt.clean(name)}" for place, name in enumerate(names, start=1)}
