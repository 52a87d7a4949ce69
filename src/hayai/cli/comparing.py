"""What happens when something is compared, from what was asked to the exit code?

The journey of the command reads from top to bottom in `compare`: plan, endpoints, manifest, measure, show. `run`, `demo` and `--resume`
join it at the step where they differ. Imported while the agent is loading already: most of what the parent needs is needed later.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence

import msgspec

from hayai.ask.plan import Limits
from hayai.ask.secrets import redact_argv
from hayai.cli.agent_process import AgentProcess
from hayai.cli.announcing import announcement, announcement_as_json, announcement_of_rest
from hayai.cli.asked import Asked
from hayai.cli.extent import rest_of, session_plan, words_for_resume
from hayai.cli.measuring import carry_out, create_run, exit_code, find_endpoints
from hayai.cli.options import Wishes
from hayai.cli.outputs import CUT_SHORT, check_writable, read_findings, render, write_derived
from hayai.cli.planning import build_plan, limits_of
from hayai.cli.telling import put_out, say, sentence
from hayai.cli.watching import Watcher
from hayai.errors import InstrumentError, JournalError, Problem, UsageError
from hayai.keep.records import without_pieces
from hayai.keep.run_directory import Endpoint, RunDirectory, open_run
from hayai.measure.messages import Ended, Fault
from hayai.show.format import clean
from hayai.show.locales import Texts


def compare(asked: Asked, wishes: Wishes, texts: Texts, agent: AgentProcess) -> int:
    """A new run, from what was asked to the exit code."""
    plan = build_plan(asked, language=texts.language, stdin=sys.stdin)
    endpoints = find_endpoints(agent, plan)
    told = announcement(plan, endpoints, texts, os.environ)
    rounds = rest_of(plan, plan.limits, ()).rounds
    if wishes.dry_run:
        say([*told, texts("cli.dry_run")])
        if wishes.json:
            put_out(_document(announcement_as_json(plan, plan.limits, rounds, endpoints)))
        return 0
    if wishes.results is not None:
        check_writable(wishes.results)
    directory = create_run(wishes.runs, plan, endpoints, redact_argv(sys.argv))
    say(told)
    watcher = Watcher(session_plan(plan, plan.limits, rounds), texts, os.environ)
    return measure_and_show(directory, plan.limits, wishes, texts, agent=agent, watcher=watcher)


def resume_run(name: str, asked: Asked, wishes: Wishes, texts: Texts, agent: AgentProcess) -> int:
    """Goes on with an earlier run: what is missing, or more of the same under new limits."""
    directory = open_run(name, wishes.runs)
    contents = directory.read(without_pieces)
    plan = contents.plan
    limits = limits_of(asked, plan.limits)
    rest = rest_of(plan, limits, contents.records)
    if not rest.rounds:
        values: dict[str, object] = {
            "cycles": rest.complete_cycles,
            "options": " ".join(f"{name} {number}" for name, number in rest.options.items()),
        }
        raise UsageError(Problem(place=str(directory.path), key="cli.nothing_left", values=values))
    endpoints = find_endpoints(agent, plan)
    if wishes.results is not None:
        check_writable(wishes.results)
    say([texts("cli.resuming", path=clean(str(directory.path)), records=len(contents.records))])
    if {e.target: e.url for e in endpoints} != {e.target: e.url for e in contents.manifest.endpoints}:
        say([texts("cli.other_endpoint")])
    say(announcement_of_rest(plan, limits, endpoints, texts, os.environ, rounds=rest.rounds))
    if wishes.dry_run:
        say([texts("cli.dry_run")])
        if wishes.json:
            put_out(_document(announcement_as_json(plan, limits, rest.rounds, endpoints)))
        return 0
    watcher = Watcher(session_plan(plan, limits, rest.rounds), texts, os.environ)
    return measure_and_show(directory, limits, wishes, texts, agent=agent, watcher=watcher)


def measure_and_show(
    directory: RunDirectory, limits: Limits, wishes: Wishes, texts: Texts, *, agent: AgentProcess, watcher: Watcher
) -> int:
    """Measures, then shows what there is, however it ended."""
    ended: Ended | None
    try:
        ended = carry_out(agent, directory, limits, watcher)
    except InstrumentError as error:
        ended = None
        say([f"hayai: {sentence(error.key, error.values, texts)}"])
    if ended is not None and ended.fault is not None:
        if ended.fault.key == "journal.busy":
            raise JournalError(ended.fault.key, **ended.fault.values)
        say(told(ended.fault, directory.manifest().endpoints, texts))
    return show(directory, limits, wishes, texts, ended)


def show(directory: RunDirectory, limits: Limits, wishes: Wishes, texts: Texts, ended: Ended | None) -> int:
    """Files under `derived/`, seal, report on stdout. Returns the exit code."""
    contents, findings = read_findings(directory)
    session = [record for record in contents.records if record.phase == "measure"]
    code = exit_code(ended, session)
    if not session and ended is not None and ended.reason in ("access", "cannot_connect", "disk"):
        say([texts("cli.nothing_measured")])
        return code
    left: list[str] = []
    try:
        folder = write_derived(directory, contents, findings, texts, wishes.results)
        directory.seal(len(contents.records))
    except (JournalError, OSError) as error:
        if not isinstance(error, JournalError):
            error = JournalError("journal.cannot_write", path=str(directory.path), reason=error.strerror or str(error))
        left.append(f"hayai: {sentence(error.key, error.values, texts)}")
        code = code or error.exit_code
    else:
        if not wishes.json:
            left.append(texts("cli.files", results=clean(str(folder)), derived=clean(str(directory.derived))))
    if wishes.resumable:
        cut_short = ended is None or ended.reason in CUT_SHORT
        rest = rest_of(contents.plan, limits, contents.records)
        words = words_for_resume(str(directory.path), contents.plan, limits, rest)
        command = shlex.join([*words, "--results", str(wishes.results)] if wishes.results else words)
        left.append(texts("cli.resume_with" if cut_short else "cli.extend_with", command=command))
    put_out(render(findings, texts, "json" if wishes.json else "terminal", str(directory.path)))
    say(left, to_copy=True)
    return code


NO_HTTP = ("connection_closed", "connection_reset", "bad_http")
"""How it ends when plain HTTP is spoken to a port that expects TLS."""


def _document(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value)).decode() + "\n"


def told(fault: Fault, endpoints: Sequence[Endpoint], texts: Texts) -> list[str]:
    """What the agent reported, in words, and a guess at why where there is a good one."""
    place = f"{clean(fault.values['target'])}: " if "target" in fault.values else ""
    lines = [f"hayai: {place}{sentence(fault.key, fault.values, texts)}"]
    plain = any(e.target == fault.values.get("target") and e.url.startswith("http://") for e in endpoints)
    if plain and fault.values.get("code") in NO_HTTP:
        lines.append(texts("cli.maybe_tls"))
    return lines
