"""Measured again later: equal sessions at their times, whatever comes in between."""

from __future__ import annotations

import os
import re
import shlex
import signal
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack

import msgspec
import pytest

from hayai.ask.plan import Limits, Plan, Sessions
from hayai.cli.sessions import CLOSEST, left_of, limits_of_session, next_appointment, whole
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import Contents, Event, Manifest
from hayai.sim.process import Running, serve_in_process
from tests.ask.test_rounds import a_prompt
from tests.cli.shell import NOVA, Shell, until
from tests.decide.made import a_record

HOUR_NS = 3_600_000_000_000
T0 = 1_800_000_000_000_000_000
CSV = "id,text\none,Say one.\ntwo,Say two.\n"


def a_plan(**fields: object) -> Plan:
    """Two targets, two prompts, three sessions of two cycles an hour apart."""
    suite = {"name": "s", "source": "s", "prompts": [msgspec.to_builtins(a_prompt(name)) for name in ("one", "two")]}
    plan = msgspec.convert(
        {"targets": [{"name": name, "provider": "bedrock", "model": "m"} for name in "ab"], "suite": suite, "seed": 1},
        Plan,
    )
    planned = {"limits": Limits(max_requests=36), "sessions": Sessions(count=3, every_s=3600.0)}
    return msgspec.structs.replace(plan, **planned, **fields)


def a_run(plan: Plan, events: Sequence[Event] = (), cycles: Sequence[int] = ()) -> Contents:
    """A run of which these cycles are complete; each session's warm-up is kept too."""
    records = [
        a_record(id=f"a1-{cycle}-{prompt.id}-{target.name}", cycle=cycle, prompt=prompt.id, target=target.name)
        for cycle in cycles
        for prompt in plan.suite.prompts
        for target in plan.targets
    ]
    manifest = Manifest(
        schema_version=1,
        run="r",
        hayai_version="0",
        created_utc="",
        argv=(),
        plan=plan,
        prompts=(),
        endpoints=(),
        environment={},
    )
    return Contents(
        manifest=manifest, plan=plan, records=tuple(records), regions={}, events=tuple(events), damaged=0, done=False
    )


def began(agent: str, session: int, at_h: float) -> Event:
    """An agent begins to work on a session, hours after the first did."""
    wall_ns = T0 + round(at_h * HOUR_NS)
    return Event(kind="began", agent=agent, at_ns=0, wall_ns=wall_ns, details={"session": session})


def ended(agent: str, reason: str) -> Event:
    """Why it stopped."""
    return Event(kind="ended", agent=agent, at_ns=0, wall_ns=0, details={"reason": reason})


def due(contents: Contents) -> tuple[int, int, float | None] | None:
    """Number of the next session, its first cycle, and when it begins, in hours after the first; None: none is left."""
    found = next_appointment(contents)
    if found is None:
        return None
    begins = None if found.begins_wall_ns is None else (found.begins_wall_ns - T0) / HOUR_NS
    return found.number, found.first_cycle, begins


def test_a_run_of_one_session_has_no_appointments() -> None:
    """Nor is anything of it waited for."""
    plan = msgspec.structs.replace(a_plan(), sessions=None)
    assert due(a_run(plan)) is None
    assert whole(plan).sessions == 1


def test_sessions_come_one_after_another_at_their_times() -> None:
    """Counted from the beginning of the first, however long each took; after the last there is none."""
    plan = a_plan()
    events: list[Event] = []
    assert due(a_run(plan)) == (0, 0, None)
    events += [began("a1", 0, 0), ended("a1", "cycles")]
    assert due(a_run(plan, events, [0, 1])) == (1, 2, 1.0)
    events += [began("a2", 1, 1.01), ended("a2", "cycles")]
    assert due(a_run(plan, events, range(4))) == (2, 4, 2.0)
    events += [began("a3", 2, 2.0), ended("a3", "cycles")]
    assert due(a_run(plan, events, range(6))) is None


@pytest.mark.parametrize("last", [[], [ended("a1", "finished_early")], [ended("a1", "failures")]])
def test_an_interrupted_session_goes_on_at_once(last: list[Event]) -> None:
    """Killed, stopped or given up: it is the next one, whatever the time."""
    contents = a_run(a_plan(), [began("a1", 0, 0), *last], [0])
    assert due(contents) == (0, 0, None)
    left = left_of(contents, contents.plan.limits)
    assert (left.rounds, left.warmup, left.sessions) == (2 + 2 * 4, 3 * 2, 3)


