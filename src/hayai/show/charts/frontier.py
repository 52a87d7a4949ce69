"""Who is cheap, who is fast, and who is neither? Cost against time, a point for each target, with its intervals."""

from __future__ import annotations

from typing import Any

from hayai.decide.findings import Findings
from hayai.decide.pictures import Pictures
from hayai.decide.recommendations import Standing
from hayai.show import format as fmt
from hayai.show.charts.style import INK, WIDTH, Drawn, colour, points_in, shape
from hayai.show.locales import Texts
from hayai.show.sections.choice import frontier
from hayai.show.sections.faces import called


def _told(one: Standing, names: list[str], texts: Texts, *, quality: bool) -> str:
    """The name, and what is known of the answers: cost and time alone would make the worst look best."""
    name = called(names, one.target)
    if not quality or one.is_baseline:
        return name
    return texts("report.list").join((name, texts(f"choice.quality.{one.quality}")))


def draw(findings: Findings, pictures: Pictures, texts: Texts) -> tuple[Drawn, ...]:
    """None where fewer than two targets have both a cost and a time."""
    del pictures
    found = findings.recommendation
    shown = [
        one
        for one in (() if found is None else found.standings)
        if one.per_thousand_usd is not None and one.e2e_ns is not None
    ]
    if found is None or len(shown) < 2:
        return ()
    import altair as alt

    names = [target.name for target in findings.targets]
    unit = fmt.duration_unit(one.e2e_ns for one in shown)
    values = [
        {
            "target": called(names, one.target),
            "told": _told(one, names, texts, quality=found.quality_known),
            "usd": one.per_thousand_usd,
            "time": (one.e2e_ns or 0) / unit.ns,
            "usd_low": None if one.usd_interval is None else one.usd_interval.low,
            "usd_high": None if one.usd_interval is None else one.usd_interval.high,
            "time_low": None if one.e2e_interval is None else (one.e2e_interval.low or 0) / unit.ns,
            "time_high": None if one.e2e_interval is None else (one.e2e_interval.high or 0) / unit.ns,
        }
        for one in shown
    ]
    data = points_in(values)
    order = [str(value["target"]) for value in values]
    places = [names.index(one.target) for one in shown]
    tints = alt.Color("target:N", scale=alt.Scale(domain=order, range=[colour(place) for place in places]))
    x = alt.X("usd:Q", title=texts("charts.axis.usd"), scale=alt.Scale(zero=True))
    y = alt.Y("time:Q", title=texts("charts.axis.e2e", unit=unit.label), scale=alt.Scale(zero=True))
    across = (
        alt.Chart(data)
        .mark_rule(strokeWidth=1.5)
        .encode(x=alt.X("usd_low:Q", title=texts("charts.axis.usd")), x2="usd_high:Q", y=y, color=tints)
    )
    along = (
        alt.Chart(data)
        .mark_rule(strokeWidth=1.5)
        .encode(
            x=x, y=alt.Y("time_low:Q", title=texts("charts.axis.e2e", unit=unit.label)), y2="time_high:Q", color=tints
        )
    )
    points = (
        alt.Chart(data)
        .mark_point(filled=True, size=110, opacity=1)
        .encode(
            x=x,
            y=y,
            color=tints,
            shape=alt.Shape("target:N", scale=alt.Scale(domain=order, range=[shape(place) for place in places])),
        )
    )
    lowest = min(one.e2e_ns or 0 for one in shown) / unit.ns

    def words(test: str, dy: int) -> Any:
        """Names beside their points; that of the lowest below, so that it meets no other point's line."""
        return (
            alt.Chart(data)
            .transform_filter(f"datum.time {test} {lowest}")
            .mark_text(align="left", dx=10, dy=dy, color=INK)
            .encode(x=x, y=y, text="told:N")
        )

    table = frontier(found, names, texts)
    return (
        Drawn(
            name="frontier",
            title=texts("charts.frontier.title"),
            summary=texts("charts.frontier.summary", count=fmt.count(len(shown))),
            chart=alt.layer(across, along, points, words(">", -9), words("<=", 16)).properties(
                width=WIDTH - 60, height=300
            ),
            columns=table.columns,
            rows=table.blocks[0].rows,
            notes=(texts("charts.frontier.note"),),
        ),
    )
