"""Which checks did each answer of a run pass? Looked at one by one while the answers are read, and only what was found is kept.

Every answer that ended well is looked at; which of them count is for `pairs` to say. Checks of the user's own come as functions, never as
names: whoever reads a run runs nothing that the run names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from hayai.ask.expectations import joined
from hayai.ask.plan import Plan, Prompt
from hayai.decide.quality.checks import CHECKS
from hayai.decide.quality.checks.check import NO_TEXT, PASSED, Answer, Look, unknown
from hayai.decide.quality.checks.searches import Searches
from hayai.decide.quality.findings import Looked, Miss
from hayai.decide.quality.weighing import is_telling
from hayai.keep.records import RequestRecord, SaidText

OwnCheck = Callable[[Prompt, str], Looked]
"""A check of the user's own, made safe: whatever it does, it says something."""
Found = tuple[tuple[str, Looked], ...]
"""Name of each check that applies, and what it says."""

NOT_LOOKED_AT = unknown("not_looked_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found, by record id; only of answers that ended well."""

    names: tuple[str, ...]
    """Checks that apply to some prompt, in their order; the user's own last."""
    found: Mapping[str, Found]
    texts_kept: bool
    """False: no text at all is there."""
    prompts: int = 0
    """Of the suite."""
    form_only: int = 0
    """Those of them that expect nothing of what an answer says."""


def check_answers(
    plan: Plan,
    records: Iterable[RequestRecord],
    answers: Iterable[SaidText],
    *,
    own: Mapping[str, OwnCheck] | None = None,
    kept: Mapping[str, Mapping[str, Looked]] | None = None,
    dropped: Collection[str] = (),
) -> Checked:
    """Looks at every answer of the sample; `answers` are taken one at a time.

    `own`: the user's own checks by name; `kept`: what they said before, by name and record, for those that are not given again; `dropped`:
    names of those that are left out although the plan names them.
    """
    own, kept = own or {}, kept or {}
    searches = Searches()
    looks = {prompt.id: _looks(plan, prompt, searches) for prompt in plan.suite.prompts}
    prompts = {prompt.id: prompt for prompt in plan.suite.prompts}
    planned = (name for name in plan.checks if name not in dropped)
    names_of_own = tuple(dict.fromkeys((*planned, *kept, *own)))
    passed = {
        name: (*((check, PASSED) for check, _ in of), *((one, PASSED) for one in names_of_own))
        for name, of in looks.items()
    }
    waiting = {r.id: r for r in records if r.phase == "measure" and r.outcome == "ok" and r.prompt in looks}
    found: dict[str, Found] = {}

    def look(record: RequestRecord, text: str | None) -> Found:
        answer = Answer(text=text, stop_reason=record.stop_reason, chars=record.text_chars)
        told = [(name, at(answer)) for name, at in looks[record.prompt]]
        for name in names_of_own:
            check, before = own.get(name), kept.get(name, {}).get(record.id)
            if check is not None and text is not None:
                told.append((name, check(prompts[record.prompt], text)))
            else:
                told.append((name, before or (NOT_LOOKED_AT if text is not None else NO_TEXT)))
        # Most answers pass: one tuple stands for all of theirs.
        whole = passed[record.prompt]
        return whole if all(one is PASSED for _, one in told) else tuple(told)

    for answer in answers:
        record = waiting.pop(answer.id, None)
        if record is not None:
            found[answer.id] = look(record, answer.text)
    texts_kept = plan.save_texts and (bool(found) or not waiting)
    for record in waiting.values():
        found[record.id] = look(record, None)
    applying = {name for of in looks.values() for name, _ in of}
    return Checked(
        names=(*(name for name in CHECKS if name in applying), *names_of_own),
        found=found,
        texts_kept=texts_kept,
        prompts=len(prompts),
        form_only=sum(not is_telling(joined(plan.expect, prompt.expect)) for prompt in prompts.values()),
    )


def misses_of(record: RequestRecord, checked: Checked | None) -> tuple[Miss, ...] | None:
    """The checks that an answer did not pass, or that could not be made; None: it was not looked at."""
    found = None if checked is None else checked.found.get(record.id)
    if found is None:
        return None
    return tuple(
        Miss(check=name, outcome=looked.outcome, reason=looked.reason, detail=looked.detail)
        for name, looked in found
        if looked.reason is not None
    )


def _looks(plan: Plan, prompt: Prompt, searches: Searches) -> tuple[tuple[str, Look], ...]:
    expect = joined(plan.expect, prompt.expect)
    prepared = ((name, check(expect, searches)) for name, check in CHECKS.items())
    return tuple((name, look) for name, look in prepared if look is not None)
