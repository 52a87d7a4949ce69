"""How is a file of prices written? By hand, so that every number stays as it was said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

Value = str | int | Decimal | date | tuple[str, ...] | None


def prices_text(tables: Iterable[Mapping[str, Value]], *, remarks: Iterable[str]) -> str:
    """The tables as TOML, in their order; keys without a value are left out. `remarks`: what stands above them."""
    lines = [f"# {remark}" for remark in remarks]
    for table in tables:
        lines += [
            "",
            "[[prices]]",
            *(f"{key} = {_written(value)}" for key, value in table.items() if value is not None),
        ]
    return "\n".join(lines) + "\n"


def _written(value: Value) -> str:
    match value:
        case date():
            return value.isoformat()
        case int():  # Flags too.
            return str(value).lower()
        case Decimal():
            return f'"{value:f}"'
        case tuple():
            return f"[{', '.join(map(_written, value))}]"
    # JSON's strings are TOML's, but for one sign that JSON lets stand.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
