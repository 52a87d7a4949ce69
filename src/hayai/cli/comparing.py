"""What happens when something new is compared, from what was asked to the exit code?

The journey of the command reads from top to bottom in `compare`: plan, endpoints, manifest, measure, show. `run` and `demo` join it with an
`Asked` of their own, `--resume` at the step where it differs (`resuming.py`). Imported while the agent is loading already: most of what the
parent needs is needed later, and what a verdict needs (scipy) later still.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from hayai.ask.secrets import redact_argv
from hayai.cli.agent_process import AgentProcess
from hayai.cli.announcing import announcement
from hayai.cli.asked import Asked
from hayai.cli.brief import Brief
from hayai.cli.charging import prices_of
from hayai.cli.dry_run import dry_run
from hayai.cli.ending import measure_and_show
from hayai.cli.judges_after import check_judges, judges_announced
from hayai.cli.measuring import create_run, find_endpoints
from hayai.cli.options import Wishes
from hayai.cli.outputs import check_writable
from hayai.cli.planning import build_plan
from hayai.cli.sessions import whole
from hayai.cli.sittings import Sittings
from hayai.cli.spending import with_budget
from hayai.cli.telling import say
from hayai.clock import wall_ns
from hayai.show.locales import Texts


def compare(asked: Asked, wishes: Wishes, texts: Texts, agent: AgentProcess) -> int:
    """A new run, from what was asked to the exit code."""
    plan = build_plan(asked, language=texts.language, stdin=sys.stdin)
    if wishes.judges:
        wishes = replace(wishes, judges_limit_usd=asked.max_cost_usd)
        check_judges(plan, wishes, texts, agent)
    brief = Brief(plan) if wishes.doctor else None
    endpoints = find_endpoints(agent, plan)
    prices = prices_of(plan, asked, endpoints)
    plan = with_budget(plan, asked.max_cost_usd, prices, endpoints)
    told = announcement(plan, endpoints, texts, now_wall_ns=wall_ns(), prices=prices)
    told += judges_announced(plan, wishes, texts)
    if wishes.dry_run:
        say(told)
        if brief is not None:
            brief.tell(texts)
        return dry_run(plan, plan.limits, whole(plan), endpoints, prices, wishes=wishes, texts=texts)
    if wishes.results is not None:
        check_writable(wishes.results)
    directory = create_run(wishes.runs, plan, endpoints, redact_argv(sys.argv), prices)
    say(told)
    if brief is not None:
        brief.tell(texts)
    sittings = Sittings(directory=directory, limits=plan.limits, texts=texts, may_end=True)
    return measure_and_show(sittings, wishes, agent)
