"""From a run to what judges find about its answers: who is asked what, what it may cost, and what is shown.

Each judge is asked in a run of its own within the run's directory (`keep/judging.py`), by the engine that measures: so calls are journalled
before they count, retried, limited and priced, and after Ctrl-C or a kill the same command asks only for what is missing. While it judges,
the run is locked: nobody measures into it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from hayai.ask.plan import ModePrice, Plan
from hayai.ask.secrets import redact_argv
from hayai.cli.agent_process import AgentProcess
from hayai.cli.announcing import announcement_as_json, announcement_of_rest
from hayai.cli.charging import regions_of, stated_for
from hayai.cli.ending import told
from hayai.cli.judge_planning import JudgeAsked, Task, settle, tasks_of
from hayai.cli.measuring import create_run, find_endpoints
from hayai.cli.outputs import read_findings, room, telling_passed_over, write_derived
from hayai.cli.sessions import whole
from hayai.cli.sittings import Sittings
from hayai.cli.spending import with_budget
from hayai.cli.telling import put_out, say
from hayai.clock import wall_ns
from hayai.decide.findings import Findings
from hayai.decide.prices.snapshot import prices_for
from hayai.decide.quality.judge_pairs import Chosen, choose_pairs
from hayai.decide.quality.judge_tally import final_records
from hayai.errors import INTERRUPTED, JournalError, Problem, UsageError
from hayai.keep.judging import JUDGINGS, read_judgings, write_judging
from hayai.keep.records import without_pieces
from hayai.keep.run_directory import Contents, Endpoint, RunDirectory, open_run
from hayai.measure.messages import Ended
from hayai.show.format import clean
from hayai.show.judging import as_json, as_text
from hayai.show.locales import Texts

NO_ACCESS, FAILED, UNDECIDED = 3, 5, 4
OVER = ("cycles", "max_requests", "max_time", "max_cost")
"""Ends after which the next judge has its turn."""


def judge_run(name: str, asked: JudgeAsked, texts: Texts, agent: AgentProcess) -> int:
    """Asks what is missing, shows what was found. Returns the exit code."""
    directory = open_run(name, asked.runs)
    contents = directory.read(without_pieces)
    tasks = plan_judging(directory, contents, asked, texts)
    with locked(directory):
        ended = carry_out_tasks(directory.path / JUDGINGS, tasks, asked, texts, agent)
    if asked.dry_run:
        return 0
    contents, findings = read_findings(directory)  # What cannot be read was told before it was asked again.
    write_derived(directory, contents, findings, texts, None)
    width, colour = room()
    put_out(as_json(findings, texts) if asked.json else as_text(findings, texts, width=width, colour=colour))
    say([texts("regions.reports", path=clean(str(directory.derived)))])
    from hayai.cli.paging import renew_page  # Late: what it draws on is heavy, and judges need not wait for it.

    page_code = renew_page(directory, contents, findings, texts)
    return judge_code(ended, findings) or page_code


def plan_judging(directory: RunDirectory, contents: Contents, asked: JudgeAsked, texts: Texts) -> tuple[Task, ...]:
    """What is to be asked about a run. Raises UsageError when it holds nothing that could be judged, or for what was asked wrongly."""
    place = clean(str(directory.path))
    if len(contents.plan.targets) < 2:
        raise UsageError(Problem(place=place, key="judge.one_target"))
    if not contents.plan.save_texts:
        raise UsageError(Problem(place=place, key="judge.no_texts"))
    earlier = read_judgings(directory.path / JUDGINGS, passed_over=telling_passed_over(texts))
    settled = settle(asked, earlier, texts.language)
    chosen = choose_pairs(
        contents.plan,
        contents.records,
        directory.answers(),
        repeats=settled.repeats,
        all_pairs=settled.all_pairs,
    )
    if not chosen.pairs:
        raise UsageError(Problem(place=place, key="judge.no_pairs", values={"images": chosen.images}))
    say(_left_aside(chosen, texts))
    return tasks_of(settled, chosen.pairs, earlier, asked, subject=contents.manifest.run)


def _left_aside(chosen: Chosen, texts: Texts) -> list[str]:
    counts = (("images", chosen.images), ("texts_missing", chosen.texts_missing), ("wordless", chosen.wordless))
    return [texts(f"judge.left_aside.{name}", count=count) for name, count in counts if count]


@contextmanager
def locked(directory: RunDirectory) -> Iterator[None]:
    """Nobody else measures into the run or judges it. JournalError when somebody does."""
    directory.lock()
    try:
        yield
    finally:
        directory.unlock()


def carry_out_tasks(
    folder: Path, tasks: Sequence[Task], asked: JudgeAsked, texts: Texts, agent: AgentProcess
) -> Ended | None:
    """Says what will be asked, then asks it, judge after judge; one that does not end well is the last. Returns how that one ended.

    All judges are looked for before the first call: who is missing is told before anything is spent.
    """
    to_do = [task for task in tasks if task.judging.ballots]
    for task in tasks:
        if task not in to_do:
            say([texts("judge.nothing_to_ask", judge=clean(task.judge.name), count=task.known)])
    agents = [agent, *(agent.fresh() for _ in to_do[1:])]
    try:
        calls = [_call(one, task, len(to_do), asked) for one, task in zip(agents, to_do, strict=False)]
        for call in calls:
            say(_announced(call, texts))
        if asked.dry_run:
            say([texts("cli.dry_run")])
            if asked.json:
                put_out(_dry_json(tasks, calls))
            return Ended(reason="cycles")
        ended: Ended | None = Ended(reason="cycles")
        for call in calls:
            ended = _judge(folder, call, texts)
            if ended is None or ended.reason not in OVER:
                return ended
        return ended
    finally:
        for one in agents[1:]:
            one.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A task, ready to be carried out."""

    task: Task
    plan: Plan
    """With its limit in dollars."""
    agent: AgentProcess
    endpoints: tuple[Endpoint, ...]
    prices: tuple[ModePrice, ...]


