"""Pages to be looked at: a lively run with its answers, and runs that a page must survive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from hayai.ask.plan import ModePrice, Plan
from hayai.decide.describe import describe
from hayai.decide.dossier import Dossier, dossier_of, in_races
from hayai.decide.prices.snapshot import prices_for
from hayai.keep.query import complete_rounds
from hayai.keep.records import AnswerText, Pieces, RequestRecord
from hayai.keep.run_directory import Manifest
from hayai.show.html.page import render
from hayai.show.locales import Language, texts_in
from tests.decide.made import MS, S, a_plan, a_prompt, a_record, a_target, lively
from tests.show.hostile import EVIL

NASTY = {
    "script": "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>",
    "style": "</style></pre></script><style>body { display: none }</style>",
    "terminal": EVIL,
    "reversed": "\u202egnp.exe\u202c \u2067abc",
    "nothing": "\x00\x00\ud800",
    "long": "x" * 200_000,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 500,
    "arabic": "مرحبا بالعالم " * 20,
    "template": "{{ 7 * 7 }} {% raw %} ${1}",
}


def answer(record: RequestRecord, text: str | None = None) -> AnswerText:
    """What a record's answer said: words for each of its pieces, or `text` in as many parts."""
    count = record.pieces.kinds.count("t")
    if text is None:
        text = "".join(f"{record.prompt} word {number} of {record.target}. " for number in range(count))
    ends = tuple(round(len(text) * (number + 1) / count) for number in range(count))
    return AnswerText(id=record.id, text=text, piece_ends=ends)


def dossier(
    plan: Plan,
    records: Sequence[RequestRecord],
    answers: Sequence[AnswerText],
    *,
    all_races: bool = False,
    prices: Sequence[ModePrice] = (),
    **more: Any,
) -> Dossier:
    """The dossier of a run that was read with all its pieces."""
    findings = describe(plan, records, regions={}, interrupted=False, ended_reason="cycles", prices=prices)
    manifest = Manifest(
        schema_version=1,
        run="2026-11-29T0100_a-vs-b_k3f9",
        hayai_version="0.1.0",
        created_utc="2026-11-29T01:00:00.000Z",
        argv=("hayai", "compare", "bedrock:a,name=x y", "--seed", "7"),
        plan=plan,
        prompts=tuple(plan.suite.prompts),  # type: ignore[arg-type]  # Only their ids are asked for.
        endpoints=(),
        environment={"cpus": 2, "system": "Linux", "release": "6.1", "architecture": "x86_64", "python": "3.11.7"},
        **more,
    )
    rounds = complete_rounds(records, [target.name for target in plan.targets])
    wanted = in_races(manifest, rounds, all_races=all_races)
    return dossier_of(
        manifest,
        findings,
        rounds,
        [r for r in records if r.id in wanted],
        answers={a.id: a for a in answers},
        regions={},
    )


@cache
def ordinary(*, cycles: int = 3, all_races: bool = False) -> Dossier:
    """The lively run with its answers."""
    plan, records = lively(cycles=cycles)
    prices = prices_for(plan.targets)
    said = [answer(r) for r in records if r.outcome == "ok"]
    return dossier(plan, records, said, all_races=all_races, prices=prices)


@cache
def of_published() -> Dossier:
    """The published comparison: not streamed, one cycle."""
    plan, records = lively(cycles=1)
    bare = [msgspec.structs.replace(r, streamed=False, pieces=Pieces(), first_visible_at_ns=None) for r in records]
    said = [AnswerText(id=r.id, text=f"All of {r.prompt} at once.") for r in bare]
    return dossier(plan, bare, said)


@cache
def hostile() -> Dossier:
    """Every word that comes from outside is hostile, and each prompt's answer in its own way."""
    prompts = tuple(a_prompt(f"{name} {EVIL}", EVIL) for name in NASTY)
    plan = a_plan((a_target(EVIL, EVIL, latency=EVIL), a_target("<b>b</b>")), prompts)
    records = [
        a_record(
            target.name,
            prompt.id,
            id=f"a1-{cycle}-{number}-{side}",
            cycle=cycle,
            sent_at_ns=(1 + cycle * 100 + number * 10 + side * 4) * S,
            last_at_ns=(1 + cycle * 100 + number * 10 + side * 4) * S + 2 * S + cycle * MS,
            request_id=f"r{cycle}{number}{side}",
        )
        for cycle in range(3)
        for number, prompt in enumerate(prompts)
        for side, target in enumerate(plan.targets)
    ]
    said = [answer(r, NASTY[r.prompt.split(" ", 1)[0]]) for r in records]
    return dossier(plan, records, said)


@cache
def without_texts() -> Dossier:
    """`--no-texts`: nothing was written down of what was said."""
    plan, records = lively(cycles=2)
    return dossier(msgspec.structs.replace(plan, save_texts=False), records, [])


@cache
def one_target() -> Dossier:
    """Nothing to compare with."""
    plan, records = lively(cycles=2)
    alone = msgspec.structs.replace(plan, targets=plan.targets[:1])
    own = [r for r in records if r.target == alone.targets[0].name]
    return dossier(alone, own, [answer(r) for r in own])


@cache
def all_failed() -> Dossier:
    """No answer at all."""
    plan, records = lively(cycles=2)
    bare = [msgspec.structs.replace(r, outcome="server_error", pieces=Pieces(), last_at_ns=None) for r in records]
    return dossier(plan, bare, [])


@cache
def empty() -> Dossier:
    """Stopped before the first answer."""
    return dossier(lively()[0], [], [])


CASES: dict[str, Callable[[], Dossier]] = {
    "ordinary": ordinary,
    "published": of_published,
    "hostile": hostile,
    "without_texts": without_texts,
    "one_target": one_target,
    "all_failed": all_failed,
    "empty": empty,
}


_drawn: dict[tuple[int, Language], tuple[Dossier, str]] = {}


def write(folder: Path, what: Dossier, language: Language = "en") -> Path:
    """The page as a file. The same dossier is drawn once for all tests: most of a page's time goes into its charts."""
    key = (id(what), language)
    if key not in _drawn:
        _drawn[key] = (what, render(what, texts_in(language)))
    place = folder / f"report.{language}.html"
    place.write_text(_drawn[key][1], encoding="utf-8")
    return place
