"""From a finished run to the Regions that served it: who is asked, what is kept, what is shown.

What is learned is appended to `regions.jsonl` as it comes, so that an interruption loses nothing; only what is missing is asked again.
Reports under `derived/` are made anew.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hayai.ask.plan import Target
from hayai.aws.cloud import Cloud
from hayai.aws.regions import Source, Trouble, Wanted, find_regions, wanted_of
from hayai.cli.outputs import read_findings, write_derived
from hayai.cli.telling import put_out, say
from hayai.clock import now_ns
from hayai.errors import AccessError, Problem, UsageError
from hayai.keep.journal import Segment
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import Contents, Region, RunDirectory, open_run
from hayai.measure.providers.bedrock_options import api_of
from hayai.measure.providers.registry import PROVIDERS
from hayai.show.format import clean
from hayai.show.locales import Texts

AGAIN_S = 60.0
"""From one look to the next while waiting: events come after some minutes."""
FOUND_ALL, SOME_UNKNOWN = 0, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """How it is to be done."""

    wait_s: float | None
    source: Source
    profile: str | None
    as_json: bool
    runs: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Requests that one set of credentials can ask about in one Region."""

    profile: str | None
    region: str
    url: str
    requests: tuple[tuple[str, str, int], ...]
    """Request id, call, wall clock in ns."""


def place(run: str, placing: Placing, texts: Texts) -> int:
    """Asks, keeps, shows. Returns 0 when every request has its Region, 4 when some are unknown."""
    directory = open_run(run, placing.runs)
    contents = directory.read()
    accounts = accounts_of(contents, profile=placing.profile)
    if not accounts:
        raise UsageError(Problem(place=clean(run), key="regions.nothing_to_ask"))
    asking = _Asking(directory, placing, texts)
    asking.ask_until_found(accounts, set(contents.regions))
    contents, findings = read_findings(directory)
    write_derived(directory, contents, findings, texts, None)
    counts = counts_of(contents)
    if placing.as_json:
        put_out(json.dumps(_as_json(counts, asking.troubles), ensure_ascii=False, indent=2) + "\n")
    else:
        put_out("\n".join(_lines(counts, texts)) + "\n")
    unknown = sum(found[None] for found in counts.values())
    if unknown:
        say([texts("regions.unknown", count=unknown)])
    say([texts("regions.reports", path=clean(str(directory.derived)))])
    from hayai.cli.paging import renew_page  # Late: what it draws on is heavy.

    renew_page(directory, contents, findings, texts)
    if asking.troubles and not any(known for found in counts.values() for known in found if known is not None):
        first = asking.troubles[0]
        raise AccessError("regions.unanswered", action=first.action, words=first.none.words)
    return SOME_UNKNOWN if unknown else FOUND_ALL


class _Asking:
    """The looks, one after the other."""

    def __init__(self, directory: RunDirectory, placing: Placing, texts: Texts) -> None:
        self._directory, self._placing, self._texts = directory, placing, texts
        self._waiting = threading.Event()
        self.troubles: list[Trouble] = []

    def ask_until_found(self, accounts: Sequence[Account], known: set[str]) -> None:
        """Looks once, and again each minute as long as something is missing and there is time to wait."""
        ends_ns = now_ns() + round((self._placing.wait_s or 0.0) * 1e9)
        clouds = {
            account: Cloud(profile=account.profile, region=account.region, endpoint=account.url) for account in accounts
        }
        segment = Segment(self._directory.path / "regions.jsonl")
        try:
            while True:
                self.troubles = []
                for account, cloud in clouds.items():
                    for found in self._look(account, cloud, known):
                        known.add(found.request_id)
                        segment.append(found)
                asked = [one for account in accounts for one, _, _ in account.requests]
                missing = sum(one not in known for one in asked)
                left_s = (ends_ns - now_ns()) / 1e9
                if not missing or left_s <= 0 or any(one.none.why != "throttled" for one in self.troubles):
                    return
                pause_s = min(AGAIN_S, left_s)
                say(
                    [self._texts("regions.waiting", found=len(asked) - missing, all=len(asked), seconds=round(pause_s))]
                )
                self._pause(pause_s)
        finally:
            segment.close()

    def _look(self, account: Account, cloud: Cloud, known: set[str]) -> Iterator[Region]:
        missing = [one for one in account.requests if one[0] not in known]
        if missing:
            wanted: Wanted = wanted_of(missing)
            yield from find_regions(
                cloud, wanted, source=self._placing.source, pause=self._pause, trouble=self._trouble
            )

    def _pause(self, seconds: float) -> None:
        self._waiting.wait(seconds)

    def _trouble(self, trouble: Trouble) -> None:
        self.troubles.append(trouble)
        say([self._texts("regions.trouble", action=trouble.action, words=clean(trouble.none.words))])


def accounts_of(contents: Contents, *, profile: str | None) -> list[Account]:
    """The requests of a run by who may be asked about them. `profile` stands in for the targets' own."""
    of = {target.name: target for target in contents.plan.targets}
    where = {endpoint.target: endpoint for endpoint in contents.manifest.endpoints}
    found: dict[tuple[str | None, str, str], list[tuple[str, str, int]]] = {}
    for record in contents.records:
        target = of.get(record.target)
        endpoint = where.get(record.target)
        if target is None or endpoint is None or endpoint.region is None or not _is_answered(record, target):
            continue
        own: str | None = target.options.get("profile")
        key = (profile or own, endpoint.region, endpoint.url)
        found.setdefault(key, []).append((str(record.request_id), api_of(target), record.sent_wall_ns or 0))
    return [Account(profile=p, region=r, url=u, requests=tuple(requests)) for (p, r, u), requests in found.items()]


def _is_answered(record: RequestRecord, target: Target) -> bool:
    """Whether a Region served it, and it can be asked for: what was refused ran nowhere."""
    return (
        PROVIDERS[target.provider].AUTH == "aws"
        and record.outcome == "ok"
        and record.request_id is not None
        and record.sent_wall_ns is not None
    )


def counts_of(contents: Contents) -> Mapping[str, Counter[str | None]]:
    """Target -> how many answers each Region served; None: unknown. Only what the books said counts, warm-up left out."""
    of = {target.name: target for target in contents.plan.targets}
    counts: dict[str, Counter[str | None]] = {name: Counter() for name in of}
    for record in contents.records:
        if record.phase == "measure" and record.target in of and _is_answered(record, of[record.target]):
            counts[record.target][contents.regions.get(str(record.request_id))] += 1
    return {name: found for name, found in counts.items() if found}


def _lines(counts: Mapping[str, Counter[str | None]], texts: Texts) -> Iterator[str]:
    for name, found in counts.items():
        known = sorted(((count, region) for region, count in found.items() if region is not None), reverse=True)
        parts = [f"{clean(str(region))} {count}" for count, region in known]
        if found[None]:
            parts.append(f"{texts('report.unknown')} {found[None]}")
        yield f"{clean(name)}: {', '.join(parts)}"


def _as_json(counts: Mapping[str, Counter[str | None]], troubles: Sequence[Trouble]) -> dict[str, object]:
    return {
        "version": 1,
        "targets": {
            name: {
                "regions": {str(region): count for region, count in found.items() if region is not None},
                "unknown": found[None],
            }
            for name, found in counts.items()
        },
        "unanswered": [{"action": one.action, "why": one.none.why, "words": one.none.words} for one in troubles],
    }
