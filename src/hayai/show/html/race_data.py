"""What does the race player get? JSON inside the page: milliseconds, text piece by piece, and the words that it says.

Every text is made safe here, as everywhere else; in the page it enters as text nodes only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from hayai.decide.findings import Findings
from hayai.decide.races import Lane, Race
from hayai.show import format as fmt
from hayai.show.charts.style import colour
from hayai.show.locales import Texts
from hayai.show.sections.words import label

WORDS = (
    "play", "pause", "again", "seek", "pace", "prompt", "round", "round.chosen", "waits", "thinks", "ttft", "done", "first",
    "gap", "failed", "tokens_per_s", "no_text", "not_verdict", "clock",
)  # fmt: skip
GAPS = {name: f"{{{name}}}" for name in ("time", "place", "why", "rate")}
"""The player fills them."""
_MARKUP = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")


def race_data(findings: Findings, races: Sequence[Race], texts: Texts) -> str:
    """All of it as JSON that may stand inside a script element: no character in it can end that element."""
    places = {target.name: target.number - 1 for target in findings.targets}
    names = [label(target) for target in findings.targets]
    return in_script({**player(names, texts), "races": [raced(race, places, texts) for race in races]})


def player(names: Sequence[str], texts: Texts) -> dict[str, Any]:
    """What the player needs beside the races: its words, and the targets in the order of their numbers."""
    return {
        "words": {word: texts(f"race.{word}", **GAPS) for word in WORDS},
        "targets": [{"name": name, "colour": colour(place)} for place, name in enumerate(names)],
    }


def raced(race: Race, places: Mapping[str, int], texts: Texts) -> dict[str, Any]:
    """One race. `places`: of each target in the player's list."""
    return {
        "prompt": fmt.clean(race.prompt),
        "round": race.cycle + 1,
        "chosen": race.chosen,
        "lanes": [_lane(lane, places[lane.target], texts) for lane in race.lanes],
    }


def in_script(document: Any) -> str:
    """JSON without any character that HTML or a script could understand otherwise."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _UNSAFE.sub(lambda found: _MARKUP.get(found.group(), f"\\u{ord(found.group()):04x}"), text)


def _lane(lane: Lane, place: int, texts: Texts) -> dict[str, Any]:
    told: dict[str, Any] = {
        "target": place,
        "at": [_ms(at) for at in lane.arrived_ns],
        "text": [fmt.clean(piece, prose=True) for piece in lane.pieces],
        "ttft": _ms(lane.ttft_ns),
        "thinks": _ms(lane.thinking_ns),
        "end": _ms(lane.end_ns),
        "tokens": lane.visible_tokens,
    }
    if lane.outcome != "ok":
        told["outcome"] = texts(f"report.outcome.{lane.outcome}")
    return told


def _ms(ns: int | None) -> float | None:
    return None if ns is None else round(ns / 1e6, 1)
