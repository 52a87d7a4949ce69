"""What crossed the wire for one request, and when did each part of it arrive?

Columns with an entry for each read, because a thousand streams bring tens of thousands of reads a second, and an object for each would
cost as much as the reading. The instants are there as soon as a read is; what it carried, when somebody has looked (`Connection._look`),
which is at the end of the exchange at the latest.
"""

from __future__ import annotations

import msgspec


class Exchange(msgspec.Struct, kw_only=True):
    """What crossed the wire for one attempt. `error` is None, or (code word, words) of what ended it early."""

    sent_at_ns: int
    sent_wall_ns: int
    written_at_ns: int | None = None
    """When the last byte of the request had been given to the kernel."""

    at_ns: list[int] = msgspec.field(default_factory=list)
    """Each read: our own instant of it."""
    wall_ns: list[int | None] = msgspec.field(default_factory=list)
    """Each read: the kernel's stamp, on the wall clock; None where none came."""
    sizes: list[int] = msgspec.field(default_factory=list)
    """Each read: how many bytes it brought (under TLS: plain ones)."""
    bodies: list[bytes] = msgspec.field(default_factory=list)
    """Each read: the body bytes among them, without the framing of chunks."""
    followed: set[int] = msgspec.field(default_factory=set)
    """Reads with bytes of the next chunk or TLS record behind their body's: the kernel's stamp is those bytes'."""
    full: set[int] = msgspec.field(default_factory=set)
    """Reads that took all they could: more may have lain behind them, and the stamp may be that of bytes which only the next brings."""

    head_read: int | None = None
    """Which read completed the response head."""
    status: int | None = None
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    complete: bool = False
    error: tuple[str, str] | None = None
    distances_ns: tuple[int, int] = (0, 0)
    """Wall minus monotonic clock, before and after."""
    request_bytes: int = 0
