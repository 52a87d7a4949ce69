"""What is shown when the measuring has ended, however it ended? And with which exit code?"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from decimal import Decimal

from hayai.ask.plan import Limits
from hayai.cli.agent_process import AgentProcess
from hayai.cli.exit_codes import exit_code
from hayai.cli.judges_after import judge_after
from hayai.cli.live_process import followed
from hayai.cli.offering import offer
from hayai.cli.options import Wishes
from hayai.cli.outputs import CUT_SHORT, read_findings, render, telling_passed_over, write_derived
from hayai.cli.sittings import Sittings
from hayai.cli.spending import dearest_round, more_dollars, spent
from hayai.cli.telling import put_out, say, sentence
from hayai.errors import INTERRUPTED, JournalError
from hayai.keep.run_directory import Contents, Endpoint, RunDirectory
from hayai.measure.messages import Ended, Fault
from hayai.show.format import clean
from hayai.show.locales import Texts


def measure_and_show(sittings: Sittings, wishes: Wishes, agent: AgentProcess) -> int:
    """Measures, then shows what there is."""
    with followed(sittings.directory.path, sittings.texts) if wishes.live else nullcontext(lambda: None) as stay:
        ended = sittings.measure(agent)
        if ended is not None and ended.fault is not None:
            if ended.fault.key == "journal.busy":
                raise JournalError(ended.fault.key, **ended.fault.values)
            say(told(ended.fault, sittings.directory.manifest().endpoints, sittings.texts))
        judges_code = judge_after(sittings.directory, wishes, sittings.texts, agent, ended) if wishes.judges else 0
        code = show(sittings.directory, sittings.limits, wishes, sittings.texts, ended) or judges_code
        if code != INTERRUPTED:
            stay()
    return code


def show(directory: RunDirectory, limits: Limits, wishes: Wishes, texts: Texts, ended: Ended | None) -> int:
    """Files under `derived/`, seal, report on stdout. Returns the exit code."""
    from hayai.cli.own_checks import Patience, load_own_checks  # Late: nobody needs it before the end.

    patience = Patience()
    own = load_own_checks(wishes.checks, wishes.folder, patience=patience)
    with patience.told(texts):
        contents, findings = read_findings(directory, own=own, passed_over=telling_passed_over(texts))
    code = patience.code(exit_code(ended, contents.records, findings.judgement))
    nothing = not any(record.phase == "measure" for record in contents.records)
    if nothing and ended is not None and ended.reason in ("access", "cannot_connect", "disk"):
        say([texts("cli.nothing_measured")])
        return code
    left: list[str] = []
    try:
        folder = write_derived(directory, contents, findings, texts, wishes.results)
        directory.seal(len(contents.records))
    except (JournalError, OSError) as error:
        if not isinstance(error, JournalError):
            error = JournalError("journal.cannot_write", path=str(directory.path), reason=error.strerror or str(error))
        left.append(f"hayai: {sentence(error.key, error.values, texts)}")
        code = code or error.exit_code
    else:
        if not wishes.json:
            from hayai.cli.paging import leave_page  # Late: what it draws on is heavy.

            told_page, page_code = leave_page(directory, contents, findings, texts)
            left.append(told_page)
            code = code or page_code
            if folder is not None:
                left.append(texts("cli.files.results", results=clean(str(folder))))
            left.append(texts("cli.files", derived=clean(str(directory.derived))))
    if wishes.resumable:
        left += offer(
            str(directory.path),
            contents,
            limits,
            findings.judgement,
            texts,
            cut_short=ended is None or ended.reason in CUT_SHORT,
            results=None if wishes.results is None else str(wishes.results),
            dollars=_dollars(contents, limits, ended),
            checks=wishes.checks,
        )
    put_out(render(findings, texts, "json" if wishes.json else "terminal", str(directory.path)))
    say(left, to_copy=True)
    return code


def _dollars(contents: Contents, limits: Limits, ended: Ended | None) -> str | None:
    """A limit in dollars that as much again needs; None where there is none, or the present one reaches."""
    limit, prices = limits.max_cost_usd, contents.manifest.prices
    if limit is None:
        return None
    needed = 2 * (spent(contents) or Decimal(0)) + (dearest_round(contents.plan, prices) or Decimal(0))
    over = ended is not None and ended.reason == "max_cost"
    return more_dollars(limit, needed) if over or needed > limit else None


NO_HTTP = ("connection_closed", "connection_reset", "bad_http")
"""How it ends when plain HTTP is spoken to a port that expects TLS."""


def told(fault: Fault, endpoints: Sequence[Endpoint], texts: Texts) -> list[str]:
    """What the agent reported, in words, and a guess at why where there is a good one."""
    place = f"{clean(fault.values['target'])}: " if "target" in fault.values else ""
    lines = [f"hayai: {place}{sentence(fault.key, fault.values, texts)}"]
    plain = any(e.target == fault.values.get("target") and e.url.startswith("http://") for e in endpoints)
    if plain and fault.values.get("code") in NO_HTTP:
        lines.append(texts("cli.maybe_tls"))
    return lines
