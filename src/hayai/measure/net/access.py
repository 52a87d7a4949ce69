"""Where do a target's requests go, and who proves that they are ours? One way in for each `AUTH` a provider may name."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from hayai.ask.plan import Target
from hayai.errors import AccessError, Problem, UsageError
from hayai.measure.net.credentials import open_session
from hayai.measure.net.signing import BearerSigner, NoSigner, Signer
from hayai.measure.providers.address import is_local, is_private
from hayai.measure.providers.openai_options import base_url_of, key_variable


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


class KeyAccess(msgspec.Struct, frozen=True, kw_only=True):
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
    return open_with_key(base_url_of(target), key_variable(target))


def open_with_key(base_url: str, variable: str | None, environment: Mapping[str, str] = os.environ) -> KeyAccess:
    """Access with the key that `variable` holds; None: without one.

    Raises AccessError when the variable is empty, or holds what cannot be a key, and UsageError when the key would travel readable over a
    network that is not private.
    """
    if variable is None:
        source = "none (local endpoint)" if is_local(base_url) else "none"
        return KeyAccess(endpoint_url=base_url, credentials_source=source, signer=NoSigner())
    key = environment.get(variable, "").strip()
    if not key:
        raise AccessError("providers.openai.key_missing", variable=variable)
    if not key.isascii() or not key.isprintable() or " " in key:
        raise AccessError("providers.openai.key_odd", variable=variable)
    if base_url.startswith("http://") and not is_private(base_url):
        values: dict[str, object] = {"endpoint": base_url, "variable": variable}
        raise UsageError(Problem(place="base_url", key="providers.openai.key_needs_https", values=values))
    return KeyAccess(endpoint_url=base_url, credentials_source=f"{variable} (environment)", signer=BearerSigner(key))


OPENERS: dict[str, Callable[[Target], Access]] = {"aws": _open_aws, "api_key": _open_with_key}
"""By the provider's `AUTH`. Each may block on the network, and raises UsageError or AccessError."""

DEPENDS_ON: dict[str, tuple[str, ...]] = {
    "aws": ("profile", "region", "signing_region", "endpoint"),
    "api_key": ("base_url", "endpoint", "api_key_env"),
}
"""The options that decide about access: targets that agree in them share one."""
