"""Texts in Japanese, one module per room."""
