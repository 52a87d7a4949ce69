"""What becomes of `--judge TARGET`? What was measured is judged at once, as `hayai judge` would later.

Judges are looked at before anything is spent, as far as their names go; what goes wrong with them afterwards is told, and takes nothing
away from what was measured. Whether their verdict is clear is no matter of the exit code: a comparison of speed is what was asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from hayai.ask.dollars import NO_LIMIT
from hayai.ask.plan import Plan, Target
from hayai.cli.charging import stated_prices
from hayai.cli.options import Wishes
from hayai.cli.telling import say, tell_error
from hayai.decide.prices.snapshot import prices_for
from hayai.errors import HayaiError, Problem, UsageError
from hayai.keep.judging import JUDGINGS
from hayai.keep.records import without_pieces
from hayai.keep.run_directory import RunDirectory
from hayai.measure.messages import Ended
from hayai.show.format import clean
from hayai.show.locales import Texts

if TYPE_CHECKING:
    from hayai.cli.agent_process import AgentProcess
    from hayai.cli.judge_planning import JudgeAsked

MEASURED = ("cycles", "max_requests", "max_time", "max_cost", "verdict")
"""Ends after which there is something to be judged, and nobody who wants to stop."""


def check_judges(plan: Plan, wishes: Wishes, texts: Texts) -> None:
    """Raises UsageError for judges that cannot be, or for a run that nobody could judge."""
    from hayai.cli.judge_planning import settle

    problems: list[Problem] = []
    if not plan.save_texts:
        problems.append(Problem(place="--no-texts", key="judge.needs_texts"))
    if len(plan.targets) < 2:
        problems.append(Problem(place="--judge", key="judge.one_target"))
    try:
        judges = settle(_asked(wishes, plan.seed), (), texts.language).judges
        if wishes.judges_limit_usd not in (None, NO_LIMIT):
            problems += _unbounded(judges, wishes)
    except UsageError as error:
        problems += error.problems
    if problems:
        raise UsageError(*problems)


def _unbounded(judges: Sequence[Target], wishes: Wishes) -> list[Problem]:
    """Judges of whose calls nobody knows what they may cost: no limit could be held with them."""
    known = {
        one.target
        for one in prices_for(judges, stated_prices(wishes.judges_prices))
        if one.input_usd is not None and one.output_usd is not None
    }
    return [
        Problem(place="--max-cost", key="cost.unbounded.price", values={"target": judge.name, "prompt": "--judge"})
        for judge in judges
        if judge.name not in known
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
