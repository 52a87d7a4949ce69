"""What must a target reach to be worth choosing? From `ttft.p95<800ms, quality>=A` to goals that can be tested.

A goal names what is looked at, of times which percentile, and a bound: `ttft.p95<800ms`, `e2e.p50<5s`, `cost<$0.002` (mean of a request),
`failures<1%`, `quality>=NAME` (not worse than that target, by name or number; A is the first). Several are separated by commas, and all of
them must be met. `<` and `<=` are the same: what is measured is never exactly the bound. Anything that is not understood is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hayai.ask.dollars import NO_LIMIT, parse_dollars
from hayai.ask.durations import parse_duration
from hayai.ask.plan import Goal, GoalOf
from hayai.ask.ratios import parse_ratio
from hayai.ask.suggest import echo, suggest
from hayai.errors import Problem, UsageError

TIMES: tuple[GoalOf, ...] = ("ttft", "e2e")
KNOWN: tuple[GoalOf, ...] = ("ttft", "e2e", "cost", "failures", "quality")

_GOAL = re.compile(r"\s*([^\s.<>=]+)\s*(?:\.\s*([^\s<>=]+))?\s*(<=|>=|=<|=>|<|>|≤|≥)\s*((?![<>=≤≥]).*?)\s*", re.DOTALL)
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,3})?)", re.ASCII | re.IGNORECASE)
_UPWARDS = frozenset({">", ">=", "=>", "≥"})


def parse_goals(text: str, names: Sequence[str], *, place: str = "--goal") -> tuple[Goal, ...]:
    """The goals in `text`, about targets with these names. Raises one `UsageError` with every problem at `place`."""
    goals: list[Goal] = []
    problems: list[Problem] = []
    for part in _parts(text, names):
        try:
            goals.append(_goal(part, names, place))
        except UsageError as error:
            problems += [Problem(place=place, key=one.key, values=one.values) for one in error.problems]
    if not goals and not problems:
        problems.append(Problem(place=place, key="goal.empty"))
    if problems:
        raise UsageError(*problems)
    return tuple(goals)


def _parts(text: str, names: Sequence[str]) -> Iterator[str]:
    """What stands between commas; a comma within a target's name does not separate."""
    pieces = text.replace("、", ",").replace("，", ",").split(",")
    whole = ""
    for number, piece in enumerate(pieces):
        whole = f"{whole},{piece}" if whole else piece
        wanted = _GOAL.fullmatch(whole)
        begun = wanted is not None and any(name.startswith(f"{wanted[4]},") for name in names)
        if begun and number + 1 < len(pieces):
            continue
        if whole.strip():
            yield whole.strip()
        whole = ""


def _goal(text: str, names: Sequence[str], place: str) -> Goal:
    read = _GOAL.fullmatch(text)
    if read is None:
        raise _refused("goal.not_a_goal", place, word=echo(text))
    word, statistic, sign, bound = read[1].lower(), read[2], read[3], read[4]
    what = next((one for one in KNOWN if one == word), None)
    if what is None:
        near = suggest(word, KNOWN)
        key = "goal.unknown" if near is None else "goal.unknown.maybe"
        raise _refused(key, place, word=echo(read[1]), known=", ".join(KNOWN), suggestion=near or "")
    if (what == "quality") != (sign in _UPWARDS):
        raise _refused("goal.wrong_way", place, word=what, sign=">=" if what == "quality" else "<", text=echo(text))
    if not bound:
        key = "goal.which_target" if what == "quality" else "goal.which_bound"
        raise _refused(key, place, text=echo(text), names=", ".join(map(echo, names)))
    p = _percentile(what, statistic, text, place)
    if what == "quality":
        return Goal(text=" ".join(text.split()), what=what, target=_target(bound, names, place))
    return Goal(text=" ".join(text.split()), what=what, p=p, most=_bound(what, bound, place))


def _percentile(what: GoalOf, statistic: str | None, text: str, place: str) -> float | None:
    if what not in TIMES:
        if statistic is not None:
            raise _refused("goal.no_statistic", place, word=what, text=echo(text))
        return None
    read = _PERCENTILE.fullmatch(statistic or "")
    if read is None or not 0 < float(read[1]) < 100:
        raise _refused("goal.which_percentile", place, word=what, text=echo(text))
    return round(float(read[1]) / 100, 6)


def _bound(what: GoalOf, bound: str, place: str) -> float:
    """ns, US dollars or a share."""
    if what in TIMES:
        return parse_duration(bound, place=place) * 1e9
    if what == "failures":
        return parse_ratio(bound, place=place)
    dollars = parse_dollars(bound, place=place)
    if dollars == NO_LIMIT:
        raise _refused("dollars.not_dollars", place, word=echo(bound))
    return float(dollars)


def _target(word: str, names: Sequence[str], place: str) -> str:
    if word in names:
        return word
    number = word.strip("[]")
    index = int(number) - 1 if number.isascii() and number.isdigit() else None
    if index is None and len(word) == 1 and word.isascii() and word.isalpha():
        index = ord(word.upper()) - ord("A")
    if index is not None and 0 <= index < len(names):
        return names[index]
    near = suggest(word, names)
    raise _refused(
        "goal.no_such_target" if near is None else "goal.no_such_target.maybe",
        place,
        word=echo(word),
        names=", ".join(map(echo, names)),
        suggestion=near or "",
    )


def _refused(key: str, place: str, **values: object) -> UsageError:
    return UsageError(Problem(place=place, key=key, values=values))
