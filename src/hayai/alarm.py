"""How does an event loop wake up on time, to the microsecond, and never too early?

asyncio rounds its timers to the clock's resolution and its selector's milliseconds. The kernel does not: a timerfd is a file that becomes
readable at an absolute instant of the monotonic clock, and a loop can watch a file. Python wraps it from 3.13 on; before, the C library is
asked by name. Where the platform has none (macOS, Windows), asyncio's own timer serves, and what is recorded shows the lateness it costs.
Both sides use it: the simulator writes by it, the engine paces by it.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import sys
from collections.abc import Callable

from hayai.clock import now_ns

_CLOCK_MONOTONIC = 1
_ABSOLUTE = 1


class Alarm:
    """Calls `ring` once in the loop, never before the instant it was last set to. Made by `make_alarm`."""

    def set(self, at_ns: int) -> None:
        """Ring at this monotonic instant (as soon as may be if it has passed) instead of at any set before."""
        raise NotImplementedError

    def close(self) -> None:
        """Never ring again."""
        raise NotImplementedError


class _Timespec(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class _Timerspec(ctypes.Structure):
    _fields_ = (("interval", _Timespec), ("value", _Timespec))


class KernelAlarm(Alarm):
    """A timerfd watched by the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._loop, self._ring = loop, ring
        self._c = ctypes.CDLL(None, use_errno=True)
        self._fd: int = self._c.timerfd_create(_CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")
        self._spec = _Timerspec()
        self._spec_ref = ctypes.byref(self._spec)
        try:
            loop.add_reader(self._fd, self._wake)
        except NotImplementedError:
            os.close(self._fd)
            raise

    def _wake(self) -> None:
        try:
            os.read(self._fd, 8)
        except BlockingIOError:
            return  # set anew after it had fired
        self._ring()

    def set(self, at_ns: int) -> None:
        """Ring at this instant; the kernel takes one that has passed for now."""
        value = self._spec.value
        value.seconds, value.nanoseconds = divmod(max(at_ns, 1), 1_000_000_000)
        self._c.timerfd_settime(self._fd, _ABSOLUTE, self._spec_ref, None)

    def close(self) -> None:
        """Give the file back."""
        self._loop.remove_reader(self._fd)
        os.close(self._fd)


class LoopAlarm(Alarm):
    """asyncio's own timer: up to some milliseconds late. What it calls early, by up to its clock's resolution, waits once more."""

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._loop, self._ring = loop, ring
        self._handle: asyncio.Handle | None = None
        self._at_ns = 0

    def set(self, at_ns: int) -> None:
        """Ring at this instant, as well as asyncio can."""
        self.close()
        self._at_ns = at_ns
        self._handle = self._loop.call_later(max(0.0, (at_ns - now_ns()) / 1e9), self._wake)

    def _wake(self) -> None:
        if now_ns() < self._at_ns:
            self.set(self._at_ns)
        else:
            self._ring()

    def close(self) -> None:
        """Cancel what is set."""
        if self._handle is not None:
            self._handle.cancel()


def make_alarm(loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> Alarm:
    """The best alarm of this platform."""
    if sys.platform == "linux":
        try:
            return KernelAlarm(loop, ring)
        except (OSError, AttributeError, NotImplementedError):
            pass  # a C library without timerfd, or a loop that cannot watch files
    return LoopAlarm(loop, ring)
