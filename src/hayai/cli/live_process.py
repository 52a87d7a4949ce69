"""How does a command keep the process that serves its pages?

A child of its own, told in a line what to serve, and ended by closing its standard input: it goes when we do, however we go.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import msgspec

from hayai.cli.telling import say, tell_error
from hayai.errors import HayaiError, Problem, UsageError
from hayai.show.locales import Texts

END_TIMEOUT_S = 5.0
LINGERS_S = 15.0
"""The same for a server that lets its readers fetch the report first."""
TOKEN_BYTES = 24


class LiveProcess:
    """A server of pages about the runs in one folder. A context manager: when it is left, the server is gone."""

    def __init__(
        self,
        runs: Path,
        language: str,
        *,
        host: str = "127.0.0.1",
        port: int | None = 0,
        token: str | None = None,
        lingers: bool = False,
    ) -> None:
        """Waits until it serves. `lingers`: when it is to end, whoever follows a run may still fetch its report.

        UsageError for an address or a port that cannot be had; HayaiError when it does not come up.
        """
        self._end_timeout_s = LINGERS_S if lingers else END_TIMEOUT_S
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hayai.live"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("HAYAI_DEBUG") else subprocess.DEVNULL,  # A reader who went away is no news.
            start_new_session=True,  # Ctrl-C is for us.
        )
        wanted = {
            "runs": str(runs),
            "language": language,
            "host": host,
            "port": port,
            "token": token,
            "lingers": lingers,
        }
        try:
            self.address = self._begin(wanted)
        except BaseException:
            self.close()
            raise

    def _begin(self, wanted: dict[str, Any]) -> str:
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101, PT018  Popen was asked for pipes.
        with contextlib.suppress(OSError):
            self._process.stdin.write(msgspec.json.encode(wanted) + b"\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise HayaiError("live.died", code=self._process.wait())
        told: dict[str, Any] = msgspec.json.decode(line)
        if "problems" in told:
            raise UsageError(*(Problem(**problem) for problem in told["problems"]))
        if "fault" in told:
            raise HayaiError(told["fault"]["key"], **told["fault"]["values"])
        return str(told["address"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def wait(self) -> int:
        """Until it ends, which it does not by itself. Returns its exit code."""
        return self._process.wait()

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()

    def close(self) -> None:
        """Ends it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            self._process.wait(self._end_timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def followed(run: Path, texts: Texts) -> Iterator[Callable[[], None]]:
    """A page that follows this run. Yields what keeps it there until Ctrl-C, for whoever sits at a terminal.

    A page that cannot be had costs nothing else.
    """
    try:
        live = LiveProcess(run.parent, texts.language, token=secrets.token_urlsafe(TOKEN_BYTES), lingers=True)
    except (HayaiError, OSError) as error:
        reason = tell_error(error, texts) if isinstance(error, HayaiError) else str(error)
        say([texts("live.none", reason=reason.removeprefix("hayai: "))])
        yield lambda: None
        return
    with live:
        address = f"{live.address}run/{quote(run.name)}/"
        say([texts("live.at", address=address)], to_copy=True)

        def stay() -> None:
            if sys.stderr.isatty():
                say([texts("live.stays", address=address)], to_copy=True)
                with contextlib.suppress(KeyboardInterrupt):
                    live.wait()
                live.kill()

        yield stay
