"""How does the parent keep its measuring agent?

One child process, spoken to in JSON lines. It is started as the very first thing, so that it loads while the command
line is being read. It belongs to a session of its own: Ctrl-C in the terminal reaches the parent alone, which then
says what is meant by it.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

import msgspec

from hayai.errors import InstrumentError
from hayai.measure.messages import Ended, Fault, FromAgent, Prepare, Prepared, Run, ToAgent

END_TIMEOUT_S = 10.0
"""How long an agent that was told to stop may take before it is killed."""


class AgentProcess:
    """The agent of this command. A context manager: when it is left, the agent is gone."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = environment
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hayai.measure.agent"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env=dict(os.environ if environment is None else environment),
        )
        assert self._process.stdout is not None  # noqa: S101  Popen was asked for pipes.
        self._stdout = self._process.stdout
        os.set_blocking(self._stdout.fileno(), False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._stdout, selectors.EVENT_READ)
        self._buffer = b""
        self._measures = False
        self._decoder: msgspec.json.Decoder[FromAgent] = msgspec.json.Decoder(FromAgent)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def say(self, message: ToAgent) -> None:
        """Tells the agent something. An agent that is gone is noticed by `hear`."""
        self._measures |= isinstance(message, Run)
        assert self._process.stdin is not None  # noqa: S101  Popen was asked for pipes.
        with contextlib.suppress(OSError):
            self._process.stdin.write(msgspec.json.encode(message) + b"\n")
            self._process.stdin.flush()

    def hear(self, timeout_s: float) -> FromAgent | None:
        """The next message, or None when nothing came in `timeout_s`. Raises InstrumentError when the agent is gone."""
        while b"\n" not in self._buffer:
            if not self._selector.select(timeout_s):
                return None
            data = self._stdout.read()
            if data is None:
                continue
            if not data:
                raise InstrumentError("measure.agent_died", code=self._process.wait())
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        return self._decoder.decode(line)

    def fresh(self) -> AgentProcess:
        """Another agent in the same surroundings: an agent carries out one session."""
        return AgentProcess(self._environment)

    def prepare(self, prepare: Prepare, *, is_unwanted: Callable[[], bool] = lambda: False) -> Prepared:
        """Has the agent find credentials and endpoints. Raises InstrumentError when it breaks over that.

        KeyboardInterrupt when `is_unwanted`, asked once in a while, says that nobody waits for it any more.
        """
        self.say(prepare)
        while True:
            if is_unwanted():
                raise KeyboardInterrupt
            match self.hear(0.25):
                case Prepared() as prepared:
                    return prepared
                case Ended(fault=Fault(key=key, values=values)):
                    raise InstrumentError(key, **values)

    def close(self) -> None:
        """Ends the agent: its stdin closes, it stops what flies, records it, and exits. One that has nothing to record goes at once."""
        if not self._measures:
            self.kill()
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._selector.close()
        self._stdout.close()

    def kill(self) -> None:
        """At once, without waiting for anything."""
        self._process.kill()
