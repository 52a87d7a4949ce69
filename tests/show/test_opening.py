"""What a report says first: when it was measured and in which zone, under which load, about how many prompts."""

from __future__ import annotations

import time
from typing import Any

import pytest
from msgspec.structs import replace

from hayai.ask.plan import Rate
from hayai.clock import utc_offset
from hayai.decide.findings import Caution, Findings
from hayai.show.locales import LANGUAGES, Language, texts_in
from hayai.show.sections.opening import opening, scope
from hayai.show.sections.prompts import by_category
from tests.show.hostile import CASES
from tests.show.judged import JUDGED

EN = texts_in("en")
BEFORE_CHANGE_NS = 1_729_990_800_000_000_000
"""2024-10-27 01:00 UTC: the instant at which Berlin goes from UTC+2 to UTC+1."""


def in_zone(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    """Where this machine stands."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()


@pytest.fixture(autouse=True)
def _back(monkeypatch: pytest.MonkeyPatch) -> Any:
    yield
    monkeypatch.undo()
    time.tzset()


def a_run(**changed: Any) -> Findings:
    """An ordinary one, changed."""
    findings = CASES["ordinary"]()
    return replace(findings, run=replace(findings.run, **changed))


@pytest.mark.parametrize(
    ("zone", "told"),
    [("UTC", "UTC"), ("Asia/Tokyo", "UTC+9"), ("America/St_Johns", "UTC-3:30"), ("Asia/Kathmandu", "UTC+5:45")],
)
def test_the_zone_of_local_times_is_told(monkeypatch: pytest.MonkeyPatch, zone: str, told: str) -> None:
    """Whoever reads the report elsewhere knows when it was."""
    in_zone(monkeypatch, zone)
    assert utc_offset(1_733_400_100_000_000_000) == told


def test_a_window_says_its_zone_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """And twice where the clocks were changed meanwhile; the day once where it is the same."""
    in_zone(monkeypatch, "Asia/Tokyo")
    assert "2024-12-05 21:01:40 to 21:02:18 UTC+9" in "\n".join(opening(CASES["ordinary"](), EN))
    assert "2024-12-05 21:01:40 to 21:02:18 UTC+9, from this client" in scope(CASES["ordinary"](), EN)
    in_zone(monkeypatch, "Europe/Berlin")
    changed = a_run(started_wall_ns=BEFORE_CHANGE_NS - 60 * 10**9, ended_wall_ns=BEFORE_CHANGE_NS + 60 * 10**9)
    assert "2024-10-27 02:59:00 UTC+2 to 2024-10-27 02:01:00 UTC+1" in scope(changed, EN)
    assert "time unknown" in scope(a_run(started_wall_ns=None), EN)


@pytest.mark.parametrize(
    ("concurrency", "together", "told"),
    [
        (1, False, "one request at a time."),
        (8, False, "up to 8 rounds in flight at once."),
        (1, True, "all targets at the same instant."),
        (8, True, "all targets at the same instant, up to 8 rounds in flight at once."),
    ],
)
def test_a_verdict_holds_for_its_load(concurrency: int, together: bool, told: str) -> None:
    """Another concurrency may have another answer."""
    assert scope(a_run(concurrency=concurrency, together=together), EN).endswith(f"from this client, {told}")


TWENTY = Rate(requests=20, per="m")


@pytest.mark.parametrize(
    ("load", "told"),
    [
        ({}, "one request at a time, at most 20 per minute."),
        ({"concurrency": 8}, "up to 8 rounds in flight at once, at most 20 per minute."),
        ({"together": True}, "the targets of a round right after one another, at most 20 per minute."),
    ],
)
def test_a_rate_is_part_of_the_load(load: dict[str, object], told: str) -> None:
    """With a rate nothing leaves at the same instant."""
    assert scope(a_run(rate=TWENTY, **load), EN).endswith(f"from this client, {told}")


@pytest.mark.parametrize(
    ("reached_per_s", "told"),
    [
        (0.333, "Pace: at most 20 per minute, evenly spaced, all targets together."),
        (None, "Pace: at most 20 per minute, evenly spaced, all targets together."),
        (0.2, "Pace: at most 20 per minute, evenly spaced, all targets together; 12.0 per minute left, because"),
    ],
)
def test_a_report_says_how_fast_requests_left(reached_per_s: float | None, told: str) -> None:
    """What was allowed, and what was reached where that is less."""
    assert told in "\n".join(opening(a_run(rate=TWENTY, reached_per_s=reached_per_s), EN))
    assert "Pace" not in "\n".join(opening(a_run(), EN))


def test_a_pace_that_this_machine_missed_is_explained_by_the_caution() -> None:
    """Not by answers that were waited for."""
    caution = Caution(code="W116", key="caution.W116.rate", values={})
    findings = replace(a_run(rate=Rate(requests=1000, per="s"), reached_per_s=900.0), cautions=(caution,))
    assert "at most 1000 per second, evenly spaced, all targets together; 900 per second left (see W116)." in "\n".join(
        opening(findings, EN)
    )


def test_one_is_no_plural() -> None:
    """One prompt, one cycle."""
    assert scope(a_run(prompts=1, cycles=1), EN).startswith("About this one prompt, one cycle, ")
    assert scope(a_run(prompts=2, cycles=3), EN).startswith("About these 2 prompts, 3 cycles, ")
    assert scope(a_run(prompts=1, cycles=1), texts_in("ja")).startswith("この1個のプロンプト、1周、")


@pytest.mark.parametrize("language", LANGUAGES)
def test_gains_of_categories_are_told_once(language: Language) -> None:
    """Where a verdict tells them with their intervals, the table has times, tokens and speeds only; one category is no table."""
    texts = texts_in(language)
    findings = CASES["ordinary"]()
    judged = by_category(replace(findings, judgement=JUDGED["clear"]()), texts)
    alone = by_category(replace(findings, judgement=JUDGED["nothing"]()), texts)
    saved = texts("report.column.saved")
    assert saved in [column.title for column in alone.columns]
    assert not any(saved in column.title for column in judged.columns)
    assert len(judged.blocks[0].rows) == len(alone.blocks)
    assert sum(len(row) - 1 for row in judged.blocks[0].rows) == 3 * sum(len(block.rows) for block in alone.blocks)
    one = tuple(replace(cell, category=None) for cell in findings.categories)
    assert not by_category(replace(findings, categories=one), texts).blocks
