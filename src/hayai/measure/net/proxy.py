"""Is there a company's wall on the way, and by which door does one go through it? `HTTPS_PROXY`, `NO_PROXY`, and CONNECT (RFC 9110, 9.3.6).

A tunnel is opened once per connection, and timed apart; then everything goes through it as it is, encrypted. Only https is tunnelled: an
http address is this machine's or a private network's. A name and a password in the proxy's address are sent to it, and told to nobody.
"""

from __future__ import annotations

import base64
import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from hayai.errors import Problem, UsageError
from hayai.measure.providers.address import is_local

VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
"""Where others look too; the first that is set counts."""
EXEMPT = ("NO_PROXY", "no_proxy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """The door. `variable`: which setting names it."""

    host: str
    port: int
    variable: str
    authorization: str | None = field(default=None, repr=False)
    """Value of Proxy-Authorization; a secret."""

    @property
    def shown(self) -> str:
        """`proxy.example.com:3128`, for people and files."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def proxy_for(url: str, environment: Mapping[str, str] = os.environ) -> Proxy | None:
    """The proxy through which `url` is reached; None: directly. UsageError for a proxy that cannot be used."""
    if not url.startswith("https://") or is_local(url):
        return None
    variable = next((name for name in VARIABLES if environment.get(name, "").strip()), None)
    if variable is None or is_exempt(url, environment):
        return None
    return _read(environment[variable].strip(), variable)


def is_exempt(url: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether NO_PROXY keeps `url` out: `*`, names with all that ends in them, `name:port`, addresses, networks (`10.0.0.0/8`)."""
    told = next((environment[name] for name in EXEMPT if environment.get(name)), "")
    parts = urlsplit(url)
    host, port = (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)
    return any(_names(entry.strip().lower(), host, port) for entry in told.split(",") if entry.strip())


def _names(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        pass
    name, colon, number = entry.rpartition(":")
    if colon and number.isdigit() and "]" not in number:
        if int(number) != port:
            return False
        entry = name.strip("[]")
    entry = entry.removeprefix("*").lstrip(".")
    return bool(entry) and (host == entry or host.endswith("." + entry))


def _read(told: str, variable: str) -> Proxy:
    address = told if "://" in told else f"http://{told}"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise UsageError(Problem(place=variable, key="providers.proxy_address")) from None
    if parts.scheme != "http":
        raise UsageError(Problem(place=variable, key="providers.proxy_kind", values={"scheme": parts.scheme[:20]}))
    if not parts.hostname:
        raise UsageError(Problem(place=variable, key="providers.proxy_address"))
    authorization = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(pair.encode()).decode()
    return Proxy(host=parts.hostname, port=port or 80, variable=variable, authorization=authorization)
