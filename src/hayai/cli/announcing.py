"""What is told before the first request is sent? What will be asked of whom, as whom, and how much it may take."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hayai.ask.plan import Limits, ModePrice, Plan
from hayai.ask.rates import least_time_s, most_requests
from hayai.ask.rounds import affordable_cycles, cycles_per_session, requests_per_cycle
from hayai.cli.sessions import Left, whole
from hayai.cli.spending import Prospect, prospect, rounded_down, rounded_up
from hayai.clock import zoned_text
from hayai.keep.run_directory import Endpoint
from hayai.show.format import clean, count, percent, significant
from hayai.show.locales import Texts
from hayai.show.sections.words import rate_words

SOURCES = {
    "none": "cli.credentials.none",
    "none (local endpoint)": "cli.credentials.local",
    "env (API key)": "cli.credentials.api_key",
}
"""Places of credentials that are not names of botocore's own, and the texts that say them."""


def announcement(
    plan: Plan, endpoints: Sequence[Endpoint], texts: Texts, *, now_wall_ns: int, prices: Sequence[ModePrice]
) -> list[str]:
    """What a new run is about to do, if it begins now, and what it may cost at these prices."""
    left = whole(plan)
    return [
        texts(
            "cli.plan",
            targets=len(plan.targets),
            prompts=len(plan.suite.prompts),
            suite=clean(plan.suite.name),
            per_cycle=requests_per_cycle(plan),
        ),
        *_addresses(plan, endpoints, texts),
        *_sessions(plan, texts, now_wall_ns),
        texts(
            "cli.plan.limits",
            requests=requests_left(plan, left),
            max_requests=plan.limits.max_requests,
            cycles=affordable_cycles(plan),
            warmup=left.warmup,
            time=_time(plan, plan.limits, texts),
        ),
        *_pace(plan, plan.limits, left, texts),
        *_rules(plan, texts),
        *cost_lines(prospect(plan, left, prices), plan.limits, None, texts),
    ]


def announcement_of_rest(
    plan: Plan,
    limits: Limits,
    endpoints: Sequence[Endpoint],
    texts: Texts,
    *,
    left: Left,
    now_wall_ns: int,
    prices: Sequence[ModePrice],
    spent_usd: Decimal | None,
) -> list[str]:
    """What is left to do when a run goes on. `spent_usd`: what it has cost so far, at the least; None: not known."""
    sessions = []
    if plan.sessions is not None:
        begins_wall_ns = left.next_wall_ns or 0
        key = "cli.plan.sessions_left" + (".later" if begins_wall_ns > now_wall_ns else "")
        sessions = [texts(key, left=left.sessions, count=plan.sessions.count, time=zoned_text(begins_wall_ns))]
    return [
        *_addresses(plan, endpoints, texts),
        *sessions,
        texts(
            "cli.plan.left",
            requests=requests_left(plan, left),
            warmup=left.warmup,
            max_requests=limits.max_requests,
            time=_time(plan, limits, texts),
        ),
        *_pace(plan, limits, left, texts),
        *cost_lines(prospect(plan, left, prices), limits, spent_usd, texts),
    ]


def announcement_as_json(
    plan: Plan, limits: Limits, left: Left, endpoints: Sequence[Endpoint], prices: Sequence[ModePrice]
) -> dict[str, Any]:
    """The same for programs, of a new run or of what is left of one: what `--dry-run --json` prints."""
    where = {endpoint.target: endpoint for endpoint in endpoints}
    return {
        "targets": [
            {
                "name": target.name,
                "provider": target.provider,
                "model": target.model,
                "options": target.options,
                "url": where[target.name].url,
                "region": where[target.name].region,
                "credentials": where[target.name].credentials_source,
            }
            for target in plan.targets
        ],
        "suite": plan.suite.name,
        "prompts": [prompt.id for prompt in plan.suite.prompts],
        "seed": plan.seed,
        "rounds": left.rounds,
        "requests": {
            "per_cycle": requests_per_cycle(plan),
            "warmup": left.warmup,
            "all": requests_left(plan, left),
        },
        "limits": {"max_requests": limits.max_requests, "max_time_s": limits.max_time_s, "cycles": limits.cycles},
        "rate": _pace_as_json(plan, limits, left),
        "cost": _cost_as_json(plan, limits, left, prices),
        "rules": plan.rules,
        "sessions": plan.sessions,
    }


def cost_lines(found: Prospect, limits: Limits, spent_usd: Decimal | None, texts: Texts) -> list[str]:
    """Tokens and dollars from low to high, and what limits them."""
    most, limit = found.most_usd, limits.max_cost_usd
    if most is None:
        lines = [texts("cli.plan.cost.unknown")]
    else:
        low = None if found.low_usd is None else min(found.low_usd, most)
        lines = [
            texts(
                "cli.plan.cost",
                most=rounded_up(most),
                low=rounded_up(low or Decimal(0)),
                input=count(found.most_input_tokens),
                output=count(found.most_output_tokens),
            )
        ]
    if spent_usd is not None:
        lines.append(texts("cli.plan.spent", spent=rounded_up(spent_usd)))
    if limit is None:
        return [*lines, texts("cli.plan.budget.none")]
    key = "cli.plan.budget" + ("" if found.hard else ".soft")
    return [*lines, texts(key, limit=rounded_down(limit))]


