"""Texts of the room `providers`."""

TEXTS: dict[str, str] = {}
