"""`python -m hayai.live`: what `hayai serve` and `--live` start.

They say in a line of JSON what is to be served, hear the address or the problems in another, and end it by going away. Nothing of that
stands on the command line, where every user of a machine could read it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from hayai.errors import HayaiError, UsageError

NICE = 10
"""Whoever measures on this machine goes first."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be served. `port` None: the usual one, or a free one; 0: a free one. `token` None: the one kept beside the runs."""

    runs: str
    language: str = "en"
    host: str = "127.0.0.1"
    port: int | None = 0
    token: str | None = None
    lingers: bool = False


PREFERRED_PORT = 8425
"""The usual port of `hayai serve`: the same each time, so that an address stays good."""


async def _serve(wanted: Wanted) -> None:
    from hayai.live.server import address_of, listening, serve, token_of

    folder = Path(wanted.runs)
    token = wanted.token or token_of(folder)
    listener = listening(wanted.host, wanted.port, PREFERRED_PORT)
    loop, gone = asyncio.get_running_loop(), asyncio.Event()

    def wait_for_the_end() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        loop.call_soon_threadsafe(gone.set)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    language: Any = wanted.language
    address = address_of(listener, token)
    await serve(
        folder,
        language,
        listener,
        token,
        host=wanted.host,
        ready=lambda: _say({"address": address}),
        until=gone.wait(),
        lingers=wanted.lingers,
    )


def _first_line() -> bytes:
    """Byte by byte, so that nothing behind it is taken from whoever waits for the end."""
    line = b""
    while (byte := os.read(sys.stdin.fileno(), 1)) not in (b"", b"\n"):
        line += byte
    return line


def _say(told: dict[str, Any]) -> None:
    os.write(1, msgspec.json.encode(told) + b"\n")


def main() -> NoReturn:
    """Serves until standard input ends. Ctrl-C belongs to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    wanted = msgspec.json.decode(_first_line(), type=Wanted)
    try:
        asyncio.run(_serve(wanted))
    except UsageError as error:
        _say({"problems": [{"place": p.place, "key": p.key, "values": dict(p.values)} for p in error.problems]})
        sys.exit(error.exit_code)
    except HayaiError as error:
        _say({"fault": {"key": error.key, "values": {name: str(value) for name, value in error.values.items()}}})
        sys.exit(error.exit_code)
    sys.exit(0)


if __name__ == "__main__":
    main()
