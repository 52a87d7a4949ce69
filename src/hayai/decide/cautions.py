"""What should the reader know before trusting the numbers? Coded warnings, values that travel with the findings to every report.

Each caution is a function from the evidence to a `Caution` or None. The texts, with advice, are `caution.<code>` and, longer,
`explain.<code>` in the catalogues. A new caution is one function, one line in `CAUTIONS`, two texts, and two examples in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from hayai.ask.plan import Plan, Rate
from hayai.ask.rounds import MANY_PROMPTS, is_single_pass
from hayai.decide.findings import Caution
from hayai.decide.metrics.metric import values
from hayai.decide.metrics.times import LATENESS
from hayai.decide.quality.check_cautions import CHECK_CAUTIONS, CheckRule
from hayai.decide.quality.findings import CheckFindings
from hayai.decide.stop_reasons import CUT
from hayai.keep.query import SDK_RETRIES_HEADER, Simulation
from hayai.keep.records import RequestRecord
from hayai.keep.run_directory import Watched

COALESCED_ACCEPTABLE = 0.05
"""Share of pieces that may share a read before chunk gaps are no longer the service's."""
LATE_NS = 5_000_000
"""A request that leaves 5 ms after it was due is late: that is as much as a fast network's round trip."""
LATE_ACCEPTABLE = 0.01
"""Share of requests that may be late before the client counts as busy."""
CORE_ACCEPTABLE = 0.8
"""Share of a core that the agent may use: beyond, requests and reads begin to wait for each other."""
HELD_UP_ACCEPTABLE = 0.05
"""Share of wake-ups that may be 5 ms late before the client counts as held up: on common virtual machines one in a hundred is."""
BEHIND_ACCEPTABLE = 0.05
"""Share of the rate that late sends may cost."""
FEWEST_CYCLES = 2
"""With one request per cell, noise and the prompt's own effect cannot be separated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What cautions look at: all measured attempts, paired or not."""

    plan: Plan
    sample: tuple[RequestRecord, ...]
    regions: Mapping[str, str | None]
    simulations: tuple[Simulation, ...]
    coalesced_ratios: Mapping[str, float | None]
    """Target -> share of the pieces of its answers that shared a read with others; None: no piece at all."""
    cycles: int
    interrupted: bool
    watched: tuple[Watched, ...] = ()
    """How the agent of each session fared, as far as it could still say so."""
    checks: CheckFindings | None = None
    """What checks found in the answers; None: not looked at."""

    @property
    def answered(self) -> tuple[RequestRecord, ...]:
        """The attempts that ended well."""
        return tuple(record for record in self.sample if record.outcome == "ok")

    def targets(self, records: Iterable[RequestRecord]) -> tuple[str, ...]:
        """Names of the targets of `records`, in the plan's order."""
        seen = {record.target for record in records}
        return tuple(target.name for target in self.plan.targets if target.name in seen)


Rule = Callable[[Evidence], Caution | None]


def _caution(code: str, **found: object) -> Caution:
    return Caution(code=code, key=f"caution.{code}", values=found)


def _about(code: str, evidence: Evidence, records: list[RequestRecord], total: int) -> Caution | None:
    """The usual shape: so many of so many requests, on these targets."""
    if not records:
        return None
    return _caution(code, count=len(records), total=total, targets=evidence.targets(records))


def simulated(evidence: Evidence) -> Caution | None:
    """W100: answers came from a simulator."""
    if not evidence.simulations:
        return None
    return _caution("W100", profiles=tuple(simulation.profile for simulation in evidence.simulations))


def cached(evidence: Evidence) -> Caution | None:
    """W101: the service read part of the input from its cache."""
    hit = [r for r in evidence.answered if r.usage.cache_read_tokens]
    return _about("W101", evidence, hit, len(evidence.answered))


