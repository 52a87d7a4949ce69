"""On what was this measured? The facts about machine and software that a manifest keeps."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
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
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def local_environment() -> dict[str, str]:
    """Our own environment without anybody's AWS settings: for a service on this machine that needs none."""
    kept = ("AWS_CA_BUNDLE",)
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_") or name in kept}
