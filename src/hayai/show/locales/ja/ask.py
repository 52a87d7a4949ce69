"""Texts of the room `ask`."""

TEXTS: dict[str, str] = {}
