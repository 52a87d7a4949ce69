"""How is a check of this machine shown? The answer first, then every step, then what would make it better."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence

import msgspec

from hayai.keep.selfcheck import Advice, ErrorSpread, Reach, SelfCheck, Step
from hayai.show import format as fmt
from hayai.show import terminal
from hayai.show.json_report import visible
from hayai.show.locales import Texts
from hayai.show.sections.parts import Block, Column, Page, Row, Section
from hayai.show.sections.words import counted, word

ERRORS = ("ttft", "chunk", "e2e")


def render(check: SelfCheck, texts: Texts, *, as_json: bool) -> str:
    """The check as one JSON object, with its sentences in the reader's language, or as a page for the terminal."""
    if as_json:
        told = msgspec.to_builtins(check) | {"sentences": list(answer(check, texts))}
        for fields, advice in zip(told["advice"], check.advice, strict=True):
            fields["text"] = advice_text(advice, texts)
        return visible(json.dumps(told, ensure_ascii=False, indent=2)) + "\n"
    colour = terminal.wants_colour(os.environ, is_terminal=sys.stdout.isatty())
    width = shutil.get_terminal_size((80, 24)).columns
    return terminal.lay_out(page_of(check, texts), width=width, colour=colour)


def page_of(check: SelfCheck, texts: Texts) -> Page:
    """Everything there is to say, in order of reading."""
    return Page(
        banner=(),
        title=texts("selfcheck.title", bound=fmt.duration_alone(check.bound_ns)),
        facts=(*answer(check, texts), *_facts(check, texts)),
        sections=(errors(check, texts), work(check, texts), advice(check, texts)),
    )


def answer(check: SelfCheck, texts: Texts) -> Iterator[str]:
    """How far each transport went, in a sentence; and whether an interval was wrong, which would be a mistake of ours."""
    for reach in check.reach:
        yield _reach(reach, texts)
    outside = sum(step.outside for step in check.steps)
    if outside:
        yield texts("selfcheck.outside", count=fmt.count(outside))


def _reach(reach: Reach, texts: Texts) -> str:
    key = "none" if not reach.streams else "at_least" if reach.at_least else "held"
    return texts(
        f"selfcheck.reach.{key}",
        transport=texts(f"selfcheck.transport.{reach.transport}"),
        streams=counted("selfcheck.streams", reach.streams, texts),
        rate=fmt.number(reach.chunks_per_s),
    )


def _facts(check: SelfCheck, texts: Texts) -> Iterator[str]:
    clocks = {clock for step in check.steps for clock in step.clock.split("/") if clock}
    clock = "mixed" if len(clocks) > 1 else next(iter(clocks), "none")
    yield texts(f"selfcheck.clock.{clock}")
    machine = check.machine
    yield texts(
        "selfcheck.machine",
        host=word(str(machine.get("host")), 60),
        cpus=fmt.count(machine.get("cpus")),
        system=word(f"{machine.get('system')} {machine.get('release')}", 60),
        python=word(str(machine.get("python"))),
        version=word(check.hayai_version),
        when=word(check.created_utc[:16].replace("T", " ")),
    )
    yield texts("selfcheck.apart" if check.apart else "selfcheck.together")


def errors(check: SelfCheck, texts: Texts) -> Section:
    """Recorded minus true, of every step."""
    spreads = [getattr(step, name) for step in check.steps for name in ERRORS]
    unit = fmt.duration_unit(one.p99_ns for one in spreads if one is not None)
    titles = [
        f"{texts(f'selfcheck.column.{name}')} p50" if part == "p50" else part
        for name in ERRORS
        for part in ("p50", "p99", "max")
    ]
    columns = (Column(title=texts("selfcheck.column.streams")), *(Column(title=title) for title in titles))

    def row(step: Step) -> Row:
        found = [cell for name in ERRORS for cell in _three(getattr(step, name), unit)]
        return (fmt.count(step.streams) + ("" if step.held else "*"), *found)

    return Section(
        title=texts("selfcheck.errors", unit=unit.label),
        notes=(texts("selfcheck.errors.note"),),
        columns=columns,
        blocks=tuple(_blocks(check.steps, row, texts)),
        heading_column=texts("selfcheck.column.transport"),
    )


def work(check: SelfCheck, texts: Texts) -> Section:
    """What the steps were made of, and how each side fared."""
    lags = fmt.duration_unit(step.lag.p99_ns for step in check.steps if step.lag is not None)
    lates = fmt.duration_unit(step.service_late_p99_ns for step in check.steps)
    names = ("streams", "answers", "failed", "rate", "coalesced", "cpu")
    columns = (
        *(Column(title=texts(f"selfcheck.column.{name}")) for name in names),
        Column(title=texts("selfcheck.column.lag", unit=lags.label)),
        Column(title=texts("selfcheck.column.late", unit=lates.label)),
    )

    def row(step: Step) -> Row:
        return (
            fmt.count(step.streams) + ("" if step.held else "*"),
            fmt.count(step.answers),
            fmt.count(step.failed),
            fmt.number(step.chunks_per_s),
            fmt.share(step.coalesced / step.pieces if step.pieces else None),
            fmt.share(step.cpu_ratio),
            fmt.duration(None if step.lag is None else step.lag.p99_ns, lags),
            fmt.duration(step.service_late_p99_ns, lates),
        )

    return Section(
        title=texts("selfcheck.work"),
        notes=(texts("selfcheck.work.note"),),
        columns=columns,
        blocks=tuple(_blocks(check.steps, row, texts)),
        heading_column=texts("selfcheck.column.transport"),
    )


def advice(check: SelfCheck, texts: Texts) -> Section:
    """What would make this machine more exact."""
    lines = tuple(f"- {advice_text(one, texts)}" for one in check.advice) or (texts("selfcheck.advice.none"),)
    return Section(title=texts("selfcheck.advice"), lines=lines)


def advice_text(one: Advice, texts: Texts) -> str:
    """One advice as a sentence. One that this hayai has no words for shows its key."""
    values = {
        name: fmt.share(value) if name.endswith("_ratio") else word(str(value)) for name, value in one.values.items()
    }
    return texts(one.key, **values) if one.key in texts else word(one.key, 60)


def step_line(step: Step, texts: Texts) -> str:
    """A step in a line, as soon as it is over."""
    key = "selfcheck.step" if step.held else f"selfcheck.step.{step.limit}"
    return texts(
        key,
        transport=texts(f"selfcheck.transport.{step.transport}"),
        streams=counted("selfcheck.streams", step.streams, texts),
        rate=fmt.number(step.chunks_per_s),
        failed=fmt.count(step.failed),
        **{
            name: fmt.duration_alone(None if one is None else one.p99_ns)
            for name in ERRORS
            for one in (getattr(step, name),)
        },
    )


def _three(spread: ErrorSpread | None, unit: fmt.DurationUnit) -> tuple[str, str, str]:
    if spread is None:
        return (fmt.UNKNOWN,) * 3
    p50, p99, most = (fmt.duration(ns, unit) for ns in (spread.p50_ns, spread.p99_ns, spread.max_ns))
    return p50, p99, most


def _blocks(steps: Sequence[Step], row: Callable[[Step], Row], texts: Texts) -> Iterator[Block]:
    for transport in dict.fromkeys(step.transport for step in steps):
        own = [step for step in steps if step.transport == transport]
        yield Block(heading=texts(f"selfcheck.transport.{transport}"), rows=tuple(row(step) for step in own))
