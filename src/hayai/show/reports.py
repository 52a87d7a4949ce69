"""In which forms can a run be shown? Each is a function from findings to text, by the name that `--format` takes.

Loaded on first use: rich, json and the rest stay out of the way of a command that does not need them. The published results files are apart
(`show/published.py`), because they are several files and need the answers.
"""

from __future__ import annotations

from typing import Protocol

from hayai.decide.findings import Findings
from hayai.show.locales import Texts


class Render(Protocol):
    """A report."""

    def __call__(self, findings: Findings, texts: Texts, *, width: int = 80) -> str:
        """The report as text, ending with a line feed."""


def _terminal(findings: Findings, texts: Texts, *, width: int = 80) -> str:
    from hayai.show.terminal import render

    return render(findings, texts, width=width)


def _markdown(findings: Findings, texts: Texts, *, width: int = 80) -> str:
    from hayai.show.markdown import render

    return render(findings, texts, width=width)


def _json(findings: Findings, texts: Texts, *, width: int = 80) -> str:
    from hayai.show.json_report import render

    return render(findings, texts, width=width)


def _csv(findings: Findings, texts: Texts, *, width: int = 80) -> str:
    from hayai.show.tables_csv import render_requests

    return render_requests(findings, texts, width=width)


def _csv_cells(findings: Findings, texts: Texts, *, width: int = 80) -> str:
    from hayai.show.tables_csv import render_cells

    return render_cells(findings, texts, width=width)


def _slack(findings: Findings, texts: Texts, *, width: int = 80) -> str:
    from hayai.show.chat import render

    return render(findings, texts, width=width)


def _backlog(findings: Findings, texts: Texts, *, width: int = 80) -> str:
    from hayai.show.backlog import render

    return render(findings, texts, width=width)


REPORTS: dict[str, Render] = {
    "terminal": _terminal,
    "markdown": _markdown,
    "json": _json,
    "csv": _csv,
    "csv-cells": _csv_cells,
    "slack": _slack,
    "backlog": _backlog,
}
