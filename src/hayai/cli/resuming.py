"""What happens when an earlier run goes on?

Three reasons to go on: it was interrupted; its limits were reached and the answer is still open; or somebody wants more of what is
settled already, which new limits say. The plan stands in every case. A run with looks planned beforehand, or with sessions that weigh
alike, keeps its limits too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from hayai.ask.plan import Limits, ModePrice, Plan
from hayai.cli.agent_process import AgentProcess
from hayai.cli.announcing import announcement_of_rest
from hayai.cli.asked import Asked
from hayai.cli.dry_run import detectable_text, dry_run
from hayai.cli.ending import measure_and_show
from hayai.cli.extent import rest_of
from hayai.cli.judges_after import check_judges
from hayai.cli.looking import Looker
from hayai.cli.measuring import find_endpoints
from hayai.cli.offering import options_for_more
from hayai.cli.options import Wishes
from hayai.cli.outputs import check_writable
from hayai.cli.planning import limits_of
from hayai.cli.sessions import left_of
from hayai.cli.sittings import Sittings
from hayai.cli.spending import DEFAULT_USD, dearest_round, more_dollars, rounded_up, spent, spent_on_judges, with_budget
from hayai.cli.telling import say
from hayai.clock import wall_ns
from hayai.errors import Problem, UsageError
from hayai.keep.records import without_pieces
from hayai.keep.run_directory import Contents, open_run
from hayai.show.format import clean
from hayai.show.locales import Texts


def resume_run(name: str, asked: Asked, wishes: Wishes, texts: Texts, agent: AgentProcess) -> int:
    """Goes on with an earlier run: what is missing, or more of the same under new limits."""
    directory = open_run(name, wishes.runs)
    contents = directory.read(without_pieces)
    plan = contents.plan
    limits = limits_of(asked, plan.limits)
    if wishes.judges:
        # A limit that was named for the run holds for its judges too; a dollar is everybody's own.
        named = None if limits.max_cost_usd == DEFAULT_USD else limits.max_cost_usd
        wishes = replace(wishes, judges_limit_usd=asked.max_cost_usd or named)
        check_judges(plan, wishes, texts, agent)
    place = str(directory.path)
    _must_keep_its_limits(plan, limits, place)
    left = left_of(contents, limits)
    looker = Looker(plan, limits, contents.records, may_end=True)
    settled = plan.sessions is None and not looker.go_on(())
    if not left.rounds or (settled and limits == plan.limits):
        cut = any(verdict.why_none == "cut" for verdict in looker.answer.verdicts) if looker.answer else False
        raise UsageError(_nothing_left(contents, limits, place, settled=settled, cut=cut))
    prices = contents.manifest.prices
    endpoints = find_endpoints(agent, plan)
    if asked.max_cost_usd is not None:
        with_budget(plan, asked.max_cost_usd, prices, endpoints)  # Whether it can be held.
    spent_usd = spent(contents)
    if spent_usd is not None:
        spent_usd += spent_on_judges(directory, limits)
    _must_have_dollars(plan, limits, prices, spent_usd)
    if wishes.results is not None:
        check_writable(wishes.results)
    say([texts("cli.resuming", path=clean(place), records=len(contents.records))])
    if {e.target: e.url for e in endpoints} != {e.target: e.url for e in contents.manifest.endpoints}:
        say([texts("cli.other_endpoint")])
    say(
        announcement_of_rest(
            plan, limits, endpoints, texts, left=left, now_wall_ns=wall_ns(), prices=prices, spent_usd=spent_usd
        )
    )
    if wishes.dry_run:
        return dry_run(plan, limits, left, endpoints, prices, wishes=wishes, texts=texts, records=contents.records)
    if contents.records:
        say(detectable_text(plan, limits, texts, contents.records))
    # Who asks for more of what is settled gets it; the answer stays valid.
    sittings = Sittings(directory=directory, limits=limits, texts=texts, may_end=not settled)
    return measure_and_show(sittings, wishes, agent)


def _must_have_dollars(plan: Plan, limits: Limits, prices: Sequence[ModePrice], spent_usd: Decimal | None) -> None:
    """Raises UsageError where what is left of the dollars does not pay for one round more."""
    limit = limits.max_cost_usd
    needed = (spent_usd or Decimal(0)) + (dearest_round(plan, prices) or Decimal(0))
    if limit is not None and (needed > limit or (spent_usd or 0) >= limit):
        values: dict[str, object] = {"limit": f"{limit.normalize():f}", "spent": rounded_up(spent_usd or Decimal(0))}
        values["more"] = more_dollars(limit, needed)
        raise UsageError(Problem(place="--max-cost", key="cost.limit_reached", values=values))


def _must_keep_its_limits(plan: Plan, limits: Limits, place: str) -> None:
    """Raises UsageError where more requests or cycles than planned would make the answer worth less than it says."""
    if (limits.max_requests, limits.cycles) == (plan.limits.max_requests, plan.limits.cycles):
        return
    if plan.sessions is not None:
        raise UsageError(Problem(place=place, key="cli.sessions_are_planned", values={"count": plan.sessions.count}))
    if plan.rules.stopping == "fixed":
        raise UsageError(Problem(place=place, key="cli.looks_are_planned"))


def _nothing_left(contents: Contents, limits: Limits, place: str, *, settled: bool, cut: bool) -> Problem:
    """Why there is nothing to go on with, and what would change that."""
    plan = contents.plan
    rest = rest_of(plan, limits, contents.records)
    values: dict[str, object] = {"cycles": rest.complete_cycles}
    if plan.sessions is not None:
        return Problem(place=place, key="cli.nothing_left.sessions", values={"count": plan.sessions.count})
    if cut:
        return Problem(place=place, key="cli.nothing_left.cut", values=values)
    if plan.rules.stopping == "fixed":
        return Problem(place=place, key="cli.nothing_left.fixed", values=values)
    options = options_for_more(plan, limits, contents.records) if settled else rest.options
    values["options"] = " ".join(f"{option} {number}" for option, number in options.items())
    return Problem(place=place, key="cli.nothing_left" + (".settled" if settled else ""), values=values)
