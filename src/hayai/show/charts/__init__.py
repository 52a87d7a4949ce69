"""Which charts does a page have? Each is one function from findings and points to what is drawn; nothing in here computes."""

from __future__ import annotations

from collections.abc import Callable

from hayai.decide.findings import Findings
from hayai.decide.pictures import Pictures
from hayai.show.charts import curves, dots, forest, frontier, parts, settling
from hayai.show.charts.style import Drawn
from hayai.show.locales import Texts

Draw = Callable[[Findings, Pictures, Texts], tuple[Drawn, ...]]

CHARTS: dict[str, Draw] = {
    "forest": forest.draw,
    "frontier": frontier.draw,
    "curves": curves.draw,
    "parts": parts.draw,
    "lengths": dots.draw_lengths,
    "timeline": dots.draw_timeline,
    "settling": settling.draw,
}
"""By name, in order of reading. A new chart is a function and a line."""
