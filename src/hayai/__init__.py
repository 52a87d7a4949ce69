"""hayai (速い): is this LLM endpoint really faster than that one, and how do you know?

From Python: `hayai.compare(…)`, `await hayai.compare_async(…)`, `hayai.open_run("last")`; see `hayai.api`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hayai.api import Run as Run
    from hayai.api import compare as compare
    from hayai.api import compare_async as compare_async
    from hayai.api import open_run as open_run

__version__ = "0.1.0"

_OF_API = frozenset({"Run", "compare", "compare_async", "open_run"})


def __getattr__(name: str) -> Any:
    """What Python users call, loaded when they do: the command line must not wait for it."""
    if name in _OF_API:
        from hayai import api

        return getattr(api, name)
    raise AttributeError(f"module 'hayai' has no attribute {name!r}")