def served_otherwise(evidence: Evidence) -> Caution | None:
    """W102: another latency mode or tier was served than asked for."""
    other = [
        r
        for r in _asking(evidence)
        if _differs(r.requested_latency, r.served_latency) or _differs(r.requested_tier, r.served_tier)
    ]
    return _about("W102", evidence, other, len(_asking(evidence)))


def _asking(evidence: Evidence) -> list[RequestRecord]:
    return [r for r in evidence.answered if r.requested_latency is not None or r.requested_tier is not None]


def _differs(requested: str | None, served: str | None) -> bool:
    return requested is not None and served is not None and requested != served


def served_untold(evidence: Evidence) -> Caution | None:
    """W103: a mode was asked for and the answer does not say which was served."""
    untold = [
        r
        for r in _asking(evidence)
        if (r.requested_latency is not None and r.served_latency is None)
        or (r.requested_tier is not None and r.served_tier is None)
    ]
    return _about("W103", evidence, untold, len(_asking(evidence)))


def _cut_prompts(evidence: Evidence, *, whole: bool) -> tuple[str, ...]:
    """Prompts that had answers cut, but not all of them (`whole`), or whose answers were cut all without exception."""
    kinds: dict[str, set[bool]] = {}
    for record in evidence.answered:
        kinds.setdefault(record.prompt, set()).add(record.stop_reason in CUT)
    wanted = {True, False} if whole else {True}
    return tuple(prompt.id for prompt in evidence.plan.suite.prompts if kinds.get(prompt.id) == wanted)


def cut_unevenly(evidence: Evidence) -> Caution | None:
    """W104: max_tokens cut some of a prompt's answers and left others whole."""
    prompts = _cut_prompts(evidence, whole=True)
    cut = [r for r in evidence.answered if r.prompt in prompts and r.stop_reason in CUT]
    return _caution("W104", prompts=prompts, targets=evidence.targets(cut)) if prompts else None


def cut_everywhere(evidence: Evidence) -> Caution | None:
    """W105: max_tokens cut all of a prompt's answers, on every target."""
    prompts = _cut_prompts(evidence, whole=False)
    return _caution("W105", prompts=prompts) if prompts else None


def no_usage(evidence: Evidence) -> Caution | None:
    """W106: answers without reported output tokens."""
    without = [r for r in evidence.answered if r.usage.output_tokens is None]
    return _about("W106", evidence, without, len(evidence.answered))


def user_clock(evidence: Evidence) -> Caution | None:
    """W107: arrivals stamped by our process rather than by the kernel."""
    ours = [r for r in evidence.answered if r.clock in ("user", "mixed")]
    return _about("W107", evidence, ours, len(evidence.answered))


def coalesced(evidence: Evidence) -> Caution | None:
    """W108: too many pieces shared a read with others."""
    shares = evidence.coalesced_ratios
    high = {name: share for name, share in shares.items() if share is not None and share > COALESCED_ACCEPTABLE}
    return _caution("W108", targets=tuple(high), worst_ratio=max(high.values())) if high else None


def failures(evidence: Evidence) -> Caution | None:
    """W109: requests failed or were throttled."""
    bad = [r for r in evidence.sample if r.outcome not in ("ok", "cancelled")]
    if not bad:
        return None
    throttled = sum(r.outcome == "throttled" for r in bad)
    return _caution(
        "W109", count=len(bad), throttled=throttled, total=len(evidence.sample), targets=evidence.targets(bad)
    )


def few_cycles(evidence: Evidence) -> Caution | None:
    """W110: fewer than two complete cycles, and no single pass over many prompts, which needs none."""
    many = len(evidence.plan.suite.prompts) >= MANY_PROMPTS and is_single_pass(evidence.plan)
    return None if many or evidence.cycles >= FEWEST_CYCLES else _caution("W110", cycles=evidence.cycles)


