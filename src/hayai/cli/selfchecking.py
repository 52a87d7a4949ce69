"""How does hayai measure itself? A real agent against the local service, which knows what is true, with more and more streams.

Everything that a real run does is done: signed requests, records and answers journalled, in a process of its own. The service has a core to
itself where there are two; so has the truth. A number of streams that is beyond the bound is tried once more, because a machine may
have had something else to do; the second try counts.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from hayai import __version__
from hayai.cli.agent_process import AgentProcess
from hayai.cli.asked import Asked
from hayai.cli.environment import environment_facts, local_environment
from hayai.cli.measuring import create_run, find_endpoints
from hayai.cli.outputs import check_writable, watched_in
from hayai.cli.planning import build_plan
from hayai.cli.surroundings import Counters, cores, load_per_core, surroundings
from hayai.cli.telling import put_out, say
from hayai.clock import utc_text, wall_ns
from hayai.decide.selfcheck import TrueAnswer, advice_of, reach_of, step_of
from hayai.errors import InstrumentError
from hayai.keep.run_directory import RunDirectory
from hayai.keep.selfcheck import FACTS, SelfCheck, Step, Transport, place_of, read_selfcheck, write_selfcheck
from hayai.measure.messages import CycleEnded, Ended, GoOn, Run
from hayai.open_files import allow_open_files
from hayai.show.format import clean, duration_alone
from hayai.show.locales import Texts
from hayai.show.sections.words import counted
from hayai.show.selfcheck import render, step_line
from hayai.sim.process import Running, serve_in_process
from hayai.sim.truth import Truth, read_truth

PROFILE = "selfcheck"
TARGET = "bedrock:us.amazon.nova-pro-v1:0"
PACE_PER_S = 25.0
"""Chunks a second of one stream, as the profile has it."""
MOST_PER_S = 20_000.0
"""Chunks a second that the local service can send on time: with many streams each is slower, with few it is up to four times as fast."""
FASTEST = 4.0
FEWEST_ANSWERS = 20
SPARE_FILES = 256
MAX_TIME_S = 120.0
"""No step takes longer, whatever happens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be checked."""

    streams: tuple[int, ...]
    """In rising order."""
    transports: Sequence[Transport]
    bound_ns: int
    keep: bool = True


def selfcheck(wanted: Wanted, texts: Texts, *, as_json: bool) -> int:
    """Checks this machine, keeps what was found, and shows it. 1 when not even the fewest streams were within the bound, else 0."""
    place = place_of(os.environ)
    if wanted.keep:
        check_writable(place.parent)
    most = counted("selfcheck.streams", wanted.streams[-1], texts)
    say([texts("selfcheck.begins", most=most, bound=duration_alone(wanted.bound_ns))])
    allow_open_files(wanted.streams[-1] + SPARE_FILES)
    counters, load = Counters.now(), load_per_core()
    steps: list[Step] = []
    try:
        with _apart() as service_core:
            for transport in wanted.transports:
                for step in _rising(wanted, transport, service_core):
                    steps.append(step)
                    say([step_line(step, texts)])
    except KeyboardInterrupt:
        say([texts("selfcheck.interrupted")])
        raise
    facts = environment_facts()
    check = SelfCheck(
        hayai_version=__version__,
        created_utc=utc_text(wall_ns()),
        machine={fact: facts[fact] for fact in FACTS},
        bound_ns=wanted.bound_ns,
        apart=service_core is not None,
        steps=tuple(steps),
        reach=tuple(
            reach
            for transport in wanted.transports
            if (reach := reach_of([step for step in steps if step.transport == transport])) is not None
        ),
        advice=advice_of(surroundings(counters, load), steps),
    )
    put_out(render(check, texts, as_json=as_json))
    if wanted.keep:
        write_selfcheck(place, check)
        say([texts("selfcheck.kept", path=clean(str(place)))])
    return 0 if all(reach.streams for reach in check.reach) else 1


def show_kept(texts: Texts, *, as_json: bool) -> int:
    """Shows the check that is kept. 1 when there is none."""
    place = place_of(os.environ)
    check = read_selfcheck(place)
    if check is None:
        key = "selfcheck.unreadable" if place.exists() else "selfcheck.none_kept"
        say([texts(key, path=clean(str(place)))])
        return 1
    put_out(render(check, texts, as_json=as_json))
    if not check.holds_on(environment_facts(), __version__):
        say([texts("selfcheck.elsewhere")])
    return 0


@contextlib.contextmanager
def _apart() -> Iterator[int | None]:
    """Keeps this process, and what it starts, off one core, and names that core; None where there is none to spare."""
    mine = cores()
    if len(mine) < 2 or not hasattr(os, "sched_setaffinity"):
        yield None
        return
    os.sched_setaffinity(0, mine[1:])
    try:
        yield mine[0]
    finally:
        os.sched_setaffinity(0, mine)


def _rising(wanted: Wanted, transport: Transport, service_core: int | None) -> Iterator[Step]:
    """More and more streams, until a number of them is beyond the bound twice."""
    for streams in wanted.streams:
        step = check_step(wanted, transport, streams, service_core)
        if not step.held:
            step = check_step(wanted, transport, streams, service_core, tries=2)
        yield step
        if not step.held:
            return


def check_step(wanted: Wanted, transport: Transport, streams: int, service_core: int | None, *, tries: int = 1) -> Step:
    """One number of streams over one transport, measured from nothing in an empty folder."""
    answers = max(FEWEST_ANSWERS, 2 * streams)
    with tempfile.TemporaryDirectory(prefix="hayai-selfcheck-") as name:
        folder = Path(name)
        log = folder / "truth.jsonl"
        speed = min(FASTEST, MOST_PER_S / (streams * PACE_PER_S))
        options = ["--speed", f"{speed:.3g}", "--truth-log", str(log), *(["--tls"] if transport == "tls" else [])]
        with serve_in_process(PROFILE, options=options, environment=local_environment()) as sim:
            if service_core is not None:
                os.sched_setaffinity(sim.pid, {service_core})
            run = _measure(sim, folder, streams=streams, answers=answers)
        contents = run.read()
        return step_of(
            [record for record in contents.records if record.phase == "measure"],
            {truth.request_id: _true(truth) for truth in read_truth(log).values()},
            watched_in(contents),
            transport=transport,
            streams=streams,
            bound_ns=wanted.bound_ns,
            asked=answers,
            tries=tries,
        )


def _measure(sim: Running, folder: Path, *, streams: int, answers: int) -> RunDirectory:
    """One pass over as many prompts as there are answers, so that each is a request of its own."""
    suite = folder / "suite.jsonl"
    suite.write_bytes(
        b"".join(
            msgspec.json.encode({"id": f"p{n}", "text": f"Tell me about clocks. (No. {n})"}) + b"\n"
            for n in range(answers)
        )
    )
    asked = Asked(
        targets=(TARGET,),
        defaults={"endpoint": sim.url, "region": sim.region},
        suite=str(suite),
        seed=1,
        cycles=1,
        concurrency=streams,
        max_requests=answers + 1,
        max_time_s=MAX_TIME_S,
    )
    with AgentProcess(_environment(sim)) as agent:
        plan = build_plan(asked, language="en", stdin=sys.stdin)
        run = create_run(folder / "runs", plan, find_endpoints(agent, plan), ())
        agent.say(Run(path=str(run.path), limits=plan.limits))
        while True:
            match agent.hear(1.0):
                case CycleEnded():
                    agent.say(GoOn(go_on=True))
                case Ended(fault=None):
                    return run
                case Ended(fault=fault) if fault is not None:
                    raise InstrumentError(fault.key, **fault.values)


def _environment(sim: Running) -> Mapping[str, str]:
    """Nobody's settings; over TLS requests must be signed, with a key that opens nothing."""
    environment = local_environment()
    if sim.authority is not None:
        environment["AWS_CA_BUNDLE"] = str(sim.authority)
        environment |= {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "opens-nothing"}
    return environment


def _true(truth: Truth) -> TrueAnswer:
    """What decides needs to know of a line of the truth log."""
    late = tuple(sent - due for sent, due in zip(truth.sent_ns, truth.due_ns, strict=True))
    return TrueAnswer(received_at_ns=truth.received_at_ns, pieces_at_ns=truth.pieces_at_ns(), late_ns=late)
