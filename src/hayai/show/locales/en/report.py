"""Texts of the room `report`."""

TEXTS: dict[str, str] = {}
