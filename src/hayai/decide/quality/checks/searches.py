"""Is this pattern in that text, told within a time that nobody minds?

A pattern that ran out of time is not tried again in the same report: whatever it meets, all its searches together take no longer than one
that is given up.
"""

from __future__ import annotations

from hayai.ask.patterns import compiled

LONGEST_SEARCH_S = 0.25
"""Of processor time, for one pattern in one text."""


class Searches:
    """The searches of one report."""

    __slots__ = ("_given_up", "longest_s")

    def __init__(self, longest_s: float = LONGEST_SEARCH_S) -> None:
        self.longest_s = longest_s
        self._given_up: set[str] = set()

    def found(self, pattern: str, text: str) -> bool | None:
        """Whether it is there; None: cannot be told in time. `pattern` has been compiled before without a mistake."""
        if pattern in self._given_up:
            return None
        try:
            return compiled(pattern).search(text, timeout=self.longest_s) is not None
        except (TimeoutError, MemoryError, RecursionError):
            self._given_up.add(pattern)
        return None
