"""With which code does a measuring command end? The first reason that applies.

130 interrupted · 3 access · 5 too many failures · 4 undecided when the limits were reached · 1 a claim is not met · 0. (2, usage, is told
before anything is measured.) Who wins is no matter of the code: a clear answer in either direction is a 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from hayai.decide.judgements import Judgement
from hayai.errors import INTERRUPTED
from hayai.keep.records import RequestRecord
from hayai.measure.messages import Ended


def exit_code(ended: Ended | None, records: Sequence[RequestRecord], judgement: Judgement) -> int:
    """0, or why not. `ended` is None when the agent died."""
    if ended is None or ended.reason in ("finished_early", "stopped", "disk", "instrument"):
        return INTERRUPTED
    if ended.reason in ("access", "cannot_connect"):
        return 3
    if ended.reason == "failures" or too_many_failures(records):
        return 5
    return decided_code(judgement)


def decided_code(judgement: Judgement) -> int:
    """4 when something that was to be decided is not, 1 when a claim is not met, else 0."""
    if is_undecided(judgement):
        return 4
    return 1 if any(claim.status == "contradicted" for claim in judgement.claims) else 0


def is_undecided(judgement: Judgement) -> bool:
    """Whether something that was to be decided is not: a judged comparison or a claim. A self-test is never judged."""
    judged = [verdict for verdict in judgement.verdicts if verdict.judged]
    return any(verdict.answer in ("undecided", "none") for verdict in judged) or any(
        claim.status == "undecided" for claim in judgement.claims
    )


def too_many_failures(records: Sequence[RequestRecord]) -> bool:
    """Whether some target failed more often than it answered: what is left says little about it.

    What counts is how a trial ended: an attempt that was retried is not a failure of its own.
    """
    sample = [record for record in records if record.phase == "measure"]
    retried = {record.retry_of for record in sample}
    return mostly_failed((record.target, record.outcome == "ok") for record in sample if record.id not in retried)


def mostly_failed(trials: Iterable[tuple[str, bool]]) -> bool:
    """The same of trials: which target, and whether it answered."""
    balance: Counter[str] = Counter()
    for target, answered in trials:
        balance[target] += 1 if answered else -1
    return any(more < 0 for more in balance.values())
