"""Whatever stops a run, at whatever moment: nothing measured is lost, what there is is shown, and `--resume` completes it."""

from __future__ import annotations

import os
import random
import re
import shlex
import signal
import socket
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from hayai.ask.rounds import cycle_trials
from hayai.keep.query import complete_rounds
from hayai.keep.run_directory import RunDirectory
from hayai.sim.process import Running
from tests.cli.shell import MEASURED, NOVA, WAIT_S, Shell, until

CYCLES = 2
PLANNED = CYCLES * 10 * 2


def words(sim: Running, *more: str) -> tuple[str, ...]:
    """A comparison of 40 requests on a service slow enough to be caught in the middle."""
    return (
        "compare",
        NOVA,
        "--vary",
        "latency=standard,optimized",
        "--endpoint",
        sim.url,
        "--cycles",
        str(CYCLES),
        "--stopping",
        "limits",
        *more,
    )


def lines(run: Path) -> dict[str, bytes]:
    """Whole lines of every records segment, byte for byte."""
    return {path.name: path.read_bytes()[: path.read_bytes().rfind(b"\n") + 1] for path in run.glob("records-*.jsonl")}


def written(shell: Shell) -> int:
    """Whole records so far, warm-up included."""
    return sum(data.count(b"\n") for run in shell.runs for data in lines(run).values())


def agent_of(shell: Shell) -> int:
    """Process id of the measuring agent of the last session, as its `began` event says."""
    began = [event for event in shell.run.read().events if event.kind == "began"]
    return int(began[-1].details["pid"])


def gone(pid: int) -> bool:
    """Whether a process has ended (a zombie has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def assert_complete(run: RunDirectory) -> None:
    """Every planned pair exactly once among the complete rounds."""
    contents = run.read()
    paired = complete_rounds(contents.records, [target.name for target in contents.plan.targets]).paired
    planned = Counter(
        (trial.cycle, trial.prompt, trial.target)
        for cycle in range(CYCLES)
        for trials in cycle_trials(contents.plan, cycle)
        for trial in trials
    )
    assert Counter((record.cycle, record.prompt, record.target) for record in paired) == planned
    assert len({record.id for record in contents.records}) == len(contents.records)


def resume_command(told: str) -> list[str]:
    """The words after `hayai` in the command that was offered."""
    (command,) = re.findall(r"^Go on with: hayai (.*)$", told, re.MULTILINE)
    return shlex.split(command)


def test_ctrl_c_once(shell: Shell, slow_sim: Running) -> None:
    """What flies comes home and nothing new is sent; the result is shown, exit 130, and the command offered completes the run."""
    with shell.begin(*words(slow_sim)) as process:
        until(lambda: written(shell) >= 7)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Finishing what is in flight" in err
    assert "simulated" in out.splitlines()[0]
    outcomes = Counter(record.outcome for record in shell.records())
    assert set(outcomes) == {"ok"}
    assert outcomes["ok"] < PLANNED
    assert not complete_rounds(shell.records(), [t.name for t in shell.run.plan().targets]).unpaired
    before = lines(shell.run.path)
    done = shell.inside(*resume_command(err), "--json", code=MEASURED)
    assert "Going on with" in done.err
    assert lines(shell.run.path).items() >= before.items()
    assert_complete(shell.run)


@pytest.mark.parametrize("after", [4, 11, 17, 30])
def test_ctrl_c_between_cycles(shell: Shell, sim: Running, after: int) -> None:
    """Where a cycle is a single round, Ctrl-C mostly comes while the agent asks whether to go on: that is an interruption too."""
    (shell.folder / "one.csv").write_text("id,text\none,Say one.\n")
    with shell.begin(
        "compare", NOVA, "--endpoint", sim.url, "--suite", "one.csv", "--max-requests", "20000", "--lang", "en"
    ) as process:
        until(lambda: written(shell) >= after)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "interrupted" in out.lower()
    assert resume_command(err)


def test_ctrl_c_twice(shell: Shell, slow_sim: Running) -> None:
    """The second Ctrl-C stops at once; what flew is recorded as cancelled."""
    with shell.begin(*words(slow_sim, "--concurrency", "3")) as process:
        until(lambda: written(shell) >= 9)
        os.killpg(process.pid, signal.SIGINT)
        assert process.stderr
        while "Finishing" not in process.stderr.readline():
            pass
        os.killpg(process.pid, signal.SIGINT)
        _out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    shell.inside(*resume_command(err), "--json", code=MEASURED)
    assert_complete(shell.run)


def test_sigterm(shell: Shell, slow_sim: Running) -> None:
    """SIGTERM stops at once: cancelled requests are records, the report is shown, exit 130."""
    with shell.begin(*words(slow_sim, "--concurrency", "3")) as process:
        until(lambda: written(shell) >= 9)
        process.terminate()
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Stopping." in err
    assert "simulated" in out
    assert Counter(record.outcome for record in shell.records())["cancelled"] >= 1
    assert "cancelled" in shell.inside("report", "last", code=0).out
    shell.inside(*resume_command(err), "--json", code=MEASURED)
    assert_complete(shell.run)


def test_the_parent_is_killed(shell: Shell, slow_sim: Running) -> None:
    """`kill -9` of the command: the agent notices, records what flies, and ends by itself; every line is whole."""
    with shell.begin(*words(slow_sim)) as process:
        until(lambda: written(shell) >= 9)
        agent = agent_of(shell)
        process.kill()
        process.wait(30)
        until(lambda: gone(agent))
    contents = shell.run.read()
    assert contents.damaged == 0
    assert contents.records[-1].outcome == "cancelled"
    assert not contents.done
    shell.inside("compare", "--resume", "last", "--json", code=MEASURED)
    assert_complete(shell.run)


def test_the_agent_is_killed(shell: Shell, slow_sim: Running) -> None:
    """`kill -9` of the agent: one clear message, what exists is shown, exit 130, and the run can be resumed."""
    with shell.begin(*words(slow_sim)) as process:
        until(lambda: written(shell) >= 9)
        os.kill(agent_of(shell), signal.SIGKILL)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "the measuring process ended unexpectedly" in err
    assert "Traceback" not in err
    assert "simulated" in out
    assert "all cycles are complete" not in out
    before = lines(shell.run.path)
    shell.inside(*resume_command(err), "--json", code=MEASURED)
    assert lines(shell.run.path).items() >= before.items()
    assert_complete(shell.run)


def stop_somehow(shell: Shell, command: tuple[str, ...], rng: random.Random) -> None:
    """Runs `command` until a drawn number of records have been written, then ends it in a drawn way; returns when the agent is gone too."""
    # The warm-up of a session writes two records first; from then on, any record may be the last.
    stop_at = written(shell) + rng.randint(1, 12)
    with shell.begin(*command) as process:
        until(lambda: written(shell) >= stop_at or process.poll() is not None)
        agent = agent_of(shell)
        way = rng.choice(["agent", "parent", "interrupt", "terminate"])
        if way == "agent" and not gone(agent):
            os.kill(agent, signal.SIGKILL)
        elif way == "parent":
            process.kill()
        else:
            process.send_signal(signal.SIGINT if way == "interrupt" else signal.SIGTERM)
        process.communicate(timeout=30)
        until(lambda: gone(agent))


def test_the_agent_is_terminated(shell: Shell, slow_sim: Running) -> None:
    """SIGTERM to every process, as when a container stops: the agent records what flies before it goes."""
    with shell.begin(*words(slow_sim)) as process:
        until(lambda: written(shell) >= 9)
        os.kill(agent_of(shell), signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "unexpectedly" not in err
    assert "simulated" in out
    assert Counter(record.outcome for record in shell.records())["cancelled"] == 1
    shell.inside(*resume_command(err), "--json", code=MEASURED)
    assert_complete(shell.run)


def test_ctrl_c_while_connecting(shell: Shell) -> None:
    """Before the first connection is open nothing flies: Ctrl-C ends the command at once."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        with shell.begin("compare", NOVA, "--endpoint", url, "--connect-timeout", "5m") as process:
            silent.settimeout(WAIT_S)
            peer, _ = silent.accept()
            os.killpg(process.pid, signal.SIGINT)
            _out, err = process.communicate(timeout=20)
        peer.close()
    assert process.returncode == 130, err
    assert "Traceback" not in err


