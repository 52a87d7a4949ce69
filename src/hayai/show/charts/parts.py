"""Where does the difference come from? The change of time in points: start, amount written, time per token."""

from __future__ import annotations

from collections.abc import Sequence

from hayai.decide.conclusions import Verdict
from hayai.decide.findings import Findings
from hayai.decide.pictures import Pictures
from hayai.show.charts.style import GRID, INK, WIDTH, Drawn, colour, points_in
from hayai.show.locales import Texts
from hayai.show.sections.faces import change, pair, points_of
from hayai.show.sections.parts import Column

FACTORS = ("start", "amount", "per_unit")


def draw(findings: Findings, pictures: Pictures, texts: Texts) -> tuple[Drawn, ...]:
    """One chart for each judged comparison whose parts are known."""
    del pictures
    names = [target.name for target in findings.targets]
    return tuple(
        _one(verdict, names, texts)
        for verdict in findings.judgement.verdicts
        if verdict.judged and verdict.parts is not None
    )


def _one(verdict: Verdict, names: Sequence[str], texts: Texts) -> Drawn:
    import altair as alt

    parts = verdict.parts
    assert parts is not None  # noqa: S101  Asked for by the caller.
    whole = parts.whole.ratio
    told = {name: points_of(getattr(parts, name).ratio, whole) for name in FACTORS}
    titles = {
        name: texts(f"charts.parts.{name}" if name != "per_unit" else f"charts.parts.per_{parts.unit}")
        for name in FACTORS
    }
    total = texts("charts.parts.whole")
    values = [
        {"part": titles[name], "points": float(told[name]), "shown": told[name], "sum": False} for name in FACTORS
    ]
    values.append({"part": total, "points": (whole - 1) * 100, "shown": change(whole).removesuffix("%"), "sum": True})
    tint = colour(names.index(verdict.target)) if verdict.target in names else colour(1)
    y = alt.Y("part:N", sort=None, title=None)
    reach = max(abs(float(str(value["points"]))) for value in values) * 1.25 or 1
    x = alt.X("points:Q", title=texts("charts.axis.points"), scale=alt.Scale(domain=[-reach, reach]))
    data = points_in(values)
    bars = (
        alt.Chart(data)
        .mark_bar(height=18)
        .encode(
            x=x, y=y, color=alt.Color("sum:N", scale=alt.Scale(domain=[True, False], range=[INK, tint]), legend=None)
        )
    )
    left = (
        alt.Chart(data)
        .transform_filter("datum.points < 0")
        .mark_text(align="right", dx=-5)
        .encode(x=x, y=y, text="shown:N")
    )
    right = (
        alt.Chart(data)
        .transform_filter("datum.points >= 0")
        .mark_text(align="left", dx=5)
        .encode(x=x, y=y, text="shown:N")
    )
    zero = alt.Chart(points_in([{"zero": 0}])).mark_rule(color=GRID).encode(x=alt.X("zero:Q"))
    chart = alt.layer(zero, bars, left, right).properties(width=WIDTH - 180, height=alt.Step(28))
    return Drawn(
        name="parts",
        title=texts("charts.parts.title", pair=pair(names, verdict.target, verdict.baseline, texts)),
        summary=texts("charts.parts.summary", change=change(whole), **told),
        chart=chart,
        columns=(Column(title=texts("charts.column.part"), right=False), Column(title=texts("charts.axis.points"))),
        rows=tuple((str(value["part"]), str(value["shown"])) for value in values),
        notes=(texts("charts.parts.note"),),
    )
