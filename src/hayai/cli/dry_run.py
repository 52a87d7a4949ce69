"""What would happen, and what could it tell? Answered without sending anything."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hayai.ask.plan import Limits, ModePrice, Plan
from hayai.cli.announcing import announcement_as_json
from hayai.cli.options import Wishes
from hayai.cli.sessions import Left
from hayai.cli.telling import put_out, say
from hayai.decide.judgements import Detectable
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import Endpoint
from hayai.show.locales import Texts
from hayai.show.sections.look import detectable_line


def dry_run(
    plan: Plan,
    limits: Limits,
    left: Left,
    endpoints: Sequence[Endpoint],
    prices: Sequence[ModePrice],
    *,
    wishes: Wishes,
    texts: Texts,
    records: Sequence[RequestRecord] = (),
) -> int:
    """Says which difference could be told from nothing, and that nothing was sent; with `--json` all of it on stdout. Returns 0."""
    say([*detectable_text(plan, limits, texts, records), texts("cli.dry_run")])
    if wishes.json:
        document = announcement_as_json(plan, limits, left, endpoints, prices)
        document["detectable"] = msgspec.to_builtins(_detectables(plan, limits, records))
        put_out(msgspec.json.format(msgspec.json.encode(document)).decode() + "\n")
    return 0


def detectable_text(plan: Plan, limits: Limits, texts: Texts, records: Sequence[RequestRecord] = ()) -> list[str]:
    """A line on which difference the plan can detect, for noise as in `records`; none where nothing is judged."""
    found = _detectables(plan, limits, records)
    return [detectable_line(found, texts)] if found else []


def _detectables(plan: Plan, limits: Limits, records: Sequence[RequestRecord]) -> tuple[Detectable, ...]:
    from hayai.decide.verdict.look import detectable  # Brings scipy, which a run needs only after its first cycle.

    return detectable(plan, limits, records)