def test_nobody_listens_any_more(shell: Shell, sim: Running) -> None:
    """stderr and stdout lead to a pipe that was closed (`2>&1 | head -1`): the run goes on to its end and is sealed."""
    with shell.begin(*words(sim)) as process:
        for pipe in (process.stdout, process.stderr):
            assert pipe
            pipe.close()
        assert process.wait(40) in MEASURED
    assert (shell.run.path / "DONE").exists()
    assert_complete(shell.run)


@pytest.mark.parametrize("seed", range(8))
def test_at_any_moment(shell: Shell, slow_sim: Running, seed: int) -> None:
    """Killed three times at drawn moments in drawn ways, then resumed: the union is complete, nothing is gone or changed."""
    rng = random.Random(f"interruption/{seed}")
    command, kept = (
        words(slow_sim, "--seed", str(seed), "--concurrency", rng.choice(["1", "1", "4"]), "--json"),
        dict[str, bytes](),
    )
    for _ in range(3):
        if written(shell) and len(shell.records()) >= PLANNED - 2:
            break
        stop_somehow(shell, command, rng)
        now = lines(shell.run.path)
        for name, data in kept.items():
            assert now[name].startswith(data), name
        kept = now
        command = ("compare", "--resume", "last", "--json")
    done = shell.inside(*command)
    assert done.code in MEASURED or "nothing is left to do" in done.err, done.err
    now = lines(shell.run.path)
    for name, data in kept.items():
        assert now[name].startswith(data), name
    assert_complete(shell.run)


