"""A check of this machine is kept whole, found again, and not believed on another machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from hayai.errors import JournalError
from hayai.keep.selfcheck import (
    FACTS,
    VERSION,
    Advice,
    ErrorSpread,
    Reach,
    SelfCheck,
    Step,
    place_of,
    read_selfcheck,
    write_selfcheck,
)

MACHINE = {
    "host": "laptop",
    "system": "Linux",
    "release": "6.1",
    "architecture": "x86_64",
    "cpus": 8,
    "python": "3.11.7",
}


def a_spread(p99_ns: int = 30_000) -> ErrorSpread:
    """An error of p99, with the rest around it."""
    return ErrorSpread(count=200, p50_ns=p99_ns // 3, p99_ns=p99_ns, max_ns=2 * p99_ns)


def a_step(streams: int = 100, **changed: Any) -> Step:
    """A step that was held over plain HTTP."""
    values: dict[str, Any] = {
        "transport": "plain",
        "streams": streams,
        "answers": 2 * streams,
        "failed": 0,
        "pieces": 50 * streams,
        "coalesced": streams,
        "outside": 0,
        "chunks_per_s": 50.0 * streams,
        "clock": "kernel",
        "ttft": a_spread(20_000),
        "chunk": a_spread(10_000),
        "e2e": a_spread(100_000),
        "lag": a_spread(400_000),
        "service_late_p99_ns": 900_000,
        "cpu_ratio": 0.1,
    }
    return Step(**(values | changed))


def a_check(*steps: Step, **changed: Any) -> SelfCheck:
    """A check of `MACHINE`."""
    values: dict[str, Any] = {
        "hayai_version": "0.1.0",
        "created_utc": "2026-11-29T00:42:31.032Z",
        "machine": MACHINE,
        "bound_ns": 1_000_000,
        "apart": True,
        "steps": steps or (a_step(),),
        "reach": (Reach(transport="plain", streams=100, chunks_per_s=5000.0, at_least=True),),
        "advice": (Advice(key="selfcheck.advice.load", values={"load": 1.6}),),
    }
    return SelfCheck(**(values | changed))


def test_a_check_is_found_again(tmp_path: Path) -> None:
    """The folders are made; nothing lies beside it; the next one takes its place."""
    place = tmp_path / "state" / "hayai" / "selfcheck.json"
    for check in (a_check(), a_check(a_step(10, failed=3, held=False, limit="client", lag=None))):
        write_selfcheck(place, check)
        assert read_selfcheck(place) == check
    assert [path.name for path in place.parent.iterdir()] == ["selfcheck.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 1}', b"\xff\xfe"])
def test_what_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    """A torn or foreign file stops nobody from measuring."""
    place = tmp_path / "selfcheck.json"
    assert read_selfcheck(place) is None
    place.write_bytes(content)
    assert read_selfcheck(place) is None


def test_a_newer_check_is_not_used(tmp_path: Path) -> None:
    """Its fields may mean something else."""
    place = tmp_path / "selfcheck.json"
    place.write_bytes(msgspec.json.encode(a_check(version=VERSION + 1)))
    assert read_selfcheck(place) is None


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With the path and the reason, and without leaving anything."""
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError) as caught:
        write_selfcheck(tmp_path / "file" / "selfcheck.json", a_check())
    assert caught.value.key == "journal.cannot_write"


@pytest.mark.parametrize("fact", FACTS)
def test_it_holds_where_it_was_made(fact: str) -> None:
    """Another host, kernel, number of cores or Python is another instrument; so is another hayai."""
    check = a_check()
    assert check.holds_on(MACHINE | {"load_average": [1.0]}, "0.1.0")
    assert not check.holds_on(MACHINE | {fact: "other"}, "0.1.0")
    assert not check.holds_on(MACHINE, "0.2.0")


@pytest.mark.parametrize(
    ("environment", "root"),
    [
        ({"XDG_STATE_HOME": "/state", "HOME": "/home/me"}, "/state"),
        ({"HOME": "/home/me"}, "/home/me/.local/state"),
        ({"XDG_STATE_HOME": "", "HOME": "/home/me"}, "/home/me/.local/state"),
        ({"XDG_STATE_HOME": "relative", "HOME": "/home/me"}, "/home/me/.local/state"),
    ],
)
def test_it_lies_where_state_lies(environment: dict[str, str], root: str) -> None:
    """As the XDG Base Directory Specification says: a relative path is ignored."""
    assert place_of(environment) == Path(root) / "hayai" / "selfcheck.json"
