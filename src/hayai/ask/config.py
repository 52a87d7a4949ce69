"""What does `bench.toml` ask for?

    [run]          the long options of `hayai compare`, with `_` for `-`
    [[targets]]    target = "provider:model" (or provider and model), options as further keys, `name`, and `like = "other name"`
    [vary]         option = [value, value]

The file is turned into exactly what the command line would have given: targets and `--vary` as texts of the same grammar, paths resolved
against the folder of the file. So a file and a command go through the same door, and this module knows no provider. A key that the file
leaves out is None: whoever runs it fills in the command line's own value or default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hayai.errors import Problem, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchConfig:
    """A configuration file, in the command line's terms. None, or empty: the file does not say."""

    path: str
    """The file, as it was named."""
    folder: Path
    """Where the file lies: `@file` options are relative to it."""
    targets: tuple[str, ...]
    places: tuple[str, ...]
    """Where each target stands, for messages."""
    vary: tuple[str, ...] = ()
    vary_place: str = "--vary"
    suite: str | None = None
    prompts: tuple[str, ...] = ()
    seed: int | None = None
    warmup: int | None = None
    concurrency: int | None = None
    together: bool | None = None
    cache: str | None = None
    connections: str | None = None
    retries: int | None = None
    max_requests: int | None = None
    max_time_s: float | None = None
    cycles: int | None = None
    max_tokens: int | None = None
    timeouts: Mapping[str, float] = field(default_factory=dict)
    """Seconds by the field of `plan.Timeouts`: `connect_s`, `first_byte_s`, `gap_s`, `total_s`; only those the file sets."""
    lang: str | None = None
    no_texts: bool | None = None
    results: str | None = None


def read_config(path: str | Path) -> BenchConfig:
    """Reads a configuration file (TOML; YAML by its ending). Raises one `UsageError` with all problems."""
    from hayai.ask.config_schema import read_fields  # imported late: brings pydantic
    from hayai.ask.documents import parse_toml, parse_yaml, read_text

    shown, file = str(path), Path(path)
    ending = file.suffix.lower()
    if ending not in {".toml", ".yaml", ".yml"}:
        raise UsageError(Problem(place=shown, key="config.unknown_ending"))
    text = read_text(file, place=shown)
    return read_fields((parse_toml if ending == ".toml" else parse_yaml)(text, place=shown), shown)