def _call(agent: AgentProcess, task: Task, judges: int, asked: JudgeAsked) -> _Call:
    """Where the judge is, and what it costs; each of several judges gets an equal part of the dollars that were named."""
    endpoints = find_endpoints(agent, task.plan)
    prices = prices_for(task.plan.targets, stated_for(endpoints, asked.prices), regions_of(endpoints))
    part = None if asked.max_cost_usd is None else asked.max_cost_usd / judges
    plan = with_budget(task.plan, part, prices, endpoints)
    return _Call(task=task, plan=plan, agent=agent, endpoints=endpoints, prices=prices)


def _judge(folder: Path, call: _Call, texts: Texts) -> Ended | None:
    directory = create_run(folder, call.plan, call.endpoints, redact_argv(sys.argv), call.prices)
    write_judging(directory, call.task.judging)
    sittings = Sittings(directory=directory, limits=call.plan.limits, texts=texts, may_end=False)
    ended = sittings.measure(call.agent)
    if ended is not None and ended.fault is not None:
        if ended.fault.key == "journal.busy":
            raise JournalError(ended.fault.key, **ended.fault.values)
        say(told(ended.fault, call.endpoints, texts))
    records = directory.read(without_pieces).records
    if ended is not None and ended.reason in OVER:
        directory.seal(len(records))
    answers = sum(record.outcome == "ok" for record in final_records(records).values())
    missing = len(call.task.judging.ballots) + call.task.left - answers
    if missing > 0:
        say([texts("judge.missing", judge=clean(call.task.judge.name), count=missing)])
    return ended


def _announced(call: _Call, texts: Texts) -> list[str]:
    """Who is asked how much, and what that takes at the most."""
    task, plan = call.task, call.plan
    ballots = task.judging.ballots
    pairs = {(one.prompt, one.cycle, one.target, one.baseline) for one in ballots}
    lines = [
        texts(
            "judge.plan",
            judge=clean(task.judge.name),
            pairs=len(pairs),
            prompts=len({one.prompt for one in ballots}),
            count=len(ballots),
            known=task.known,
        )
    ]
    if task.left:
        lines.append(texts("judge.plan.left", count=task.left))
    rest = announcement_of_rest(
        plan,
        plan.limits,
        call.endpoints,
        texts,
        left=whole(plan),
        now_wall_ns=wall_ns(),
        prices=call.prices,
        spent_usd=None,
    )
    return [*lines, *rest]


def _dry_json(tasks: Sequence[Task], calls: Sequence[_Call]) -> str:
    """All judges, those who need not be asked again too: of them there is no plan."""
    ready = {id(call.task): call for call in calls}
    document = {
        "version": 1,
        "judges": [
            {
                "judge": task.judge.name,
                "model": task.judge.model,
                "rubric": task.judging.rubric,
                "margin": task.judging.margin,
                "ballots": len(task.judging.ballots),
                "known": task.known,
                "left": task.left,
                "plan": _plan_as_json(ready[id(task)]) if id(task) in ready else None,
            }
            for task in tasks
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document)).decode() + "\n"


def _plan_as_json(call: _Call) -> dict[str, Any]:
    return announcement_as_json(call.plan, call.plan.limits, whole(call.plan), call.endpoints, call.prices)


def ended_code(ended: Ended | None) -> int:
    """130 interrupted · 3 access · 5 failures · 0."""
    if ended is None or ended.reason in ("finished_early", "stopped", "disk", "instrument"):
        return INTERRUPTED
    if ended.reason in ("access", "cannot_connect"):
        return NO_ACCESS
    return FAILED if ended.reason == "failures" else 0


def judge_code(ended: Ended | None, findings: Findings) -> int:
    """The same, and 4 when something that was to be told cannot be. Who is better is no matter of the code."""
    judged = findings.judged
    asked = [] if judged is None else [one for one in judged.comparisons if not one.is_self_test]
    is_open = not asked or any(one.answer in ("cannot_tell", "none") for one in asked)
    return ended_code(ended) or (UNDECIDED if is_open else 0)
