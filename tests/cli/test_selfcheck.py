"""`hayai selfcheck` as a user types it: measured against the local service, kept, quoted, refused, interrupted."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from hayai.keep.selfcheck import read_selfcheck, write_selfcheck
from hayai.show.format import cell_width
from hayai.sim.process import Running
from tests.cli.shell import MEASURED, NOVA, Shell, until
from tests.keep.test_selfcheck import a_check

ANY_ERROR = "60s"
"""A bound that a busy machine keeps, too: these tests are about what is done, not about how exact it is."""
FEW = ("selfcheck", "--streams", "5", "--transport", "plain", "--bound", ANY_ERROR)


def kept(shell: Shell) -> Path:
    """Where a check lies."""
    return Path(shell.environment["XDG_STATE_HOME"]) / "hayai" / "selfcheck.json"


def test_it_measures_keeps_and_is_quoted(shell: Shell, sim: Running) -> None:
    """Both transports, known truth, one object on stdout; a run made later carries it, and its report tells it."""
    done = shell("selfcheck", "--streams", "1,3", "--bound", ANY_ERROR, "--json", code=0)
    told = done.json
    assert [(step["transport"], step["streams"]) for step in told["steps"]] == [
        ("plain", 1), ("plain", 3), ("tls", 1), ("tls", 3),
    ]  # fmt: skip
    for step in told["steps"]:
        assert (step["answers"], step["failed"], step["outside"], step["held"]) == (20, 0, 0, True)
        assert step["pieces"] > 200
        assert all(0 <= step[name]["p50_ns"] <= step[name]["p99_ns"] for name in ("ttft", "chunk", "e2e"))
    assert [(reach["streams"], reach["at_least"]) for reach in told["reach"]] == [(3, True), (3, True)]
    assert done.err.count("chunks/s") == 4
    check = read_selfcheck(kept(shell))
    assert check is not None
    assert len(check.steps) == 4

    shown = shell.inside("selfcheck", "--show", code=0)
    assert "not used" not in shown.err
    assert max(map(cell_width, shown.out.splitlines())) <= 80

    report = shell.inside(
        "compare",
        NOVA,
        NOVA,
        "--endpoint",
        sim.url,
        "--cycles",
        "1",
        "--prompts",
        "blockchain",
        "--json",
        code=MEASURED,
    )
    assert shell.run.manifest().selfcheck == check
    instrument = report.json["instrument"]
    assert (instrument["step"]["transport"], instrument["step"]["streams"]) == ("plain", 1)
    assert instrument["error_ns"] == instrument["step"]["e2e"]["p99_ns"]
    assert "hayai selfcheck of" in shell.inside("report", "last", code=(0, 4)).out.replace("\n", " ")


def test_without_a_check_a_report_says_what_is_assumed(shell: Shell, sim: Running) -> None:
    """And how to measure it."""
    done = shell.inside(
        "compare", NOVA, "--endpoint", sim.url, "--cycles", "1", "--prompts", "blockchain", "--lang", "ja", code=0
    )
    assert shell.run.manifest().selfcheck is None
    assert "未測定" in done.out


def test_a_check_of_another_machine_is_not_used(shell: Shell, sim: Running) -> None:
    """It is shown when asked for, with a word about it."""
    write_selfcheck(kept(shell), a_check())
    assert "not used" in shell.inside("selfcheck", "--show", code=0).err
    words = ("--endpoint", sim.url, "--cycles", "1", "--prompts", "blockchain")
    shell.inside("compare", NOVA, *words, "--json", code=0)
    assert shell.run.manifest().selfcheck is None


def test_a_damaged_check_stops_nobody(shell: Shell, sim: Running) -> None:
    """A run goes on without it."""
    kept(shell).parent.mkdir(parents=True)
    kept(shell).write_text("{")
    assert "cannot be read" in shell.inside("selfcheck", "--show", code=1).err
    words = ("--endpoint", sim.url, "--cycles", "1", "--prompts", "blockchain")
    shell.inside("compare", NOVA, *words, "--json", code=0)


def test_not_stored_when_not_wanted(shell: Shell) -> None:
    """The result is shown all the same, in the reader's language."""
    done = shell(*FEW, "--no-store", "--lang", "ja", code=0)
    assert "測定誤差" not in done.out
    assert "少なくとも5ストリーム" in done.out
    assert not kept(shell).exists()
    assert "none" not in done.out
    assert "selfcheck" in shell.inside("selfcheck", "--show", code=1).err


def test_a_bound_that_nothing_keeps_is_tried_twice(shell: Shell) -> None:
    """Then it is said that not even the fewest streams were held, with exit code 1; more are not tried."""
    done = shell.inside(
        "selfcheck", "--streams", "5,6", "--transport", "plain", "--bound", "0.000001ms", "--json", code=1
    )
    (step,) = done.json["steps"]
    assert (step["streams"], step["tries"], step["held"]) == (5, 2, False)
    assert done.json["reach"][0]["streams"] == 0


def test_all_mistakes_at_once(shell: Shell) -> None:
    """Each with its place; nothing is measured."""
    done = shell.inside(
        "selfcheck", "--streams", "1,x,0,99999", "--bound", "0", "--transport", "carrier-pigeon", code=2
    )
    assert done.err.count("--streams") == 3
    assert "--bound" in done.err
    assert "--transport" in done.err
    assert not kept(shell).exists()


def test_a_place_that_cannot_be_written_is_told_before_measuring(shell: Shell) -> None:
    """Nobody waits a minute for that."""
    (shell.folder / "file").write_text("")
    done = shell.inside(*FEW, environment={"XDG_STATE_HOME": str(shell.folder / "file")}, code=2)
    assert "cannot write" in done.err
    assert "chunks/s" not in done.err


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_keeps_nothing_and_leaves_nobody(shell: Shell, signal_number: int) -> None:
    """Neither a service, nor an agent, nor a folder."""
    environment = {"TMPDIR": str(shell.folder)}
    with shell.begin("selfcheck", "--streams", "20", environment=environment) as process:
        until(lambda: any(shell.folder.glob("hayai-selfcheck-*/runs/*/records-a1.jsonl")))
        process.send_signal(signal_number)
        _, told = process.communicate(timeout=30)
    assert process.returncode in (130, -signal.SIGTERM, 143)
    if signal_number == signal.SIGINT:
        assert "Nothing was kept" in told
        assert not list(shell.folder.glob("hayai-selfcheck-*"))
    assert not kept(shell).exists()
    until(lambda: not _running_in(shell.folder))


def _running_in(folder: Path) -> list[str]:
    """Processes whose command line or folder names `folder`."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            environment = (place / "environ").read_bytes()
            command = (place / "cmdline").read_bytes()
        except OSError:
            continue
        if b"hayai." in command and f"TMPDIR={folder}".encode() in environment:
            found.append(command.decode())
    return found
