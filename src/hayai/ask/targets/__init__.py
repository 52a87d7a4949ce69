"""What is measured? From `provider:model,option=value,…` to a `Target` whose every option is known and valid.

grammar     text ⇄ provider, model, options, all still text; knows about commas and braces, not about providers
options     one option's text → its value, against what its provider declares
parse       one target, with all its problems; secrets are refused first
vary        `--vary option=a,b`: one target → several
names       a short name for each target, saying what sets it apart
resolve     all targets of a command, every problem told at once
"""

from __future__ import annotations

from hayai.ask.targets.grammar import format_target, format_vary
from hayai.ask.targets.options import OptionSchema
from hayai.ask.targets.parse import Schemas, parse_target
from hayai.ask.targets.resolve import resolve_targets

__all__ = ["OptionSchema", "Schemas", "format_target", "format_vary", "parse_target", "resolve_targets"]
