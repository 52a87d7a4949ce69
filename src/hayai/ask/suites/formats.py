"""Which formats may a suite have?"""

from __future__ import annotations

FORMATS = {
    ".toml": "toml",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".txt": "text",
    ".md": "text",
}
"""The format of a suite file, by the ending of its name."""
