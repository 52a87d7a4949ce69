"""What is a check? Something that is prepared once for what is expected of a prompt, and then looks at each of its answers.

Pure, for any text whatever: a check neither runs nor fetches what an answer says, and it ends. What may take long has a bound, beyond which
the check says that it could not be made; that is never a pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hayai.ask.expectations import Expectations
from hayai.decide.quality.checks.searches import Searches
from hayai.decide.quality.findings import Looked, Reason

LONGEST_TEXT = 1_000_000
"""Characters; an answer that is longer is not looked into. A model's longest answers have a quarter of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a check looks at."""

    text: str | None
    """Visible text; None: not kept."""
    stop_reason: str | None
    """Why it ended, in the service's word."""
    chars: int | None = None
    """Code points of visible text, also where the text was not kept; None: not known."""


Look = Callable[[Answer], Looked]
Check = Callable[[Expectations, Searches], Look | None]
"""From what is expected to the look; None: does not apply."""

PASSED = Looked(outcome="passed")
NO_TEXT = Looked(outcome="unknown", reason="no_text")


def failed(reason: Reason, detail: str = "") -> Looked:
    """It is not as expected."""
    return Looked(outcome="failed", reason=reason, detail=detail)


def unknown(reason: Reason, detail: str = "") -> Looked:
    """It could not be checked."""
    return Looked(outcome="unknown", reason=reason, detail=detail)


def in_text(look: Callable[[str], Looked]) -> Look:
    """A look at the text alone."""

    def at(answer: Answer) -> Looked:
        if answer.text is None:
            return NO_TEXT
        if len(answer.text) > LONGEST_TEXT:
            return unknown("too_large", str(len(answer.text)))
        return look(answer.text)

    return at
