"""Which command would go on with this run, and is there a reason to?

What was interrupted can be completed. What is undecided can be extended, by as much as the forecast says: the answer of a run that may be
looked at any time stays valid. What is settled needs nothing, and says so quietly. Where more of the same would change nothing, what would
help is said instead. A run whose looks were planned, or whose sessions weigh alike, ends where its plan ends.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from hayai.ask.plan import Limits, Plan
from hayai.cli.extent import options_for, rest_of, words_for_resume
from hayai.cli.looking import pace_of
from hayai.cli.sessions import next_appointment
from hayai.decide.conclusions import BEYOND_HELP, Forecast, Verdict, WhyNone
from hayai.decide.judgements import Judgement
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import Contents
from hayai.show.format import count
from hayai.show.locales import Texts

SPARE_TIME = 1.2
"""Time offered for an extension, over what it would take at the pace so far."""


def offer(
    path: str,
    contents: Contents,
    limits: Limits,
    judgement: Judgement,
    texts: Texts,
    *,
    cut_short: bool,
    results: str | None,
    dollars: str | None = None,
    checks: Sequence[str] = (),
) -> list[str]:
    """Lines with the command and why it is worth it, or why it is not; none where all is said.

    `results`: the folder the user named; `dollars`: a limit that going on needs, where the present one does not reach; `checks`:
    the user's own, as the command line gave them.
    """
    plan, records = contents.plan, contents.records
    rest = rest_of(plan, limits, records)
    state = state_of(judgement)
    planned = plan.sessions is not None or plan.rules.stopping == "fixed"

    def line(key: str, more: dict[str, str], **values: object) -> str:
        money = {} if dollars is None else {"--max-cost": dollars}
        words = words_for_resume(path, plan, limits, more | money)
        words += [word for check in checks for word in ("--check", check)]
        return texts(key, command=shlex.join([*words, "--results", results] if results else words), **values)

    if plan.sessions is not None and next_appointment(contents) is not None:
        return [line("cli.resume_with", {})]
    ended = state.over and plan.rules.stopping != "limits" and limits == plan.limits
    if cut_short and not ended and not (planned and not rest.rounds):
        return [line("cli.resume_with", {} if rest.rounds else rest.options)]
    told = [texts(f"cli.no_extension.{why}") for why in state.hopeless]
    claims = {"count": count(state.open_claims), "all": count(len(judgement.claims))}
    if planned:
        if plan.sessions is None and rest.rounds and not state.over:
            return [*told, line("cli.resume_with", {})]
        return [*told, texts("cli.claims_open", **claims)] if state.only_claims else told
    if state.over:
        return told or [line("cli.extend_settled", options_for_more(plan, limits, records))]
    # Nobody can tell how much it takes: twice as much may do. A single target has no question, and gets one cycle more.
    cycles = rest.complete_cycles
    wider = (
        options_for(plan, limits, records, cycles=max(2 * cycles, cycles + 1)) if judgement.verdicts else rest.options
    )
    wider = {} if rest.rounds else wider
    if state.only_claims:
        return [*told, line("cli.claims_open.extend", wider, **claims)]
    told += [texts("cli.claims_open.too", **claims)] if state.open_claims else []
    forecast = _longest(state.open_ones)
    if forecast is None:
        return [*told, line("cli.extend_with", wider)]
    more = options_for(plan, limits, records, cycles=cycles + forecast.cycles)
    more |= _time_for(contents, limits, forecast.cycles)
    undecided = any(verdict.answer in ("undecided", "none") for verdict in state.open_ones)
    key = "cli.extend_undecided" if undecided else "cli.extend_not_exact"
    return [*told, line(key, more, requests=count(forecast.requests))]


def options_for_more(plan: Plan, limits: Limits, records: Sequence[RequestRecord]) -> dict[str, str]:
    """Options that ask for as much again of what is settled already."""
    cycles = 2 * rest_of(plan, limits, records).complete_cycles
    return {"--cycles": str(cycles), **options_for(plan, limits, records, cycles=cycles)}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is still open of a judgement, as far as more requests could change it."""

    open_ones: tuple[Verdict, ...]
    """Judged comparisons that are not settled, but may be."""
    hopeless: tuple[WhyNone, ...]
    """Why others never will be."""
    open_claims: int
    """Claims that may be decided."""
    judged: bool
    """Whether anything was to be decided."""

    @property
    def only_claims(self) -> bool:
        """The comparisons are settled, the claims are not."""
        return self.judged and not self.open_ones and not self.hopeless and self.open_claims > 0

    @property
    def over(self) -> bool:
        """Nothing is left that more requests could decide."""
        return self.judged and not self.open_ones and not self.open_claims


def state_of(judgement: Judgement) -> State:
    """What is still open."""
    judged = [verdict for verdict in judgement.verdicts if verdict.judged]
    reasons = {verdict.why_none for verdict in judged}
    return State(
        open_ones=tuple(verdict for verdict in judged if not verdict.settled and verdict.why_none not in BEYOND_HELP),
        hopeless=tuple(why for why in BEYOND_HELP if why in reasons),
        open_claims=sum(claim.status == "undecided" and claim.withheld is None for claim in judgement.claims),
        judged=bool(judged),
    )


def _longest(open_ones: Sequence[Verdict]) -> Forecast | None:
    """What the comparison needs that needs most; None where one of them cannot tell."""
    forecasts = [verdict.forecast for verdict in open_ones if verdict.forecast is not None]
    if not open_ones or len(forecasts) < len(open_ones):
        return None
    return max(forecasts, key=lambda forecast: forecast.cycles)


def _time_for(contents: Contents, limits: Limits, cycles: int) -> dict[str, str]:
    """The option with the time that so many cycles take at the pace so far, in whole minutes, where the limit is too short for them."""
    plan = contents.plan
    agent = contents.records[-1].id.partition("-")[0]
    session = [record for record in contents.records if record.id.partition("-")[0] == agent]
    pace_ns = pace_of(session, len(plan.targets))
    if pace_ns is None:
        return {}
    seconds = pace_ns * len(plan.suite.prompts) * cycles / 1e9
    return {"--max-time": f"{math.ceil(seconds * SPARE_TIME / 60)}m"} if seconds > limits.max_time_s else {}
