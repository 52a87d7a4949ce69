"""Of which words does a claim consist? The cutting of a sentence into targets, numbers and words of the vocabulary.

Nothing is guessed: what is none of these is an unknown word, which is told. Where several fit, the longest does; of two alike, a target's
full name before a word that says nothing to a claim, any word before a part of a name. In quotes, everything is a name.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from hayai.ask.claim_words import AMOUNTS, FACTOR_UNITS, MEANINGS, PERCENT_UNITS, SPELT, Meaning

Kind = Literal["word", "target", "number", "unknown"]


class Amount(NamedTuple):
    """A number as it was written. `percent` counts hundredths; `times` is a factor."""

    value: float
    unit: Literal["percent", "times", "none"]
    plain: bool
    """A factor that can only mean "so many times", never "so many times more": twice, 1.5倍."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word of a claim."""

    kind: Kind
    text: str
    meaning: Meaning | None = None
    target: int | None = None
    """Place among the targets; None in quotes or brackets: no such target."""
    amount: Amount | None = None
    letter: bool = False
    """The target is meant by a letter: A is the first."""


_END = r"(?![-./:=#@+]?[A-Za-z0-9_])"
"""A word of Latin letters ends here: nothing follows that would make it part of a longer one."""
_ENDS = re.compile(_END)
_WORD = re.compile(
    "|".join(
        re.escape(word) + (_END if word[-1].isascii() and word[-1].isalnum() else "")
        for word in sorted((*MEANINGS, *AMOUNTS), key=len, reverse=True)
    ),
    re.IGNORECASE | re.ASCII,
)
_NUMBER = re.compile(
    rf"(?P<sign>(?<![0-9A-Za-z%])[-+\u2212\u2013])?(?:(?P<digits>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)|(?P<spelt>{'|'.join(SPELT)}))"
    rf"\s?-?(?P<unit>{'|'.join(re.escape(unit) for unit in (*PERCENT_UNITS, *FACTOR_UNITS))})(?![A-Za-z0-9])"
    r"|(?P<bare>[0-9]+(?:\.[0-9]+)?)(?![A-Za-z0-9])",
    re.IGNORECASE | re.ASCII,
)
_QUOTED = re.compile(
    r"\"([^\"]+)\"|“([^”]+)”|「([^」]+)」|『([^』]+)』|`([^`]+)`|(?<!\w)'([^']+)'(?!\w)|\[([^\]]+)\]|#([0-9]+)"
)
_BETWEEN = re.compile(r"[\s,.;:!?()、。・\u2026—–-]+")
_STRANGE = re.compile(r"[A-Za-z0-9_](?:[-./:=#@+]?[A-Za-z0-9_])*|[^\s]")


def normal(text: str) -> str:
    """`text` on one line, full-width signs as half-width ones."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("\u2019", "'").split())


def words_of(text: str, names: Sequence[str]) -> list[Token]:
    """The tokens of a normalised claim about the targets `names`. What is not known is a token of its own kind."""
    called = called_by(names)
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        found = [
            *_quoted(text, at, called, len(names)),
            *_targets(text, at, called),
            *_number(text, at, len(names)),
            *_word(text, at),
        ]
        if found:
            end, _, token = max(found, key=lambda one: one[:2])
            tokens.append(token)
        elif (between := _BETWEEN.match(text, at)) is not None:
            end = between.end()
        else:
            end = _unknown(text, at, tokens)
        at = end
    return tokens


_Found = tuple[int, int, Token]
"""Where a token ends, which of two that end there is meant (the larger), and the token."""
_NAME, _NUMERAL, _VOCABULARY, _PART_OF_NAME = 4, 3, 2, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A way to call a target."""

    text: str
    target: int
    whole: bool
    """The full name, or a letter; otherwise a part that no other target's name has."""
    letter: bool
    any_case: bool


def called_by(names: Sequence[str]) -> tuple[Call, ...]:
    """All ways to call the targets: by name, by a part that no other name has, by A, B, C, … where no name is a single letter."""
    plain = [normal(name) for name in names]
    folded = Counter(name.casefold() for name in plain)
    words = Counter(word.casefold() for name in plain for word in _parts(name))
    calls = []
    for target, name in enumerate(plain):
        if plain.count(name) == 1 and name:
            once = folded[name.casefold()] == 1 and len(name) > 1
            calls.append(Call(text=name, target=target, whole=True, letter=False, any_case=once))
        own = (word for word in _parts(name) if words[word.casefold()] == 1 and word != name)
        calls += [Call(text=word, target=target, whole=False, letter=False, any_case=True) for word in own]
    if not any(len(name) == 1 for name in plain):
        letters = string.ascii_uppercase[: len(names)]
        calls += [Call(text=x, target=n, whole=True, letter=True, any_case=False) for n, x in enumerate(letters)]
    return tuple(calls)


