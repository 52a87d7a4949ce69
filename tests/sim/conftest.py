"""A simulator for the tests of a module, twenty times as fast as its profile says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hayai.sim.process import serve_in_thread


@pytest.fixture(scope="module")
def steady() -> Iterator[str]:
    """Address of a simulator with the profile `steady`."""
    with serve_in_thread("steady", speed=20) as server:
        yield server.url