def late(evidence: Evidence) -> Caution | None:
    """W111: requests left later than they were due."""
    lateness = values(LATENESS, evidence.sample)
    over = [ns for ns in lateness if ns > LATE_NS]
    if not lateness or len(over) / len(lateness) <= LATE_ACCEPTABLE:
        return None
    return _caution("W111", count=len(over), total=len(lateness), worst_ns=max(over), limit_ns=LATE_NS)


MAKER_OF = {"claude": "anthropic", "gpt": "openai", "nova": "amazon", "mistral": "mistral"}
"""Who makes a family, where its word is nobody else's."""


def model_family(model: str) -> str | None:
    """The maker and family in a model's name (`us.anthropic.claude-3-haiku-...` -> `anthropic.claude`); None: not told (an ARN, ...).

    A number that is part of the family's word stays: Llama 2 and Llama 3 count tokens differently. Names without a maker get theirs where
    only one is meant, so that a model is of one family whichever service offers it.
    """
    if model.startswith("arn:"):
        found = re.search(r"(?:foundation-model|inference-profile)/(.+)$", model)
        return model_family(found.group(1)) if found and "application-inference-profile" not in model else None
    dotted = re.match(r"(?:[a-z-]+\.)?([a-z][a-z0-9]*)\.([a-z]+\d*)", model, re.IGNORECASE)
    if dotted:
        return f"{dotted.group(1)}.{dotted.group(2)}".lower()
    plain = re.match(r"(?:.*/)?([a-z]+)", model, re.IGNORECASE)
    family = plain.group(1).lower() if plain else None
    return f"{MAKER_OF[family]}.{family}" if family in MAKER_OF else family


def model_families(evidence: Evidence) -> Caution | None:
    """W112: tokens of different model families stand beside each other."""
    families = {target.name: model_family(target.model) for target in evidence.plan.targets}
    known = tuple(dict.fromkeys(family for family in families.values() if family is not None))
    return _caution("W112", families=known) if len(known) > 1 else None


def several_regions(evidence: Evidence) -> Caution | None:
    """W113: one target was served from several regions."""
    served: dict[str, set[str]] = {}
    for record in evidence.answered:
        region = evidence.regions.get(record.id)
        if region is not None:
            served.setdefault(record.target, set()).add(region)
    mixed = [name for name, regions in served.items() if len(regions) > 1]
    if not mixed:
        return None
    regions = tuple(sorted({region for name in mixed for region in served[name]}))
    names = tuple(target.name for target in evidence.plan.targets if target.name in mixed)
    return _caution("W113", targets=names, regions=regions)


def reopened(evidence: Evidence) -> Caution | None:
    """W114: connections that should have been open already were opened while measuring.

    Each session has a clock and connections of its own; record ids begin with the session's agent.
    """
    if evidence.plan.connections != "warm":
        return None
    begun: dict[str, int] = {}
    for record in evidence.sample:
        agent = record.id.rpartition("-")[0]
        if record.sent_at_ns is not None:
            begun[agent] = min(begun.get(agent, record.sent_at_ns), record.sent_at_ns)
    opened = [
        r
        for r in evidence.sample
        if r.connection is not None
        and r.connection.use == 1
        and r.connection.opened_at_ns > begun.get(r.id.rpartition("-")[0], r.connection.opened_at_ns)
    ]
    return _about("W114", evidence, opened, len(evidence.sample))


def interrupted(evidence: Evidence) -> Caution | None:
    """W115: the run was stopped before its own end."""
    return _caution("W115", cycles=evidence.cycles) if evidence.interrupted else None


