"""Does it end with this number? The last number in the answer counts, as answers to a calculation end with their result.

Full-width digits, commas, no-break blanks and LaTeX's `{,}` between thousands, a decimal point, a minus of any kind and an exponent are
understood; words for numbers, fractions and decimal commas are not. Digits that belong to a name (`H2O`, `v1.2`) are no number.
"""

from __future__ import annotations

import re
from decimal import Decimal

from hayai.ask.expectations import Expectations
from hayai.decide.quality.checks.check import PASSED, Look, failed, in_text, unknown
from hayai.decide.quality.checks.searches import Searches
from hayai.decide.quality.checks.texts import folded
from hayai.decide.quality.findings import Looked

_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.])(?:(?<![\w)\]])[-+])?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]{1,400})(?:\.[0-9]{1,400})?(?:[eE][-+]?[0-9]{1,4}(?![0-9]))?"
)
_BETWEEN_THOUSANDS = re.compile(r"(?<=[0-9])(?:\{,\}|\\,|[\u00a0\u202f\u2009])(?=[0-9]{3})")
_MINUS = str.maketrans("\u2212\u2010\u2011\ufe63\uff0d", "-----")


def last_number(text: str) -> Decimal | None:
    """The last number in a text that has been folded; None: there is none."""
    found = _NUMBER.findall(text)
    return Decimal(found[-1].replace(",", "")) if found else None


def number(expect: Expectations, _searches: Searches) -> Look | None:
    """The last number is `number`, within its tolerance."""
    wanted = expect.number
    if wanted is None:
        return None

    def look(text: str) -> Looked:
        plain = folded(_BETWEEN_THOUSANDS.sub(",", text.translate(_MINUS)))
        if plain is None:
            return unknown("too_strange")
        told = last_number(plain)
        if told is None:
            return failed("no_number")
        near = abs(told - wanted.value) <= wanted.tolerance
        return PASSED if near else failed("other_number", str(told)[:40])

    return in_text(look)
