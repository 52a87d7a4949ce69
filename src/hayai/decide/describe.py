"""What is there to show of a run? Plan and records in, findings out.

Description and judgement stand apart: medians, averages, differences and counts say what was seen, `verdict/judge.py` says what it proves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hayai.ask.plan import ModePrice, Plan
from hayai.decide.cautions import Evidence, cautions
from hayai.decide.comparison import categories, compare, differences, gain, shared_rows
from hayai.decide.costs import cost_findings
from hayai.decide.findings import Cell, Counts, Findings, PromptRow, RunFacts, Standing
from hayai.decide.instrument import Instrument, stamped_by
from hayai.decide.judgements import Judgement
from hayai.decide.metric_table import MetricTable, Rows
from hayai.decide.metrics import METRICS
from hayai.decide.quality.checking import Checked
from hayai.decide.quality.findings import QualityFindings
from hayai.decide.quality.judge_cautions import judge_cautions
from hayai.decide.quality.judge_verdict import judged_qualities
from hayai.decide.quality.judged import JudgedFindings
from hayai.decide.quality.pairs import check_findings
from hayai.decide.quality.weighing import qualities_of
from hayai.decide.recommend import recommend
from hayai.decide.request_rows import RequestRows
from hayai.decide.sample import sample_of_run
from hayai.decide.summary import failure_counts, medians, region_counts, summarize_target
from hayai.decide.verdict.cache_effects import cache_uses
from hayai.decide.verdict.cautions import verdict_cautions
from hayai.decide.verdict.judge import judge
from hayai.decide.verdict.look import bounds_of
from hayai.decide.verdict.region_effects import region_findings
from hayai.keep.query import Rounds, complete_cycles, complete_rounds, measured, regions_of, simulation_of
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import Watched


def describe(
    plan: Plan,
    records: Iterable[RequestRecord] | MetricTable,
    *,
    regions: Mapping[str, str],
    interrupted: bool,
    ended_reason: str | None,
    baseline: str | None = None,
    watched: Sequence[Watched] = (),
    instrument: Instrument | None = None,
    prices: Sequence[ModePrice] = (),
    checked: Checked | None = None,
    judged: JudgedFindings | None = None,
) -> Findings:
    """Describe a run, finished or not.

    Who reads a large run gives its `MetricTable`, made record by record while reading, instead of all records with all their pieces.
    `regions` maps the service's request ids to serving regions, as far as they are known. `ended_reason` is the engine's word for why the
    run ended (None: still running). `baseline` is a target's name (ValueError if it is none); by default the plan's first target.
    `watched` tells how the agents fared, `instrument` how exact the check of this machine found it (None: no check), `prices` what the run
    was charged, as far as it is known, `checked` which checks the answers passed (None: not looked at), `judged` what judges found about
    them (None: none was asked).
    """
    table = records if isinstance(records, MetricTable) else MetricTable(records)
    everything = table.records
    names = [target.name for target in plan.targets]
    base = names[0] if baseline is None else baseline
    if base not in names:
        raise ValueError(f"no target is called {base!r}")
    rounds = complete_rounds(everything, names)
    sample = measured(everything)
    served_from = regions_of(everything, regions)
    cycles = complete_cycles(rounds, (prompt.id for prompt in plan.suite.prompts))
    standing = _standing(rounds)
    paired = table.rows_by(lambda r: (r.prompt, r.target) if standing.get(r.id) == "paired" else None)
    rows = _prompt_rows(plan, table, paired, base, served_from)
    timed, sped = shared_rows(rows, "e2e"), shared_rows(rows, "e2e_tokens_per_s")
    judged_on = sample_of_run(plan, rounds.paired, rounds.retried, instrument=instrument)
    judgement = judge(
        judged_on,
        names,
        plan.rules,
        bounds_of(plan, judged_on.cycles),
        seed=plan.seed,
        open_ended=plan.sessions is None,
    )
    bounds = bounds_of(plan, judged_on.cycles)
    costs, usd = cost_findings(judged_on, everything, prices, judgement.verdicts, bounds)
    quality = None if checked is None else _quality(plan, rounds, checked, judgement)
    evidence = Evidence(
        plan=plan,
        sample=sample,
        regions=served_from,
        simulations=simulation_of(everything),
        coalesced_ratios=_coalesced_ratios(table, names),
        cycles=cycles,
        interrupted=interrupted,
        watched=tuple(watched),
        checks=None if quality is None else quality.checks,
    )
    paired_of = table.rows_by(lambda r: r.target if standing.get(r.id) == "paired" else None)
    attempts_of = table.rows_by(lambda r: r.target)
    return Findings(
        run=_run_facts(evidence, ended_reason),
        simulations=evidence.simulations,
        counts=_counts(everything, rounds),
        targets=tuple(
            summarize_target(
                number,
                target,
                table,
                paired_of[target.name],
                served_from,
                timed=[cell.medians for row in timed for cell in row.cells if cell.target == target.name],
                sped=[cell.medians for row in sped for cell in row.cells if cell.target == target.name],
                attempts=attempts_of[target.name],
                is_baseline=target.name == base,
            )
            for number, target in enumerate(plan.targets, start=1)
        ),
        prompts=rows,
        categories=categories(rows, names, base),
        comparisons=tuple(compare(rows, name, base) for name in names if name != base),
        differences=differences(rows, names),
        failures=failure_counts(sample, names),
        cautions=(*cautions(evidence), *verdict_cautions(judgement), *judge_cautions(judged)),
        judgement=judgement,
        costs=costs,
        recommendation=recommend(
            judged_on,
            judgement,
            bounds,
            plan.rules,
            usd=usd,
            qualities=qualities_of(plan, None if quality is None else quality.checks, judged_qualities(judged)),
        ),
        judged=judged,
        quality=quality,
        cache=cache_uses(
            judged_on,
            {record.id: record.usage for record in rounds.paired},
            [target.name for target in plan.targets if target.options.get("cache") == "on"],
        ),
        regions=region_findings(judged_on, served_from, judgement.verdicts, bounds_of(plan, judged_on.cycles)),
        instrument=stamped_by(instrument, (record.clock for record in sample)),
        requests=RequestRows(table, standing, served_from, checked),
        units={name: metric.unit for name, metric in METRICS.items()},
    )


def _quality(plan: Plan, rounds: Rounds, checked: Checked, judgement: Judgement) -> QualityFindings:
    """What was found in the answers, for the comparisons that are judged."""
    checks = check_findings(
        rounds.paired,
        checked,
        [target.name for target in plan.targets],
        [(one.target, one.baseline) for one in judgement.verdicts if one.judged],
        alpha=plan.rules.alpha,
    )
    return QualityFindings(checks=checks)


def _prompt_rows(
    plan: Plan,
    table: MetricTable,
    paired: Mapping[tuple[str, str], Rows],
    baseline: str,
    regions: Mapping[str, str | None],
) -> tuple[PromptRow, ...]:
    """`paired` has the rows of each prompt and target."""

    def cells(prompt: str) -> tuple[Cell, ...]:
        of = {target.name: paired[prompt, target.name] for target in plan.targets}
        middle = {name: medians(table, rows) for name, rows in of.items()}
        return tuple(
            Cell(
                prompt=prompt,
                target=name,
                requests=len(rows),
                answered=len(table.answered(rows)),
                medians=middle[name],
                regions=region_counts(table.of(rows), regions),
                gain=None if name == baseline else gain(middle[name]["e2e"], middle[baseline]["e2e"]),
            )
            for name, rows in of.items()
        )

    return tuple(PromptRow(prompt=p.id, category=p.category, cells=cells(p.id)) for p in plan.suite.prompts)


def _run_facts(evidence: Evidence, ended_reason: str | None) -> RunFacts:
    plan, sample = evidence.plan, evidence.sample
    sent = [r.sent_wall_ns for r in sample if r.sent_wall_ns is not None]
    ended = [
        r.sent_wall_ns + (r.ended_at_ns - r.sent_at_ns)
        for r in sample
        if r.sent_wall_ns is not None and r.ended_at_ns is not None and r.sent_at_ns is not None
    ]
    started_wall, ended_wall = min(sent, default=None), max(ended, default=None)
    return RunFacts(
        suite=plan.suite.name,
        prompts=len(plan.suite.prompts),
        seed=plan.seed,
        concurrency=plan.concurrency,
        together=plan.together,
        rate=plan.rate,
        reached_per_s=None if plan.rate is None else _reached_per_s(sample),
        cache=plan.cache,
        connections=plan.connections,
        cycles=evidence.cycles,
        started_wall_ns=started_wall,
        ended_wall_ns=ended_wall,
        duration_ns=_duration_ns(sample),
        sessions=None if plan.sessions is None else plan.sessions.count,
        machines=tuple(dict.fromkeys(record.machine for record in sample)),
        interrupted=evidence.interrupted,
        ended_reason=ended_reason,
    )


def _reached_per_s(sample: Sequence[RequestRecord]) -> float | None:
    """How many requests left in a second, from the first to the last of each session, retries included."""
    sent: dict[str, list[int]] = {}
    for record in sample:
        if record.sent_at_ns is not None:
            sent.setdefault(record.id.partition("-")[0], []).append(record.sent_at_ns)
    span_ns = sum(max(instants) - min(instants) for instants in sent.values())
    steps = sum(len(instants) - 1 for instants in sent.values())
    return steps / (span_ns / 1e9) if span_ns else None


def _duration_ns(sample: Sequence[RequestRecord]) -> int | None:
    """From the first request to the end of the last answer, by the monotonic clock: setting the wall clock changes no duration.

    Each session has a clock of its own (record ids begin with the session's agent): durations are added up, without the pauses in between.
    """
    begun: dict[str, int] = {}
    ended: dict[str, int] = {}
    for record in sample:
        agent = record.id.partition("-")[0]
        if record.sent_at_ns is None:
            continue
        begun[agent] = min(begun.get(agent, record.sent_at_ns), record.sent_at_ns)
        if record.ended_at_ns is not None:
            ended[agent] = max(ended.get(agent, record.ended_at_ns), record.ended_at_ns)
    return sum(end - begun[agent] for agent, end in ended.items()) if ended else None


def _counts(everything: Sequence[RequestRecord], rounds: Rounds) -> Counts:
    return Counts(
        warmup=sum(record.phase == "warmup" for record in everything),
        paired=len(rounds.paired),
        unpaired=len(rounds.unpaired),
        retried=len(rounds.retried),
        answered=sum(record.outcome == "ok" for record in rounds.paired),
    )


def _standing(rounds: Rounds) -> dict[str, Standing]:
    """By record id; the warm-up is not in it."""
    standing: dict[str, Standing] = {record.id: "paired" for record in rounds.paired}
    standing.update((record.id, "unpaired") for record in rounds.unpaired)
    standing.update((record.id, "retried") for record in rounds.retried)
    return standing


def _coalesced_ratios(table: MetricTable, names: Sequence[str]) -> dict[str, float | None]:
    sample = table.rows_by(lambda r: r.target if r.phase == "measure" else None)
    return {name: table.coalesced_share(table.answered(sample[name])) for name in names}
