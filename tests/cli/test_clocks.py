"""Clocks as a user may have them: a kernel that stamps nothing, and a wall clock that is set again and again during a run."""

from __future__ import annotations

import json
from pathlib import Path

from hayai.decide.instrument import KERNEL_ERROR_NS, USER_ERROR_NS
from hayai.sim.process import Running, serve_in_process
from hayai.sim.truth import read_truth
from tests.cli.shell import MEASURED, NOVA, Shell, clean_environment

MINUTE_NS = 60 * 10**9

REFUSING = """
import errno
import socket


class Refusing(socket.socket):
    def setsockopt(self, level, option, *value):
        if (level, option) == (socket.SOL_SOCKET, 35):
            raise OSError(errno.ENOPROTOOPT, "Protocol not available")
        return super().setsockopt(level, option, *value)


socket.socket = Refusing
"""
"""For every Python process that starts: a kernel that knows no SO_TIMESTAMPNS, as in some sandboxes."""


STEPPING = """
import hayai.clock
import hayai.kernel_clock

HOUR_NS, EVERY_NS = 3600 * 10**9, 25 * 10**6
wall_ns, stamp_ns = hayai.clock.wall_ns, hayai.kernel_clock.wall_stamp_ns
distance_ns = hayai.clock.wall_minus_monotonic_ns()


def off_ns(at_wall_ns):
    return HOUR_NS if (at_wall_ns - distance_ns) // EVERY_NS % 2 else 0


def stepping_wall_ns():
    now = wall_ns()
    return now + off_ns(now)


def stepping_stamp_ns(ancillary):
    stamp = stamp_ns(ancillary)
    return None if stamp is None else stamp + off_ns(stamp)


hayai.clock.wall_ns = stepping_wall_ns
hayai.kernel_clock.wall_stamp_ns = stepping_stamp_ns
"""
"""A wall clock that is set an hour forth and back every 25 ms; the kernel's stamps jump with it, as they do."""


def surroundings(shell: Shell, folder: Path, code: str) -> dict[str, str]:
    """An environment in which every Python process runs `code` first."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(code)
    return {"PYTHONPATH": ":".join(filter(None, (str(folder), shell.environment.get("PYTHONPATH"))))}


def test_without_the_kernels_stamps_our_own_clock_is_named(shell: Shell, sim: Running, tmp_path: Path) -> None:
    """Clock `user` in every record and piece, W107 with its count, and ten times the error."""
    words = ("compare", NOVA, "--vary", "latency=standard,optimized", "--endpoint", sim.url, "--cycles", "1", "--json")
    report = shell(*words, environment=surroundings(shell, tmp_path / "refusing", REFUSING), code=MEASURED).json
    records = shell.records()
    assert {record.clock for record in records} == {"user"}
    assert {letter for record in records for letter in record.pieces.clocks} == {"u"}
    assert {record.lag_ns for record in records} == {None}
    (told,) = (caution for caution in report["cautions"] if caution["code"] == "W107")
    assert (told["values"]["count"], told["values"]["total"]) == (len(records), len(records))
    assert f'"instrument_ns":{USER_ERROR_NS:.1f}' in json.dumps(report, separators=(",", ":"))
    assert USER_ERROR_NS == 10 * KERNEL_ERROR_NS
    assert "not measured, taken as 2.00 ms" in " ".join(shell.inside("report", "last", code=0).out.split())


def test_a_clock_that_is_set_during_a_run_moves_no_time(shell: Shell, tmp_path: Path) -> None:
    """Each piece arrived after the service had sent it, and not an hour off; what the kernel could not tell is marked and counted."""
    log, environment = tmp_path / "truth.jsonl", clean_environment(tmp_path)
    with serve_in_process("steady", options=["--speed", "10", "--truth-log", str(log)], environment=environment) as sim:
        words = ("compare", NOVA, "--endpoint", sim.url, "--cycles", "2", "--json")
        report = shell(*words, environment=surroundings(shell, tmp_path / "stepping", STEPPING), code=0).json
    records, truths = shell.records(), read_truth(log)
    for record in records:
        assert (record.outcome, record.buffered) == ("ok", False)
        assert record.sent_at_ns is not None
        sent = truths[str(record.request_id)].pieces_at_ns()
        arrived = [record.sent_at_ns + after_ns for after_ns in record.pieces.arrived_ns]
        assert all(there <= here < there + MINUTE_NS for there, here in zip(sent, arrived, strict=True))
        assert arrived == sorted(arrived)
    marked = [record for record in records if record.clock != "kernel"]
    assert marked
    (told,) = (caution for caution in report["cautions"] if caution["code"] == "W107")
    assert told["values"]["count"] == len(marked)