def test_a_finished_run_is_extended(shell: Shell, sim: Running) -> None:
    """`--cycles N+1` measures one cycle more; without more to do, the limits that would help are named; they do help."""
    shell.inside(*words(sim, "--json"), code=MEASURED)
    first = lines(shell.run.path)
    told = shell.inside("compare", "--resume", "last", code=2).err
    assert "--cycles 3" in told
    assert lines(shell.run.path) == first
    told = shell.inside("compare", "--resume", "last", "--cycles", "3", "--json", code=MEASURED).err
    assert "at most 22 (warm-up: 2; limit: 400)" in told
    assert lines(shell.run.path).items() >= first.items()
    paired = complete_rounds(shell.records(), [t.name for t in shell.run.plan().targets]).paired
    assert Counter(record.cycle for record in paired) == {0: 20, 1: 20, 2: 20}
    told = shell.inside("compare", "--resume", "last", "--cycles", "9", "--max-requests", "70", code=2).err
    assert "--max-requests 82" in told
    told = shell.inside("compare", "--resume", "last", "--cycles", "4", "--max-requests", "81", code=2).err
    assert "add --max-requests 82" in told
    shell.inside("compare", "--resume", "last", "--cycles", "4", "--max-requests", "82", "--json", code=MEASURED)
    paired = complete_rounds(shell.records(), [t.name for t in shell.run.plan().targets]).paired
    assert len(paired) == 80


def test_the_command_that_is_offered_keeps_the_limits(shell: Shell, slow_sim: Running) -> None:
    """An extension that is interrupted is offered again as one; a run that ended undecided offers more cycles, and that works."""
    done = shell.inside(*words(slow_sim, "--prompts", "code", "--json"), code=4)
    offered = re.findall(r"(?:To measure more|Extend with): hayai (.*)$", done.err, re.MULTILINE)
    option, cycles = shlex.split(offered[0])[3:]
    assert (option, int(cycles) > 2) == ("--cycles", True)
    with shell.begin(*shlex.split(offered[0]), "--cycles", "50", "--max-time", "90s") as process:
        until(lambda: written(shell) >= 15)
        os.killpg(process.pid, signal.SIGINT)
        _out, err = process.communicate(timeout=30)
    assert resume_command(err)[3:] == ["--max-time", "90", "--cycles", "50"]
    done = shell.inside(*resume_command(err), "--dry-run", "--json", code=0)
    kept = complete_rounds(shell.records(), [t.name for t in shell.run.plan().targets]).paired
    assert done.json["rounds"] == 100 - len(kept) // 2
    assert done.json["limits"] == {"max_requests": 400, "max_time_s": 90.0, "cycles": 50}
    shell.inside(*shlex.split(offered[0]), "--cycles", "20", "--json", code=MEASURED)


def test_a_run_in_use(shell: Shell, slow_sim: Running) -> None:
    """A second hayai keeps its hands off: it says that the run is in use, and neither writes nor seals anything."""
    with shell.begin(*words(slow_sim)) as process:
        until(lambda: written(shell) >= 3)
        done = shell.inside("compare", "--resume", "last", code=2)
        assert "another hayai is measuring" in done.err
        assert done.out == ""
        assert process.poll() is None
        assert not (shell.run.path / "DONE").exists()
        assert shell.inside("report", "last", code=0).out
        _out, err = process.communicate(timeout=60)
    assert process.returncode in MEASURED, err
    assert_complete(shell.run)
    assert not list(shell.run.path.glob("records-a2*"))


def test_a_resumed_run_keeps_its_plan(shell: Shell, sim: Running) -> None:
    """Whatever would make another plan is refused by name; limits are taken."""
    shell.inside(*words(sim, "--json"), code=MEASURED)
    said = (
        "--suite",
        "published",
        "--seed",
        "3",
        "--concurrency",
        "2",
        "--rate",
        "20/m",
        "--cache",
        "avoid",
        "--no-texts",
        "--endpoint",
        sim.url,
    )
    told = shell.inside("compare", "--resume", "last", NOVA, *said, code=2).err
    for word in ("TARGET", "--suite", "--seed", "--concurrency", "--rate", "--cache", "--no-texts", "--endpoint"):
        assert word in told
    assert len(told.splitlines()) == 1


def test_a_folder_with_blanks(shell: Shell, slow_sim: Running) -> None:
    """The command that is offered can be pasted, whatever the folder is called."""
    with shell.begin(*words(slow_sim, "--runs", "my runs; $(true)")) as process:
        until(lambda: len(list(shell.folder.glob("my runs*/*/records-a1.jsonl"))) == 1)
        os.killpg(process.pid, signal.SIGINT)
        _out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    (line,) = [line for line in err.splitlines() if line.startswith("Go on with")]
    shown = subprocess.run(
        ["sh", "-c", f"printf '%s\\n' {line.partition('hayai ')[2]}"], capture_output=True, text=True, check=True
    )
    assert shown.stdout.splitlines()[:2] == ["compare", "--resume"]
    assert (shell.folder / shown.stdout.splitlines()[2] / "manifest.json").exists()
