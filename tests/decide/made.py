"""Records and plans made for tests: whole by default, with the one thing a test is about changed.

`published()` is the published comparison of 2024 as records (not streamed, one cycle). `lively()` is a streamed, simulated run of three
targets with everything a report can show: two cycles, several regions, a fallback, a throttle.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from hayai.ask.plan import Message, Plan, Prompt, Suite, Target, TextPart
from hayai.keep.query import REGION_HEADER, SIMULATION_HEADER
from hayai.keep.records import ConnectionFacts, Failure, Outcome, Pieces, RequestRecord, Usage

PUBLISHED_CSV = Path(__file__).parents[1] / "data" / "published_measurements.csv"
MS = 1_000_000
S = 1_000_000_000
WALL = 1_733_400_000 * S
"""2024-12-05T12:00:00Z."""
MODELS = {
    "claude-3-haiku": "us.anthropic.claude-3-haiku-20240307-v1:0",
    "claude-3-5-haiku": "us.anthropic.claude-3-5-haiku-20241022-v1:0",
    "claude-3-5-haiku-optimized": "us.anthropic.claude-3-5-haiku-20241022-v1:0",
}


def a_prompt(name: str, category: str | None = None, text: str = "How fast are you?") -> Prompt:
    """A prompt of one user turn."""
    return Prompt(id=name, category=category, messages=(Message(role="user", parts=(TextPart(text=text),)),))


def a_target(name: str, model: str = "us.anthropic.claude-3-haiku-20240307-v1:0", **options: Any) -> Target:
    """A Bedrock target."""
    return Target(name=name, provider="bedrock", model=model, options=options)


def a_plan(targets: tuple[Target, ...], prompts: tuple[Prompt, ...], **more: Any) -> Plan:
    """A plan over these."""
    return Plan(targets=targets, suite=Suite(name="made", prompts=prompts, source="tests"), seed=7, **more)


def a_record(target: str = "a", prompt: str = "p", **changed: Any) -> RequestRecord:
    """A streamed answer that went well: first piece after 500 ms, last after 2 s, 101 tokens, 4 pieces, on a used connection."""
    sent: int = changed.pop("sent_at_ns", 10 * S)
    values: dict[str, Any] = {
        "id": f"a1-{target}-{prompt}-{changed.get('cycle', 0)}-{changed.get('round_try', 0)}-{changed.get('attempt', 1)}",
        "run": "r",
        "machine": "laptop",
        "phase": "measure",
        "cycle": 0,
        "round": 0,
        "position": 0,
        "target": target,
        "prompt": prompt,
        "outcome": "ok",
        "due_at_ns": sent - 20_000,
        "sent_at_ns": sent,
        "headers_at_ns": sent + 300 * MS,
        "first_byte_at_ns": sent + 300 * MS,
        "first_visible_at_ns": sent + 500 * MS,
        "last_at_ns": sent + 2000 * MS,
        "ended_at_ns": sent + 2010 * MS,
        "sent_wall_ns": WALL + sent,
        "clock": "kernel",
        "pieces": Pieces(
            kinds="tttt",
            arrived_ns=(500 * MS, 1000 * MS, 1500 * MS, 2000 * MS),
            earliest_ns=(None, None, None, None),
            chars=(10, 20, 30, 40),
            clocks="kkkk",
        ),
        "connection": ConnectionFacts(id=1, use=2, opened_at_ns=0, dns_ns=MS, tcp_ns=2 * MS, tls_ns=3 * MS),
        "status": 200,
        "usage": Usage(input_tokens=12, output_tokens=101, source="stream"),
        "stop_reason": "end_turn",
        "text_chars": 100,
        "service_ns": 1900 * MS,
    }
    return RequestRecord(**(values | changed))


def a_failure(target: str = "a", prompt: str = "p", outcome: Outcome = "throttled", **changed: Any) -> RequestRecord:
    """A request that did not end well."""
    nothing: dict[str, Any] = {
        "outcome": outcome,
        "failure": Failure(code="ThrottlingException", message="Too many requests, please wait before trying again."),
        "first_visible_at_ns": None,
        "last_at_ns": None,
        "pieces": Pieces(),
        "usage": Usage(),
        "text_chars": None,
        "service_ns": None,
        "stop_reason": None,
        "status": 429,
    }
    return a_record(target, prompt, **(nothing | changed))


def published() -> tuple[Plan, tuple[RequestRecord, ...]]:
    """The published comparison: ten prompts, three targets, one request per cell, not streamed."""
    with PUBLISHED_CSV.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    prompts = tuple(a_prompt(p, c) for p, c in dict.fromkeys((row["prompt_id"], row["category"]) for row in rows))
    targets = tuple(
        a_target(name, model, latency="optimized") if name.endswith("optimized") else a_target(name, model)
        for name, model in MODELS.items()
    )
    records = tuple(
        a_record(
            row["target"],
            row["prompt_id"],
            id=f"a1-{number}",
            sent_at_ns=number * 60 * S,
            last_at_ns=number * 60 * S + round(float(row["response_time_s"]) * 1e9),
            ended_at_ns=number * 60 * S + round(float(row["response_time_s"]) * 1e9),
            first_visible_at_ns=None,
            first_byte_at_ns=None,
            headers_at_ns=None,
            streamed=False,
            pieces=Pieces(),
            service_ns=None,
            text_chars=None,
            clock="user",
            connection=None,
            request_id=f"request-{number}",
            usage=Usage(output_tokens=int(row["output_tokens"]), source="body"),
        )
        for number, row in enumerate(rows)
    )
    return a_plan(targets, prompts), records


def published_regions() -> dict[str, str]:
    """Request id -> region, as the published table lists them."""
    with PUBLISHED_CSV.open(encoding="utf-8", newline="") as lines:
        return {f"request-{number}": row["serving_region"] for number, row in enumerate(csv.DictReader(lines))}


def lively(*, cycles: int = 2, simulated: bool = True) -> tuple[Plan, tuple[RequestRecord, ...]]:
    """A streamed run in the published proportions, twenty times as fast, with everything a report can show."""
    plan, old = published()
    records: list[RequestRecord] = []
    now = 100 * S
    for cycle in range(cycles):
        for number, row in enumerate(old):
            target, optimized = row.target, row.target.endswith("optimized")
            time_ns = ((row.last_at_ns or 0) - (row.sent_at_ns or 0)) // 20
            time_ns += (number * 37 % 11 - 5) * cycle * time_ns // 200
            tokens = (row.usage.output_tokens or 0) + cycle * (number % 7)
            first = 20 * MS + number * MS
            steps = [first + (time_ns - first) * step // 8 for step in range(9)]
            fell_back = optimized and cycle == 1 and row.prompt == "cicd"
            east = row.prompt in ("fastapi_auth", "docker_intro") or (cycle == 1 and row.prompt == "blockchain")
            headers = {REGION_HEADER: "us-east-2" if optimized else "us-east-1" if east else "us-west-2"}
            if simulated:
                headers[SIMULATION_HEADER] = "published-2024;speed=20"
            changed: dict[str, Any] = {
                "id": f"a1-{len(records)}",
                "cycle": cycle,
                "sent_at_ns": now,
                "due_at_ns": now - 30_000,
                "headers_at_ns": now + first - 5 * MS,
                "first_visible_at_ns": now + first,
                "last_at_ns": now + time_ns,
                "ended_at_ns": now + time_ns + 200_000,
                "service_ns": time_ns - 2 * MS,
                "service_first_byte_ns": first - MS,
                "request_id": f"lively-{len(records)}",
                "headers": headers,
                "usage": Usage(input_tokens=40 + number, output_tokens=tokens, source="stream"),
                "text_chars": tokens * 3,
                "pieces": Pieces(
                    kinds="t" * 9,
                    arrived_ns=tuple(steps),
                    earliest_ns=(None, None, steps[1], None, None, None, None, None, None),
                    chars=(tokens // 3,) * 9,
                    clocks="k" * 9,
                ),
                "connection": ConnectionFacts(
                    id=number % 3,
                    use=1 + len(records) // 3,
                    opened_at_ns=90 * S,
                    dns_ns=None,
                    tcp_ns=80_000,
                    tls_ns=None,
                ),
                "requested_latency": "optimized" if optimized else None,
                "served_latency": "standard" if fell_back or not optimized else "optimized",
            }
            if cycle == 1 and target == "claude-3-haiku" and row.prompt == "microservices":
                told = "first_visible_at_ns last_at_ns service_ns service_first_byte_ns pieces usage text_chars served_latency"
                kept = {name: fact for name, fact in changed.items() if name not in told.split()}
                records.append(a_failure(target, row.prompt, **kept))
            else:
                records.append(a_record(target, row.prompt, **changed))
            now += time_ns + MS
    return plan, tuple(records)
