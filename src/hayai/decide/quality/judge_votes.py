"""What did the judge vote? Read from its answer, which is a stranger's text like any other.

A vote is the last JSON object of the answer that holds the ballot's nonce, in a fence or not, with words before and after it or not. Every
question must be answered in it by `A`, `B` or `tie`. Anything else is no vote and is never guessed at: neither is "A is better", nor an
object without the nonce, which may have been copied from one of the answers. Pure.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from hayai.ask.rubric import QUESTIONS

Side = Literal["A", "B", "tie"]
NoVote = Literal["refused", "invalid"]
SIDES: dict[str, Side] = {"a": "A", "b": "B", "tie": "tie"}
REFUSING_STOPS = frozenset({"refusal", "content_filter", "content_filtered", "guardrail_intervened"})
"""Stop reasons that mean that the service would not say it."""
LONGEST, MOST_MARKS, MOST_BRACES, MOST_READ = 200_000, 5, 5000, 500_000
"""How many characters from the end are looked at, how many places with the nonce in them, how many opening braces before these, and how
many characters are read over that: the braces of a long reason do not hide a vote, and what is written to cost time costs little."""
_REFUSAL = re.compile(
    r"\bI(?:'m| am)? (?:can(?:no|')t|could not|couldn't|won't|will not|unable|not able|must decline|sorry)"
    r"|\b(?:sorry|apologi[sz]e)\b.{0,40}\bI\b"
    r"|お(?:答え|手伝い|応え)(?:は|することは)?(?:でき|いたしかね)|(?:回答|評価|判定|判断|対応)(?:は|することは)?(?:できません|致しかね|いたしかね|控え)"
    r"|申し訳(?:ありません|ございません)",
    re.IGNORECASE,
)
_REFUSAL_WITHIN = 400
"""Characters from the beginning within which somebody who refuses says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """Who is preferred on each question."""

    sides: dict[str, Side]
    """Question -> A, B or tie."""
    reason: str
    """The judge's own words. Untrusted."""


def read_vote(text: str, nonce: str, stop_reason: str | None = None) -> Vote | NoVote:
    """The vote in a judge's answer, or why there is none."""
    cast = _last_with(text, nonce)
    if cast is not None:
        return _vote_of(cast)
    refused = (stop_reason or "").lower() in REFUSING_STOPS or _REFUSAL.search(text[:_REFUSAL_WITHIN]) is not None
    return "refused" if refused else "invalid"


def _vote_of(found: dict[str, Any]) -> Vote | NoVote:
    sides = {question: SIDES.get(_text(found.get(question)).lower()) for question in QUESTIONS}
    known = {question: side for question, side in sides.items() if side is not None}
    if len(known) < len(QUESTIONS):
        return "invalid"
    return Vote(sides=known, reason=_text(found.get("reason")))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _last_with(text: str, nonce: str) -> dict[str, Any] | None:
    """The last object whose `ballot` is the nonce; None without one."""
    decoder = json.JSONDecoder(strict=False, object_pairs_hook=_said_once)
    text = text[-LONGEST:]
    braces, to_read = MOST_BRACES, MOST_READ
    mark = len(text)
    for _ in range(MOST_MARKS):
        mark = start = text.rfind(nonce, 0, mark)
        if mark < 0:
            return None
        while braces > 0 and to_read > 0:
            start = text.rfind("{", 0, start)
            if start < 0:
                break
            braces -= 1
            try:
                found, end = decoder.raw_decode(text, start)
            except json.JSONDecodeError as error:
                # A string without an end was looked for to the end of the text.
                to_read -= (len(text) if error.msg.startswith("Unterminated") else error.pos) - start
                continue
            except (ValueError, RecursionError):
                to_read -= len(text) - start
                continue
            to_read -= end - start
            if isinstance(found, dict) and _text(found.get("ballot")) == nonce:
                return found
    return None


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object without the keys that stand in it twice: nobody knows what was meant."""
    uses = Counter(key for key, _ in pairs)
    return {key: value for key, value in pairs if uses[key] == 1}
