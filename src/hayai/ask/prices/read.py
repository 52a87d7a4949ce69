"""Which prices does this file state?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hayai.ask.documents import parse_toml, read_text
from hayai.ask.prices.stated import StatedPrice
from hayai.errors import UsageError

if TYPE_CHECKING:
    from hayai.ask.prices.fields import PriceFields


def read_prices(path: Path, *, shown: str | None = None) -> tuple[StatedPrice, ...]:
    """The prices in a file of the user's, in its order. Raises one UsageError with all problems. `shown`: what the file is called."""
    from hayai.ask.prices.fields import stated  # Brings pydantic, which most runs do without.

    return tuple(stated(one, shown or str(path)) for one in read_fields(path, shown=shown))


def read_fields(path: Path, *, shown: str | None = None) -> list[PriceFields]:
    """The same as it was written, in its own currencies."""
    from pydantic import ValidationError

    from hayai.ask.prices.fields import PriceFileFields, joint_problems
    from hayai.ask.validation import half_characters, problems_of

    place = shown or str(path)
    document = parse_toml(read_text(path, place=place), place=place)
    problems = half_characters(document, place=place)
    tables = document.get("prices")
    found = PriceFileFields()
    try:
        found = PriceFileFields.model_validate(document)
    except ValidationError as error:
        problems += problems_of(error, PriceFileFields, place=place)
    problems += joint_problems(tables if isinstance(tables, list) else [], f"{place}: prices", targets=False)
    if problems:
        raise UsageError(*problems)
    return found.prices
