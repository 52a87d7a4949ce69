"""How is it served, and to whom? On loopback unless somebody wants it otherwise, under an address with a token that stays the same.

The token is kept beside the runs, readable for their owner alone: after a restart the page in the browser finds its way back by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvicorn

from hayai.errors import Problem, UsageError
from hayai.keep.journal import cannot_write
from hayai.live.app import Pages
from hayai.live.guard import Guard
from hayai.show.locales import Language, texts_in

TOKEN_FILE = ".serve-token"  # noqa: S105  The name of a file.
TOKEN_BYTES = 24
GRACE_S = 1
LINGER_S = 30
"""How long readers may take, after the command has ended, to fetch the report of the run that they followed."""
LOOK_EVERY_S = 0.1
QUIET_LOOKS = 5


def token_of(folder: Path) -> str:
    """The token of this folder of runs; made, for its owner's eyes, when there is none. JournalError when it cannot be kept."""
    path = folder / TOKEN_FILE
    with contextlib.suppress(OSError, UnicodeDecodeError):
        if (kept := path.read_text("ascii").strip()).replace("-", "").replace("_", "").isalnum() and len(
            kept
        ) >= TOKEN_BYTES:
            return kept
    token = secrets.token_urlsafe(TOKEN_BYTES)
    try:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(token + "\n")
    except OSError as error:
        raise cannot_write(path, error) from error
    return token


def listening(host: str, port: int | None, preferred: int) -> socket.socket:
    """A socket that listens. `port` None: `preferred`, or any free one where that is taken. UsageError says what is wrong with either."""
    tries = (preferred, 0) if port is None else (port,)
    for number in tries:
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            return socket.create_server((host, number), family=family, backlog=128)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                problem = Problem(place="--address", key="live.no_address", values={"host": host})
            elif number == tries[-1]:
                reason = os.strerror(error.errno or 0)
                problem = Problem(place="--port", key="live.no_port", values={"port": number, "reason": reason})
            else:
                continue
            raise UsageError(problem) from error
    raise AssertionError


def address_of(listener: socket.socket, token: str) -> str:
    """What to open in a browser."""
    host, port = listener.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "127.0.0.1" if "." in host else "::1"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/{token}/"


async def serve(
    folder: Path,
    language: Language,
    listener: socket.socket,
    token: str,
    *,
    host: str,
    ready: Callable[[], None],
    until: Awaitable[object],
    lingers: bool,
) -> None:
    """Serves until `until` is done. What is still being read then is cut off; `lingers`: not before readers have fetched the report."""
    is_open = ipaddress.ip_address(listener.getsockname()[0]).is_unspecified
    pages = Pages(folder, texts_in(language))
    app = Guard(pages.app(), token, (host, f"[{host}]"), any_number=is_open)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=GRACE_S,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    ready()
    await asyncio.wait({asyncio.ensure_future(until), serving}, return_when=asyncio.FIRST_COMPLETED)
    if lingers and not serving.done():
        await _leave_time(pages)
    server.should_exit = server.force_exit = True
    await serving
    pages.close()


async def _leave_time(pages: Pages) -> None:
    """Until nobody follows a run any more and no page is being made, for a moment; at most `LINGER_S`."""
    quiet = 0
    for _ in range(round(LINGER_S / LOOK_EVERY_S)):
        quiet = 0 if pages.busy else quiet + 1
        if quiet == QUIET_LOOKS:
            return
        await asyncio.sleep(LOOK_EVERY_S)
