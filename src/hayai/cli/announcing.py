"""What is told before the first request is sent? What will be asked of whom, as whom, and how much it may take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hayai.ask.plan import Limits, Plan
from hayai.ask.rounds import affordable_cycles, requests_per_cycle, warmup_requests
from hayai.keep.run_directory import Endpoint
from hayai.measure.providers.address import is_local
from hayai.show.format import clean
from hayai.show.locales import Texts

PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
"""Variables by which other tools are sent through a proxy."""

SOURCES = {"none (local endpoint)": "cli.credentials.local", "env (API key)": "cli.credentials.api_key"}
"""Places of credentials that are not names of botocore's own, and the texts that say them."""


def announcement(plan: Plan, endpoints: Sequence[Endpoint], texts: Texts, environment: Mapping[str, str]) -> list[str]:
    """What a new run is about to do."""
    cycles, per_cycle, warmup = affordable_cycles(plan), requests_per_cycle(plan), warmup_requests(plan)
    return [
        texts(
            "cli.plan",
            targets=len(plan.targets),
            prompts=len(plan.suite.prompts),
            suite=clean(plan.suite.name),
            per_cycle=per_cycle,
        ),
        *_addresses(plan, endpoints, texts, environment),
        texts(
            "cli.plan.limits",
            requests=warmup + cycles * per_cycle,
            max_requests=plan.limits.max_requests,
            cycles=cycles,
            warmup=warmup,
            time=span(plan.limits.max_time_s, texts),
        ),
        texts("cli.plan.cost"),
    ]


def announcement_of_rest(
    plan: Plan,
    limits: Limits,
    endpoints: Sequence[Endpoint],
    texts: Texts,
    environment: Mapping[str, str],
    *,
    rounds: int,
) -> list[str]:
    """What is left to do when a run goes on."""
    warmup = warmup_requests(plan)
    return [
        *_addresses(plan, endpoints, texts, environment),
        texts(
            "cli.plan.left",
            requests=warmup + rounds * len(plan.targets),
            warmup=warmup,
            max_requests=limits.max_requests,
            time=span(limits.max_time_s, texts),
        ),
        texts("cli.plan.cost"),
    ]


def announcement_as_json(plan: Plan, limits: Limits, rounds: int, endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The same for programs, of a new run or of what is left of one: what `--dry-run --json` prints."""
    where = {endpoint.target: endpoint for endpoint in endpoints}
    warmup = warmup_requests(plan)
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
        "rounds": rounds,
        "requests": {
            "per_cycle": requests_per_cycle(plan),
            "warmup": warmup,
            "all": warmup + rounds * len(plan.targets),
        },
        "limits": {"max_requests": limits.max_requests, "max_time_s": limits.max_time_s, "cycles": limits.cycles},
    }


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


def _addresses(plan: Plan, endpoints: Sequence[Endpoint], texts: Texts, environment: Mapping[str, str]) -> list[str]:
    """A line per target, and a note where somebody may expect the requests to go through a proxy."""
    where = {endpoint.target: endpoint for endpoint in endpoints}
    unknown = texts("report.unknown")
    lines = []
    for target in plan.targets:
        endpoint = where[target.name]
        source = endpoint.credentials_source or unknown
        lines.append(
            texts(
                "cli.plan.target",
                name=clean(target.name),
                url=clean(endpoint.url),
                region=endpoint.region or unknown,
                source=texts(SOURCES[source]) if source in SOURCES else clean(source),
            )
        )
    proxy = next((name for name in PROXIES if environment.get(name)), None)
    if proxy is not None and not all(is_local(endpoint.url) for endpoint in endpoints):
        lines.append(texts("cli.plan.proxy", variable=proxy))
    return lines
