"""Can this URL be the address of a service, is it on this machine or in a private network, and what is its host called in a request?"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

_PRIVATE_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


def address_mistake(url: str) -> str | None:
    """The key of what is wrong with `url` as an address; None: nothing. Right is `http(s)://host[:port][/path]`, without a password."""
    if "@" in url:
        return "providers.endpoint_secret"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "providers.endpoint_url"
    well_formed = parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment
    return (
        None
        if well_formed and port != 0 and url.isascii() and url.isprintable() and " " not in url
        else "providers.endpoint_url"
    )


def is_local(url: str) -> bool:
    """Whether the address is this machine's own (`localhost`, `127.0.0.0/8`, `::1`)."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_private(url: str) -> bool:
    """Whether the address is this machine's or lies in a private network: by its number, or a name that only such networks know."""
    host = urlsplit(url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_PRIVATE_NAMES)
    return address.is_private or address.is_link_local


def host_header(url: str) -> str:
    """The `Host` header as it is sent and signed: lower case, the port only where it is not the scheme's own."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else str(parts.hostname)
    own_port = {"http": 80, "https": 443}[parts.scheme]
    return host if parts.port in (None, own_port) else f"{host}:{parts.port}"
