"""On what was this measured? The facts about machine and software that a manifest keeps."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Any

PACKAGES = ("botocore", "httptools", "msgspec")
"""What takes part in measuring; the rest only shows."""


def environment_facts() -> dict[str, Any]:
    """Versions, machine and load. No user names, no variables, no paths."""
    return {
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "system": platform.system(),
        "release": platform.release(),
        "architecture": platform.machine(),
        "host": platform.node(),
        "cpus": os.cpu_count(),
        "load_average": list(os.getloadavg()),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def _version(name: str) -> str | None:
    """From the name of the folder in which an installer leaves word of a package.

    `importlib.metadata` reads it from within, and takes 40 ms to load, before the first request.
    """
    for place in sys.path:
        for folder in Path(place or ".").glob(f"{name}-*.dist-info"):
            return folder.name.removeprefix(f"{name}-").removesuffix(".dist-info")
    return None


def local_environment() -> dict[str, str]:
    """Our own environment without anybody's AWS settings: for a service on this machine that needs none."""
    kept = ("AWS_CA_BUNDLE",)
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_") or name in kept}
