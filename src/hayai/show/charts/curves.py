"""How are the times of each target distributed? Their empirical distribution functions: nothing smoothed, nothing binned."""

from __future__ import annotations

from typing import Literal

from hayai.decide.findings import Findings
from hayai.decide.pictures import Curve, Pictures
from hayai.show import format as fmt
from hayai.show.charts.style import WIDTH, Drawn, colour, points_in
from hayai.show.locales import Texts
from hayai.show.sections.parts import Column
from hayai.show.sections.words import label

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 2], [1, 3])


def draw(findings: Findings, pictures: Pictures, texts: Texts) -> tuple[Drawn, ...]:
    """One chart for response times, one for times to first token where they are known."""
    metrics: tuple[Literal["e2e", "ttft"], ...] = ("e2e", "ttft")
    return tuple(
        _one(metric, own, findings, texts)
        for metric in metrics
        if (own := [curve for curve in pictures.curves if curve.metric == metric])
    )


def _one(metric: Literal["e2e", "ttft"], curves: list[Curve], findings: Findings, texts: Texts) -> Drawn:
    import altair as alt

    labels = {target.name: label(target) for target in findings.targets}
    places = {target.name: target.number - 1 for target in findings.targets}
    unit = fmt.duration_unit(ns for curve in curves for ns in curve.values_ns)
    values = [
        {"time": ns / unit.ns, "share": share, "target": labels[curve.target]}
        for curve in curves
        # A step function: it begins at 0, and stays level up to each value.
        for ns, share in ((curve.values_ns[0], 0.0), *zip(curve.values_ns, curve.shares, strict=True))
    ]
    domain = [labels[curve.target] for curve in curves]
    tints = alt.Scale(domain=domain, range=[colour(places[curve.target]) for curve in curves])
    dashes = alt.Scale(domain=domain, range=[DASHES[places[curve.target] % len(DASHES)] for curve in curves])
    chart = (
        alt.Chart(points_in(values))
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=alt.X("time:Q", title=texts(f"charts.axis.{metric}", unit=unit.label), scale=alt.Scale(zero=True)),
            y=alt.Y(
                "share:Q", title=texts("charts.axis.share"), axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])
            ),
            color=alt.Color("target:N", scale=tints),
            strokeDash=alt.StrokeDash("target:N", scale=dashes),
        )
        .properties(width=WIDTH - 60, height=240)
    )
    return Drawn(
        name=f"curves-{metric}",
        title=texts(f"charts.curves.title.{metric}"),
        summary=texts(
            "charts.curves.summary",
            medians=texts("verdict.list").join(
                texts("charts.curves.median", target=labels[c.target], time=fmt.duration_alone(_at(c, 0.5)))
                for c in curves
            ),
        ),
        chart=chart,
        columns=(
            Column(title=texts("charts.axis.share"), right=False),
            *(Column(title=f"{labels[curve.target]} {unit.label}", shortens="title") for curve in curves),
        ),
        rows=tuple(
            (fmt.percent_short(share, sign=False), *(fmt.duration(_at(curve, share), unit) for curve in curves))
            for share in SHARES
        ),
    )


def _at(curve: Curve, share: float) -> float:
    """The smallest value with at least this share at or below it."""
    return next(ns for ns, reached in zip(curve.values_ns, curve.shares, strict=True) if reached >= share)