def client_busy(evidence: Evidence) -> Caution | None:
    """W116: this machine, not the services, may have been the limit.

    The agent used nearly a whole core, or was often held up, or requests that waited for their slots left so late that the rate was missed.
    """
    watched = [session for session in evidence.watched if session.wakes and session.span_ns]
    if not watched:
        return None
    worst = max(session.cpu_ns / session.span_ns for session in watched)
    held_up = sum(session.late_wakes for session in watched) / sum(session.wakes for session in watched)
    behind = _behind_the_rate(evidence.plan.rate, watched)
    found = {"core_ratio": worst, "held_up_ratio": held_up}
    if behind > BEHIND_ACCEPTABLE:
        longest = max(session.worst_send_ns or 0 for session in watched)
        return Caution(
            code="W116", key="caution.W116.rate", values={**found, "behind_ratio": behind, "worst_ns": longest}
        )
    if worst <= CORE_ACCEPTABLE and held_up <= HELD_UP_ACCEPTABLE:
        return None
    return _caution("W116", **found, worst_ns=max(session.worst_wake_ns or 0 for session in watched))


def _behind_the_rate(rate: Rate | None, watched: Iterable[Watched]) -> float:
    """By which share the requests left slower than the rate allows because they left late; 0 without a rate."""
    late_ns = sum(session.sends_late_ns or 0 for session in watched)
    if rate is None or not late_ns:
        return 0.0
    sends = sum(session.paced_sends or 0 for session in watched)
    return late_ns / (sends * rate.interval_ns + late_ns)


def buffered(evidence: Evidence) -> Caution | None:
    """W117: something on the way held answers back until their end."""
    held = [r for r in evidence.answered if r.buffered]
    return _about("W117", evidence, held, len(evidence.answered))


def proxied(evidence: Evidence) -> Caution | None:
    """W118: requests went through a proxy, whose time is part of every number."""
    through = [r for r in evidence.answered if r.connection is not None and r.connection.tunnel_ns is not None]
    return _about("W118", evidence, through, len(evidence.answered))


def nothing_cached(evidence: Evidence) -> Caution | None:
    """W119: a cache point was set and no answer of that target tells of a cache."""
    wanting = {target.name for target in evidence.plan.targets if target.options.get("cache") == "on"}
    idle: list[RequestRecord] = []
    for name in wanting:
        own = [r for r in evidence.answered if r.target == name]
        if not any(r.usage.cache_read_tokens or r.usage.cache_write_tokens for r in own):
            idle += own
    return _about("W119", evidence, idle, len(evidence.answered))


def retried_inside(evidence: Evidence) -> Caution | None:
    """W120: an SDK retried within requests, and the waits for that are in their times."""
    found = [r for r in evidence.sample if r.headers.get(SDK_RETRIES_HEADER, "0") != "0"]
    return _about("W120", evidence, found, sum(SDK_RETRIES_HEADER in r.headers for r in evidence.sample))


def _of_checks(code: str, rule: CheckRule) -> Rule:
    """The same about what checks found; nothing where the answers were not looked at."""

    def look(evidence: Evidence) -> Caution | None:
        found = None if evidence.checks is None else rule(evidence.checks)
        return None if found is None else _caution(code, **found)

    return look


CAUTIONS: tuple[tuple[str, Rule], ...] = (
    ("W100", simulated),
    ("W101", cached),
    ("W102", served_otherwise),
    ("W103", served_untold),
    ("W104", cut_unevenly),
    ("W105", cut_everywhere),
    ("W106", no_usage),
    ("W107", user_clock),
    ("W108", coalesced),
    ("W109", failures),
    ("W110", few_cycles),
    ("W111", late),
    ("W112", model_families),
    ("W113", several_regions),
    ("W114", reopened),
    ("W115", interrupted),
    ("W116", client_busy),
    ("W117", buffered),
    ("W118", proxied),
    ("W119", nothing_cached),
    ("W120", retried_inside),
    *((code, _of_checks(code, rule)) for code, rule in CHECK_CAUTIONS),
)


def cautions(evidence: Evidence) -> tuple[Caution, ...]:
    """All cautions that apply, in the order of their codes."""
    found = (rule(evidence) for _, rule in CAUTIONS)
    return tuple(caution for caution in found if caution is not None)
