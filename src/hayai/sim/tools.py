"""What would a model put into a tool call? The smallest input that fits the tool's schema."""

from __future__ import annotations

from typing import Any

_DEPTH = 5


def example_input(schema: dict[str, Any]) -> dict[str, Any]:
    """An object with every property of the schema, each of its declared type; nested objects to a depth of five."""
    filled = _example(schema, _DEPTH)
    return filled if isinstance(filled, dict) else {}


def _example(schema: object, depth: int) -> Any:
    if not isinstance(schema, dict):
        return "example"
    options = schema.get("enum")
    if isinstance(options, list) and options:
        return options[0]
    match schema.get("type"):
        case "integer":
            return 3
        case "number":
            return 2.5
        case "boolean":
            return True
        case "array":
            return [_example(schema.get("items"), depth - 1)] if depth else []
        case "string" | None if "properties" not in schema:
            return "example"
    properties = schema.get("properties")
    if not isinstance(properties, dict) or not depth:
        return {}
    return {str(name): _example(inner, depth - 1) for name, inner in properties.items()}