def test_a_session_that_ran_out_of_time_is_over() -> None:
    """What it did not reach belongs to its time, and is never measured at another."""
    contents = a_run(a_plan(), [began("a1", 0, 0), ended("a1", "max_time")], [0])
    assert due(contents) == (1, 2, 1.0)


def test_a_session_killed_after_its_last_record_is_over() -> None:
    """Nobody was left to say so, but its rounds are complete."""
    assert due(a_run(a_plan(), [began("a1", 0, 0)], [0, 1])) == (1, 2, 1.0)


def test_a_session_that_never_began_is_still_due() -> None:
    """No connection could be opened: that left no trace of a session."""
    events = [began("a1", 0, 0), ended("a1", "cycles"), ended("a2", "cannot_connect")]
    assert due(a_run(a_plan(), events, [0, 1])) == (1, 2, 1.0)


def test_a_budget_that_is_spent_ends_all_sessions() -> None:
    """Retries and torn rounds used up what was left for the others."""
    assert due(a_run(a_plan(), [began("a1", 0, 0), ended("a1", "max_requests")], [0])) is None


def test_a_late_session_moves_the_next_one() -> None:
    """Resumed half a day late: the next is not measured right behind it, where it could say nothing new."""
    events = [began("a1", 0, 0), ended("a1", "cycles"), began("a2", 1, 12.0), ended("a2", "cycles")]
    assert due(a_run(a_plan(), events, range(4))) == (2, 4, 12.0 + CLOSEST)


def test_all_sessions_together_stay_within_the_limit() -> None:
    """Warm-ups and attempts of earlier sessions are taken off; each session has its own cycles."""
    plan = a_plan()
    events = [began("a1", 0, 0), ended("a1", "cycles")]
    contents = a_run(plan, events, [0, 1])
    warm = [a_record(id=f"a1-w{n}", phase="warmup", target=name) for n, name in enumerate("ab")]
    appointment = next_appointment(contents)
    assert appointment is not None
    limits = limits_of_session(plan, plan.limits, appointment, [*warm, *contents.records])
    assert (limits.cycles, limits.max_requests) == (4, 36 - 2)
    assert whole(plan).warmup + whole(plan).rounds * 2 <= 36


# At a shell


def command(sim: Running, *more: str) -> tuple[str, ...]:
    """Two sessions of two cycles of two prompts to two targets."""
    words = ("--suite", "two.csv", "--cycles", "2", "--sessions", "2")
    return ("compare", NOVA, "--vary", "latency=standard,optimized", "--endpoint", sim.url, *words, *more)


@pytest.fixture(autouse=True)
def _a_suite(request: pytest.FixtureRequest) -> None:
    if "shell" in request.fixturenames:
        shell: Shell = request.getfixturevalue("shell")
        (shell.folder / "two.csv").write_text(CSV)


def cycles_of(records: Sequence[RequestRecord]) -> dict[str, dict[int, int]]:
    """Agent -> cycle -> answers."""
    found: dict[str, Counter[int]] = {}
    for record in records:
        found.setdefault(record.id.partition("-")[0], Counter())[record.cycle] += 1
    return {agent: dict(counts) for agent, counts in found.items()}


TWO_SESSIONS = {"a1": {0: 4, 1: 4}, "a2": {2: 4, 3: 4}}


def test_two_sessions_a_second_apart(shell: Shell, sim: Running) -> None:
    """Announced with their times, each measured by an agent of its own with the same cycles, the pause kept in the run."""
    done = shell(*command(sim, "--every", "1s"))
    assert done.code in (0, 4), done.err
    assert "Sessions: 2, one every 1 s, of at most 2 cycles each. They begin: now, " in done.err
    assert "Requests: at most 20 (complete cycles: 4; warm-up: 4; limit: 400)" in done.err
    assert "10 min per session" in done.err
    assert "Session 2 of 2 begins at" in done.err
    assert cycles_of(shell.records()) == TWO_SESSIONS
    events = shell.run.read().events
    assert [event.kind for event in events] == ["began", "watched", "ended", "waiting", "began", "watched", "ended"]
    assert [event.details.get("session") for event in events] == [0, None, None, 1, 1, None, None]
    first, second = (event.wall_ns for event in events if event.kind == "began")
    assert second >= first + 1_000_000_000
    assert "--resume" not in done.err.splitlines()[-1]
    told = shell.inside("compare", "--resume", "last", code=2).err
    assert "all 2 sessions of this run have been measured" in told
    assert "planned in 2 sessions" in shell.inside("compare", "--resume", "last", "--max-requests", "900", code=2).err


