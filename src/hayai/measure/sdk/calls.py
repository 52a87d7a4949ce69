"""What do the agent and a process with an SDK say to each other? JSON lines; one call out, one outcome back."""

from __future__ import annotations

from typing import Any

import msgspec


class Setup(msgspec.Struct, frozen=True, kw_only=True, tag="setup"):
    """Which client is to be made. None: the SDK's own default."""

    region: str
    endpoint: str
    threads: int
    profile: str | None = None
    unsigned: bool = False
    retry_mode: str | None = None
    max_attempts: int | None = None
    read_timeout_s: float | None = None
    client_each: bool = False
    """A new client for every call, made within the time that is measured."""


class Call(msgspec.Struct, frozen=True, kw_only=True, tag="call"):
    """One call: `api` as targets name it; `body` is the JSON of the request as it would go over the wire."""

    id: int
    api: str
    model: str
    body: str
    latency: str | None = None
    tier: str | None = None


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag="ready"):
    """The client is made. `trouble`: it is not, and why."""

    version: str = ""
    trouble: str | None = None


class Said(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One event as the application got it: when, its name, its payload as JSON; an exception has a code for a name."""

    at_ns: int
    name: str
    payload: str
    exception: bool = False


class Came(msgspec.Struct, frozen=True, kw_only=True, tag="came"):
    """What a call came to. `error`: code word and words where it ended without an answer, or in the middle of one."""

    id: int
    sent_at_ns: int
    sent_wall_ns: int
    answered_at_ns: int | None = None
    """When the SDK handed out the response, before its first event."""
    ended_at_ns: int
    status: int | None = None
    headers: dict[str, str] = {}
    retries: int = 0
    events: tuple[Said, ...] = ()
    error: tuple[str, str] | None = None


ToSdk = Setup | Call
FromSdk = Ready | Came


def as_json(value: Any) -> str:
    """JSON text; bytes as base64, as services write them."""
    return msgspec.json.encode(value).decode()
