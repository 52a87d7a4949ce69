"""Is it neither too short nor too long? In code points of visible text, as it came."""

from __future__ import annotations

from hayai.ask.expectations import Expectations
from hayai.decide.quality.checks.check import NO_TEXT, PASSED, Answer, Look, failed
from hayai.decide.quality.checks.searches import Searches
from hayai.decide.quality.findings import Looked


def length(expect: Expectations, _searches: Searches) -> Look | None:
    """`min_chars` and `max_chars`, both included."""
    low, high = expect.min_chars, expect.max_chars
    if low is None and high is None:
        return None

    def look(answer: Answer) -> Looked:
        chars = answer.chars if answer.text is None else len(answer.text)
        if chars is None:
            return NO_TEXT
        if low is not None and chars < low:
            return failed("too_short", f"{chars} < {low}")
        return failed("too_long", f"{chars} > {high}") if high is not None and chars > high else PASSED

    return look
