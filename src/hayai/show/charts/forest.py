"""By prompt: how many times as fast, with its interval, beside the band within which a difference is practically none."""

from __future__ import annotations

from collections.abc import Sequence

from hayai.decide.conclusions import Interval, Verdict
from hayai.decide.findings import Findings
from hayai.decide.pictures import Pictures
from hayai.show import format as fmt
from hayai.show.charts.style import GRID, INK, WIDTH, Drawn, colour, points_in
from hayai.show.locales import Texts
from hayai.show.sections.faces import fast, fast_between, fast_within, inverse, pair
from hayai.show.sections.parts import Column

MOST_NAMED = 60
"""Of more prompts, no name is written beside its point."""
TICKS = (0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5, 10, 20)


def draw(findings: Findings, pictures: Pictures, texts: Texts) -> tuple[Drawn, ...]:
    """One chart for each judged comparison."""
    del pictures
    names = [target.name for target in findings.targets]
    return tuple(
        _one(verdict, names, texts)
        for verdict in findings.judgement.verdicts
        if verdict.judged and verdict.headline is not None and verdict.prompts
    )


def _one(verdict: Verdict, names: Sequence[str], texts: Texts) -> Drawn:
    import altair as alt

    headline = verdict.headline
    assert headline is not None  # noqa: S101  Asked for by the caller.
    prompts = (
        sorted(verdict.prompts, key=lambda one: one.ratio) if len(verdict.prompts) > MOST_NAMED else verdict.prompts
    )
    everything = texts("charts.forest.all")
    rows = [(everything, headline.ratio, headline.anytime, True)]
    rows += [(fmt.clean(one.prompt), one.ratio, one.interval, False) for one in prompts]
    values = [_value(number, *row) for number, row in enumerate(rows)]
    margin = 1 + verdict.margin_ratio
    ends = [end for v in values for end in (v["fast"], v.get("low"), v.get("high")) if isinstance(end, float)]
    low, high = min([*ends, 1 / margin]) / 1.03, max([*ends, margin]) * 1.03
    scale = alt.Scale(type="log", domain=[low, high], nice=False)
    ticks = [tick for tick in TICKS if low <= tick <= high]
    x = alt.X(
        "fast:Q", scale=scale, title=texts("charts.axis.fast"), axis=alt.Axis(values=ticks, format="~g", grid=True)
    )
    named = len(prompts) <= MOST_NAMED
    y = alt.Y(
        "place:O",
        sort=None,
        title=None,
        axis=alt.Axis(labelExpr="slice(datum.value, 6)", ticks=False, grid=False) if named else None,
    )
    data = points_in(values)
    band = alt.Chart(points_in([{"low": 1 / margin, "high": margin}])).mark_rect(color=GRID, opacity=0.45)
    line = (
        alt.Chart(points_in([{"one": 1}])).mark_rule(color=INK, strokeDash=[3, 3]).encode(x=alt.X("one:Q", scale=scale))
    )
    tint = colour(names.index(verdict.target)) if verdict.target in names else colour(1)
    spans = alt.Chart(data).mark_rule(color=tint, strokeWidth=2).encode(x=alt.X("low:Q", scale=scale), x2="high:Q", y=y)
    points = (
        alt.Chart(data)
        .mark_point(filled=True, color=tint, opacity=1)
        .encode(
            x=x,
            y=y,
            shape=alt.Shape("whole:N", scale=alt.Scale(domain=[True, False], range=["diamond", "circle"]), legend=None),
            size=alt.Size("whole:N", scale=alt.Scale(domain=[True, False], range=[160, 60]), legend=None),
        )
    )
    chart = alt.layer(band.encode(x=alt.X("low:Q", scale=scale), x2="high:Q"), line, spans, points)
    height = alt.Step(20) if named else 420
    return Drawn(
        name="forest",
        title=texts("charts.forest.title", pair=pair(names, verdict.target, verdict.baseline, texts)),
        summary=_summary(verdict, texts),
        chart=chart.properties(width=WIDTH - 200 if named else WIDTH, height=height),
        columns=(
            Column(title=texts("report.column.prompt"), right=False, shortens="all"),
            Column(title=texts("charts.axis.fast")),
            Column(title=texts("charts.column.interval")),
        ),
        rows=tuple((name, fast(ratio), fast_between(interval, texts)) for name, ratio, interval, _ in rows),
        notes=(texts("charts.forest.note", margin=fmt.percent_short(verdict.margin_ratio, sign=False)),),
    )


def _value(number: int, name: str, ratio: float, interval: Interval | None, whole: bool) -> dict[str, object]:  # noqa: FBT001  A row's last cell.
    """Open ends are drawn as no line at all."""
    bounds = inverse(interval)
    value: dict[str, object] = {"place": f"{number:05d} {name}", "fast": 1 / ratio, "whole": whole}
    if bounds is not None and bounds.low is not None and bounds.high is not None:
        value |= {"low": bounds.low, "high": bounds.high}
    return value


def _summary(verdict: Verdict, texts: Texts) -> str:
    faster = sum(one.ratio < 1 for one in verdict.prompts)
    assert verdict.headline is not None  # noqa: S101  Asked for by the caller.
    return texts(
        "charts.forest.summary",
        faster=fmt.count(faster),
        prompts=fmt.count(len(verdict.prompts)),
        fast=fast(verdict.headline.ratio),
        fasts=fast_within(verdict.headline.anytime, texts),
    )
