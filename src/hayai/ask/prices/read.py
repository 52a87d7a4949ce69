"""Which prices does this file state?"""

from __future__ import annotations

from pathlib import Path

from hayai.ask.documents import parse_toml, read_text
from hayai.ask.prices.stated import StatedPrice
from hayai.errors import UsageError


def read_prices(path: Path, *, shown: str | None = None) -> tuple[StatedPrice, ...]:
    """The prices in a file of the user's, in its order. Raises one UsageError with all problems. `shown`: what the file is called."""
    from pydantic import ValidationError

    from hayai.ask.prices.fields import PriceFileFields, joint_problems, stated
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
    return tuple(stated(one, place) for one in found.prices)
