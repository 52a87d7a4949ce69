"""How many files may this process have open? A stream is a connection, and a connection is a file."""

from __future__ import annotations

import contextlib
import resource


def allow_open_files(wanted: int) -> None:
    """Raises this process's limit as far as the system lets it; what it starts inherits the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def most_open_files() -> int | None:
    """The limit that the system sets to raising it; None: there is none."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if hard == resource.RLIM_INFINITY else hard
