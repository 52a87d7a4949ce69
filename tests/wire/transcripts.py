"""How is one stream cut into reads?"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """`data` in pieces that begin at `places` (any order; beyond the end means no cut there)."""
    edges = [0, *sorted({place for place in places if 0 < place < len(data)}), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


def all_cuts(data: bytes) -> list[list[bytes]]:
    """Whole, byte by byte, and in two at every place."""
    return [[data], [data[i : i + 1] for i in range(len(data))], *([data[:i], data[i:]] for i in range(1, len(data)))]


def places() -> st.SearchStrategy[list[int]]:
    """Places of cuts for `cut`."""
    return st.lists(st.integers(0, 4000), max_size=12)
