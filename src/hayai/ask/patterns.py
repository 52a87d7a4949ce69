"""Is this a pattern that can be searched for, in answers that nobody has seen yet?

Patterns come from a suite and meet what a model says: one that backtracks can take longer than the universe has. So they are searched with
the library `regex`, which keeps a time limit; it reads what Python's own `re` reads, and more.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regex import Pattern

LONGEST_PATTERN = 2000
"""Characters; compiling a longer one may itself take long."""


@lru_cache(maxsize=512)
def compiled(text: str) -> Pattern[str]:
    """The pattern, where `.` leaves out line ends and `^` `$` mean every line. ValueError says in English what is wrong with it."""
    import regex

    if len(text) > LONGEST_PATTERN:
        raise ValueError(f"longer than {LONGEST_PATTERN} characters")
    try:
        return regex.compile(text, regex.MULTILINE | regex.VERSION0)
    except (regex.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from None
