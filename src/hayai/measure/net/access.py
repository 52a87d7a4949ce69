"""Where do a target's requests go, and who proves that they are ours? One way in for each `AUTH` a provider may name."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from hayai.ask.plan import Target
from hayai.errors import AccessError
from hayai.measure.net.credentials import open_session
from hayai.measure.net.signing import BearerSigner, NoSigner, Signer
from hayai.measure.providers.openai_options import DEFAULT_BASE_URL, DEFAULT_KEY_VARIABLE, base_url_of


class Access(Protocol):
    """How requests of one target reach their service."""

    @property
    def endpoint_url(self) -> str:
        """`https://host[:port][/path]`, without a slash at the end."""

    @property
    def region(self) -> str | None:
        """The Region called, where the service has such a thing."""

    @property
    def credentials_source(self) -> str:
        """Name of the place where the credentials were found; never a secret."""

    @property
    def signer(self) -> Signer:
        """Who adds the headers that prove it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAccess:
    """A service that wants a key, or none."""

    endpoint_url: str
    credentials_source: str
    signer: Signer
    region: None = None


def _open_aws(target: Target) -> Access:
    options = target.options
    return open_session(
        profile=options.get("profile"),
        region=options.get("region"),
        signing_region=options.get("signing_region"),
        endpoint=options.get("endpoint"),
    )


def _open_with_key(target: Target) -> Access:
    return open_with_key(base_url_of(target), target.options.get("api_key_env"))


def open_with_key(base_url: str, variable: str | None, environment: Mapping[str, str] = os.environ) -> KeyAccess:
    """A key goes only where somebody said: OPENAI_API_KEY to OpenAI's own address, any other where `api_key_env=` names its variable.

    Raises AccessError when the variable is empty, or holds what cannot be a key.
    """
    if variable is None and base_url != DEFAULT_BASE_URL:
        return KeyAccess(endpoint_url=base_url, credentials_source="none", signer=NoSigner())
    name = variable or DEFAULT_KEY_VARIABLE
    key = environment.get(name, "").strip()
    if not key:
        raise AccessError("providers.openai.key_missing", variable=name)
    if not key.isascii() or not key.isprintable() or " " in key:
        raise AccessError("providers.openai.key_odd", variable=name)
    return KeyAccess(endpoint_url=base_url, credentials_source=f"{name} (environment)", signer=BearerSigner(key))


OPENERS: dict[str, Callable[[Target], Access]] = {"aws": _open_aws, "api_key": _open_with_key}
"""By the provider's `AUTH`. Each may block on the network, and raises UsageError or AccessError."""

DEPENDS_ON: dict[str, tuple[str, ...]] = {
    "aws": ("profile", "region", "signing_region", "endpoint"),
    "api_key": ("base_url", "endpoint", "api_key_env"),
}
"""The options that decide about access: targets that agree in them share one."""
