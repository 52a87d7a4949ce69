"""What does `bench.toml` ask for?

    [run]          the long options of `hayai compare`, with `_` for `-`
    [[targets]]    target = "provider:model" (or provider and model), options as further keys, `name`, and `like = "other name"`
    [vary]         option = [value, value]
    [expect]       what is expected of all answers

The file is turned into exactly what the command line would have given: targets and `--vary` as texts of the same grammar, paths resolved
against the folder of the file. So a file and a command go through the same door, and this module knows no provider. A key that the file
leaves out is None: whoever runs it fills in the command line's own value or default.

    bench      what came out: the noun
    read       from a path to a document
    schema     from a document to `BenchConfig`, or to all its problems
    tables     the tables of targets, with their inheritance, and `[vary]`
"""

from __future__ import annotations

from hayai.ask.config.bench import BenchConfig
from hayai.ask.config.read import read_config

__all__ = ["BenchConfig", "read_config"]
