"""Who may look: nobody without the token, nobody under a foreign name, and nobody who wants more than to read."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from hayai.live.guard import HEADERS, LONGEST_ADDRESS, Guard

TOKEN = "t0ken_of-twenty-four.bytes"
WRONG = ("/", "", "/x", f"/{TOKEN}", f"/{TOKEN}x/", f"/{TOKEN[:-1]}/", f"//{TOKEN}/", f"/a/{TOKEN}/", "/\udcff/", "*")
FOREIGN = (
    "evil.example",
    "evil.example:8000",
    "127.0.0.1.evil.example",
    "192.168.0.1:8000",
    "",
    "localhost.evil:80",
    "[::2]:80",
)


def ask(
    path: str,
    *hosts: str,
    method: str = "GET",
    query: bytes = b"",
    names: tuple[str, ...] = (),
    open_to_all: bool = False,
) -> Any:
    """Status, headers, and what the application behind the guard was asked for (None: it was not)."""
    seen: list[str] = []
    sent: list[MutableMapping[str, Any]] = []

    async def app(scope: MutableMapping[str, Any], _receive: Any, send: Any) -> None:
        seen.append(scope["path"].removeprefix(scope["root_path"]))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"in"})

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    headers = [(b"host", host.encode()) for host in hosts or ("127.0.0.1:8000",)]
    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": headers}
    asyncio.run(Guard(app, TOKEN, names, any_number=open_to_all)(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"]), seen[0] if seen else None


def test_with_the_token_one_is_in() -> None:
    """And the pages behind see their own path."""
    assert ask(f"/{TOKEN}/")[::2] == (200, "/")
    assert ask(f"/{TOKEN}/run/a/")[::2] == (200, "/run/a/")
    assert ask(f"/{TOKEN}/", method="HEAD")[0] == 200


@pytest.mark.parametrize("path", WRONG)
def test_without_it_there_is_nothing(path: str) -> None:
    """The same answer for everything, whether it is nearly right or not at all."""
    status, _, seen = ask(path)
    assert (status, seen) == (404, None)


@pytest.mark.parametrize("host", FOREIGN)
def test_under_a_foreign_name_one_is_refused(host: str) -> None:
    """A name that somebody pointed at this machine opens nothing, even with the token."""
    assert ask(f"/{TOKEN}/", host)[::2] == (421, None)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000", "[::1]"])
def test_loopback_has_many_names(host: str) -> None:
    """All of them are ours."""
    assert ask(f"/{TOKEN}/", host)[0] == 200


def test_two_hosts_or_none_are_none_of_ours() -> None:
    """What a proxy might read otherwise than we do is refused."""
    assert ask(f"/{TOKEN}/", "127.0.0.1", "evil.example")[0] == 421


def test_the_address_asked_for_is_ours_too() -> None:
    """With `--address`; a server on all addresses takes any number, which no DNS can turn, and still no name."""
    assert ask(f"/{TOKEN}/", "10.1.2.3:80", names=("10.1.2.3",))[0] == 200
    assert ask(f"/{TOKEN}/", "10.1.2.3:80", open_to_all=True)[0] == 200
    assert ask(f"/{TOKEN}/", "[fe80::1]:80", open_to_all=True)[0] == 200
    assert ask(f"/{TOKEN}/", "evil.example:80", open_to_all=True)[0] == 421


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT"])
def test_nothing_can_be_changed(method: str) -> None:
    """There is nothing to be sent; a preflight of another site gets no permission either."""
    status, headers, seen = ask(f"/{TOKEN}/", method=method)
    assert (status, seen) == (405, None)
    assert not any(name.startswith(b"access-control") for name in headers)


def test_a_very_long_address_is_none() -> None:
    """Nobody of ours writes one."""
    assert ask(f"/{TOKEN}/", query=b"q" * LONGEST_ADDRESS)[0] == 404


@pytest.mark.parametrize("path", ["/", f"/{TOKEN}/"])
def test_every_answer_keeps_to_itself(path: str) -> None:
    """Refusals too: not framed, not sniffed, not kept, and the address leaves with no link."""
    headers = ask(path)[1]
    assert dict(HEADERS).items() <= headers.items()
    assert headers[b"referrer-policy"] == b"no-referrer"
