"""How is shown what was found before a comparison? Every check on a line, its advice below it, grouped by whom it is about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from hayai.ask.secrets import redact
from hayai.decide.checkup import Check, Checkup
from hayai.show import format as fmt
from hayai.show.json_report import visible
from hayai.show.locales import Texts

MARKS = {"good": "✓", "note": "·", "warning": "!", "bad": "✗", "unknown": "?"}


def doctor_text(checkup: Checkup, texts: Texts) -> list[str]:
    """All of it, in lines for a terminal. How a question could be answered is told once, however many targets it is about."""
    told: set[object] = set()
    return [
        texts("doctor.title"),
        *(line for group in _groups(checkup) for line in _group(*group, texts, told=told)),
        "",
        texts(f"doctor.worst.{checkup.worst}"),
    ]


def brief_text(checkup: Checkup, texts: Texts, *, limit_s: float) -> list[str]:
    """What a run should be told before it begins: trouble only; nothing where there is none."""
    trouble = [check for check in checkup.checks if check.state in ("bad", "warning")]
    lines = [line for check in trouble for line in _lines(check, texts, named=len(checkup.targets) > 1)]
    if checkup.incomplete:
        lines.append("  " + texts("doctor.incomplete", seconds=fmt.number(limit_s)))
    return [texts("doctor.brief.title"), *lines] if lines else []


def doctor_json(checkup: Checkup, texts: Texts) -> str:
    """The same for programs: stable keys, and the sentences in the reader's language."""
    document = {
        "version": 1,
        "targets": list(checkup.targets),
        "state": checkup.worst,
        "incomplete": checkup.incomplete,
        "checks": [_as_json(check, texts) for check in checkup.checks],
    }
    return visible(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def sentence_of(check: Check, texts: Texts) -> str:
    """The finding in words."""
    return f"{texts(f'doctor.topic.{check.topic}')}: {texts(check.key, **_said(check.values))}"


def advice_of(check: Check, texts: Texts) -> str | None:
    """What to do next, in words."""
    return None if check.advice is None else texts(check.advice, **_said(check.values))


def _as_json(check: Check, texts: Texts) -> dict[str, Any]:
    return {
        "target": check.target,
        "topic": check.topic,
        "state": check.state,
        "code": check.key.removeprefix("doctor."),
        "values": {name: _plain(value) for name, value in check.values.items()},
        "sentence": sentence_of(check, texts),
        "advice": advice_of(check, texts),
        "statement": check.statement,
    }


def _groups(checkup: Checkup) -> Iterator[tuple[str, list[Check]]]:
    """The checks by whom they are about, in the order in which each is first named."""
    groups: dict[str, list[Check]] = {}
    for check in checkup.checks:
        groups.setdefault(check.target, []).append(check)
    yield from groups.items()


def _group(name: str, checks: list[Check], texts: Texts, *, told: set[object]) -> Iterator[str]:
    yield ""
    yield fmt.clean(name)
    for check in checks:
        again = check.state == "unknown" and str(check.statement) in told
        told.add(str(check.statement))
        yield from _lines(msgspec.structs.replace(check, advice=None, statement=None) if again else check, texts)


def _lines(check: Check, texts: Texts, *, named: bool = False) -> Iterator[str]:
    name = f"{fmt.clean(check.target)}: " if named and check.target else ""
    yield f"  {MARKS[check.state]} {name}{sentence_of(check, texts)}"
    advice = advice_of(check, texts)
    if advice is not None:
        yield f"    {advice}"
    if check.statement is not None and check.state == "bad":
        yield f"    {texts('doctor.statement')} {json.dumps(check.statement)}"
    elif check.statement is not None:
        yield f"    {json.dumps(check.statement)}"


def _said(values: Mapping[str, object]) -> dict[str, str]:
    return {name: _word(name, value) for name, value in values.items()}


def _word(name: str, value: object) -> str:
    if name.endswith("_ns"):
        return "–" if value is None else fmt.duration_alone(float(str(value)))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return f"{value:,.0f}" if value >= 100 else fmt.count(value)
    return fmt.clean(redact("–" if value is None else str(value)))


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | None) else str(value)
