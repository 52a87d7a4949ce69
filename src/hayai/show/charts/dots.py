"""One point for each answer: how does time depend on length, and what happened when?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hayai.clock import local_text
from hayai.decide.findings import Findings
from hayai.decide.pictures import Dot, Pictures
from hayai.show import format as fmt
from hayai.show.charts.style import INK, WIDTH, Drawn, colour, points_in, shape
from hayai.show.locales import Texts
from hayai.show.sections.parts import Column, Row
from hayai.show.sections.words import label


def draw_lengths(findings: Findings, pictures: Pictures, texts: Texts) -> tuple[Drawn, ...]:
    """Response time against length of the answer."""
    import altair as alt

    shown = [dot for dot in pictures.dots if dot.e2e_ns is not None and dot.length is not None]
    if not shown:
        return ()
    unit = fmt.duration_unit(dot.e2e_ns for dot in shown)
    values = [
        {"length": dot.length, "time": round(dot.e2e_ns / unit.ns, 4), "target": _label(findings, dot)}
        for dot in shown
        if dot.e2e_ns is not None
    ]
    chart = (
        alt.Chart(points_in(values))
        .mark_point(filled=True, opacity=0.65, size=36)
        .encode(
            x=alt.X("length:Q", title=texts(f"charts.axis.{pictures.unit}")),
            y=alt.Y("time:Q", title=texts("charts.axis.e2e", unit=unit.label)),
            **_by_target(findings, alt),
        )
        .properties(width=WIDTH - 60, height=280)
    )
    return (
        Drawn(
            name="lengths",
            title=texts("charts.lengths.title"),
            summary=texts("charts.lengths.summary", count=fmt.count(len(shown))),
            chart=chart,
            columns=_columns(texts, f"charts.axis.{pictures.unit}", unit.label),
            rows=_medians(findings, shown, lambda dots: fmt.count(_middle([dot.length for dot in dots])), unit),
            notes=_thinned(pictures, texts),
        ),
    )


def draw_timeline(findings: Findings, pictures: Pictures, texts: Texts) -> tuple[Drawn, ...]:
    """Every request when it was sent, with failures and fallbacks."""
    import altair as alt

    shown = [dot for dot in pictures.dots if dot.sent_wall_ns is not None]
    if not shown:
        return ()
    begin = min(dot.sent_wall_ns or 0 for dot in shown)
    unit = fmt.duration_unit(dot.e2e_ns for dot in shown)
    span = fmt.duration_unit([max(dot.sent_wall_ns or 0 for dot in shown) - begin or 1])
    values = [
        {
            "at": round(((dot.sent_wall_ns or 0) - begin) / span.ns, 4),
            "time": 0 if dot.e2e_ns is None else round(dot.e2e_ns / unit.ns, 4),
            "target": _label(findings, dot),
            "state": _state(dot),
        }
        for dot in shown
    ]
    x = alt.X("at:Q", title=texts("charts.axis.at", unit=span.label, start=local_text(begin)))
    y = alt.Y("time:Q", title=texts("charts.axis.e2e", unit=unit.label))
    data = points_in(values)
    answers = (
        alt.Chart(data)
        .transform_filter("datum.state != 'failed'")
        .mark_point(filled=True, opacity=0.65, size=30)
        .encode(x=x, y=y, **_by_target(findings, alt))
    )
    otherwise = (
        alt.Chart(data)
        .transform_filter("datum.state == 'otherwise'")
        .mark_point(size=130, color=INK, shape="circle")
        .encode(x=x, y=y)
    )
    failures = (
        alt.Chart(data)
        .transform_filter("datum.state == 'failed'")
        .mark_text(text="✕", fontSize=13, color=INK, dy=-6)
        .encode(x=x, y=y)
    )
    failed = sum(dot.outcome != "ok" for dot in shown)
    elsewhere = sum(dot.otherwise for dot in shown)
    return (
        Drawn(
            name="timeline",
            title=texts("charts.timeline.title"),
            summary=texts(
                "charts.timeline.summary",
                count=fmt.count(len(shown)),
                failed=fmt.count(failed),
                otherwise=fmt.count(elsewhere),
            ),
            chart=alt.layer(answers, otherwise, failures).properties(width=WIDTH - 60, height=240),
            columns=_columns(texts, "charts.column.failed", unit.label),
            rows=_medians(findings, shown, lambda dots: fmt.count(sum(dot.outcome != "ok" for dot in dots)), unit),
            notes=(texts("charts.timeline.note"), *_thinned(pictures, texts)),
        ),
    )


def _state(dot: Dot) -> str:
    return "failed" if dot.outcome != "ok" or dot.e2e_ns is None else "otherwise" if dot.otherwise else "ok"


def _label(findings: Findings, dot: Dot) -> str:
    return next(label(target) for target in findings.targets if target.name == dot.target)


def _by_target(findings: Findings, alt: Any) -> dict[str, Any]:
    """Colour and shape, both."""
    domain = [label(target) for target in findings.targets]
    places = range(len(domain))
    return {
        "color": alt.Color("target:N", scale=alt.Scale(domain=domain, range=list(map(colour, places)))),
        "shape": alt.Shape("target:N", scale=alt.Scale(domain=domain, range=list(map(shape, places)))),
    }


def _columns(texts: Texts, second: str, unit: str) -> tuple[Column, ...]:
    return (
        Column(title=texts("report.column.target"), right=False),
        Column(title=texts("charts.column.requests")),
        Column(title=texts(second)),
        Column(title=texts("charts.column.median", unit=unit)),
    )


def _medians(
    findings: Findings, dots: Sequence[Dot], second: Callable[[Sequence[Dot]], str], unit: fmt.DurationUnit
) -> tuple[Row, ...]:
    of = {target.name: [dot for dot in dots if dot.target == target.name] for target in findings.targets}
    return tuple(
        (label(target), fmt.count(len(own)), second(own), fmt.duration(_middle([dot.e2e_ns for dot in own]), unit))
        for target in findings.targets
        if (own := of[target.name])
    )


def _middle(values: Sequence[float | None]) -> float | None:
    known = sorted(value for value in values if value is not None)
    return known[(len(known) - 1) // 2] if known else None


def _thinned(pictures: Pictures, texts: Texts) -> tuple[str, ...]:
    if len(pictures.dots) == pictures.all_dots:
        return ()
    return (texts("charts.thinned", shown=fmt.count(len(pictures.dots)), all=fmt.count(pictures.all_dots)),)
