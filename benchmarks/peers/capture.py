"""What does a packet capture say? tcpdump on loopback beside a run: a second truth, that shares no code with hayai or the server.

The capture's stamps are CLOCK_REALTIME; they are moved to CLOCK_MONOTONIC with the offset measured before and after. What it shares
with a client that uses receive stamps is the kernel: on loopback both are taken as the packet enters the receiving side.
"""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.pcap import Damaged, Exchange, exchanges, segments
from benchmarks.peers.truth import pinned

SNAP_BYTES = 2048
BUFFER_KIB = 262_144
LISTENING_S = 20
DRAIN_S = 1.0
"""tcpdump is given this long to write what it still holds."""


@dataclass(slots=True)
class Capture:
    """A capture, complete when its block has ended. Offsets are CLOCK_REALTIME minus CLOCK_MONOTONIC in ns."""

    file: Path
    began_ns: int = 0
    offset_before_ns: int = 0
    ended_ns: int = 0
    offset_after_ns: int = 0
    dropped: int = 0
    captured: int = 0

    def exchanges(self, port: int) -> list[Exchange]:
        """What it holds of one server, in CLOCK_MONOTONIC. Damaged when packets were lost."""
        if self.dropped:
            raise Damaged(f"{self.dropped} packets were dropped")
        return [self._moved(one) for one in exchanges(segments(self.file.read_bytes()), port)]

    def _moved(self, one: Exchange) -> Exchange:
        offset = self._offset(one.asked_ns)
        return Exchange(
            id=one.id, port=one.port, asked_ns=one.asked_ns - offset, content_ns=self._to_monotonic(one.content_ns)
        )

    def _offset(self, at_ns: int) -> int:
        """Of an instant in between: the clocks drift apart evenly as far as two readings can tell."""
        span = max(1, self.ended_ns - self.began_ns)
        share = (at_ns - self.offset_before_ns - self.began_ns) / span
        return round(self.offset_before_ns + share * (self.offset_after_ns - self.offset_before_ns))

    def _to_monotonic(self, at_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.array([instant - self._offset(instant) for instant in at_ns.tolist()], dtype=np.int64)


@contextmanager
def capturing(file: Path, port: int, *, core: int | None = 0) -> Iterator[Capture]:
    """tcpdump writing `file` for as long as the block lasts. RuntimeError when it does not start."""
    command = [
        "tcpdump", "-i", "lo", "-n", "-Z", "root", "-j", "host", "--time-stamp-precision=nano",
        "-s", str(SNAP_BYTES), "-B", str(BUFFER_KIB), "-w", str(file), f"tcp port {port}",
    ]  # fmt: skip
    process = subprocess.Popen(pinned(command, core), stderr=subprocess.PIPE, text=True)
    assert process.stderr
    said = process.stderr.readline()
    while said and "listening on" not in said:
        said = process.stderr.readline()
    if not said:
        raise RuntimeError("tcpdump did not start; it needs root")
    capture = Capture(file, began_ns=time.monotonic_ns(), offset_before_ns=wall_offset_ns())
    try:
        yield capture
    finally:
        capture.ended_ns, capture.offset_after_ns = time.monotonic_ns(), wall_offset_ns()
        time.sleep(DRAIN_S)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=LISTENING_S)
        capture.dropped = _number(told, "dropped by kernel")
        capture.captured = _number(told, "captured")


def wall_offset_ns() -> int:
    """CLOCK_REALTIME minus CLOCK_MONOTONIC, from the closest of some readings."""
    readings = []
    for _ in range(50):
        before, wall, after = time.monotonic_ns(), time.time_ns(), time.monotonic_ns()
        readings.append((after - before, wall - (before + after) // 2))
    return min(readings)[1]


def _number(told: str, of: str) -> int:
    found = re.search(rf"(\d+) packets? {of}", told)
    if not found:
        raise RuntimeError(f"tcpdump did not say how many packets were {of}: {told.strip()}")
    return int(found[1])
