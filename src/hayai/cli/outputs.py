"""What does a finished run leave for its reader?

The report on stdout, and files under `derived/` that may be deleted and made again.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hayai.ask.plan import Goal, ModePrice, Plan
from hayai.cli.sessions import next_appointment
from hayai.cli.telling import say, sentence
from hayai.decide.findings import Findings
from hayai.decide.first_cycle import published_prompts
from hayai.decide.instrument import instrument_of
from hayai.decide.quality.judged import JudgedFindings
from hayai.errors import JournalError
from hayai.keep.judging import JUDGINGS, PassedOver, heard, read_judgings
from hayai.keep.own_checks import OwnLooked, keep_own_checks, kept_own_checks
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import Contents, RunDirectory, Watched
from hayai.show import terminal
from hayai.show.format import clean
from hayai.show.locales import Texts
from hayai.show.published import published_files
from hayai.show.reports import REPORTS

if TYPE_CHECKING:
    from hayai.decide.quality.checking import Checked, OwnCheck
    from hayai.decide.quality.findings import Looked, Reason

DERIVED = {"comparison.md": "markdown", "comparison.json": "json", "requests.csv": "csv", "cells.csv": "csv-cells"}
"""File under `derived/` and the report that fills it."""

MANY_PROMPTS = 100
"""A file per prompt is for people to read. For more prompts than this there are none unless a folder for them is named."""

CUT_SHORT = ("finished_early", "stopped", "disk", "instrument", "access", "cannot_connect", "failures")
"""Reasons for which a run holds less than was planned."""


def read_findings(
    directory: RunDirectory,
    *,
    prices: Sequence[ModePrice] | None = None,
    goals: Sequence[Goal] = (),
    own: Mapping[str, OwnCheck] | None = None,
    forget_checks: bool = False,
    answers: bool = True,
    passed_over: PassedOver | None = None,
) -> tuple[Contents, Findings]:
    """A run, finished or not, and what there is to show of it. The records come without their pieces: these are looked at while reading.

    `prices` and `goals`: instead of those that the run keeps. `own`: checks of the user's own, made now and kept; what they said before
    counts otherwise, unless `forget_checks`: then it is dropped for good. `answers`: whether what was said is looked at, too.
    `passed_over`: is told of judgings that cannot be read.
    """
    from hayai.decide.describe import describe
    from hayai.decide.metric_table import MetricTable

    table = MetricTable()
    with _no_collecting():
        contents = directory.read(table.take)
        reason = end_of(contents)
        if reason not in (None, "max_cost", *CUT_SHORT) and next_appointment(contents) is not None:
            reason = "waiting"
        findings = describe(
            _with_goals(contents.plan, goals),
            table,
            regions=contents.regions,
            interrupted=reason is None or reason in CUT_SHORT,
            ended_reason=reason,
            watched=watched_in(contents),
            instrument=instrument_of(contents.manifest),
            prices=contents.manifest.prices if prices is None else prices,
            checked=checked_answers(directory, contents.plan, contents.records, own or {}, forget_checks=forget_checks)
            if answers
            else None,
            judged=_judged(directory, contents, passed_over),
        )
    return contents, findings


def _judged(directory: RunDirectory, contents: Contents, passed_over: PassedOver | None) -> JudgedFindings | None:
    """What judges said of the run; None where none was asked."""
    judgings = read_judgings(directory.path / JUDGINGS, passed_over=passed_over)
    if not judgings:
        return None
    from hayai.decide.quality.judge_verdict import judged_findings

    answering, silent = heard(judgings)
    found = judged_findings(contents.plan, contents.records, answering)
    return None if found is None else msgspec.structs.replace(found, silent=silent)


def telling_passed_over(texts: Texts) -> PassedOver:
    """Says on stderr which judging could not be read, why, and what to do."""

    def tell(folder: Path, error: JournalError) -> None:
        reason = sentence(error.key, error.values, texts)
        say([texts("judge.passed_over", folder=clean(str(folder)), reason=reason)])

    return tell


def _with_goals(plan: Plan, goals: Sequence[Goal]) -> Plan:
    """The plan; with other goals where there are any."""
    return (
        msgspec.structs.replace(plan, rules=msgspec.structs.replace(plan.rules, goals=tuple(goals))) if goals else plan
    )


def checked_answers(
    directory: RunDirectory,
    plan: Plan,
    records: Sequence[RequestRecord],
    own: Mapping[str, OwnCheck],
    *,
    forget_checks: bool = False,
) -> Checked:
    """Which checks each answer passed; the answers are read one by one."""
    from hayai.decide.quality.checking import check_answers

    kept, dropped = ({}, set(plan.checks)) if forget_checks else _kept_checks(directory)
    dropped -= set(own)
    checked = check_answers(plan, records, directory.each_answer(), own=own, kept=kept, dropped=dropped)
    if own or forget_checks:
        said = {name: of for name, of in kept.items() if name not in own}
        for ident, found in checked.found.items():
            for name, looked in found:
                if name in own and looked.reason != "not_looked_at":
                    said.setdefault(name, {})[ident] = looked
        lasting = [name for name, of in said.items() if name in plan.checks or _ever_made(of)]
        keep_own_checks(
            directory,
            (
                *(OwnLooked(check=name, record="", outcome="dropped") for name in sorted(dropped)),
                *(
                    OwnLooked(check=name, record=ident, outcome=looked.outcome, detail=looked.detail)
                    for name in lasting
                    for ident, looked in said[name].items()
                ),
            ),
        )
    return checked


def _kept_checks(directory: RunDirectory) -> tuple[dict[str, dict[str, Looked]], set[str]]:
    """What the user's own checks said before, by name and record, and the names of those that were dropped."""
    from hayai.decide.quality.findings import Looked

    reasons: dict[str, Reason | None] = {"passed": None, "failed": "own", "unknown": "own_broken"}
    kept: dict[str, dict[str, Looked]] = {}
    dropped: set[str] = set()
    for one in kept_own_checks(directory):
        if ":" not in one.check:
            continue  # No name of anybody's own.
        if one.outcome == "dropped":
            dropped.add(one.check)
        else:
            looked = Looked(outcome=one.outcome, reason=reasons[one.outcome], detail=one.detail)
            kept.setdefault(one.check, {})[one.record] = looked
    return kept, dropped


