"""When did the bytes reach this machine, whatever this process was doing then?

On Linux the kernel stamps each received packet (SO_TIMESTAMPNS) and hands the stamp over with the bytes, through
`recvmsg`. A process that was late, because it was parsing, or preempted, still learns when the bytes came. The stamp
is wall-clock time; it is moved to the monotonic clock by the distance between the two, sampled before and after the
exchange. One limit is known and flagged, never hidden: bytes that queued up unread share one stamp, the last one's.
"""

from __future__ import annotations

import contextlib
import functools
import socket
import struct
import sys
from collections.abc import Sequence

_SO_TIMESTAMPNS = 35
"""Option and ancillary type on Linux (asm-generic/socket.h, the same on x86-64 and ARM); Python has no name for it."""

ANCILLARY_BYTES = 64
"""Room for one timestamp in `recvmsg`."""

_TIMESPEC = struct.Struct("@ll")

STEP_TOLERANCE_NS = 50_000
"""A stamp that lies this far after our own, or whose two distances differ so much, says that the wall clock was stepped: not believed.

The distance changes by steps alone, and is read to within 0.1 us even on a busy machine. A smaller step is not told from none, and
moves a stamp by no more than this, which is well below what the instrument's error is taken as.
"""

Ancillary = list[tuple[int, int, bytes]]


def enable(sock: socket.socket) -> bool:
    """Asks the kernel to stamp what `sock` receives. False where the platform cannot."""
    if sys.platform != "linux":
        return False
    with contextlib.suppress(OSError):
        _keep_stamping()
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        return True
    return False


@functools.cache
def _keep_stamping() -> int:
    """A socket that wants stamps and stays open as long as this process; its descriptor.

    The kernel stamps while anybody wants stamps, begins a moment after the first asks, and stops when the last is gone. Without this
    socket, one connection after another would each be the first, and a good part of their answers would come without a stamp.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        return sock.detach()


def wall_stamp_ns(ancillary: Ancillary) -> int | None:
    """The kernel's stamp in wall-clock ns; None where none came."""
    for level, kind, data in ancillary:
        if kind == _SO_TIMESTAMPNS and level == socket.SOL_SOCKET and len(data) == _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack(data)
            return int(seconds) * 1_000_000_000 + int(nanoseconds)
    return None


def monotonic_stamps_ns(
    wall_ns: Sequence[int | None], *, read_at_ns: Sequence[int], not_before_ns: int, distances_ns: tuple[int, int]
) -> list[int | None]:
    """The kernel's stamps of an exchange's reads on the monotonic clock; None where there is none or it cannot be true.

    `wall_ns` are the stamps as they came; `read_at_ns` our own of the same reads, each an upper bound. The lower one is the read before, or
    for the first `not_before_ns`. `distances_ns` are wall - monotonic before and after: if they differ, the wall clock was stepped.
    """
    if abs(distances_ns[1] - distances_ns[0]) > STEP_TOLERANCE_NS:
        return [None] * len(wall_ns)
    distance, earlier = distances_ns[0], not_before_ns
    found: list[int | None] = []
    for wall, read_at in zip(wall_ns, read_at_ns, strict=True):
        at = None if wall is None else wall - distance
        if at is None or not earlier - STEP_TOLERANCE_NS <= at <= read_at + STEP_TOLERANCE_NS:
            found.append(None)
            earlier = read_at
        else:
            earlier = max(earlier, min(at, read_at))
            found.append(earlier)
    return found


def monotonic_stamp_ns(
    wall_ns: int | None, *, read_at_ns: int, not_before_ns: int, distances_ns: tuple[int, int]
) -> int | None:
    """The same of a single read."""
    return monotonic_stamps_ns(
        (wall_ns,), read_at_ns=(read_at_ns,), not_before_ns=not_before_ns, distances_ns=distances_ns
    )[0]
