"""A platform whose kernel stamps nothing, as a user meets it: every record, the report and the error of the instrument say so."""

from __future__ import annotations

import json
from pathlib import Path

from hayai.decide.instrument import KERNEL_ERROR_NS, USER_ERROR_NS
from hayai.sim.process import Running
from tests.cli.shell import MEASURED, NOVA, Shell

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


def test_without_the_kernels_stamps_our_own_clock_is_named(shell: Shell, sim: Running, tmp_path: Path) -> None:
    """Clock `user` in every record and piece, W107 with its count, and ten times the error."""
    folder = tmp_path / "refusing"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(REFUSING)
    words = ("compare", NOVA, "--vary", "latency=standard,optimized", "--endpoint", sim.url, "--cycles", "1", "--json")
    path = ":".join(filter(None, (str(folder), shell.environment.get("PYTHONPATH"))))
    report = shell(*words, environment={"PYTHONPATH": path}, code=MEASURED).json
    records = shell.records()
    assert {record.clock for record in records} == {"user"}
    assert {letter for record in records for letter in record.pieces.clocks} == {"u"}
    assert {record.lag_ns for record in records} == {None}
    (told,) = (caution for caution in report["cautions"] if caution["code"] == "W107")
    assert (told["values"]["count"], told["values"]["total"]) == (len(records), len(records))
    assert f'"instrument_ns":{USER_ERROR_NS:.1f}' in json.dumps(report, separators=(",", ":"))
    assert USER_ERROR_NS == 10 * KERNEL_ERROR_NS
    assert "not measured, taken as 2.00 ms" in " ".join(shell("report", "last", code=0).out.split())