def _cost_as_json(plan: Plan, limits: Limits, left: Left, prices: Sequence[ModePrice]) -> dict[str, Any]:
    """The same for programs: dollars as texts, because they are exact; null: not known beforehand, or no limit."""
    found = prospect(plan, left, prices)
    return {
        "low_usd": None if found.low_usd is None else str(found.low_usd),
        "most_usd": None if found.most_usd is None else str(found.most_usd),
        "most_input_tokens": found.most_input_tokens,
        "most_output_tokens": found.most_output_tokens,
        "limit_usd": None if limits.max_cost_usd is None else str(limits.max_cost_usd),
        "limit_is_hard": found.hard and limits.max_cost_usd is not None,
        "prices": list(prices),
    }


def requests_left(plan: Plan, left: Left) -> int:
    """All that is to be sent at most, retries not counted."""
    return left.warmup + left.rounds * len(plan.targets)


def _time(plan: Plan, limits: Limits, texts: Texts) -> str:
    """The limit of time, and of what."""
    time = span(limits.max_time_s, texts)
    return time if plan.sessions is None else texts("cli.plan.time_each", time=time)


def _requests_each(plan: Plan, left: Left) -> int:
    """The same of one session."""
    return -(-requests_left(plan, left) // max(1, left.sessions))


def _pace(plan: Plan, limits: Limits, left: Left, texts: Texts) -> list[str]:
    """How fast requests may leave, how long they take at that pace, and whether the limit of time lets all of them leave."""
    if plan.rate is None:
        return []
    requests = _requests_each(plan, left)
    least = span(float(significant(least_time_s(plan.rate, requests))), texts)
    fitting = most_requests(plan.rate, limits.max_time_s)
    return [
        texts(
            "cli.plan.rate" if requests <= fitting else "cli.plan.rate.cut",
            rate=rate_words(plan.rate, texts),
            requests=requests,
            least=least if plan.sessions is None else texts("cli.plan.time_each", time=least),
            fitting=fitting,
        )
    ]


def _pace_as_json(plan: Plan, limits: Limits, left: Left) -> dict[str, Any] | None:
    """The same for programs; `least_time_s` and `requests_in_time` are of one session."""
    if plan.rate is None:
        return None
    return {
        "requests": plan.rate.requests,
        "per": plan.rate.per,
        "interval_s": plan.rate.interval_ns / 1e9,
        "least_time_s": least_time_s(plan.rate, _requests_each(plan, left)),
        "requests_in_time": most_requests(plan.rate, limits.max_time_s),
    }


def _sessions(plan: Plan, texts: Texts, now_wall_ns: int) -> list[str]:
    """When the sessions begin, if there are several."""
    if plan.sessions is None:
        return []
    every_ns = round(plan.sessions.every_s * 1e9)
    begins = [zoned_text(now_wall_ns + number * every_ns) for number in range(1, plan.sessions.count)]
    return [
        texts(
            "cli.plan.sessions",
            count=plan.sessions.count,
            every=span(plan.sessions.every_s, texts),
            cycles=cycles_per_session(plan),
            begins=texts("cli.list").join([texts("cli.now"), *begins]),
        )
    ]


def _rules(plan: Plan, texts: Texts) -> list[str]:
    """When the run may end before its limits."""
    rules = plan.rules
    if plan.sessions is not None or rules.stopping == "limits" or len(plan.targets) - (rules.self_test is not None) < 2:
        return []
    key = f"cli.plan.stopping.{rules.stopping}" + (".verdict_only" if rules.precision_ratio is None else "")
    margin, precision = (
        percent(ratio, sign=False).replace(".0%", "%") for ratio in (rules.margin_ratio, rules.precision_ratio)
    )
    return [texts(key, margin=margin, precision=precision)]


def span(seconds: float, texts: Texts) -> str:
    """A limit as people say it: `10 min`, `1 h 30 min`, `0.5 s`; parts that are zero are left out."""
    parts = []
    left = seconds
    for unit, length in (("h", 3600), ("min", 60)):
        whole, left = divmod(left, length)
        if whole:
            parts.append(texts(f"cli.span.{unit}", count=f"{whole:.0f}"))
    if left or not parts:
        parts.append(texts("cli.span.s", count=f"{left:g}"))
    return (" " if texts.language == "en" else "").join(parts)


def _addresses(plan: Plan, endpoints: Sequence[Endpoint], texts: Texts) -> list[str]:
    """A line per target, and a note where somebody may expect the requests to go through a proxy."""
    where = {endpoint.target: endpoint for endpoint in endpoints}
    lines = []
    for target in plan.targets:
        endpoint = where[target.name]
        lines.append(
            texts(
                "cli.plan.target" if endpoint.region else "cli.plan.target.no_region",
                name=clean(target.name),
                url=clean(endpoint.url),
                region=endpoint.region,
                source=_source(endpoint.credentials_source, texts),
            )
        )
    through: dict[str, list[str]] = {}
    for endpoint in endpoints:
        if endpoint.proxy is not None:
            through.setdefault(endpoint.proxy, []).append(clean(endpoint.target))
    lines += [
        texts("cli.plan.proxy", proxy=clean(proxy), names=texts("cli.list").join(names))
        for proxy, names in through.items()
    ]
    return lines


def _source(source: str | None, texts: Texts) -> str:
    """Where the credentials come from, as people say it."""
    if source is None:
        return texts("report.unknown")
    variable, environment, _ = source.partition(" (environment)")
    if environment:
        return texts("cli.credentials.variable", variable=clean(variable))
    return texts(SOURCES[source]) if source in SOURCES else clean(source)
