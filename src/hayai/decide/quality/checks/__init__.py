"""Which checks are there? Those that need no model, in the order in which reports show them. A new one is a file, and a line in here."""

from __future__ import annotations

from hayai.decide.quality.checks.always import finished, no_refusal, not_empty
from hayai.decide.quality.checks.check import Check
from hayai.decide.quality.checks.code import code
from hayai.decide.quality.checks.languages import languages
from hayai.decide.quality.checks.length import length
from hayai.decide.quality.checks.numbers import number
from hayai.decide.quality.checks.schema import json_schema
from hayai.decide.quality.checks.texts import contains, exact, regex

CHECKS: dict[str, Check] = {
    "finished": finished,
    "not_empty": not_empty,
    "no_refusal": no_refusal,
    "length": length,
    "languages": languages,
    "code": code,
    "json_schema": json_schema,
    "contains": contains,
    "regex": regex,
    "exact": exact,
    "number": number,
}
"""Name -> check."""