def _ever_made(of: Mapping[str, Looked]) -> bool:
    """Whether a check said anything of any answer. One that never did would only stand in the way of all later reports."""
    return any(looked.outcome != "unknown" for looked in of.values())


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Records hold no rings: the garbage collector would walk over all of them, time and again, and find nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def watched_in(contents: Contents) -> tuple[Watched, ...]:
    """How the agents of this run fared. One that was killed could not say so."""
    told = (event.details for event in contents.events if event.kind == "watched")
    return tuple(msgspec.convert(details, Watched) for details in told)


def end_of(contents: Contents) -> str | None:
    """Why the last session ended; None when nobody was left to say so (the agent was killed), or when it still goes on."""
    last = next((event for event in reversed(contents.events) if event.kind in ("began", "ended")), None)
    return str(last.details.get("reason")) if last is not None and last.kind == "ended" else None


def render(findings: Findings, texts: Texts, name: str, place: str | None) -> str:
    """The report called `name`, as wide as the terminal it goes to."""
    width, colour = room()
    if name == "terminal":
        return terminal.render(findings, texts, width=width, colour=colour, place=place)
    return REPORTS[name](findings, texts, width=width)


def room() -> tuple[int, bool]:
    """How wide what goes to stdout may be, in cells, and whether colour can be seen there."""
    colour = terminal.wants_colour(os.environ, is_terminal=sys.stdout.isatty())
    return shutil.get_terminal_size((80, 24)).columns, colour


def write_derived(
    directory: RunDirectory, contents: Contents, findings: Findings, texts: Texts, results: Path | None
) -> Path | None:
    """Writes `derived/` and the published results files; returns the folder of the latter, None where there are none.

    JournalError when a folder cannot be written.
    """
    for file, name in DERIVED.items():
        write_text(directory.derived / file, REPORTS[name](findings, texts, width=80))
    if results is None and len(contents.plan.suite.prompts) > MANY_PROMPTS:
        return None
    return write_published(directory, contents, findings, texts, results or directory.derived / "results")


def write_published(
    directory: RunDirectory, contents: Contents, findings: Findings, texts: Texts, folder: Path
) -> Path:
    """Writes one results file per prompt, in the layout of the published comparison."""
    pages = published_prompts(contents.plan, contents.records, directory.answers())
    for name, text in published_files(findings, pages, texts).items():
        write_text(folder / name, text)
    return folder


def write_text(path: Path, text: str) -> None:
    """Writes a file and its folder. JournalError says which could not be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise JournalError("journal.cannot_write", path=str(path), reason=os.strerror(error.errno or 0)) from error


def check_writable(folder: Path) -> None:
    """Raises JournalError before anything is spent when results could not be written to `folder` later."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".hayai-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise JournalError("journal.cannot_write", path=str(folder), reason=os.strerror(error.errno or 0)) from error
