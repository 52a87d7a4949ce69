"""How much will a plan ask of one model in a minute? Requests, and the tokens that Bedrock reserves for each when it begins.

Bedrock counts input and `max_tokens` against the quota when a request begins, and settles later; some models' output then counts several
times (its guide, "how tokens are counted"). So the worst case of a request is its input, no token being shorter than a byte, plus its
longest answer times that factor.
"""

from __future__ import annotations

from dataclasses import dataclass

from hayai.ask.plan import Plan, Target
from hayai.ask.rounds import resolve_max_tokens
from hayai.keep.charges import most_input_tokens

ANSWERS_PER_MINUTE = 30
"""Without a rate: how many answers of two seconds one stream of requests gets in a minute. Shorter ones would be more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one target's model will be asked for."""

    requests_per_minute: float
    """The most that is to be expected."""
    input_tokens: int
    """Of the longest prompt, at most."""
    share: float
    """Of all requests of the plan."""
    max_tokens: int | None
    """Longest answer; None: not set, and then the model's own limit is reserved."""


def demand_of(plan: Plan, target: Target) -> Demand:
    """What `plan` asks of the model of `target`; targets that share it are counted together."""
    same = [one for one in plan.targets if _quota_of(one) == _quota_of(target)]
    share = len(same) / len(plan.targets)
    if plan.rate is not None:
        all_targets = plan.rate.requests * 60 / plan.rate.span_s
    else:
        streams = plan.concurrency * (len(plan.targets) if plan.together else 1)
        all_targets = min(ANSWERS_PER_MINUTE * streams, plan.limits.max_requests)
    return Demand(
        requests_per_minute=all_targets * share,
        share=share,
        input_tokens=max((most_input_tokens(prompt, target) for prompt in plan.suite.prompts), default=0),
        max_tokens=_longest(plan, target),
    )


def _quota_of(target: Target) -> tuple[object, ...]:
    """Who shares a quota: whichever client asks, it is the same model in the same mode."""
    return (target.model, target.options.get("region"), target.options.get("latency", "standard"))


def _longest(plan: Plan, target: Target) -> int | None:
    limits = [resolve_max_tokens(plan, target, prompt) for prompt in plan.suite.prompts]
    known = [limit for limit in limits if limit is not None]
    return max(known) if known and len(known) == len(limits) else None
