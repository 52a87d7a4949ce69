"""What did the server really do, and when? One line per request, written after its last byte.

All instants are of the monotonic clock of this machine, the one `hayai.clock.now_ns` reads, so they compare with a client's stamps without
conversion. `sent_ns[i]` was stamped right before the i-th frame was handed to the kernel.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import msgspec

Ended = Literal["complete", "client_gone", "close", "reset", "stopped"]


class Truth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The true history of one request. Sequences run in parallel, one entry per frame (or one for a whole body)."""

    request_id: str
    number: int
    """1 for the first request since the server started."""
    operation: str
    """`invoke`, `invoke-with-response-stream`, `converse`, `converse-stream`; `chat.completions`, `chat.completions-stream`, `models`;
    empty for a request to no known call."""
    model: str
    """Model id as asked, decoded."""
    status: int
    connection: int
    received_at_ns: int
    """Instant at which the last byte of the request had reached this machine: the kernel's receive stamp, our own where there is none."""
    head_at_ns: int | None = None
    """Instant of the write with the response head."""
    last_at_ns: int | None = None
    """Instant of the last write; of the end of the chunked body where there is one."""
    kinds: str = ""
    """`e` event without text, `t` text, `r` reasoning, `u` tool input, `b` whole body, `x` what a fault made of a frame."""
    due_ns: tuple[int, ...] = ()
    """When each was due, after `received_at_ns`."""
    sent_ns: tuple[int, ...] = ()
    """When each was sent, after `received_at_ns`."""
    chars: tuple[int, ...] = ()
    """Unicode code points of text in each."""
    tokens: tuple[int, ...] = ()
    ended: Ended = "complete"
    blocked: int = 0
    """Writes that found earlier bytes still waiting, because the client did not read: those went out later than stamped."""
    prompt_topic: str | None = None
    region: str | None = None
    requested_latency: str | None = None
    served_latency: str | None = None
    tier: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    ttft_ns: int | None = None
    """Drawn time to the first piece."""
    itl_ns: float | None = None
    """Drawn pace."""
    fault: str | None = None
    error: str | None = None
    attempt: str | None = None
    """The client's own retry count, from the header `amz-sdk-request` or `x-stainless-retry-count`."""

    def pieces_at_ns(self) -> tuple[int, ...]:
        """Monotonic instants at which text, reasoning or tool input was sent, in order."""
        return tuple(
            self.received_at_ns + sent for kind, sent in zip(self.kinds, self.sent_ns, strict=True) if kind in "trub"
        )


class TruthLog:
    """Appends truths to a file; each line is one write, so a reader sees whole lines only."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._encode = msgspec.json.Encoder().encode

    def append(self, truth: Truth) -> None:
        """Write one line."""
        os.write(self._fd, self._encode(truth) + b"\n")

    def close(self) -> None:
        """No more lines."""
        os.close(self._fd)


def read_truth(path: Path) -> dict[str, Truth]:
    """All complete lines of a log by request id; a torn last line is left out."""
    decode = msgspec.json.Decoder(Truth).decode
    lines = path.read_bytes().split(b"\n")
    truths = [decode(line) for line in lines[:-1] if line]
    return {truth.request_id: truth for truth in truths}
