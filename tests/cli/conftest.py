"""Local services and a shell for the tests of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hayai.sim.process import Running, serve_in_process
from tests.cli.shell import Shell, clean_environment


@pytest.fixture(scope="session")
def truth_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the quick service writes what it did."""
    return tmp_path_factory.mktemp("truth") / "truth.jsonl"


@pytest.fixture(scope="session")
def sim(truth_log: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service with steady answers of 50 tokens in about 6 ms."""
    options = ["--speed", "200", "--truth-log", str(truth_log)]
    with serve_in_process(
        "steady", options=options, environment=clean_environment(tmp_path_factory.getbasetemp())
    ) as sim:
        yield sim


@pytest.fixture(scope="session")
def slow_sim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service that takes about 25 ms for an answer: long enough to be interrupted."""
    environment = clean_environment(tmp_path_factory.getbasetemp())
    with serve_in_process("steady", options=["--speed", "50"], environment=environment) as sim:
        yield sim


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A user in an empty folder."""
    return Shell(folder=tmp_path, environment=clean_environment(tmp_path))
