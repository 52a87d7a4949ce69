"""Which command would go on with this run, and is there a reason to?

What was interrupted can be completed. What is undecided can be extended, by as much as the forecast says: the answer of a run that may be
looked at any time stays valid. What is settled needs nothing, and says so quietly. A run whose looks were planned, or whose sessions weigh
alike, ends where its plan ends.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence

from hayai.ask.plan import Limits, Plan
from hayai.cli.exit_codes import is_undecided
from hayai.cli.extent import options_for, rest_of, words_for_resume
from hayai.cli.looking import pace_of
from hayai.cli.sessions import next_appointment
from hayai.decide.conclusions import Verdict
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
) -> str | None:
    """A line with the command; None where there is nothing to go on with. `results`: the folder the user named."""
    plan, records = contents.plan, contents.records
    rest = rest_of(plan, limits, records)

    def command(more: dict[str, str]) -> str:
        words = words_for_resume(path, plan, limits, more)
        return shlex.join([*words, "--results", results] if results else words)

    if plan.sessions is not None:
        return None if next_appointment(contents) is None else texts("cli.resume_with", command=command({}))
    judged = [verdict for verdict in judgement.verdicts if verdict.judged]
    settled = bool(judged) and is_settled(judgement)
    if cut_short and not (settled and plan.rules.stopping != "limits" and limits == plan.limits):
        return texts("cli.resume_with", command=command({} if rest.rounds else rest.options))
    if plan.rules.stopping == "fixed":
        return texts("cli.resume_with", command=command({})) if rest.rounds and not settled else None
    if settled:
        return texts("cli.extend_settled", command=command(options_for_more(plan, limits, records)))
    longest = _longest(judged)
    if longest is None or longest.forecast is None:
        # Nobody can tell how much it takes: twice as much may do. A single target has no question, and gets one cycle more.
        cycles = rest.complete_cycles
        wider = options_for(plan, limits, records, cycles=max(2 * cycles, cycles + 1)) if judged else rest.options
        return texts("cli.extend_with", command=command({} if rest.rounds else wider))
    more = options_for(plan, limits, records, cycles=rest.complete_cycles + longest.forecast.cycles)
    more |= _time_for(contents, limits, longest.forecast.cycles)
    key = "cli.extend_undecided" if is_undecided(judgement) else "cli.extend_not_exact"
    return texts(key, command=command(more), requests=count(longest.forecast.requests))


def options_for_more(plan: Plan, limits: Limits, records: Sequence[RequestRecord]) -> dict[str, str]:
    """Options that ask for as much again of what is settled already."""
    cycles = 2 * rest_of(plan, limits, records).complete_cycles
    return {"--cycles": str(cycles), **options_for(plan, limits, records, cycles=cycles)}


def is_settled(judgement: Judgement) -> bool:
    """Whether every judged comparison and every claim is, as far as it has to be."""
    return all(verdict.settled for verdict in judgement.verdicts if verdict.judged) and all(
        claim.status != "undecided" for claim in judgement.claims
    )


def _longest(judged: list[Verdict]) -> Verdict | None:
    """The comparison that needs most; None where one of them cannot tell, or none needs anything."""
    open_ones = [verdict for verdict in judged if not verdict.settled]
    if not open_ones or any(verdict.forecast is None for verdict in open_ones):
        return None
    return max(open_ones, key=lambda verdict: verdict.forecast.cycles if verdict.forecast else 0)


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