def waiting(shell: Shell) -> bool:
    """Whether the run waits for its second session."""
    return bool(shell.runs) and any(event.kind == "waiting" for event in shell.run.read().events)


def test_ctrl_c_while_waiting(shell: Shell, sim: Running) -> None:
    """It ends at once with what there is; the command that is offered goes on with the second session at its time."""
    with shell.begin(*command(sim, "--every", "4h")) as process:
        until(lambda: waiting(shell))
        assert "another hayai is measuring" in shell.inside("compare", "--resume", "last", code=2).err
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert "simulated" in out.splitlines()[0]
    assert "sessions are still to come" in out
    (offered,) = re.findall(r"^Go on with: hayai (.*)$", err, re.MULTILINE)
    told = shell.inside(*shlex.split(offered), "--dry-run", "--json", code=0)
    assert told.json["requests"] == {"per_cycle": 4, "warmup": 2, "all": 10}
    assert "Sessions left: 1 of 2. The next begins at" in told.err
    assert cycles_of(shell.records()) == {"a1": TWO_SESSIONS["a1"]}


def test_killed_while_waiting(shell: Shell, sim: Running) -> None:
    """`kill -9` loses nothing; resumed when the time has passed, the second session begins at once."""
    with shell.begin(*command(sim, "--every", "1500ms")) as process:
        until(lambda: waiting(shell))
        process.kill()
        process.wait(20)
    before = {path.name: path.read_bytes() for path in shell.run.path.glob("records-*")}
    done = shell.inside("compare", "--resume", "last", "--json")
    assert done.code in (0, 4), done.err
    assert cycles_of(shell.records()) == TWO_SESSIONS
    assert all((shell.run.path / name).read_bytes() == data for name, data in before.items())


def test_a_service_that_is_not_there_yet(shell: Shell) -> None:
    """A laptop that wakes up without a network: the second session tries again until the service can be reached."""
    with ExitStack() as service, ExitStack() as user:
        sim = service.enter_context(
            serve_in_process("steady", environment=shell.environment, options=["--speed", "200"])
        )
        process = user.enter_context(shell.begin(*command(sim, "--every", "2s")))
        until(lambda: waiting(shell))
        service.close()
        assert process.stderr
        while "Trying again in 1 s" not in (line := process.stderr.readline()):
            assert line, "it ended"
        again = ["--speed", "200", "--port", sim.url.rpartition(":")[2]]
        user.enter_context(serve_in_process("steady", environment=shell.environment, options=again))
        _out, err = process.communicate(timeout=30)
    assert process.returncode in (0, 4), err
    assert {agent: set(cycles) for agent, cycles in cycles_of(shell.records()).items()} in (
        {"a1": {0, 1}, "a2": {2, 3}},
        {"a1": {0, 1}, "a3": {2, 3}},
    )


def test_killed_while_measuring(shell: Shell, slow_sim: Running) -> None:
    """The session that was torn is completed, then the second one comes at its time."""
    with shell.begin(*command(slow_sim, "--every", "1s")) as process:
        until(lambda: bool(shell.runs) and len(shell.records()) >= 3)
        process.kill()
        process.wait(20)
    done = shell.inside("compare", "--resume", "last", "--json")
    assert done.code in (0, 4), done.err
    sessions = [e.details["session"] for e in shell.run.read().events if e.kind == "began"]
    assert sessions == [0, 0, 1]
    records = [record for record in shell.records() if record.outcome == "ok"]
    assert {(r.cycle, r.prompt, r.target) for r in records} == {
        (cycle, prompt, target.name)
        for cycle in range(4)
        for prompt in ("one", "two")
        for target in shell.run.plan().targets
    }
