"""Texts of the room `measure`."""

TEXTS: dict[str, str] = {}
