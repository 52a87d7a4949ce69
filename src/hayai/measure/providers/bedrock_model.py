"""Whose model is this id, and how does it stand in a path?

An id is a model's name, an inference profile's (the same name behind a prefix such as `us.` or `global.`), or an ARN. Only the
name tells which maker's native body the invoke calls expect: ARNs of application profiles, provisioned, custom and imported
models hide it.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

Family = Literal["claude", "nova", "other"]

MAX_ID_LENGTH = 2048
"""Longest model id the service takes."""

_NAMING_ARN_KINDS = frozenset({"foundation-model", "inference-profile", "default-prompt-router"})
"""Kinds of ARN whose last part is a model's or a profile's own name."""

_NOT_FOR_TEXT = ("nova-canvas", "nova-reel", "nova-sonic", "nova-2-sonic", "nova-2-multimodal")
"""Nova models that do not speak the messages body."""


def family_of(model: str) -> Family | None:
    """The maker's family told by the id; None where the id does not tell."""
    name = _name_in(model)
    if name is None:
        return None
    parts = name.split(".")
    if "anthropic" in parts[:-1]:
        return "claude"
    if "amazon" in parts[:-1] and parts[-1].startswith("nova-"):
        return "other" if parts[-1].startswith(_NOT_FOR_TEXT) else "nova"
    return "other"


def path_of(model: str, operation: str) -> str:
    """`/model/{id}/{operation}`, the id as one percent-encoded segment (`:` and `/` too), as AWS's own SDKs send it."""
    return f"/model/{quote(model, safe='-._~')}/{operation}"


def _name_in(model: str) -> str | None:
    if not model.startswith("arn:"):
        return model
    kind, _, name = model.split(":", 5)[-1].partition("/")
    return name if kind in _NAMING_ARN_KINDS else None
