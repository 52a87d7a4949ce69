"""What was found when somebody asked whether a comparison will work? Nouns only: `hayai.aws` asks, the catalogues have the words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

State = Literal["good", "note", "warning", "bad", "unknown"]
"""`bad`: requests will fail for it. `warning`: they may, or cost or mean something else. `note`: worth knowing. `unknown`: nobody told."""

Topic = Literal[
    "credentials",
    "identity",
    "endpoint",
    "network",
    "trust",
    "proxy",
    "clock",
    "model",
    "profile",
    "access",
    "permission",
    "quota",
    "latency",
    "tier",
    "call",
]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at. `key` names its sentence, `advice` what to do next; both take the gaps `values`."""

    topic: Topic
    state: State
    key: str
    values: Mapping[str, object] = msgspec.field(default_factory=dict)
    advice: str | None = None
    target: str = ""
    """Whom it is about; empty: all targets that share account, Region and address."""
    statement: Mapping[str, Any] | None = None
    """The IAM statement that would help."""


class Checkup(msgspec.Struct, frozen=True, kw_only=True):
    """All that was looked at, in order. `incomplete`: it took too long, and the rest was not asked."""

    targets: tuple[str, ...]
    checks: tuple[Check, ...]
    incomplete: bool = False

    @property
    def worst(self) -> State:
        """The gravest state of all."""
        states = {check.state for check in self.checks}
        return next((state for state in ("bad", "warning", "unknown") if state in states), "good")
