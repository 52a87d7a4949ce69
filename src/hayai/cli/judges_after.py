"""What becomes of `--judge TARGET`? What was measured is judged at once, as `hayai judge` would later.

Judges are looked for before anything is spent: their names, where they are, and whether a limit in dollars can be held with them. What goes
wrong with them afterwards is told, and takes nothing away from what was measured. Whether their verdict is clear is no matter of the exit
code: a comparison of speed is what was asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from hayai.ask.dollars import NO_LIMIT
from hayai.ask.plan import Message, Plan, Prompt, Target, TextPart
from hayai.cli.charging import regions_of, stated_for
from hayai.cli.options import Wishes
from hayai.cli.telling import say, sentence, tell_error
from hayai.decide.prices.snapshot import prices_for
from hayai.errors import AccessError, HayaiError, Problem, UsageError
from hayai.keep.charges import bound_of
from hayai.keep.judging import JUDGINGS
from hayai.keep.records import without_pieces
from hayai.keep.run_directory import Endpoint, RunDirectory
from hayai.measure.messages import Ended, Prepare
from hayai.measure.net.credentials import MFA_WANTED
from hayai.show.format import clean
from hayai.show.locales import Texts

if TYPE_CHECKING:
    from hayai.cli.agent_process import AgentProcess
    from hayai.cli.judge_planning import JudgeAsked, Settled

MEASURED = ("cycles", "max_requests", "max_time", "max_cost", "verdict")
"""Ends after which there is something to be judged, and nobody who wants to stop."""


def check_judges(plan: Plan, wishes: Wishes, texts: Texts, agent: AgentProcess) -> None:
    """Raises UsageError for judges that cannot be and for a run that nobody could judge, AccessError for judges without credentials.

    Where they are is asked of another agent like `agent`: what that one finds it keeps valid as long as it measures, and judges are no
    matter of the measuring.
    """
    from hayai.cli.judge_planning import settle

    with agent.fresh() as another:  # It loads meanwhile.
        problems: list[Problem] = []
        if not plan.save_texts:
            problems.append(Problem(place="--no-texts", key="judge.needs_texts"))
        if len(plan.targets) < 2:
            problems.append(Problem(place="--judge", key="judge.one_target"))
        asked = _asked(wishes, plan.seed)
        try:
            settled = settle(asked, (), texts.language)
            endpoints = _endpoints(settled.judges, another, texts)
            if wishes.judges_limit_usd not in (None, NO_LIMIT):
                problems += _unbounded(settled, asked, endpoints)
        except UsageError as error:
            problems += error.problems
        if problems:
            raise UsageError(*problems)


def _endpoints(judges: Sequence[Target], agent: AgentProcess, texts: Texts) -> tuple[Endpoint, ...]:
    """Where the judges are. Raises UsageError or AccessError, which name `--judge`, with what stands in the way.

    Who has to type a code for them is not asked now: it is good for a minute, and judges come later.
    """
    places = {
        judge.name: f"--judge {judge.name}" if len(judges) == 1 else f"--judge {number} ({judge.name})"
        for number, judge in enumerate(judges, start=1)
    }
    found = agent.prepare(Prepare(targets=tuple(judges)))
    faults = [fault for fault in found.faults if fault.key != MFA_WANTED]
    if found.access and faults:
        reason = sentence(faults[0].key, faults[0].values, texts)
        raise AccessError("judge.no_access", judge=places[faults[0].place], reason=reason)
    problems = []
    for fault in faults:
        name = next(name for name in places if fault.place.startswith(f"{name}: "))
        where = f"{places[name]}: {fault.place.removeprefix(f'{name}: ')}"
        problems.append(Problem(place=where, key=fault.key, values=fault.values))
    if problems:
        raise UsageError(*problems)
    return found.endpoints


def _unbounded(settled: Settled, asked: JudgeAsked, endpoints: Sequence[Endpoint]) -> list[Problem]:
    """Judges of whose calls nobody knows what they may cost, whatever they are asked: no limit could be held with them."""
    from hayai.cli.judge_planning import plan_of_judge

    shortest = Prompt(id="--judge", messages=(Message(role="user", parts=(TextPart(text=settled.rubric.text),)),))
    prices = prices_for(settled.judges, stated_for(endpoints, asked.prices), regions_of(endpoints))
    bounds = {
        judge.name: bound_of(plan_of_judge(judge, (shortest,), 0, asked, None), prices, judge, shortest)
        for judge in settled.judges
    }
    return [
        Problem(place="--max-cost", key=f"cost.unbounded.{bound.why}", values={"target": name, "prompt": shortest.id})
        for name, bound in bounds.items()
        if bound.why is not None
    ]


def judges_announced(plan: Plan, wishes: Wishes, texts: Texts) -> list[str]:
    """How often judges will be asked, at the most; what that can cost depends on the answers and is told when they are there."""
    if not wishes.judges:
        return []
    most = 2 * len(plan.suite.prompts) * (len(plan.targets) - 1) * len(wishes.judges)
    return [texts("judge.plan.after", judges=clean(texts("cli.list").join(wishes.judges)), count=most)]


def judge_after(directory: RunDirectory, wishes: Wishes, texts: Texts, agent: AgentProcess, ended: Ended | None) -> int:
    """Asks the judges, if the run came to its end. Returns an exit code that speaks of the judging alone."""
    if ended is None or ended.reason not in MEASURED:
        return 0
    from hayai.cli.judging import UNDECIDED, carry_out_tasks, ended_code, locked, plan_judging

    agent.close()
    try:
        contents = directory.read(without_pieces)
        asked = _asked(wishes, contents.plan.seed)
        if asked.max_cost_usd not in (None, NO_LIMIT):
            left = asked.max_cost_usd - sum(map(_spent_usd, (directory.path, *_judgings(directory))))
            if left <= 0:
                say([texts("judge.no_dollars", limit=f"{asked.max_cost_usd:f}")])
                return UNDECIDED
            asked = replace(asked, max_cost_usd=left)
        tasks = plan_judging(directory, contents, asked, texts)
        with locked(directory), agent.fresh() as another:
            return ended_code(carry_out_tasks(directory.path / JUDGINGS, tasks, asked, texts, another))
    except HayaiError as error:
        say([tell_error(error, texts)])
        return error.exit_code


def _judgings(directory: RunDirectory) -> list[Path]:
    return [path.parent for path in (directory.path / JUDGINGS).glob("*/judging.json")]


def _spent_usd(path: Path) -> Decimal:
    """What a run or a judging has cost, at its worst where that is not known: as a run that is held to a limit counts it."""
    from hayai.measure.engine.budget import Budget

    contents = RunDirectory(path).read(without_pieces)
    spent = Budget(contents.plan, contents.manifest.prices, NO_LIMIT, before=contents.records, events=contents.events)
    return spent.spent_usd


def _asked(wishes: Wishes, seed: int) -> JudgeAsked:
    """With the seed of the run: whoever repeats it repeats the judging too."""
    from hayai.cli.judge_planning import JudgeAsked

    reach = wishes.judges_reach
    return JudgeAsked(
        judges=wishes.judges,
        place="--judge",
        seed=seed,
        prices=wishes.judges_prices,
        max_cost_usd=wishes.judges_limit_usd,
        region=reach.get("region"),
        profile=reach.get("profile"),
        endpoint=reach.get("endpoint"),
    )
