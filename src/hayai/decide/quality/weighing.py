"""Are a target's answers as good, all things considered? From checks and judges to one word for whoever weighs it with cost and time.

Whoever says *worse* is believed: checks and judges look at different things. *Not worse* takes all of them. Judges prove it by themselves.
Checks do so only where every prompt expects something of what an answer says: that answers were finished, in the right language and long
enough shows nothing about what is in them. What checks alone can refute but not prove stays open.
"""

from __future__ import annotations

from collections.abc import Mapping

from hayai.ask.expectations import Expectations, joined
from hayai.ask.plan import Plan
from hayai.decide.quality.findings import CheckFindings
from hayai.decide.recommendations import Quality

Qualities = dict[tuple[str, str], Quality]


def qualities_of(plan: Plan, checks: CheckFindings | None, judged: Mapping[tuple[str, str], Quality]) -> Qualities:
    """Of the first target's answers against the second's; what nobody looked at is not in it."""
    found: dict[tuple[str, str], list[Quality]] = {pair: [word] for pair, word in judged.items()}
    telling = all(is_telling(joined(plan.expect, prompt.expect)) for prompt in plan.suite.prompts)
    for one in () if checks is None else checks.pairs:
        word: Quality = one.answer
        if telling or word == "worse":
            found.setdefault((one.target, one.baseline), []).append(word)
    return {pair: _together(words) for pair, words in found.items()}


def is_telling(expected: Expectations) -> bool:
    """Whether meeting this says something about what is in an answer."""
    return bool(
        expected.code
        or expected.json_schema is not None
        or expected.contains
        or expected.regex
        or expected.exact
        or expected.number is not None
    )


def _together(words: list[Quality]) -> Quality:
    if "worse" in words:
        return "worse"
    return "not_worse" if set(words) == {"not_worse"} else "open"
