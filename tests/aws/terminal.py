"""Somebody at a terminal: what `hayai` shows there can be read, and answered."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.cli.shell import HAYAI, WAIT_S


@dataclass(kw_only=True)
class Terminal:
    """A command at a terminal. `shown`: everything on the screen so far, as it was sent."""

    process: subprocess.Popen[bytes]
    keyboard: int
    shown: bytearray

    def sees(self, words: str, *, wait_s: float = WAIT_S) -> None:
        """Returns as soon as the words are there; fails otherwise."""
        end = time.monotonic() + wait_s
        while words.encode() not in bytes(self.shown):
            assert time.monotonic() < end, f"never shown: {self.text}"
            assert self.process.poll() is None or words.encode() in bytes(self.shown), self.text
            time.sleep(0.01)

    def types(self, words: str) -> None:
        """Words and the return key."""
        os.write(self.keyboard, words.encode() + b"\n")

    @property
    def text(self) -> str:
        """The screen as text."""
        return self.shown.decode("utf-8", "replace")


@contextmanager
def at_terminal(folder: Path, environment: Mapping[str, str], *words: str) -> Iterator[Terminal]:
    """`hayai` with `words`, stdin and stderr at a terminal, stdout into nothing. Nothing of it survives the block."""
    ours, theirs = pty.openpty()
    shown = bytearray()
    with subprocess.Popen(
        [*HAYAI, *words],
        cwd=folder,
        env={**environment, "COLUMNS": "200"},
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)

        def read() -> None:
            with suppress(OSError):
                while data := os.read(ours, 65536):
                    shown.extend(data)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            yield Terminal(process=process, keyboard=ours, shown=shown)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
            reader.join(5)
            os.close(ours)
