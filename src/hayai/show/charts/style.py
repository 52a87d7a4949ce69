"""How does every chart look, and how does it become an SVG that suits light and dark?

Altair describes, vl-convert draws, once, into static SVG: no script is needed to see it. Ink and grid are drawn in two colours that nothing
else has, and then replaced by CSS variables of the page. Each target has a colour that the colour-blind can tell apart (Okabe and
Ito, 2008, shaded to be seen on both grounds) and a shape of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hayai.show.sections.parts import Column, Row

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#b4578c", "#8a7a00", "#3a8fc4")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_INK, _GRID = "#010203", "#040506"
_VARIABLES = {_INK: "var(--ink)", _GRID: "var(--grid)"}
_TOP = frozenset({"$schema", "config", "datasets"})
"""What stands once, at the top of a Vega-Lite document."""
WIDTH = 620
FONT = "system-ui, -apple-system, 'Segoe UI', 'Hiragino Sans', 'Noto Sans CJK JP', 'Noto Sans JP', sans-serif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart with what is said of it: finished strings, not escaped."""

    name: str
    title: str
    summary: str
    """What it shows, in a sentence: the text alternative."""
    chart: Any
    """Altair's."""
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def svg(self) -> str:
        """Drawn for a page: our own markup."""
        return svg_of(self.chart)


def colour(place: int) -> str:
    """Of the target in this place."""
    return COLOURS[place % len(COLOURS)]


def shape(place: int) -> str:
    """Of the target in this place."""
    return SHAPES[place % len(SHAPES)]


def points_in(values: Sequence[Mapping[str, object]]) -> Any:
    """Values as a chart takes them, without a data frame."""
    import altair as alt

    return alt.Data(values=values)  # type: ignore[no-untyped-call]  # Altair's schema classes have no types of their own.


def svg_of(chart: Any) -> str:
    """An Altair chart as SVG for a page, scaled to the width there is. The only place that draws."""
    import vl_convert

    spec = chart.configure(**_config()).to_dict(validate=False)
    drawn: str = vl_convert.vegalite_to_svg(json.dumps(spec), vl_version="6.4")
    for sentinel, variable in _VARIABLES.items():
        drawn = drawn.replace(sentinel, variable)
    start = drawn.index("<svg")
    head, rest = drawn[start:].split(">", 1)
    parts = [part for part in head.split(" ") if not part.startswith(("width=", "height=", "class="))]
    return " ".join(parts) + ' class="chart" aria-hidden="true" focusable="false">' + rest


def for_notebooks(drawn: Sequence[Drawn]) -> Any:
    """Altair charts as a notebook shows them, one below the other: in colours of its own, since no page gives them any."""
    import altair as alt

    specs = [one.chart.to_dict(validate=False) for one in drawn]
    whole: dict[str, Any] = dict(specs[0])
    if len(specs) > 1:
        inner = [{name: part for name, part in spec.items() if name not in _TOP} for spec in specs]
        whole = {name: part for name, part in specs[0].items() if name in _TOP} | {"vconcat": inner}
        whole["datasets"] = {name: data for spec in specs for name, data in spec.get("datasets", {}).items()}
    text = json.dumps(whole).replace(_INK, "#555555").replace(_GRID, "#bbbbbb")
    return alt.Chart.from_json(text)


def _config() -> dict[str, Any]:
    text = {
        "labelColor": _INK,
        "titleColor": _INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    return {
        "background": "transparent",
        # Text is measured with the fonts of the machine that draws, and shown with those of the reader's: room for wider ones.
        "padding": {"left": 30, "right": 30, "top": 5, "bottom": 5},
        "font": FONT,
        "view": {"stroke": "transparent"},
        "axis": {
            **text,
            "domainColor": _GRID,
            "gridColor": _GRID,
            "tickColor": _GRID,
            "labelLimit": 200,
            "labelOverlap": True,
        },
        # The page has its own legend: one for all charts.
        "legend": {"disable": True},
        "rule": {"color": _INK},
        "text": {"color": _INK, "fontSize": 12},
    }


INK, GRID = _INK, _GRID
