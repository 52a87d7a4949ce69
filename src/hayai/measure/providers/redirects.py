"""Where does this address send us instead? A redirect is told, with where it leads, and never followed.

To follow it would send prompts and credentials where nobody meant them to go, and would measure another service than the one named. What is
told of the new address is scheme, host and path: the rest may be the secret of somebody's login.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from hayai.keep.records import Failure
from hayai.measure.providers.contract import Failed
from hayai.measure.providers.words import own_words

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ADDRESS_KEPT = 200
"""Characters of an address: it stands in tables."""


def read_redirect(status: int, headers: Mapping[str, str]) -> Failed | None:
    """The refusal that a redirect is; None for any other status."""
    if status not in _REDIRECTS:
        return None
    address = _address(headers.get("location", ""))
    return Failed(
        outcome="refused",
        failure=Failure(code=f"http_{status}", message=f"redirected to {address or 'no address that can be read'}"),
    )


def _address(location: str) -> str:
    """Scheme, host and path of it; empty when it is none."""
    try:
        parts = urlsplit(location)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    shown = f"{parts.scheme}://{host}{parts.path}" if host else parts.path
    return own_words("".join(letter for letter in shown if letter.isprintable()), _ADDRESS_KEPT)
