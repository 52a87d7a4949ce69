"""Which work is every tool given? The same at each number of streams, so that one row can be read against another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """So many streams at once, so many requests in all; every answer has `chunks` chunks, a token each."""

    streams: int
    requests: int
    ttft_ms: int
    itl_ms: int
    chunks: int = 100

    @property
    def model(self) -> str:
        """The name under which the truth server answers with this timing."""
        return f"sim-ttft{self.ttft_ms}-itl{self.itl_ms}-n{self.chunks}"


CELLS = {
    cell.streams: cell
    for cell in (
        Cell(streams=1, requests=5, ttft_ms=50, itl_ms=10),
        Cell(streams=50, requests=250, ttft_ms=100, itl_ms=20),
        Cell(streams=200, requests=600, ttft_ms=100, itl_ms=20),
        Cell(streams=1000, requests=1000, ttft_ms=200, itl_ms=50),
    )
}
FEW = CELLS[1]
"""Its CPU is what a tool costs before and after its work; taken off where the table says "without start-up"."""
SERVER_CORE, CLIENT_CORE = 0, 1
