"""What does a model id name, and where may a request for it run?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PREFIXES = frozenset({"us", "eu", "apac", "jp", "au", "in", "ca", "us-gov", "global"})
"""Of system-defined inference profiles: geographies, and everywhere."""

Kind = Literal["model", "profile", "application", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A model id, read. `bare` is the foundation model's own id; None: the id does not tell it (an application profile, a custom model)."""

    given: str
    kind: Kind
    ident: str
    """Without the ARN around it."""
    bare: str | None
    prefix: str | None = None


def read_model_id(given: str) -> Named:
    """`us.amazon.nova-pro-v1:0`, `amazon.nova-pro-v1:0`, or an ARN."""
    ident, resource = given, ""
    if given.startswith("arn:"):
        resource, _, name = given.split(":", 5)[-1].partition("/")
        if resource == "application-inference-profile":
            return Named(given=given, kind="application", ident=name, bare=None)
        if resource not in ("foundation-model", "inference-profile"):
            return Named(given=given, kind="other", ident=given, bare=None)
        ident = name
    prefix, dot, rest = ident.partition(".")
    if dot and prefix in PREFIXES:
        return Named(given=given, kind="profile", ident=ident, bare=rest, prefix=prefix)
    return Named(given=given, kind="model", ident=ident, bare=ident)


def region_of_arn(arn: str) -> str | None:
    """The Region in an ARN of a model; None where it names none (a global profile's)."""
    parts = arn.split(":", 5)
    return parts[3] or None if len(parts) == 6 else None


def model_of_arn(arn: str) -> str:
    """The foundation model that an ARN names."""
    return arn.rpartition("/")[2]
