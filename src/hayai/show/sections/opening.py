"""How does a report begin? With the banner of a simulated run, before everything; then what ran, when and where."""

from __future__ import annotations

from hayai.ask.plan import Rate
from hayai.clock import local_text, utc_offset
from hayai.decide.findings import Findings
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.words import counted, listed, rate_words, word

PACE_KEPT = 0.95
"""Share of the rate that counts as having kept it: cycles end, and the parent is asked."""


def banner(findings: Findings, texts: Texts) -> tuple[str, ...]:
    """The lines that stand at the top of everything when a run was simulated; empty for a real one."""
    lines: list[str] = []
    for simulation in findings.simulations:
        profile = word(simulation.profile)
        if simulation.speed is None:
            lines.append(texts("report.simulated.unknown_speed", profile=profile))
        elif simulation.speed == 1:
            lines.append(texts("report.simulated.real_time", profile=profile))
        else:
            lines.append(texts("report.simulated", profile=profile, speed=f"{simulation.speed:g}"))
    return tuple(lines)


def opening(findings: Findings, texts: Texts) -> tuple[str, ...]:
    """Title, and what ran: targets, prompts, cycles, requests, window, from where."""
    run, counts = findings.run, findings.counts
    one = len(findings.targets) == 1
    title = texts(
        "report.title.one" if one else "report.title",
        targets=fmt.count(len(findings.targets)),
        prompts=fmt.count(run.prompts),
        suite=word(run.suite),
    )
    lines = [title]
    if findings.requests:
        lines.append(
            texts(
                "report.ran",
                cycles=fmt.count(run.cycles),
                requests=fmt.count(counts.paired),
                failed=fmt.count(counts.paired - counts.answered),
                duration=fmt.clock_span(run.duration_ns, texts),
                window=_window(findings, texts),
            )
        )
    if run.rate is not None:
        lines.append(_pace(run.rate, findings, texts))
    if len(run.machines) > 1:
        lines.append(texts("report.machines", machines=listed(run.machines, texts)))
    if counts.unpaired or counts.retried:
        lines.append(
            texts("report.unpaired", unpaired=fmt.count(counts.unpaired), retried=fmt.count(counts.retried)),
        )
    if run.ended_reason is not None:
        lines.append(texts("report.ended", reason=_ended(_reason(findings), texts)))
    if not counts.paired:
        lines.append(texts("report.nothing"))
    else:
        lines.append(instrument(findings, texts))
    return tuple(lines)


def instrument(findings: Findings, texts: Texts) -> str:
    """How exact the times are on the machine that measured: as it was checked, or what is assumed."""
    found = findings.instrument
    step = found.step
    if step is None or step.ttft is None or step.e2e is None:
        return texts("report.instrument.assumed", error=fmt.duration_alone(found.error_ns))
    return texts(
        "report.instrument.beyond" if found.beyond else "report.instrument",
        ttft=fmt.duration_alone(step.ttft.p50_ns),
        ttft_p99=fmt.duration_alone(step.ttft.p99_ns),
        e2e=fmt.duration_alone(step.e2e.p50_ns),
        e2e_p99=fmt.duration_alone(step.e2e.p99_ns),
        when=(found.checked_utc or "")[:10],
        streams=counted("selfcheck.streams", step.streams, texts),
        transport=texts(f"selfcheck.transport.{step.transport}"),
    )


def scope(findings: Findings, texts: Texts) -> str:
    """Which prompts, cycles, window, client and load a verdict is about, in a sentence."""
    run = findings.run
    asked = max((verdict.asked_prompts for verdict in findings.judgement.verdicts), default=0)
    around = {"window": _window(findings, texts), "load": _load(findings, texts)}
    if run.cycles == 0 and asked < run.prompts:
        return texts("verdict.scope.part", asked=fmt.count(asked), prompts=fmt.count(run.prompts), **around)
    return texts(
        "verdict.scope",
        prompts=counted("these", run.prompts, texts),
        cycles=counted("cycles", run.cycles, texts),
        **around,
    )


def _load(findings: Findings, texts: Texts) -> str:
    """How many requests were in flight: other loads may have other answers."""
    run = findings.run
    told = []
    if run.together:
        told.append(texts("verdict.load.together" if run.rate is None else "verdict.load.together.rate"))
    if run.concurrency > 1:
        told.append(texts("verdict.load.rounds", count=fmt.count(run.concurrency)))
    if run.rate is not None:
        told = told or [texts("verdict.load.one")]
        told.append(texts("verdict.load.rate", rate=rate_words(run.rate, texts)))
    return texts("report.list").join(told) if told else texts("verdict.load.one")


def _pace(rate: Rate, findings: Findings, texts: Texts) -> str:
    """How fast requests were allowed to leave, and how fast they did where that is less, with what a caution says, or else the reason."""
    allowed, reached_per_s = rate_words(rate, texts), findings.run.reached_per_s
    reached = None if reached_per_s is None else reached_per_s * rate.span_s
    if reached is None or reached >= PACE_KEPT * rate.requests:
        return texts("report.pace", rate=allowed)
    late = any(caution.key == "caution.W116.rate" for caution in findings.cautions)
    key = "report.pace.late" if late else "report.pace.less"
    return texts(key, rate=allowed, reached=rate_words(rate, texts, requests=reached))


def later(findings: Findings, texts: Texts) -> str | None:
    """What a run in sessions says of other hours before it has two of them; None: the usual sentence."""
    sessions = findings.run.sessions
    return None if sessions is None else texts("verdict.sessions_to_come", count=fmt.count(sessions))


def _window(findings: Findings, texts: Texts) -> str:
    start, end = findings.run.started_wall_ns, findings.run.ended_wall_ns
    if start is None or end is None:
        return texts("report.window.unknown")
    began, ended, zone = local_text(start), local_text(end), utc_offset(end)
    if utc_offset(start) != zone:
        began = f"{began} {utc_offset(start)}"
    elif began[:10] == ended[:10]:
        ended = ended[11:]
    return texts("report.window", start=began, end=ended, zone=zone)


def _reason(findings: Findings) -> str:
    """Why the run ended: what its engine said, except where it was told to stop because no verdict could be reached any more."""
    reason = findings.run.ended_reason or ""
    lost = any(verdict.judged and verdict.why_none == "cut" for verdict in findings.judgement.verdicts)
    return "no_verdict" if reason == "verdict" and lost else reason


def _ended(reason: str, texts: Texts) -> str:
    key = f"report.ended.{reason}"
    return texts(key) if key in texts else word(reason)
