"""Texts in English, one module per room."""
