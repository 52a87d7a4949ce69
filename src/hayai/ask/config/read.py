"""Where is a configuration file read from?

The file's text is read and parsed here; what it says is judged in `schema`, which is imported late because it brings pydantic.
"""

from __future__ import annotations

from pathlib import Path

from hayai.ask.config.bench import BenchConfig, Judge
from hayai.ask.documents import parse_toml, parse_yaml, read_text
from hayai.errors import Problem, UsageError


def read_config(path: str | Path, judge: Judge | None = None) -> BenchConfig:
    """Reads a configuration file (TOML; YAML by its ending). Raises one `UsageError` with all problems, those that `judge` finds too."""
    from hayai.ask.config.schema import read_fields

    shown, file = str(path), Path(path)
    ending = file.suffix.lower()
    if ending not in {".toml", ".yaml", ".yml"}:
        raise UsageError(Problem(place=shown, key="config.unknown_ending"))
    text = read_text(file, place=shown)
    return read_fields((parse_toml if ending == ".toml" else parse_yaml)(text, place=shown), shown, judge)
