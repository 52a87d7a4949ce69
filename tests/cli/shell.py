"""A user at a shell: an empty folder, an environment without anybody's AWS settings, and the command itself."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from hayai.cli.main import run
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import RunDirectory

HAYAI = (sys.executable, "-m", "hayai")
NOVA = "bedrock:us.amazon.nova-pro-v1:0"
HAIKU = "bedrock:us.anthropic.claude-3-5-haiku-20241022-v1:0"
WAIT_S = 40
MEASURED = (0, 4)
"""Exit codes of a comparison that was measured to its end, where the noise of a busy machine says whether it is decided."""
NOT_OURS = ("AWS_", "HAYAI_", "LC_", "LANG", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "SSL_CERT")


def clean_environment(folder: Path) -> dict[str, str]:
    """The surroundings of somebody who has never used AWS on this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_OURS)}
    return {
        **kept,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(folder / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "no-credentials"),
        "COLUMNS": "80",
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_CONFIG_HOME": str(folder / "config"),
    }


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as one JSON document; fails when there is anything else."""
        return json.loads(self.out)


@dataclass(kw_only=True)
class Shell:
    """Runs `hayai` in `folder`."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(
        self,
        *words: str,
        stdin: str | bytes = "",
        environment: Mapping[str, str] | None = None,
        code: int | tuple[int, ...] | None = None,
        wait_s: float = WAIT_S,
    ) -> Done:
        """`hayai` with `words`, to its end. With `code`, one or several, any other exit code fails, and shows what was said."""
        done = subprocess.run(
            [*HAYAI, *words],
            cwd=self.folder,
            env={**self.environment, **(environment or {})},
            input=stdin if isinstance(stdin, bytes) else stdin.encode(),
            capture_output=True,
            check=False,
            timeout=wait_s,
        )
        told = Done(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())
        assert "Traceback" not in told.err, told.err
        assert _is_code(told.code, code), f"exit {told.code}\n{told.err}\n{told.out[:3000]}"
        return told

    def inside(
        self, *words: str, environment: Mapping[str, str] | None = None, code: int | tuple[int, ...] | None = None
    ) -> Done:
        """As a call, but in this process: cheaper by a start of Python and of all that measuring and showing load; the agent has its own.

        Where stdin, a signal, a terminal, a limit of the system or what runs at Python's start is part of the promise, call.
        """
        out, err = io.StringIO(), io.StringIO()
        before = dict(os.environ)
        try:
            os.environ.clear()
            os.environ.update({**self.environment, **(environment or {})})
            with chdir(self.folder), redirect_stdout(out), redirect_stderr(err):
                found = run(words)
        finally:
            os.environ.clear()
            os.environ.update(before)
        told = Done(code=found, out=out.getvalue(), err=err.getvalue())
        assert "--debug" in words or "Traceback" not in told.err, told.err
        assert _is_code(told.code, code), f"exit {told.code}\n{told.err}\n{told.out[:3000]}"
        return told

    @contextmanager
    def begin(self, *words: str, environment: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
        """`hayai` with `words`, on its way, in a process group of its own as a shell would start it. Nothing of it survives the block."""
        with subprocess.Popen(
            [*HAYAI, *words],
            cwd=self.folder,
            env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGKILL)

    @property
    def run(self) -> RunDirectory:
        """The only run there is."""
        (path,) = self.runs
        return RunDirectory(path)

    @property
    def runs(self) -> list[Path]:
        """All runs in the folder."""
        return sorted(path.parent for path in self.folder.glob("runs/*/manifest.json"))

    def records(self) -> tuple[RequestRecord, ...]:
        """The records of the only run, without the warm-up."""
        return tuple(record for record in self.run.read().records if record.phase == "measure")


def _is_code(found: int, expected: int | tuple[int, ...] | None) -> bool:
    return expected is None or found in (expected if isinstance(expected, tuple) else (expected,))


def until(question: Callable[[], bool], *, wait_s: float = WAIT_S) -> None:
    """Returns as soon as the answer is yes; fails after `wait_s`."""
    end = time.monotonic() + wait_s
    while not question():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.002)


def truth_lines(path: Path, start: int = 0) -> list[dict[str, Any]]:
    """What the simulator really did, from its line `start` on."""
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()[start:]]
