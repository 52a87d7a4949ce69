"""Who may look? Whoever knows the address, from this machine, by reading.

Prompts and answers may be private, and any page in any tab may send requests to loopback. So the address has a token that nobody can guess;
the Host header must be ours, or a name that somebody else's DNS points here would do (DNS rebinding); nothing is answered to other sites,
nothing can be changed, and the token leaves with no link (Referrer-Policy).
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LONGEST_ADDRESS = 4096
"""Characters of a path with its query; ours have a few hundred."""
HEADERS = (
    (b"content-security-policy", b"frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
)
"""What every answer carries. Pages restrict themselves further, by the hashes of their scripts."""
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Guard:
    """Lets through what comes to `/<token>/…` under one of our names, with the token taken off the path. `names`: beside loopback's."""

    def __init__(self, app: App, token: str, names: tuple[str, ...] = (), *, any_number: bool = False) -> None:
        """`any_number`: numeric addresses count as ours; for a server that listens on all of them. No DNS can point a number elsewhere."""
        self._app = app
        self._token = token.encode()
        self._names = frozenset(name.lower() for name in (*_LOOPBACK, *names))
        self._any_number = any_number

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Whoever does not know the token learns nothing, not even that there is one."""
        if scope["type"] != "http":
            return
        if not self._is_ours(scope):
            await _refuse(send, 421, b"not here\n")
        elif scope["method"] not in ("GET", "HEAD"):
            await _refuse(send, 405, b"only reading\n")
        elif (path := self._within(scope)) is None:
            await _refuse(send, 404, b"nothing here\n")
        else:
            root = f"/{self._token.decode()}"
            inner = {**scope, "path": root + path, "root_path": root, "raw_path": None}
            await self._app(inner, receive, _with_headers(send))

    def _within(self, scope: Scope) -> str | None:
        """The path behind the token; None without the right one."""
        path: str = scope["path"]
        if len(path) + len(scope.get("query_string", b"")) > LONGEST_ADDRESS:
            return None
        _, token, *rest = path.split("/", 2) if path.count("/") >= 1 else ("", "")
        known = secrets.compare_digest(token.encode("utf-8", "surrogateescape"), self._token)
        return f"/{rest[0]}" if known and rest else None

    def _is_ours(self, scope: Scope) -> bool:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            return False
        host = hosts[0].decode("latin-1").lower()
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        return name in self._names or (self._any_number and _is_number(name.strip("[]")))


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _with_headers(send: Send) -> Send:
    async def sends(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
        await send(message)

    return sends


async def _refuse(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode()), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