def _parts(name: str) -> set[str]:
    """The parts of a name that can stand for it where no other name has them: more than a letter or a number."""
    parts = {*name.split(), *re.split(r"[\s/:=_-]+", name)}
    return {part for part in parts if len(part) > 1 and any(sign.isalpha() for sign in part)}


def _called(call: Call, text: str) -> bool:
    return text == call.text or (call.any_case and text.casefold() == call.text.casefold())


def _targets(text: str, at: int, calls: Sequence[Call]) -> Iterator[_Found]:
    for call in calls:
        end = at + len(call.text)
        if _called(call, text[at:end]) and (not _latin(call.text[-1]) or _ENDS.match(text, end)):
            says_something = MEANINGS.get(call.text.casefold(), "filler") != "filler" or call.text.casefold() in AMOUNTS
            rank = _NAME if call.whole and not says_something else _PART_OF_NAME
            yield end, rank, Token(kind="target", text=text[at:end], target=call.target, letter=call.letter)


def _quoted(text: str, at: int, calls: Sequence[Call], targets: int) -> Iterator[_Found]:
    """A target in quotes, or its number in brackets; whatever stands there can be nothing else."""
    found = _QUOTED.match(text, at)
    if found is None:
        return
    inside = next(group for group in found.groups() if group is not None).strip()
    target = next((call.target for call in calls if _called(call, inside)), None)
    if target is None and re.fullmatch(r"[0-9]{1,4}", inside) and 1 <= int(inside) <= targets:
        target = int(inside) - 1
    yield found.end(), _NAME, Token(kind="target", text=inside, target=target)


def _number(text: str, at: int, targets: int) -> Iterator[_Found]:
    found = _NUMBER.match(text, at)
    if found is None:
        return
    bare = found["bare"]
    if bare is not None:
        number = float(bare)
        if "." not in bare and 1 <= number <= targets:
            yield found.end(), _NUMERAL, Token(kind="target", text=bare, target=int(number) - 1)
        else:
            amount = Amount(number, "none", plain=False)
            yield found.end(), _NUMERAL, Token(kind="number", text=bare, amount=amount)
        return
    spelt, unit = found["spelt"], found["unit"].lower()
    number = float(found["digits"]) if spelt is None else float(SPELT[spelt.lower()])
    number *= -1.0 if (found["sign"] or "+") in "-\u2212\u2013" else 1.0
    if unit in PERCENT_UNITS:
        amount = Amount(number * PERCENT_UNITS[unit], "percent", plain=False)
    else:
        amount = Amount(number, "times", plain=unit == "倍")
    yield found.end(), _NUMERAL, Token(kind="number", text=found[0], amount=amount)


def _word(text: str, at: int) -> Iterator[_Found]:
    found = _WORD.match(text, at)
    if found is None:
        return
    word = found[0].lower()
    if word in AMOUNTS:
        yield (
            found.end(),
            _VOCABULARY,
            Token(kind="number", text=word, amount=Amount(AMOUNTS[word], "times", plain=True)),
        )
    else:
        yield found.end(), _VOCABULARY, Token(kind="word", text=word, meaning=MEANINGS[word])


def _unknown(text: str, at: int, tokens: list[Token]) -> int:
    """Takes in the unknown word at `at`, together with an unknown one right before it; where it ends."""
    found = _STRANGE.match(text, at)
    end = at + 1 if found is None else found.end()
    before = tokens[-1] if tokens and tokens[-1].kind == "unknown" else None
    if before is not None:
        gap = " " if text[at - 1].isspace() else ""
        tokens[-1] = Token(kind="unknown", text=f"{before.text}{gap}{text[at:end]}")
    else:
        tokens.append(Token(kind="unknown", text=text[at:end]))
    return end


def _latin(sign: str) -> bool:
    return sign.isascii() and (sign.isalnum() or sign == "_")
