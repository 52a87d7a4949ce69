"""Texts of the room `sim`."""

TEXTS: dict[str, str] = {}
