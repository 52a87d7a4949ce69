"""How does a report begin? With the banner of a simulated run, before everything; then what ran, when and where."""

from __future__ import annotations

from hayai.clock import local_text
from hayai.decide.findings import Findings
from hayai.show import format as fmt
from hayai.show.locales import Texts
from hayai.show.sections.words import listed, word


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
    return tuple(lines)


def scope(findings: Findings, texts: Texts) -> str:
    """Which prompts, cycles, window and client a verdict is about, in a sentence."""
    asked = max((verdict.asked_prompts for verdict in findings.judgement.verdicts), default=0)
    part = findings.run.cycles == 0 and asked < findings.run.prompts
    return texts(
        "verdict.scope.part" if part else "verdict.scope.one" if findings.run.cycles == 1 else "verdict.scope",
        asked=fmt.count(asked),
        prompts=fmt.count(findings.run.prompts),
        cycles=fmt.count(findings.run.cycles),
        window=_window(findings, texts),
    )


def _window(findings: Findings, texts: Texts) -> str:
    start, end = findings.run.started_wall_ns, findings.run.ended_wall_ns
    if start is None or end is None:
        return texts("report.window.unknown")
    return texts("report.window", start=local_text(start), end=_same_day_end(local_text(start), local_text(end)))


def _same_day_end(start: str, end: str) -> str:
    """The end without its date when it is the start's."""
    return end[11:] if start[:10] == end[:10] else end


def _reason(findings: Findings) -> str:
    """Why the run ended: what its engine said, except where it was told to stop because no verdict could be reached any more."""
    reason = findings.run.ended_reason or ""
    lost = any(verdict.judged and verdict.why_none == "cut" for verdict in findings.judgement.verdicts)
    return "no_verdict" if reason == "verdict" and lost else reason


def _ended(reason: str, texts: Texts) -> str:
    key = f"report.ended.{reason}"
    return texts(key) if key in texts else word(reason)
