"""How did the verdict settle? The interval as it stood after ever more rounds."""

from __future__ import annotations

from collections.abc import Sequence

from hayai.decide.conclusions import Interval, Verdict
from hayai.decide.findings import Findings
from hayai.decide.pictures import Pictures, Settled
from hayai.show import format as fmt
from hayai.show.charts.style import GRID, INK, WIDTH, Drawn, colour, points_in
from hayai.show.locales import Texts
from hayai.show.sections.faces import fast, fast_between, inverse, pair
from hayai.show.sections.parts import Column

FARTHEST = 20.0
"""Times as fast, or slow, beyond which a bound is cut off: the first ones are often wide."""


def draw(findings: Findings, pictures: Pictures, texts: Texts) -> tuple[Drawn, ...]:
    """One chart for each judged comparison that was looked at twice."""
    names = [target.name for target in findings.targets]
    found = []
    for verdict in findings.judgement.verdicts:
        own = [s for s in pictures.settling if (s.target, s.baseline) == (verdict.target, verdict.baseline)]
        if verdict.judged and len(own) > 1:
            found.append(_one(verdict, own, names, texts))
    return tuple(found)


def _one(verdict: Verdict, own: Sequence[Settled], names: Sequence[str], texts: Texts) -> Drawn:
    import altair as alt

    values = [_value(one) for one in own]
    margin = 1 + verdict.margin_ratio
    ends = [end for v in values for end in v.values() if isinstance(end, float)]
    domain = [min([*ends, 1 / margin]) / 1.03, max([*ends, margin]) * 1.03]
    scale = alt.Scale(type="log", domain=domain, nice=False)
    tint = colour(names.index(verdict.target)) if verdict.target in names else colour(1)
    data = points_in(values)
    x = alt.X("rounds:Q", title=texts("charts.axis.rounds"), axis=alt.Axis(tickMinStep=1, grid=False))
    y = alt.Y("fast:Q", scale=scale, title=texts("charts.axis.fast"), axis=alt.Axis(format="~g"))
    band = alt.Chart(points_in([{"low": 1 / margin, "high": margin}])).mark_rect(color=GRID, opacity=0.45)
    line = (
        alt.Chart(points_in([{"one": 1}])).mark_rule(color=INK, strokeDash=[3, 3]).encode(y=alt.Y("one:Q", scale=scale))
    )
    area = alt.Chart(data).mark_area(color=tint, opacity=0.25).encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q")
    middle = (
        alt.Chart(data)
        .mark_line(color=tint, point=alt.OverlayMarkDef(size=30, color=tint, filled=True))
        .encode(x=x, y=y)
    )
    chart = alt.layer(band.encode(y=alt.Y("low:Q", scale=scale), y2="high:Q"), line, area, middle)
    return Drawn(
        name="settling",
        title=texts("charts.settling.title", pair=pair(names, verdict.target, verdict.baseline, texts)),
        summary=texts("charts.settling.summary", looks=fmt.count(len(own)), rounds=fmt.count(own[-1].rounds)),
        chart=chart.properties(width=WIDTH - 60, height=220),
        columns=(
            Column(title=texts("charts.axis.rounds")),
            Column(title=texts("charts.axis.fast")),
            Column(title=texts("charts.column.interval")),
        ),
        rows=tuple(
            (fmt.count(one.rounds), fast(one.ratio), fast_between(Interval(low=one.low, high=one.high), texts))
            for one in own
        ),
    )


def _value(one: Settled) -> dict[str, float | int]:
    value: dict[str, float | int] = {"rounds": one.rounds, "fast": 1 / one.ratio}
    bounds = inverse(Interval(low=one.low, high=one.high))
    if bounds is not None and bounds.low is not None and bounds.high is not None:
        value |= {"low": max(1 / FARTHEST, bounds.low), "high": min(FARTHEST, bounds.high)}
    return value
