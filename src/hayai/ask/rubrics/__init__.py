"""Rubrics that come with hayai: what a judge is told to look at, one text per language."""
