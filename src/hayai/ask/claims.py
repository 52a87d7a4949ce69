"""What exactly was claimed? From "B up to 60% faster than A" to a `Claim` that can be tested.

A claim names who is faster than whom, by how much, of what, and how often. The number is the trap: "60% faster" is 1.6 times as fast where
it speaks of speed, and 2.5 times where it speaks of time saved. Whatever can be meant becomes a reading of its own, the weakest first.
"B is 30% slower than A" is a claim about A, so the two change places.

Anything that is not understood is refused, and so is a number that claims no difference or an impossible one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, NamedTuple

from hayai.ask.claim_tokens import Amount, Token, normal, words_of
from hayai.ask.claim_words import AMOUNTS, MEANINGS, Meaning
from hayai.ask.plan import Claim, ClaimReading
from hayai.ask.suggest import echo, suggest, unknown_word
from hayai.errors import Problem, UsageError

Kind = Literal["typical", "at_least", "up_to"]
Face = Literal["speed", "time", "times"]
Quantity = Literal["e2e", "ttft", "speed"]
Manner = Literal["faster", "gain", "less_time", "as_fast", "slower", "more_time", "less_speed", "as_long"]

_TIMES: frozenset[Meaning] = frozenset({"time", "e2e_time", "ttft", "tpot"})
_SPEEDS: frozenset[Meaning] = frozenset({"speed", "e2e_speed", "tokens_speed"})
_QUANTITY: dict[Meaning, Quantity] = {
    "e2e": "e2e", "e2e_speed": "e2e", "ttft": "ttft", "tpot": "speed", "tokens": "speed", "tokens_speed": "speed",
}  # fmt: skip
_MANNER: dict[Meaning, Manner] = {
    "faster": "faster", "gain": "gain", "sooner": "less_time", "as_fast": "as_fast", "slower": "slower", "later": "more_time",
    "as_slow": "as_long",
}  # fmt: skip
_NARROWER: dict[Manner, frozenset[Manner]] = {
    "gain": frozenset({"faster", "less_time", "as_fast"}),
    "faster": frozenset({"less_time", "as_fast"}),
    "slower": frozenset({"more_time", "less_speed", "as_long"}),
}
"""A way to put it -> those that say the same more exactly, and are meant where both are there."""
_AFTER_TARGET = frozenset(
    {"is", "are", "'s", "has", "は", "が", "の", "より", "よりも", "に比べて", "に比べ", "と比べて"}
)
"""Words that a target's name comes before."""
_EXTREMES = frozenset({"最大", "最高", "最低"})
"""Before a number they say how often; before a quantity they would ask for its extreme, which nobody should compare."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why a question about the claim has no answer: a text and its gaps."""

    key: str
    values: dict[str, object] = field(default_factory=dict)


def parse_claim(text: str, names: Sequence[str], *, place: str) -> Claim:
    """The claim that `text` makes about the targets `names`, the first of which is the baseline.

    Raises `UsageError` with every problem, at `place`. The text of the claim is kept on one line, otherwise as it was written.
    """
    if len(names) < 2:
        raise UsageError(Problem(place=place, key="claim.one_target"))
    tokens = words_of(normal(text), names)
    if not tokens:
        raise UsageError(Problem(place=place, key="claim.empty"))
    strange = list(_strangers(tokens, names, place))
    if strange:
        raise UsageError(*strange)
    tokens = list(_in_context(tokens))
    who, kind, quantity = _who(tokens, names), _kind(tokens), _quantity(tokens)
    sizes = _sizes(tokens, kind)
    if (
        isinstance(who, _Refusal)
        or isinstance(kind, _Refusal)
        or isinstance(quantity, _Refusal)
        or isinstance(sizes, _Refusal)
    ):
        refused = [answer for answer in (who, kind, quantity, sizes) if isinstance(answer, _Refusal)]
        raise UsageError(*(Problem(place=place, key=one.key, values=one.values) for one in refused))
    target, baseline = reversed(who) if sizes.turned else who
    return Claim(
        text=" ".join(text.split()),
        target=names[target],
        baseline=names[baseline],
        kind=kind,
        quantity=quantity,
        readings=tuple(ClaimReading(face=face, times_as_fast=factor) for face, factor in sizes.factors),
    )


def _strangers(tokens: Sequence[Token], names: Sequence[str], place: str) -> Iterator[Problem]:
    """A problem for each word that is neither known nor a target."""
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else None
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        quoted = token.kind == "target" and token.target is None
        compared = before is not None and before.meaning in {"than", "over"}
        subject = after is not None and after.text in _AFTER_TARGET
        if quoted or (token.kind == "unknown" and (compared or subject)):
            yield unknown_word(place, "claim.unknown_target", token.text, names)
        elif token.kind == "unknown":
            near = suggest(token.text, (*names, *MEANINGS, *AMOUNTS)) if len(token.text) > 2 else None
            gaps: dict[str, object] = {"word": echo(token.text)}
            if near is None:
                yield Problem(place=place, key="claim.unknown_word", values=gaps)
            else:
                yield Problem(place=place, key="claim.unknown_word.maybe", values={**gaps, "suggestion": near})


def _in_context(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens with one meaning each: "over 25%" is a bound, "over B" a comparison; "A 25% gain" does not speak of A."""
    for at, token in enumerate(tokens):
        after = tokens[at + 1].kind if at + 1 < len(tokens) else None
        if token.meaning == "more_than":
            meanings: tuple[Meaning, ...] = ("at_least",) if after == "number" else ("up", "than")
        elif token.meaning == "over":
            meanings = ("at_least",) if after == "number" else ("than",)
        elif token.meaning == "as_much_as":
            meanings = ("up_to",) if after == "number" else ("than",)
        elif token.text in {"より", "よりも"} and not (at and _is_thing(tokens[at - 1])):
            meanings = ("filler",)
        else:
            article = at == 0 and token.letter and after != "word" and [t.kind for t in tokens].count("target") == 1
            if not article:
                yield token
            continue
        for meaning in meanings:
            yield Token(kind="word", text=token.text, meaning=meaning)


def _is_thing(token: Token) -> bool:
    """A target or something that is measured of it."""
    return token.kind == "target" or token.meaning in _TIMES | _SPEEDS or token.meaning in _QUANTITY


def _who(tokens: Sequence[Token], names: Sequence[str]) -> tuple[int, int] | _Refusal:
    """Places of the target and of what it is compared with."""
    targets: list[int] = []
    baselines: list[int] = []
    compared = belongs = counted = False
    for at, token in enumerate(tokens):
        after = [one.meaning or one.kind for one in tokens[at + 1 : at + 3]]
        if token.target is not None:
            direct = at > 0 and tokens[at - 1].kind == "number"
            multiplied = direct or (belongs and counted) or after == ["possessive", "number"]
            (baselines if compared or multiplied else targets).append(token.target)
            compared = belongs = False
        elif token.meaning == "above" and targets:
            baselines.append(targets.pop())
        compared = compared or token.meaning == "than"
        belongs = token.meaning == "of" or (belongs and token.meaning == "the")
        counted = counted or token.kind == "number"
    if compared or len(set(targets)) > 1 or len(set(baselines)) > 1:
        return _Refusal("claim.several_targets")
    if set(targets) & set(baselines):
        return _Refusal("claim.same_target", {"word": names[targets[0]]})
    if targets and baselines:
        return targets[0], baselines[0]
    if len(names) == 2:
        target = targets[0] if targets else 1 - baselines[0] if baselines else 1
        return target, 1 - target
    if targets and targets[0] != 0:
        return targets[0], 0
    return _Refusal("claim.which_target", {"known": ", ".join(names)})


def _kind(tokens: Sequence[Token]) -> Kind | _Refusal:
    """Whether the typical prompt is spoken of, each one, or the best. "On average at least" is typical: a typical claim is a bound."""
    for token, after in pairwise(tokens):
        if token.text in _EXTREMES and _is_thing(after):
            return _Refusal("claim.unknown_word", {"word": token.text + after.text})
    said = {token.meaning for token in tokens} & {"typical", "at_least", "always", "up_to"}
    if said in ({"at_least"}, {"always"}, {"at_least", "always"}):
        return "at_least"
    if said == {"up_to"}:
        return "up_to"
    return "typical" if said <= {"typical", "at_least"} else _Refusal("claim.several_kinds")


def _quantity(tokens: Sequence[Token]) -> Quantity | _Refusal | None:
    """What is said to be faster. A plain latency is end to end, unless something else is named."""
    meanings = {token.meaning for token in tokens}
    named = {_QUANTITY[meaning] for meaning in meanings if meaning in _QUANTITY}
    if len(named) > 1 or (meanings & _TIMES and meanings & _SPEEDS):
        return _Refusal("claim.several_quantities")
    return named.pop() if named else "e2e" if "e2e_time" in meanings else None


class _Sizes(NamedTuple):
    """What the number can mean: how many times as fast, the weakest first."""

    factors: tuple[tuple[Face, float], ...]
    turned: bool
    """It is said of the slower of the two; the factors are those of the other."""


def _sizes(tokens: Sequence[Token], kind: Kind | _Refusal) -> _Sizes | _Refusal:
    amounts = [token.amount for token in tokens if token.amount is not None]
    if len(amounts) != 1:
        return _Refusal("claim.several_numbers" if amounts else "claim.no_number")
    amount, number = amounts[0], next(token.text for token in tokens if token.amount is not None)
    if amount.unit == "none":
        return _Refusal("claim.no_unit", {"number": echo(number)})
    manner = _manner(tokens, amount)
    if isinstance(manner, _Refusal):
        return manner
    if not 0 < amount.value < math.inf:
        return _Refusal("claim.no_difference", {"number": echo(number)})
    found = _of_percent(manner, amount.value) if amount.unit == "percent" else _of_factor(manner, amount)
    if not found:
        return _Refusal("claim.impossible", {"number": echo(number)})
    turned = manner in {"slower", "more_time", "less_speed"}
    if found[0][1] < 1 and (manner == "as_long" or kind == "typical"):
        found, turned = [(face, 1.0 / factor) for face, factor in found], True
    if not all(math.isfinite(factor) and factor not in {0.0, 1.0} for _, factor in found):
        return _Refusal("claim.no_difference", {"number": echo(number)})
    return _Sizes(tuple(sorted(found, key=lambda one: one[1])), turned)


def _manner(tokens: Sequence[Token], amount: Amount) -> Manner | _Refusal:
    """In which way the number compares the two."""
    meanings = {token.meaning for token in tokens if token.meaning is not None}
    of_time, of_speed = bool(meanings & _TIMES), bool(meanings & _SPEEDS)
    manners = {_MANNER[meaning] for meaning in meanings if meaning in _MANNER}
    if "up" in meanings and (of_time or of_speed):
        manners.add("more_time" if of_time else "faster")
    if "down" in meanings and (of_time or of_speed):
        manners.add("less_time" if of_time else "less_speed")
    manners = {manner for manner in manners if not _NARROWER.get(manner, frozenset()) & manners}
    if not manners and amount.unit == "times":
        # "2x the latency", "twice A's latency", but not "2x latency", which people write for either.
        after = next(tokens[at + 1 : at + 2] for at, token in enumerate(tokens) if token.amount is not None)
        multiplied = amount.plain or any(token.meaning == "the" or token.kind == "target" for token in after)
        manners = {"as_fast"} if not of_time else {"as_long"} if multiplied else set()
    if manners == {"less_time"} and amount.plain and amount.value < 1:
        manners = {"as_long"}
    if len(manners) == 1:
        return manners.pop()
    return _Refusal("claim.contradictory" if manners else "claim.no_comparison")


def _of_percent(manner: Manner, percent: float) -> list[tuple[Face, float]]:
    """The factors that a percentage can mean, the weakest first; none: it cannot be."""
    more = (100.0 + percent) / 100.0
    saved: list[tuple[Face, float]] = [("time", 100.0 / (100.0 - percent))] if percent < 100 else []
    match manner:
        case "faster" | "gain":
            return [("speed", more), *saved]
        case "less_time":
            return saved
        case "slower":
            return [("time", more), *(("speed", factor) for _, factor in saved)]
        case "more_time":
            return [("time", more)]
        case "less_speed":
            return [("speed", factor) for _, factor in saved]
        case "as_fast":
            return [("times", percent / 100.0)]
        case "as_long":
            return [("time", 100.0 / percent)]


def _of_factor(manner: Manner, amount: Amount) -> list[tuple[Face, float]]:
    """The factors that "1.5 times" can mean. "1.5 times faster" may be 2.5 times as fast; "twice", "1.5倍" and "a gain of 1.5x" may not."""
    times = amount.value
    if manner == "as_fast":
        return [("times", times)]
    if manner == "as_long":
        return [("time", 1.0 / times)]
    found: list[tuple[Face, float]] = [("times", times)] if times > 1 else []
    if manner in {"faster", "slower", "more_time"} and not amount.plain:
        found.append(("speed" if manner == "faster" else "time", 1.0 + times))
    return found
